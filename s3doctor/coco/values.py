"""Reads one JSON value where a buffer stands: decoded, mended where that is safe, or passed over as too long."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import msgspec

from s3doctor.coco.events import Broken
from s3doctor.coco.ledger import Ledger, Place
from s3doctor.coco.scan import Passing, scan
from s3doctor.coco.untyped import UNREAD, Decoded, Malformed, decode, without_trailing_commas

if TYPE_CHECKING:
    from s3doctor.coco.source import Buffer

__all__ = ["LONGEST_VALUE", "ValueReader"]

LONGEST_VALUE = 4 << 20
LONGEST_KEY = 1 << 16
LONGEST_MEMBER = 1 << 16
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
_GLANCE = 1 << 10
OBJECT, OBJECT_END, ARRAY, ARRAY_END, COMMA, COLON = b"{}[],:"


class ValueReader:
    """Values of a document, one after another; the buffer stands at the next byte that was not consumed.

    What is wrong with the JSON itself goes to the ledger; `Broken` is raised where nothing can be read any more.
    """

    def __init__(self, buffer: Buffer, ledger: Ledger) -> None:
        self.buffer = buffer
        self.ledger = ledger
        self.sections = 0

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

    def _separator(self, closing: int) -> int:
        """After a value: a comma and what follows it, or the closing bracket, which is consumed."""
        code = self._next()
        if code == closing:
            self._skip(1)
            return code
        if code != COMMA:
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
        if self._next() != COLON:
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

    def _shortened(self, place: Place) -> bytes:
        """An object whose long members are replaced by UNREAD."""
        self._skip(1)
        kept: list[bytes] = []
        code = self._next()
        while code != OBJECT_END:
            key = self._key()
            self._next()
            below = "/".join([place.where, key.replace("~", "~0").replace("/", "~1")])
            member = self._member_text(Place(place.order, below, place.offset, place.line))
            kept.append(b"%s: %s" % (json.dumps(key).encode(), member))
            if sum(map(len, kept)) > LONGEST_VALUE:
                raise self.broken("an object with too many members", code="json-too-deep-or-big")
            code = self._separator(OBJECT_END)
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

    @staticmethod
    def _readable(data: bytes) -> bool:
        try:
            decode(data.strip())
        except Malformed:
            return False
        return True
