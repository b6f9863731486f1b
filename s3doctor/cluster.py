"""Pictures checked by the workers of a Dask cluster, whose task graphs and dashboards never hold a secret."""

from __future__ import annotations

import secrets
import threading
import time
from asyncio import TimeoutError as NoAnswer
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from s3doctor.connection import BadInput, Connection
from s3doctor.s3.objects import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

    from s3doctor.pictures import Checked, Picture
    from s3doctor.s3.reading import RangeReader

CONNECT_SECONDS = 10.0
CALL_SECONDS = 15.0
GRACE_SECONDS = 30.0
"""For which a key is kept beyond the time limit, so that what has begun can end."""
INSTALL = "pip install 's3doctor[dask]'"


class ClusterError(Exception):
    """The cluster did not do its work; the message is one line that says why."""


class LostKeyError(OSError):
    """A worker that was lent no access key, or for whom the time is over, was asked to read."""


@dataclass(frozen=True)
class RemoteReader:
    """Opens objects by key on a worker, with the access key that this was lent under `token`, a random name."""

    token: str

    def __call__(self, key: str) -> Callable[[int, int], bytes]:
        """A function that fetches bytes of the object; it raises UnreadableError where S3 refuses."""
        return partial(_fetch, self.token, key)

    def size_of(self, key: str) -> int | None:
        """The object's size in bytes as it is now; None where that can't be told."""
        reader = _lent.get(self.token)
        return reader.size_of(key) if reader is not None else None


_lent: dict[str, RangeReader] = {}
"""On a worker: what may be read with, by token."""


def _fetch(token: str, key: str, start: int, length: int) -> bytes:
    from s3doctor.s3.reading import ReadError

    reader = _lent.get(token)
    if reader is None:
        raise LostKeyError("a worker holds no access key, or no longer")
    try:
        return reader(key)(start, length)
    except ReadError as error:
        raise UnreadableError(replace(error.answer, data={}, body=b"")) from None


def lend(token: str, connection: Connection, seconds: float) -> None:
    """On a worker: keep the connection's access key in memory, for so many seconds at most."""
    from s3doctor.s3.client import S3
    from s3doctor.s3.reading import RangeReader

    ends = time.monotonic() + seconds
    client = S3(connection, threading.Event(), lambda: ends - time.monotonic()).client(connection.bucket)
    _lent[token] = RangeReader(client, connection.bucket, deadline=ends)
    timer = threading.Timer(seconds, take_back, [token])
    timer.daemon = True
    timer.start()


def take_back(token: str) -> None:
    """On a worker: forget the access key."""
    _lent.pop(token, None)


class Cluster:
    """A connection to the Dask scheduler at `address`. Raises BadInput where none answers within seconds."""

    def __init__(self, address: str, seconds: float = CONNECT_SECONDS) -> None:
        self.address = address
        self._tokens: set[str] = set()
        distributed = _distributed()
        try:
            self._client = distributed.Client(
                address, timeout=max(1.0, min(seconds, CONNECT_SECONDS)), set_as_default=False, name="s3doctor"
            )
        except (OSError, ValueError, RuntimeError, NoAnswer) as error:
            raise BadInput(
                f"--dask {address}: no scheduler answers ({type(error).__name__}): expected a Dask cluster that runs"
            ) from None

    @property
    def encrypted(self) -> bool:
        """Whether what is sent to the workers can be read by nobody else on the network."""
        return self.address.startswith(("tls://", "wss://"))

    @contextmanager
    def reading(self, connection: Connection, seconds: float) -> Iterator[tuple[RemoteReader, Executor, int]]:
        """A reader of the connection's bucket, an Executor of the workers that can use it, and how many they are.

        The access key goes to each worker's memory in a message of its own, is no part of any task, and is forgotten
        at the end, or soon after so many seconds whatever happens. Raises ClusterError where no worker took it.
        """
        token = secrets.token_hex(8)
        self._tokens.add(token)
        needed = Connection(
            connection.bucket,
            connection.credentials,
            region=connection.region,
            endpoint_url=connection.endpoint_url,
            timeout=connection.timeout,
        )
        try:
            threads = self._asked(self._client.scheduler.ncores)
            taken = self._told(lend, token, needed, seconds + GRACE_SECONDS)
            ready = [worker for worker, fault in taken.items() if fault is None]
            if not ready:
                faults = sorted({type(fault).__name__ for fault in taken.values()}) or ["it has none"]
                raise ClusterError(
                    f"no worker of {self.address} can read ({', '.join(faults)}): they need s3doctor, as it is here"
                )
            executor = self._client.get_executor(pure=False, workers=ready)
            yield RemoteReader(token), executor, sum(threads.get(worker, 1) for worker in ready)
        finally:
            self._take_back(token)

    def close(self) -> None:
        """Have the workers forget what they were lent, and leave the cluster as it is."""
        for token in list(self._tokens):
            self._take_back(token)
        self._client.close(timeout=CALL_SECONDS)

    def _take_back(self, token: str) -> None:
        """Have the workers forget; one that cannot be reached forgets by itself."""
        self._tokens.discard(token)
        with suppress(ClusterError):
            self._told(take_back, token)

    def _told(self, function: Callable[..., None], *arguments: object) -> dict[str, Any]:
        """Call a function on each worker; what it raised there, or None, by the worker's address."""
        run = self._client._run  # noqa: SLF001 - `run` itself, with a time limit
        answers: dict[str, Any] = self._asked(run, function, *arguments, on_error="return")
        return answers

    def _asked(self, question: Callable[..., Any], *arguments: object, **options: object) -> Any:  # noqa: ANN401 - Dask's
        """The answer to a coroutine of Dask's. Raises ClusterError where none comes in time."""
        try:
            return self._client.sync(question, *arguments, callback_timeout=CALL_SECONDS, **options)
        except (OSError, ValueError, RuntimeError, NoAnswer) as error:
            raise ClusterError(f"the Dask cluster at {self.address} gives no answer ({type(error).__name__})") from None


def check_on(
    cluster: Cluster,
    connection: Connection,
    pictures: Iterable[Picture],
    *,
    seconds: float,
    stop: threading.Event,
    on_progress: Callable[[int], None] | None = None,
) -> Checked:
    """What `check_pictures` gives, worked out by the cluster within so many seconds. Raises ClusterError."""
    from s3doctor.pictures import check_pictures

    # TypeError: what distributed's Executor makes of an answer that was lost after it had been given
    dead: tuple[type[BaseException], ...] = (CancelledError, OSError, RuntimeError, TypeError, *_lost())
    with cluster.reading(connection, seconds) as (reader, executor, threads):
        try:
            checked = check_pictures(
                reader,
                pictures,
                threads=threads,
                executor=executor,
                deadline=time.monotonic() + seconds,
                stop=stop,
                on_progress=on_progress,
            )
        except dead as error:
            raise ClusterError(f"the Dask cluster at {cluster.address} lost a task ({type(error).__name__})") from None
    if any(isinstance(error, LostKeyError) for _, error in checked.errors):
        raise ClusterError(f"workers of {cluster.address} lost the access key before all images were read")
    return checked


def _distributed() -> Any:  # noqa: ANN401 - an extra, imported late
    try:
        import distributed
    except ImportError:
        raise BadInput(f"--dask needs Dask's distributed: expected it installed, with {INSTALL}") from None
    return distributed


def _lost() -> tuple[type[Exception], ...]:
    """What Dask raises where a task's workers died."""
    from distributed.scheduler import KilledWorker, NoValidWorkerError

    return KilledWorker, NoValidWorkerError
