"""Requests of the platform, made over HTTP: what a server really answers to a Need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from s3doctor.remedies.needs import Need

DENIED = {"AccessDenied", "403", "Forbidden"}


def allowed(client: Any, need: Need) -> bool:
    """Whether the server lets the client's key do it. Errors other than a refusal are raised."""
    bucket, _, key = need.uri.removeprefix("s3://").partition("/")
    requests = {
        "s3:ListBucket": lambda: client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=2),
        "s3:GetObject": lambda: client.get_object(Bucket=bucket, Key=key),
        "s3:PutObject": lambda: client.put_object(Bucket=bucket, Key=key, Body=b"x"),
        "s3:DeleteObject": lambda: client.delete_object(Bucket=bucket, Key=key),
    }
    try:
        requests[need.action]()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in DENIED:
            raise
        return False
    return True


def stock(admin: Any, needs: list[Need]) -> None:
    """An object for every object that the needs speak of: servers differ in what they say of a missing one."""
    for need in needs:
        bucket, _, key = need.uri.removeprefix("s3://").partition("/")
        if need.action != "s3:ListBucket":
            admin.put_object(Bucket=bucket, Key=key, Body=b"x")


def make_buckets(admin: Any, *names: str) -> None:
    """Empty buckets."""
    for name in names:
        admin.create_bucket(Bucket=name)
