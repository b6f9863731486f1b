"""Boxes, areas and crowds, judged a batch at a time."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger

__all__ = ["Floats", "Mask", "areas", "boxes", "check_areas", "check_sizes", "crowds", "mark", "number"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_FOUR = 4
_LARGEST_AREA = 1e10
UNKNOWN = -1


def mark(  # noqa: PLR0917 - one call says it all
    ledger: Ledger, code: str, fields: Fields, mask: Mask, name: str, values: Sequence[Any] | None = None
) -> None:
    """Note a fault of every row that the mask marks; the value shown is the column's unless `values` are given."""
    if not mask.any():
        return
    rows = np.flatnonzero(mask)
    ledger.count(code, rows.size)
    shown = fields.column(name) if values is None else values
    for row in rows[: ledger.limit].tolist():
        if ledger.wants(code, (fields.batch.array.section, fields.index(row))):
            value = shown[row]
            ledger.show(code, fields.place(row, name if fields.has(name) else ""), None if value is UNSET else value)


def number(value: object) -> float:
    """A JSON number as a float, NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def boxes(fields: Fields, ledger: Ledger) -> Floats:
    """The boxes as (n, 4), a row of NaN where there is no usable one. Notes missing and misshapen boxes."""
    values = fields.column("bbox")
    if fields.trusted and fields.has("bbox") and UNSET not in values:
        return np.fromiter((side for box in values for side in box), np.float64, len(values) * _FOUR).reshape(-1, _FOUR)
    made = np.full((len(fields), _FOUR), np.nan)
    for row, value in enumerate(values):
        made[row] = _box(fields, row, value, ledger)
    return made


def _box(fields: Fields, row: int, value: object, ledger: Ledger) -> list[float]:
    if value is UNSET or value is None:
        ledger.note("bbox-missing", partial(fields.place, row))
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
    values = fields.column("area")
    if fields.trusted and fields.has("area") and UNSET not in values:
        made = np.array(values, np.float64)
    else:
        made = np.fromiter(map(number, values), np.float64, len(values))
    absent = np.fromiter((value is UNSET for value in values), bool, len(values)) if np.isnan(made).any() else None
    if absent is not None:
        mark(ledger, "area-missing", fields, absent, "area")
    nonfinite = np.fromiter((isinstance(one, float) and not math.isfinite(one) for one in values), bool, len(values))
    wrong = ~(np.isfinite(made) & (made >= 0) & (made <= _LARGEST_AREA)) & ~nonfinite
    mark(ledger, "area-value", fields, wrong if absent is None else wrong & ~absent, "area")
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
    values = fields.column("iscrowd")
    made = np.fromiter((_crowd(value) for value in values), np.int8, len(values))
    if (made < 0).any():
        absent = np.fromiter((value is UNSET for value in values), bool, len(values))
        mark(ledger, "iscrowd-missing", fields, absent, "iscrowd")
        mark(ledger, "iscrowd-value", fields, (made < 0) & ~absent, "iscrowd")
    return made


def _crowd(value: object) -> int:
    return int(value) if isinstance(value, (bool, int, float)) and value in (0, 1) else UNKNOWN
