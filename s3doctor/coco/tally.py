"""How often each id occurs, over a file of any length."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from s3doctor.coco.examination import RowsById
from s3doctor.coco.ids import ABSENT, Ints

__all__ = ["Tally"]

_DENSE = 1 << 20
_MOST_WAITING = 1 << 18


class Tally:
    """Counts the rows of each code and remembers the first row of each. ABSENT is not counted.

    Small codes, which most ids are, have a place each in two arrays; the others are sorted in now and then.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(0, np.int32)
        self._first = np.zeros(0, np.int64)
        self._pending: list[tuple[Ints, Ints]] = []
        self._waiting = 0
        self._sparse: list[Any] = [np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64)]

    def add(self, codes: Ints, rows: Ints) -> None:
        """Some rows and their codes, in the order of the file."""
        dense = (codes >= 0) & (codes < _DENSE)
        if dense.all():
            self._add_dense(codes, rows)
            return
        self._add_dense(codes[dense], rows[dense])
        sparse = ~dense & (codes != ABSENT)
        self._pending.append((codes[sparse], rows[sparse]))
        self._waiting += codes.size
        if self._waiting > _MOST_WAITING:
            self._merge()

    def _add_dense(self, codes: Ints, rows: Ints) -> None:
        if not codes.size:
            return
        more = int(codes.max()) + 1 - self._counts.size
        if more > 0:
            self._counts = np.concatenate([self._counts, np.zeros(more, np.int32)])
            self._first = np.concatenate([self._first, np.full(more, -1, np.int64)])
        np.add.at(self._counts, codes, np.int32(1))
        new = self._first[codes] < 0
        self._first[codes[new][::-1]] = rows[new][::-1]

    def _merge(self) -> None:
        codes, rows = (np.concatenate(column) for column in zip(*self._pending, strict=True))
        order = np.argsort(codes, kind="stable")
        codes, rows = codes[order], rows[order]
        starts = np.flatnonzero(np.diff(codes, prepend=ABSENT))
        if starts.size:
            self._add_sparse(codes[starts], np.diff(starts, append=codes.size), np.minimum.reduceat(rows, starts))
        self._pending, self._waiting = [], 0

    def _add_sparse(self, codes: Ints, counts: npt.NDArray[Any], first: Ints) -> None:
        """Sorted codes with their counts; where one is known already, its first row is known, too."""
        known = self._sparse[0]
        at = np.searchsorted(known, codes)
        old = np.zeros(codes.size, bool)
        inside = at < known.size
        old[inside] = known[at[inside]] == codes[inside]
        self._sparse[1][at[old]] += counts[old]
        del known
        for number, column in enumerate((codes, counts, first)):  # one after another, to spare memory
            self._sparse[number] = np.insert(self._sparse[number], at[~old], column[~old])

    def result(self) -> RowsById:
        """The counts so far."""
        if self._pending:
            self._merge()
        used = np.flatnonzero(self._counts)
        if used.size:
            self._add_sparse(used, self._counts[used], self._first[used])
            self._counts, self._first = np.zeros(0, np.int32), np.zeros(0, np.int64)
        return RowsById(*self._sparse)
