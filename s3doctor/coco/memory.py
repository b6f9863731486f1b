"""Two habits of CPython and of malloc that would double the time, switched off while a file is read."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["calm"]

_LOCK = threading.Lock()
_STATE = {"readers": 0, "enabled": False}
_ONCE_FREED = 1 << 24


@contextmanager
def calm() -> Iterator[None]:
    """No garbage collection meanwhile: it would walk over millions of new objects that hold no cycles.

    And one large block is allocated and freed at once: glibc learns from it to keep freed memory of that size instead
    of giving each array back to the system, which costs a page fault for every 4 KB when the next one is made.
    """
    np.empty(_ONCE_FREED, np.uint8)
    with _LOCK:
        if not _STATE["readers"]:
            _STATE["enabled"] = gc.isenabled()
            gc.disable()
        _STATE["readers"] += 1
    try:
        yield
    finally:
        with _LOCK:
            _STATE["readers"] -= 1
            if not _STATE["readers"] and _STATE["enabled"]:
                gc.enable()
