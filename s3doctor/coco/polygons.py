"""Polygons from their JSON text, all numbers of a batch at once: NumPy reads eight characters of each in one step.

The text must be sound JSON already (msgspec has walked over it). Numbers of more than eight characters, exponents, and
anything but numbers in lists of lists are left to the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Polygons", "parse"]

_WIDTH = 8
_CHUNK = 1 << 14  # numbers in work at once: what they need stays in the processor's cache
_PAD = b" " * _WIDTH
_SEPARATOR, _DIGIT, _OPEN, _CLOSE, _OTHER = 0, 1, 2, 3, 4


def _table() -> bytes:
    kinds = bytearray([_OTHER] * 256)
    for characters, kind in ((b" \t\r\n,", _SEPARATOR), (b"0123456789.-", _DIGIT), (b"[", _OPEN), (b"]", _CLOSE)):
        for character in characters:
            kinds[character] = kind
    return bytes(kinds)


_KINDS = _table()
_ZEROS, _DOTS, _MINUSES = (np.uint64(int.from_bytes(mark * _WIDTH, "little")) for mark in (b"0", b".", b"-"))
_SEVEN_BITS = np.uint64(0x7F7F7F7F7F7F7F7F)
_LOW_WORDS = np.uint64(0x000000FF000000FF)
_INNER = 2

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]
Kinds = npt.NDArray[np.uint8]

# By the length of a number: which bytes of its word are its own, and zeros for the others.
_OWN = np.array([((1 << 8 * length) - 1) << 8 * (_WIDTH - length) for length in range(_WIDTH + 1)], np.uint64)
_FILL = ~_OWN & _ZEROS
# A product with this brings the number of the byte that holds the dot into the top three bits: 0 where there is none.
_WHICH_BYTE = np.uint64(sum(byte << (54 - 8 * byte) for byte in range(1, _WIDTH - 1)))
_POWERS = np.array([1.0, *(10.0 ** (_WIDTH - 1 - byte) for byte in range(1, _WIDTH))])


@dataclass(frozen=True)
class Polygons:
    """`flat` holds all coordinates, `lengths` how many each polygon has, `owners` which text each belongs to."""

    flat: Floats
    lengths: npt.NDArray[np.int64]
    owners: Positions


def parse(texts: list[bytes]) -> Polygons | None:
    """Each text a list of polygons `[[x, y, …], …]`. None where the decoder has to read them."""
    data = _PAD + b",".join(texts)
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    if kinds.max() == _OTHER:
        return None
    digits = kinds == _DIGIT
    edges = np.flatnonzero(digits[1:] != digits[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    shape = _structure(kinds, starts)
    lengths = ends - starts
    if shape is None or (lengths.size and lengths.max() > _WIDTH):
        return None
    return Polygons(_values(data, ends, lengths), *shape)


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


def _values(data: bytes, ends: Positions, lengths: npt.NDArray[np.intp]) -> Floats:
    """The numbers, exactly as float() reads them: whole digits divided by a power of ten are rounded once."""
    every = np.ndarray((len(data) - _WIDTH + 1,), "<u8", data, 0, (1,))
    signed = b"-" in data
    numbers = np.empty(ends.size)
    for start in range(0, ends.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        long = lengths[part]
        words: Words = (every[ends[part] - _WIDTH] & _OWN[long]) | _FILL[long]
        numbers[part] = _signed(words) if signed else _decimals(words)
    return numbers


def _signed(words: Words) -> Floats:
    """As `_decimals`, where the first character may be a minus."""
    marks = _find(words, _MINUSES)
    numbers = _decimals(words ^ ((marks >> np.uint64(7)) * np.uint64(ord("-") ^ ord("0"))))
    return np.where(marks != 0, -numbers, numbers)


def _find(words: Words, character: np.uint64) -> Words:
    """The top bit of each byte that is the character."""
    other = words ^ character
    found: Words = ~(((other & _SEVEN_BITS) + _SEVEN_BITS) | other | _SEVEN_BITS)
    return found


def _decimals(words: Words) -> Floats:
    """Eight characters each, of which one may be a dot: close the gap, read whole digits, divide."""
    dots = _find(words, _DOTS)
    below = (dots >> np.uint64(7)) - np.uint64(1)
    above = ~((dots << np.uint64(1)) - np.uint64(1))
    closed = ((words & below) << np.uint64(8)) | (words & above) | np.uint64(ord("0"))
    if np.count_nonzero(dots) < dots.size:
        closed = np.where(dots == 0, words, closed)
    which = ((dots * _WHICH_BYTE) >> np.uint64(61)).view(np.int64)
    numbers: Floats = _integers(closed) / _POWERS[which]
    return numbers


def _integers(words: Words) -> Floats:
    """Eight digits each, the first in the lowest byte: pairs, then fours, then all are joined by multiplication."""
    digits = words - _ZEROS
    pairs = digits * np.uint64(10) + (digits >> np.uint64(8))
    high = (pairs & _LOW_WORDS) * np.uint64(0x000F424000000064)
    low = ((pairs >> np.uint64(16)) & _LOW_WORDS) * np.uint64(0x0000271000000001)
    return ((high + low) >> np.uint64(32)).astype(np.float64)
