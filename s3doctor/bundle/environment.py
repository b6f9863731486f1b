"""What of this computer can matter to an examination: versions, proxies, certificates, clock; never a key's value."""

from __future__ import annotations

import locale
import os
import platform
import ssl
import sys
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from importlib import metadata
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from s3doctor import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.s3.log import Logged

LIBRARIES = ("boto3", "botocore", "urllib3", "click", "jinja2", "msgspec", "numpy", "pillow", "pycocotools")
PROXIES = tuple(name for base in ("http_proxy", "https_proxy", "all_proxy") for name in (base, base.upper()))
EXCEPTIONS = ("no_proxy", "NO_PROXY")
CERTIFICATES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
OURS = ("AWS_", "S3DOCTOR_")


def facts(log: Iterable[Logged], *, strict: bool) -> dict[str, Any]:
    """The facts, ready for JSON. `strict` leaves out names of hosts and paths."""
    return {
        "s3doctor": __version__,
        "python": sys.version,
        "platform": platform.platform(),
        "openssl": ssl.OPENSSL_VERSION,
        "libraries": {name: version_of(name) for name in LIBRARIES},
        "locale": locale.setlocale(locale.LC_CTYPE),
        "encoding": {"file system": sys.getfilesystemencoding(), "output": getattr(sys.stdout, "encoding", None)},
        "proxies": {name: proxy(os.environ[name], strict=strict) for name in PROXIES if os.environ.get(name)},
        "proxy exceptions": {name: "set" if strict else os.environ[name] for name in EXCEPTIONS if name in os.environ},
        "certificates": {name: _path(os.environ[name], strict=strict) for name in CERTIFICATES if name in os.environ},
        "variables that are set": sorted(name for name in os.environ if name.startswith(OURS)),
        "clock offset in seconds": clock_offset(log),
    }


def version_of(name: str) -> str:
    """The installed version of a library."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def proxy(text: str, *, strict: bool) -> str:
    """A proxy's URL without its user and password; `strict` leaves out its host too."""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host, port = "…" if strict else (parts.hostname or ""), f":{parts.port}" if parts.port else ""
    except ValueError:
        return "not a URL"
    user = "…@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{user}{host}{port}" if parts.scheme else f"{user}{host}{port}"


def _path(text: str, *, strict: bool) -> str:
    there = "is there" if os.path.exists(text) else "is not there"  # noqa: PTH110 - never raises
    return f"set, {there}" if strict else f"{text} ({there})"


def clock_offset(log: Iterable[Logged]) -> float | None:
    """How far the servers' clocks are ahead of this one, in seconds: the median over all answers; None without any."""
    offsets = []
    for entry in log:
        try:
            theirs = parsedate_to_datetime(entry.date)
        except (TypeError, ValueError):
            continue
        ours = datetime.fromisoformat(entry.at)
        offsets.append((theirs.replace(tzinfo=theirs.tzinfo or timezone.utc) - ours).total_seconds())
    return round(median(offsets), 1) if offsets else None
