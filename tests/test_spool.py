"""Copies of what is read only once."""

from __future__ import annotations

import gc
import io
import os
import resource
import stat
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

import s3doctor
from s3doctor.spool import Spool


def drained(stream: object, size: int = 3) -> bytes:
    return b"".join(iter(lambda: stream.read(size), b""))  # type: ignore[attr-defined]


def test_the_copy_is_private_and_gone_when_closed() -> None:
    spool = Spool()
    kept = spool.keep(io.BytesIO(b"hello, world"))
    assert drained(kept) == b"hello, world"
    assert kept.path is not None
    assert kept.path.read_bytes() == b"hello, world"
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert kept.read(3) == b""
    spool.close()
    spool.close()
    assert not kept.path.parent.exists()
    again = spool.keep(io.BytesIO(b"more"))
    assert drained(again) == b"more"
    spool.close()


def test_what_is_too_large_is_read_all_the_same_and_not_kept() -> None:
    spool = Spool(limit=5)
    exact, large = spool.keep(io.BytesIO(b"12345")), spool.keep(io.BytesIO(b"123456"))
    assert (drained(exact), drained(large)) == (b"12345", b"123456")
    assert (exact.path is not None, large.path) == (True, None)
    assert exact.path is not None
    assert [one.name for one in exact.path.parent.iterdir()] == [exact.path.name]
    spool.close()


def test_nothing_is_lost_where_the_disk_is_full() -> None:
    spool = Spool()
    kept = spool.keep(io.BytesIO(b"hello, world"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, before[1]))
    try:
        read = drained(kept)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (read, kept.path) == (b"hello, world", None)
    spool.close()


def run_apart(program: str) -> str:
    """What a program prints in a process of its own, however it ends."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env={**os.environ, "PYTHONPATH": str(Path(s3doctor.__file__).parents[1])},
    )
    return done.stdout.strip()


def test_the_size_is_the_stream_s_own() -> None:
    class Told(io.BytesIO):
        size = 1

    spool = Spool()
    assert [spool.keep(stream).size for stream in (io.BytesIO(b"x"), Told(b"x"))] == [None, 1]
    spool.close()


def test_a_copy_that_began_after_the_end_leaves_no_open_file() -> None:
    spool = Spool()
    spool.close()
    late = spool.keep(io.BytesIO(b"hello, world"))
    assert late.path is not None
    copy, place = weakref.ref(late._copy), late.path.parent  # noqa: SLF001 - what must be closed
    del late, spool
    gc.collect()
    assert copy() is None
    assert not place.exists()


def test_a_spool_that_kept_nothing_closes() -> None:
    Spool().close()


@pytest.mark.parametrize("ending", ["", "raise KeyboardInterrupt"])
def test_copies_are_gone_when_the_process_ends(ending: str) -> None:
    program = (
        "import io; from s3doctor.spool import Spool; spool = Spool(); kept = spool.keep(io.BytesIO(b'x'));"
        f"kept.read(9); print(kept.path, flush=True); {ending}"
    )
    path = Path(run_apart(program))
    assert path.name == "1.json"
    assert not path.parent.exists()
