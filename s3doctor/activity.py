"""What takes long, while it lasts: which steps are under way, how far each is, how fast, and how long it may take."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Far = Callable[[], tuple[int, int | None]]
    """Says how many are done, and of how many in all; None where nobody knows."""


@dataclass(frozen=True)
class Step:
    """One step under way: `done` of `total` (None: not known) in `seconds`.

    `unit` is what is counted (`objects`); empty where nothing can be counted.
    """

    what: str
    unit: str
    done: int
    total: int | None
    seconds: float

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """A guess; None where there is nothing to guess from."""
        return (self.total - self.done) / self.rate if self.total and 0 < self.done <= self.total else None

    @property
    def text(self) -> str:
        """All of it in a line: `listing a/: 12,000 of about 40,000 objects, 3,000 a second, about 9 s left`."""
        if not self.unit:
            return f"{self.what}, for {_span(self.seconds)} until now"
        of = f" of about {_number(self.total, self.unit)}" if self.total and self.total >= self.done else ""
        line = f"{self.what}: {_number(self.done, self.unit)}{of} {self.unit}"
        if self.rate:
            line += f", {_number(round(self.rate), self.unit)} a second"
        left = self.seconds_left
        return line if left is None else f"{line}, about {_span(left)} left"


def _number(number: int, unit: str) -> str:
    """A number, bytes in a unit that people read: then the unit is `MB`."""
    return f"{number / 1e6:,.1f}" if unit == "MB" else f"{number:,}"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two digits are enough


class _Running:
    """A step that can be told how far it is, or that asks."""

    def __init__(self, what: str, unit: str, far: Far | None) -> None:
        self.what, self.unit = what, unit
        self.began = time.monotonic()
        self._far: tuple[int, int | None] = (0, None)
        self._ask = far

    def tell(self, done: int, total: int | None = None) -> None:
        """How far it is."""
        self._far = (done, total)

    def step(self) -> Step:
        done, total = self._ask() if self._ask else self._far
        return Step(self.what, self.unit, done, total, time.monotonic() - self.began)


class Joined:
    """The steps of several activities, each told with the name of its own."""

    def __init__(self, activities: Callable[[], Mapping[str, Activity]]) -> None:
        """`activities` says which there are by now, by their names."""
        self._activities = activities

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps under way, name by name."""
        return tuple(
            replace(step, what=f"{name}: {step.what}")
            for name, activity in self._activities().items()
            for step in activity.steps
        )


class Activity:
    """The steps under way. May be used from several threads."""

    def __init__(self) -> None:
        self._running: list[_Running] = []
        self._lock = threading.Lock()

    @contextmanager
    def step(self, what: str, unit: str, far: Far | None = None) -> Iterator[Callable[[int, int | None], None]]:
        """A step, as long as the context lasts. It is told how far it is by the function, or asks `far`."""
        running = _Running(what, unit, far)
        with self._lock:
            self._running.append(running)
        try:
            yield running.tell
        finally:
            with self._lock:
                self._running.remove(running)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps under way, the oldest first."""
        with self._lock:
            return tuple(running.step() for running in self._running)
