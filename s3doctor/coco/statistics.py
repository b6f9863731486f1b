"""What all boxes together suggest: likelihoods as calibrated on real files, never certainties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from s3doctor.coco.examination import Histogram

if TYPE_CHECKING:
    import numpy.typing as npt

    from s3doctor.coco.boxes import Floats, Mask
    from s3doctor.coco.ledger import Ledger

__all__ = ["Statistics"]

_OCTAVES = 2
_LOWEST, _HIGHEST = -14, 24
_EDGES = tuple(2.0 ** (step / _OCTAVES) for step in range(_LOWEST * _OCTAVES, _HIGHEST * _OCTAVES + 1))
_ALL = 0.99


class Statistics:
    """Counts, over the usable boxes of a file, how many would fit each way of writing a box."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.counts: dict[str, int] = {}
        self.widths = np.zeros(len(_EDGES) - 1, np.int64)
        self.heights = np.zeros(len(_EDGES) - 1, np.int64)
        self._least = np.full(2, np.inf)
        self._most = np.full(2, -np.inf)

    def look(self, box: Floats, width: Floats, height: Floats) -> None:
        """Some boxes and the sizes of their images, NaN where unknown."""
        x, y, w, h = np.ascontiguousarray(box.T)
        usable = np.isfinite(x)
        self._add("boxes", usable)
        corners = usable & (w > x) & (h > y)
        self._add("corners", corners)
        least, most = np.minimum(np.minimum(x, y), np.minimum(w, h)), np.maximum(np.maximum(x, y), np.maximum(w, h))
        fractions = usable & (least >= 0) & (most <= 1)
        self._add("fractions", fractions & ~((width <= 2) | (height <= 2)))  # noqa: PLR2004 - the picture has pixels
        self._readings((x, y, w, h), (width, height), corners)
        self._sizes(*((w, h) if usable.all() else (w[usable], h[usable])))

    def _add(self, name: str, mask: Mask) -> None:
        count = int(np.count_nonzero(mask))
        if count:
            self.counts[name] = self.counts.get(name, 0) + count

    def _readings(self, box: tuple[Floats, ...], size: tuple[Floats, Floats], corners: Mask) -> None:
        """How many boxes fit their images read as what they should be, and as something else."""
        x, y, w, h = box
        width, height = size
        sized = (width > 0) & np.isfinite(x)
        if not sized.any():
            return
        across, down = np.maximum(1, 0.02 * width), np.maximum(1, 0.02 * height)
        wide, tall = width + across, height + down
        right, below = x + w > wide, y + h > tall
        over = sized & (right | below)
        before = sized & ((x < -across) | (y < -down))
        self._add("sized", sized)
        self._add("over", over)
        self._add("before", before)
        self._add("below only", over & ~right)
        self._add("as corners", sized & corners & (w <= wide) & (h <= tall) & (x >= -across) & (y >= -down))
        centred = (np.abs(2 * x - width) + w <= width + 2 * across) & (np.abs(2 * y - height) + h <= height + 2 * down)
        self._add("as centres", sized & centred)
        self._add("as swapped", sized & (y + h <= wide) & (x + w <= tall))
        self._add("oblong", sized & (width != height))
        self._add("from below", sized & (y <= tall) & (y - h >= -down) & ~right)
        self._add("small part", sized & (x + w < 0.6 * width) & (y + h < 0.6 * height))

    def _sizes(self, w: Floats, h: Floats) -> None:
        if not w.size:
            return
        self.widths += _histogram(w)
        self.heights += _histogram(h)
        self._least = np.minimum(self._least, [w.min(), h.min()])
        self._most = np.maximum(self._most, [w.max(), h.max()])

    def finish(self, images: int) -> None:
        """What is likely. `images` is the number of images that have boxes."""
        boxes, sized = self.counts.get("boxes", 0), self.counts.get("sized", 0)
        if boxes >= 5 and self._share("fractions", "boxes") >= _ALL:  # noqa: PLR2004
            self._say("stat-normalised", "fractions", "boxes")
        elif sized >= 10 and self._share("over", "sized") >= 0.1:  # noqa: PLR2004
            self._overflowing(sized)
        elif sized < boxes / 2 and boxes >= 30 and self._share("corners", "boxes") >= 0.995:  # noqa: PLR2004
            self._say("stat-xyxy-unsized", "corners", "boxes")
        elif images >= 20 and self._share("small part", "sized") >= _ALL:  # noqa: PLR2004
            self._say("stat-scale", "small part", "sized")
        if boxes >= 20 and (self._least == self._most).all():  # noqa: PLR2004
            self.ledger.count("stat-constant-size", boxes, hint=f"{self._most[0]:g} x {self._most[1]:g}")

    def _overflowing(self, sized: int) -> None:
        """At least a tenth of the boxes reach out of their images: ask which reading explains it."""
        none_before = self.counts.get("before", 0) <= 0.01 * sized
        if self._share("as corners", "sized") >= _ALL:
            self._say("stat-xyxy", "as corners", "sized")
        elif none_before and self._share("as centres", "sized") >= _ALL:
            self._say("stat-cxcywh", "as centres", "sized")
        elif self._share("oblong", "sized") >= 0.5 and self._swapped():  # noqa: PLR2004
            self._say("stat-yxhw", "as swapped", "sized")
        elif self._share("from below", "sized") >= _ALL and self._share("below only", "over") >= _ALL:
            self._say("stat-bottom-origin", "from below", "sized")

    def _swapped(self) -> bool:
        return self._share("over", "sized") >= 0.15 and self._share("as swapped", "sized") >= _ALL  # noqa: PLR2004

    def _share(self, name: str, of: str) -> float:
        total = self.counts.get(of, 0)
        return self.counts.get(name, 0) / total if total else 0.0

    def _say(self, code: str, name: str, of: str) -> None:
        share = f"{self._share(name, of):.1%} of {self.counts[of]:,} boxes fit that reading"
        over = f", {self._share('over', 'sized'):.0%} reach out of their images as they are" if of == "sized" else ""
        self.ledger.count(code, self.counts[name], hint="likely: " + share + over)

    def histograms(self) -> tuple[Histogram, Histogram]:
        """Widths and heights of boxes, in pixels, two bins an octave."""
        return _trimmed(self.widths), _trimmed(self.heights)

    def medians(self) -> tuple[float, float]:
        """Median width and height, to half an octave; 0 without boxes."""
        return _median(self.widths), _median(self.heights)


def _histogram(sides: Floats) -> npt.NDArray[np.int64]:
    positive = np.clip(sides, _EDGES[0], _EDGES[-2])
    steps = np.floor(np.log2(positive) * _OCTAVES).astype(np.int64) - _LOWEST * _OCTAVES
    return np.bincount(np.clip(steps, 0, len(_EDGES) - 2), minlength=len(_EDGES) - 1)


def _trimmed(counts: npt.NDArray[np.int64]) -> Histogram:
    used = np.flatnonzero(counts)
    if not used.size:
        return Histogram()
    low, high = int(used[0]), int(used[-1]) + 1
    return Histogram(_EDGES[low : high + 1], tuple(counts[low:high].tolist()))


def _median(counts: npt.NDArray[np.int64]) -> float:
    total = int(counts.sum())
    return _EDGES[int(np.searchsorted(np.cumsum(counts), (total + 1) // 2))] if total else 0.0


def counted(rows: npt.NDArray[np.integer[Any]], images: int) -> Histogram:
    """How many images have 0, 1, 2, 3-4, 5-8, … boxes, from the number of boxes of each image that has any."""
    if not images and not rows.size:
        return Histogram()
    most = max(1, int(rows.max()) if rows.size else 0)
    edges = [0.0, 1.0, *(2.0**step + 1 for step in range(int(np.ceil(np.log2(most))) + 1))]
    counts = np.histogram(rows, edges)[0]
    counts[0] = max(0, images - rows.size)
    return Histogram(tuple(edges), tuple(counts.tolist()))
