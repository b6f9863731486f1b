"""Cross-origin requests as Amazon S3 answers them, from a bucket's stored rules.

Sources: the S3 user guide, "Using cross-origin resource sharing" and "Testing CORS", and the answers of AWS that
LocalStack recorded in `tests/aws/services/s3/test_s3_cors.snapshot.json`. The first rule that fits the origin, the
method and every requested header decides; a preflight that no rule fits gets 403, any other request no CORS headers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from werkzeug.wrappers import Response

from s3doctor.demo.errors import error, request_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from werkzeug.wrappers import Request

VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
NOT_FOUND = "CORSResponse: Bucket not found"
NOT_ENABLED = "CORSResponse: CORS is not enabled for this bucket."
NOT_ALLOWED = (
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
    "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
)
NO_ORIGIN = "Insufficient information. Origin request header needed."


class Rule(Protocol):
    """One stored CORS rule, as moto keeps it; what is not set is None."""

    allowed_origins: list[str]
    allowed_methods: list[str]
    allowed_headers: list[str] | None
    exposed_headers: list[str] | None
    max_age_seconds: str | None


def _any_fits(patterns: Iterable[str], value: str) -> bool:
    """Whether one of the patterns, each with at most one `*`, covers the whole value."""
    return any(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value) for pattern in patterns)


def _requested_headers(request: Request) -> list[str]:
    names = request.headers.get("Access-Control-Request-Headers", "").split(",")
    return [name.strip().lower() for name in names if name.strip()]


def first_rule(rules: Iterable[Rule], request: Request) -> Rule | None:
    """The first rule that allows origin, method and headers together; header names compare without regard to case."""
    origin = request.headers["Origin"]
    method = request.headers.get("Access-Control-Request-Method", request.method)
    for rule in rules:
        allowed = [name.lower() for name in rule.allowed_headers or ()]
        if (
            _any_fits(rule.allowed_origins, origin)
            and method in rule.allowed_methods
            and all(_any_fits(allowed, name) for name in _requested_headers(request))
        ):
            return rule
    return None


def headers(rules: Iterable[Rule], request: Request) -> dict[str, str]:
    """The CORS headers of the answer to `request`, which has an `Origin`; none where no rule allows it."""
    rule = first_rule(rules, request)
    if rule is None:
        return {}
    anyone = "*" in rule.allowed_origins
    return {
        "Access-Control-Allow-Origin": "*" if anyone else request.headers["Origin"],
        "Access-Control-Allow-Methods": ", ".join(rule.allowed_methods),
        **({} if anyone else {"Access-Control-Allow-Credentials": "true"}),
        **({"Access-Control-Expose-Headers": ", ".join(rule.exposed_headers)} if rule.exposed_headers else {}),
        **({"Access-Control-Max-Age": str(rule.max_age_seconds)} if rule.max_age_seconds else {}),
        "Vary": VARY,
    }


def preflight(request: Request, rules: Sequence[Rule] | None, resource_type: str) -> Response:
    """The answer to an `OPTIONS` request; `rules` is None where there is no such bucket.

    `resource_type` is what the URL names, BUCKET or OBJECT. Nothing is authenticated and no key is looked up.
    """
    if "Origin" not in request.headers:
        return error(400, "BadRequest", NO_ORIGIN)
    method = request.headers.get("Access-Control-Request-Method", "OPTIONS")
    if not rules:
        message = NOT_FOUND if rules is None else NOT_ENABLED
        return error(403, "AccessForbidden", message, {"Method": method, "ResourceType": "BUCKET"})
    allowed = headers(rules, request)
    if not allowed:
        return error(403, "AccessForbidden", NOT_ALLOWED, {"Method": method, "ResourceType": resource_type})
    if asked := _requested_headers(request):
        allowed["Access-Control-Allow-Headers"] = ", ".join(asked)
    return Response(status=200, headers={**allowed, "x-amz-request-id": request_id()})
