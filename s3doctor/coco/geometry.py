"""Boxes, masks and keypoints against the sizes of their images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from s3doctor.coco.boxes import Floats, Mask, mark

if TYPE_CHECKING:
    import numpy.typing as npt

    from s3doctor.coco.boxes import Located
    from s3doctor.coco.ids import Ints
    from s3doctor.coco.ledger import Ledger

__all__ = ["Shapes", "check"]

_NOISE = 1e-3
_SLIGHT = 0.02
_ABSURD = 100


@dataclass(frozen=True)
class Shapes:
    """What rows draw: `image` codes, `box` (n, 4), bounds of masks and of keypoint `points` (n, 4), sizes of `runs`."""

    image: Ints
    box: Floats
    mask: Floats
    runs: npt.NDArray[np.int64]
    points: Floats

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All columns by name."""
        return {name: getattr(self, name) for name in ("image", "box", "mask", "runs", "points")}


def check(rows: Located, shapes: Shapes, width: Floats, height: Floats, ledger: Ledger) -> None:
    """Note what reaches out of its image. `width` and `height` are those of each row's image, NaN where unknown."""
    x, y, w, h = np.ascontiguousarray(shapes.box.T)
    solid = (w > 0) & (h > 0)
    long = solid & (np.maximum(w, h) > 20 * np.minimum(w, h))
    mark(ledger, "bbox-aspect", rows, long, "bbox")
    if np.isnan(width).all():
        return
    _overflow(rows, (x, y, x + w, y + h), (width, height), solid, ledger)
    share = np.where(solid, w * h, np.nan) / (width * height)
    mark(ledger, "bbox-tiny", rows, share < 1e-4, "bbox")  # noqa: PLR2004
    mark(ledger, "bbox-huge", rows, share > 0.95, "bbox")  # noqa: PLR2004
    if not np.isnan(shapes.mask[:, 0]).all():
        _masks(rows, shapes, (width, height), ledger)
    if not np.isnan(shapes.points[:, 0]).all():
        _, excess = _excess(tuple(shapes.points.T), (width, height))
        mark(ledger, "kpt-outside", rows, excess > 1, "keypoints")


def _excess(corners: tuple[Floats, ...], size: tuple[Floats, Floats]) -> tuple[Mask, Floats]:
    """Whether a region lies wholly outside its image, and by how many pixels it reaches out at most."""
    left, top, right, bottom = corners
    width, height = size
    out = np.maximum(np.maximum(-left, right - width), np.maximum(-top, bottom - height))
    wholly: Mask = (left >= width) | (top >= height) | (right <= 0) | (bottom <= 0)
    return wholly, out


def _relative(corners: tuple[Floats, ...], size: tuple[Floats, Floats]) -> Floats:
    """By how much of a side a region reaches out at most."""
    left, top, right, bottom = corners
    width, height = size
    out: Floats = np.maximum(np.maximum(-left, right - width) / width, np.maximum(-top, bottom - height) / height)
    return out


def _overflow(
    rows: Located, corners: tuple[Floats, ...], size: tuple[Floats, Floats], solid: Mask, ledger: Ledger
) -> None:
    wholly, excess = _excess(corners, size)
    out = solid & (excess > _NOISE)
    if not out.any():
        return
    relative = _relative(corners, size)
    mark(ledger, "bbox-outside", rows, out & wholly, "bbox")
    out &= ~wholly
    mark(ledger, "bbox-overflow", rows, out & (excess > 1) & (relative > _SLIGHT), "bbox")
    mark(ledger, "bbox-overflow-slight", rows, out & (excess > 1) & (relative <= _SLIGHT), "bbox")
    mark(ledger, "bbox-overflow-rounding", rows, out & (excess <= 1), "bbox")


def _masks(rows: Located, shapes: Shapes, size: tuple[Floats, Floats], ledger: Ledger) -> None:
    runs = shapes.runs[:, 0] > 0
    if runs.any():
        _run_sizes(rows, shapes, size, ledger)
    corners = tuple(np.where(runs, np.nan, side) for side in shapes.mask.T)
    wholly, excess = _excess(corners, size)
    out = excess > 1
    if not out.any():
        return
    relative = _relative(corners, size)
    absurd = relative > _ABSURD
    mark(ledger, "seg-nonfinite", rows, absurd, "segmentation")
    mark(ledger, "seg-outside-wholly", rows, out & wholly & ~absurd, "segmentation")
    mark(ledger, "seg-outside", rows, out & ~wholly & (relative > _SLIGHT), "segmentation")


def _run_sizes(rows: Located, shapes: Shapes, size: tuple[Floats, Floats], ledger: Ledger) -> None:
    width, height = size
    runs = (shapes.runs[:, 0] > 0) & (width > 0)
    wrong = runs & ((shapes.runs[:, 0] != height) | (shapes.runs[:, 1] != width))
    if not wrong.any():
        return
    swapped = wrong & (shapes.runs[:, 0] == width) & (shapes.runs[:, 1] == height)
    values = [f"size {run.tolist()}" for run in shapes.runs]
    mark(ledger, "rle-size", rows, wrong, "segmentation", values)
    if swapped.any():
        ledger.count("rle-size", 0, hint="height and width are swapped: size is [height, width]")
