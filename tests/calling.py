"""Calling the command line as a customer does, and the S3 server that it is pointed to."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import canaries

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.connection import Credentials

BUCKET = "holiday-pictures"
SCRIPT = Path(sys.executable).with_name("s3doctor")
PROGRAM = (str(SCRIPT),) if SCRIPT.exists() else (sys.executable, "-m", "s3doctor")
"""As it is installed, if it is: `-m` would find the checkout first."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Server:
    """An S3 with one bucket, the key of a user who may read it, and that of one who may write but not delete.

    `second_key` makes the reader another key.
    """

    url: str
    reader: Credentials
    writer: Credentials
    second_key: Callable[[], Credentials]

    @property
    def place(self) -> tuple[str, ...]:
        """The options of `check` that lead to the bucket."""
        return ("--bucket", BUCKET, "--endpoint-url", self.url)

    @property
    def options(self) -> tuple[str, ...]:
        """The same with the reader's key."""
        return (*self.place, *key_options(self.reader))


def key_options(key: Credentials) -> tuple[str, ...]:
    """The options of `check` that give this key."""
    return ("--access-key-id", key.access_key_id, "--secret-access-key", key.secret_access_key.reveal())


def run_apart(*arguments: str, input: str = "", **environment: str) -> Ran:  # noqa: A002 - subprocess's name
    """The command line, called as a process of its own, with `input` to read."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        input=input,
        timeout=180,
        check=False,
    )
    canaries.refuse(done.stdout + done.stderr, f"what `s3doctor {' '.join(arguments[:1])}` said")
    return Ran(done.returncode, done.stdout, done.stderr)
