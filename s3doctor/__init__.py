"""s3doctor: examines an S3 bucket as the Tenyks platform will read it.

`diagnose(connection) -> Report` is the public face; see also `Connection`, `Credentials`, `Report` and `Visit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s3doctor.connection import Connection, Credentials, Secret, Setup
from s3doctor.model import Report, Result, Status

if TYPE_CHECKING:
    from s3doctor.engine import Visit, diagnose

__version__ = "0.1.0"
__all__ = ["Connection", "Credentials", "Report", "Result", "Secret", "Setup", "Status", "Visit", "diagnose"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    """The engine and all that it needs are imported when they are first asked for."""
    if name in ("Visit", "diagnose"):
        from s3doctor import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
