"""Sections B7 and B8: what answers in the place of S3, and what a browser may read."""

from __future__ import annotations

from replay import answer, error
from s3.answers import (
    DOCTOR,
    EU,
    GET,
    HTML,
    LIST,
    OWNER,
    PLATFORM,
    PREFLIGHT,
    PRESIGNED,
    WHOAMI,
    Row,
    deny,
    ok,
)

from s3doctor.s3.diagnosis import Situation

B7 = (
    Row("B7-html-403", GET, answer(403, "<html><body>Log in<br></body></html>", HTML), "not-s3"),
    Row("B7-html-200", LIST, answer(200, "<html><body>Log in<br></body></html>", HTML), "not-s3"),
    Row("B7-html-200-sts", WHOAMI, answer(200, "<html><body>Log in<br></body></html>", HTML), "not-s3"),
    Row("B7-login-redirect", "HeadBucket", answer(302, headers={"Location": "https://login.example/?a=b"}), "not-s3"),
    Row("B7-html-503", GET, answer(503, "<html><br></html>", HTML), "not-s3"),
    Row(
        "B7-denied-from-here",
        GET,
        deny("a resource-based policy"),
        "denied-from-here",
        Situation(works_elsewhere=True),
        OWNER,
    ),
)

PAGE = Situation(origin="https://app.example")
NOT_ALLOWED = error(
    403,
    "AccessForbidden",
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
    "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    "<Method>GET</Method><ResourceType>OBJECT</ResourceType>",
)
ALLOW = {"Access-Control-Allow-Origin": "https://app.example", "Access-Control-Allow-Methods": "GET"}
VARY = {"Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"}
B8 = (
    Row(
        "B8-not-enabled",
        PREFLIGHT,
        error(
            403,
            "AccessForbidden",
            "CORSResponse: CORS is not enabled for this bucket.",
            "<Method>GET</Method><ResourceType>BUCKET</ResourceType>",
        ),
        "cors-not-enabled",
        PAGE,
        OWNER,
    ),
    Row(
        "B8-no-such-cors-configuration",
        "GetBucketCors",
        error(404, "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
        "cors-not-enabled",
        who=OWNER,
    ),
    Row("B8-not-allowed", PREFLIGHT, NOT_ALLOWED, "cors-origin-not-allowed", PAGE, OWNER),
    Row(
        "B8-head-not-allowed",
        PREFLIGHT,
        NOT_ALLOWED,
        "cors-method-not-allowed",
        Situation(origin="https://app.example", method="HEAD"),
        OWNER,
    ),
    Row(
        "B8-header-not-allowed",
        PREFLIGHT,
        NOT_ALLOWED,
        "cors-headers-not-allowed",
        Situation(origin="https://app.example", asked_headers="range"),
        OWNER,
    ),
    Row(
        "B8-insufficient-information",
        PREFLIGHT,
        error(400, "BadRequest", "Insufficient information. Origin request header needed."),
        "cors-no-origin",
        who=DOCTOR,
    ),
    Row(
        "B8-preflight-301",
        PREFLIGHT,
        error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed …", headers=EU),
        "cors-redirect",
        PAGE,
        PLATFORM,
    ),
    Row(
        "B8-preflight-307",
        PREFLIGHT,
        error(307, "TemporaryRedirect", "Please re-send this request …", headers=EU),
        "cors-redirect",
        PAGE,
        PLATFORM,
    ),
    Row("B8-get-without-allow-origin", PRESIGNED, ok({}), "cors-header-missing", PAGE, OWNER),
    Row("B8-get-allowed", PRESIGNED, ok({**ALLOW, **VARY, "Access-Control-Expose-Headers": "ETag"}), "works", PAGE),
    Row("B8-preflight-allowed", PREFLIGHT, ok({**ALLOW, **VARY}, b""), "works", PAGE),
    Row("B8-preflight-other-code", PREFLIGHT, error(404, "NoSuchBucket", "No."), "no-such-bucket", PAGE),
    Row(
        "B8-put-cors-star",
        "PutBucketCors",
        error(400, "InvalidRequest", "Found unsupported HTTP method in CORS config. Unsupported method is *"),
        "cors-method-unsupported",
        who=OWNER,
    ),
    Row(
        "B8-put-cors-malformed",
        "PutBucketCors",
        error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our schema"),
        "cors-malformed",
        who=OWNER,
    ),
)
