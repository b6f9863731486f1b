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
        self._stream = stream
        self._left = limit
        self._copy = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def read(self, n: int = -1, /) -> bytes:
        """At most n bytes, none at the end. Raises what the stream raises."""
        block = self._stream.read(n)
        if self.path is not None:
            self._write(block)
        return block

    def _write(self, block: bytes) -> None:
        self._left -= len(block)
        try:
            if self._left < 0:
                raise OSError("too large to be kept")  # noqa: TRY301 - as if the disk were full
            if not block:
                os.close(self._copy)
                self._copy = -1
            while block:
                block = block[os.write(self._copy, block) :]
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        path, self.path = self.path, None
        if self._copy >= 0:
            os.close(self._copy)
        if path is not None:
            path.unlink(missing_ok=True)


class Spool:
    """A private directory (mode 700, files 600) that is removed by `close`, or when the process ends."""

    def __init__(self, limit: int = LIMIT) -> None:
        """`limit` is how many bytes of one stream are kept."""
        self._limit = limit
        self._lock = threading.Lock()
        self._remove: weakref.finalize[..., Spool] | None = None
        self._directory = Path()
        self._count = 0

    def keep(self, stream: Readable) -> Kept:
        """The same stream, of which a copy is kept. Raises OSError where there is no place for temporary files."""
        with self._lock:
            if self._remove is None or not self._remove.alive:
                self._directory = Path(tempfile.mkdtemp(prefix="s3doctor-"))
                self._remove = weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
            self._count += 1
            return Kept(stream, self._directory / f"{self._count}.json", self._limit)

    def close(self) -> None:
        """Remove all copies."""
        if self._remove is not None:
            self._remove()
