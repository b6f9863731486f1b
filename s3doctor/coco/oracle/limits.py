"""The limits that the child process sets itself, where the platform has them."""

from __future__ import annotations

import re
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
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8") if status.exists() else "")
    return int(found[1]) * 1024 if found else 0
