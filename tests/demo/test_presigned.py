"""Presigned URLs, which moto cannot check with IAM on: good ones work, all others are refused as AWS refuses them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from plainhttp import ask

from s3doctor.connection import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.connection import Credentials
    from s3doctor.demo.server import EmbeddedS3


@pytest.fixture
def presign(embedded_s3: EmbeddedS3, bucket: str) -> Callable[..., str]:
    """A link to an object, signed with the given key."""

    def make(credentials: Credentials, key: str, seconds: int = 60, **more: str) -> str:
        client = embedded_s3.client("s3", credentials)
        parameters = {"Bucket": bucket, "Key": key, **more}
        return str(client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds))

    return make


def test_a_good_link_works(presign: Callable[..., str], reader: Credentials, key: str) -> None:
    answer = ask(presign(reader, key))
    assert (answer.status, answer.body) == (200, b"x" * 100)
    assert "Vary" not in answer.headers
    typed = ask(presign(reader, key, ResponseContentType="image/jpeg"))
    assert (typed.status, typed.headers["Content-Type"]) == (200, "image/jpeg")
    part = ask(presign(reader, key), headers={"Range": "bytes=0-9"})
    assert (part.status, part.body) == (206, b"x" * 10)


def test_a_link_may_do_no_more_than_its_signer(presign: Callable[..., str], reader: Credentials) -> None:
    answer = ask(presign(reader, "secret.txt"))
    assert answer.status == 403
    assert b"is not authorized to perform: s3:GetObject on resource: " in answer.body
    assert ask(presign(reader, "cars/missing")).status == 404


@pytest.mark.parametrize(
    ("old", "new"), [("/cars/", "/carz/"), ("X-Amz-Expires=60", "X-Amz-Expires=600"), ("Signature=", "Signature=0")]
)
def test_a_link_that_was_changed(
    presign: Callable[..., str], reader: Credentials, key: str, old: str, new: str
) -> None:
    answer = ask(presign(reader, key).replace(old, new))
    assert answer.status == 403
    assert b"<Code>SignatureDoesNotMatch</Code>" in answer.body


def test_a_link_signed_with_another_secret(presign: Callable[..., str], reader: Credentials, key: str) -> None:
    answer = ask(presign(replace(reader, secret_access_key=Secret("y" * 40)), key))
    assert b"<Code>SignatureDoesNotMatch</Code>" in answer.body
    answer = ask(presign(replace(reader, access_key_id="AKIAIOSFODNN7EXAMPLE"), key))
    assert (answer.status, b"<Code>InvalidAccessKeyId</Code>" in answer.body) == (403, True)


def test_a_link_that_is_too_old(presign: Callable[..., str], reader: Credentials, key: str) -> None:
    url = presign(reader, key, seconds=1)
    time.sleep(1.1)
    answer = ask(url)
    assert answer.status == 403
    assert (
        b"<Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>1</X-Amz-Expires>"
        in answer.body
    )


def test_links_that_can_not_be(presign: Callable[..., str], reader: Credentials, key: str) -> None:
    week = ask(presign(reader, key, seconds=604_801))
    assert week.status == 400
    assert b"<Code>AuthorizationQueryParametersError</Code><Message>X-Amz-Expires must be less than a week" in week.body
    undated = ask(presign(reader, key).replace("X-Amz-Date", "X-Amz-Dat"))
    assert undated.status == 400
    old_kind = ask(
        presign(reader, key).partition("?")[0] + "?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1"
    )
    assert (old_kind.status, b"Please use AWS4-HMAC-SHA256." in old_kind.body) == (400, True)
