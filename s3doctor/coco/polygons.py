"""Polygons from their JSON text, all numbers of a batch at once: NumPy reads eight characters of each in one step.

The text must be sound JSON already (msgspec has walked over it). Numbers of more than eight characters, exponents, and
anything but numbers in lists of lists are left to the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from s3doctor.coco.digits import PAD, WIDTH, decimals

__all__ = ["Polygons", "parse"]

_SEPARATOR, _DIGIT, _OPEN, _CLOSE, _OTHER = 0, 1, 2, 3, 4


def _table() -> bytes:
    kinds = bytearray([_OTHER] * 256)
    for characters, kind in ((b" \t\r\n,", _SEPARATOR), (b"0123456789.-", _DIGIT), (b"[", _OPEN), (b"]", _CLOSE)):
        for character in characters:
            kinds[character] = kind
    return bytes(kinds)


_KINDS = _table()
_INNER = 2

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]
Kinds = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Polygons:
    """`flat` holds all coordinates, `lengths` how many each polygon has, `owners` which text each belongs to."""

    flat: Floats
    lengths: npt.NDArray[np.int64]
    owners: Positions


def parse(texts: list[bytes]) -> Polygons | None:
    """Each text a list of polygons `[[x, y, …], …]`. None where the decoder has to read them."""
    data = PAD + b",".join(texts)
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    if kinds.max() == _OTHER:
        return None
    digits = kinds == _DIGIT
    edges = np.flatnonzero(digits[1:] != digits[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    shape = _structure(kinds, starts)
    lengths = ends - starts
    if shape is None or (lengths.size and lengths.max() > WIDTH):
        return None
    return Polygons(decimals(data, ends, lengths, signed=b"-" in data), *shape)


def _structure(kinds: Kinds, starts: Positions) -> tuple[npt.NDArray[np.int64], Positions] | None:
    """Lengths and owners of polygons, None unless numbers stand in lists of lists and nowhere else."""
    brackets = np.flatnonzero(kinds >= _OPEN)
    opens = kinds[brackets] == _OPEN
    depth = np.cumsum(np.where(opens, 1, -1))
    outer = opens & (depth == 1)
    if depth.max() > _INNER:
        return None
    inner = np.flatnonzero(opens & (depth == _INNER))
    bounds = np.searchsorted(starts, brackets)
    lengths = (bounds[inner + 1] - bounds[inner]).astype(np.int64)
    if int(lengths.sum()) != starts.size:
        return None
    return lengths, np.cumsum(outer)[inner] - 1
