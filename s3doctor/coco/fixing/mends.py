"""Which faults have one right answer that `fix` gives, and what it has to be told for it."""

from __future__ import annotations

__all__ = ["ANNOTATIONS", "DOUBTFUL", "IMAGES", "MENDS", "PLAIN", "XYXY"]

PLAIN, ANNOTATIONS, IMAGES, XYXY = "", "annotations", "images", "xyxy"

MENDS = {
    **dict.fromkeys(
        (
            "json-gzip",
            "json-bom",
            "img-id-type",
            "cat-id-type",
            "ann-id-missing",
            "ann-id-type",
            "ann-id-zero",
            "ann-id-duplicate",
            "area-missing",
            "area-value",
            "area-zero",
            "area-mismatch",
            "iscrowd-missing",
            "iscrowd-value",
            "bbox-overflow",
            "bbox-overflow-slight",
            "pred-shape-annotations",
        ),
        PLAIN,
    ),
    **dict.fromkeys(
        (
            "pred-shape-list",
            "pred-own-tables",
            "x-image-ids-disagree",
            "x-categories-disagree",
            "x-id-type",
            "oracle-ids-permuted",
        ),
        ANNOTATIONS,
    ),
    **dict.fromkeys(("img-size-missing", "img-size-missing-masks"), IMAGES),
    **dict.fromkeys(("stat-xyxy", "stat-xyxy-unsized"), XYXY),
}
"""The codes of these faults: PLAIN needs nothing, others the ground truth, the images, or that boxes are corners."""

DOUBTFUL = ("stat-xyxy", "stat-xyxy-unsized", "stat-cxcywh", "stat-yxhw", "stat-normalised")
"""Codes which say that boxes look like something else: nothing is mended until it is said what they are."""
