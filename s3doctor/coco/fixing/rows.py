"""Boxes, areas and crowds of annotations and predictions."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, Any

from s3doctor.coco import rle

if TYPE_CHECKING:
    from s3doctor.coco.fixing.changes import Changes
    from s3doctor.coco.fixing.ids import Dicts

__all__ = ["clip", "fix_areas", "fix_crowds", "from_corners"]

FOUR = 4
ROUNDING = 1.0
CROWDS = {"0": 0, "1": 1, "false": 0, "true": 1}


def number(value: object) -> bool:
    """Whether a value is a finite number (JSON's true and false are none)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def box_of(row: dict[str, Any]) -> list[float] | None:
    """A row's bbox, None where it is not four numbers."""
    box = row.get("bbox")
    return box if isinstance(box, list) and len(box) == FOUR and all(map(number, box)) else None


def from_corners(rows: Dicts, pointer: str, changes: Changes) -> None:
    """Take every bbox for [x1, y1, x2, y2]; the examination names those that then have no width or height."""
    for index, row in enumerate(rows):
        box = box_of(row)
        if box:
            new = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
            changes.note("boxes-from-corners", f"{pointer}/{index}/bbox", box, new)
            row["bbox"] = new


def clip(rows: Dicts, images: Dicts, pointer: str, changes: Changes) -> None:
    """Cut boxes that reach out of their image by more than a pixel at its edge; those wholly outside stay."""
    sizes = {image["id"]: size for image in images if (size := _size(image))}
    for index, row in enumerate(rows):
        box, image = box_of(row), row.get("image_id")
        size = sizes.get(image) if isinstance(image, int) else None
        new = _clipped(box, *size) if box and size else None
        if new:
            changes.note("boxes-clipped", f"{pointer}/{index}/bbox", box, new)
            row["bbox"] = new


def _size(image: dict[str, Any]) -> tuple[int, int] | None:
    """An image's width and height, None where they are not both positive integers."""
    width, height = image.get("width"), image.get("height")
    return (width, height) if type(width) is int and type(height) is int and min(width, height) > 0 else None


def _clipped(box: list[float], width: int, height: int) -> list[float] | None:
    """The part within the image, None where all is within, or nothing."""
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    if min(left, top, width - right, height - bottom) >= -ROUNDING or min(box[2], box[3]) <= 0:
        return None
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    return [left, top, right - left, bottom - top] if left < right and top < bottom else None


def fix_areas(rows: Dicts, pointer: str, changes: Changes) -> None:
    """Compute each area that is missing or cannot be right: from the mask where there is one, else from the box."""
    for index, row in enumerate(rows):
        box, mask = box_of(row), row.get("segmentation")
        area = row.get("area")
        if box is None or min(box[2], box[3]) <= 0 or _fits(area, box, masked=bool(mask)):
            continue
        new = _mask_area(mask) if mask else box[2] * box[3]
        if new:
            changes.note("mask-areas" if mask else "areas", f"{pointer}/{index}/area", area, new)
            row["area"] = new


def _fits(area: Any, box: list[float], *, masked: bool) -> bool:  # noqa: ANN401 - a value of JSON
    """Whether an area may stay: one that the rule area-mismatch passes."""
    if not number(area) or area <= 0:
        return False
    whole = box[2] * box[3]
    if masked:
        return bool(whole * 0.02 <= area <= whole * 1.1 + 1)
    return bool(abs(area - whole) <= max(whole * 0.05, box[2] + box[3] + 1))


def _mask_area(mask: Any) -> float | None:  # noqa: ANN401 - a value of JSON
    """The pixels of a mask, None where it is no sound mask."""
    if isinstance(mask, dict):
        try:
            return rle.measure(mask.get("size"), mask.get("counts")).area
        except rle.Bad:
            return None
    if not all(isinstance(one, list) for one in mask) or not all(map(number, chain.from_iterable(mask))):
        return None
    return sum(map(_polygon_area, mask))


def _polygon_area(points: list[float]) -> float:
    """The shoelace formula."""
    x, y = points[0::2], points[1::2]
    return abs(sum(x[i - 1] * y[i] - x[i] * y[i - 1] for i in range(len(y)))) / 2


def fix_crowds(rows: Dicts, pointer: str, changes: Changes) -> None:
    """Write iscrowd as 0 or 1: 0 where it is missing; true, 1.0 and "1" are 1. What is none of these stays."""
    for index, row in enumerate(rows):
        old = row.get("iscrowd", 0)
        new = CROWDS.get(old.lower()) if isinstance(old, str) else int(old) if old in (0, 1) else None
        if new is not None and ("iscrowd" not in row or type(old) is not int):
            changes.note("iscrowd", f"{pointer}/{index}/iscrowd", row.get("iscrowd"), new)
            row["iscrowd"] = new
