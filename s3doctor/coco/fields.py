"""The fields of a batch as columns, whichever way the batch was decoded."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import UNSET

from s3doctor.coco.ledger import Ledger, Place
from s3doctor.coco.typed import Columns
from s3doctor.coco.untyped import Decoded, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from s3doctor.coco.events import Batch
    from s3doctor.coco.ids import Ints
    from s3doctor.coco.typed import Shape

__all__ = ["SHOWN_IDS", "Fields", "fields_of", "note_oddities"]

SHOWN_IDS = ("id", "image_id", "category_id", "file_name", "name")
"""The fields that tell one element from others."""


@dataclass
class Fields:
    """Columns of values as decoded, UNSET where an element lacks the field.

    `at` maps rows to elements of the batch (elements that are no objects are left out). `trusted` says that every
    value has the type that the column's name promises.
    """

    batch: Batch
    size: int
    rows: Columns
    trusted: bool
    at: list[int] | None = None
    _absent: list[Any] = field(default_factory=list)

    def __len__(self) -> int:
        """The number of rows."""
        return self.size

    @property
    def columns(self) -> dict[str, list[Any]]:
        """All columns by name."""
        return self.rows.values

    def array(self, name: str) -> npt.NDArray[Any] | None:
        """A column whose numbers were read as such, None for any other. Every row has one, and all are finite."""
        return self.rows.table.arrays.get(name) if self.rows.table is not None else None

    def column(self, name: str) -> list[Any]:
        """A column; UNSET throughout where no element has the field."""
        found = self.columns.get(name)
        if found is None:
            self._absent = self._absent or [UNSET] * self.size
            return self._absent
        return found

    def has(self, name: str) -> bool:
        """Whether any element of the batch has the field."""
        return name in self.rows.keys

    def present(self, name: str) -> npt.NDArray[np.bool_]:
        """Which rows have the field."""
        if self.array(name) is not None:
            return np.ones(self.size, bool)
        return np.fromiter((value is not UNSET for value in self.column(name)), bool, self.size)

    def index(self, row: int) -> int:
        """A row's position in the array of the file."""
        return self.batch.first + (self.at[row] if self.at else row)

    def indices(self) -> Ints:
        """Each row's position in the array of the file."""
        if self.at is None:
            return np.arange(self.batch.first, self.batch.first + self.size)
        return np.array(self.at, np.int64) + self.batch.first

    def order(self, row: int) -> tuple[int, int]:
        """Sorts places as they stand in the file."""
        return self.batch.array.section, self.index(row)

    def place(self, row: int, name: str = "") -> Place:
        """Where a row, or a field of it, stands."""
        ids = {key: self.columns[key][row] for key in SHOWN_IDS if key in self.columns}
        shown = {key: value for key, value in ids.items() if isinstance(value, (int, float, str))}
        return self.batch.place(self.at[row] if self.at else row, name, **shown)


def fields_of(batch: Batch, shape: Shape, ledger: Ledger, *, everything: bool = False) -> Fields:
    """The columns of a batch. Notes what is odd about elements that could not be decoded with types.

    With `everything` all fields become columns, not only those that the shape knows.
    """
    if batch.rows is not None:
        return Fields(batch, batch.rows.size, batch.rows, trusted=True)
    kept: list[dict[str, Any]] = []
    at: list[int] = []
    for index, element in enumerate(batch.elements()):
        decoded = decode(element)
        note_oddities(decoded, batch.place(index) if _odd(decoded) else None, ledger)
        if isinstance(decoded.value, dict):
            kept.append(decoded.value)
            at.append(index)
    keys = set().union(*kept) if kept else set()
    shape.learn(kept)
    columns = {key: [one.get(key, UNSET) for one in kept] for key in (keys if everything else keys & shape.known)}
    return Fields(batch, len(kept), Columns(len(kept), columns), trusted=False, at=at)


def _odd(decoded: Decoded) -> bool:
    plain = isinstance(decoded.value, dict) and not decoded.duplicates and not decoded.nonfinite
    return not plain or bool(decoded.long_integers) or decoded.too_deep


def note_oddities(decoded: Decoded, place: Place | None, ledger: Ledger, *, element: bool = True) -> None:
    """Note duplicate keys, numbers that are not finite, depth, and an element that is no object."""
    if place is None:
        return
    for key in decoded.duplicates:
        inside = isinstance(decoded.value, dict) and key in decoded.value
        ledger.note("json-duplicate-key", _below(place, key) if inside else place, key)
    if decoded.nonfinite:
        for pointer, value in _nonfinite(decoded.value):
            ledger.note("json-nonfinite", _below(place, *pointer), repr(value))
    if decoded.too_deep or decoded.long_integers:
        text = "nested too deeply" if decoded.too_deep else "an integer of more than 4,300 digits"
        ledger.count("json-too-deep-or-big", max(1, decoded.long_integers))
        ledger.show("json-too-deep-or-big", place, None, text)
    elif element and not isinstance(decoded.value, dict):
        ledger.note("top-list-type", place, decoded.value, "not an object")


def _below(place: Place, *keys: object) -> Place:
    """A place further down in the same element."""
    escaped = [str(key).replace("~", "~0").replace("/", "~1") for key in keys]
    return Place(place.order, "/".join([place.where, *escaped]), place.offset, place.line, place.ids)


def _nonfinite(value: object) -> Iterator[tuple[tuple[object, ...], float]]:
    """Every number that is not finite, with the way to it. Walks without recursion: nesting may be deep."""
    stack: list[tuple[tuple[object, ...], object]] = [((), value)]
    while stack:
        path, one = stack.pop()
        if isinstance(one, float) and not math.isfinite(one):
            yield path, one
        elif isinstance(one, dict):
            stack.extend(((*path, key), item) for key, item in reversed(list(one.items())))
        elif isinstance(one, list):
            stack.extend(((*path, key), item) for key, item in reversed(list(enumerate(one))))
