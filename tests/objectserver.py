"""An S3 server that only gives ranges of objects: the answers made beforehand, with latency and faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from loopserver import LoopServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Fault = Callable[[int, str], bytes | None]

_RANGE = re.compile(rb"\r\n[Rr]ange: *bytes=(\d+)-(\d+)")
MARKS = "x-amz-request-id: 4442587FB7D0A2F9\r\nServer: AmazonS3\r\n"


@dataclass
class ObjectServer(LoopServer):
    """Serves `objects` by key; any bucket name (the first part of the path) will do.

    A key that is not there is answered by `default`, or else by 404 NoSuchKey. `latency` is in seconds; `fault(n, key)`
    gives the raw answer to the nth request in the place of the true one, an empty one to close the connection.
    `requests` counts, `heads` keeps the heads of requests if `keep`.
    """

    objects: Mapping[str, bytes] = field(default_factory=dict)
    default: bytes | None = None
    latency: float = 0.0
    fault: Fault | None = None
    keep: bool = False
    port: int = 0

    def __post_init__(self) -> None:
        self.requests = 0
        self.heads: list[bytes] = []
        self._made: dict[tuple[int, int, int], bytes] = {}
        self.prepare()

    def answer(self, head: bytes) -> bytes:
        """The raw answer to a request, empty to hang up."""
        self.requests += 1
        if self.keep:
            self.heads.append(head)
        target = head[head.index(b" ") + 1 : head.index(b" HTTP/")].partition(b"?")[0]
        key = unquote(target.decode()).partition("/")[2].partition("/")[2]
        faulty = self.fault(self.requests, key) if self.fault else None
        if faulty is not None:
            return faulty
        found = self.objects.get(key, self.default)
        if found is None:
            return error(404, "NoSuchKey", "The specified key does not exist.")
        asked = _RANGE.search(head)
        first, last = (int(asked[1]), int(asked[2])) if asked else (0, len(found) - 1)
        if first >= len(found):
            return error(416, "InvalidRange", "The requested range is not satisfiable")
        what = (id(found), first, last)
        if what not in self._made:
            self._made[what] = _part_of(found, first, last)
        made = self._made[what]
        return made[: made.index(b"\r\n\r\n") + 4] if head.startswith(b"HEAD") else made


def _part_of(found: bytes, first: int, last: int) -> bytes:
    part = found[first : last + 1]
    head = (
        f"HTTP/1.1 206 Partial Content\r\n{MARKS}Content-Type: image/jpeg\r\nAccept-Ranges: bytes\r\n"
        f'ETag: "d41d8cd98f00b204e9800998ecf8427e"\r\nLast-Modified: Tue, 24 Nov 2026 11:00:00 GMT\r\n'
        f"Content-Range: bytes {first}-{first + len(part) - 1}/{len(found)}\r\nContent-Length: {len(part)}\r\n\r\n"
    )
    return head.encode() + part


def error(status: int, code: str, message: str) -> bytes:
    """The raw answer of an error, as S3 words it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return (
        f"HTTP/1.1 {status} Reason\r\n{MARKS}Content-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
