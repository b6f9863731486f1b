"""A new file that is there as a whole or not at all, and never in place of another by mistake."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["refuse_to_lose", "write_whole"]


def refuse_to_lose(path: str, inputs: Iterable[str], *, force: bool) -> None:
    """Raises BadInput where writing `path` would replace one of the inputs, by whatever name it is called.

    Without `force` it must not exist; a directory is never replaced.
    """
    out = Path(path)
    for given in inputs:
        if _same(out, Path(given)):
            raise BadInput(f"OUT {path} is the same file as {given}: expected a new file; inputs are never overwritten")
    if out.is_dir():
        raise BadInput(f"OUT {path} is a directory: expected the name of a new file")
    if os.path.lexists(out) and not force:
        raise BadInput(f"OUT {path} exists: expected a new file, or --force to replace it")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, also by links."""
    with suppress(OSError, ValueError):
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)


def write_whole(path: str, data: bytes, *, force: bool) -> None:
    """Write a file beside its place and move it there when it is complete.

    Without `force` a file that has appeared there meanwhile stays, and FileExistsError is raised. Raises OSError where
    it cannot be written; nothing is left behind then.
    """
    out = Path(path)
    draft = out.with_name(f".{out.name[:100]}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if force:
            draft.replace(out)
        else:
            os.link(draft, out)
    finally:
        draft.unlink(missing_ok=True)
