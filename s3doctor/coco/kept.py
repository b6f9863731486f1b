"""Numbers of all rows of a file, put aside until its end: in a temporary file when they are many."""

from __future__ import annotations

import tempfile
import weakref
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

__all__ = ["Kept"]

_IN_MEMORY = 1 << 20


class Kept:
    """Arrays of integers, given back one by one as they were added, as often as one likes.

    Up to `in_memory` bytes stay in memory. Raises OSError where the temporary file cannot be written.
    """

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(in_memory)  # noqa: SIM115 - closed by the next line
        weakref.finalize(self, self._file.close)
        self._parts: list[tuple[int, np.dtype[Any]]] = []

    def add(self, numbers: npt.NDArray[Any]) -> None:
        """Put an array aside."""
        self._file.seek(0, 2)
        self._file.write(numbers.tobytes())
        self._parts.append((numbers.nbytes, numbers.dtype))

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        """Each array that was added."""
        place = 0
        for size, kind in self._parts:
            self._file.seek(place)
            yield np.frombuffer(self._file.read(size), kind)
            place += size
