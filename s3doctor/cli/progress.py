"""What is going on, on standard error, while an examination runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from s3doctor.cli.output import mutter, visible
from s3doctor.model import Status

if TYPE_CHECKING:
    from types import TracebackType

    from s3doctor.cli.options import Telling
    from s3doctor.model import Result

CLEAR = "\r\x1b[K"
WELL = (Status.PASS, Status.SKIP)


class Progress:
    """A line that changes on a terminal, a line for each result with `--verbose`, nothing otherwise."""

    def __init__(self, given: Telling) -> None:
        self._lines = given["verbose"] and not given["quiet"]
        self._live = not given["quiet"] and not self._lines and sys.stderr.isatty()
        self._done = self._unwell = 0

    def __enter__(self) -> None:
        """Say that the examination begins."""
        self._show("asking S3 …")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line for the report."""
        if self._live:
            mutter(CLEAR)

    def add(self, result: Result) -> None:
        """One more check has its answer."""
        self._done += 1
        self._unwell += result.status not in WELL
        if self._lines:
            where = f" [{result.dataset}]" if result.dataset else ""
            mutter(visible(f"{result.status.value:<8}{result.code}{where} {result.outcome.summary}") + "\n")
        self._show(f"{self._done} checks done, {self._unwell} not well; last: {result.code} {result.check.title}")

    def _show(self, text: str) -> None:
        if self._live:
            mutter(f"{CLEAR}{visible(text)[:78]}")
