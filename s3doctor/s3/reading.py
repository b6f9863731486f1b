"""An object as a readable stream: read in ranges, resumed after a dropped connection, pinned to one ETag."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from s3doctor.s3.answer import Answer
from s3doctor.s3.asking import answer_from_fault, ask, unreadable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

RANGE = 8 << 20
TRIES = 5
_PAUSE = 0.1
_PIECE = 256 << 10  # a broken connection loses no more than this
_TOO_FAR = 416
_CHANGED = (404, 412, 416)  # deleted, rewritten, shortened
_SERVER_ERROR = 500
OUT_OF_TIME, INTERRUPTED = "out of time", "interrupted"
OBJECT_CHANGED, RANGE_IGNORED = "ObjectChanged", "RangeIgnored"
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class ReadingClient(Protocol):
    """What reading needs of a boto3 client: these have no static type."""

    def get_object(self, **parameters: object) -> Mapping[str, Any]:
        """One request for an object or a range of it."""


class ReadError(OSError):
    """The object could not be read on: `answer` says why, `offset` how many bytes had been read until then.

    Where S3's answer was a good one and yet of no use, `answer` has no status but a `fault` of our own: OUT_OF_TIME,
    INTERRUPTED, OBJECT_CHANGED or RANGE_IGNORED.
    """

    def __init__(self, message: str, answer: Answer, offset: int) -> None:
        super().__init__(message)
        self.answer = answer
        self.offset = offset


class ObjectChangedError(ReadError):
    """Somebody wrote or deleted the object while it was being read."""


class ReadStoppedError(ReadError):
    """The deadline came, or `stop` was set."""


class ObjectStream:
    """The bytes of one object, in order; whatever was read is of one version of it.

    Each request asks for at most `range_size` bytes; a body that breaks off, and an answer that S3 is busy, are asked
    again from where they broke off, up to five times without progress. `deadline` is a value of `time.monotonic()`,
    `stop` ends the reading when set. Needs `s3:GetObject`. `size` (bytes), `etag` and `answer` (the first one) are
    known once something was read. `read` raises ReadError where the read is denied or goes on failing,
    ObjectChangedError where ETag or length change under way, ReadStoppedError at the deadline. An object is closed
    with `close` or by `with`.
    """

    def __init__(
        self,
        client: ReadingClient,
        bucket: str,
        key: str,
        *,
        deadline: float | None = None,
        stop: threading.Event | None = None,
        range_size: int = RANGE,
    ) -> None:
        self.bucket, self.key = bucket, key
        self.etag = ""
        self.size: int | None = None
        self.offset = 0
        self.requests = 0
        self.answer: Answer | None = None
        self._client = client
        self._deadline, self._stop, self._range = deadline, stop, range_size
        self._body: Any = None
        self._left = 0
        self._failures = 0

    def __enter__(self) -> ObjectStream:  # noqa: PYI034 - typing.Self is younger than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go; nothing can be lost by it."""
        if self._body is not None:
            self._body.close()
            self._body = None

    def read(self, n: int = -1) -> bytes:
        """Up to `n` bytes, all of them if negative; fewer only at the end of the object."""
        parts: list[bytes] = []
        wanted = n if n >= 0 else None
        while wanted is None or wanted > 0:
            self._check_time()
            if self.offset == self.size:
                break
            part = self._some(self._range if wanted is None else wanted)
            wanted = None if wanted is None else wanted - len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _some(self, wanted: int) -> bytes:
        """What the open body gives, none if it broke off; a new one is asked for where there is none."""
        if self._body is None and not self._open():
            return b""
        part = self._read_body(min(wanted, self._left, _PIECE))
        self.offset += len(part)
        self._left -= len(part)
        if part:
            self._failures = 0
        if not self._left:
            self.close()
        return part

    def _read_body(self, amount: int) -> bytes:
        from botocore.exceptions import FlexibleChecksumError, HTTPClientError, IncompleteReadError
        from urllib3.exceptions import HTTPError

        try:
            part = cast("bytes", self._body.read(amount))
            if len(part) == self._left:
                self._body.read(1)  # botocore compares the checksum at the end only
        except (HTTPClientError, IncompleteReadError, HTTPError, OSError) as error:
            self.close()
            self._failed(answer_from_fault("GetObject", self._resource, error, 0.0))
            return b""
        except FlexibleChecksumError as error:
            self.close()
            answer = answer_from_fault("GetObject", self._resource, error, 0.0)
            raise ReadError("the bytes that came do not fit the object's checksum", answer, self.offset) from None
        return part

    def _open(self) -> bool:
        """Ask for the next range; False where there is none, or where it has to be asked for again."""
        parameters = {"Range": f"bytes={self.offset}-{self.offset + self._range - 1}"}
        if self.etag:
            parameters["IfMatch"] = self.etag
        call = partial(self._client.get_object, Bucket=self.bucket, Key=self.key, **parameters)
        answer = ask("GetObject", self._resource, call, body_limit=None)
        self.requests += 1
        if self.answer is None:
            self.answer = replace(answer, data={k: v for k, v in answer.data.items() if k != "Body"})
        if answer.ok:
            return self._take(answer)
        if answer.http == _TOO_FAR and not self.etag:
            self.size = 0
            return False
        self._judge(answer)
        return False

    def _judge(self, answer: Answer) -> None:
        """Raise unless the refusal is one that passes by itself."""
        if self.etag and answer.http in _CHANGED:
            raise self._changed(answer)
        busy = answer.http is None or answer.http >= _SERVER_ERROR
        if not busy or not self.etag:
            raise ReadError(answer.evidence.text, answer, self.offset)
        self._failed(answer)

    def _take(self, answer: Answer) -> bool:
        """Take over the body of an answer, once it is known to belong to the same version; False where none came."""
        self._body = answer.data["Body"]
        if "ContentLength" not in answer.data:  # it broke off in its head
            self.close()
            self._failed(unreadable(answer))
            return False
        found = _CONTENT_RANGE.fullmatch(answer.data.get("ContentRange", ""))
        start, size = (int(found[1]), int(found[2])) if found else (0, int(answer.data["ContentLength"]))
        etag = answer.data.get("ETag", "")
        if self.size not in (None, size) or etag != (self.etag or etag):
            self.close()
            raise self._changed(answer)
        if start != self.offset:
            self.close()
            raise _range_ignored(answer, self.offset)
        self.size, self.etag = size, etag
        self._left = min(int(answer.data["ContentLength"]), size - start)
        return True

    def _failed(self, answer: Answer) -> None:
        """Wait before the next try; raise once there were too many without progress."""
        self._failures += 1
        if self._failures >= TRIES:
            raise ReadError(f"{answer.evidence.text}: {TRIES} times in a row", answer, self.offset)
        pause = _PAUSE * 2**self._failures
        if self._deadline is not None:
            pause = max(0.0, min(pause, self._deadline - time.monotonic()))
        if self._stop is None:
            time.sleep(pause)
        else:
            self._stop.wait(pause)

    def _check_time(self) -> None:
        reason = stopped(self._deadline, self._stop)
        if reason:
            self.close()
            answer = Answer("GetObject", self._resource, fault=reason)
            raise ReadStoppedError(f"{self._resource}: {reason} after {self.offset:,} bytes", answer, self.offset)

    def _changed(self, answer: Answer) -> ObjectChangedError:
        useless = _of_no_use(answer, OBJECT_CHANGED)
        return ObjectChangedError(f"{self._resource} changed while it was being read", useless, self.offset)

    @property
    def _resource(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class RangeReader:
    """Opens objects of a bucket by key: `reader(key)(start, length)` gives bytes of one, fewer at its end.

    Needs `s3:GetObject`; raises ReadError where S3 refuses, ReadStoppedError once `deadline` (a value of
    `time.monotonic()`) has passed or `stop` is set. Fit for `s3doctor.pictures.check_pictures`.
    """

    def __init__(
        self,
        client: ReadingClient,
        bucket: str,
        *,
        deadline: float | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self._client, self._bucket = client, bucket
        self._deadline, self._stop = deadline, stop

    def __call__(self, key: str) -> Callable[[int, int], bytes]:
        """A function that fetches bytes of the object."""
        return partial(self._fetch, key)

    def size_of(self, key: str) -> int | None:
        """The object's size in bytes as it is now; None where that can't be told."""
        asked = {"Bucket": self._bucket, "Key": key, "Range": "bytes=0-0"}
        answer = ask("GetObject", f"s3://{self._bucket}/{key}", lambda: self._client.get_object(**asked), body_limit=1)
        found = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
        return int(found[2]) if answer.ok and found else None

    def _fetch(self, key: str, start: int, length: int) -> bytes:
        resource = f"s3://{self._bucket}/{key}"
        reason = stopped(self._deadline, self._stop)
        if reason:
            raise ReadStoppedError(f"{resource}: {reason}", Answer("GetObject", resource, fault=reason), 0)
        if length <= 0:
            return b""
        asked = {"Bucket": self._bucket, "Key": key, "Range": f"bytes={start}-{start + length - 1}"}
        answer = ask("GetObject", resource, lambda: self._client.get_object(**asked), body_limit=length)
        if answer.http == _TOO_FAR:
            return b""
        if not answer.ok:
            raise ReadError(answer.evidence.text, answer, start)
        if start and "ContentRange" not in answer.data:
            raise _range_ignored(answer, start)
        return answer.body


def stopped(deadline: float | None, stop: threading.Event | None) -> str:
    """Why there is no more time, in words; empty if there is."""
    if stop is not None and stop.is_set():
        return INTERRUPTED
    return OUT_OF_TIME if deadline is not None and time.monotonic() >= deadline else ""


def _of_no_use(answer: Answer, fault: str) -> Answer:
    """An answer that says nothing about the right to read: its status is kept in words only."""
    got = f"{answer.http} {answer.code}".strip()
    return Answer(answer.operation, answer.resource, fault=fault, reason=got, headers=answer.headers)


def _range_ignored(answer: Answer, offset: int) -> ReadError:
    useless = _of_no_use(answer, RANGE_IGNORED)
    return ReadError(f"{answer.resource}: the server does not answer requests for a range", useless, offset)
