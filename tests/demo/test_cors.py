"""Cross-origin answers, held against the answers of AWS that LocalStack recorded (test_s3_cors.snapshot.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from plainhttp import Plain, ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.demo.server import EmbeddedS3

APP = "https://localhost:4200"
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
NOT_ALLOWED = b"<Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed. This is usually"


@pytest.fixture
def preflight(embedded_s3: EmbeddedS3, bucket: str) -> Callable[..., Plain]:
    """Store rules and ask, as a browser asks before it sends a request."""

    def send(rules: list[dict[str, Any]], origin: str = APP, method: str = "GET", headers: str = "") -> Plain:
        if rules:
            s3 = embedded_s3.admin_client("s3")
            s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
        asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
        url = f"{embedded_s3.endpoint_url}/{bucket}/cars/x.jpg"
        return ask(url, "OPTIONS", {name: value for name, value in asked.items() if value})

    return send


def cors_headers(answer: Plain) -> dict[str, str]:
    wanted = ("access-control-", "vary")
    return {name: value for name, value in answer.headers.items() if name.lower().startswith(wanted)}


def test_without_rules(preflight: Callable[..., Plain], embedded_s3: EmbeddedS3) -> None:
    answer = preflight([], method="PUT")
    assert answer.status == 403
    assert b"<Message>CORSResponse: CORS is not enabled for this bucket.</Message><Method>PUT</Method>" in answer.body
    assert b"<ResourceType>BUCKET</ResourceType>" in answer.body
    assert b"<Method>OPTIONS</Method>" in preflight([], method="").body
    missing = ask(f"{embedded_s3.endpoint_url}/acme-2/x", "OPTIONS", {"Origin": APP})
    assert (missing.status, b"CORSResponse: Bucket not found" in missing.body) == (403, True)


def test_without_an_origin(preflight: Callable[..., Plain]) -> None:
    answer = preflight([{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}], origin="")
    assert answer.status == 400
    assert b"<Code>BadRequest</Code><Message>Insufficient information. Origin request header needed.<" in answer.body


def test_a_rule_for_one_origin(preflight: Callable[..., Plain]) -> None:
    rule = {"AllowedOrigins": [APP], "AllowedMethods": ["GET", "PUT"], "MaxAgeSeconds": 3000, "AllowedHeaders": ["*"]}
    answer = preflight([rule], method="PUT")
    assert (answer.status, answer.body) == (200, b"")
    assert cors_headers(answer) == {
        "Access-Control-Allow-Origin": APP,
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Max-Age": "3000",
        "Vary": VARY,
    }
    other = preflight([rule], origin="http://localhost:4200", method="PUT")
    assert other.status == 403
    assert NOT_ALLOWED in other.body
    assert b"<Method>PUT</Method><ResourceType>OBJECT</ResourceType>" in other.body


def test_a_rule_for_everybody(preflight: Callable[..., Plain]) -> None:
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": ["ETag", "x-amz-id-2"]}
    assert cors_headers(preflight([rule], origin="http://random:1234")) == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Expose-Headers": "ETag, x-amz-id-2",
        "Vary": VARY,
    }
    assert preflight([rule], headers="x-amz-meta-header2").status == 403, "without AllowedHeaders none is allowed"


@pytest.mark.parametrize(
    ("pattern", "origin", "status"),
    [
        ("http://*.origin.com", "http://test.origin.com", 200),
        ("http://*.origin.com", "http://test.origin.com/", 403),
        ("http://*.origin.com", "http://test.origin.org", 403),
        ("http://test.origin.com", "http://testxorigin.com", 403),
        ("start*end", "startend", 200),
        ("*", "null", 200),
    ],
)
def test_patterns(preflight: Callable[..., Plain], pattern: str, origin: str, status: int) -> None:
    assert preflight([{"AllowedOrigins": [pattern], "AllowedMethods": ["GET"]}], origin=origin).status == status


def test_header_names_compare_without_case(preflight: Callable[..., Plain]) -> None:
    names = ["x-amz-expected-bucket-owner", "x-AMZ-server-SIDE-encryption"]
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "AllowedHeaders": names}
    answer = preflight([rule], headers="x-AMZ-expected-BUCKET-owner,x-amz-server-side-encryption")
    allowed = "x-amz-expected-bucket-owner, x-amz-server-side-encryption"
    assert (answer.status, answer.headers["Access-Control-Allow-Headers"]) == (200, allowed)
    assert preflight([rule], headers="x-amz-request-payer").status == 403


def test_the_first_rule_that_fits_decides(preflight: Callable[..., Plain]) -> None:
    rules = [
        {"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"]},
        {"AllowedOrigins": [APP], "AllowedMethods": ["GET"], "MaxAgeSeconds": 5},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "MaxAgeSeconds": 9},
    ]
    assert preflight(rules).headers["Access-Control-Max-Age"] == "5"
    assert preflight(rules, origin="https://other").headers["Access-Control-Max-Age"] == "9"
    assert preflight(rules, method="DELETE").status == 403


def test_other_requests_carry_the_headers_of_the_rule(
    preflight: Callable[..., Plain], embedded_s3: EmbeddedS3, bucket: str, key: str
) -> None:
    preflight([{"AllowedOrigins": [APP], "AllowedMethods": ["GET"]}])
    url = embedded_s3.admin_client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, HttpMethod="GET"
    )
    answer = ask(url, headers={"Origin": APP})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, APP)
    assert answer.headers["Vary"] == VARY
    for more in ({"Origin": "https://other"}, {"Origin": APP, "Access-Control-Request-Method": "PUT"}, {}):
        answer = ask(url, headers=more)
        assert (answer.status, cors_headers(answer)) == (200, {}), more
