"""Signature version 4 where moto does not look: presigned URLs, and requests that the layer in front has changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from s3doctor.demo.errors import access_denied, error, signature_does_not_match

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.credentials import Credentials
    from werkzeug.wrappers import Request, Response

STAMP = "%Y%m%dT%H%M%SZ"
WEEK = 604_800
SKEW = timedelta(minutes=15)
TOO_LONG = (
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
    "604800 seconds"
)
INCOMPLETE = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
    "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)


def scope(request: Request) -> list[str]:
    """Key ID, day, region, service and `aws4_request` of a signed request, header or URL; empty where it has none."""
    header = request.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0]
    parts = (header or request.args.get("X-Amz-Credential", "")).split("/")
    return parts if len(parts) == 5 else []  # noqa: PLR2004 - the five that the docstring names


def _url(request: Request, keep: Callable[[str], bool], extra: str = "") -> str:
    """The URL as it came over the wire, still encoded, with the parameters whose names are kept."""
    path, _, query = str(request.environ["RAW_URI"]).partition("?")
    parts = [part for part in query.split("&") if part and keep(part.partition("=")[0])] + [extra] * bool(extra)
    return f"{request.scheme}://{request.host}{path}" + ("?" + "&".join(parts) if parts else "")


def _signature(request: Request, key: Credentials) -> str:
    """The signature that the presigned request should carry."""
    names = request.args.get("X-Amz-SignedHeaders", "").split(";")
    headers = {name: request.headers.get(name, "") for name in names}
    aws = AWSRequest(request.method, _url(request, lambda name: name != "X-Amz-Signature"), headers)
    aws.context["timestamp"] = request.args["X-Amz-Date"]
    auth = S3SigV4QueryAuth(key, "s3", scope(request)[2], expires=0)
    return str(auth.signature(auth.string_to_sign(aws, auth.canonical_request(aws)), aws))


def too_far_off(request: Request, now: datetime) -> datetime | None:
    """When a request was signed, if that is more than 15 minutes from now: AWS refuses it."""
    stamp = request.headers.get("X-Amz-Date", "")
    signed_at = datetime.strptime(stamp, STAMP).replace(tzinfo=timezone.utc) if stamp else now
    return signed_at if abs(now - signed_at) > SKEW else None


def matches(request: Request, key: Credentials) -> bool:
    """Whether the request's `Authorization` header was made with this key, for this very request."""
    header = request.headers["Authorization"]
    names = header.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    aws = AWSRequest(request.method, _url(request, bool), {name: request.headers.get(name, "") for name in names})
    aws.context["timestamp"] = request.headers.get("X-Amz-Date", "")
    auth = S3SigV4Auth(key, "s3", scope(request)[2])
    expected = auth.signature(auth.string_to_sign(aws, auth.canonical_request(aws)), aws)
    return header.partition("Signature=")[2].partition(",")[0] == expected


def presigned_fault(request: Request, key: Credentials, now: datetime) -> Response | None:
    """Why AWS would refuse a presigned URL of this key; None for a good one."""
    try:
        signed_at = datetime.strptime(request.args["X-Amz-Date"], STAMP).replace(tzinfo=timezone.utc)
        seconds = int(request.args["X-Amz-Expires"])
    except (KeyError, ValueError):
        return error(400, "AuthorizationQueryParametersError", INCOMPLETE)
    if seconds > WEEK:
        return error(400, "AuthorizationQueryParametersError", TOO_LONG)
    expires = signed_at + timedelta(seconds=seconds)
    if now > expires:
        times = {"Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}", "ServerTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
        return access_denied("Request has expired", {"X-Amz-Expires": str(seconds), **times})
    if _signature(request, key) != request.args["X-Amz-Signature"]:
        return signature_does_not_match(key.access_key)
    return None


def signed_again(
    request: Request, key: Credentials, region: str, drop: tuple[str, ...], extra: str = ""
) -> dict[str, Any]:
    """The request's environment with a header signature of this key, as moto can check it.

    Query parameters whose names begin with one of `drop` are left out, `extra` (`name=value`) is added.
    """
    aws = AWSRequest(request.method, _url(request, lambda name: not name.startswith(drop), extra))
    S3SigV4Auth(key, "s3", region).add_auth(aws)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": str(value) for name, value in aws.headers.items()}
    target = str(aws.url).partition(request.host)[2]
    return {**request.environ, **headers, "QUERY_STRING": target.partition("?")[2], "RAW_URI": target}
