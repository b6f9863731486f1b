"""An object is read whole, of one version, over bad connections, or the reason why not is told."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from replay import S3_HEADERS, Replay, answer, error

from s3doctor.s3.reading import ObjectChangedError, ObjectStream, RangeReader, ReadError, ReadStoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = bytes(range(256)) * 40
HEADERS = {**S3_HEADERS, "ETag": '"one"'}


def part(start: int, end: int, size: int = len(DATA), sent: int | None = None, etag: str = '"one"') -> bytes:
    """The answer to a ranged GET; `sent` bytes of it arrive."""
    body = DATA[start:end]
    headers = {
        **HEADERS,
        "ETag": etag,
        "Content-Range": f"bytes {start}-{end - 1}/{size}",
        "Content-Length": str(len(body)),
    }
    return answer(206, body if sent is None else body[:sent], headers)


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    made = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    made.create_bucket(Bucket="bucket")
    yield made
    server.stop()


@pytest.mark.parametrize("piece", [1, 7, 1000, 4096, len(DATA), len(DATA) + 1, -1])
def test_a_real_object_comes_back_whole(moto: Any, piece: int) -> None:
    etag = moto.put_object(Bucket="bucket", Key="k", Body=DATA)["ETag"]
    with ObjectStream(moto, "bucket", "k", range_size=3000) as stream:
        got = [stream.read(piece)]
        while got[-1]:
            got.append(stream.read(piece))
    assert b"".join(got) == DATA
    assert {len(part) for part in got[:-2]} <= {piece}
    assert (stream.size, stream.etag, stream.requests, stream.offset) == (len(DATA), etag, 4, len(DATA))


def test_an_empty_object_is_empty(moto: Any) -> None:
    moto.put_object(Bucket="bucket", Key="empty", Body=b"")
    stream = ObjectStream(moto, "bucket", "empty")
    assert (stream.read(10), stream.size, stream.requests) == (b"", 0, 1)


def test_a_missing_object_says_so(moto: Any) -> None:
    with pytest.raises(ReadError, match=r"GetObject s3://bucket/none: 404 NoSuchKey") as raised:
        ObjectStream(moto, "bucket", "none").read(1)
    assert (raised.value.answer.code, raised.value.offset) == ("NoSuchKey", 0)
    assert not isinstance(raised.value, ObjectChangedError)


def test_an_object_rewritten_under_way_is_noticed(moto: Any) -> None:
    moto.put_object(Bucket="bucket", Key="w", Body=DATA)
    stream = ObjectStream(moto, "bucket", "w", range_size=1000)
    stream.read(1000)
    moto.put_object(Bucket="bucket", Key="w", Body=DATA[::-1])
    with pytest.raises(ObjectChangedError, match="changed while it was being read") as raised:
        stream.read(1000)
    assert raised.value.offset == 1000


def test_an_object_deleted_under_way_is_noticed(moto: Any) -> None:
    moto.put_object(Bucket="bucket", Key="d", Body=DATA)
    stream = ObjectStream(moto, "bucket", "d", range_size=1000)
    stream.read(1000)
    moto.delete_object(Bucket="bucket", Key="d")
    with pytest.raises(ObjectChangedError):
        stream.read(1000)


def test_a_dropped_connection_is_resumed_where_it_broke(client: Callable[..., Any]) -> None:
    end = len(DATA)
    with Replay(part(0, end, sent=100), part(100, end, sent=0), part(100, end)) as server:
        stream = ObjectStream(client(server.url), "bucket", "k")
        assert stream.read() == DATA
    assert b"if-match" not in server.requests[0].lower()
    assert b'if-match: "one"' in server.requests[1].lower()
    assert stream.requests == 3


def test_what_arrived_before_the_break_is_not_asked_for_again(client: Callable[..., Any]) -> None:
    with Replay(part(0, 5000, 5000, sent=4000), part(4000, 5000, 5000)) as server:
        stream = ObjectStream(client(server.url), "bucket", "k")
        assert stream.read(3000) + stream.read(2000) == DATA[:5000]
    assert b"range: bytes=4000-" in server.requests[1].lower()


def test_a_busy_server_is_asked_again(client: Callable[..., Any]) -> None:
    busy = error(503, "SlowDown", "Please reduce your request rate.")
    with Replay(part(0, 1000, 2000), busy, b"", part(1000, 2000, 2000)) as server:
        assert ObjectStream(client(server.url), "bucket", "k", range_size=1000).read() == DATA[:2000]


def test_an_answer_that_breaks_off_in_its_head_is_asked_for_again(client: Callable[..., Any]) -> None:
    broken = part(0, 1000, 1000).partition(b"Content-Length")[0]
    with Replay(broken, part(0, 1000, 1000)) as server:
        assert ObjectStream(client(server.url), "bucket", "k").read() == DATA[:1000]


def test_it_gives_up_in_the_end(client: Callable[..., Any]) -> None:
    with Replay(part(0, 1000, 2000), error(503, "SlowDown", "Please reduce your request rate.")) as server:
        stream = ObjectStream(client(server.url), "bucket", "k", range_size=1000, stop=threading.Event())
        with pytest.raises(ReadError, match="503 SlowDown: 5 times in a row") as raised:
            stream.read()
    assert (raised.value.answer.code, raised.value.offset, stream.requests) == ("SlowDown", 1000, 6)


@pytest.mark.parametrize("first", [error(403, "AccessDenied", "Access Denied"), error(500, "InternalError", "We"), b""])
def test_a_first_refusal_is_final(client: Callable[..., Any], first: bytes) -> None:
    with Replay(first) as server:
        stream = ObjectStream(client(server.url), "bucket", "k")
        with pytest.raises(ReadError) as raised:
            stream.read(1)
    assert (stream.requests, stream.answer) == (1, raised.value.answer)


@pytest.mark.parametrize(
    "second", [part(1000, 2000, 2000, etag='"two"'), part(1000, 2000, 3000), error(416, "InvalidRange", "x")]
)
def test_a_server_that_ignores_if_match_is_seen_through(client: Callable[..., Any], second: bytes) -> None:
    with Replay(part(0, 1000, 2000), second) as server:
        stream = ObjectStream(client(server.url), "bucket", "k", range_size=1000)
        with pytest.raises(ObjectChangedError):
            stream.read()


def test_a_server_without_ranges_is_read_in_one_go(client: Callable[..., Any]) -> None:
    with Replay(answer(200, DATA, HEADERS)) as server:
        assert ObjectStream(client(server.url), "bucket", "k", range_size=1000).read() == DATA


def test_a_server_without_ranges_cannot_resume(client: Callable[..., Any]) -> None:
    whole = answer(200, DATA[:5000], {**HEADERS, "Content-Length": str(len(DATA))})
    with Replay(whole) as server:
        stream = ObjectStream(client(server.url), "bucket", "k")
        stream.read(4000)
        with pytest.raises(ReadError, match="does not answer requests for a range"):
            stream.read(4000)


def test_a_wrong_checksum_is_an_error(client: Callable[..., Any]) -> None:
    headers = {**HEADERS, "x-amz-checksum-crc32": "AAAAAA=="}
    with Replay(answer(200, DATA, headers)) as server:
        stream = ObjectStream(client(server.url), "bucket", "k")
        with pytest.raises(ReadError, match="do not fit the object's checksum") as raised:
            stream.read()
    assert raised.value.answer.fault == "FlexibleChecksumError"


def test_it_ends_at_the_deadline(client: Callable[..., Any]) -> None:
    busy = error(503, "SlowDown", "Please reduce your request rate.")
    with Replay(part(0, 1000, 2000), busy) as server:
        stream = ObjectStream(client(server.url), "bucket", "k", range_size=1000, deadline=time.monotonic() + 0.2)
        with pytest.raises(ReadStoppedError, match="out of time after 1,000 bytes") as raised:
            stream.read()
    assert not raised.value.answer.ok


def test_it_ends_when_stopped() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(ReadStoppedError, match="interrupted after 0 bytes") as raised:
        ObjectStream(object(), "bucket", "k", stop=stop).read(1)  # type: ignore[arg-type]
    assert raised.value.answer.fault == "interrupted"


def test_a_reader_of_ranges_is_not_fooled_by_a_server_without_them(client: Callable[..., Any]) -> None:
    with Replay(answer(200, DATA, HEADERS)) as server:
        fetch = RangeReader(client(server.url), "bucket")("k")
        assert fetch(0, 10) == DATA[:10]
        with pytest.raises(ReadError, match="does not answer requests for a range"):
            fetch(5, 10)
