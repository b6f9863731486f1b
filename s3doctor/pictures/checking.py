"""Many pictures side by side: bounded in threads, memory and time, the same findings whatever order answers come in."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from s3doctor.crew import Crew
from s3doctor.finding import Example, Finding, Severity
from s3doctor.pictures.header import Header, read_header
from s3doctor.pictures.judging import judge, summary

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

EXAMPLES = 5
_TICK = 0.2
_RANK = (Severity.INFO, Severity.WARNING, Severity.ERROR)


class Reader(Protocol):
    """Opens files by key: `reader(key)(start, length)` gives bytes, and raises OSError where they can't be had.

    One that has `size_of(key)`, the present size in bytes, is asked for it before a picture is called cut off: what
    was listed some time ago may be another picture by now. None means that it can't be told.
    """

    def __call__(self, key: str) -> Callable[[int, int], bytes]:
        """A function that fetches bytes of one file."""


@dataclass(frozen=True)
class Picture:
    """One object (`size` in bytes) and what the COCO file says of it: pixels, None where it says nothing."""

    key: str
    size: int
    file_name: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Checked:
    """What looking at pictures gave.

    `looked_at` pictures were read, `wrong` of them have a finding of severity error; `unread` could not be read, and
    `errors` are the first reasons with their keys. `stopped` says in words why not all were reached, empty if they
    were. `requests` and `fetched` (bytes) are what it cost, `seconds` how long it took.
    """

    looked_at: int = 0
    wrong: int = 0
    unread: int = 0
    errors: tuple[tuple[str, OSError], ...] = ()
    findings: tuple[Finding, ...] = ()
    stopped: str = ""
    requests: int = 0
    fetched: int = 0
    seconds: float = 0.0


def check_pictures(
    reader: Reader,
    pictures: Iterable[Picture],
    *,
    threads: int = 32,
    executor: Executor | None = None,
    deadline: float | None = None,
    stop: threading.Event | None = None,
    on_progress: Callable[[int], None] | None = None,
    examples: int = EXAMPLES,
) -> Checked:
    """Read the headers of pictures, `threads` at once, and judge each; never raises for a picture.

    `deadline` (a value of `time.monotonic()`) and `stop` end it early: what was seen until then counts. `executor`
    takes the place of the threads (Dask's, say): then `reader` and the pictures have to be picklable.
    `on_progress` is told the number of pictures done.
    """
    started = time.monotonic()
    pool = executor or Crew(threads, "pictures")
    tally = _Tally(examples)
    waiting = iter(enumerate(pictures))
    under_way = _UnderWay(pool, reader, 2 * threads)
    stopped = ""
    try:
        while not stopped and under_way.fill(waiting):
            done = under_way.done()
            for one in done:
                tally.add(one)
            if done and on_progress:
                on_progress(tally.done)
            stopped = _ended(deadline, stop)
    finally:
        under_way.cancel()
        if executor is None:
            pool.shutdown(wait=not stopped and not len(under_way), cancel_futures=True)
    if stopped and not len(under_way) and next(waiting, None) is None:
        stopped = ""
    return replace(tally.checked(), stopped=stopped, seconds=time.monotonic() - started)


class _UnderWay:
    """The pictures that are looked at just now, `most` at once."""

    def __init__(self, pool: Executor, reader: Reader, most: int) -> None:
        self._pool = pool
        self._reader = reader
        self._most = most
        self._running: set[Future[_Look]] = set()
        self._ready: SimpleQueue[Future[_Look]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._running)

    def fill(self, waiting: Iterator[tuple[int, Picture]]) -> bool:
        """Begin with as many more as may be under way. False where none is any more."""
        for item in islice(waiting, self._most - len(self)):
            future = self._pool.submit(look, self._reader, *item)
            self._running.add(future)
            future.add_done_callback(self._ready.put)
        return bool(self._running)

    def done(self) -> list[_Look]:
        """What is ready, or will be within a moment. `concurrent.futures.wait` would look at all that run each time."""
        found: list[Future[_Look]] = []
        with suppress(Empty):
            found.append(self._ready.get(timeout=_TICK))
            while True:
                found.append(self._ready.get_nowait())
        self._running.difference_update(found)
        return [future.result() for future in found]

    def cancel(self) -> None:
        """Begin with none of those that wait for a thread."""
        for future in self._running:
            future.cancel()


@dataclass(frozen=True)
class _Look:
    number: int
    picture: Picture
    seen: Header | OSError


def look(reader: Reader, number: int, picture: Picture) -> _Look:
    """Read one header; a picture that can't be read is told of, not raised."""
    try:
        seen = read_header(reader(picture.key), picture.size)
        if seen.truncated or seen.broken:
            seen = _as_it_is_now(reader, picture, seen)
    except OSError as error:
        return _Look(number, picture, error)
    return _Look(number, picture, seen)


def _as_it_is_now(reader: Reader, picture: Picture, seen: Header) -> Header:
    """The header of an object that has another size than it had when it was listed, else the one that was seen."""
    size_of: Callable[[str], int | None] = getattr(reader, "size_of", lambda _: None)
    size = size_of(picture.key)
    return seen if size in (None, picture.size) else read_header(reader(picture.key), size or 0)


def _ended(deadline: float | None, stop: threading.Event | None) -> str:
    if stop is not None and stop.is_set():
        return "it was interrupted"
    return "the time was up" if deadline is not None and time.monotonic() >= deadline else ""


@dataclass
class _Tally:
    """Findings counted by code, each with the first few places in the order of the pictures."""

    examples: int
    done: int = 0
    wrong: int = 0
    requests: int = 0
    fetched: int = 0
    errors: list[tuple[int, str, OSError]] = field(default_factory=list)
    unread: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    firsts: dict[str, list[tuple[int, Finding]]] = field(default_factory=dict)

    def add(self, look: _Look) -> None:
        self.done += 1
        picture, seen = look.picture, look.seen
        if isinstance(seen, OSError):
            self.unread += 1
            errors = [*self.errors, (look.number, picture.key, seen)]
            self.errors = sorted(errors, key=lambda error: error[0])[: self.examples]
            return
        self.requests += seen.requests
        self.fetched += seen.fetched
        findings = judge(seen, picture.file_name, picture.width, picture.height)
        self.wrong += any(finding.severity is Severity.ERROR for finding in findings)
        for finding in findings:
            self._count(look.number, finding)

    def _count(self, number: int, finding: Finding) -> None:
        code = finding.code
        self.counts[code] = self.counts.get(code, 0) + 1
        self.ranks[code] = max(self.ranks.get(code, 0), _RANK.index(finding.severity))
        firsts = [*self.firsts.get(code, ()), (number, finding)]
        self.firsts[code] = sorted(firsts, key=lambda first: first[0])[: self.examples]

    def checked(self) -> Checked:
        return Checked(
            self.done - self.unread,
            self.wrong,
            self.unread,
            tuple((key, error) for _, key, error in self.errors),
            tuple(self._findings()),
            requests=self.requests,
            fetched=self.fetched,
        )

    def _findings(self) -> Iterator[Finding]:
        for code in sorted(self.counts, key=lambda code: (-self.ranks[code], code)):
            firsts = [finding for _, finding in self.firsts[code]]
            examples: tuple[Example, ...] = tuple(finding.examples[0] for finding in firsts)
            count = self.counts[code]
            yield replace(
                firsts[0],
                severity=_RANK[self.ranks[code]],
                count=count,
                summary=summary(code, count),
                examples=examples,
            )
