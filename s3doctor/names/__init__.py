"""File names against keys; knows nothing of AWS: objects are (key, size, storage class)."""

from __future__ import annotations

from s3doctor.names.comparing import Comparison, compare
from s3doctor.names.platform import is_picture, platform_key, secure_filename

__all__ = ["Comparison", "compare", "is_picture", "platform_key", "secure_filename"]
