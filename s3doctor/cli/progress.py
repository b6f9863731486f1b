"""What is going on, on standard error, while an examination runs."""

from __future__ import annotations

import shutil
import sys
import threading
from typing import TYPE_CHECKING

from s3doctor.cli.output import mutter, tell, visible
from s3doctor.finding import counted
from s3doctor.model import Status

if TYPE_CHECKING:
    from types import TracebackType

    from s3doctor.activity import Activity, Joined, Step
    from s3doctor.cli.options import Telling
    from s3doctor.model import Result

TICK = 0.5
"""Seconds from one look at what is under way to the next."""
PATIENCE = 10.0
WIDTH = 80
"""Columns of a terminal that does not say how wide it is."""
MARGIN = 2
"""Columns that the line that changes leaves free: one as wide as the terminal would not be cleared whole."""
CLEAR = "\r\x1b[K"
WELL = (Status.PASS, Status.SKIP)


class Progress:
    """A line that changes on a terminal, a line for each result with `--verbose`, nothing otherwise.

    Where it is no terminal, a step that takes longer than `patience` seconds is told of in one line.
    """

    def __init__(
        self, given: Telling, *, begin: str = "asking S3 …", tick: float = TICK, patience: float = PATIENCE
    ) -> None:
        """`begin` is what a terminal shows until there is more to tell."""
        self._begin = begin
        self._lock = threading.Lock()
        self._lines = given["verbose"] and not given["quiet"]
        self._live = not given["quiet"] and not self._lines and sys.stderr.isatty()
        self._quiet = given["quiet"]
        self._done = self._unwell = 0
        self._tick, self._patience = tick, patience
        self._told: set[str] = set()
        self._over = threading.Event()
        self._ticker: threading.Thread | None = None

    def watch(self, activity: Activity | Joined) -> None:
        """Tell of the steps that take long, until the examination is over."""
        if not self._quiet:
            self._ticker = threading.Thread(target=self._look, args=(activity,), daemon=True)
            self._ticker.start()

    def _look(self, activity: Activity | Joined) -> None:
        while not self._over.wait(self._tick):
            for step in activity.steps[:1]:
                self._tell(step)

    def _tell(self, step: Step) -> None:
        if self._live:
            self._show(step.text)
        elif step.seconds >= self._patience and step.what not in self._told:
            self._told.add(step.what)
            tell(step.text)

    def __enter__(self) -> Progress:  # noqa: PYI034 - Python 3.10 has no Self
        """Say that the examination begins."""
        self._show(self._begin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line for the report."""
        self._over.set()
        if self._ticker:
            self._ticker.join(self._tick)  # not for ever: standard error may be full
        if self._live:
            mutter(CLEAR)

    def add(self, result: Result, connection: str = "") -> None:
        """One more check has its answer; `connection` names whose it is where there are several."""
        with self._lock:
            self._done += 1
            self._unwell += result.status not in WELL
            whose = f"{connection}: " if connection else ""
            if self._lines:
                where = f" [{result.dataset}]" if result.dataset else ""
                mutter(visible(f"{whose}{result.status.value:<8}{result.code}{where} {result.outcome.summary}") + "\n")
            last = f"{whose}{result.code} {result.check.title}"
            done = counted(self._done, "check done", "checks done")
            self._show(f"{done}, {self._unwell} not well; last: {last}")

    def note(self, text: str) -> None:
        """A line that stays, such as that a connection is done."""
        if not self._quiet:
            with self._lock:
                if self._live:
                    mutter(CLEAR)
                tell(text)

    def _show(self, text: str) -> None:
        if self._live:
            from wcwidth import clip

            width = shutil.get_terminal_size((WIDTH, 24)).columns - MARGIN
            mutter(f"{CLEAR}{clip(visible(text), 0, width)}")
