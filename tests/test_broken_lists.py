"""Lists of a server that leaves out what AWS always sends: not known, with a cause, and never a fault of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from between import Between, Rule
from replay import S3_HEADERS, Replay, answer

from s3doctor import diagnose
from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.context import Context
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.model import Result, Status
from s3doctor.s3.listing import list_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from s3doctor.demo.server import EmbeddedS3

KEY = "<Contents><Key>{}</Key><Size>5</Size></Contents>"
FOLDER = "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>"
BROKEN = {
    "a folder without a name": FOLDER.format("a/") + "<CommonPrefixes><Owner/></CommonPrefixes>",
    "an object without a key": KEY.format("a") + "<Contents><Size>5</Size></Contents>",
    "an object without a size": "<Contents><Key>a</Key></Contents>",
    "nothing at all in an object": "<Contents></Contents>",
}


def page(contents: str, more: str = "<IsTruncated>false</IsTruncated>") -> bytes:
    return answer(
        200,
        f"<?xml version='1.0'?><ListBucketResult><Name>pictures</Name><Prefix/>{more}{contents}</ListBucketResult>",
        {**S3_HEADERS, "Content-Type": "application/xml"},
    )


def context(url: str) -> Context:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    return Context(Connection("pictures", key, endpoint_url=url, region="us-east-1", timeout=20))


@pytest.mark.parametrize("contents", BROKEN.values(), ids=BROKEN)
def test_a_directory_of_nameless_things_is_no_answer(contents: str) -> None:
    with Replay(page(contents)) as server:
        found = context(server.url).directory("pictures", "")
    assert (found.directories, found.files, found.complete) == ((), (), False)
    assert (found.answer.ok, found.answer.fault) == (False, "ResponseParserError")


@pytest.mark.parametrize("contents", [KEY.format("elsewhere/a"), FOLDER.format("elsewhere/")])
def test_what_was_not_asked_for_is_no_answer(contents: str) -> None:
    with Replay(page(contents)) as server:
        assert context(server.url).directory("pictures", "set/").answer.fault == "ResponseParserError"


def test_a_directory_whose_later_page_is_refused_is_not_complete() -> None:
    token = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    with Replay(page(""), page(KEY.format("a"), token), answer(403)) as server:
        found = context(server.url).directory("pictures", "")
    assert (found.files, found.complete, found.answer.http) == (("a",), False, 403)


def test_a_directory_with_more_to_come_and_no_way_to_it_is_not_complete() -> None:
    with Replay(page(KEY.format("a"), "<IsTruncated>true</IsTruncated>")) as server:
        found = context(server.url).directory("pictures", "")
    assert (found.files, found.complete) == (("a",), False)


@pytest.mark.parametrize("contents", BROKEN.values(), ids=BROKEN)
def test_a_listing_of_nameless_things_is_not_complete(contents: str) -> None:
    with Replay(page(contents)) as server:
        found = list_keys(context(server.url).s3.client("pictures"), "pictures")
        assert len(server.requests) == 1
    assert (found.count, found.complete, found.stopped) == (0, False, "ResponseParserError")


def test_a_list_that_broke_off_before_it_began_is_not_empty() -> None:
    head = page("").partition(b"Content-Length")[0]
    with Replay(head) as server:
        found = context(server.url)
        assert found.directory("pictures", "").answer.fault == "ResponseParserError"
        listing = list_keys(found.s3.client("pictures"), "pictures")
    assert (listing.complete, listing.stopped) == (False, "ResponseParserError")


def without(tag: bytes) -> Callable[[socket, bytes], None]:
    """Leave these elements out of the true answer."""

    def harm(client: socket, true: bytes) -> None:
        head, _, body = true.partition(b"\r\n\r\n")
        body = re.sub(rb"(<(?:Contents|CommonPrefixes)>.*?)<%s>[^<]*</%s>" % (tag, tag), rb"\1", body, flags=re.DOTALL)
        length = b"Content-Length: %d" % len(body)
        client.sendall(re.sub(rb"(?i)content-length: \d+", length, head) + b"\r\n\r\n" + body)

    return harm


@pytest.mark.parametrize("tag", [b"Key", b"Prefix", b"Size"])
@pytest.mark.parametrize("named", [True, False], ids=["named", "looked for"])
def test_no_verdict_rests_on_such_a_list(embedded_s3: EmbeddedS3, tag: bytes, *, named: bool) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    with Between(embedded_s3.endpoint_url, [Rule("list-type=2", without(tag))]) as between:
        changes: dict[str, Any] = {"endpoint_url": between.url} | ({} if named else {"datasets": ()})
        report = diagnose(replace(connection, **changes))
    results: dict[str, Result] = {result.code: result for result in report.results}
    assert not [code for code, result in results.items() if result.status in (Status.ERROR, Status.FAIL)]
    unsure = [result for result in results.values() if result.status is Status.UNKNOWN]
    assert any(result.outcome.cause is not None for result in unsure)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("photos", (Status.UNKNOWN, "shapes/ holds more than was looked at")),
        ("images", (Status.PASS, "images are in shapes/images/")),
    ],
)
def test_an_images_directory_that_was_not_seen_among_too_many_is_looked_for_by_name(
    embedded_s3: EmbeddedS3, name: str, told: tuple[Status, str]
) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), images=name)
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    crowd = page(FOLDER.format("shapes/aaa/") + KEY.format("shapes/annotations.json"), more)
    rules = [Rule(r"(?=.*delimiter=)(?=.*prefix=shapes%2F[& ])", lambda client, _: client.sendall(crowd))]
    with Between(embedded_s3.endpoint_url, rules) as between:
        found = {result.code: result for result in diagnose(replace(connection, endpoint_url=between.url)).results}
    assert (found["LAYOUT002"].status, found["LAYOUT002"].outcome.summary) == told
