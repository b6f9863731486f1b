"""All objects under a prefix: the set that boto3's paginator gives, in compact memory, with an honest end."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.s3.listing_page import Entry, Page
from s3doctor.s3.listing_walk import Walk

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from s3doctor.s3.answer import Answer
    from s3doctor.s3.listing_page import Columns
    from s3doctor.s3.listing_ranges import Range
    from s3doctor.s3.listing_request import ListingClient

__all__ = ["Entry", "Listing", "Progress", "list_keys"]

SMALL = 20_000
"""Objects up to which a limit is kept to exactly: such a listing is walked in one chain."""

TICK = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a listing has come: objects so far, requests answered, seconds since its start.

    `estimate` is a guess of how many objects there will be in all; None where there is nothing to guess from.
    """

    objects: int
    requests: int
    seconds: float
    estimate: int | None = None

    @property
    def rate(self) -> float:
        """Objects a second."""
        return self.objects / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Listing:
    """Objects whose keys begin with `prefix`, in the server's order, which is that of UTF-8 bytes.

    Iterating gives an Entry for each. `complete` says whether these are all; if not, `stopped` says in words what
    ended the listing and `error` holds S3's answer where it was a refusal or a fault. `gaps` are the stretches of
    keys that were not looked at, as pairs `(after, until)`: `after` itself was looked at, `until` None means the end.
    `at_least` is how many objects are known to exist, `requests` how many requests were answered. `ordered` is False
    where the server kept no order.
    """

    bucket: str
    prefix: str
    pages: tuple[Page, ...] = ()
    gaps: tuple[tuple[str, str | None], ...] = ()
    stopped: str = ""
    error: Answer | None = None
    at_least: int = 0
    requests: int = 0
    seconds: float = 0.0
    ordered: bool = True

    @property
    def complete(self) -> bool:
        """Whether every object under the prefix is here."""
        return not self.gaps

    @property
    def count(self) -> int:
        """How many objects are here."""
        return sum(map(len, self.pages))

    @property
    def size(self) -> int:
        """The bytes of the objects here, summed."""
        return sum(sum(page.sizes) for page in self.pages)

    @property
    def text(self) -> str:
        """How many objects there are, in words that claim no more than was seen."""
        if self.complete:
            return f"{self.count:,} objects"
        first = "the first " if len(self.gaps) == 1 and self.gaps[0][1] is None else ""
        return f"{first}{self.count:,} of at least {self.at_least:,} objects ({self.stopped})"

    def covers(self, key: str) -> bool:
        """Whether an object of this key, had it existed, would be here."""
        if not self.gaps or not key.startswith(self.prefix):
            return key.startswith(self.prefix)
        return not any(after < key and (until is None or key <= until) for after, until in self.gaps)

    def keys(self) -> Iterator[str]:
        """The keys, in order."""
        for page in self.pages:
            yield from page.keys()

    def columns(self) -> Iterator[Columns]:
        """Keys, sizes, storage classes and tags of a page, page after page."""
        return (page.columns() for page in self.pages if page)

    def find(self, keys: Iterable[str]) -> Iterator[Entry]:
        """The objects of these keys, in order; only the pages that may hold one are looked into."""
        wanted = set(keys)
        rising = sorted(wanted)
        for page in filter(len, self.pages):
            if not self.ordered or bisect_left(rising, page.first) < bisect_right(rising, page.last):
                yield from (entry for entry in page.entries() if entry.key in wanted)

    def __iter__(self) -> Iterator[Entry]:
        for page in self.pages:
            yield from page.entries()

    def __len__(self) -> int:
        return self.count


def list_keys(
    client: ListingClient,
    bucket: str,
    prefix: str = "",
    *,
    max_objects: int | None = None,
    deadline: float | None = None,
    stop: threading.Event | None = None,
    threads: int = 64,
    on_progress: Callable[[Progress], None] | None = None,
) -> Listing:
    """List every object whose key begins with `prefix`; needs `s3:ListBucket` and nothing else, and never raises.

    A folder that fits on one page costs one request; of a larger one stretches are walked side by side, in up to
    `threads` threads, as many as the client's `max_pool_connections` has connections for. `max_objects` and
    `deadline` (a value of `time.monotonic()`) end it early, as does setting `stop`; what was seen until then is kept,
    and the Listing says that it is not all. `on_progress` is called from the caller's thread, some times a second.
    """
    started = time.monotonic()
    small = max_objects is not None and max_objects <= SMALL
    walk = Walk(client, bucket, prefix, threads=1 if small else threads, most=max_objects)
    stopped = _watch(walk, started, deadline, stop, on_progress)
    requests = walk.requests
    if walk.disorder:
        walk = Walk(client, bucket, prefix, threads=1, most=max_objects, ordered=False)
        stopped = _watch(walk, started, deadline, stop, on_progress)
        requests += walk.requests
    with walk.changed:
        ranges = sorted(walk.ranges, key=lambda part: part.start)
    return _listing(walk, ranges, stopped, requests, time.monotonic() - started)


def _watch(
    walk: Walk,
    started: float,
    deadline: float | None,
    stop: threading.Event | None,
    on_progress: Callable[[Progress], None] | None,
) -> str:
    """Run a walk to its end, or stop it; why it was stopped, in words."""
    reported = -1
    stopped = _ended(deadline, stop)
    try:
        if not stopped:
            walk.run()
        while not stopped and not walk.over.wait(TICK):
            stopped = _ended(deadline, stop)
            if on_progress and walk.count != reported:
                reported = walk.count
                on_progress(Progress(reported, walk.requests, time.monotonic() - started, walk.estimate))
    finally:
        walk.halt()
    if on_progress:
        on_progress(Progress(walk.count, walk.requests, time.monotonic() - started, walk.estimate))
    return stopped


def _listing(walk: Walk, ranges: Sequence[Range], stopped: str, requests: int, seconds: float) -> Listing:
    """What a walk has found, cut to the limit, with the stretches that it has not seen."""
    gaps: list[tuple[str, str | None]] = [(part.after, part.until) for part in ranges if not part.done]
    pages = [page for part in ranges for page in part.pages]
    seen = sum(map(len, pages)) + any(part.token and part.until is None and not part.done for part in ranges)
    if walk.most is not None and walk.count > walk.most:
        pages = list(_cut_to(pages, walk.most))
        last = pages[-1].last if pages else ""
        gaps = [*((after, until) for after, until in gaps if after < last), (last, None)]
    if gaps and not walk.ordered:
        gaps = [("", None)]
    if walk.error is not None:
        stopped = f"{walk.error.http} {walk.error.code}".strip() if walk.error.http else walk.error.fault
    elif gaps and not stopped:
        stopped = f"the limit of {walk.most:,} objects was reached"
    return Listing(
        walk.bucket,
        walk.prefix,
        tuple(pages),
        tuple(gaps),
        stopped if gaps else "",
        walk.error,
        seen,
        requests,
        seconds,
        walk.ordered,
    )


def _cut_to(pages: Sequence[Page], most: int) -> Iterator[Page]:
    """The first pages, with `most` objects in all."""
    for page in pages:
        if not most:
            return
        yield page if len(page) <= most else page.cut(most)
        most = max(0, most - len(page))


def _ended(deadline: float | None, stop: threading.Event | None) -> str:
    """Why the listing may not go on, in words; empty if it may."""
    if stop is not None and stop.is_set():
        return "it was interrupted"
    return "the time was up" if deadline is not None and time.monotonic() >= deadline else ""
