"""Many pictures are read side by side from a real server, and the result does not depend on the order of answers."""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from s3doctor.pictures import Picture, check_pictures
from s3doctor.s3.reading import RangeReader, ReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def jpeg(width: int = 30, height: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "JPEG")
    return out.getvalue()


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
    for n in range(40):
        made.put_object(Bucket="bucket", Key=f"{n:02}.jpg", Body=jpeg(30 + n % 2))
    yield made
    server.stop()


def pictures(count: int = 40) -> list[Picture]:
    return [Picture(f"{n:02}.jpg", len(jpeg(30 + n % 2)), f"{n:02}.jpg", 30, 20) for n in range(count)]


def test_findings_are_counted_and_their_first_places_shown(moto: Any) -> None:
    done: list[int] = []
    got = check_pictures(RangeReader(moto, "bucket"), pictures(), threads=4, on_progress=done.append)
    assert (got.looked_at, got.wrong, got.unread, got.stopped, got.requests) == (40, 20, 0, "", 40)
    (finding,) = got.findings
    assert (finding.code, finding.count, finding.summary) == (
        "h-size",
        20,
        "20 pictures have another size than the file says",
    )
    assert [example.where for example in finding.examples] == ["01.jpg", "03.jpg", "05.jpg", "07.jpg", "09.jpg"]
    assert done[-1] == 40
    assert got.fetched == sum(picture.size for picture in pictures())


def test_what_cannot_be_read_is_told_apart(moto: Any) -> None:
    gone = Picture("gone.jpg", 100, "gone.jpg")
    got = check_pictures(RangeReader(moto, "bucket"), [gone, *pictures(2), Picture("also.jpg", 9, "x")], threads=2)
    assert (got.looked_at, got.unread, [key for key, _ in got.errors]) == (2, 2, ["gone.jpg", "also.jpg"])
    error = got.errors[0][1]
    assert isinstance(error, ReadError)
    assert error.answer.code == "NoSuchKey"


class Counting(RangeReader):
    """A reader that counts how often it was asked for a size."""

    asked = 0

    def size_of(self, key: str) -> int | None:
        self.asked += 1
        return super().size_of(key)


@pytest.mark.parametrize("other", [-20, -1, 5, 40_000])
def test_an_object_that_was_replaced_since_it_was_listed_is_not_called_cut_off(moto: Any, other: int) -> None:
    picture = pictures(1)[0]
    reader = Counting(moto, "bucket")
    got = check_pictures(reader, [replace(picture, size=picture.size + other)])
    assert (got.looked_at, got.findings, reader.asked) == (1, (), 1)
    assert (check_pictures(reader, [picture]).findings, reader.asked) == ((), 1)


def test_an_object_that_is_cut_off_is_called_so_once_its_size_is_known(moto: Any) -> None:
    moto.put_object(Bucket="bucket", Key="cut.jpg", Body=jpeg()[:-20])
    reader = Counting(moto, "bucket")
    got = check_pictures(reader, [Picture("cut.jpg", len(jpeg()) - 20, "cut.jpg"), Picture("cut.jpg", 9, "as it was")])
    assert [(finding.code, finding.count) for finding in got.findings] == [("h-truncated", 2)]
    assert reader.asked == 2
    assert reader.size_of("gone.jpg") is None


def test_a_reader_that_knows_no_sizes_is_believed() -> None:
    whole = jpeg()
    got = check_pictures(lambda _: lambda start, length: whole[start : start + length], [Picture("a", 99, "a.jpg")])
    assert [finding.code for finding in got.findings] == ["h-truncated"]


def test_an_executor_of_ones_own(moto: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert check_pictures(RangeReader(moto, "bucket"), pictures(), executor=pool).looked_at == 40


def test_nothing_to_look_at(moto: Any) -> None:
    assert check_pictures(RangeReader(moto, "bucket"), []).looked_at == 0


class Slow:
    """A reader that takes its time, and counts how many it serves at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.running, self.most, self.lock = seconds, 0, 0, threading.Lock()

    def __call__(self, key: str) -> Callable[[int, int], bytes]:
        return lambda start, length: self.wait(key, start, length)

    def wait(self, _key: str, start: int, length: int) -> bytes:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(self.seconds)
        with self.lock:
            self.running -= 1
        return jpeg()[start : start + length]


def endless(asked: list[int]) -> Iterator[Picture]:
    while True:
        asked.append(1)
        yield Picture("k", len(jpeg()), "k.jpg", 30, 20)


def test_it_is_bounded_and_ends_at_the_deadline() -> None:
    reader, asked = Slow(0.1), list[int]()
    got = check_pictures(reader, endless(asked), threads=3, deadline=time.monotonic() + 1.5)
    assert got.stopped == "the time was up"
    assert 3 <= got.looked_at < 60
    assert reader.most == 3
    assert len(asked) <= got.looked_at + 6


def test_it_ends_soon_after_stop() -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    got = check_pictures(Slow(15), endless([]), threads=2, stop=stop)
    assert (got.stopped, got.looked_at) == ("it was interrupted", 0)
    assert time.monotonic() - started < 10


def test_a_deadline_that_comes_with_the_last_picture_stops_nothing() -> None:
    got = check_pictures(Slow(0), [Picture("k", len(jpeg()), "k.jpg")], deadline=0.0)
    assert (got.stopped, got.looked_at) == ("", 1)


def test_a_stopped_reader_reads_no_more(moto: Any) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(ReadError, match="interrupted"):
        RangeReader(moto, "bucket", stop=stop)("00.jpg")(0, 10)
    with pytest.raises(ReadError, match="out of time"):
        RangeReader(moto, "bucket", deadline=0.0)("00.jpg")(0, 10)


def test_a_range_past_the_end_is_empty(moto: Any) -> None:
    fetch = RangeReader(moto, "bucket")("00.jpg")
    assert fetch(10**6, 10) == b""
    assert fetch(0, 0) == b""
    assert fetch(2, 3) == jpeg()[2:5]
