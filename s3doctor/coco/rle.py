"""Run-length masks, decoded here and nowhere else: pycocotools hangs or crashes on a bad one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Bad", "ListedRle", "Measure", "Measures", "Rle", "counts_of_text", "measure", "measure_all"]

_MOST_PIXELS = 1 << 31
_OFFSET, _MORE, _SIGN, _BITS = 48, 0x20, 0x10, 5
_LONGEST_RUN = 7
_LARGEST = 1 << 32

Runs = npt.NDArray[np.int64]


class Rle(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A run-length mask as decoded with types."""

    size: tuple[int, int]
    counts: list[int] | str


class ListedRle(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A run-length mask whose counts are a list."""

    size: tuple[int, int]
    counts: list[int]


class Bad(ValueError):  # noqa: N818 - it says what the mask is
    """A mask that cannot be decoded: `code` is the rule that it breaks."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Measure:
    """A mask's height and width, its area in pixels, and the box around it (x0, y0, x1, y1), NaN when empty."""

    height: int
    width: int
    area: float
    bounds: tuple[float, float, float, float]


def measure(size: object, counts: object, *, typed: bool = False) -> Measure:
    """Decode and measure a mask. Raises Bad for whatever pycocotools would stumble over.

    `typed`: the types are right already.
    """
    height, width = _size(size)
    if height * width > _MOST_PIXELS:
        raise Bad("rle-huge", f"{height} x {width} pixels")
    runs = counts_of_text(counts) if isinstance(counts, str) else _listed(counts, typed=typed)
    total = int(runs.sum())
    if total != height * width:
        raise Bad("rle-sum", f"the runs add up to {total:,}, height times width is {height * width:,}")
    return Measure(height, width, float(runs[1::2].sum()), _bounds(runs, height))


@dataclass(frozen=True)
class Measures:
    """Many masks: which are sound and not empty, then of those `size` (n, 2), `area`, and `bounds` (n, 4)."""

    sound: npt.NDArray[np.bool_]
    size: Runs
    area: npt.NDArray[np.float64]
    bounds: npt.NDArray[np.float64]


def measure_all(masks: Sequence[ListedRle]) -> Measures | None:
    """Measure masks with listed counts, all at once. None where numbers are too large; then ask `measure` for each."""
    lengths = np.fromiter((len(mask.counts) for mask in masks), np.int64, len(masks))
    try:
        size = np.array([mask.size for mask in masks], np.int64).reshape(-1, 2)
        runs = np.fromiter(chain.from_iterable(mask.counts for mask in masks), np.int64, int(lengths.sum()))
    except OverflowError:
        return None
    if not lengths.size or lengths.min() == 0 or runs.min() < 0 or max(runs.max(), size.max()) >= _LARGEST:
        return None
    starts = np.cumsum(lengths) - lengths
    odd = (np.arange(runs.size) - np.repeat(starts, lengths)) & 1
    area = np.add.reduceat(runs * odd, starts)
    pixels = size[:, 0].astype(np.float64) * size[:, 1]
    sound = (size > 0).all(axis=1) & (pixels <= _MOST_PIXELS) & (np.add.reduceat(runs, starts) == pixels) & (area > 0)
    drawn = np.repeat(sound, lengths) & (odd == 1) & (runs > 0)
    ends = np.cumsum(runs) - np.repeat(
        np.cumsum(np.add.reduceat(runs, starts)) - np.add.reduceat(runs, starts), lengths
    )
    owners = np.repeat(np.arange(len(masks)), lengths)[drawn]
    bounds = _bounds_of(ends[drawn] - runs[drawn], ends[drawn] - 1, size[owners, 0], owners)
    return Measures(sound, size[sound], area[sound].astype(np.float64), bounds)


def _bounds_of(first: Runs, last: Runs, height: Runs, owners: Runs) -> npt.NDArray[np.float64]:
    """The box around the foreground of each mask, from the first and last pixel of each of its runs."""
    if not owners.size:
        return np.zeros((0, 4))
    begin = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]]))
    left, right = first // height, last // height
    whole = right > left
    top, bottom = np.where(whole, 0, first - left * height), np.where(whole, height, last - right * height + 1)
    sides = [np.minimum.reduceat(left, begin), np.minimum.reduceat(top, begin)]
    sides += [np.maximum.reduceat(right, begin) + 1, np.maximum.reduceat(bottom, begin)]
    return np.stack(sides, axis=1).astype(np.float64)


def _size(size: object) -> tuple[int, int]:
    sides: list[Any] = list(size) if isinstance(size, (list, tuple)) else []
    if len(sides) != 2 or not all(_integer(side) and side > 0 for side in sides):  # noqa: PLR2004
        raise Bad("rle-keys", "size must be two positive integers: [height, width]")
    return int(sides[0]), int(sides[1])


def _integer(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _listed(counts: object, *, typed: bool) -> Runs:
    if not isinstance(counts, list):
        raise Bad("rle-keys", "counts must be a list of integers or compressed text")
    if not typed and not all(_integer(run) for run in counts):
        raise Bad("rle-counts-type", "counts must be whole numbers")
    try:
        runs = np.array(counts, np.int64)
    except (OverflowError, ValueError):
        raise Bad("rle-counts-type", "a run is too long") from None
    return _checked(runs)


def _checked(runs: Runs) -> Runs:
    if runs.size and runs.min() < 0:
        raise Bad("rle-counts-type", "a run is negative")
    if runs.size and runs.max() >= _LARGEST:
        raise Bad("rle-counts-type", "a run is too long")
    return runs


def counts_of_text(text: str) -> Runs:
    """The runs of COCO's compressed text: five bits a character, lowest first, as differences from the run before last.

    Raises Bad where the text is no such form.
    """
    if text.startswith(("b'", 'b"')):
        raise Bad("rle-counts-type", "the text of Python bytes: b'…'")
    try:
        codes = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - _OFFSET
    except UnicodeEncodeError:
        raise Bad("rle-counts-type", "characters that compressed run lengths never have") from None
    if codes.size and (codes.min() < 0 or codes.max() > 63):  # noqa: PLR2004
        raise Bad("rle-counts-type", "characters that compressed run lengths never have")
    if codes.size and codes[-1] & _MORE:
        raise Bad("rle-counts-type", "the text is cut off")
    return _checked(_undifferenced(_numbers(codes)))


def _numbers(codes: Runs) -> Runs:
    """Numbers from their characters; each ends at a character without the continuation bit."""
    ends = np.flatnonzero((codes & _MORE) == 0)
    if not ends.size:
        return np.zeros(0, np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST_RUN:
        raise Bad("rle-counts-type", "a run is too long")
    shift = (np.arange(codes.size) - np.repeat(starts, lengths)) * _BITS
    values = np.add.reduceat((codes & 0x1F) << shift, starts)
    negative = (codes[ends] & _SIGN) != 0
    return np.where(negative, values - (np.int64(1) << (lengths * _BITS)), values)


def _undifferenced(values: Runs) -> Runs:
    """From the fourth on, a number is the difference from the run two before."""
    runs = values.copy()
    runs[1::2] = np.cumsum(values[1::2])
    runs[2::2] = np.cumsum(values[2::2])
    return runs


def _bounds(runs: Runs, height: int) -> tuple[float, float, float, float]:
    """The box around the foreground; runs go down the columns."""
    ends = np.cumsum(runs)
    long = runs[1::2] > 0
    first, last = ends[0::2][: runs[1::2].size][long], ends[1::2][long] - 1
    if not first.size:
        return (np.nan,) * 4
    whole = bool((last // height > first // height).any())
    top = 0 if whole else int((first % height).min())
    bottom = height - 1 if whole else int((last % height).max())
    return float(first[0] // height), float(top), float(last[-1] // height + 1), float(bottom + 1)
