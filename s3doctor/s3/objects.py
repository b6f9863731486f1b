"""Bytes of many objects, a range at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.s3.answer import Answer
    from s3doctor.s3.client import S3

BEYOND_THE_END = 416
MANY = 10_000
"""Objects from which on they are asked for past boto3: what that takes to begin with is then earned back."""
DIRECTORY_BUCKET = "--x-s3"
"""How the names of buckets end whose requests are signed in another way (AWS, directory buckets)."""


class UnreadableError(OSError):
    """S3 did not give the bytes: `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.evidence.text)
        self.answer = answer

    def __reduce__(self) -> tuple[type[UnreadableError], tuple[Answer]]:
        """How it is pickled: an exception is made anew from the argument of its class, not from its text."""
        return UnreadableError, (self.answer,)


class Objects:
    """The objects of one bucket: `objects(key)(start, length)` gives bytes, fewer at the end of the object.

    Up to `threads` may be read at once with profit.
    """

    threads = 32

    def __init__(self, s3: S3, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def __call__(self, key: str) -> Callable[[int, int], bytes]:
        """A function that fetches bytes of this object; it raises UnreadableError where S3 refuses."""
        return partial(self._fetch, key)

    def size_of(self, key: str) -> int | None:
        """The object's size in bytes as it is now; None where that can't be told."""
        return total(self._ask(key, 0, 0))

    def _fetch(self, key: str, start: int, length: int) -> bytes:
        answer = self._ask(key, start, start + length - 1)
        if answer.http == BEYOND_THE_END:
            return b""
        if not answer.ok:
            raise UnreadableError(answer)
        return answer.body

    def _ask(self, key: str, first: int, last: int) -> Answer:
        return probes.read(self._s3, self._bucket, key, first=first, last=last)


def total(answer: Answer) -> int | None:
    """The size in bytes of the object of which this answer gives a part."""
    size = answer.headers.get("content-range", "").rpartition("/")[2]
    return int(size) if answer.ok and size.isdecimal() else None


def objects_for(s3: S3, bucket: str, count: int) -> Objects:
    """The objects of a bucket of which so many are going to be read: the same bytes, answers and log either way."""
    if count < MANY or bucket.endswith(DIRECTORY_BUCKET):
        return Objects(s3, bucket)
    from s3doctor.s3.many import ManyObjects

    return ManyObjects(s3, bucket)
