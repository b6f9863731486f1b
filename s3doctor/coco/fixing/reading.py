"""From the bytes of a file, however wrapped, to its document; what no JSON reader would agree on is refused."""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING, Any

from s3doctor.coco.fixing.changes import UnfixableError
from s3doctor.coco.untyped import Malformed, decode

if TYPE_CHECKING:
    from s3doctor.coco.fixing.changes import Changes

__all__ = ["LARGEST", "read"]

LARGEST = 1 << 30
GZIP = b"\x1f\x8b"
OTHERS = {b"PK": "zip", b"\x28\xb5\x2f\xfd": "zstandard", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read(data: bytes, changes: Changes) -> Any:  # noqa: ANN401 - a document may be anything
    """The document that the bytes hold. Raises UnfixableError for none, and for one that can be read two ways."""
    if data.startswith(GZIP):
        data = _unzipped(data)
        changes.note("gzip")
    for magic, name in OTHERS.items():
        if data.startswith(magic):
            raise UnfixableError(f"the file is compressed with {name}: uncompress it first")
    data = _as_utf8(data, changes)
    if not data.strip():
        raise UnfixableError("the file is empty")
    try:
        data.decode("utf-8")
        seen = decode(data)
    except UnicodeDecodeError as fault:
        raise UnfixableError(f"byte {fault.start:,} is not UTF-8: save the file as UTF-8") from fault
    except Malformed as fault:
        line = data.count(b"\n", 0, fault.position) + 1
        raise UnfixableError(
            f"the text is not JSON (line {line:,}, byte {fault.position:,}: {fault.message})"
        ) from fault
    if seen.duplicates:
        raise UnfixableError(f"the key {seen.duplicates[0]!r} stands twice in one object: which is meant can't be told")
    if seen.nonfinite or seen.long_integers or seen.too_deep:
        raise UnfixableError("numbers that are not finite, or values too large to be read: their meaning can't be told")
    return seen.value


def _unzipped(data: bytes) -> bytes:
    """Uncompressed, up to a limit that no bomb exceeds."""
    engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = engine.decompress(data, LARGEST)
    except zlib.error as fault:
        raise UnfixableError("the file is compressed with gzip, and damaged") from fault
    if engine.unconsumed_tail:
        raise UnfixableError(f"the file is larger than {LARGEST >> 20:,} MiB once uncompressed")
    if not engine.eof:
        raise UnfixableError("the file is compressed with gzip, and cut short")
    return plain


def _as_utf8(data: bytes, changes: Changes) -> bytes:
    for mark, name in MARKS.items():
        if data.startswith(mark):
            changes.note("encoding", before=name, after="utf-8")
            try:
                return data.decode(name).encode()
            except UnicodeError as fault:
                raise UnfixableError(f"the text is not {name.upper()} though it begins like it") from fault
    if data.startswith(codecs.BOM_UTF8):
        changes.note("bom")
        return data[len(codecs.BOM_UTF8) :]
    return data
