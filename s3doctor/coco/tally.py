"""How often each id occurs, over a file of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from s3doctor.coco.examination import RowsById
from s3doctor.coco.ids import ABSENT, Ints

if TYPE_CHECKING:
    from s3doctor.coco.names import ImageNames

__all__ = ["Known", "Tally"]

_DENSE = 1 << 20
_MOST_WAITING = 1 << 18


class Known(Protocol):
    """A table of ids that is complete."""

    def table(self) -> ImageNames:
        """The ids in order, and what goes with them."""
        ...

    def lookup(self, wanted: Ints) -> npt.NDArray[np.intp]:
        """The position of each id, -1 where there is none."""
        ...


class _Places:
    """Counts by position: how many rows each has, and which was the first. Grows where it has to."""

    def __init__(self) -> None:
        self.counts = np.zeros(0, np.int32)
        self.first: npt.NDArray[np.integer[Any]] = np.zeros(0, np.int32)

    def add(self, places: npt.NDArray[np.integer[Any]], rows: Ints) -> None:
        if not places.size:
            return
        more = int(places.max()) + 1 - self.counts.size
        if more > 0:
            self.reserve(more)
        self.first = self.first.astype(np.promote_types(np.int32, np.min_scalar_type(~int(rows.max()))), copy=False)
        np.add.at(self.counts, places, np.int32(1))
        new = self.first[places] < 0
        self.first[places[new][::-1]] = rows[new][::-1]

    def reserve(self, more: int) -> None:
        self.counts = np.concatenate([self.counts, np.zeros(more, np.int32)])
        self.first = np.concatenate([self.first, np.full(more, -1, self.first.dtype)])

    def take(self, codes: Ints) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.integer[Any]]]:
        """The codes of places that have rows, with their counts and first rows. Nothing is kept."""
        used = self.counts > 0
        codes = codes[: used.size][used]
        counts, self.counts = self.counts[used], self.counts[:0]
        first, self.first = self.first[used], self.first[:0]
        return codes, counts, first


class Tally:
    """Counts the rows of each code and remembers the first row of each. ABSENT is not counted.

    Codes of a `known` table are counted at their positions there. Of the others the small ones, which most ids are,
    have a place each; the rest is sorted in now and then, which costs more time and memory.
    """

    def __init__(self) -> None:
        self._known: Known | None = None
        self._positions = _Places()
        self._dense = _Places()
        self._pending: list[tuple[Ints, Ints]] = []
        self._waiting = 0
        self._sparse: list[Any] = [np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)]

    def use(self, known: Known) -> None:
        """Take note of a table that has most of the codes that are still to come."""
        self._settle()
        self._known = known
        self._positions.reserve(len(known.table().ids))

    def add(self, codes: Ints, rows: Ints) -> None:
        """Some rows and their codes, in the order of the file."""
        if self._known is not None:
            codes, rows = self._add_known(self._known, codes, rows)
        dense = (codes >= 0) & (codes < _DENSE)
        if dense.all():
            self._dense.add(codes, rows)
            return
        self._dense.add(codes[dense], rows[dense])
        sparse = ~dense & (codes != ABSENT)
        self._pending.append((codes[sparse], rows[sparse]))
        self._waiting += codes.size
        if self._waiting > _MOST_WAITING:
            self._merge()

    def _add_known(self, known: Known, codes: Ints, rows: Ints) -> tuple[Ints, Ints]:
        """Count what the table has. What it does not have."""
        at = known.lookup(codes)
        here = at >= 0
        self._positions.add(at[here], rows[here])
        return codes[~here], rows[~here]

    def _merge(self) -> None:
        codes, rows = (np.concatenate(column) for column in zip(*self._pending, strict=True))
        order = np.argsort(codes, kind="stable")
        codes, rows = codes[order], rows[order]
        starts = np.flatnonzero(np.diff(codes, prepend=ABSENT))
        if starts.size:
            self._add_sparse(codes[starts], np.diff(starts, append=codes.size), np.minimum.reduceat(rows, starts))
        self._pending, self._waiting = [], 0

    def _add_sparse(self, codes: Ints, counts: npt.NDArray[Any], first: npt.NDArray[np.integer[Any]]) -> None:
        """Sorted codes with their counts; where one is known already, its first row is known, too."""
        known = self._sparse[0]
        if not known.size:
            self._sparse = [codes, counts.astype(np.int32, copy=False), first]
            return
        at = np.searchsorted(known, codes)
        old = np.zeros(codes.size, bool)
        inside = at < known.size
        old[inside] = known[at[inside]] == codes[inside]
        self._sparse[1][at[old]] += counts[old]
        del known
        for number, column in enumerate((codes, counts, first)):  # one after another, to spare memory
            here, new = self._sparse[number], column[~old]
            here = here.astype(np.promote_types(here.dtype, new.dtype), copy=False)
            self._sparse[number] = np.insert(here, at[~old], new)

    def _settle(self) -> None:
        """Sort in all that was counted, in the order in which it came."""
        if self._pending:
            self._merge()
        dense, self._dense = self._dense, _Places()
        if dense.counts.size:
            self._add_sparse(*dense.take(np.arange(dense.counts.size)))
        if self._known is not None:
            ids, places = self._known.table().ids, self._positions
            self._known, self._positions = None, _Places()
            codes, counts, first = places.take(ids)
            if (codes[1:] < codes[:-1]).any():
                order = np.argsort(codes, kind="stable")
                codes, counts, first = codes[order], counts[order], first[order]
            self._add_sparse(codes, counts, first)

    def result(self) -> RowsById:
        """The counts so far."""
        self._settle()
        return RowsById(*self._sparse)
