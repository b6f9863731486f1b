"""A local HTTP server that answers with given bytes, whatever it is asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from harmless import look_at_raw

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from types import TracebackType

S3_HEADERS = {
    "x-amz-request-id": "4442587FB7D0A2F9",
    "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo=",
    "Date": "Tue, 24 Nov 2026 11:00:00 GMT",
    "Server": "AmazonS3",
}
"""What every answer of Amazon S3 carries."""


def answer(status: int, body: str | bytes = b"", headers: Mapping[str, str] = S3_HEADERS) -> bytes:
    """The bytes of one HTTP answer that closes the connection."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Reason", *(f"{name}: {value}" for name, value in headers.items())]
    if not any(name.lower() == "content-length" for name in headers):
        lines.append(f"Content-Length: {len(raw)}")
    lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def error(status: int, code: str, message: str, fields: str = "", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of Amazon S3's error document; `fields` is XML between the message and the request id."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{fields}'
        f"<RequestId>{S3_HEADERS['x-amz-request-id']}</RequestId><HostId>{S3_HEADERS['x-amz-id-2']}</HostId></Error>"
    )
    return answer(status, body, {**S3_HEADERS, "Content-Type": "application/xml", **(headers or {})})


class Replay:
    """Serves the answers in turn, the last one for ever; `requests` holds what was asked, head and body.

    With `tls` it speaks TLS. An empty answer closes the connection without a word; None keeps it open and silent.
    """

    def __init__(self, *answers: bytes | None, tls: ssl.SSLContext | None = None) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self._tls = tls
        self._silent: list[socket.socket] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Replay:  # noqa: PYI034 - typing.Self is younger than Python 3.10
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        for connection in (*self._silent, self._socket):
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.settimeout(5)
            with contextlib.suppress(OSError):
                if self._tls:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                self._converse(connection)
            if connection not in self._silent:
                connection.close()

    def _converse(self, connection: socket.socket) -> None:
        self.requests.append(_request(connection))
        look_at_raw(self.requests[-1])
        say = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if say is None:
            self._silent.append(connection)
        else:
            connection.sendall(say)


def _request(connection: socket.socket) -> bytes:
    """One request: its head, and its body where Content-Length names one."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return received
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    if b"expect: 100-continue" in head.lower():
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
