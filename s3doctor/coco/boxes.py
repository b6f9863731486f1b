"""Boxes, areas and crowds, judged a batch at a time."""

from __future__ import annotations

import math
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from s3doctor.coco.untyped import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger, Place

__all__ = ["Floats", "Located", "Mask", "areas", "boxes", "check_areas", "check_sizes", "crowds", "mark", "number"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_FOUR = 4
_LARGEST_AREA = 1e10
UNKNOWN = -1


class Shown(Protocol):
    """Values to show, by row."""

    def __getitem__(self, row: int, /) -> object: ...


class Located(Protocol):
    """Rows that can be pointed at and whose values can be shown: Fields, or what was kept of them."""

    def order(self, row: int) -> tuple[int, int]:
        """Sorts places as they stand in the file."""
        ...

    def place(self, row: int, name: str = "") -> Place:
        """Where a row, or a field of it, stands."""
        ...

    def has(self, name: str) -> bool:
        """Whether the rows have a field."""
        ...

    def column(self, name: str) -> Sequence[Any]:
        """The values of a field."""
        ...


def mark(  # noqa: PLR0917 - one call says it all
    ledger: Ledger, code: str, fields: Located, mask: Mask, name: str, values: Shown | None = None
) -> None:
    """Note a fault of every row that the mask marks; the value shown is the column's unless `values` are given."""
    if not mask.any():
        return
    rows = np.flatnonzero(mask)
    ledger.count(code, rows.size)
    for row in rows[: ledger.limit].tolist():
        if ledger.wants(code, fields.order(row)):
            value = (fields.column(name) if values is None else values)[row]
            value = decode(value).value if isinstance(value, bytes) else value
            ledger.show(code, fields.place(row, name if fields.has(name) else ""), None if value is UNSET else value)


def number(value: object) -> float:
    """A JSON number as a float, NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def boxes(fields: Fields, ledger: Ledger, *, predicted: bool = False) -> Floats:
    """The boxes as (n, 4), a row of NaN where there is no usable one. Notes missing and misshapen boxes."""
    read = fields.array("bbox")
    if read is not None:
        return read
    values = fields.column("bbox")
    if fields.trusted and fields.has("bbox") and UNSET not in values:
        return np.fromiter(chain.from_iterable(values), np.float64, len(values) * _FOUR).reshape(-1, _FOUR)
    made = np.full((len(fields), _FOUR), np.nan)
    missing = (
        ["bbox-missing" if one in (UNSET, None) else "pred-bbox-missing" for one in _masks(fields)] if predicted else []
    )
    for row, value in enumerate(values):
        made[row] = _box(fields, row, value, ledger, missing[row] if missing else "bbox-missing")
    return made


def _masks(fields: Fields) -> Sequence[Any]:
    """What stands for a box where a prediction has none."""
    return fields.column("segmentation" if fields.has("segmentation") else "keypoints")


def _box(fields: Fields, row: int, value: object, ledger: Ledger, missing: str) -> list[float]:
    if value is UNSET or value is None:
        ledger.note(missing, partial(fields.place, row))
        return [math.nan] * _FOUR
    sides = [number(one) for one in value] if isinstance(value, (list, tuple)) else []
    if len(sides) == _FOUR and all(map(math.isfinite, sides)):
        return sides
    if len(sides) != _FOUR or not all(isinstance(one, float) for one in value if not math.isfinite(number(one))):  # type: ignore[attr-defined]
        ledger.note("bbox-shape", partial(fields.place, row, "bbox"), value)
    return [math.nan] * _FOUR


def check_sizes(fields: Fields, box: Floats, ledger: Ledger) -> None:
    """Negative, empty and tiny widths and heights."""
    smallest = np.minimum(box[:, 2], box[:, 3])
    if not (smallest < 1).any():
        return
    mark(ledger, "bbox-negative-size", fields, smallest < 0, "bbox")
    mark(ledger, "bbox-zero-size", fields, smallest == 0, "bbox")
    mark(ledger, "bbox-subpixel", fields, (smallest > 0) & (smallest < 1), "bbox")


def areas(fields: Fields, ledger: Ledger) -> Floats:
    """The areas, NaN where missing or unusable. Notes those."""
    read = fields.array("area")
    values = fields.column("area") if read is None else ()
    if read is not None or (fields.trusted and fields.has("area") and UNSET not in values):
        made = np.array(values if read is None else read, np.float64)
        if not made.size or (made.min() >= 0 and made.max() <= _LARGEST_AREA):
            return made
        values = fields.column("area")
    made = np.fromiter(map(number, values), np.float64, len(values))
    absent = np.fromiter((value is UNSET for value in values), bool, len(values))
    mark(ledger, "area-missing", fields, absent, "area")
    nonfinite = np.fromiter((isinstance(one, float) and not math.isfinite(one) for one in values), bool, len(values))
    wrong = ~(np.isfinite(made) & (made >= 0) & (made <= _LARGEST_AREA)) & ~nonfinite & ~absent
    mark(ledger, "area-value", fields, wrong, "area")
    made[wrong | nonfinite] = np.nan
    return made


def check_areas(fields: Fields, box: Floats, area: Floats, masked: Mask, ledger: Ledger) -> None:
    """Areas against boxes. `masked` marks rows whose area is that of a mask, which is smaller than the box."""
    width, height = box[:, 2], box[:, 3]
    sound = (width > 0) & (height > 0)
    product = width * height
    mark(ledger, "area-zero", fields, sound & (area == 0), "area")
    slack = np.maximum(product * 0.05, width + height + 1)
    plain = ~masked & (np.abs(area - product) > slack)
    drawn = masked & ((area > 1.1 * product + 1) | (area < 0.02 * product))
    mark(ledger, "area-mismatch", fields, sound & (area > 0) & (plain | drawn), "area")


def crowds(fields: Fields, ledger: Ledger) -> npt.NDArray[np.int8]:
    """Iscrowd as 0 or 1, -1 where missing or unusable. Notes those."""
    read = fields.array("iscrowd")
    values = fields.column("iscrowd") if read is None else ()
    if read is not None or (fields.trusted and fields.has("iscrowd") and UNSET not in values):
        quick = np.array(values) if read is None else read
        if ((quick == 0) | (quick == 1)).all():
            return quick.astype(np.int8)
        values = fields.column("iscrowd")
    made = np.fromiter((_crowd(value) for value in values), np.int8, len(values))
    if (made < 0).any():
        absent = np.fromiter((value is UNSET for value in values), bool, len(values))
        mark(ledger, "iscrowd-missing", fields, absent, "iscrowd")
        mark(ledger, "iscrowd-value", fields, (made < 0) & ~absent, "iscrowd")
    return made


def _crowd(value: object) -> int:
    return int(value) if isinstance(value, (bool, int, float)) and value in (0, 1) else UNKNOWN
