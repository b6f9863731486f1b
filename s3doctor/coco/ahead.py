"""A piece of work that is done beside what its owner does meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Ahead"]

Made = TypeVar("Made")


class Ahead(Generic[Made]):
    """Runs a function in a thread of its own. It must be one that touches nothing but what it is given."""

    def __init__(self, work: Callable[[bytes], Made], text: bytes) -> None:
        self.text = text
        self._work = work
        self._made: list[Made] = []
        self._fault: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="s3doctor-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._made.append(self._work(self.text))
        except BaseException as fault:  # noqa: BLE001 - it is raised where somebody waits for it
            self._fault.append(fault)

    def result(self) -> Made:
        """What the function returned; waits for it. Raises what it raised."""
        self._thread.join()
        if self._fault:
            raise self._fault[0]
        return self._made[0]
