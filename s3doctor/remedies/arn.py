"""The Amazon Resource Names of a bucket and its objects, in the right partition."""

from __future__ import annotations

import re

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
_SPECIAL = re.compile(r"[*?$]")


def partition(region: str) -> str:
    """The partition that a region belongs to: `aws` unless the region's name says otherwise or is unknown.

    Source: AWS General Reference, "Amazon Resource Names", and botocore's `partitions.json`.
    """
    return next((name for start, name in _PARTITIONS if region.startswith(start)), "aws")


def bucket_arn(bucket: str, region: str = "") -> str:
    """What a policy calls a bucket. An ARN, such as an access point's, is returned as it is."""
    return bucket if bucket.startswith("arn:") else f"arn:{partition(region)}:s3:::{bucket}"


def object_arn(bucket: str, pattern: str, region: str = "") -> str:
    """What a policy calls objects of a bucket; `pattern` is a key or a key pattern such as `street/*`.

    The objects of an access point are `…:accesspoint/name/object/key`. Source: S3 User Guide, "Configuring IAM
    policies for using access points".
    """
    middle = "/object/" if ":accesspoint/" in bucket else "/"
    return f"{bucket_arn(bucket, region)}{middle}{pattern}"


def literal(name: str) -> str:
    """A name as a policy's Resource must spell it: `*`, `?` and `$` as `${*}`, `${?}` and `${$}`.

    Source: IAM User Guide, "IAM policy elements: Variables and tags", special characters.
    """
    return _SPECIAL.sub(lambda found: f"${{{found.group()}}}", name)
