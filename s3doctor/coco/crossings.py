"""Polygons whose sides cross: corners in the wrong order, or an outline that runs over itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from s3doctor.coco.boxes import Floats, Mask
    from s3doctor.coco.polygons import Polygons

__all__ = ["Crossings"]

_MOST_POINTS = 200
_MOST_PAIRS = 2_000_000
_AT_ONCE = 1 << 16


class Crossings:
    """Looks at polygons until the work that one file may cost is done: comparing pairs of sides grows as a square.

    `skipped` says that some polygons were left out.
    """

    def __init__(self) -> None:
        self._left = _MOST_PAIRS
        self.skipped = False

    def find(self, drawn: Polygons) -> npt.NDArray[np.intp]:
        """The owners of polygons of which two sides cross, sorted. Sides that only touch do not count."""
        points = drawn.lengths >> 1
        small = points <= _MOST_POINTS
        pairs = np.where(small & (points > 3), points * (points - 3) // 2, 0)  # noqa: PLR2004 - triangles never do
        looked = small & (np.cumsum(pairs) <= self._left)
        self.skipped = self.skipped or not looked.all()
        self._left -= int(pairs[looked].sum())
        starts = np.cumsum(points) - points
        corners = drawn.flat.reshape(-1, 2)
        found = [
            drawn.owners[group[_crossing(corners, starts[group], count)]]
            for count in _different(points[looked & (pairs > 0)]).tolist()
            for group in _parts(np.flatnonzero(looked & (points == count)), count)
        ]
        return _different(np.concatenate(found)) if found else np.zeros(0, np.intp)


def _different(numbers: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.intp]:
    """Small whole numbers, each once and sorted. np.unique would import NumPy's masked arrays: four megabytes."""
    return np.flatnonzero(np.bincount(numbers))


def _parts(group: npt.NDArray[np.intp], count: int) -> list[npt.NDArray[np.intp]]:
    """Polygons of equally many points, so few at once that their pairs fit into little memory."""
    return np.array_split(group, 1 + group.size * count * count // _AT_ONCE)


def _crossing(corners: Floats, starts: npt.NDArray[np.int64], count: int) -> Mask:
    """Whether two sides cross, for polygons of `count` points that begin at the given corners.

    They do where the ends of each lie strictly on both sides of the other.
    """
    x, y = np.moveaxis(corners[starts[:, None] + np.arange(count)], 2, 0)
    along_x, along_y = np.roll(x, -1, axis=1) - x, np.roll(y, -1, axis=1) - y
    sides = along_x[:, :, None] * (y[:, None, :] - y[:, :, None])
    sides -= along_y[:, :, None] * (x[:, None, :] - x[:, :, None])
    left, right = sides > 0, sides < 0
    parted = (left & np.roll(right, -1, axis=2)) | (right & np.roll(left, -1, axis=2))
    found: Mask = np.any(parted & parted.transpose(0, 2, 1), axis=(1, 2))
    return found
