"""A listing is exactly what boto3's paginator gives, and says so when it is not all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from listserver import ListServer, Manners

from s3doctor.s3.listing import list_keys

if TYPE_CHECKING:
    from collections.abc import Callable


def paginated(client: Any, prefix: str = "") -> list[tuple[str, int, str]]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix=prefix)
    return [
        (o["Key"], o["Size"], o.get("StorageClass", "STANDARD")) for page in pages for o in page.get("Contents", ())
    ]


def test_one_page_costs_one_request(client: Callable[..., Any]) -> None:
    with ListServer([f"i/{n:05}.jpg" for n in range(1000)]) as server:
        got = list_keys(client(server.url), "bucket", "i/")
    assert (got.complete, got.count, len(server.requests)) == (True, 1000, 1)
    assert got.text == "1,000 objects"


def test_odd_keys_come_back_as_they_are(client: Callable[..., Any]) -> None:
    odd = sorted(
        ["i/a b.jpg", "i/a+b.jpg", "i/100%.jpg", "i/日本/é.jpg", "i/\n.jpg", "i/a&b<c>.jpg", "i/😀", "i//x", "i/.."]
    )
    with ListServer(odd, Manners(page=2)) as server:
        one = client(server.url)
        got = list_keys(one, "bucket", "i/")
        assert [tuple(entry) for entry in got] == paginated(one, "i/")
    assert list(got.keys()) == odd


def test_a_limit_is_told(client: Callable[..., Any]) -> None:
    with ListServer([f"{n:05}" for n in range(3000)]) as server:
        got = list_keys(client(server.url), "bucket", max_objects=1500)
    assert (got.complete, got.count, len(got)) == (False, 1500, 1500)
    assert got.text == "the first 1,500 of at least 1,501 objects (the limit of 1,500 objects was reached)"
    assert got.covers("01499")
    assert not got.covers("01500")
