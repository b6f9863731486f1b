"""Reads a JSON document of any size piece by piece: members of the top object, elements of its arrays in batches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from s3doctor.coco.events import RAWS, Array, Batch, Member, Top, Value
from s3doctor.coco.ledger import Place
from s3doctor.coco.scan import scan
from s3doctor.coco.untyped import without_trailing_commas
from s3doctor.coco.values import ARRAY, ARRAY_END, LONGEST_VALUE, OBJECT, OBJECT_END, ValueReader

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Reader"]

MOST_KEYS = 10_000
_CUT = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*\Z")
_PATIENCE = 3
_FIRST = 1 << 16
"""The first batch of an array is small: from it one learns how to read the others, and until then each costs more."""
_KINDS = {OBJECT: "object", ARRAY: "array", 0x22: "string", 0x74: "boolean", 0x66: "boolean", 0x6E: "null"}


class Reader(ValueReader):
    """Walks through a document once and yields what it meets.

    What is wrong with the JSON itself goes to the ledger; `Broken` ends the walk where nothing can be read any more.
    """

    def events(self) -> Iterator[Top | Member | Value | Array | Batch]:
        """The document from its first byte that is not white space to its last."""
        first = self.buffer.peek()
        yield Top(_KINDS.get(first, "number"))
        if first == OBJECT:
            self._skip(1)
            yield from self._members()
        elif first == ARRAY:
            yield from self._array("")
        else:
            yield Value("", self._value(), self.here())
        self._nothing_more()

    def _members(self) -> Iterator[Member | Value | Array | Batch]:
        seen: set[str] = set()
        code = self._next()
        while code != OBJECT_END:
            place = self.here()
            key = self._key()
            if key in seen:
                self.ledger.note("top-duplicate-key", Place(place.order, f"/{key}", place.offset, place.line), key)
            seen.add(key)
            if len(seen) > MOST_KEYS:
                raise self.broken(f"more than {MOST_KEYS:,} keys at the top level", code="json-too-deep-or-big")
            yield from self._member(key)
            code = self._separator(OBJECT_END)

    def _member(self, key: str) -> Iterator[Member | Value | Array | Batch]:
        code = self._next()
        self.sections += 1
        pointer = "/" + key.replace("~", "~0").replace("/", "~1")
        place = self.here(pointer)
        yield Member(key, _KINDS.get(code, "number"), place)
        if code == ARRAY:
            yield from self._array(pointer)
        else:
            yield Value(key, self._value(), place)

    def _nothing_more(self) -> None:
        if self.buffer.peek() < 0:
            return
        if self.buffer.data[:1] in (b"{", b"["):
            raise self.broken("a second value follows the first", code="json-lines")
        raise self.broken("text follows the end of the document")

    def _array(self, pointer: str) -> Iterator[Array | Batch]:
        array = Array(pointer, self.sections, self.here(pointer))
        self._skip(1)
        yield array
        first, patience = 0, _PATIENCE
        code = self._next()
        if code == ARRAY_END:
            self._skip(1)
            return
        self._fill()
        while code != ARRAY_END:
            batch = self._guessed(array, first) if patience else None
            if batch is None:
                patience = max(0, patience - 1)
                batch = self._exact(array, first)
            first += len(batch)
            if not batch.passed:
                self._skip(len(batch.text) - 2)
            try:
                code = self._separator(ARRAY_END)
                if code != ARRAY_END:
                    self._read_on(array)
            finally:
                yield batch  # it is whole, whatever is wrong behind it

    def _read_on(self, array: Array) -> None:
        """Let the next batch begin while the last one is looked at."""
        self._fill()
        text = self._next_text() if array.begin else None
        if array.begin and text is not None:
            array.begin(text)

    def _fill(self) -> None:
        if not self.buffer.ended and len(self.buffer.data) < self.buffer.block:
            self.buffer.more()

    def _guessed(self, array: Array, first: int) -> Batch | None:
        """Cut at the last `}` that `,` and `{` follow. If that decodes, the cut was a true one."""
        text = self._next_text(_FIRST if not first else None)
        return self._attempt(array, first, text) if text is not None else None

    def _next_text(self, within: int | None = None) -> bytes | None:
        """An array of the whole elements that are `within` so many bytes of the buffer, as far as one can guess."""
        data = self.buffer.data[:within]
        brace = len(data)
        for _ in range(8):
            brace = data.rfind(b"{", 0, brace)
            if brace <= 0:
                return None
            match = _CUT.search(data, max(0, brace - 64), brace)
            if match:
                cut = match.start() + 1
                return self._enclosed(cut) if cut <= LONGEST_VALUE else None
        return None

    def _enclosed(self, cut: int) -> bytes:
        return b"".join((b"[", memoryview(self.buffer.data)[:cut], b"]"))

    def _attempt(self, array: Array, first: int, text: bytes) -> Batch | None:
        """Some bytes as a batch, None where they are not whole elements of plain JSON."""
        batch = Batch(array, first, text, self.buffer.offset, self.buffer.line)
        try:
            if array.typed:
                batch.rows = array.typed(text)
                return batch
        except (msgspec.ValidationError, UnicodeDecodeError):
            pass
        except (msgspec.DecodeError, RecursionError):
            return None
        try:
            batch.raw = [bytes(one) for one in RAWS.decode(text)]
        except (msgspec.DecodeError, RecursionError):
            return None
        return batch

    def _exact(self, array: Array, first: int) -> Batch:
        """The elements that are complete in the buffer, found by their structure."""
        while True:
            looked = scan(self.buffer.data)
            ends = [*looked.commas.tolist(), *([looked.end] if looked.end >= 0 else [])]
            if (ends[0] if ends else len(self.buffer.data)) > LONGEST_VALUE:
                return self._long(array, first, ended=bool(ends))
            if ends:
                break
            if not self.buffer.more():
                raise self._diagnosed()
        lengths = np.diff(ends, prepend=0)
        too_long = lengths > LONGEST_VALUE
        ends = ends[: int(np.argmax(too_long)) if too_long.any() else None]
        return self._attempt(array, first, self._enclosed(ends[-1])) or self._one_by_one(array, first, ends)

    def _long(self, array: Array, first: int, *, ended: bool) -> Batch:
        """An element that is too long to be kept: an object without its long members, anything else as null."""
        malformed = None if ended else self._malformed()
        if malformed:
            raise malformed
        batch = Batch(array, first, b"", self.buffer.offset, self.buffer.line, passed=True)
        place = self.here(f"{array.pointer}/{first}", (array.section, first))
        if self.buffer.data[:1] == b"{":
            batch.raw = [self._shortened(place)]
        else:
            batch.raw = [b"null"]
            self._pass(place)
        batch.text = b"[%s]" % batch.raw[0]
        return batch

    def _one_by_one(self, array: Array, first: int, ends: list[int]) -> Batch:
        """Elements of which at least one is not plain JSON: as many as can be read."""
        data, start = self.buffer.data, 0
        raw: list[bytes] = []
        for end in ends:
            piece = data[start:end]
            if not self._readable(piece):
                if raw and not self._readable(without_trailing_commas(piece)[0]):
                    break
                piece = self._mended(piece, start)
            raw.append(piece.strip())
            start = end + 1
        return Batch(array, first, b"[%s]" % data[: start - 1], self.buffer.offset, self.buffer.line, raw=raw)
