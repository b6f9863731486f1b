"""What may be kept of an answer. Everything else is dropped where the Answer is made, not where it is printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from s3doctor.connection import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT_FIELDS = frozenset(
    {
        "AccessTier",
        "Condition",
        "Endpoint",
        "MaxAllowedSkewMilliseconds",
        "Region",
        "RequestTime",
        "ServerTime",
        "StorageClass",
    }
)
"""Fields of S3's error document that may be kept besides Code and Message. `StringToSign`, `CanonicalRequest`,
`SignatureProvided`, `Token-0` and `AWSAccessKeyId` are why this is a list of what to keep, not of what to drop."""

KEPT_HEADERS = frozenset(
    {
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "etag",
        "last-modified",
        "location",
        "server",
        "vary",
        "x-amz-access-point-alias",
        "x-amz-archive-status",
        "x-amz-bucket-region",
        "x-amz-delete-marker",
        "x-amz-id-2",
        "x-amz-object-lock-mode",
        "x-amz-object-lock-retain-until-date",
        "x-amz-request-charged",
        "x-amz-request-id",
        "x-amz-restore",
        "x-amzn-requestid",
        "x-amz-storage-class",
        "x-amz-version-id",
    }
)
"""Response headers that may be kept; `x-amzn-requestid` is what STS calls its request id."""

KEPT_HEADER_FAMILIES = ("access-control-", "x-amz-server-side-encryption")
"""How the names of further headers that may be kept begin."""

LONGEST_TEXT = 2000
"""Characters kept of any one text that came from outside."""

IDS = frozenset({"etag", "x-amz-id-2", "x-amz-request-id", "x-amz-version-id", "x-amzn-requestid"})
"""Headers whose values are random letters by nature: they are kept as they are, for AWS Support asks for them."""

HIDDEN = "…"

_ALONE = r"(?<![\w/+.:-])"
_MIXED = r"(?=[a-z0-9/+=]{0,39}[A-Z])(?=[A-Z0-9/+=]{0,39}[a-z])"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(The Canonical String for this request|The String-to-Sign) should have been.*", re.DOTALL), HIDDEN),
    (re.compile(r"(\b(?:https?|socks\w{0,3})://)[^\s'\"<>]{0,1024}@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(\bhttps?://[^\s?'\"<>]{1,2048})\?[^\s'\"<>]*"), rf"\1?{HIDDEN}"),
    (re.compile(r"\bAWS4-[A-Z0-9-]+\s.*|\bAWS\s+[A-Z0-9]{16,}:\S+", re.DOTALL), HIDDEN),
    (
        re.compile(
            r"\b(X-Amz-(?:Signature|Credential|Security-Token)|Signature|Credential|AWSAccessKeyId|SignedHeaders"
            r"|aws_secret_access_key|aws_session_token|Authorization|Proxy-Authorization)(['\"]?\s*[=:]\s*)[^&\r\n]+",
            re.IGNORECASE,
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(_ALONE + _MIXED + r"[A-Za-z0-9/+=]{40}(?![\w/+=.-])"), HIDDEN),
    (re.compile(_ALONE + r"[A-Za-z0-9/+=]{100,}"), HIDDEN),
)
_LONGEST_READ = 4 * LONGEST_TEXT
_LAST_WORD = re.compile(r"(?<![!-~])[!-~]+\Z")
"""A text that is cut may end in a part of a secret, which no rule would recognise."""
_KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,124}\b")


def redacted(text: str) -> str:
    """The text without secrets and no longer than LONGEST_TEXT characters.

    Left out: signatures, strings to sign, authorisation headers, tokens, user and password of a URL, the query of a
    URL (a presigned URL is a password), anything that looks like a secret access key or session token. Access key
    IDs keep their first and last four characters.
    """
    if len(text) > _LONGEST_READ:
        text = _LAST_WORD.sub(HIDDEN, text[:_LONGEST_READ])
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = _KEY_ID.sub(lambda match: masked(match.group()), text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + HIDDEN


def kept_fields(error: Mapping[str, object]) -> dict[str, str]:
    """What may be kept of an error document besides Code and Message."""
    return {name: redacted(str(value)) for name, value in error.items() if name in KEPT_FIELDS and value}


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """What may be kept of response headers: names in lower case, a `location` without its query."""
    low = {name.lower(): str(value) for name, value in headers.items()}
    return {
        name: _kept(name, value)
        for name, value in low.items()
        if name in KEPT_HEADERS or name.startswith(KEPT_HEADER_FAMILIES)
    }


def _kept(name: str, value: str) -> str:
    """What is kept of one header's value."""
    if name in IDS:
        return value[:LONGEST_TEXT]
    return redacted(value.split("?", maxsplit=1)[0] if name == "location" else value)
