"""The last net: whatever any part of s3doctor might have let through, no secret of this run gets into a bundle."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, urlsplit

from s3doctor.bundle.environment import PROXIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from s3doctor.connection import Connection

VARIABLES = (
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    *("S3DOCTOR_SECRET_ACCESS_KEY", "S3DOCTOR_SESSION_TOKEN"),
)
SHORTEST = 6
"""Shorter texts are no secrets but words: they would be cut out everywhere."""
HIDDEN = "***"


def secrets_of(connection: Connection) -> tuple[str, ...]:
    """The secrets of this run: the key, its ID in full, the environment's key, and proxies' passwords."""
    key = connection.credentials
    found = [key.secret_access_key.reveal(), key.session_token.reveal(), key.access_key_id]
    found += [os.environ.get(name, "") for name in VARIABLES]
    found += [unquote(urlsplit(os.environ.get(name, "")).password or "") for name in PROXIES]
    return tuple(dict.fromkeys(text for text in found if len(text) >= SHORTEST))


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret cut out, also where it is quoted for a URL, or written in hex or base64."""
    for secret in secrets:
        for form in forms(secret):
            text = text.replace(form, HIDDEN)
    return text


def forms(secret: str) -> Iterator[str]:
    """The secret as it is, as a URL quotes it, in hex, and in base64 at each of the three places it can begin at."""
    data = secret.encode()
    yield from dict.fromkeys((secret, quote(secret, safe=""), quote(secret), quote_plus(secret)))
    yield from (data.hex(), data.hex().upper())
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data)
        first, last = -(-shift * 8 // 6), (shift + len(data)) * 8 // 6
        core = whole[first:last].decode()
        yield from dict.fromkeys((core, core.replace("+", "-").replace("/", "_")))
