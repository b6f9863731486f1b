"""What a reader of a JSON document meets: members of the top object, values, arrays, and their elements in batches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from s3doctor.coco.ledger import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.coco.untyped import Decoded

__all__ = ["RAWS", "Array", "Batch", "Broken", "Member", "Top", "Value"]

RAWS = msgspec.json.Decoder(list[msgspec.Raw])
"""The elements of an array, each as its own bytes."""
_BETWEEN = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")


class Broken(Exception):  # noqa: N818 - it says what the file is
    """The document cannot be read any further; what is wrong has been noted."""


@dataclass(frozen=True)
class Top:
    """What the document is: object, array, string, number, boolean or null."""

    kind: str


@dataclass(frozen=True)
class Member:
    """A key of the top object and the kind of its value, before the value is read."""

    key: str
    kind: str
    place: Place


@dataclass(frozen=True)
class Value:
    """A value of the top object that is not an array."""

    key: str
    decoded: Decoded
    place: Place


@dataclass
class Array:
    """An array begins.

    Whoever receives this may set `typed`: it decodes a batch to something with a length, or raises msgspec's errors;
    and `begin`: it is told of the text that `typed` will probably be given next, before the last batch is handed over.
    """

    pointer: str
    section: int
    place: Place
    typed: Callable[[bytes], Any] | None = None
    begin: Callable[[bytes], None] | None = None


@dataclass
class Batch:
    """Some consecutive elements of an array: decoded with types (`rows`), or as bytes, one by one (`raw`).

    `text` is an array of just these elements; the first of them stands at byte `offset` of the file, in `line`.
    `passed`: the element is so long that it is behind the reader already, and `text` is what was kept of it.
    """

    array: Array
    first: int
    text: bytes
    offset: int
    line: int
    rows: Any = None
    raw: list[bytes] | None = None
    passed: bool = False
    _starts: list[int] = field(default_factory=list)
    _counted: tuple[int, int] = (0, 0)

    def elements(self) -> list[bytes]:
        """Each element's bytes."""
        if self.raw is None:
            self.raw = [bytes(one) for one in RAWS.decode(self.text)]
        return self.raw

    def __len__(self) -> int:
        """How many elements."""
        return len(self.rows) if self.rows is not None else len(self.elements())

    def place(self, index: int, field_name: str = "", **ids: object) -> Place:
        """Where an element of the batch (counted from 0) or a field of it stands in the file."""
        start = self._start(index)
        where = f"{self.array.pointer}/{self.first + index}" + (f"/{field_name}" if field_name else "")
        line = self.line + self._lines(start)
        order = (self.array.section, self.first + index)
        return Place(order, where, self.offset + start, line, tuple(ids.items()))

    def _lines(self, start: int) -> int:
        """How many lines end before an element. Asked for one after another, the text is gone over once."""
        known, lines = self._counted if start >= self._counted[0] else (0, 0)
        self._counted = start, lines + self.text.count(b"\n", 1 + known, 1 + start)
        return self._counted[1]

    def _start(self, index: int) -> int:
        """Where an element begins, counted from the first."""
        starts, elements = self._starts, self.elements()
        starts = self._starts = starts or [0]
        while len(starts) <= index:
            end = 1 + starts[-1] + len(elements[len(starts) - 1])
            between = _BETWEEN.match(self.text, end)
            starts.append((between.end() if between else end) - 1)
        return starts[index]
