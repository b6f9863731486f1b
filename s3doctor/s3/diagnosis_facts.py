"""The names and numbers of one answer that the words of a diagnosis may use."""

from __future__ import annotations

import os
import re
import shlex
from datetime import datetime
from typing import TYPE_CHECKING

from s3doctor.connection import masked
from s3doctor.s3.denied import parse_denied
from s3doctor.s3.keyid import looks_like_secret, what_is
from s3doctor.s3.region import did_you_mean, partition_of, special_kind

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

ACTIONS: dict[str, str] = {
    "ListObjectsV2": "s3:ListBucket",
    "ListObjects": "s3:ListBucket",
    "HeadBucket": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
}
"""The IAM action that each request needs, where it is not called alike. Source: Service Authorization Reference."""

PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")

_REGION = r"[a-z]{2,5}(?:-[a-z]+)+-\d+"


def base_operation(answer: Answer) -> str:
    """AWS's name of the request without a remark such as ` (presigned)`."""
    return answer.operation.partition(" ")[0]


def action_of(answer: Answer) -> str:
    """The IAM action that was needed: what the message says, else what the request needs."""
    denied = parse_denied(answer.message)
    operation = base_operation(answer)
    return denied.action if denied else ACTIONS.get(operation, f"s3:{operation}")


def split(answer: Answer, situation: Situation) -> tuple[str, str]:
    """The bucket and the key that the request was about; the bucket as configured where the answer names none."""
    found = re.fullmatch(r"s3://([^/]+)(?:/(.*))?", answer.resource, re.DOTALL)
    return (found[1], found[2] or "") if found else (situation.bucket, "")


def right_region(answer: Answer) -> str:
    """The region that S3 names as the bucket's own, empty where it names none."""
    named = answer.headers.get("x-amz-bucket-region") or answer.fields.get("Region", "")
    if named:
        return named
    expected = re.search(rf"expecting '({_REGION})'", answer.message)
    endpoint = re.search(rf"s3[.-](?:dualstack\.)?({_REGION})\.", answer.fields.get("Endpoint", ""))
    found = expected or endpoint
    return found[1] if found else ""


def skew(answer: Answer) -> str:
    """By how much and in which direction this machine's clock is wrong, in words; empty where S3 did not say."""
    try:
        ours = datetime.strptime(answer.fields["RequestTime"], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - both are UTC
        theirs = datetime.strptime(answer.fields["ServerTime"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - both are UTC
    except (KeyError, ValueError):
        return ""
    minutes = round((ours - theirs).total_seconds() / 60)
    return f"{abs(minutes)} minutes {'fast' if minutes > 0 else 'slow'}"


def facts(answer: Answer, situation: Situation) -> dict[str, tuple[str, str, str]]:
    """The names that words may use: each with its value, and with what stands for it in words and in commands.

    The last two are used where the value is unknown.
    """
    denied = parse_denied(answer.message)
    bucket, key = split(answer, situation)
    region = right_region(answer)
    partition = partition_of(region or situation.region).name
    arn = (denied.resource if denied else "") or (f"arn:{partition}:s3:::{bucket}" + (f"/{key}" if key else ""))
    key_id = situation.access_key_id
    return {
        "action": (action_of(answer), "this action", "ACTION"),
        "arn": (arn, "it", "ARN"),
        "asked_headers": (situation.asked_headers, "a header", "HEADER"),
        "bucket": (bucket, "the bucket", "BUCKET"),
        "code": (answer.code or answer.fault, "no code", "CODE"),
        "endpoint": (situation.endpoint_url, "Amazon S3", "ENDPOINT"),
        "given_region": (situation.region, "the region given", "REGION"),
        "http": (str(answer.http or ""), "no HTTP status", "HTTP"),
        "key": (key, "the object", "KEY"),
        "key_id": (masked(key_id) if key_id and not looks_like_secret(key_id) else "", "this key", "ACCESS_KEY_ID"),
        "meant": (did_you_mean(situation.region), "a region from AWS's list", "REGION"),
        "message": (answer.message, "without words", "MESSAGE"),
        "method": (situation.method, "GET", "GET"),
        "origin": (situation.origin, "the web page's origin", "ORIGIN"),
        "policy": (denied.policy_arn if denied else "", "a policy", "POLICY_ARN"),
        "proxy": (_proxy_variable(), "HTTPS_PROXY", "HTTPS_PROXY"),
        "reason": (answer.reason or answer.fault, "no reason", "REASON"),
        "region": (region, "the bucket's region", "REGION"),
        "skew": (skew(answer), "wrong by more than 15 minutes", "SKEW"),
        "special": (special_kind(bucket), "special bucket", "KIND"),
        "storage_class": (_storage_class(answer), "an archive class", "CLASS"),
        "uri": (answer.resource, "it", "s3://BUCKET/KEY"),
        "user": ((denied.user_name if denied else "") or situation.username, "the user", "USER_NAME"),
        "what": (what_is(key_id), "something else", "WHAT"),
    }


def in_words(template: str, known: dict[str, tuple[str, str, str]]) -> str:
    """A sentence with the facts filled in."""
    return template.format_map({name: value or words for name, (value, words, _) in known.items()})


def in_command(template: str, known: dict[str, tuple[str, str, str]]) -> str:
    """A shell command with the facts filled in, each quoted: names of buckets and keys are strangers' text."""
    return template.format_map(
        {name: shlex.quote(value) if value else placeholder for name, (value, _, placeholder) in known.items()}
    )


def _storage_class(answer: Answer) -> str:
    fields = answer.fields
    return fields.get("AccessTier") or fields.get("StorageClass") or answer.headers.get("x-amz-storage-class", "")


def _proxy_variable() -> str:
    """The name of the environment variable that sets a proxy; its value may hold a password and is not read."""
    return next((name for name in PROXY_VARIABLES if os.environ.get(name)), "")
