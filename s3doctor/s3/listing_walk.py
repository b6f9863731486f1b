"""Threads that walk ranges of keys: idle ones cut what the others have before them, fewer of them when S3 is busy."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.s3.asking import NOT_AWS
from s3doctor.s3.listing_ranges import UNKNOWN, Atlas, Range
from s3doctor.s3.listing_request import ask_page, prepare

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.listing_request import Answered, ListingClient

TRIES = 6
PAGE = 1000
_WORTH_CUTTING = 2.0
_GROWTH = 4
_SPARE_REQUESTS = 16
_SHARE_SPARE = 3
_SHARE_BOLD = 8
_FEWEST, _PER_SECOND_OF_LATENCY = 2, 700
_PAUSE, _LONGEST_PAUSE = 0.1, 3.0
_BAD_REQUEST, _TOO_MANY, _SERVER_ERROR = 400, 429, 500


@dataclass(frozen=True)
class _Probe:
    """A folder whose sub-folders are to be found out, from a key on."""

    folder: str
    after: str


class Walk:
    """One listing under way. `ordered` False walks one chain of pages, in whatever order the server gives them.

    Everything but `_work` is done with the lock held. `over` is set when there is nothing left to do, or no use.
    """

    def __init__(
        self, client: ListingClient, bucket: str, prefix: str, *, threads: int, most: int | None, ordered: bool = True
    ) -> None:
        prepare(client)
        self.client, self.bucket, self.prefix, self.most = client, bucket, prefix, most
        self.ordered = ordered
        self.cap = max(1, min(threads, client.meta.config.max_pool_connections)) if ordered else 1
        self.ranges = [Range("")]
        self.requests = self.count = self.pages = self.wasted = 0
        self.error: Answer | None = None
        self.disorder = False
        self.broken: BaseException | None = None
        self.over = threading.Event()
        self.changed = threading.Condition()
        self._atlas = Atlas(prefix)
        self._waiting: deque[Range] = deque(self.ranges)
        self._exploring: set[str] = set()
        self._busy = 0
        self._threads: list[threading.Thread] = []
        self._eased = float(self.cap)
        self._latency = float("inf")

    def run(self) -> None:
        """Set out; `over` says when it is done."""
        with self.changed:
            self._hire()

    def halt(self) -> None:
        """Take no more answers in; threads that wait for one end when it comes."""
        with self.changed:
            self._end()
            idle = not self._busy
        for thread in self._threads if idle else ():
            thread.join()
        if self.broken is not None:
            raise self.broken

    @property
    def estimate(self) -> int | None:
        """A guess of how many objects there will be; None where there is nothing to guess from."""
        lengths = [UNKNOWN if part.until is None else part.left for part in self.ranges if not part.done]
        guessed = [max(0.0, left) for left in lengths if left != UNKNOWN]
        nothing_known = lengths and not (guessed and self.pages)
        left = sum(guessed) * len(lengths) / len(guessed) if guessed else 0.0
        return None if nothing_known else round(self.count + left * self.count / max(1, self.pages))

    def _work(self) -> None:
        try:
            while (job := self._next()) is not None:
                if isinstance(job, _Probe):
                    self._explore(job)
                else:
                    self._walk(job)
        except BaseException as broken:  # noqa: BLE001 - raised again in the caller's thread
            with self.changed:
                self.broken = broken
                self._end()

    def _hire(self) -> None:
        """Start threads as far as there is use for them."""
        while len(self._threads) < self._allowed():
            thread = threading.Thread(target=self._work, name="listing", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _allowed(self) -> int:
        """How many requests may be under way: few at first, and no more than the latency makes useful."""
        useful = _FEWEST + _PER_SECOND_OF_LATENCY * self._latency if self.requests else 1
        return max(1, int(min(self.cap, self._eased, 1 + _GROWTH * self.requests, useful)))

    def _next(self) -> Range | _Probe | None:
        with self.changed:
            while not self.over.is_set():
                if self._busy < self._allowed():
                    job = self._waiting.popleft() if self._waiting else self._cut()
                    if job is not None:
                        self._busy += 1
                        self.changed.notify(bool(self._waiting))
                        return job
                if not self._busy and not self._waiting:
                    self._end()
                    break
                self.changed.wait()
            return None

    def _cut(self) -> Range | _Probe | None:
        """Find work for an idle thread in the largest range; leave more of it for other idle ones."""
        idle = self._busy * 4 < self._allowed()
        if not self.ordered or self.wasted > _SPARE_REQUESTS + self.pages / (1 if idle else _SHARE_SPARE):
            return None
        while True:
            large = [part for part in self.ranges if part.sample and not part.done and part.left >= _WORTH_CUTTING]
            if not large:
                return None
            part = max(large, key=lambda part: part.left)
            probe = self._atlas.unexplored(part)
            if probe is not None:
                if probe[0] not in self._exploring:
                    self._exploring.add(probe[0])
                    return _Probe(*probe)
                part.left = 1.0
                continue
            places = self._atlas.plan(part, self._allowed() - self._busy)
            if not places:
                part.left = min(part.left, 1.0)
                continue
            new = part.cut(places)
            self.ranges += new
            self._waiting += new
            self.changed.notify(len(new))
            return self._waiting.popleft()

    def _explore(self, probe: _Probe) -> None:
        prefix = max(probe.folder, self.prefix, key=len)
        _, got = ask_page(self.client, self.bucket, prefix, after=probe.after, delimiter="/")
        with self.changed:
            self.requests += 1
            self._busy -= 1
            self._exploring.discard(probe.folder)
            children, truncated = (got.children, got.truncated) if got else ((), False)
            self._atlas.explored(probe.folder, probe.after, children, truncated=truncated)
            for part in self.ranges:
                part.left = max(part.left, UNKNOWN if part.left <= 1 else 0.0)
            self._changed()

    def _walk(self, part: Range) -> None:
        size = PAGE if self.most is None else max(1, min(PAGE, self.most - self.count))
        answer, got = ask_page(self.client, self.bucket, self.prefix, token=part.token, after=part.after, size=size)
        pause = 0.0
        with self.changed:
            if self.over.is_set():
                return
            self.requests += 1
            if got is None:
                pause = self._failed(part, answer)
            else:
                self._took(part, got, answer.milliseconds / 1000)
            if not pause:
                self._release(part)
        if pause:
            self.over.wait(pause)
            with self.changed:
                self._release(part)

    def _release(self, part: Range) -> None:
        self._busy -= 1
        if not part.done:
            self._waiting.appendleft(part)
        self._changed()

    def _changed(self) -> None:
        self.changed.notify(2)
        self._hire()

    def _took(self, part: Range, got: Answered, latency: float) -> None:
        part.failures = 0
        self._latency = min(self._latency, latency)
        self._eased = min(self.cap, self._eased + 1 / self._eased)
        if self.ordered and not (got.ordered and part.precedes(got.page)):
            self.disorder = True
            self._end()
            return
        added = part.take(got.page, got.token, truncated=got.truncated)
        self.pages += bool(added)
        self.wasted += not added
        self.count += added
        self._atlas.bold = self.wasted * _SHARE_BOLD <= self.pages
        if self.most is not None and self.count >= self.most and any(not part.done for part in self.ranges):
            self._end()

    def _failed(self, part: Range, answer: Answer) -> float:
        """Seconds to wait before this page is asked for again; ends the walk where that is no use."""
        part.failures += 1
        if part.token and answer.http == _BAD_REQUEST:
            part.token = ""
        elif answer.message == NOT_AWS or (
            answer.http is not None and answer.http != _TOO_MANY and answer.http < _SERVER_ERROR
        ):
            part.failures = TRIES
        else:
            self._eased = max(1.0, min(self._eased, self._busy) / 2)
        if part.failures >= TRIES:
            self.error = answer
            self._end()
            return 0.0
        return min(_LONGEST_PAUSE, _PAUSE * (1 << part.failures))

    def _end(self) -> None:
        self.over.set()
        self.changed.notify_all()
