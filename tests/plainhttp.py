"""Requests as plain as a browser's: unsigned, without retries, with whatever answer comes."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message


@dataclass(frozen=True)
class Plain:
    """An HTTP answer."""

    status: int
    headers: Message
    body: bytes


def ask(url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Plain:
    """Send one request."""
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=60) as got:
            return Plain(got.status, got.headers, got.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Plain(refused.code, refused.headers, refused.read())
