"""A list-only S3 server for tests and benchmarks: asyncio, one join a page, with latency and faults on demand."""

from __future__ import annotations

import asyncio
import threading
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, quote_plus
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

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
class ListServer:
    """Serves `keys` in the order given (sorted for all but ill-mannered servers); any bucket name will do.

    `requests` holds the query of each request. Used as a context manager it runs in a thread.
    """

    keys: Sequence[str]
    manners: Manners = field(default_factory=Manners)
    requests: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self.load(self.keys)
        self._recent: list[float] = []
        self.transports: set[asyncio.Transport] = set()
        self._open = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def load(self, keys: Sequence[str]) -> None:
        """Serve these keys from now on."""
        self.keys = keys
        self.encoded = [quote_plus(key, safe="/") for key in keys] if self.manners.encode else list(keys)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> ListServer:  # noqa: PYI034 - typing.Self is younger than Python 3.10
        self._thread.start()
        self._ready.wait(60)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        server = self._loop.run_until_complete(self.listen())
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._part())
        self._loop.close()

    async def _part(self) -> None:
        """Let go of all connections, also of those that came in last."""
        for _ in range(200):
            await asyncio.sleep(0.01)
            if not self.transports:
                return
            for transport in tuple(self.transports):
                transport.abort()

    async def listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Conversation(self, loop), "127.0.0.1", self.port, backlog=256)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def answer(self, target: str) -> bytes:
        """The raw answer to a GET of `target`, empty to hang up; anything but a GET finds nothing."""
        if not target:
            return http(404, "")
        query = dict(parse_qsl(target.partition("?")[2], keep_blank_values=True))
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


class _Conversation(asyncio.Protocol):
    """One connection: requests in turn, kept alive."""

    def __init__(self, server: ListServer, loop: asyncio.AbstractEventLoop) -> None:
        self.server, self.loop, self.received = server, loop, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.server.transports.add(self.transport)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's interface
        self.server.transports.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            method, path, _ = head.split(b" ", 2)
            target = path.decode() if method == b"GET" else ""
            self.server._open += 1  # noqa: SLF001 - the server's other half
            self.server.most_at_once = max(self.server.most_at_once, self.server._open)  # noqa: SLF001
            if self.server.manners.latency:
                self.loop.call_later(self.server.manners.latency, self.say, target)
            else:
                self.say(target)

    def say(self, target: str) -> None:
        self.server._open -= 1  # noqa: SLF001 - the server's other half
        if self.transport.is_closing():
            return
        raw = self.server.answer(target)
        if raw:
            self.transport.write(raw)
        else:
            self.transport.close()


def http(status: int, body: str) -> bytes:
    raw = body.encode()
    head = (
        f"HTTP/1.1 {status} Reason\r\nx-amz-request-id: 4442587FB7D0A2F9\r\nContent-Type: application/xml\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw
