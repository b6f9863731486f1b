"""Real boto3 clients that talk to whatever address a test names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def client() -> Callable[..., Any]:
    """Make a client of `service` for `url` that asks once and waits a second."""

    def make(url: str, service: str = "s3", **options: Any) -> Any:
        settings = {
            "retries": {"total_max_attempts": 1},
            "connect_timeout": 1,
            "read_timeout": 1,
            "s3": {"addressing_style": "path"},
            "request_checksum_calculation": "when_required",
            **options.pop("config", {}),
        }
        options = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET, "region_name": "us-east-1"} | options
        return boto3.session.Session().client(service, endpoint_url=url, config=Config(**settings), **options)

    return make
