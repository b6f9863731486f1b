"""All objects under a prefix: the set that boto3's paginator gives, in compact memory, with an honest end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.s3.listing_page import Entry, Page, ask_page, page_from_data

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from s3doctor.s3.answer import Answer
    from s3doctor.s3.listing_page import ListingClient

__all__ = ["Entry", "Listing", "Progress", "list_keys"]

PAGE = 1000


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
    `at_least` is how many objects are known to exist, `requests` how many requests were answered.
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
        return key.startswith(self.prefix) and not any(
            after < key and (until is None or key <= until) for after, until in self.gaps
        )

    def keys(self) -> Iterator[str]:
        """The keys, in order."""
        for page in self.pages:
            yield from page.keys()

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
    threads: int = 32,  # noqa: ARG001 - one chain for now
    on_progress: Callable[[Progress], None] | None = None,
) -> Listing:
    """List every object whose key begins with `prefix`; needs `s3:ListBucket` and nothing else, and never raises.

    `max_objects` and `deadline` (a value of `time.monotonic()`) end it early, as does setting `stop`; what was seen
    until then is kept, and the Listing says that it is not all. A folder that fits on one page costs one request.
    """
    started = time.monotonic()
    pages: list[Page] = []
    count, requests, token, last = 0, 0, "", ""
    error: Answer | None = None
    stopped = ""
    truncated = True
    while truncated:
        stopped = _ended(count, max_objects, deadline, stop)
        if stopped:
            break
        wanted = PAGE if max_objects is None else min(PAGE, max_objects - count)
        answer = ask_page(client, bucket, prefix, token=token, size=wanted)
        requests += 1
        if not answer.ok:
            error, stopped = answer, "S3 refused to go on" if answer.http else "the connection failed"
            break
        page = page_from_data(answer.data)
        truncated, token = bool(answer.data.get("IsTruncated")), answer.data.get("NextContinuationToken", "")
        pages.append(page)
        count += len(page)
        last = page.keys()[-1] if page else last
        if on_progress:
            on_progress(Progress(count, requests, time.monotonic() - started))
    more = truncated and error is None and requests > 0
    return Listing(
        bucket,
        prefix,
        tuple(pages),
        ((last, None),) if truncated else (),
        stopped,
        error,
        count + more,
        requests,
        time.monotonic() - started,
    )


def _ended(count: int, max_objects: int | None, deadline: float | None, stop: threading.Event | None) -> str:
    """Why the listing may not go on, in words; empty if it may."""
    if stop is not None and stop.is_set():
        return "it was interrupted"
    if deadline is not None and time.monotonic() >= deadline:
        return "the time was up"
    if max_objects is not None and count >= max_objects:
        return f"the limit of {max_objects:,} objects was reached"
    return ""
