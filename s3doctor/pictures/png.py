"""Walks the chunks of a PNG file up to its pixels (PNG specification, third edition)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.pictures.exif import orientation
from s3doctor.pictures.layout import BrokenError, Layout

if TYPE_CHECKING:
    from s3doctor.pictures.window import Window

_MODES = {0: "L", 2: "RGB", 3: "P", 4: "LA", 6: "RGBA"}
_MOST_CHUNKS = 1000
_BITS_16 = 16
END = b"IEND\xaeB`\x82"


def read_png(window: Window, found: Layout) -> None:
    """Fill `found` up to the pixels; raises BrokenError, and what the window raises."""
    if window.get(8, 8) != b"\0\0\0\rIHDR":
        raise BrokenError("its first chunk is not IHDR")
    header = window.get(16, 13)
    found.width, found.height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    found.mode = _mode(depth=header[8], color=header[9])
    if not found.width or not found.height or not found.mode:
        raise BrokenError(f"its header says {found.width} x {found.height} pixels of colour type {header[9]}")
    position = 33
    for _ in range(_MOST_CHUNKS):
        head = window.get(position, 8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if name in {b"IDAT", b"IEND"}:
            break
        found.animated |= name == b"acTL"
        if name == b"eXIf":
            found.orientation = orientation(window, position + 8, position + 8 + length)
        position += 12 + length
    found.data_at = position


def _mode(depth: int, color: int) -> str:
    """Pillow's name of the mode; empty where PNG has no such colour type."""
    if color == 0 and depth == 1:
        return "1"
    return "I;16" if color == 0 and depth == _BITS_16 else _MODES.get(color, "")
