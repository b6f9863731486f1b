"""File names of images, kept compactly, and what can be wrong with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ImageNames", "Names", "faults_of", "faulty"]

_PLAIN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9-][A-Za-z0-9_.-]*\.(?:jpg|jpeg|png)")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|[A-Za-z][A-Za-z0-9+.-]*://|file:")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|&(?:[a-z]+|#\d+);|[\x00-\x1f\x7f]|^\s|\s$")
_DROPPED = re.compile(r"[^A-Za-z0-9_.-]")
_PARTS = frozenset(("", ".", ".."))
EXTENSIONS = (".jpg", ".jpeg", ".png")


class Names(Sequence[str]):
    """Many strings in one block of bytes: an index, a slice of it, no object for each."""

    def __init__(self) -> None:
        self._blob = bytearray()
        self._lengths: list[npt.NDArray[np.uint32]] = []
        self._ends = np.zeros(0, np.int64)
        self._size = 0

    def extend(self, names: Sequence[str]) -> None:
        """Add some names."""
        joined = "".join(names)
        plain = joined.isascii()
        encoded = names if plain else [name.encode("utf-8", "surrogatepass") for name in names]
        self._blob += joined.encode("utf-8", "surrogatepass")
        self._lengths.append(np.fromiter(map(len, encoded), np.uint32, len(names)))
        self._size += len(names)

    def _settle(self) -> None:
        if self._lengths:
            ends = np.zeros(self._size, np.int64)
            known = self._ends.size
            ends[:known] = self._ends
            np.cumsum(np.concatenate(self._lengths), out=ends[known:])
            ends[known:] += ends[known - 1] if known else 0
            self._ends = ends
            self._lengths = []

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(self._size))]
        self._settle()
        place = range(self._size)[index]
        start = int(self._ends[place - 1]) if place else 0
        return self._blob[start : int(self._ends[place])].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        self._settle()
        start = 0
        for end in map(int, self._ends):
            yield self._blob[start:end].decode("utf-8", "surrogatepass")
            start = end

    def hashes(self) -> npt.NDArray[np.int64]:
        """A 64-bit number for each name, the same for equal names within this process."""
        return np.fromiter((hash(name) for name in self), np.int64, self._size)


@dataclass(frozen=True)
class ImageNames(Sequence[str]):
    """The `file_name` of each image, in the file's order ('' where there is none), with what goes with it.

    `ids` are codes of the image ids (the ids themselves where they are integers), `widths` and `heights` are in
    pixels, 0 where unknown.
    """

    names: Names = field(default_factory=Names)
    ids: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    widths: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    heights: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self.names[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)


def faulty(names: Sequence[str]) -> list[int]:
    """The positions of names that are empty or may break a rule."""
    return [row for row, plain in enumerate(map(_PLAIN.fullmatch, names)) if plain is None]


def faults_of(name: str) -> list[str]:
    """The codes of the rules that a file name breaks, by itself."""
    if _PLAIN.fullmatch(name):
        return []
    found = []
    if _ABSOLUTE.match(name):
        found.append("img-filename-absolute")
    elif "\\" in name:
        found.append("img-filename-backslash")
    elif not _PARTS.isdisjoint(name.split("/")):
        found.append("img-filename-dotdot")
    if _ENCODED.search(name):
        found.append("img-filename-encoded")
    elif not found and _loses(name):
        found.append("img-filename-nonascii-key")
    return found + _extension_fault(name)


def _loses(name: str) -> bool:
    """Whether the platform's key drops letters of the base name."""
    stem = name.rpartition("/")[2].rpartition(".")[0]
    return bool(_DROPPED.search(stem))


def _extension_fault(name: str) -> list[str]:
    if name.endswith(EXTENSIONS):
        return []
    if name.rstrip().lower().endswith(EXTENSIONS):
        return ["img-filename-uppercase-extension"] if name == name.rstrip() else []
    return ["img-filename-extension"]
