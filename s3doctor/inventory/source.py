"""Where an inventory's files lie: beside a local manifest, or in a bucket, from which they are copied and verified."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from s3doctor.connection import BadInput
from s3doctor.inventory.manifest import DataFile, InventoryError, Manifest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SCHEME = "s3://"
LARGEST_MANIFEST = 64 << 20
BLOCK = 1 << 20


class Stream(Protocol):
    """Bytes of one object: `read` raises OSError where they cannot be had."""

    def read(self, n: int = -1, /) -> bytes:
        """At most n bytes, none at the end."""


@dataclass(frozen=True)
class Source:
    """An inventory whose manifest was read; `open_` opens the objects beside a manifest in a bucket by their keys."""

    name: str
    manifest: Manifest
    open_: Callable[[str], Stream] | None = None

    def files(self, into: Path) -> Iterator[Path]:
        """The data files, each of the size and MD5 that the manifest states; those in a bucket are copied to `into`.

        Raises InventoryError where one is missing, differs, or does not fit on the disk; what `open_` raises passes.
        """
        files = self.manifest.files
        if self.open_ is not None:
            _check_room(sum(file.size for file in files), into)
        for number, file in enumerate(files):
            if self.open_ is None:
                yield _beside(Path(self.name), file)
            else:
                yield _copied(self.open_(file.key), file, into / f"{number:06}{suffix(file.key)}")


def suffix(key: str) -> str:
    """`.gz` for what is compressed as a whole, else nothing."""
    return ".gz" if key.endswith(".gz") else ""


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an s3 URI."""
    bucket, _, key = uri[len(SCHEME) :].partition("/")
    return bucket, key


def open_source(name: str, bucket: str, open_: Callable[[str], Stream] | None = None) -> Source:
    """Read the manifest called `name`: an s3 URI if `open_` is given, which opens objects of its bucket, else a path.

    Raises BadInput where what it says cannot be used, and what `open_` raises.
    """
    if open_ is not None:
        text = open_(split(name)[1]).read(LARGEST_MANIFEST)
    else:
        try:
            with Path(name).open("rb") as file:
                text = file.read(LARGEST_MANIFEST)
        except OSError as error:
            raise BadInput(f"--inventory {name} cannot be read ({error.strerror}): expected a manifest.json") from None
    return Source(name, read_manifest(text, bucket, name), open_)


def _beside(manifest: Path, file: DataFile) -> Path:
    """The local file: in the manifest's folder, or where S3 put it: in `data/` beside that."""
    base = file.key.rpartition("/")[2]
    for folder in (manifest.parent, manifest.parent / "data", manifest.parent.parent / "data"):
        path = folder / base
        if base and path.is_file():
            with path.open("rb") as blocks:
                _verify(file, iter(lambda: blocks.read(BLOCK), b""), None)
            return path
    raise InventoryError(f"{base or file.key} is not beside {manifest}: expected it there or in data/")


def _copied(stream: Stream, file: DataFile, path: Path) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        _verify(file, iter(lambda: stream.read(BLOCK), b""), copy.write)
    return path


def _verify(file: DataFile, blocks: Iterable[bytes], write: Callable[[bytes], object] | None) -> None:
    """Pass the blocks on, no more of them than there should be, and compare their MD5."""
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    for block in blocks:
        size += len(block)
        digest.update(block)
        if size > file.size:
            break
        if write is not None:
            write(block)
    if size != file.size or digest.hexdigest() != file.md5:
        raise InventoryError(f"{file.key} is not the file that the manifest describes: its size or MD5 differs")


def _check_room(size: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise InventoryError(f"the inventory has {size:,} bytes, and {folder.parent} has room for {free:,}")
