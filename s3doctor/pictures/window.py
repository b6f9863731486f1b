"""Bytes of a remote file by position: fetched in blocks when asked for, kept, and never more than a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = 16 << 10
NEXT = 4 << 10
MOST_BYTES = 1 << 20
MOST_REQUESTS = 24


class EndsHereError(Exception):
    """The file has no such bytes: it is shorter than its own header says."""


class TooMuchError(Exception):
    """More would have to be fetched than a header is worth."""


class Window:
    """A file of `size` bytes seen through `fetch(start, length)`, which gives bytes, fewer at the end of the file.

    The first block is large enough for nearly all headers. `fetched` and `requests` say what it cost.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int, first: int = FIRST) -> None:
        self.size = size
        self.fetched = 0
        self.requests = 0
        self._fetch = fetch
        self._first = first
        self._blocks: list[tuple[int, bytes]] = []

    def get(self, start: int, length: int) -> bytes:
        """Exactly `length` bytes; raises EndsHereError and TooMuchError, and whatever `fetch` raises."""
        if start + length > self.size:
            raise EndsHereError
        for begin, block in self._blocks:
            if begin <= start and start + length <= begin + len(block):
                return block[start - begin : start - begin + length]
        block = self._load(start, max(length, NEXT if self._blocks else self._first))
        if len(block) < length:
            raise EndsHereError
        return block[:length]

    def tail(self, length: int) -> bytes:
        """The last `length` bytes, or all if there are fewer."""
        length = min(length, self.size)
        return self.get(self.size - length, length)

    def _load(self, start: int, length: int) -> bytes:
        length = min(length, self.size - start)
        if self.requests >= MOST_REQUESTS or self.fetched + length > MOST_BYTES:
            raise TooMuchError
        self.requests += 1
        block = self._fetch(start, length)[:length]
        self.fetched += len(block)
        self._blocks.append((start, block))
        return block
