"""What stands in the header of a JPEG or PNG file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Layout:
    """What was found so far: pixels as stored, Pillow's name of the mode, EXIF orientation, where the pixels begin."""

    width: int = 0
    height: int = 0
    mode: str = ""
    orientation: int = 1
    animated: bool = False
    data_at: int = 0


class BrokenError(Exception):
    """The header contradicts itself; the words say how."""
