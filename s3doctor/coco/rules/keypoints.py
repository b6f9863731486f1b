"""Rules about keypoints."""

from __future__ import annotations

from s3doctor.coco.rule import ERROR, INFO, WARNING, Rule

__all__ = ["RULES"]

_IGNORED = "does not read keypoints."

RULES = (
    Rule(
        "kpt-length",
        "keypoints",
        "keypoints is not a flat list of three numbers for each point of the category",
        WARNING,
        ERROR,
        _IGNORED,
        "fails with IndexError or ValueError.",
        "Write x, y, v for every keypoint that the category names.",
        "DM",
    ),
    Rule(
        "kpt-not-17",
        "keypoints",
        "the number of keypoints is not COCO's 17",
        INFO,
        WARNING,
        _IGNORED,
        "fails with ValueError unless it is given sigmas of that number.",
        "Set COCOeval.params.kpt_oks_sigmas to as many values.",
    ),
    Rule(
        "kpt-visibility",
        "keypoints",
        "a keypoint's visibility is not 0, 1 or 2",
        WARNING,
        ERROR,
        _IGNORED,
        "accepts it, silently.",
        "v is 0 (not labelled), 1 (labelled, hidden) or 2 (visible).",
    ),
    Rule(
        "kpt-unlabelled",
        "keypoints",
        "a keypoint with v = 0 has coordinates other than 0",
        INFO,
        WARNING,
        _IGNORED,
        "ignores the coordinates.",
        "Set v to 1 or 2, or x and y to 0.",
    ),
    Rule(
        "kpt-num",
        "keypoints",
        "num_keypoints is missing or is not the number of points with v > 0",
        INFO,
        ERROR,
        _IGNORED,
        "fails with KeyError where it is missing; where it is 0 the object is left out: AP -1.",
        "Count the points with v > 0.",
    ),
    Rule(
        "kpt-outside",
        "keypoints",
        "a labelled keypoint lies outside its image",
        INFO,
        WARNING,
        _IGNORED,
        "accepts it, silently.",
        "Check x and y.",
    ),
    Rule(
        "kpt-category",
        "keypoints",
        "a category's keypoints or skeleton are missing or do not fit together",
        INFO,
        WARNING,
        _IGNORED,
        "does not mind.",
        "Give the category keypoints (names) and skeleton (pairs of numbers from 1).",
        "KW",
    ),
)
