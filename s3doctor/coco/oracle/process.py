"""A child process that is bounded in time and memory, gets no environment to speak of, and never outlives us."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import threading

    from s3doctor.coco.oracle.child import Job

__all__ = ["Ran", "processor_seconds", "run"]

CHILD = "s3doctor.coco.oracle.child"
GLANCE = 0.1
PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True)
class Ran:
    """What came of the child: its messages, and how it ended.

    `ended` is empty where it ended by itself and well, else one of time, stopped, crashed; `signal` names what killed
    it where it crashed. `busy` is how many seconds its processor worked, None where unknown.
    """

    messages: tuple[dict[str, Any], ...]
    ended: str = ""
    signal: str = ""
    seconds: float = 0.0
    busy: float | None = None


def run(job: Job, stop: threading.Event | None = None, module: str = CHILD) -> Ran:
    """Have the job done by `module`; it is killed at its time limit, when `stop` is set, and when this process ends."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="s3doctor-") as empty, _started(module, empty) as process:
        _running.add(process)
        try:
            out, ended, busy = _attend(process, job, stop, began + job["seconds"])
        finally:
            _kill(process)
            _running.discard(process)
    if not ended and process.returncode:
        ended = "crashed"
    return Ran(_messages(out), ended, _signal(process.returncode), time.monotonic() - began, busy)


def _started(module: str, directory: str) -> subprocess.Popen[bytes]:
    """The child in a directory of its own, so that `-m` finds no stranger's module there."""
    places = [str(Path(place).absolute()) for place in sys.path]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=directory,
        env={**environment, **threads, "PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1"},
        start_new_session=True,
    )


def _attend(
    process: subprocess.Popen[bytes], job: Job, stop: threading.Event | None, deadline: float
) -> tuple[bytes, str, float | None]:
    """What the child writes until its end or ours; then how it ended and how busy it was."""
    given: bytes | None = json.dumps(job).encode()
    while True:
        try:
            return process.communicate(given, timeout=GLANCE)[0], "", None
        except subprocess.TimeoutExpired:
            given = None
        ended = "stopped" if stop is not None and stop.is_set() else "time" if time.monotonic() > deadline else ""
        if ended:
            busy = processor_seconds(process.pid)
            _kill(process)
            return process.communicate()[0], ended, busy


def processor_seconds(pid: int) -> float | None:
    """The processor time of a process in seconds, from Linux's /proc; None elsewhere."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child with all that it started; nothing happens where it has ended and was waited for."""
    if process.returncode is not None:
        return
    with suppress(AttributeError, OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


@atexit.register
def _kill_all() -> None:
    for process in tuple(_running):
        _kill(process)


def _messages(out: bytes) -> tuple[dict[str, Any], ...]:
    """The messages that were written whole."""
    return tuple(json.loads(line) for line in out.splitlines(keepends=True) if line.endswith(b"\n"))


def _signal(code: int) -> str:
    """The name of the signal that ended a process, empty where none did."""
    with suppress(ValueError):
        return signal.Signals(-code).name
    return ""
