"""Very many objects are read past boto3: every answer, finding and line of the log is as it is by way of boto3."""

from __future__ import annotations

import io
import logging
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from between import Between, Rule, reset
from certificates import Authority
from objectserver import ObjectServer, error
from PIL import Image
from replay import S3_HEADERS, Replay, answer

from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.pictures import Picture, check_pictures
from s3doctor.s3.client import S3, Stopped
from s3doctor.s3.diagnosis import diagnose
from s3doctor.s3.many import ManyObjects
from s3doctor.s3.objects import MANY, Objects, UnreadableError, objects_for

if TYPE_CHECKING:
    from pathlib import Path

    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.s3.answer import Answer

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
BOTH = (Objects, ManyObjects)
TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN"
ODD = ["a b.jpg", "a+b.jpg", "100%.jpg", "日本/é.jpg", "a&b=c?d#e.jpg", "~t.jpg", "(x)!'*.jpg", "i//x", "i/../x", "./y"]


def s3_at(url: str, *, stop: threading.Event | None = None, seconds: float = 60.0, timeout: float = 2.0) -> S3:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret(SECRET), session_token=Secret(TOKEN))
    given = Connection("pictures", key, endpoint_url=url, region="us-east-1", timeout=timeout)
    return S3(given, stop or threading.Event(), lambda: seconds)


def read(objects: Objects, key: str = "a.jpg", length: int = 10) -> bytes | Answer:
    """The bytes, or the answer in their place."""
    try:
        return objects(key)(0, length)
    except UnreadableError as refused:
        return refused.answer


def told(answer: bytes | Answer) -> Any:
    """An answer without what differs from one time to the next."""
    if isinstance(answer, bytes):
        return answer
    message = "" if answer.fault == "ProtocolError" else re.sub(r"0x[0-9a-f]+", "", answer.message)
    return replace(answer, milliseconds=0.0, message=message, reason=answer.reason if message else "")


def logged(s3: S3) -> list[tuple[object, ...]]:
    return [(one.operation, one.url, one.http, one.code, one.fault, one.request_id, one.date) for one in s3.log.kept]


def jpeg(width: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 20)).save(out, "JPEG")
    return out.getvalue()


SLOW_DOWN = error(503, "SlowDown", "Please reduce your request rate.")
FAULTS: dict[str, tuple[bytes, ...]] = {
    "read": (answer(206, b"0123456789"),),
    "empty": (error(416, "InvalidRange", "The requested range is not satisfiable"),),
    "not there": (error(404, "NoSuchKey", "The specified key does not exist."),),
    "no bucket": (error(404, "NoSuchBucket", "The specified bucket does not exist"),),
    "denied": (error(403, "AccessDenied", "Access Denied"),),
    "denied without words": (answer(403),),
    "archived": (
        error(
            403,
            "InvalidObjectState",
            "The operation is not valid</Message><StorageClass>GLACIER</StorageClass><Message>",
        ),
    ),
    "another region": (
        answer(301, headers={**S3_HEADERS, "x-amz-bucket-region": "eu-west-1", "Location": "http://127.0.0.1:9/x?y"}),
    ),
    "busy, then read": (SLOW_DOWN, answer(206, b"0123456789")),
    "busy": (SLOW_DOWN,),
    "broken": (answer(500, "<html>sorry"),),
    "hung up, then read": (b"", answer(206, b"0123456789")),
    "hung up": (b"",),
    "broken off": (answer(206, b"01234", {**S3_HEADERS, "Content-Length": "10"}),),
    "broken off in a refusal": (answer(403, "<Err", {**S3_HEADERS, "Content-Length": "999"}),),
    "broken chunks in a refusal": (
        answer(403, "zz\r\n", {**S3_HEADERS, "Transfer-Encoding": "chunked", "Content-Length": ""}),
    ),
    "a login page": (answer(200, "<html>log in", {"Content-Type": "text/html"}),),
    "a login page for a refusal": (answer(403, "<html>log in", {"Content-Type": "text/html"}),),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n",),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_answer_is_the_same_by_both_ways(name: str) -> None:
    seen = []
    for way in BOTH:
        with Replay(*FAULTS[name]) as server:
            s3 = s3_at(server.url)
            got = read(way(s3, "pictures"))
            port = str(server.port)
            lines = [tuple(str(part).replace(f":{port}", ":PORT") for part in line) for line in logged(s3)]
            cause = None if isinstance(got, bytes) else repr(diagnose(got)).replace(f":{port}", ":PORT")
            seen.append((repr(told(got)).replace(f":{port}", ":PORT"), cause, lines, len(server.requests)))
    assert seen[0] == seen[1]
    assert seen[0][3] == (2 if name in {"busy", "broken", "hung up", "not HTTP"} or "then" in name else 1)


@pytest.mark.parametrize("times", [1, 2])
def test_a_connection_that_is_reset(times: int) -> None:
    seen = []
    for way in BOTH:
        with ObjectServer(default=b"x" * 20) as server, Between(server.url, [Rule("", reset, times=times)]) as between:
            got = read(way(s3_at(between.url), "pictures"))
            assert len(between.asked) == 2
            seen.append(got if isinstance(got, bytes) else (got.fault, got.reason, diagnose(got).cause.kind))
    assert seen[0] == seen[1]
    assert seen[0] == (b"x" * 10 if times == 1 else ("ConnectionClosedError", "ConnectionResetError", seen[0][2]))


def test_nobody_listens() -> None:
    with Replay(b"") as server:
        url = server.url
    first, second = (read(way(s3_at(url), "pictures")) for way in BOTH)
    assert told(first) == told(second)
    assert not isinstance(first, bytes)
    assert (first.fault, first.reason) == ("EndpointConnectionError", "ConnectionRefusedError")


def test_silence_is_waited_for_as_long() -> None:
    for way in BOTH:
        with Replay(None) as server:
            got = read(way(s3_at(server.url, timeout=1.0), "pictures"))
        assert not isinstance(got, bytes)
        assert got.fault == "ReadTimeoutError"


@pytest.mark.parametrize("way", BOTH)
def test_findings_are_the_same_on_a_bucket_of_faults(way: type[Objects]) -> None:
    objects = {f"{n:02}.jpg": jpeg(30 + n % 2) for n in range(40)}
    objects["cut.jpg"] = jpeg()[:-20]

    tries: dict[str, int] = {}

    def fault(_: int, key: str) -> bytes | None:
        tries[key] = tries.get(key, 0) + 1
        if key == "03.jpg":
            return error(403, "AccessDenied", "Access Denied")
        if key in {"05.jpg", "06.jpg"} and tries[key] == 1:
            return SLOW_DOWN if key == "05.jpg" else b""
        return None

    pictures = [Picture(key, len(objects.get(key, b"x" * 50)), key, 30, 20) for key in (*objects, "gone.jpg")]
    with ObjectServer(objects, fault=fault) as server:
        s3 = s3_at(server.url)
        got = check_pictures(way(s3, "pictures"), pictures, threads=8)
    assert (got.looked_at, got.unread, got.wrong) == (40, 2, 20)
    assert [(finding.code, finding.count) for finding in got.findings] == [("h-size", 19), ("h-truncated", 1)]
    codes = [one.answer.code for _, one in got.errors if isinstance(one, UnreadableError)]
    assert codes == ["AccessDenied", "NoSuchKey"]
    assert tries["05.jpg"] == tries["06.jpg"] == 2
    assert s3.log.count == sum(tries.values())


@pytest.mark.parametrize("way", BOTH)
def test_sizes_are_told(way: type[Objects]) -> None:
    with ObjectServer({"a.jpg": b"x" * 20, "empty.jpg": b""}) as server:
        objects = way(s3_at(server.url), "pictures")
        assert [objects.size_of(key) for key in ("a.jpg", "empty.jpg", "gone.jpg")] == [20, None, None]


def test_connections_are_kept() -> None:
    with ObjectServer(default=jpeg()) as server:
        objects = ManyObjects(s3_at(server.url), "pictures")
        for number in range(30):
            assert len(read(objects, f"{number}.jpg")) == 10  # type: ignore[arg-type]
        assert len(server.transports) == 1


def test_keys_are_written_as_boto3_writes_them_and_signed(embedded_s3: EmbeddedS3) -> None:
    admin = embedded_s3.admin_client("s3")
    admin.create_bucket(Bucket="pictures")
    for key in ODD[:7]:
        admin.put_object(Bucket="pictures", Key=key, Body=key.encode())
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    reader = embedded_s3.create_user("reader", {"read": {"Version": "2012-10-17", "Statement": [allow]}})
    given = Connection("pictures", reader, endpoint_url=embedded_s3.endpoint_url, region="us-east-1")
    for way in BOTH:
        objects = way(S3(given, threading.Event(), lambda: 60.0), "pictures")
        assert [read(objects, key, 99) for key in ODD[:7]] == [key.encode() for key in ODD[:7]]
    wrong = replace(given, credentials=Credentials(reader.access_key_id, Secret("x" * 40)))
    refused = read(ManyObjects(S3(wrong, threading.Event(), lambda: 60.0), "pictures"))
    assert not isinstance(refused, bytes)
    assert refused.code == "SignatureDoesNotMatch"


def test_requests_are_those_of_boto3() -> None:
    with ObjectServer(default=b"x" * 20, keep=True) as server:
        for way in BOTH:
            objects = way(s3_at(server.url), "pictures")
            for key in ODD:
                assert read(objects, key) == b"x" * 10
        heads = [dict(re.findall(rb"(?m)^([\w-]+): (.*)\r$", head + b"\r\n")) for head in server.heads]
        lines = [head.split(b"\r\n")[0] for head in server.heads]
    assert lines[: len(ODD)] == lines[len(ODD) :]
    first, second = heads[0], heads[len(ODD)]
    for name in (b"Range", b"X-Amz-Content-SHA256", b"X-Amz-Security-Token", b"Host"):
        assert first[name] == second[name], name
    agents = [re.sub(rb"m/[\w,]+ ", b"", head[b"User-Agent"]) for head in (first, second)]
    assert agents[0] == agents[1]
    assert b"s3doctor/" in agents[0]
    signed = [re.search(rb"SignedHeaders=([\w;-]+)", head[b"Authorization"]) for head in (first, second)]
    assert signed[1]
    assert {b"host", b"range", b"x-amz-date", b"x-amz-security-token"} <= set(signed[1][1].split(b";"))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "cn-north-1"])
@pytest.mark.parametrize("bucket", ["pictures", "pic.tures"])
def test_the_endpoint_is_that_of_the_region(region: str, bucket: str) -> None:
    s3 = S3(Connection(bucket, Credentials("AKIA", Secret("b")), region=region), threading.Event(), lambda: 60.0)
    china = ".cn" if region.startswith("cn-") else ""
    host = {"us-east-1": "s3.amazonaws.com"}.get(region, f"s3.{region}.amazonaws.com{china}")
    assert s3.place(bucket) == (f"https://{host}/{bucket}/" if "." in bucket else f"https://{bucket}.{host}/")
    assert s3.log.count == 0


def test_a_bucket_s_own_region_counts_once_it_is_known() -> None:
    s3 = S3(Connection("pictures", Credentials("AKIA", Secret("b")), region="us-east-1"), threading.Event(), lambda: 60)
    s3.regions["pictures"] = "eu-west-1"
    assert s3.place("pictures") == "https://pictures.s3.eu-west-1.amazonaws.com/"


def test_no_signature_and_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    signatures: list[str] = []
    with ObjectServer(default=b"x" * 20, keep=True, fault=lambda n, _: b"" if n < 3 else None) as server:
        s3 = s3_at(server.url)
        objects = ManyObjects(s3, "pictures")
        gone = read(objects)
        assert read(objects) == b"x" * 10
        for head in server.heads:
            found = re.search(rb"Signature=([0-9a-f]{64})", head)
            assert found
            signatures.append(found[1].decode())
            assert b"Signature" not in head.split(b"\r\n")[0]
    shown = caplog.text + repr(gone) + repr(s3.log.kept) + repr(s3.requests) + repr(objects.__dict__)
    assert "DEBUG" in caplog.text
    for secret in (SECRET, TOKEN, *signatures):
        assert secret not in shown


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Replay(answer(206, b"0123456789")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://anna:hunter2@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "")
        s3 = s3_at("http://s3.invalid:81")
        assert read(ManyObjects(s3, "pictures")) == b"0123456789"
        assert proxy.requests[0].startswith(b"GET http://s3.invalid:81/pictures/a.jpg HTTP/1.1\r\n")
    got = [read(way(s3_at("http://s3.invalid:81"), "pictures")) for way in BOTH]
    assert told(got[0]) == told(got[1])
    assert "hunter2" not in repr(got) + repr(s3.log.kept)


def test_the_ca_bundle_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    for trusted in (False, True):
        if trusted:
            monkeypatch.setenv("AWS_CA_BUNDLE", authority.file)
        got = []
        for way in BOTH:
            with Replay(answer(206, b"0123456789"), tls=authority.server()) as server:
                one = read(way(s3_at(server.url), "pictures"))
                got.append(repr(told(one)).replace(f":{server.port}", ":PORT"))
        assert got[0] == got[1]
        assert got[1] == repr(b"0123456789") if trusted else "CERTIFICATE_VERIFY_FAILED: unknown CA" in got[1]


def test_a_stop_ends_the_reading_and_the_waiting() -> None:
    stop = threading.Event()
    stop.set()
    with Replay(SLOW_DOWN) as server:
        with pytest.raises(Stopped):
            read(ManyObjects(s3_at(server.url, stop=stop), "pictures"))
        assert not server.requests
        with pytest.raises(Stopped):
            read(ManyObjects(s3_at(server.url, seconds=-1), "pictures"))


@pytest.mark.parametrize(
    ("bucket", "count", "way"),
    [
        ("pictures", MANY - 1, Objects),
        ("pictures", MANY, ManyObjects),
        ("pictures--use1-az4--x-s3", MANY, Objects),
    ],
)
def test_the_number_of_objects_decides(bucket: str, count: int, way: type[Objects]) -> None:
    s3 = S3(Connection(bucket, Credentials("AKIA", Secret("b")), region="us-east-1"), threading.Event(), lambda: 60.0)
    assert type(objects_for(s3, bucket, count)) is way
