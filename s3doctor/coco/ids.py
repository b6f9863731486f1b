"""Ids as 64-bit integers: whole numbers as they are, anything else as a number that stands for it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger

__all__ = [
    "ABSENT",
    "LARGEST",
    "Ints",
    "Lookup",
    "alike",
    "code_of",
    "codes",
    "hint_for",
    "is_text",
    "not_found",
    "own_ids",
    "packed",
    "repeated",
]

Ints = npt.NDArray[np.int64]

ABSENT = int(np.iinfo(np.int64).min)
LARGEST = 1 << 61
_AT_ONCE = 1 << 16


def code_of(value: object) -> int:
    """The code of an id. Whole floats and booleans equal their integers, as they do in Python and so in the readers."""
    if value is UNSET or value is None or isinstance(value, (list, dict)):
        return ABSENT
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and -LARGEST < value < LARGEST:
        return int(value)
    mixed = hash((type(value).__name__, value)) & (LARGEST - 1)
    return LARGEST + mixed if not isinstance(value, str) else -LARGEST - mixed


def is_text(code: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which codes stand for text."""
    marked: npt.NDArray[np.bool_] = (code <= -LARGEST) & (code != ABSENT)
    return marked


def codes(fields: Fields, name: str) -> Ints:
    """A column of ids as codes, ABSENT where there is none."""
    if not fields.has(name):
        return np.full(len(fields), ABSENT, np.int64)
    read = fields.array(name)
    if read is not None:
        return read
    values = fields.column(name)
    quick = _quick(values) if fields.trusted else None
    return np.fromiter(map(code_of, values), np.int64, len(values)) if quick is None else quick


def own_ids(fields: Fields, missing: str, wrong: str, ledger: Ledger) -> Ints:
    """The column `id` as codes. Notes ids that are missing and those of a wrong type, under the codes given."""
    found = codes(fields, "id")
    if fields.has("id") and fields.trusted and ABSENT not in found:
        return found
    for row, value in enumerate(fields.column("id")):
        if value is UNSET:
            ledger.note(missing, partial(fields.place, row))
        elif isinstance(value, bool) or not (isinstance(value, int) or _odd_number(value)):
            ledger.note(wrong, partial(fields.place, row, "id"), value, type_name(value))
    return found


def _odd_number(value: object) -> bool:
    """Numbers that are not finite are noted once, as such."""
    return isinstance(value, float) and not math.isfinite(value)


def _quick(values: Sequence[Any]) -> Ints | None:
    try:
        made = np.array(values, np.int64)
    except (OverflowError, TypeError):
        return None
    return made if not made.size or (made.min() > -LARGEST and made.max() < LARGEST) else None


def type_name(value: object) -> str:
    """JSON's name for a value's type."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def hint_for(used: Ints, lost: Ints, known: Ints) -> str:
    """What would make lost ids match: another type, or a shift by one."""
    if is_text(lost).all() and known.size and not is_text(known).any():
        return "they are text where the table has numbers"
    if known.size and is_text(known).all() and not is_text(lost).any():
        return "they are numbers where the table has text"
    for step in (1, -1):
        if np.isin(used + step, known).all():
            return f"all match after adding {step}"
    return ""


def alike(count: int) -> str:
    """What is said of the first of so many rows with one id."""
    return f"the first of {count:,} with this id" if count > 1 else ""


def packed(found: Ints) -> Any:  # noqa: ANN401 - integers of either width
    """The same numbers in four bytes each, where they fit."""
    small = bool(found.size) and found.min() >= 0 and found.max() < 1 << 32
    return found.astype(np.uint32) if small else found


def repeated(chunks: Iterable[Any]) -> Ints:
    """Of all values but ABSENT those that occur more than once, sorted.

    Works on a part of the values at a time to spare memory, so it goes through the arrays of integers several times.
    """
    total = sum(chunk.size for chunk in chunks)
    parts = 1 << (total >> 19).bit_length()
    found = [_repeated_in(chunks, part, parts) for part in range(parts)]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _repeated_in(chunks: Iterable[Any], part: int, parts: int) -> Ints:
    picked = list(chunks) if parts == 1 else [chunk[chunk & (parts - 1) == part] for chunk in chunks]
    joined = np.concatenate(picked).astype(np.int64, copy=False) if picked else np.zeros(0, np.int64)
    del picked
    joined.sort()
    twice = joined[1:][(joined[1:] == joined[:-1]) & (joined[1:] != ABSENT)]
    found: Ints = twice[np.diff(twice, prepend=ABSENT) != 0]
    return found


class Lookup:
    """Finds the first position of ids in a table: by a plain array while ids are small, by bisection otherwise."""

    def __init__(self, table: Ints) -> None:
        self._direct: npt.NDArray[np.int32] | None = None
        self._order: npt.NDArray[np.intp] | None = None
        self._sorted = table
        known = table[table != ABSENT]
        if known.size and known.min() >= 0 and known.max() < max(1 << 20, 2 * known.size):
            self._direct = np.full(int(known.max()) + 2, -1, np.int32)
            positions = np.flatnonzero(table != ABSENT)[::-1]
            self._direct[table[positions]] = positions
        elif (table[1:] < table[:-1]).any():
            self._order = np.argsort(table, kind="stable")
            self._sorted = table[self._order]

    def find(self, wanted: Ints) -> npt.NDArray[np.intp]:
        """The position of each id, -1 where the table does not have it."""
        if self._direct is not None:
            last = self._direct.size - 1
            return self._direct[np.where((wanted < 0) | (wanted > last), last, wanted)].astype(np.intp)
        if not self._sorted.size:
            return np.full(wanted.shape, -1, np.intp)
        found = np.minimum(np.searchsorted(self._sorted, wanted), self._sorted.size - 1)
        hit = (self._sorted[found] == wanted) & (wanted != ABSENT)
        return np.where(hit, found if self._order is None else self._order[found], -1)


def not_found(wanted: Ints, table: Ints) -> npt.NDArray[np.intp]:
    """The positions of ids that a table does not have; looked up a part at a time, to spare memory."""
    lookup, parts = Lookup(table), range(0, wanted.size, _AT_ONCE)
    lost = [np.flatnonzero(lookup.find(wanted[start : start + _AT_ONCE]) < 0) + start for start in parts]
    return np.concatenate(lost) if lost else np.zeros(0, np.intp)
