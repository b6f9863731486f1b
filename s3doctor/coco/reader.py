"""Reads a JSON document of any size piece by piece: members of the top object, elements of its arrays in batches."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from s3doctor.coco.ledger import Ledger, Place
from s3doctor.coco.scan import Passing, scan
from s3doctor.coco.untyped import UNREAD, Decoded, Malformed, decode, without_trailing_commas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from s3doctor.coco.source import Buffer

__all__ = ["Array", "Batch", "Broken", "Member", "Reader", "Top", "Value"]

LONGEST_VALUE = 4 << 20
LONGEST_KEY = 1 << 16
LONGEST_MEMBER = 1 << 16
MOST_KEYS = 10_000
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
_BETWEEN = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")
_CUT = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*\Z")
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_PATIENCE = 3
_FIRST = 1 << 16
"""The first batch of an array is small: from it one learns how to read the others, and until then each costs more."""
_GLANCE = 1 << 10
_OBJECT, _OBJECT_END, _ARRAY, _ARRAY_END, _COMMA, _COLON = b"{}[],:"
_KINDS = {_OBJECT: "object", _ARRAY: "array", 0x22: "string", 0x74: "boolean", 0x66: "boolean", 0x6E: "null"}


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
            self.raw = [bytes(one) for one in _RAWS.decode(self.text)]
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


class Reader:
    """Walks through a document once and yields what it meets.

    What is wrong with the JSON itself goes to the ledger; `Broken` ends the walk where nothing can be read any more.
    """

    def __init__(self, buffer: Buffer, ledger: Ledger) -> None:
        self.buffer = buffer
        self.ledger = ledger
        self.sections = 0

    def events(self) -> Iterator[Top | Member | Value | Array | Batch]:
        """The document from its first byte that is not white space to its last."""
        first = self.buffer.peek()
        yield Top(_KINDS.get(first, "number"))
        if first == _OBJECT:
            self._skip(1)
            yield from self._members()
        elif first == _ARRAY:
            yield from self._array("")
        else:
            yield Value("", self._value(), self.here())
        self._nothing_more()

    def here(self, where: str = "", order: tuple[int, ...] = ()) -> Place:
        """The place where the buffer stands."""
        return Place(order or (self.sections,), where, self.buffer.offset, self.buffer.line)

    def _skip(self, length: int) -> None:
        self.buffer.drop(length)

    def broken(self, message: str, position: int = 0, code: str = "json-syntax") -> Broken:
        """Note that the document breaks off at a byte of the buffer."""
        self._skip(position)
        excerpt = self.buffer.data[:40].decode("utf-8", "replace")
        self.ledger.note(code, self.here(""), excerpt, message)
        return Broken(message)

    def truncated(self) -> Broken:
        """Note that the file ends inside a value."""
        self._skip(len(self.buffer.data))
        self.ledger.note("json-syntax", self.here(""), None, "the file ends inside a value: it is cut off")
        return Broken("truncated")

    def _next(self) -> int:
        code = self.buffer.peek()
        if code < 0:
            raise self.truncated()
        return code

    def _members(self) -> Iterator[Member | Value | Array | Batch]:
        seen: set[str] = set()
        code = self._next()
        while code != _OBJECT_END:
            place = self.here()
            key = self._key()
            if key in seen:
                self.ledger.note("top-duplicate-key", Place(place.order, f"/{key}", place.offset, place.line), key)
            seen.add(key)
            if len(seen) > MOST_KEYS:
                raise self.broken(f"more than {MOST_KEYS:,} keys at the top level", code="json-too-deep-or-big")
            yield from self._member(key)
            code = self._separator(_OBJECT_END)

    def _member(self, key: str) -> Iterator[Member | Value | Array | Batch]:
        code = self._next()
        self.sections += 1
        pointer = "/" + key.replace("~", "~0").replace("/", "~1")
        place = self.here(pointer)
        yield Member(key, _KINDS.get(code, "number"), place)
        if code == _ARRAY:
            yield from self._array(pointer)
        else:
            yield Value(key, self._value(), place)

    def _separator(self, closing: int) -> int:
        """After a value: a comma and what follows it, or the closing bracket, which is consumed."""
        code = self._next()
        if code == closing:
            self._skip(1)
            return code
        if code != _COMMA:
            raise self.broken("a comma or a closing bracket was expected")
        comma = self.here()
        self._skip(1)
        code = self._next()
        if code == closing:
            self.ledger.note("json-syntax", comma, ",", "a comma before a closing bracket")
            self._skip(1)
        return code

    def _key(self) -> str:
        while True:
            match = _STRING.match(self.buffer.data)
            if match and match.end() <= LONGEST_KEY:
                break
            if self.buffer.data[:1] != b'"' or len(self.buffer.data) > LONGEST_KEY:
                raise self.broken("a key in double quotes was expected")
            if not self.buffer.more():
                raise self._diagnosed()
        try:
            key = str(decode(match.group()).value)
        except Malformed as error:
            raise self.broken(error.message, error.position) from None
        self._skip(match.end())
        if self._next() != _COLON:
            raise self.broken("a colon was expected after the key")
        self._skip(1)
        return key

    def _value(self) -> Decoded:
        """The value that starts here, decoded and consumed."""
        while True:
            end = self._first_end()
            if max(end, 0 if end >= 0 else len(self.buffer.data)) > LONGEST_VALUE:
                raise self._too_long()
            if end >= 0:
                break
            if not self.buffer.more():
                if self.sections:
                    raise self._diagnosed()
                end = len(self.buffer.data)
                break
        decoded = self._decoded(self.buffer.data[:end])
        self._skip(end)
        return decoded

    def _first_end(self) -> int:
        """Where the value that starts here ends, -1 if that is not in sight. Looks no further than it has to."""
        size = _GLANCE
        while True:
            looked = scan(self.buffer.data[:size])
            if looked.commas.size or looked.end >= 0:
                return int(looked.commas[0]) if looked.commas.size else looked.end
            if size >= len(self.buffer.data):
                return -1
            size *= 8

    def _decoded(self, data: bytes) -> Decoded:
        try:
            return decode(data.rstrip())
        except Malformed:
            return decode(self._mended(data, 0).rstrip())

    def _mended(self, data: bytes, start: int) -> bytes:
        """A value without its commas before closing brackets, which are noted. Raises Broken if it is no JSON even so.

        The value stands at byte `start` of the buffer.
        """
        cleaned, commas = without_trailing_commas(data)
        try:
            decode(cleaned.strip())
        except Malformed as error:
            lead = len(cleaned) - len(cleaned.lstrip())
            raise self.broken(error.message, start + lead + error.position) from None
        for comma in commas:
            at = start + comma
            place = Place((self.sections, self.buffer.offset + at), "", self.buffer.offset + at, self._line(at))
            self.ledger.note("json-syntax", place, ",", "a comma before a closing bracket")
        return cleaned

    def _line(self, position: int) -> int:
        return self.buffer.line + self.buffer.data.count(b"\n", 0, position)

    def _too_long(self) -> Broken:
        """A value that does not end: either something is wrong within it, or it is really that long."""
        malformed = self._malformed()
        return malformed or self.broken(
            f"one value is longer than {LONGEST_VALUE >> 20} MiB", code="json-too-deep-or-big"
        )

    def _diagnosed(self) -> Broken:
        """The file ends in a value: say what is wrong inside, or that it was cut."""
        return self._malformed() or self.truncated()

    def _malformed(self) -> Broken | None:
        """What is wrong with the value that starts here, however far it reaches."""
        data = self.buffer.data
        try:
            msgspec.json.decode(data, type=msgspec.Raw)
        except msgspec.DecodeError as error:
            found = re.search(r"malformed: (.*) \(byte (\d+)\)", str(error))
            if found and int(found[2]) < len(data.rstrip()):
                return self.broken(found[1], int(found[2]))
        except RecursionError:
            return self.broken("too deeply nested", code="json-too-deep-or-big")
        return None

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
        if code == _ARRAY_END:
            self._skip(1)
            return
        self._fill()
        while code != _ARRAY_END:
            batch = self._guessed(array, first) if patience else None
            if batch is None:
                patience = max(0, patience - 1)
                batch = self._exact(array, first)
            first += len(batch)
            if not batch.passed:
                self._skip(len(batch.text) - 2)
            try:
                code = self._separator(_ARRAY_END)
                if code != _ARRAY_END:
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
            batch.raw = [bytes(one) for one in _RAWS.decode(text)]
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

    def _shortened(self, place: Place) -> bytes:
        """An object whose long members are replaced by UNREAD."""
        self._skip(1)
        kept: list[bytes] = []
        code = self._next()
        while code != _OBJECT_END:
            key = self._key()
            self._next()
            below = "/".join([place.where, key.replace("~", "~0").replace("/", "~1")])
            member = self._member_text(Place(place.order, below, place.offset, place.line))
            kept.append(b"%s: %s" % (json.dumps(key).encode(), member))
            if sum(map(len, kept)) > LONGEST_VALUE:
                raise self.broken("an object with too many members", code="json-too-deep-or-big")
            code = self._separator(_OBJECT_END)
        return b"{%s}" % b", ".join(kept)

    def _member_text(self, place: Place) -> bytes:
        """The value that starts here, or what stands for it where it is long; consumed."""
        while (end := self._first_end()) < 0 and len(self.buffer.data) <= LONGEST_MEMBER and self.buffer.more():
            pass
        if not 0 <= end <= LONGEST_MEMBER:
            self._pass(place)
            return json.dumps(UNREAD).encode()
        text = self.buffer.data[:end].strip()
        if not self._readable(text):
            text = self._mended(text, 0)
        self._skip(end)
        return text

    def _pass(self, place: Place) -> None:
        """Go past the value that starts here, and note that it was not looked at."""
        passing, start = Passing(), self.buffer.offset
        while True:
            data = self.buffer.data[:LONGEST_VALUE]
            end = passing.end(data)
            self._skip(end if end >= 0 else len(data))
            if end >= 0:
                break
            if not self.buffer.data and not self.buffer.more():
                raise self.truncated()
        self.ledger.note("json-unread", place, None, f"{self.buffer.offset - start:,} bytes")

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

    @staticmethod
    def _readable(data: bytes) -> bool:
        try:
            decode(data.strip())
        except Malformed:
            return False
        return True
