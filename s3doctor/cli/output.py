"""Writing: to a terminal, a pipe that may be closed, or a file that is known to be writable beforehand."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

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
    mutter(f"s3doctor: {visible(text)}\n")


def mutter(text: str) -> None:
    """A text on standard error, which nobody needs to read: where it cannot be written, it is lost."""
    try:
        click.echo(text, err=True, nl=False)
    except OSError:
        _give_up(sys.stderr)
    except KeyboardInterrupt:
        _give_up(sys.stderr)  # nobody reads it: what is left in its buffer would be waited for at the end
        raise


def say(text: str) -> None:
    """A text on standard output, with the colours that it has.

    A reader that closed the pipe (`| head`) has had enough: that is no fault. Raises BadInput where the text cannot be
    written for another reason, such as a full disk.
    """
    stream = sys.stdout
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    try:
        click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False, color=True)
        stream.flush()
    except BrokenPipeError:
        _give_up(stream)
    except KeyboardInterrupt:
        _give_up(stream)
        raise
    except OSError as fault:
        _give_up(stream)
        raise BadInput(f"standard output cannot be written ({reason(fault)})") from fault


def on_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def can_show(signs: str) -> bool:
    """Whether standard output has these signs in its encoding."""
    try:
        signs.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _give_up(stream: TextIO) -> None:
    """Lead a stream nowhere, so that Python's own last flush at the end does not fail as well."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def reason(fault: Exception) -> str:
    """Why the operating system refused, in its own words."""
    return (getattr(fault, "strerror", None) or str(fault)).lower()


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
        raise BadInput(_unwritable(path, fault)) from fault
    texts: list[str] = []
    try:
        yield texts.append
    finally:
        if texts:
            _put(file, "".join(texts))
        elif not existed:
            file.unlink()


def _put(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as fault:
        raise BadInput(_unwritable(str(file), fault)) from fault


def _unwritable(path: str, fault: Exception) -> str:
    return f"--output {path} cannot be written ({reason(fault)}): expected a file in a directory of yours"
