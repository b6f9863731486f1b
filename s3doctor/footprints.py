"""What s3doctor itself wrote, from the intention to the removal: nothing else is ever deleted."""

from __future__ import annotations

import re
import secrets
import threading
import time

from s3doctor.model import Leftover

GRACE_SECONDS = 10.0
OWN_NAME = ".s3doctor-"
"""How the last part of the key of every object of s3doctor's own begins."""
_OWN = re.compile(r"\.s3doctor-([0-9a-f]{8,16})-[0-9a-f]{32}")


def own_name(lease: float) -> str:
    """The last part of a key that nobody else has: recognisable as s3doctor's, with 128 random bits.

    It also says when the run that made it will be over for certain, `lease` seconds from now.
    """
    return f"{OWN_NAME}{int(time.time() + lease):08x}-{secrets.token_hex(16)}"


def is_own(key: str) -> bool:
    """Whether the key is that of an object which s3doctor wrote to try it out."""
    return key.rpartition("/")[2].startswith(OWN_NAME)


def is_forgotten(key: str) -> bool:
    """Whether it is an object of a run that is over: that run was killed before it could remove it."""
    found = _OWN.fullmatch(key.rpartition("/")[2])
    return found is not None and int(found[1], 16) < time.time()


class Footprints:
    """The objects of our own that may exist, safe to use from several threads."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], str] = {}
        self._kept: list[Leftover] = []
        self._change = threading.Condition()

    def planned(self, bucket: str, key: str) -> None:
        """From now on the object may exist."""
        with self._change:
            self._open[bucket, key] = ""

    def version(self, bucket: str, key: str, version_id: str) -> None:
        """The bucket keeps versions, and this one is ours."""
        with self._change:
            self._open[bucket, key] = version_id

    def gone(self, bucket: str, key: str) -> None:
        """The object was removed, or never came to be."""
        with self._change:
            self._open.pop((bucket, key), None)
            self._change.notify_all()

    def kept(self, bucket: str, key: str, version_id: str = "", *, what: str = "") -> None:
        """The object could not be removed: it is a leftover to report; `what` says it where it is no plain object."""
        with self._change:
            self._kept.append(Leftover(bucket, f"{key} ({what})" if what else key, version_id))
        self.gone(bucket, key)

    def keeps(self, bucket: str, key: str) -> bool:
        """Whether something of that name could not be removed."""
        with self._change:
            return any(left.bucket == bucket and f"{left.key} (".startswith(f"{key} (") for left in self._kept)

    def wait(self, seconds: float = GRACE_SECONDS) -> None:
        """Wait until all is tidied up, or for so many seconds."""
        until = time.monotonic() + seconds
        with self._change:
            while self._open and (left := until - time.monotonic()) > 0:
                self._change.wait(left)

    @property
    def leftovers(self) -> tuple[Leftover, ...]:
        """What could not be removed, and what nobody knows to be removed."""
        with self._change:
            pending = [Leftover(bucket, key, version) for (bucket, key), version in self._open.items()]
            return (*self._kept, *pending)
