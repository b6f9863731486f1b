"""Where values end: an exact, escape-aware look at the structure of a piece of JSON, without decoding it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Passing", "Scan", "scan"]

_QUOTE, _COMMA = 0x22, 0x2C
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_STEP = np.zeros(256, np.int8)
_STEP[[0x5B, 0x7B]] = 1
_STEP[[0x5D, 0x7D]] = -1
_TOKEN = _STEP != 0
_TOKEN[_COMMA] = True


@dataclass(frozen=True)
class Scan:
    """The commas between the values of the enclosing array or object, and where it is closed (-1: not in sight)."""

    commas: npt.NDArray[np.intp]
    end: int


class Passing:
    """Goes over one value piece by piece, and remembers nothing of it but where it stands."""

    def __init__(self) -> None:
        self._depth = 0
        self._inside = False
        self._escaped = False

    def end(self, data: bytes) -> int:
        """Where in the next piece the value ends, -1 if it goes on. Exact as far as the JSON is sound."""
        data = b"_" + data[1:] if self._escaped else data
        text = _ESCAPE.sub(b"__", data) if b"\\" in data else data
        self._escaped = text.endswith(b"\\")
        codes = np.frombuffer(text, np.uint8)
        inside = np.logical_xor.accumulate(codes == _QUOTE) ^ self._inside
        tokens = np.flatnonzero(_TOKEN[codes] & ~inside)
        kinds = codes[tokens]
        depth = np.cumsum(_STEP[kinds], dtype=np.int64) + self._depth
        stops = np.flatnonzero((depth < 0) | ((depth == 0) & (kinds == _COMMA)))
        if stops.size:
            return int(tokens[stops[0]])
        self._inside = bool(inside[-1])
        self._depth = int(depth[-1]) if depth.size else self._depth
        return -1


def scan(data: bytes) -> Scan:
    """Look at bytes that start between two values of an array or of an object. Exact as far as the JSON is sound."""
    text = _ESCAPE.sub(b"__", data) if b"\\" in data else data
    codes = np.frombuffer(text, np.uint8)
    inside = np.logical_xor.accumulate(codes == _QUOTE) if codes.size else np.zeros(0, bool)
    tokens = np.flatnonzero(_TOKEN[codes] & ~inside)
    kinds = codes[tokens]
    depth = np.cumsum(_STEP[kinds], dtype=np.int64)
    closed = np.flatnonzero(depth < 0)
    last = int(closed[0]) if closed.size else tokens.size
    end = int(tokens[last]) if closed.size else -1
    return Scan(tokens[:last][(depth[:last] == 0) & (kinds[:last] == _COMMA)], end)
