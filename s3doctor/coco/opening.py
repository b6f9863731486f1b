"""The first bytes of a file: whether it can be JSON at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from s3doctor.coco.ledger import Place

if TYPE_CHECKING:
    from s3doctor.coco.ledger import Ledger
    from s3doctor.coco.source import Buffer

__all__ = ["sniff"]

_COMPRESSED = {b"\x1f\x8b": "gzip", b"PK": "zip", b"\x28\xb5\x2f\xfd": "zstandard", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_WIDE = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_BINARY = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "a WebP picture, or a film or sound",
    b"%PDF": "a PDF document",
    b"PAR1": "a table in Parquet",
    b"SQLite format 3": "a database of SQLite",
    b"\x93NUMPY": "an array of NumPy",
    b"\x80\x02": "a pickle of Python",
    b"\x80\x03": "a pickle of Python",
    b"\x80\x04": "a pickle of Python",
    b"\x80\x05": "a pickle of Python",
}
_ERROR_CODE = re.compile(rb"<Code>([A-Za-z0-9.]{1,60})</Code>")
_YOLO = re.compile(rb"\d+(?: \d*\.?\d+){4,}\s")
_HEAD = 1024


def sniff(buffer: Buffer, ledger: Ledger) -> bool:
    """Look at the beginning. Notes what is wrong, drops a byte order mark, and says whether to read on."""
    while len(buffer.data) < _HEAD and buffer.more():
        pass
    head, start = buffer.data[:_HEAD], Place((0,), "", 0, 1)
    for mark, name in _COMPRESSED.items():
        if head.startswith(mark):
            ledger.note("json-gzip", start, name, f"compressed with {name}")
            return False
    for mark, name in _BINARY.items():
        if head.startswith(mark):
            _something_else(ledger, start, head[:8].hex(" "), name)
            return False
    wide = next((name for mark, name in _WIDE.items() if head.startswith(mark)), None) or _zeros(head)
    if wide:
        ledger.note("json-encoding", start, head[:4].hex(" "), f"the text is {wide}")
        return False
    if head.startswith(b"\xef\xbb\xbf"):
        ledger.note("json-bom", start)
        buffer.drop(3)
    return _looks_like_json(buffer, ledger)


def _zeros(head: bytes) -> str:
    """UTF-16 or UTF-32 without a mark shows zero bytes among the first four."""
    zeros = head[:4].count(0)
    return "" if not zeros else "UTF-16" if zeros <= 2 else "UTF-32"  # noqa: PLR2004


def _looks_like_json(buffer: Buffer, ledger: Ledger) -> bool:
    first = buffer.peek()
    place = Place((0,), "", buffer.offset, buffer.line)
    if first < 0:
        ledger.note("json-empty", place, None, "nothing but white space" if buffer.size else "0 bytes")
        return False
    other = _other_format(buffer.data[:_HEAD])
    if other:
        _something_else(ledger, place, buffer.data[:60].decode("utf-8", "replace"), other)
    return not other


def _something_else(ledger: Ledger, place: Place, seen: str, what: str) -> None:
    ledger.note("json-not-json", place, seen, what)
    ledger.count("json-not-json", 0, hint=what)


def _other_format(head: bytes) -> str:
    """What the text is where it cannot be JSON, '' where it may be."""
    if head.startswith(b"<"):
        code = _ERROR_CODE.search(head)
        if code:
            return f"an error page of S3: {code[1].decode()}"
        return "annotations of Pascal VOC" if b"<annotation" in head else "an XML or HTML document"
    return "lines of numbers, as YOLO writes them" if _YOLO.match(head) else ""
