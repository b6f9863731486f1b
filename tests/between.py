"""Something between the doctor and its server that does harm to chosen requests and lets all others through."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

PIECE = 65536
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Asked:
    """One request as it came in: its request line's parts, its head and body."""

    method: str
    target: str
    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        """Method and target, to be matched."""
        return f"{self.method} {self.target}"


@dataclass
class Rule:
    """What happens to requests whose line matches `pattern`: `harm` gets the client's socket and the true answer.

    Requests whose head holds `unless` are let through. It is done `times` times (None: always), after `spare` requests
    were let through. Where the request is not to arrive at the server, `arrives` is False and the true answer empty.
    """

    pattern: str
    harm: Callable[[socket.socket, bytes], None]
    times: int | None = None
    spare: int = 0
    arrives: bool = True
    unless: bytes = b""

    def takes(self, asked: Asked) -> bool:
        """Whether this request is one of those, counting it."""
        if self.times == 0 or not re.search(self.pattern, asked.line):
            return False
        if self.unless and self.unless in asked.head.lower():
            return False
        if self.spare:
            self.spare -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


def say(raw: bytes) -> Callable[[socket.socket, bytes], None]:
    """Answer with these bytes."""
    return lambda client, _: client.sendall(raw)


def reset(client: socket.socket, _: bytes) -> None:
    """Break the connection off with a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.close()


def close(client: socket.socket, _: bytes) -> None:
    """Close the connection without a word."""
    client.close()


def cut(share: float) -> Callable[[socket.socket, bytes], None]:
    """Send this share of the true answer, then close."""
    return lambda client, answer: client.sendall(answer[: int(len(answer) * share)])


def promise_more(client: socket.socket, answer: bytes) -> None:
    """Announce more bytes than come."""
    found = re.search(rb"(?im)^content-length:\s*(\d+)", answer)
    client.sendall(answer.replace(found[0], b"Content-Length: %d" % (int(found[1]) + 500), 1) if found else answer)


def stall(seconds: float) -> Callable[[socket.socket, bytes], None]:
    """Say nothing for so long, then close."""
    return lambda _client, _answer: time.sleep(seconds)


def drip(seconds: float, pieces: int = 20) -> Callable[[socket.socket, bytes], None]:
    """Send the true answer in pieces over so many seconds."""

    def slowly(client: socket.socket, answer: bytes) -> None:
        size = max(1, len(answer) // pieces)
        for start in range(0, len(answer), size):
            client.sendall(answer[start : start + size])
            time.sleep(seconds / pieces)

    return slowly


@dataclass
class Between:
    """A proxy on loopback in front of `upstream` (an http URL), one request a connection; `asked` is its log."""

    upstream: str
    rules: list[Rule] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Between:  # noqa: PYI034 - typing.Self is younger than Python 3.10
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            client.settimeout(60)
            asked = _read(client)
            if asked is None:
                return
            self.asked.append(asked)
            rule = next((rule for rule in self.rules if rule.takes(asked)), None)
            if rule is None:
                client.sendall(self._true(asked))
            else:
                rule.harm(client, self._true(asked) if rule.arrives else b"")

    def _true(self, asked: Asked) -> bytes:
        """The server's own answer."""
        where = urlsplit(self.upstream)
        with socket.create_connection((where.hostname, where.port), 60) as server:
            lines = [
                line for line in asked.head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"expect:"))
            ]
            server.sendall(b"\r\n".join([*lines, b"Connection: close", b"", asked.body]))
            parts = []
            while piece := server.recv(PIECE):
                parts.append(piece)
        return b"".join(parts)


def _read(client: socket.socket) -> Asked | None:
    received = b""
    while b"\r\n\r\n" not in received:
        more = client.recv(PIECE)
        if not more:
            return None
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    if b"100-continue" in head.lower():
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    found = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    while len(body) < int(found[1] if found else 0):
        body += client.recv(PIECE)
    method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    return Asked(method, target, head, body)
