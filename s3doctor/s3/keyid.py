"""What an access key ID tells by itself, without asking anybody."""

from __future__ import annotations

import base64
import re

LONG_TERM = "AKIA"
TEMPORARY = "ASIA"

PREFIXES: dict[str, str] = {
    "ABIA": "an AWS STS service bearer token",
    "ACCA": "a context-specific credential",
    "AGPA": "the unique ID of an IAM group",
    "AIDA": "the unique ID of an IAM user",
    "AIPA": "the unique ID of an EC2 instance profile",
    "AKIA": "an access key ID",
    "AKID": "an access key ID of Tencent Cloud",
    "ANPA": "the unique ID of a managed policy",
    "ANVA": "the unique ID of a version of a managed policy",
    "APKA": "the ID of a public key",
    "AROA": "the unique ID of an IAM role",
    "ASCA": "the ID of a certificate",
    "ASIA": "the access key ID of a temporary key",
    "GOOG": "an HMAC key of Google Cloud Storage",
    "LTAI": "an access key ID of Alibaba Cloud",
}
"""What begins with these four characters. Source: IAM User Guide, "IAM identifiers", unique ID prefixes; the three
names of other clouds are those clouds' own."""

_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z2-7]{16}")
_SECRET = re.compile(r"[A-Za-z0-9/+]{40}")
_OTHER = (
    (re.compile(r".*[^!-~].*", re.DOTALL), "a text with spaces or with letters of another alphabet"),
    (re.compile(r"arn:.*", re.IGNORECASE), "an ARN"),
    (re.compile(r"https?://.*", re.IGNORECASE), "a web address"),
    (re.compile(r".*@.*"), "an e-mail address"),
    (re.compile(r"\d{4}-?\d{4}-?\d{4}"), "an account ID"),
)
_ACCOUNT_MASK = 0x7FFFFFFFFF80


def is_key_id(text: str) -> bool:
    """Whether this has the usual shape of an AWS access key ID: AKIA or ASIA and 16 characters of base32.

    AWS promises only 16 to 128 word characters, and S3-compatible servers have rules of their own: another shape is
    a reason for a warning, never for a failure.
    """
    return bool(_KEY_ID.fullmatch(text))


def is_temporary(key_id: str) -> bool:
    """Whether this key works only together with a session token."""
    return key_id.startswith(TEMPORARY)


def looks_like_secret(text: str) -> bool:
    """Whether this has the usual shape of a secret access key: 40 characters of base64, not all of one case."""
    return bool(_SECRET.fullmatch(text)) and text.upper() != text != text.lower()


def what_is(text: str) -> str:
    """What was given in the place of an access key ID, in words; empty for a usual ID or for something unknown.

    The words never repeat the text: it may be a secret.
    """
    if is_key_id(text):
        return ""
    if looks_like_secret(text):
        return "a secret access key (the two fields are swapped)"
    known = PREFIXES.get(text[:4], "") if text.isascii() else ""
    if text[:4] in (LONG_TERM, TEMPORARY):
        return f"{known} that is damaged: 20 characters, A to Z and 2 to 7, were expected"
    return known or next((words for pattern, words in _OTHER if pattern.fullmatch(text)), "")


def account_of(key_id: str) -> str:
    """The 12-digit account ID inside an access key ID, empty where there is none.

    Keys made before about 2019 decode to nonsense: show the result only where it equals the account that
    `GetCallerIdentity` names. Source: Aidan Steele (2020) and Tal Be'ery (2023): 40 bits after the prefix, base32.
    """
    if not is_key_id(key_id):
        return ""
    number = int.from_bytes(base64.b32decode(key_id[4:])[:6], "big")
    return f"{(number & _ACCOUNT_MASK) >> 7:012d}"
