"""What a picture's first and last bytes tell, with as few of them fetched as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.pictures.jpeg import jpeg_ends, read_jpeg
from s3doctor.pictures.kinds import JPEG, LOOKED_AT, PNG, kind_of
from s3doctor.pictures.layout import BrokenError, Layout
from s3doctor.pictures.png import END, read_png
from s3doctor.pictures.window import FIRST, EndsHereError, TooMuchError, Window

if TYPE_CHECKING:
    from collections.abc import Callable

TAILS = (4 << 10, 64 << 10)


@dataclass(frozen=True)
class Header:
    """What is known of a picture without decoding a pixel.

    `kind` is JPEG, PNG, or what it is in truth. `width` and `height` are pixels as stored, 0 where unknown;
    `orientation` is EXIF's (1 upright, 5 to 8 turned by a quarter), `mode` Pillow's name (RGB, L, CMYK, P, RGBA).
    `truncated` is None where it could not be told; `broken` says in words what is wrong with the header. `fetched`
    counts bytes, `requests` calls of `fetch`.
    """

    kind: str
    size: int
    width: int = 0
    height: int = 0
    orientation: int = 1
    mode: str = ""
    animated: bool = False
    truncated: bool | None = None
    broken: str = ""
    fetched: int = 0
    requests: int = 0


def read_header(fetch: Callable[[int, int], bytes], size: int, *, first: int = FIRST) -> Header:
    """Read the header of a file of `size` bytes with `fetch(start, length)`, which may give fewer bytes at the end.

    Fetches `first` bytes, more only where the header is longer, and the last 4 KiB: at most 1 MiB in 24 calls however
    hostile the file is. Raises only what `fetch` raises.
    """
    window = Window(fetch, size, first)
    kind = kind_of(_start(window))
    found = Layout()
    truncated, broken = None, ""
    try:
        if kind == JPEG:
            read_jpeg(window, found)
        elif kind == PNG:
            read_png(window, found)
        truncated = _is_cut(window, kind, found.data_at)
    except EndsHereError:
        truncated, broken = True, "it ends within its header"
    except TooMuchError:
        broken = "its header is longer than 1 MiB or in too many pieces"
    except BrokenError as error:
        broken = str(error)
    return Header(
        kind,
        size,
        found.width,
        found.height,
        found.orientation,
        found.mode,
        found.animated,
        truncated,
        broken,
        window.fetched,
        window.requests,
    )


def _start(window: Window) -> bytes:
    try:
        return window.get(0, min(LOOKED_AT, window.size))
    except EndsHereError:
        return b""


def _is_cut(window: Window, kind: str, data_at: int) -> bool | None:
    """Whether the file ends before the picture does; None where that can't be told."""
    left = window.size - data_at
    if kind == JPEG:
        ends = jpeg_ends(window.tail(min(TAILS[0], left)), whole=left <= TAILS[0])
        return None if ends is None else not ends
    if kind != PNG:
        return None
    return not any(END in window.tail(min(length, left)) for length in TAILS)
