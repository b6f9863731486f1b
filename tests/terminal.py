"""A real terminal (a pty) in which the command line runs, with somebody who types."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, final

from calling import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

TAKE_OVER = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


@final
class Terminal:
    """`s3doctor` in a terminal of 100 columns. `shown` is all that came on it."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_OVER, *PROGRAM, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"COLUMNS": "100", "TERM": "xterm"} | environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Read until the text is shown."""
        self._read(lambda: text in self.shown, seconds)
        assert text in self.shown

    def type(self, text: str) -> None:
        """Type the text, as it is: `\\n` is the enter key, `\\x03` Ctrl-C."""
        os.write(self._ours, text.encode())

    def interrupt(self, seconds: float = 30) -> int:
        """Press Ctrl-C, again if nothing comes of it: Python misses one that comes just before it begins to read."""
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            self.type("\x03")
            self._read(lambda: False, 5)
        return self.process.wait(seconds)

    def end(self, seconds: float = 30) -> int:
        """Read until the program has ended; its exit code."""
        self._read(lambda: False, seconds)
        return self.process.wait(seconds)

    def _read(self, done: Callable[[], bool], seconds: float) -> None:
        until = time.monotonic() + seconds
        while not done() and time.monotonic() < until:
            if not select.select([self._ours], [], [], 0.1)[0]:
                continue
            try:
                self.shown += os.read(self._ours, 65536).decode(errors="replace")
            except OSError:  # Linux's way to say that the other end is closed
                return
