"""Faults on the way, at every operation that the doctor uses: in time, no wrong verdict, nothing left behind."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from between import Between, Rule, close, cut, drip, reset, say, stall
from replay import S3_HEADERS, answer, error

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import GRACE_SECONDS
from s3doctor.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report

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
    "CreateMultipartUpload": r"^POST .*\?uploads",
    "UploadPart": "^PUT .*partNumber",
    "CompleteMultipartUpload": r"^POST .*\?uploadId",
    "DeleteObjects": r"^POST .*\?delete",
}
HTML = answer(200, "<html>Welcome to the hotel. Please sign in.</html>", {"Content-Type": "text/html"})
LOOP = answer(301, "", {**S3_HEADERS, "Location": "/again"})
FAULTS: dict[str, Callable[[str], Rule]] = {
    "reset": lambda pattern: Rule(pattern, reset, arrives=False),
    "reset after it was done": lambda pattern: Rule(pattern, reset),
    "closed": lambda pattern: Rule(pattern, close, arrives=False),
    "stalled": lambda pattern: Rule(pattern, stall(SECONDS + 3), arrives=False),
    "dripping": lambda pattern: Rule(pattern, drip(0.4)),
    "cut short": lambda pattern: Rule(pattern, cut(0.6)),
    "garbage": lambda pattern: Rule(pattern, say(b"\x00\xff\x13garbage\r\n\r\n"), arrives=False),
    "HTML 200": lambda pattern: Rule(pattern, say(HTML), arrives=False),
    "500": lambda pattern: Rule(pattern, say(error(500, "InternalError", "We encountered an internal error."))),
    "503 storm": lambda pattern: Rule(pattern, say(error(503, "SlowDown", "Reduce your request rate.")), arrives=False),
    "503 once": lambda pattern: Rule(pattern, say(error(503, "SlowDown", "Reduce.")), times=1, arrives=False),
    "wrong length": lambda pattern: Rule(pattern, say(answer(200, "x", {**S3_HEADERS, "Content-Length": "999"}))),
    "redirects in a loop": lambda pattern: Rule(pattern, say(LOOP), arrives=False),
}
CHEAP = ("reset", "HTML 200", "503 storm")


def left_behind(s3: EmbeddedS3, bucket: str) -> list[str]:
    admin = s3.admin_client("s3")
    objects = [entry["Key"] for entry in admin.list_objects_v2(Bucket=bucket).get("Contents", ())]
    uploads = [entry["Key"] for entry in admin.list_multipart_uploads(Bucket=bucket).get("Uploads", ())]
    return [key for key in (*objects, *uploads) if ".s3doctor-" in key]


def examine(s3: EmbeddedS3, rule: Rule) -> tuple[Report, float]:
    connection = prepare(cases.load("single-bucket"), s3)
    began = time.monotonic()
    with Between(s3.endpoint_url, [rule]) as between:
        found = diagnose(replace(connection, endpoint_url=between.url, timeout=SECONDS, pictures="sample:3"))
    return found, time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_fault_is_neither_a_verdict_nor_a_crash(embedded_s3: EmbeddedS3, operation: str, fault: str) -> None:
    found, seconds = examine(embedded_s3, FAULTS[fault](OPERATIONS[operation]))
    assert seconds < SECONDS + GRACE_SECONDS + 3
    wrong = [r for r in found.results if r.status in (Status.FAIL, Status.ERROR)]
    assert not wrong, [(r.code, r.outcome.summary, r.outcome.evidence) for r in wrong]
    told = [leftover.key for leftover in found.leftovers]
    assert [key for key in left_behind(embedded_s3, "acme-pictures") if not any(key in one for one in told)] == []
