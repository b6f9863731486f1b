"""The orientation that a camera noted in a picture's EXIF data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from s3doctor.pictures.window import Window

_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}
_ORIENTATION = 0x0112
_SHORT = 3
_MOST_ENTRIES = 500
UPRIGHT = 1


def orientation(window: Window, start: int, end: int) -> int:
    """EXIF's Orientation (1 to 8; 1 is upright) of the TIFF structure at `start`; 1 where there is none to be read.

    5 to 8 turn the picture by a quarter, so that width and height change places.
    """
    order = _ORDERS.get(window.get(start, 4)) if end - start >= 14 else None  # noqa: PLR2004 - the least TIFF there is
    if order is None:
        return UPRIGHT
    directory = start + int.from_bytes(window.get(start + 4, 4), order)
    if directory + 2 > end:
        return UPRIGHT
    entries = min(int.from_bytes(window.get(directory, 2), order), _MOST_ENTRIES, (end - directory - 2) // 12)
    table = window.get(directory + 2, 12 * entries)
    for at in range(0, 12 * entries, 12):
        if int.from_bytes(table[at : at + 2], order) == _ORIENTATION:
            value = int.from_bytes(table[at + 8 : at + 10], order)
            short = int.from_bytes(table[at + 2 : at + 4], order) == _SHORT
            return value if short and 1 <= value <= 8 else UPRIGHT  # noqa: PLR2004 - EXIF's eight
    return UPRIGHT
