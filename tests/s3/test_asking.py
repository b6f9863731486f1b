"""Whatever happens to a request, `ask` answers, and no secret is in the answer."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st
from replay import S3_HEADERS, Replay, answer, error

from s3doctor.s3.asking import BODY_LIMIT, answer_from_response, ask, ask_http, error_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.s3.answer import Answer

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PAGE = f"<html>{SECRET}<br></html>"
SIGNATURE = "0123456789abcdef" * 4


def get(client: Any, **options: Any) -> Answer:
    return ask("GetObject", "s3://bucket/key", lambda: client.get_object(Bucket="bucket", Key="key"), **options)


def test_a_success_keeps_data_first_bytes_and_allowed_headers(client: Callable[..., Any]) -> None:
    headers = {**S3_HEADERS, "ETag": '"e"', "Set-Cookie": "session=1", "x-amz-server-side-encryption": "AES256"}
    with Replay(answer(200, b"picture", headers)) as server:
        got = get(client(server.url), body_limit=3)
    assert (got.ok, got.http, got.body, got.from_s3, got.fault) == (True, 200, b"pic", True, "")
    assert got.headers["x-amz-server-side-encryption"] == "AES256"
    assert "set-cookie" not in got.headers
    assert got.data["ContentLength"] == 7
    assert {"Body", "ResponseMetadata"}.isdisjoint(got.data)
    assert got.milliseconds > 0


def test_a_stream_can_be_left_open_for_the_caller(client: Callable[..., Any]) -> None:
    with Replay(answer(200, b"picture")) as server:
        got = get(client(server.url), body_limit=None)
        assert got.data["Body"].read() == b"picture"
        got.data["Body"].close()
    assert got.body == b""


def test_a_call_without_an_answer_of_its_own_is_a_success() -> None:
    assert ask("Upload", "s3://bucket/key", lambda: None).http == 200


def test_an_error_document_becomes_code_message_and_allowed_fields(client: Callable[..., Any]) -> None:
    fields = (
        "<Region>eu-west-1</Region>"
        f"<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 x {SIGNATURE}"
        f"</StringToSign><SignatureProvided>{SIGNATURE}</SignatureProvided><Token-0>tok</Token-0>"
    )
    with Replay(error(403, "SignatureDoesNotMatch", "It does not match", fields)) as server:
        got = get(client(server.url))
    assert (got.http, got.code, got.fields) == (403, "SignatureDoesNotMatch", {"Region": "eu-west-1"})
    assert got.evidence.text == "GetObject s3://bucket/key: 403 SignatureDoesNotMatch"
    assert got.headers["x-amz-id-2"] == S3_HEADERS["x-amz-id-2"]
    assert SIGNATURE not in repr(got) + str(got.body) + str(got.data)
    assert "IOSFODNN7" not in repr(got)


def test_an_answer_without_a_document_has_no_code(client: Callable[..., Any]) -> None:
    with Replay(answer(400, headers={**S3_HEADERS, "x-amz-bucket-region": "eu-central-1"})) as server:
        got = ask("HeadBucket", "s3://bucket/", lambda: client(server.url).head_bucket(Bucket="bucket"))
    assert (got.http, got.code, got.message) == (400, "", "")
    assert got.headers["x-amz-bucket-region"] == "eu-central-1"


def test_an_html_page_has_no_code_and_is_not_from_s3(client: Callable[..., Any]) -> None:
    page = "<html><body>Please log in<br></body></html>"
    with Replay(answer(403, page, {"Content-Type": "text/html"})) as server:
        got = get(client(server.url))
    assert (got.http, got.code, got.from_s3, got.headers["content-type"]) == (403, "", False, "text/html")


def test_an_html_page_in_the_place_of_a_listing_is_not_from_s3(client: Callable[..., Any]) -> None:
    with Replay(answer(200, PAGE, {"Content-Type": "text/html"})) as server:
        s3 = client(server.url)
        got = ask("ListObjectsV2", "s3://bucket/", lambda: s3.list_objects_v2(Bucket="bucket"))
    assert (got.http, got.code, got.from_s3) == (500, "", False), "botocore makes a 500 of a 200 that is not XML"


def test_a_page_that_is_no_xml_is_not_quoted(client: Callable[..., Any]) -> None:
    with Replay(answer(200, PAGE, {"Content-Type": "text/html"})) as server:
        got = ask("GetCallerIdentity", "sts", client(server.url, "sts").get_caller_identity)
    assert (got.http, got.fault, got.message) == (None, "ResponseParserError", "The answer is not XML.")


def test_xml_that_no_aws_service_sends_is_no_crash(client: Callable[..., Any]) -> None:
    with Replay(answer(200, "<html><body/></html>", {"Content-Type": "text/html"})) as server:
        got = ask("GetCallerIdentity", "sts", client(server.url, "sts").get_caller_identity)
    assert (got.http, got.fault, got.ok) == (None, "ResponseParserError", False)


@pytest.mark.parametrize("error_at", ["first byte", "body"])
def test_silence_is_a_read_timeout(client: Callable[..., Any], error_at: str) -> None:
    cut = answer(200, b"", {**S3_HEADERS, "Content-Length": "9"})
    with Replay(None if error_at == "first byte" else cut) as server:
        got = get(client(server.url, config={"read_timeout": 1}))
    assert got.http is None
    assert got.fault == ("ReadTimeoutError" if error_at == "first byte" else "IncompleteReadError")


def test_a_refused_port_is_named_beneath_the_exception(client: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    got = get(client(f"http://127.0.0.1:{port}"))
    assert (got.fault, got.reason) == ("EndpointConnectionError", "ConnectionRefusedError")
    assert got.evidence.text == "GetObject s3://bucket/key: EndpointConnectionError (ConnectionRefusedError)"


def test_an_unknown_host_is_named_beneath_the_exception(client: Callable[..., Any]) -> None:
    got = get(client("http://bucket.invalid"))
    assert (got.fault, got.reason) == ("EndpointConnectionError", "NameResolutionError")


def test_a_line_break_in_the_key_does_not_leak_it(client: Callable[..., Any]) -> None:
    with Replay(answer(200)) as server:
        got = get(client(server.url, aws_access_key_id=f"{SECRET}\n"))
    assert got.fault == "HTTPClientError"
    assert "Invalid header value" in got.message
    assert "wJalr" not in repr(got)


def test_a_failed_upload_tells_what_s3_said() -> None:
    def call() -> dict[str, Any]:
        refusal = ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "PutObject")
        raise S3UploadFailedError("Failed to upload") from refusal

    got = ask("PutObject", "s3://bucket/key", call)
    assert (got.code, got.http, got.fault) == ("AccessDenied", None, "ClientError")


def test_an_exception_being_handled_is_not_part_of_the_story() -> None:
    def call() -> dict[str, Any]:
        raise ReadTimeoutError(endpoint_url="https://s3")

    try:
        raise ConnectionRefusedError  # noqa: TRY301 - the exception that is being handled
    except ConnectionRefusedError:
        got = ask("GetObject", "s3://bucket/key", call)
    assert (got.fault, got.reason) == ("ReadTimeoutError", "")


@pytest.mark.parametrize("mistake", [KeyboardInterrupt, ZeroDivisionError, KeyError, ValueError])
def test_what_is_not_of_the_libraries_passes(mistake: type[BaseException]) -> None:
    def call() -> dict[str, Any]:
        raise mistake

    with pytest.raises(mistake):
        ask("GetObject", "s3://bucket/key", call)


def plain(url: str, **options: Any) -> Answer:
    pool = urllib3.PoolManager(retries=False, timeout=10)
    return ask_http(
        "Preflight", "s3://bucket/key", lambda: pool.request("OPTIONS", url, preload_content=False), **options
    )


def test_a_plain_request_reads_the_error_document() -> None:
    with Replay(error(403, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.")) as server:
        got = plain(server.url)
    assert (got.http, got.code, got.message) == (
        403,
        "AccessForbidden",
        "CORSResponse: CORS is not enabled for this bucket.",
    )
    assert got.body == b""


def test_a_plain_request_keeps_what_a_browser_looks_at() -> None:
    headers = {
        **S3_HEADERS,
        "Access-Control-Allow-Origin": "*",
        "Vary": "Origin",
        "Location": "https://x/y?X-Amz-Signature=z",
    }
    with Replay(answer(200, b"abcdef", headers)) as server:
        got = plain(server.url, body_limit=4)
    assert got.headers["access-control-allow-origin"] == "*"
    assert (got.headers["vary"], got.headers["location"], got.body) == ("Origin", "https://x/y", b"abcd")


@pytest.mark.parametrize(
    ("length", "extra", "fault"),
    [
        ("9", {}, "IncompleteReadError"),
        ("6", {}, ""),
        ("nonsense", {}, ""),
        ("9", {"Content-Encoding": "identity"}, ""),
    ],
)
def test_a_plain_answer_that_breaks_off_is_noticed(length: str, extra: dict[str, str], fault: str) -> None:
    with Replay(answer(200, b"abcdef", {**S3_HEADERS, "Content-Length": length, **extra})) as server:
        pool = urllib3.PoolManager(retries=False, timeout=10)

        def call() -> urllib3.BaseHTTPResponse:
            return pool.request("GET", server.url, preload_content=False, enforce_content_length=False)

        assert ask_http("GetObject (presigned)", "s3://bucket/key", call).fault == fault


def test_a_plain_request_that_fails_is_an_answer_too() -> None:
    got = plain("http://bucket.invalid/key?X-Amz-Signature=abc")
    assert (got.fault, got.reason) == ("NameResolutionError", "gaierror")
    assert "abc" not in got.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><br></html>",
        b"<html/>",
        b"not xml",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><Error/>',
        b"<Error><Code>X</Code></Error>" + b" " * BODY_LIMIT,
        b'<!DOCTYPE Error [<!ENTITY a "AccessDenied">]><Error><Code>&a;</Code></Error>',
        b'<!DOCTYPE Error SYSTEM "http://127.0.0.1/x"><Error><Code>X</Code></Error>',
    ],
)
def test_what_is_no_error_document_gives_no_code(body: bytes) -> None:
    got = answer_from_response("GetObject", "s3://bucket/key", 403, {}, body, 1.0)
    assert (got.http, got.code, got.message, got.fields) == (403, "", "", {})


def test_the_error_document_of_other_services_is_read() -> None:
    body = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
      <Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error>
      <RequestId>1</RequestId></ErrorResponse>"""
    got = answer_from_response("GetCallerIdentity", "sts", 403, {}, body, 1.0)
    assert got.code == "InvalidClientTokenId"
    assert answer_from_response("x", "y", 403, {}, b"<ErrorResponse><RequestId/></ErrorResponse>", 1.0).code == ""


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.binary(max_size=50).map(lambda raw: b"<Error><Code>" + raw + b"</Code></Error>")
    )
)
def test_no_bytes_break_the_reader_of_error_documents(body: bytes) -> None:
    assert all(isinstance(value, str) for value in error_document(body).values())


def test_a_deep_document_is_read_without_harm() -> None:
    assert error_document(b"<Error>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</Error>") == {"a": ""}
