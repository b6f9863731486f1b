"""How often each id occurs, over a file of any length."""

from __future__ import annotations

import numpy as np

from s3doctor.coco.examination import RowsById
from s3doctor.coco.ids import ABSENT, Ints

__all__ = ["Tally"]


class Tally:
    """Counts the rows of each code and remembers the first row of each. ABSENT is not counted."""

    def __init__(self) -> None:
        self._pending: list[tuple[Ints, Ints]] = []
        self._waiting = 0
        self._result = RowsById()

    def add(self, codes: Ints, rows: Ints) -> None:
        """Some rows and their codes, in the order of the file."""
        self._pending.append((codes, rows))
        self._waiting += codes.size
        if self._waiting > max(1 << 16, self._result.codes.size):
            self.result()

    def result(self) -> RowsById:
        """The counts so far."""
        if self._pending:
            codes, first = (np.concatenate(column) for column in zip(*self._pending, strict=True))
            codes, first = codes[codes != ABSENT], first[codes != ABSENT]
            counts = np.concatenate([self._result.counts, np.ones(codes.size, np.int64)])
            codes, first = np.concatenate([self._result.codes, codes]), np.concatenate([self._result.first, first])
            order = np.argsort(codes, kind="stable")
            codes, counts, first = codes[order], counts[order], first[order]
            starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])) if codes.size else order
            if starts.size:
                counts, first = np.add.reduceat(counts, starts), np.minimum.reduceat(first, starts)
            self._result = RowsById(codes[starts], counts[: starts.size], first[: starts.size])
            self._pending, self._waiting = [], 0
        return self._result
