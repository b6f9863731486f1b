"""How often each id occurs, over a file of any length."""

from __future__ import annotations

import numpy as np

from s3doctor.coco.examination import RowsById
from s3doctor.coco.ids import ABSENT, Ints

__all__ = ["Tally"]

_DENSE = 1 << 20
_MOST_WAITING = 1 << 18


class Tally:
    """Counts the rows of each code and remembers the first row of each. ABSENT is not counted.

    Small codes, which most ids are, have a place each in two arrays; the others are sorted now and then.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(0, np.int64)
        self._first = np.zeros(0, np.int64)
        self._pending: list[tuple[Ints, Ints]] = []
        self._waiting = 0
        self._sparse = RowsById()

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
        if self._waiting > max(_MOST_WAITING, self._sparse.codes.size):
            self._merge()

    def _add_dense(self, codes: Ints, rows: Ints) -> None:
        if not codes.size:
            return
        more = int(codes.max()) + 1 - self._counts.size
        if more > 0:
            self._counts = np.concatenate([self._counts, np.zeros(more, np.int64)])
            self._first = np.concatenate([self._first, np.full(more, -1, np.int64)])
        np.add.at(self._counts, codes, 1)
        new = self._first[codes] < 0
        self._first[codes[new][::-1]] = rows[new][::-1]

    def _merge(self) -> None:
        codes = np.concatenate([self._sparse.codes, *(pair[0] for pair in self._pending)])
        first = np.concatenate([self._sparse.first, *(pair[1] for pair in self._pending)])
        counts = np.concatenate([self._sparse.counts, np.ones(codes.size - self._sparse.codes.size, np.int64)])
        order = np.argsort(codes, kind="stable")
        codes, counts, first = codes[order], counts[order], first[order]
        starts = np.flatnonzero(np.diff(codes, prepend=ABSENT))
        if starts.size:
            self._sparse = RowsById(codes[starts], np.add.reduceat(counts, starts), np.minimum.reduceat(first, starts))
        self._pending, self._waiting = [], 0

    def result(self) -> RowsById:
        """The counts so far."""
        if self._pending:
            self._merge()
        used = np.flatnonzero(self._counts)
        parts = (
            (used, self._sparse.codes),
            (self._counts[used], self._sparse.counts),
            (self._first[used], self._sparse.first),
        )
        codes, counts, first = (np.concatenate(part) for part in parts)
        order = np.argsort(codes, kind="stable")
        return RowsById(codes[order], counts[order], first[order])
