"""Where elements of a file stand whose bytes are gone: found again by a second look, for the few that are shown."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from s3doctor.coco.fields import SHOWN_IDS
from s3doctor.coco.scan import scan
from s3doctor.coco.source import SPACE, reopened
from s3doctor.coco.untyped import Malformed, decode

if TYPE_CHECKING:
    from s3doctor.coco.events import Batch
    from s3doctor.coco.ledger import Ledger
    from s3doctor.coco.source import Source
    from s3doctor.finding import Example

__all__ = ["Landmarks"]

_APART = 1 << 16
_BLOCK = 1 << 16
_LONGEST = 8 << 20
_POINTER = re.compile(r"(/\w+|)/(\d+)(?:/|$)")


@dataclass(frozen=True)
class _Mark:
    """The element `first` of an array stands at byte `offset` of the file, in `line`."""

    first: int
    offset: int
    line: int


class Landmarks:
    """Remembers where some elements of arrays stand, one for every 64 KiB at most, and finds others from there."""

    def __init__(self) -> None:
        self._marks: dict[str, list[_Mark]] = {}

    def note(self, batch: Batch) -> None:
        """A batch as it was read: batches come in the order of the file."""
        marks = self._marks.setdefault(batch.array.pointer, [])
        if not marks or batch.offset >= marks[-1].offset + _APART:
            marks.append(_Mark(batch.first, batch.offset, batch.line))

    def complete(self, ledger: Ledger, source: Source) -> None:
        """Give byte offset, line and ids to the examples that have none, where the source can be read again."""
        for entry in ledger.entries.values():
            for number, (order, example) in enumerate(entry.examples):
                if example.offset is None:
                    entry.examples[number] = (order, self._completed(example, source))

    def _completed(self, example: Example, source: Source) -> Example:
        named = _POINTER.match(example.where)
        marks = self._marks.get(named[1]) if named else None
        if not named or not marks:
            return example
        index = int(named[2])
        mark = marks[bisect_right([one.first for one in marks], index) - 1]
        with reopened(source) as file:
            found = _element(file, mark, index - mark.first) if file else None
        if found is None:
            return example
        offset, line, element = found
        return replace(example, offset=offset, line=line, ids=example.ids or _ids(element))


def _element(file: BinaryIO, mark: _Mark, number: int) -> tuple[int, int, bytes] | None:
    """Offset, line and bytes of an element, counted from the one at the mark. None where it is not found."""
    file.seek(mark.offset)
    data = b""
    while len(data) < _LONGEST:
        more = file.read(min(len(data) + _BLOCK, _LONGEST - len(data)))
        data += more
        looked = scan(data)
        ends = [-1, *looked.commas.tolist(), *([looked.end] if looked.end >= 0 else [])]
        if number + 1 < len(ends):
            element = data[ends[number] + 1 : ends[number + 1]].lstrip(SPACE)
            start = ends[number + 1] - len(element)
            return mark.offset + start, mark.line + data.count(b"\n", 0, start), element
        if not more:
            break
    return None


def _ids(element: bytes) -> tuple[tuple[str, Any], ...]:
    """What tells an element from others."""
    try:
        value = decode(element.strip()).value
    except Malformed:
        return ()
    shown = [(key, value[key]) for key in SHOWN_IDS if key in value] if isinstance(value, dict) else []
    return tuple((key, one) for key, one in shown if isinstance(one, (int, float, str)))
