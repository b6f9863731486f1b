"""Rows that say the same twice: exact copies over the whole file, near copies among as many images as memory allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from s3doctor.coco.ids import ABSENT, Ints, repeated
from s3doctor.coco.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from s3doctor.coco.boxes import Floats
    from s3doctor.coco.ledger import Ledger, Place

__all__ = ["Duplicates", "Sample", "fingerprints"]

MOST_ROWS = 1 << 17
_MOST_MARKS = 1 << 16
_MOST_PAIRS = 2_000_000
_CLOSE = 0.95
_LARGEST = 1e12  # a float that is larger knows no ten-thousandths
_WORD = (1 << 64) - 1
_MIXERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)

Words = npt.NDArray[np.uint64]


def _mixed(values: npt.NDArray[np.int64]) -> Words:
    """64 well-mixed bits for each number (the finaliser of splitmix64)."""
    words = values.view(np.uint64) + np.uint64(_MIXERS[0])
    words = (words ^ (words >> np.uint64(30))) * np.uint64(_MIXERS[1])
    words = (words ^ (words >> np.uint64(27))) * np.uint64(_MIXERS[2])
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed


def fingerprints(image: Ints, category: Ints, box: Floats) -> Ints:
    """A number for each row, equal for equal image, category and box (to 1e-4); ABSENT without a usable box."""
    sides = np.ascontiguousarray(box.T)
    usable = np.logical_and.reduce(np.abs(sides) < _LARGEST)
    if not usable.all():
        sides[:, ~usable] = 0
    words = _mixed(image)
    for column in (category, *np.rint(sides * 1e4).astype(np.int64)):
        words = _mixed((words ^ column.view(np.uint64)).view(np.int64))
    return np.where(usable & (image != ABSENT), words.view(np.int64), ABSENT)


@dataclass
class Sample:
    """A part of many numbers that depends on the numbers alone: those below a limit that shrinks as they grow many."""

    kept: Words
    limit: int = _WORD

    @classmethod
    def empty(cls) -> Sample:
        """Nothing yet."""
        return cls(np.zeros(0, np.uint64))

    def add(self, numbers: Ints) -> None:
        """Some numbers, well mixed. ABSENT is left out."""
        words = numbers[numbers != ABSENT].view(np.uint64)
        self.kept = np.concatenate([self.kept, words[words <= np.uint64(self.limit)]])
        while self.kept.size > _MOST_MARKS:
            self.limit >>= 1
            self.kept = self.kept[self.kept <= np.uint64(self.limit)]

    def share_in(self, other: Sample) -> float:
        """How much of this sample is in the other, over what both could hold. 0 where nothing can be said."""
        limit = np.uint64(min(self.limit, other.limit))
        mine = self.kept[self.kept <= limit]
        return float(np.isin(mine, other.kept).mean()) if mine.size else 0.0


class _Store:
    """Boxes of whole images: of all while they are few, else of those whose mixed id is below a limit."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = _WORD
        self.sampled = False
        self._parts: list[tuple[Ints, Ints, npt.NDArray[np.float32], Ints]] = []
        self._size = 0

    def add(self, image: Ints, category: Ints, box: Floats, rows: Ints) -> None:
        keep = (box[:, 2] > 0) & (box[:, 3] > 0) & (image != ABSENT)
        if self.sampled:
            keep &= _mixed(image) <= np.uint64(self.limit)
        self._parts.append((image[keep], category[keep], box[keep].astype(np.float32), rows[keep]))
        self._size += int(np.count_nonzero(keep))
        while self._size > self.most and self.limit > 1:
            self._halve()

    def _halve(self) -> None:
        self.limit >>= 1
        self.sampled = True
        kept = []
        for image, category, box, rows in self._parts:
            keep = _mixed(image) <= np.uint64(self.limit)
            kept.append((image[keep], category[keep], box[keep], rows[keep]))
        self._parts = [part for part in kept if part[0].size]
        self._size = sum(part[0].size for part in self._parts)

    def sorted(self) -> tuple[Ints, Ints, npt.NDArray[np.float32], Ints] | None:
        """All rows, by image and then from left to right; afterwards nothing is kept."""
        if not self._size:
            return None
        image, category, box, rows = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        self._parts = []
        order = np.lexsort((box[:, 0], image))
        return image[order], category[order], box[order], rows[order]


class Duplicates:
    """Collects what copies are found by: exact ones among all rows, near ones among `most` rows, of whole images."""

    def __init__(self, ledger: Ledger, *, predicted: bool, most: int = MOST_ROWS) -> None:
        self.ledger = ledger
        self.predicted = predicted
        self.marks = Kept()
        self.sample = Sample.empty()
        self._store = _Store(most)
        self.size = 0

    def add(self, image: Ints, category: Ints, box: Floats, rows: Ints) -> None:
        """Some rows."""
        marks = fingerprints(image, category, box)
        self.marks.add(marks)
        self.sample.add(marks)
        self._store.add(image, category, box, rows)
        self.size += marks.size

    def finish(self, place: Callable[[int, str], Place], numbers: Callable[[], Iterable[Ints]]) -> None:
        """Note the copies. `numbers` gives the index of each row, part by part as they were added."""
        self._exact(place, numbers)
        self.marks = Kept()
        self._near(place)

    def _exact(self, place: Callable[[int, str], Place], numbers: Callable[[], Iterable[Ints]]) -> None:
        code = "pred-duplicate" if self.predicted else "ann-exact-duplicate"
        twice = repeated(self.marks)
        if not twice.size:
            return
        first: dict[int, int] = {}
        for marks, rows in zip(self.marks, numbers(), strict=True):
            for at in np.flatnonzero(np.isin(marks, twice)).tolist():
                row = int(rows[at])
                other = first.setdefault(int(marks[at]), row)
                if other != row:
                    self.ledger.note(code, place(row, ""), None, f"a copy of row {other}")

    def _near(self, place: Callable[[int, str], Place]) -> None:
        found = self._store.sorted()
        if found is None:
            return
        same, other = _pairs(*found)
        hint = "looked at in a part of the images only" if self._store.sampled else ""
        looked = found[0].size
        if self.predicted:
            if len(same) > 0.05 * looked:
                self._say("pred-near-duplicate", same, place, hint)
            return
        self._say("ann-near-duplicate", same, place, hint)
        self._say("ann-cross-class-duplicate", other, place, hint)

    def _say(self, code: str, pairs: dict[int, int], place: Callable[[int, str], Place], hint: str) -> None:
        if pairs:
            self.ledger.count(code, len(pairs), hint=hint)
            for row in sorted(pairs)[: self.ledger.limit]:
                self.ledger.show(code, place(row, "bbox"), None, f"nearly the box of row {pairs[row]}")


def _pairs(
    image: Ints, category: Ints, box: npt.NDArray[np.float32], rows: Ints
) -> tuple[dict[int, int], dict[int, int]]:
    """Rows that nearly coincide with an earlier one: of the same category (but no exact copy), and of another."""
    same: dict[int, int] = {}
    other: dict[int, int] = {}
    left = np.arange(image.size)
    looked = 0
    for step in range(1, 200):
        left = left[left + step < image.size]
        right = left + step
        reach = box[right, 0] - box[left, 0] <= (1 / _CLOSE - 1) * box[left, 2]
        left = left[(image[left] == image[right]) & reach]
        looked += left.size
        if not left.size or looked > _MOST_PAIRS:
            break
        right = left + step
        close = _overlap(box[left], box[right]) >= _CLOSE
        equal = (box[left] == box[right]).all(axis=1) & (category[left] == category[right])
        for a, b in zip(left[close & ~equal].tolist(), right[close & ~equal].tolist(), strict=True):
            first, second = sorted((int(rows[a]), int(rows[b])))
            (same if category[a] == category[b] else other).setdefault(second, first)
    return same, other


def _overlap(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Intersection over union of boxes, pair by pair."""
    low = np.maximum(a[:, :2], b[:, :2])
    high = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    overlap: npt.NDArray[np.float32] = common / (np.prod(a[:, 2:], axis=1) + np.prod(b[:, 2:], axis=1) - common)
    return overlap
