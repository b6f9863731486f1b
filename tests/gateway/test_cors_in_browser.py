"""What the doctor says of a CORS configuration, and what a real browser does with it, are the same."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from chromium import MISSING, start

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.gateway import Gateway

pytestmark = [pytest.mark.gateway, pytest.mark.browser, pytest.mark.skipif(bool(MISSING), reason=MISSING)]
FETCH = """
const [url, done] = arguments;
fetch(url).then(answer => done(answer.status)).catch(() => done("blocked"));
"""
ORIGIN = "the page's own origin"
TABLE: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no rule": ([], "cors-refused"),
    "the page's rule": ([{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}], ""),
    "this origin": ([{"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"]}], ""),
    "another origin": (
        [{"AllowedOrigins": ["https://elsewhere.example"], "AllowedMethods": ["GET"]}],
        "cors-refused",
    ),
    "another scheme": ([{"AllowedOrigins": ["https://127.0.0.1"], "AllowedMethods": ["GET"]}], "cors-refused"),
    "another port": ([{"AllowedOrigins": ["http://127.0.0.1:1"], "AllowedMethods": ["GET"]}], "cors-refused"),
    "a star in the port": ([{"AllowedOrigins": ["http://127.0.0.1:*"], "AllowedMethods": ["GET"]}], ""),
    "a star in the scheme": ([{"AllowedOrigins": ["*://127.0.0.1"], "AllowedMethods": ["GET"]}], "cors-refused"),
    "PUT only": ([{"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"]}], "cors-without-get"),
    "HEAD only": ([{"AllowedOrigins": ["*"], "AllowedMethods": ["HEAD"]}], "cors-without-get"),
    "GET and PUT": ([{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT"]}], ""),
    "the second rule fits": (
        [
            {"AllowedOrigins": ["https://elsewhere.example"], "AllowedMethods": ["GET"]},
            {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"]},
        ],
        "",
    ),
    "two rules, neither whole": (
        [
            {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["PUT"]},
            {"AllowedOrigins": ["https://elsewhere.example"], "AllowedMethods": ["GET"]},
        ],
        "cors-without-get",
    ),
    "headers exposed": (
        [{"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}],
        "",
    ),
}


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """An empty page of an origin of its own."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    browser = start(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.mark.parametrize("name", TABLE)
def test_doctor_and_browser_agree(gateway: Gateway, chromium: Any, page: str, name: str, record_property: Any) -> None:
    rules, kind = TABLE[name]
    connection = replace(prepare(cases.load("single-bucket"), gateway), origins=(page,))
    _set_rules(gateway, connection.bucket, rules, page)
    found = diagnose(connection, ["CORS"]).results
    chromium.get(page)
    url = gateway.presign(connection.credentials, connection.bucket, "shapes/annotations.json")
    got = chromium.execute_async_script(FETCH, url)
    record_property("doctor and browser", f"{name}: {found[0].status.value}, {got}")
    assert (found[0].status.value == "pass") is (got == 200)
    assert (found[0].outcome.cause.kind if found[0].outcome.cause else "") == kind
    assert found[1].status.value == ("pass" if got == 200 else "skip")


def _set_rules(gateway: Gateway, bucket: str, rules: list[dict[str, Any]], page: str) -> None:
    s3 = gateway.admin_client("s3")
    filled = [
        {**rule, "AllowedOrigins": [page if one == ORIGIN else one for one in rule["AllowedOrigins"]]} for rule in rules
    ]
    with contextlib.suppress(s3.exceptions.ClientError):
        s3.delete_bucket_cors(Bucket=bucket)
    if filled:
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": filled})
