"""What pycocotools itself says of files that the other rules found sound."""

from __future__ import annotations

from s3doctor.coco.rule import ERROR, WARNING, Rule

__all__ = ["RULES"]

_EACH = "reads each file with its own tables."

RULES = (
    Rule(
        "oracle-disagrees",
        "oracle",
        "pycocotools fails on files in which s3doctor found no reason for it",
        ERROR,
        ERROR,
        "is not asked here; it may read what pycocotools refuses.",
        "fails as shown.",
        "Please report this: either the file has a fault that s3doctor should name, or pycocotools has one.",
    ),
    Rule(
        "oracle-ids-permuted",
        "oracle",
        "predictions and ground truth fit by name, but their ids mean different images or categories",
        ERROR,
        ERROR,
        _EACH,
        "matches by id: AP near 0, or refuses the predictions, though the boxes are good.",
        "Renumber the predictions' images by file_name and their categories by name, as in annotations.json.",
    ),
    Rule(
        "oracle-categories-permuted",
        "oracle",
        "the predicted boxes find their objects, but the categories are others",
        ERROR,
        ERROR,
        "shows wrong classes.",
        "reports AP near 0, and a good one as soon as categories are left out of account.",
        "Number the predictions' categories as in annotations.json: compare the order of the class names.",
    ),
    Rule(
        "oracle-boxes-misread",
        "oracle",
        "predicted boxes find their objects only when the numbers of one file are read in another way",
        ERROR,
        ERROR,
        "shows boxes at wrong places.",
        "reports AP near 0, and a good one with the other reading.",
        "Write every bbox as [x, y, width, height] in pixels of the image as it is.",
    ),
    Rule(
        "oracle-nothing-matches",
        "oracle",
        "hardly any predicted box finds an object",
        WARNING,
        WARNING,
        "shows predictions that have nothing to do with the objects.",
        "reports AP near 0, however categories and boxes are read.",
        "Check that the predictions were made for these images, and look at a few of them beside the objects.",
    ),
)
