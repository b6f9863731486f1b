"""Decoding one value as any JSON reader would, while noticing what JSON readers pass over in silence."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ["UNREAD", "Decoded", "Malformed", "decode", "without_trailing_commas"]

DIGITS = 4300
UNREAD = {"\0": None}
"""Stands for a value that is too long to be looked at."""
_TRAILING = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)


class Malformed(ValueError):  # noqa: N818 - it names what the text is
    """The text is no JSON: `position` is the byte within it, `message` the reason."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass
class Decoded:
    """A value; the keys that stood twice in one object; whether it holds numbers that are not finite or too long."""

    value: Any = None
    duplicates: list[str] = field(default_factory=list)
    nonfinite: bool = False
    long_integers: int = 0
    too_deep: bool = False


class _Hooks:
    """What the decoder of the standard library calls, with a note of what it saw."""

    def __init__(self) -> None:
        self.seen = Decoded()

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            known: set[str] = set()
            for key, _ in pairs:
                if key in known:
                    self.seen.duplicates.append(key)
                known.add(key)
        return made

    def constant(self, name: str) -> float:
        self.seen.nonfinite = True
        return float(name.replace("Infinity", "inf"))

    def real(self, text: str) -> float:
        number = float(text)
        if math.isinf(number):
            self.seen.nonfinite = True
        return number

    def integer(self, text: str) -> int | float:
        if len(text) > DIGITS:
            self.seen.long_integers += 1
            return math.inf
        return int(text)


def decode(data: bytes) -> Decoded:
    """Decode one value. NaN, infinities and duplicate keys are noted, not refused; bad UTF-8 becomes U+FFFD.

    Raises Malformed where the text is not JSON even so.
    """
    hooks = _Hooks()
    text = data.decode("utf-8", "replace")
    decoder = json.JSONDecoder(
        object_pairs_hook=hooks.pairs,
        parse_constant=hooks.constant,
        parse_float=hooks.real,
        parse_int=hooks.integer,
    )
    try:
        hooks.seen.value = decoder.decode(text)
    except RecursionError:
        hooks.seen.too_deep = True
    except json.JSONDecodeError as error:
        raise Malformed(error.msg, len(data[:1]) and _bytes_before(data, text, error.pos)) from None
    return hooks.seen


def _bytes_before(data: bytes, text: str, position: int) -> int:
    """The byte at which a character stands."""
    if len(text) == len(data):
        return position
    return min(len(text[:position].encode("utf-8", "surrogatepass")), len(data))


def without_trailing_commas(data: bytes) -> tuple[bytes, list[int]]:
    """The text with each comma before a closing bracket made a space, and where those stood."""
    places: list[int] = []
    text = data.decode("latin-1")

    def blank(match: re.Match[str]) -> str:
        if match.group() != ",":
            return match.group()
        places.append(match.start())
        return " "

    return _TRAILING.sub(blank, text).encode("latin-1"), places
