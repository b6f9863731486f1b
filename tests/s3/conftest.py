"""Real boto3 clients that talk to whatever address a test names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
import urllib3
from botocore import xform_name
from botocore.config import Config

from s3doctor.s3.asking import ask, ask_http

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3.answers import Row

    from s3doctor.s3.answer import Answer

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture(scope="session")
def session() -> boto3.session.Session:
    """One session: each reads the models of the services anew."""
    return boto3.session.Session()


@pytest.fixture
def client(session: boto3.session.Session) -> Callable[..., Any]:
    """Make a client of `service` for `url` that asks once."""

    def make(url: str, service: str = "s3", **options: Any) -> Any:
        settings = {
            "retries": {"total_max_attempts": 1},
            "connect_timeout": 10,
            "read_timeout": 10,
            "s3": {"addressing_style": "path"},
            "request_checksum_calculation": "when_required",
            **options.pop("config", {}),
        }
        options = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET, "region_name": "us-east-1"} | options
        made = session.client(service, endpoint_url=url, config=Config(**settings), **options)
        made.meta.events.register("before-call.s3", _follow_no_redirect)
        return made

    return make


def _follow_no_redirect(context: dict[str, Any], **_: object) -> None:
    context.setdefault("s3_redirect", {})["redirected"] = True


@pytest.fixture
def asked(client: Callable[..., Any]) -> Callable[..., Answer]:
    """Put the request of a row to the server at `url` and bring back the Answer."""

    def put(url: str, row: Row) -> Answer:
        about_object = ("Object" in row.operation and "List" not in row.operation) or row.operation == "Preflight"
        resource = f"s3://{row.bucket}/{row.key if about_object else ''}"
        if row.operation in {"Preflight", "GetObject (presigned)"}:
            return ask_http(row.operation, resource, lambda: _plain(row.operation, url))
        if row.operation == "GetCallerIdentity":
            return ask(row.operation, "sts", client(url, "sts").get_caller_identity)
        call = getattr(client(url), xform_name(row.operation))
        keyed = {"Key": row.key} if about_object else {}
        return ask(row.operation, resource, lambda: call(Bucket=row.bucket, **keyed, **BODIES.get(row.operation, {})))

    return put


BODIES: dict[str, dict[str, Any]] = {
    "PutObject": {"Body": b"x"},
    "PutBucketPolicy": {"Policy": "{}"},
    "PutBucketCors": {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["*"], "AllowedOrigins": ["*"]}]}},
}


def _plain(operation: str, url: str) -> urllib3.BaseHTTPResponse:
    method = "OPTIONS" if operation == "Preflight" else "GET"
    return urllib3.PoolManager(timeout=10).request(
        method, url, headers={"Origin": "https://app.example"}, preload_content=False, retries=False, redirect=False
    )
