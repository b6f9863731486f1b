"""Walks the segments of a JPEG file, skipping what is large (ITU-T T.81, annex B)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.pictures.exif import orientation
from s3doctor.pictures.layout import BrokenError, Layout

if TYPE_CHECKING:
    from s3doctor.pictures.window import Window

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _END, _APP1, _FILL = 0xDA, 0xD9, 0xE1, 0xFF
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_MOST_SEGMENTS = 1000
_MOST_FILL = 4096
_SCANNING = frozenset({0x00, *range(0xD0, 0xD8), 0xC4, 0xDA, 0xDD, _FILL})


def read_jpeg(window: Window, found: Layout) -> None:
    """Fill `found` up to the first scan; raises BrokenError, and what the window raises."""
    position = 2
    for _ in range(_MOST_SEGMENTS):
        position, marker = _marker(window, position)
        if marker in _BARE:
            continue
        if marker == _END:
            raise BrokenError("the picture ends before it begins")
        length = int.from_bytes(window.get(position, 2), "big")
        if length < 2:  # noqa: PLR2004 - a length counts its own two bytes
            raise BrokenError("a segment of its header has no length")
        if marker == _SCAN:
            break
        _segment(window, found, marker, position + 2, position + length)
        position += length
    found.data_at = position
    if not found.width:
        raise BrokenError("its header names no size")


def _marker(window: Window, position: int) -> tuple[int, int]:
    """The next marker's code and the position after it; any number of fill bytes may stand before it."""
    if window.get(position, 1)[0] != _FILL:
        raise BrokenError("its header holds bytes that belong to no segment")
    for _ in range(_MOST_FILL):
        position += 1
        marker = window.get(position, 1)[0]
        if marker != _FILL:
            return position + 1, marker
    raise BrokenError("its header is nothing but fill bytes")


def _segment(window: Window, found: Layout, marker: int, start: int, end: int) -> None:
    if marker in _FRAMES:
        frame = window.get(start, 6)
        found.height, found.width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
        found.mode = _MODES.get(frame[5], "")
        if not found.width or not found.height or not found.mode:
            raise BrokenError(f"its header says {found.width} x {found.height} pixels in {frame[5]} components")
    elif marker == _APP1 and end - start > 6 and window.get(start, 6) == b"Exif\0\0":  # noqa: PLR2004 - the name's length
        found.orientation = orientation(window, start + 6, end)


def jpeg_ends(tail: bytes, *, whole: bool) -> bool | None:
    """Whether the last bytes of the file hold the end of a picture; None where that can't be told.

    `whole` says that these are all bytes after the header. Files may go on after the picture (padding, a phone's
    video). Pixels are told from that by their 0xFF bytes, after which only 0x00 and a few markers may stand.
    """
    if whole or b"\xff\xd9" in tail:
        return b"\xff\xd9" in tail
    followers = [tail[at + 1] for at in range(len(tail) - 1) if tail[at] == _FILL]
    return False if followers and _SCANNING.issuperset(followers) else None
