"""A list-only S3 server for tests and benchmarks: one join a page, with latency and faults on demand."""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote_plus
from xml.sax.saxutils import escape

from loopserver import LoopServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
ETAG = "&quot;d41d8cd98f00b204e9800998ecf8427e&quot;"
MIDDLE = (
    f"</Key><LastModified>2026-11-24T11:00:00.000Z</LastModified><ETag>{ETAG}</ETag>"
    "<Size>170000</Size><StorageClass>STANDARD</StorageClass></Contents>"
)
SLOW_DOWN = (
    '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
)


@dataclass
class Manners:
    """How the server behaves. `latency` is in seconds; `page` the most keys it gives at once.

    `cut(n)` says how many keys the nth request gets (a short page) ; `fault(n, query)` the raw answer in the place of
    a page, an empty one to close the connection. `per_second` is the rate above which it answers SlowDown.
    """

    latency: float = 0.0
    page: int = 1000
    cut: Callable[[int], int] | None = None
    fault: Callable[[int, dict[str, str]], bytes | None] | None = None
    per_second: float | None = None
    start_after: bool = True
    encode: bool = True


@dataclass
class ListServer(LoopServer):
    """Serves `keys` in the order given (sorted for all but ill-mannered servers); any bucket name will do.

    `requests` holds the query of each request.
    """

    keys: Sequence[str]
    manners: Manners = field(default_factory=Manners)
    requests: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.load(self.keys)
        self.latency = self.manners.latency
        self._recent: list[float] = []
        self.prepare()

    def load(self, keys: Sequence[str]) -> None:
        """Serve these keys from now on."""
        self.keys = keys
        self.encoded = [quote_plus(key, safe="/") for key in keys] if self.manners.encode else list(keys)

    def answer(self, head: bytes) -> bytes:
        """The raw answer to a GET, empty to hang up; anything but a GET finds nothing."""
        method, target, _ = head.split(b" ", 2)
        if method != b"GET":
            return http(404, "")
        query = dict(parse_qsl(target.decode().partition("?")[2], keep_blank_values=True))
        self.requests.append(query)
        number = len(self.requests)
        if self.manners.fault:
            faulty = self.manners.fault(number, query)
            if faulty is not None:
                return faulty
        if self._too_fast():
            return http(503, SLOW_DOWN)
        return http(200, self.page(query, number))

    def _too_fast(self) -> bool:
        if self.manners.per_second is None:
            return False
        now = time.monotonic()
        self._recent = [moment for moment in self._recent if now - moment < 1]
        if len(self._recent) >= self.manners.per_second:
            return True
        self._recent.append(now)
        return False

    def page(self, query: dict[str, str], number: int = 0) -> str:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        most = min(int(query.get("max-keys", 1000)), self.manners.page)
        if self.manners.cut:
            most = min(most, self.manners.cut(number))
        start = self._start(query, prefix)
        end = start if most == 0 else self._end(prefix)
        if delimiter:
            return self._grouped(prefix, delimiter, start, end, most)
        stop = min(start + most, end)
        keys = self.encoded[start:stop]
        more = (start + most < self._end(prefix)) if most == 0 else stop < end
        contents = f"<Contents><Key>{(MIDDLE + '<Contents><Key>').join(map(self._safe, keys))}{MIDDLE}" if keys else ""
        return self._document(prefix, contents, len(keys), f"i{stop}" if more else "")

    def _safe(self, key: str) -> str:
        return key if self.manners.encode else escape(key)

    def _start(self, query: dict[str, str], prefix: str) -> int:
        token = query.get("continuation-token", "")
        if token:
            return int(token[1:])
        first = bisect_left(self.keys, prefix) if prefix else 0
        after = query.get("start-after", "") if self.manners.start_after else ""
        return max(first, bisect_right(self.keys, after)) if after else first

    def _end(self, prefix: str) -> int:
        return bisect_left(self.keys, prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else len(self.keys)

    def _grouped(self, prefix: str, delimiter: str, start: int, end: int, most: int) -> str:
        parts: list[str] = []
        at = start
        while at < end and len(parts) < most:
            key = self.keys[at]
            cut = key.find(delimiter, len(prefix))
            if cut < 0:
                parts.append(f"<Contents><Key>{self._safe(self.encoded[at])}{MIDDLE}")
                at += 1
                continue
            child = key[: cut + len(delimiter)]
            name = quote_plus(child, safe="/") if self.manners.encode else escape(child)
            parts.append(f"<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>")
            at = bisect_left(self.keys, child[:-1] + chr(ord(child[-1]) + 1))
        return self._document(prefix, "".join(parts), len(parts), f"i{at}" if at < end else "")

    def _document(self, prefix: str, contents: str, count: int, token: str) -> str:
        encoding = "<EncodingType>url</EncodingType>" if self.manners.encode else ""
        name = quote_plus(prefix, safe="/") if self.manners.encode else escape(prefix)
        following = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
        return (
            f"{HEAD}<Name>bucket</Name><Prefix>{name}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>"
            f"{encoding}<IsTruncated>{'true' if token else 'false'}</IsTruncated>{following}{contents}"
            "</ListBucketResult>"
        )


def http(status: int, body: str) -> bytes:
    raw = body.encode()
    head = (
        f"HTTP/1.1 {status} Reason\r\nx-amz-request-id: 4442587FB7D0A2F9\r\nContent-Type: application/xml\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw
