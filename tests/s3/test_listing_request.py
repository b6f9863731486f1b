"""Our parser of list pages says what botocore's says, or leaves the page to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.parsers import create_parser
from botocore.session import get_session
from hypothesis import given, settings
from hypothesis import strategies as st
from listserver import ListServer, Manners, http
from replay import Replay

from s3doctor.s3.listing import list_keys
from s3doctor.s3.listing_request import answered, ask_page, parsed, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE = get_session().get_service_model("s3").shape_for("ListObjectsV2Output")
PARSER = create_parser("rest-xml")
AWS = (
    "<Contents><Key>{0}</Key><LastModified>2026-11-24T11:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
    "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>{1}</Size>"
    "<Owner><ID>o</ID><DisplayName>Key</DisplayName></Owner><StorageClass>{2}</StorageClass>"
    "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus></Contents>"
)
MD5S = AWS.replace("&quot;e&quot;", "&quot;{1:03}d8cd98f00b204e9800998ecf8427e&quot;")
MULTIPART = AWS.replace("&quot;e&quot;", "&quot;d41d8cd98f00b204e9800998ecf8427e-2&quot;")
BARE = "<Contents><Size>{1}</Size><Key>{0}</Key></Contents>"


def document(contents: str = "", *, more: str = "", encoding: str = "", truncated: str = "false") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>bucket</Name><Prefix/>{encoding}<IsTruncated>{truncated}</IsTruncated>{more}{contents}</ListBucketResult>\n"
    ).encode()


def theirs(body: bytes) -> Any:
    return answered(PARSER.parse({"status_code": 200, "headers": {}, "body": body}, SHAPE))


TOKEN = "<NextContinuationToken>1/x+y=</NextContinuationToken>"
PREFIXES = "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><CommonPrefixes>\n<Prefix>b/</Prefix></CommonPrefixes>"


@pytest.mark.parametrize(
    "body",
    [
        document(),
        document(AWS.format("a/b.jpg", 5, "STANDARD")),
        document(AWS.format("a", 5, "STANDARD") + AWS.format("b", 0, "GLACIER")),
        document(AWS.format("a", 5, "GLACIER") + AWS.format("b", 7, "GLACIER")),
        document(BARE.format("a", 1) + BARE.format("b", 10**12)),
        document(MD5S.format("a", 5, "STANDARD") + MD5S.format("b", 6, "STANDARD")),
        document(MD5S.format("a", 5, "STANDARD") + MULTIPART.format("b", 6, "STANDARD")),
        document((MD5S + MULTIPART).format("a", 5, "GLACIER").replace("&quot;", "&#34;")),
        document(MD5S.format("a", 5, "STANDARD").replace("&quot;", '"')),
        document(AWS.format("b", 5, "STANDARD") + AWS.format("a", 5, "STANDARD")),
        document(AWS.format("日本", 5, "STANDARD")),
        document(AWS.format("a", 5, "STANDARD"), more=TOKEN, truncated="true"),
        document(AWS.format("c", 5, "STANDARD") + PREFIXES),
        document(PREFIXES, truncated="true", more=TOKEN),
    ],
)
def test_plain_pages(body: bytes) -> None:
    assert parsed(body) == theirs(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        document()[:-10],
        document().replace(b"IsTruncated", b"Truncated"),
        document(AWS.format("a&amp;b", 5, "STANDARD")),
        document(AWS.format("a&#x1F600;", 5, "STANDARD")),
        document(AWS.format("a\r", 5, "STANDARD")),
        document(AWS.format("<![CDATA[a]]>", 5, "STANDARD")),
        document(AWS.format("a", " 5 ", "STANDARD")),
        document(AWS.format("a", 5, "STANDARD") + BARE.format("b", 1)),
        document(AWS.format("a", 5, "GLACIER") + BARE.format("b", 1)),
        document("<CommonPrefixes><Prefix>a&amp;/</Prefix></CommonPrefixes>"),
        document(AWS.format("a", 5, "STANDARD")).replace(b"a</Key>", b"\xe9</Key>"),
        document(AWS.format("%E9+a", 5, "STANDARD"), encoding="<EncodingType>url</EncodingType>").replace(
            b"+a", b"+\xe9"
        ),
        document(PREFIXES).replace(b"b/", b"\xe9/"),
    ],
)
def test_anything_else_is_left_to_botocore(body: bytes) -> None:
    assert parsed(body) is None


def test_tags_are_of_etags_that_are_md5s() -> None:
    body = document(MD5S.format("a", 5, "X") + MULTIPART.format("b", 6, "X") + MD5S.format("c", 5, "X"))
    got = parsed(body)
    assert got is not None
    first, none, third = got.page.tags
    assert (first == third != 0, none) == (True, 0)
    assert list(got.page.cut(2).tags) == [first, 0]
    both = parsed(document(MD5S.format("a", 5, "X") + MD5S.format("b", 6, "X")))
    assert both is not None
    assert both.page.tags[0] == first != both.page.tags[1]


def test_a_page_whose_classes_are_only_partly_there() -> None:
    body = document(BARE.format("a", 1) + AWS.format("b", 5, "STANDARD"))
    assert theirs(body).page.classes == ("STANDARD",)
    assert parsed(body) is None


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=9))
def test_encoded_keys(keys: list[str]) -> None:
    from urllib.parse import quote_plus

    encoding = "<EncodingType>url</EncodingType>"
    body = document("".join(AWS.format(quote_plus(key, safe="/"), 5, "STANDARD") for key in keys), encoding=encoding)
    got = parsed(body)
    assert got is not None
    assert (got.page.keys(), got.ordered) == (keys, keys == sorted(keys))
    assert len(got.page) == len(keys)
    if keys:
        assert (got.page.first, got.page.last) == (keys[0], keys[-1])


@settings(deadline=None)
@given(st.lists(st.text("ab\n", min_size=1, max_size=4), min_size=1, max_size=5))
def test_raw_line_breaks_where_keys_should_be_encoded(keys: list[str]) -> None:
    body = document(
        "".join(AWS.format(key + "+", 5, "STANDARD") for key in keys), encoding="<EncodingType>url</EncodingType>"
    )
    got = parsed(body)
    assert got is not None
    assert got.page.keys() == [key + " " for key in keys]


def test_the_client_goes_on_parsing_for_everybody_else(client: Callable[..., Any]) -> None:
    with ListServer(["a", "b"]) as server:
        one = client(server.url)
        prepare(one)
        prepare(one)
        answer, got = ask_page(one, "bucket", "")
        assert "Contents" not in answer.data
        assert got is not None
        assert got.page.keys() == ["a", "b"]
        assert [item["Key"] for item in one.list_objects_v2(Bucket="bucket")["Contents"]] == ["a", "b"]


def test_pages_that_are_not_plain_come_by_way_of_botocore(client: Callable[..., Any]) -> None:
    with ListServer(["a&b", "c<d"], Manners(encode=False)) as server:
        answer, got = ask_page(client(server.url), "bucket", "")
        assert "Contents" in answer.data
        assert got is not None
        assert got.page.keys() == ["a&b", "c<d"]


def test_an_error_inside_a_200_is_an_error(client: Callable[..., Any]) -> None:
    with Replay(http(200, "<Error><Code>InternalError</Code><Message>We</Message></Error>")) as server:
        one = client(server.url)
        prepare(one)
        answer, got = ask_page(one, "bucket", "")
    assert (answer.http, answer.code, got) == (500, "InternalError", None)


def test_a_page_that_breaks_off_is_asked_for_again(client: Callable[..., Any]) -> None:
    keys = [f"{n:03}" for n in range(50)]
    broken = http(200, document(AWS.format("a", 5, "STANDARD"))[:-30].decode())
    with ListServer(keys, Manners(page=10, fault=lambda n, _: broken if n == 2 else None)) as server:
        got = list_keys(client(server.url), "bucket", threads=1)
    assert list(got.keys()) == keys
