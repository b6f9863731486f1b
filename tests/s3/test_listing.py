"""A listing is exactly what boto3's paginator gives, and says so when it is not all."""

from __future__ import annotations

import random
import threading
import time
from array import array
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyspaces import SHAPES
from listserver import ListServer, Manners, http
from moto.server import ThreadedMotoServer

from s3doctor.s3.listing import Listing, Progress, list_keys
from s3doctor.s3.listing_page import Page, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ODD = [
    "i/a b.jpg",
    "i/a+b.jpg",
    "i/100%.jpg",
    "i/日本/é.jpg",
    "i/\n.jpg",
    "i/\r\n.jpg",
    "i/a&b<c>.jpg",
    "i/😀",
    "i//x",
    "i/..",
    "i/%2B",
]
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>".decode()


def paginated(client: Any, prefix: str = "") -> list[tuple[str, int, str]]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix=prefix)
    return [
        (o["Key"], o["Size"], o.get("StorageClass", "STANDARD")) for page in pages for o in page.get("Contents", ())
    ]


def wide(client: Callable[..., Any], url: str, **config: Any) -> Any:
    return client(url, config={"max_pool_connections": 64, "read_timeout": 5, **config})


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    made = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    made.create_bucket(Bucket="bucket")
    yield made
    server.stop()


def test_a_real_server(moto: Any) -> None:
    for key in ODD[:4]:
        moto.put_object(
            Bucket="bucket", Key=key, Body=key.encode(), StorageClass="STANDARD_IA" if " " in key else "STANDARD"
        )
    got = list_keys(moto, "bucket", "i/")
    assert [tuple(entry) for entry in got] == paginated(moto, "i/")
    assert {entry.storage_class for entry in got} == {"STANDARD", "STANDARD_IA"}
    assert got.size == sum(len(key.encode()) for key in ODD[:4])


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_one_page_costs_one_request(client: Callable[..., Any], count: int) -> None:
    with ListServer([f"i/{n:05}.jpg" for n in range(count)]) as server:
        got = list_keys(client(server.url), "bucket", "i/")
    assert (got.complete, got.count, len(server.requests), got.requests) == (True, count, 1, 1)
    assert got.text == f"{count:,} objects"


def test_a_few_pages_cost_a_few_requests(client: Callable[..., Any]) -> None:
    with ListServer([f"i/{n:05}.jpg" for n in range(4500)]) as server:
        assert list_keys(wide(client, server.url), "bucket", "i/").count == 4500
    assert len(server.requests) <= 5 + 8


@pytest.mark.parametrize("encode", [True, False])
def test_odd_keys_come_back_as_they_are(client: Callable[..., Any], encode: bool) -> None:  # noqa: FBT001 - a parameter
    odd = sorted(key for key in ODD if encode or "\r" not in key)
    with ListServer(odd, Manners(page=2, encode=encode)) as server:
        one = client(server.url)
        got = list_keys(one, "bucket", "i/")
        assert [tuple(entry) for entry in got] == paginated(one, "i/")
    if encode:
        assert list(got.keys()) == odd


@pytest.mark.parametrize(
    ("shape", "prefix"), [*((shape, "images/") for shape in SHAPES), ("nested", ""), ("flat", "i")]
)
def test_every_key_space(client: Callable[..., Any], shape: str, prefix: str) -> None:
    keys = sorted({*SHAPES[shape](1500), "a", "imag", "images", "images0", "images_old/x.jpg", "z"})
    with ListServer(keys, Manners(page=10, latency=0.002)) as server:
        one = wide(client, server.url)
        got = list_keys(one, "bucket", prefix)
        assert server.most_at_once > 2
        assert len(server.requests) < 2.2 * len(keys) / 10 + 40
        assert [tuple(entry) for entry in got] == paginated(one, prefix)
    assert got.complete


@pytest.fixture(scope="module")
def choppy() -> Iterator[tuple[ListServer, Any]]:
    """A server whose pages are short or empty, and a client for it."""
    draw = random.Random(1)
    with ListServer([], Manners(cut=lambda _: draw.randrange(6))) as server:
        one = boto3.client(
            "s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        yield server, one
        one.close()


@settings(max_examples=60, deadline=None)
@given(
    st.sets(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
        | st.text("ab/0", min_size=1, max_size=12),
        max_size=120,
    ),
    st.sampled_from(["", "a", "a/", "0"]),
)
def test_any_keys_in_short_and_empty_pages(choppy: tuple[ListServer, Any], keys: set[str], prefix: str) -> None:
    server, one = choppy
    server.load(sorted(keys))
    got = list_keys(one, "bucket", prefix)
    assert list(got.keys()) == [key for key in server.keys if key.startswith(prefix)]
    assert got.complete


def test_it_goes_no_wider_than_the_client_has_connections(client: Callable[..., Any]) -> None:
    with ListServer(SHAPES["uuid"](3000), Manners(page=10, latency=0.02)) as server:
        assert list_keys(client(server.url, config={"max_pool_connections": 4}), "bucket").count == 3000
    assert 2 < server.most_at_once <= 4


def test_one_thread_is_one_chain(client: Callable[..., Any]) -> None:
    with ListServer(SHAPES["uuid"](300), Manners(page=10)) as server:
        assert list_keys(wide(client, server.url), "bucket", threads=1).count == 300
    assert (server.most_at_once, len(server.requests)) == (1, 30)


@pytest.mark.parametrize("threads", [1, 64])
def test_a_failed_page_is_asked_for_again(client: Callable[..., Any], threads: int) -> None:
    def fault(number: int, _query: dict[str, str]) -> bytes | None:
        if number % 9 == 4:
            return http(500, "<Error><Code>InternalError</Code><Message>We</Message></Error>")
        return b"" if number % 9 == 8 else None

    keys = SHAPES["nested"](1000)
    with ListServer(keys, Manners(page=20, fault=fault)) as server:
        got = list_keys(wide(client, server.url), "bucket", threads=threads)
    assert list(got.keys()) == keys
    assert got.complete


def test_it_asks_less_of_a_busy_server(client: Callable[..., Any]) -> None:
    keys = SHAPES["uuid"](4000)
    with ListServer(keys, Manners(page=20, latency=0.05, per_second=120)) as server:
        got = list_keys(wide(client, server.url), "bucket")
    assert list(got.keys()) == keys
    assert len(server.requests) < 2 * len(keys) / 20


def test_it_gives_up_on_a_server_that_stays_busy(client: Callable[..., Any]) -> None:
    with ListServer(SHAPES["flat"](100), Manners(page=10, per_second=0)) as server:
        got = list_keys(client(server.url), "bucket", deadline=time.monotonic() + 20)
    assert (got.count, got.complete, got.stopped, got.requests) == (0, False, "503 SlowDown", 6)
    assert got.error is not None
    assert got.error.code == "SlowDown"
    assert got.text == "the first 0 of at least 0 objects (503 SlowDown)"


def test_a_refusal_ends_it_and_what_was_seen_is_kept(client: Callable[..., Any]) -> None:
    keys = [f"{n:05}" for n in range(100)]
    with ListServer(keys, Manners(page=10, fault=lambda n, _: http(403, DENIED) if n == 4 else None)) as server:
        got = list_keys(client(server.url), "bucket", threads=1)
    assert (got.count, got.requests, len(server.requests)) == (30, 4, 4)
    assert got.text == "the first 30 of at least 31 objects (403 AccessDenied)"
    assert (got.covers("00029"), got.covers("00030")) == (True, False)


def test_a_server_that_is_not_there(client: Callable[..., Any]) -> None:
    got = list_keys(client("http://127.0.0.1:9"), "bucket", deadline=time.monotonic() + 1)
    assert not got.complete
    assert got.error is None
    assert got.stopped == "the time was up"


def test_a_rejected_token_is_replaced_by_start_after(client: Callable[..., Any]) -> None:
    def fault(number: int, query: dict[str, str]) -> bytes | None:
        bad = "continuation-token" in query and number % 3 == 0
        return http(400, "<Error><Code>InvalidArgument</Code><Message>x</Message></Error>") if bad else None

    keys = [f"{n:05}" for n in range(100)]
    with ListServer(keys, Manners(page=10, fault=fault)) as server:
        assert list(list_keys(client(server.url), "bucket", threads=1).keys()) == keys


def test_a_server_that_ignores_start_after_is_listed_in_one_chain(client: Callable[..., Any]) -> None:
    keys = SHAPES["uuid"](500)
    with ListServer(keys, Manners(page=10, start_after=False)) as server:
        got = list_keys(wide(client, server.url), "bucket")
    assert list(got.keys()) == keys
    assert got.requests <= len(server.requests)


def test_a_server_that_keeps_no_order_is_listed_in_one_chain(client: Callable[..., Any]) -> None:
    keys = SHAPES["uuid"](500)
    random.Random(1).shuffle(keys)
    with ListServer(keys, Manners(page=10)) as server:
        got = list_keys(wide(client, server.url), "bucket")
        part = list_keys(wide(client, server.url), "bucket", max_objects=15)
    assert list(got.keys()) == keys
    assert part.count == 15
    assert not part.covers(next(part.keys()) + "x")


def test_a_limit_is_told(client: Callable[..., Any]) -> None:
    with ListServer([f"{n:05}" for n in range(3000)]) as server:
        got = list_keys(client(server.url), "bucket", max_objects=1500)
        assert list_keys(client(server.url), "bucket", max_objects=3000).complete
    assert (got.complete, got.count, len(got)) == (False, 1500, 1500)
    assert got.text == "the first 1,500 of at least 1,501 objects (the limit of 1,500 objects was reached)"
    assert got.covers("01499")
    assert not got.covers("01500")


def test_a_large_limit_is_kept_to(client: Callable[..., Any]) -> None:
    keys = SHAPES["uuid"](60_000)
    with ListServer(keys, Manners(latency=0.005)) as server:
        got = list_keys(wide(client, server.url), "bucket", max_objects=30_500)
    assert got.count == 30_500
    assert not got.complete
    assert set(got.keys()) == {key for key in keys if got.covers(key)}
    assert "30,500 of at least" in got.text


def test_a_deadline_is_told_and_gaps_are_exact(client: Callable[..., Any]) -> None:
    keys = SHAPES["nested"](8000)
    with ListServer(keys, Manners(page=10, latency=0.3)) as server:
        got = list_keys(wide(client, server.url), "bucket", deadline=time.monotonic() + 3)
    assert 10 < got.count < 8000
    assert got.stopped == "the time was up"
    assert f"{got.count:,} of at least" in got.text
    assert list(got.keys()) == [key for key in keys if got.covers(key)]


def test_it_ends_before_the_answer_once_it_is_stopped(client: Callable[..., Any]) -> None:
    stop = threading.Event()
    with ListServer(SHAPES["flat"](100), Manners(latency=30)) as server:
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        got = list_keys(wide(client, server.url), "bucket", stop=stop)
        assert time.monotonic() - started < 25
        again = list_keys(wide(client, server.url), "bucket", stop=stop)
    assert (got.stopped, got.count, got.covers("images/x")) == ("it was interrupted", 0, False)
    assert again.requests == 0


def test_progress_has_a_rate_and_an_estimate(client: Callable[..., Any]) -> None:
    seen: list[Progress] = []
    with ListServer(SHAPES["uuid"](4000), Manners(page=10, latency=0.03)) as server:
        list_keys(wide(client, server.url), "bucket", on_progress=seen.append)
    assert seen[-1].objects == seen[-1].estimate == 4000
    assert [progress.objects for progress in seen] == sorted(progress.objects for progress in seen)
    assert any(progress.estimate and 1000 < progress.estimate < 16_000 for progress in seen[:-1])
    assert seen[-1].rate == pytest.approx(4000 / seen[-1].seconds)
    assert Progress(0, 0, 0.0).rate == 0.0


def test_a_first_page_is_no_ground_for_an_estimate(client: Callable[..., Any]) -> None:
    """Numbers of twelve digits leave room for a thousand million objects: that is no guess of how many there are."""
    seen: list[Progress] = []
    with ListServer(SHAPES["flat"](30_000), Manners(latency=0.3)) as server:
        list_keys(wide(client, server.url), "bucket", on_progress=seen.append)
    early = [progress for progress in seen if progress.objects <= 1000]
    assert early
    assert all(progress.estimate is None for progress in early)
    assert seen[-1].estimate == 30_000


def test_gaps_in_the_middle_are_not_called_the_first() -> None:
    listing = Listing("bucket", "i/", gaps=(("i/b", "i/c"),), stopped="the time was up")
    assert listing.text == "0 of at least 0 objects (the time was up)"
    assert [listing.covers(key) for key in ("i/b", "i/bb", "i/c", "i/d", "j")] == [True, False, False, True, False]


class Mistaken:
    """A client that breaks in a way that no server can bring about."""

    def __init__(self, client: Any) -> None:
        self.meta = client.meta

    def list_objects_v2(self, **_: object) -> dict[str, Any]:
        raise ZeroDivisionError


def test_a_mistake_of_our_own_is_raised_and_hangs_nothing(client: Callable[..., Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        list_keys(Mistaken(client("http://127.0.0.1:9")), "bucket")


@pytest.mark.parametrize("ordered", [True, False])
def test_objects_are_found_without_looking_into_pages_that_cannot_hold_them(*, ordered: bool) -> None:
    pages = [page_of([f"i/{letter}{n}" for n in range(3)], [1, 2, 3], ["STANDARD"] * 3) for letter in "aec"]
    if ordered:
        pages.sort(key=lambda page: page.first)
    listing = Listing("bucket", "i/", (*pages, page_of([], [], [])), ordered=ordered)
    wanted = ["i/c1", "i/a0", "i/b", "i/e2", "i/c1", "i/\udc80"]
    assert sorted(listing.find(wanted)) == [("i/a0", 1, "STANDARD"), ("i/c1", 2, "STANDARD"), ("i/e2", 3, "STANDARD")]
    assert list(listing.find(["i/d"])) == []


def test_pages_that_cannot_hold_a_key_are_not_opened() -> None:
    unreadable = Page(b"i/a\xff\xfe\xffi/b", array("q", [1, 1, 1]), ("STANDARD",))
    listing = Listing("bucket", "i/", (unreadable, page_of(["i/c"], [5], ["STANDARD"])))
    assert list(listing.find(["i/c"])) == [("i/c", 5, "STANDARD")]
