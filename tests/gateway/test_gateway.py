"""The launcher itself: what it starts is an S3 server that enforces policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plainhttp import ask

if TYPE_CHECKING:
    from gateway.gateway import Gateway

pytestmark = pytest.mark.gateway


def test_it_answers_as_s3_and_enforces_policies(gateway: Gateway) -> None:
    s3 = gateway.admin_client("s3")
    s3.create_bucket(Bucket="acme")
    s3.put_object(Bucket="acme", Key="open/x", Body=b"x")
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/open/*"}
    user = gateway.create_user("reader", {"a": {"Version": "2012-10-17", "Statement": [allow]}})
    for key, status in (("open/x", 200), ("open/y", 403), ("x", 403)):
        assert ask(gateway.presign(user, "acme", key)).status == status
    anyone = ask(f"{gateway.endpoint_url}/acme")
    assert anyone.status == 403
    assert anyone.headers["x-amz-request-id"]


def test_each_test_gets_it_empty(gateway: Gateway) -> None:
    assert gateway.admin_client("s3").list_buckets()["Buckets"] == []
