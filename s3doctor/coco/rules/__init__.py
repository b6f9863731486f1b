"""The catalogue: every rule by its code, in the order of the report."""

from __future__ import annotations

from s3doctor.coco.rules import (
    across,
    boxes,
    categories,
    file,
    images,
    keypoints,
    masks,
    oracle,
    predictions,
    rows,
    statistics,
    top,
)

__all__ = ["GROUPS", "RULES"]

_MODULES = (
    file,
    top,
    images,
    categories,
    rows,
    boxes,
    masks,
    keypoints,
    predictions,
    across,
    statistics,
    oracle,
)

RULES = {rule.code: rule for module in _MODULES for rule in module.RULES}

GROUPS = {
    "file": "the file and its JSON",
    "top": "the top level",
    "images": "images",
    "categories": "categories",
    "annotations": "annotations and predictions: ids and references",
    "boxes": "boxes, areas and crowds",
    "masks": "segmentation masks",
    "keypoints": "keypoints",
    "predictions": "predictions",
    "across": "the two files together",
    "statistics": "what the numbers suggest",
    "oracle": "what pycocotools itself says",
}
