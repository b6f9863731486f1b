"""One page of a listing in compact memory: the keys as one run of bytes, the sizes as an array."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Columns = tuple[list[str], Sequence[int], tuple[str, ...], Sequence[int]]

STANDARD = "STANDARD"
SEPARATOR = b"\xff"  # no byte of UTF-8
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


class Entry(NamedTuple):
    """One object of a listing: its key, its size in bytes, its storage class as S3 names it (`STANDARD`)."""

    key: str
    size: int
    storage_class: str


_ENTRY = cast("Callable[[tuple[str, int, str]], Entry]", partial(tuple.__new__, Entry))
"""Half the cost of Entry(...), which matters by the million."""


@dataclass(frozen=True)
class Page:
    """Up to some thousand objects in the order in which the server listed them.

    `blob` holds the keys in UTF-8, one byte 0xFF between two; `sizes` are bytes; `classes` is one storage class where
    all objects share it, else one for each. `tags` are the first 64 bits of each ETag that is an MD5, 0 for one that
    is none (of an object that was uploaded in parts, say); it is empty where no object has such an ETag.
    """

    blob: bytes
    sizes: array[int]
    classes: tuple[str, ...]
    tags: array[int] = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        return len(self.sizes)

    def keys(self) -> list[str]:
        """The keys, in order."""
        if not self.sizes:
            return []
        if b"\0" in self.blob:
            return [key.decode() for key in self.blob.split(SEPARATOR)]
        return self.blob.replace(SEPARATOR, b"\0").decode().split("\0")

    @property
    def first(self) -> str:
        """The first key; the page must not be empty."""
        return self.blob[: len(self.blob) if (end := self.blob.find(SEPARATOR)) < 0 else end].decode()

    @property
    def last(self) -> str:
        """The last key; the page must not be empty."""
        return self.blob[self.blob.rfind(SEPARATOR) + 1 :].decode()

    def entries(self) -> Iterator[Entry]:
        """The objects, in order."""
        classes = self.classes * len(self) if len(self.classes) == 1 else self.classes
        return map(_ENTRY, zip(self.keys(), self.sizes, classes, strict=True))

    def columns(self) -> Columns:
        """Keys, sizes, storage classes and tags, each of one length; of the tags perhaps none."""
        classes = self.classes * len(self) if len(self.classes) == 1 else self.classes
        return self.keys(), self.sizes, classes, self.tags

    def until(self, key: str) -> Page:
        """The objects whose keys are not greater than `key`; the page has to be in order."""
        if not self.sizes or self.last <= key:
            return self
        return self.cut(bisect_right(self.keys(), key))

    def cut(self, end: int) -> Page:
        """The first `end` objects."""
        classes = self.classes if len(self.classes) == 1 else self.classes[:end]
        return Page(SEPARATOR.join(self.blob.split(SEPARATOR)[:end]), self.sizes[:end], classes, self.tags[:end])


def page_of(keys: Sequence[str], sizes: Sequence[int], classes: Sequence[str], etags: Sequence[str] = ()) -> Page:
    """A Page of columns of equal length; there may be no ETags."""
    shared = tuple(set(classes)) or (STANDARD,)
    blob = SEPARATOR.join([key.encode() for key in keys])
    return Page(blob, array("q", sizes), shared if len(shared) == 1 else tuple(classes), tags_of(etags))


def tags_of(etags: Iterable[str]) -> array[int]:
    """The tags of ETags, with or without quotation marks; none at all where no ETag is an MD5."""
    found = [_MD5.fullmatch(etag) for etag in etags]
    if not any(found):
        return array("Q")
    return array("Q", b"".join(bytes.fromhex(md5[1][:16]) if md5 else bytes(8) for md5 in found))
