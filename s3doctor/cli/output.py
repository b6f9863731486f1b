"""Writing: to a terminal, a pipe that may be closed, or a file that is known to be writable beforehand."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def visible(text: str) -> str:
    """One line of a stranger's text: what has no shape of its own is escaped, and line breaks are spaces."""
    line = " ".join(text.split())
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)


def tell(text: str) -> None:
    """A line on standard error."""
    click.echo(f"s3doctor: {visible(text)}", err=True)


def say(text: str) -> None:
    """A text on standard output, with the colours that it has.

    A reader that closed the pipe (`| head`) has had enough: that is no fault.
    """
    stream = sys.stdout
    encoded = text.encode(stream.encoding or "utf-8", "backslashreplace").decode(stream.encoding or "utf-8")
    try:
        click.echo(encoded, nl=False, color=True)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def destination(path: str) -> Iterator[Callable[[str], None]]:
    """Where a report goes: a function that writes it in place of what the file held; "" and `-` are standard output.

    Raises BadInput at once where the file cannot be written. A file for which no report came to be stays as it was.
    """
    if path in ("", "-"):
        yield say
        return
    file, existed = Path(path), Path(path).exists()
    try:
        file.open("a", encoding="utf-8").close()
    except (OSError, ValueError) as fault:
        reason = (getattr(fault, "strerror", None) or str(fault)).lower()
        raise BadInput(
            f"--output {path} cannot be written ({reason}): expected a file in a directory of yours"
        ) from fault
    texts: list[str] = []
    try:
        yield texts.append
    finally:
        if texts:
            file.write_text("".join(texts), encoding="utf-8", errors="backslashreplace", newline="\n")
        elif not existed:
            file.unlink()
