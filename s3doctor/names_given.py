"""What a bucket given as s3 URI, ARN or URL names, by the addresses in AWS's "Methods for accessing a bucket"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from s3doctor.connection import ANNOTATIONS, PREDICTIONS, BadInput

_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")
QUOTES = "\"'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
_REGION = r"(?P<region>[a-z]{2,}(?:-[a-z]+)+-\d+)"
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_URI = re.compile(r"s3[an]?://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_ARN = re.compile(r"arn:aws[\w-]*:s3:::(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(
    rf"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:accelerate|dualstack|fips|website))*(?:[.-]{_REGION})?\.amazonaws\.(?:com|com\.cn|eu)"
)
_CONSOLE = re.compile(r"(?:.+\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)")
_CONSOLE_PATH = re.compile(r"/s3/(?P<kind>buckets|object)/(?P<bucket>[^/]+)")


@dataclass(frozen=True)
class Named:
    """What a text names. `form` is how it was written (`an s3 URI`); empty where it was a plain name."""

    bucket: str
    path: str = ""
    region: str = ""
    form: str = ""


def is_unseen(char: str) -> bool:
    """Whether a character does not show: a space, a line break, or one such as U+200B."""
    return unicodedata.category(char) in _UNSEEN


def tidied(text: str) -> str:
    """The text without spaces, line breaks, characters that do not show, and quotes at its ends."""
    return text.strip("".join(filter(is_unseen, text)) + QUOTES)


def directory(path: str) -> str:
    """A path without slashes at its ends, and without the annotation file that it may end in."""
    parts = path.strip("/").split("/")
    return "/".join(parts[:-1] if parts[-1] in (ANNOTATIONS, PREDICTIONS) else parts)


def bucket_named(text: str, *, option: str = "--bucket", endpoint_url: str = "") -> Named:
    """Read a bucket in any form in which people have it at hand; `endpoint_url` is that of an S3-compatible server.

    Whether a plain name is a legal one is for a check to judge. Raises BadInput where no bucket is named.
    """
    named = _read(tidied(text), option, endpoint_url)
    if not named.bucket:
        raise BadInput(f"{option} names no bucket: expected a name such as my-bucket, or s3://my-bucket/my-dataset")
    return named


def _read(given: str, option: str, endpoint_url: str) -> Named:
    if match := _URI.fullmatch(given):
        return _split(match["rest"], "an s3 URI")
    if match := _ARN.fullmatch(given):
        return _split(match["rest"].removesuffix("*"), "an ARN")
    if given.lower().startswith("arn:"):
        return Named(given)
    if _HTTP.match(given):
        return _from_url(given, option, endpoint_url)
    if _HOST.fullmatch(given.partition("/")[0].lower()):
        return _from_url(f"https://{given}", option, endpoint_url)
    return _split(given, "a path") if "/" in given else Named(given)


def _split(rest: str, form: str, region: str = "") -> Named:
    bucket, _, path = rest.partition("/")
    return Named(bucket, directory(path), region, form)


def _from_url(given: str, option: str, endpoint_url: str) -> Named:
    url = _url(given)
    named = url and (_from_console(url) or _from_amazon(url) or _from_endpoint(url, endpoint_url))
    if not named:
        raise BadInput(
            f"{option} is a URL, but not of a bucket on Amazon S3: expected a bucket's name"
            " (and --endpoint-url for an S3-compatible server)"
        )
    return named


def _url(text: str) -> SplitResult | None:
    """The parts of a URL; None where it is none, such as for an unclosed bracket or port 70000."""
    try:
        url = urlsplit(text)
        usable = bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if usable else None


def _from_amazon(url: SplitResult) -> Named | None:
    """`bucket.s3.region.amazonaws.com/key` (virtual-hosted) or `s3.region.amazonaws.com/bucket/key` (path-style)."""
    match = _HOST.fullmatch(url.hostname or "")
    if not match:
        return None
    region, path = match["region"] or "", unquote(url.path)
    if match["bucket"]:
        return Named(match["bucket"], directory(path), region, "a URL")
    return _split(path.removeprefix("/"), "a URL", region)


def _from_console(url: SplitResult) -> Named | None:
    """`console.aws.amazon.com/s3/buckets/NAME?region=…&prefix=…`: what the address bar of the AWS console shows."""
    path = _CONSOLE_PATH.match(url.path)
    if not path or not _CONSOLE.fullmatch(url.hostname or ""):
        return None
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    prefix = query.get("prefix", "")
    if path["kind"] == "object":
        prefix = prefix.rpartition("/")[0]
    return Named(unquote(path["bucket"]), directory(prefix), query.get("region", ""), "an address of the AWS console")


def _from_endpoint(url: SplitResult, endpoint_url: str) -> Named | None:
    """`endpoint/bucket/key`, where the endpoint is the one that was given."""
    endpoint = urlsplit(endpoint_url)
    if not endpoint_url or endpoint.netloc != url.netloc:
        return None
    return _split(unquote(url.path.removeprefix(endpoint.path)).removeprefix("/"), "a URL")


def endpoint_named(text: str) -> str:
    """An endpoint's URL, tidied. Raises BadInput unless it is http(s)://host[:port][/path] and nothing more."""
    given = tidied(text).rstrip("/")
    expected = "expected a URL such as https://s3.example.com or http://localhost:9000"
    if not _HTTP.match(given):
        raise BadInput(f"--endpoint-url is not an http or https URL: {expected}")
    url = _url(given)
    if not url or not re.fullmatch(r"[\w.:-]+", url.hostname or ""):
        raise BadInput(f"--endpoint-url names no host and port that can be used: {expected}")
    if url.username is not None or url.password is not None:
        raise BadInput(f"--endpoint-url holds a user name or password, which S3 does not use: {expected}")
    if url.query or url.fragment:
        raise BadInput(f"--endpoint-url goes on after its path: {expected}")
    return given


def amazon_region(endpoint_url: str) -> str | None:
    """The region (or an empty text) of an endpoint that is Amazon S3's own public one; None for any other server.

    Dual-stack, FIPS and accelerated endpoints are another address of the same buckets, and so count as other.
    """
    match = re.fullmatch(
        rf"(?:.+\.)?s3(?:[.-]{_REGION})?\.amazonaws\.(?:com|com\.cn|eu)", urlsplit(endpoint_url).netloc
    )
    return (match["region"] or "") if match else None
