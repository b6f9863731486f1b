"""Bytes from a path, from memory or from anything that can be read, as one growing and shrinking buffer."""

from __future__ import annotations

import io
import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, Union

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SPACE", "Buffer", "Readable", "Source", "opened", "reopened"]

SPACE = b" \t\n\r"


class Readable(Protocol):
    """Anything with `read(n)`: an open file, stdin, the body of an answer of S3."""

    def read(self, n: int, /) -> bytes:
        """At most n bytes; none at the end."""
        ...


Source = Union[str, Path, bytes, Readable]  # noqa: UP007 - evaluated at run time, and Python 3.10 has no | for it


@contextmanager
def opened(source: Source) -> Iterator[Readable]:
    """The source as something to read. A path is closed afterwards; a stream that was given stays open.

    Raises OSError where a path cannot be opened.
    """
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, (str, Path)):
        with Path(source).open("rb", buffering=0) as file:
            yield file
    else:
        yield source


@contextmanager
def reopened(source: Source) -> Iterator[BinaryIO | None]:
    """The source from its first byte once more; None where that is impossible, as with a pipe.

    A stream can be read again if it has a `path` where a copy of all it gave is kept.
    """
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    path = source if isinstance(source, (str, Path)) else getattr(source, "path", None)
    try:
        descriptor = os.open(path or "", os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        yield None
        return
    with os.fdopen(descriptor, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


class Buffer:
    """The part of a file that is being looked at.

    `data` starts at byte `offset` of the file, which is in line `line` (from 1); `watch` sees each block as it comes.
    """

    def __init__(self, stream: Readable, block_size: int, watch: Callable[[bytes], None] | None = None) -> None:
        self._stream = stream
        self.block = max(1, block_size)
        self._watch = watch or (lambda _block: None)
        self.data = b""
        self.offset = 0
        self.line = 1
        self.ended = False
        self.size = 0

    def more(self) -> bool:
        """Read on: a block, or as much as is already here, so that a long value costs linear time. False at the end."""
        before = len(self.data)
        wanted = max(self.block, before)
        pieces = [self.data] if self.data else []
        while wanted > 0 and not self.ended:
            block = self._stream.read(min(wanted, 1 << 22))
            self.ended = not block
            if block:
                self._watch(block)
                self.size += len(block)
                wanted -= len(block)
                pieces.append(bytes(block))
        self.data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return len(self.data) > before

    def drop(self, length: int) -> None:
        """Done with the first bytes."""
        if self.data.find(b"\n", 0, length) >= 0:  # many times faster than to count in vain
            self.line += self.data.count(b"\n", 0, length)
        self.offset += length
        self.data = self.data[length:]

    def peek(self) -> int:
        """The next byte that is not white space, now first in the buffer; -1 at the end of the file."""
        while True:
            if self.data and self.data[0] not in SPACE:
                return self.data[0]
            rest = self.data.lstrip(SPACE)
            self.drop(len(self.data) - len(rest))
            if rest:
                return self.data[0]
            if not self.more():
                return -1

    def drain(self) -> None:
        """Read to the end and keep nothing, so that the size is known."""
        while not self.ended:
            self.drop(len(self.data))
            self.more()
        self.drop(len(self.data))
