"""File names against keys; knows nothing of AWS: objects are (key, size, storage class)."""

from __future__ import annotations

from s3doctor.names.platform import is_picture, platform_key, secure_filename

__all__ = ["is_picture", "platform_key", "secure_filename"]
