"""Faults on the way, at every operation that the doctor uses: in time, no wrong verdict, nothing left behind."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from between import Between, Rule, close, cut, drip, promise_more, reset, say, stall
from certificates import Authority
from replay import S3_HEADERS, Replay, error
from replay import answer as http

from s3doctor import diagnose
from s3doctor.connection import Connection, Credentials, Secret, Setup
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import GRACE_SECONDS, own_name
from s3doctor.model import Status
from s3doctor.s3 import probes
from s3doctor.s3.client import S3
from s3doctor.s3.diagnosis import diagnose as diagnose_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report
    from s3doctor.s3.answer import Answer

SECONDS = 5.0
OPERATIONS = {
    "HeadBucket": "^HEAD /",
    "GetCallerIdentity": "^POST /$",
    "ListObjectsV2": "^GET .*list-type=2",
    "GetObject of a file": "^GET /acme-pictures/shapes/annotations.json$",
    "GetObject of an image": "^GET /acme-pictures/shapes/images/",
    "GetObject of a missing name": r"^GET /acme-pictures/shapes/\.s3doctor",
    "presigned GetObject": "^GET .*X-Amz-Signature",
    "Preflight": "^OPTIONS ",
    "PutObject": "^PUT [^?]*$",
    "DeleteObject": "^DELETE [^?]*$",
    "GetBucketVersioning": r"^GET .*\?versioning",
    "ListMultipartUploads": r"^GET .*[?&]uploads",
    "CreateMultipartUpload": r"^POST .*\?uploads",
    "UploadPart": "^PUT .*partNumber",
    "CompleteMultipartUpload": r"^POST .*\?uploadId",
    "DeleteObjects": r"^POST .*\?delete",
}
PLAIN = {name: value for name, value in S3_HEADERS.items() if name not in ("Date", "Server")}
"""What every answer of S3 carries, but for a time of long ago, a wrong clock, and the name of another server."""
INTERNAL = error(500, "InternalError", "We encountered an internal error.", headers={"Date": "", "Server": ""})
SLOW = error(503, "SlowDown", "Reduce your request rate.", headers={"Date": "", "Server": ""})
HTML = http(200, "<html>Welcome to the hotel. Please sign in.</html>", {"Content-Type": "text/html"})
LOOP = http(301, "", {**PLAIN, "Location": "/again"})
FAULTS: dict[str, Callable[[str], Rule]] = {
    "reset": lambda pattern: Rule(pattern, reset, arrives=False),
    "reset after it was done": lambda pattern: Rule(pattern, reset),
    "closed": lambda pattern: Rule(pattern, close, arrives=False),
    "stalled": lambda pattern: Rule(pattern, stall(SECONDS + 3), arrives=False),
    "dripping": lambda pattern: Rule(pattern, drip(0.4)),
    "cut short": lambda pattern: Rule(pattern, cut(0.6)),
    "garbage": lambda pattern: Rule(pattern, say(b"\x00\xff\x13garbage\r\n\r\n"), arrives=False),
    "HTML 200": lambda pattern: Rule(pattern, say(HTML), arrives=False),
    "500": lambda pattern: Rule(pattern, say(INTERNAL)),
    "503 storm": lambda pattern: Rule(pattern, say(SLOW), arrives=False),
    "503 once": lambda pattern: Rule(pattern, say(SLOW), times=1, arrives=False),
    "wrong length": lambda pattern: Rule(pattern, promise_more),
    "redirects in a loop": lambda pattern: Rule(pattern, say(LOOP), arrives=False),
}
RIGHTLY = [("redirects in a loop", "Preflight", "CORS001")]
"""A browser follows no redirect of a preflight."""
PATIENCE, BOUND = 1.0, 20.0
AT_A_TIME = 5
BUCKET, PREFIX, KEY = "acme-pictures", "shapes/", "shapes/annotations.json"
QUESTIONS: dict[str, Callable[[S3], Answer]] = {
    "HeadBucket": lambda s3: probes.head_anonymously(s3, BUCKET),
    "GetCallerIdentity": probes.identity,
    "ListBuckets": probes.buckets,
    "ListObjectsV2": lambda s3: probes.list_page(s3, BUCKET, PREFIX),
    "GetObject": lambda s3: probes.read(s3, BUCKET, KEY, last=1000),
    "PutObject, impossible": lambda s3: probes.put_impossible(s3, BUCKET, PREFIX + own_name(0)),
    "DeleteObject, impossible": lambda s3: probes.delete_impossible(s3, BUCKET, PREFIX + own_name(0)),
    "PutObject": lambda s3: probes.put_new(s3, BUCKET, PREFIX + own_name(0), b"x"),
    "DeleteObject": lambda s3: probes.delete(s3, BUCKET, PREFIX + own_name(0)),
    "DeleteObjects": lambda s3: probes.delete_batch(s3, BUCKET, PREFIX + own_name(0)),
    "ListMultipartUploads": lambda s3: probes.uploads(s3, BUCKET, PREFIX, at_most=10),
    "CreateMultipartUpload": lambda s3: probes.begin_upload(s3, BUCKET, PREFIX + own_name(0)),
    "UploadPart": lambda s3: probes.upload_part(s3, BUCKET, PREFIX + own_name(0), "upload", b"x"),
    "CompleteMultipartUpload": lambda s3: probes.complete_upload(s3, BUCKET, PREFIX + own_name(0), "upload", "etag"),
    "AbortMultipartUpload": lambda s3: probes.abort_upload(s3, BUCKET, PREFIX + own_name(0), "upload"),
    "GetBucketVersioning": lambda s3: probes.versioning(s3, BUCKET),
    "GetBucketCors": lambda s3: probes.cors_rules(s3, BUCKET),
    "Preflight": lambda s3: probes.preflight(s3, BUCKET, KEY, "https://page.example"),
    "GetObject (presigned)": lambda s3: probes.presigned_get(s3, BUCKET, KEY, "https://page.example"),
}
HARMLESS = ("reset after it was done", "dripping", "503 once", "cut short", "wrong length")
"""Faults that let the truth through: it was done, asked again, or the status came before the cut."""


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_of_a_faulty_way_is_evidence(embedded_s3: EmbeddedS3, fault: str) -> None:
    connection = replace(prepare(cases.load("single-bucket"), embedded_s3), timeout=PATIENCE)

    def asked(name: str) -> tuple[str, Answer, float]:
        with Between(embedded_s3.endpoint_url, [FAULTS[fault]("")]) as between:
            s3 = S3(replace(connection, endpoint_url=between.url), threading.Event(), lambda: 60.0)
            began = time.monotonic()
            return name, QUESTIONS[name](s3), time.monotonic() - began

    with ThreadPoolExecutor(len(QUESTIONS)) as pool:
        answers = list(pool.map(asked, QUESTIONS))
    for name, answer, seconds in answers:
        assert seconds < BOUND, name
        found = diagnose_answer(answer)
        inconclusive = not found.conclusive or answer.http == 301
        assert inconclusive or fault in HARMLESS, (name, answer, found)


SKEWED = error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is large.")
WAYS: dict[str, tuple[str, Callable[[Authority], Replay] | str]] = {
    "refused": ("connection-refused", "http://127.0.0.1:9"),
    "host without an address": ("host-not-found", "http://s3.invalid"),
    "certificate expired": ("certificate-expired", lambda ca: Replay(http(200), tls=ca.server(days=(-20, -10)))),
    "certificate of another host": ("certificate-hostname", lambda ca: Replay(http(200), tls=ca.server(ip="10.0.0.1"))),
    "certificate of a stranger": (
        "certificate-unknown-ca",
        lambda ca: Replay(http(200), tls=Authority(ca.place("stranger")).server()),
    ),
    "clock that is wrong": ("clock-skew", lambda _: Replay(SKEWED)),
}
"""Faults before any answer, or of every one: the cause that is to be named, and where to connect to."""
NOT_BY_CLOCK = ("HeadBucket", "Preflight", "GetCallerIdentity")
"""Two are not signed, so that no clock counts; STS says it in other words, which test_diagnosis.py has."""


@contextmanager
def connected(way: str, authority: Authority) -> Iterator[str]:
    """The endpoint of a way that does not work."""
    where = WAYS[way][1]
    if isinstance(where, str):
        yield where
    else:
        with where(authority) as server:
            yield server.url


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """As a company's own certificate authority is made known."""
    monkeypatch.setenv("AWS_CA_BUNDLE", authority.file)
    return authority


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_asked_the_cause_is_named(trusted: Authority, way: str) -> None:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40))

    def asked(name: str) -> tuple[str, Answer]:
        given = Connection(BUCKET, key, region="us-east-1", setup=Setup.SINGLE_BUCKET, endpoint_url=url)
        return name, QUESTIONS[name](S3(given, threading.Event(), lambda: 60.0))

    with connected(way, trusted) as url, ThreadPoolExecutor(len(QUESTIONS)) as pool:
        answers = dict(pool.map(asked, QUESTIONS))
    kinds = {name: diagnose_answer(answer).cause.kind for name, answer in answers.items()}
    left_out = NOT_BY_CLOCK if way == "clock that is wrong" else ()
    assert {kind for name, kind in kinds.items() if name not in left_out} == {WAYS[way][0]}, kinds


@pytest.mark.parametrize("way", WAYS)
def test_a_visit_by_such_a_way_blames_neither_key_nor_bucket(trusted: Authority, way: str) -> None:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40))
    with connected(way, trusted) as url:
        found = diagnose(Connection(BUCKET, key, datasets=("shapes",), endpoint_url=url, timeout=30))
    failed = {result.code for result in found.results if result.status is Status.FAIL}
    assert not [result.code for result in found.results if result.status is Status.ERROR]
    assert failed == ({"BUCKET008"} if way == "clock that is wrong" else set())
    assert found.exit_code() == (1 if failed else 3)


def left_behind(s3: EmbeddedS3, bucket: str) -> list[str]:
    admin = s3.admin_client("s3")
    objects = [entry["Key"] for entry in admin.list_objects_v2(Bucket=bucket).get("Contents", ())]
    uploads = [entry["Key"] for entry in admin.list_multipart_uploads(Bucket=bucket).get("Uploads", ())]
    return [key for key in (*objects, *uploads) if ".s3doctor-" in key]


def check(s3: EmbeddedS3, fault: str, *operations: str) -> None:
    """One visit for each operation that suffers, some at a time, for most of it is waiting."""
    connection = prepare(cases.load("single-bucket"), s3)

    def examined(operation: str) -> Report:
        began = time.monotonic()
        with Between(s3.endpoint_url, [FAULTS[fault](OPERATIONS[operation])]) as between:
            given = replace(connection, endpoint_url=between.url, timeout=SECONDS, pictures="sample:3")
            found = diagnose(given)
        assert time.monotonic() - began < SECONDS + GRACE_SECONDS + 20, operation
        return found

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        reports = dict(zip(operations, pool.map(examined, operations), strict=True))
    results = [(operation, result) for operation, found in reports.items() for result in found.results]
    bad = [(operation, r) for operation, r in results if r.status in (Status.FAIL, Status.ERROR)]
    wrong = [(operation, r) for operation, r in bad if (fault, operation, r.code) not in RIGHTLY]
    assert not wrong, [(operation, r.code, r.outcome.summary, r.outcome.evidence) for operation, r in wrong]
    told = [leftover.key for found in reports.values() for leftover in found.leftovers]
    assert [key for key in left_behind(s3, BUCKET) if not any(key in one for one in told)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_happens_to_listings_the_visit_ends_well(embedded_s3: EmbeddedS3, fault: str) -> None:
    check(embedded_s3, fault, "ListObjectsV2")


@pytest.mark.parametrize("fault", ["reset after it was done", "HTML 200"])
@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "ListObjectsV2"])
def test_wherever_it_happens_the_visit_ends_well(embedded_s3: EmbeddedS3, operation: str, fault: str) -> None:
    check(embedded_s3, fault, operation)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_at_every_operation(embedded_s3: EmbeddedS3, fault: str) -> None:
    check(embedded_s3, fault, *OPERATIONS)
