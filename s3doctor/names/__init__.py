"""File names against keys; knows nothing of AWS: objects are (key, size, storage class)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s3doctor.names.platform import is_picture, platform_key, secure_filename

if TYPE_CHECKING:
    from s3doctor.names.comparing import Comparison, compare

__all__ = ["Comparison", "compare", "is_picture", "platform_key", "secure_filename"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    """The comparison is imported when it is first asked for: the names alone need none of what it needs."""
    if name in {"Comparison", "compare"}:
        from s3doctor.names import comparing

        return getattr(comparing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
