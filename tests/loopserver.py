"""An HTTP server on loopback that answers at once or after a set time: asyncio, in a thread, connections kept alive."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class LoopServer:
    """`answer` is what a kind of server gives. Used as a context manager it runs in a thread.

    `latency` is in seconds, `most_at_once` the most requests that ever waited side by side, `transports` are the
    connections that are open.
    """

    port = 0
    latency = 0.0

    def prepare(self) -> None:
        """To be called before anything else."""
        self.most_at_once = self.waiting = 0
        self.transports: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def answer(self, head: bytes) -> bytes:
        """The raw answer to a request of which this is the head, empty to hang up."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
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
        server = await loop.create_server(lambda: _Conversation(self, loop), "127.0.0.1", self.port, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        return server


class _Conversation(asyncio.Protocol):
    """One connection: requests in turn."""

    def __init__(self, server: LoopServer, loop: asyncio.AbstractEventLoop) -> None:
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
            self.server.waiting += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.waiting)
            if self.server.latency:
                self.loop.call_later(self.server.latency, self.say, head)
            else:
                self.say(head)

    def say(self, head: bytes) -> None:
        self.server.waiting -= 1
        if self.transport.is_closing():
            return
        raw = self.server.answer(head)
        if raw:
            self.transport.write(raw)
        if not raw or b"onnection: close" in head:
            self.transport.close()
