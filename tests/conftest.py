"""Servers to test against: an embedded S3 (always), a Ceph gateway and a browser (where they are installed)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from s3doctor.demo.server import EmbeddedS3

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def embedded_s3() -> Iterator[EmbeddedS3]:
    """A new S3 over HTTP, IAM enforced, for this test alone: it starts in milliseconds."""
    with EmbeddedS3() as s3:
        yield s3
