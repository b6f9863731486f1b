"""Copies of what is read only once, for whoever needs a file: private, limited in size, gone at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s3doctor.coco.source import Readable

__all__ = ["Kept", "Spool"]

LIMIT = 64 << 20


class Kept:
    """A stream of which a copy is kept while it is read: `path` is None where it was too large, or the disk full."""

    def __init__(self, stream: Readable, path: Path, limit: int) -> None:
        self.path: Path | None = path
        self.count = 0
        self._stream = stream
        self._left = limit
        self._copy = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        weakref.finalize(self, self._copy.close)  # it may have begun when the examination was over

    def read(self, n: int = -1, /) -> bytes:
        """At most n bytes, none at the end. Raises what the stream raises."""
        block = self._stream.read(n)
        self._left -= len(block)
        self.count += len(block)
        if self.path is not None and not self._copied(block):
            self.path.unlink(missing_ok=True)
            self.path = None
        if not block or self.path is None:
            self.close()
        return block

    @property
    def size(self) -> int | None:
        """How many bytes there are in all, where the stream knows; `count` were read so far."""
        return getattr(self._stream, "size", None)

    def _copied(self, block: bytes) -> bool:
        """Write a block; says whether the copy is still whole and small enough."""
        try:
            while block and self._left >= 0:
                block = block[self._copy.write(block) :]
        except OSError:
            return False
        return not block

    def close(self) -> None:
        """Write no more."""
        self._copy.close()


class Spool:
    """A private directory (mode 700, files 600) that is removed by `close`, or when the process ends."""

    def __init__(self, limit: int = LIMIT) -> None:
        """`limit` is how many bytes of one stream are kept."""
        self._limit = limit
        self._lock = threading.Lock()
        self._remove: weakref.finalize[..., Spool] | None = None
        self._directory = Path()
        self._kept: list[Kept] = []

    def keep(self, stream: Readable) -> Kept:
        """The same stream, of which a copy is kept. Raises OSError where there is no place for temporary files."""
        with self._lock:
            if self._remove is None or not self._remove.alive:
                self._directory = Path(tempfile.mkdtemp(prefix="s3doctor-"))
                self._remove = weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
            kept = Kept(stream, self._directory / f"{len(self._kept) + 1}.json", self._limit)
            self._kept.append(kept)
            return kept

    def close(self) -> None:
        """Remove all copies."""
        for kept in self._kept:
            kept.close()
        if self._remove is not None:
            self._remove()
