"""Scores of predictions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec import UNSET

from s3doctor.coco.boxes import mark, number
from s3doctor.coco.examination import Histogram

if TYPE_CHECKING:
    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger

__all__ = ["Scores"]

_FEW, _SOME = 20, 50


class Scores:
    """Judges the scores and keeps what their distribution shows."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.size = 0
        self.lowest = math.inf
        self.highest = -math.inf
        self.outside = 0
        self._bins = np.zeros(101, np.int64)
        self._first = math.nan
        self._alike = 0

    def look(self, fields: Fields) -> None:
        """Judge a batch."""
        quick = fields.array("score")
        values = fields.column("score") if quick is None else ()
        if quick is None and fields.trusted and fields.has("score") and UNSET not in values:
            quick = np.array(values, np.float64)
        if quick is not None:
            if not quick.size or (quick.min() >= 0 and quick.max() <= 1):
                self._keep(quick)
                return
            values = fields.column("score")
        absent = np.fromiter((value is UNSET for value in values), bool, len(values))
        mark(self.ledger, "pred-score-missing", fields, absent, "score")
        score = np.fromiter(map(number, values), np.float64, len(values))
        nonfinite = np.fromiter(
            (isinstance(one, float) and not math.isfinite(one) for one in values), bool, len(values)
        )
        mark(self.ledger, "pred-score-type", fields, ~np.isfinite(score) & ~absent & ~nonfinite, "score")
        outside = np.isfinite(score) & ((score < 0) | (score > 1))
        mark(self.ledger, "pred-score-range", fields, outside, "score")
        self.outside += int(outside.sum())
        self._keep(score[np.isfinite(score)])

    def _keep(self, score: np.ndarray) -> None:
        if not score.size:
            return
        self._first = float(score[0]) if not self.size else self._first
        self._alike += int(np.count_nonzero(score == self._first))
        self.size += score.size
        self.lowest, self.highest = min(self.lowest, float(score.min())), max(self.highest, float(score.max()))
        self._bins += np.bincount((np.clip(score, 0, 1) * 100).astype(np.int64), minlength=101)

    def histogram(self) -> Histogram:
        """Scores from 0 to 1 in a hundred bins; scores outside count at the ends."""
        if not self.size:
            return Histogram()
        return Histogram(
            tuple(step / 100 for step in range(101)), (*self._bins[:99].tolist(), int(self._bins[99:].sum()))
        )

    def finish(self) -> None:
        """What the distribution suggests."""
        if self.outside and self.lowest >= 0 and 1 < self.highest <= 100:  # noqa: PLR2004
            self.ledger.count("pred-score-range", 0, hint="they look like percentages")
        elif self.outside and self.lowest < 0:
            self.ledger.count("pred-score-range", 0, hint="they look like logits")
        if self.size >= _SOME and self.lowest >= 0.3 and self.lowest < self.highest:  # noqa: PLR2004
            self.ledger.count("pred-score-thresholded", self.size, hint=f"the lowest is {self.lowest:.3g}")
        if self.size >= _FEW and self._alike >= 0.99 * self.size:
            self.ledger.count("pred-score-constant", self.size, hint=f"{self._alike:,} are {self._first:.6g}")
