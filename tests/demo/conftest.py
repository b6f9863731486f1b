"""A bucket with one object on an embedded S3, and a reader of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from s3doctor.connection import Credentials
    from s3doctor.demo.server import EmbeddedS3


@pytest.fixture
def key() -> str:
    """A key with everything that a signature can stumble over."""
    return "cars/images/a b+ü&(1)=~.jpg"


@pytest.fixture
def bucket(embedded_s3: EmbeddedS3, key: str) -> str:
    """A bucket that holds one object of 100 bytes."""
    s3 = embedded_s3.admin_client("s3")
    s3.create_bucket(Bucket="acme")
    s3.put_object(Bucket="acme", Key=key, Body=b"x" * 100)
    return "acme"


@pytest.fixture
def reading(bucket: str) -> dict[str, Any]:
    """A policy that lets its user list the bucket and read under `cars/`."""
    statements = [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/cars/*"},
    ]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.fixture
def reader(embedded_s3: EmbeddedS3, reading: dict[str, Any]) -> Credentials:
    """A user with that policy."""
    return embedded_s3.create_user("reader", {"reading": reading})
