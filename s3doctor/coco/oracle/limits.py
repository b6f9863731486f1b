"""The limits that the child process sets itself, where the platform has them."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

__all__ = ["apply", "peak"]

GRACE = 5


def apply(memory: int, seconds: float) -> None:
    """No more than `memory` bytes of address space, no core file, and the end some seconds after the time limit.

    The parent ends the child in time; the alarm is for a child whose parent was killed. It needs no Python to run.
    """
    with suppress(AttributeError, ValueError, OSError):
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
    with suppress(ImportError):
        import resource

        for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
            with suppress(ValueError, OSError):
                hard = resource.getrlimit(limit)[1]
                resource.setrlimit(limit, (value if hard < 0 else min(value, hard), hard))


def peak() -> int:
    """The most memory that this process has had in use, in bytes; 0 where the platform does not tell."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    return 0
