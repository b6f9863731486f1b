"""s3doctor: examines an S3 bucket as the Tenyks platform will read it.

`diagnose(connection) -> Report` is the public face; see also `Connection`, `Credentials`, `Report` and `Visit`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from s3doctor.connection import Connection, Credentials, Secret, Setup
    from s3doctor.engine import Visit, diagnose
    from s3doctor.model import Report, Result, Status

__version__ = "0.1.0"
__all__ = ["Connection", "Credentials", "Report", "Result", "Secret", "Setup", "Status", "Visit", "diagnose"]

_HOMES = {
    **dict.fromkeys(("Connection", "Credentials", "Secret", "Setup"), "s3doctor.connection"),
    **dict.fromkeys(("Visit", "diagnose"), "s3doctor.engine"),
    **dict.fromkeys(("Report", "Result", "Status"), "s3doctor.model"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    """Everything is imported when it is first asked for, so that who needs one room does not pay for the house."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
