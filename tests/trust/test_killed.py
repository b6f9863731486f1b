"""Killed at any step of the round trip: what remains is nothing, or is told by key and version, or is removed later."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest
from trust.killing import STEPS, Ended, as_told, held, killed, start

from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import GRACE_SECONDS, is_own

if TYPE_CHECKING:
    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

BUCKET = "acme-metadata"
ROUND_TRIP = ("--select", "PERM007", "--timeout", "60")
SHORT = 8
VERSIONED_STEPS = ("PutObject", "GetObject", "DeleteObject")
CASES = [("metadata-bucket", step) for step in STEPS] + [("versioned-metadata", step) for step in VERSIONED_STEPS]
GENTLE = [(name, step, signal.SIGTERM) for name, step in CASES]
GENTLE += [("metadata-bucket", step, signal.SIGINT) for step in ("PutObject", "UploadPart", "DeleteObjects")]


@pytest.mark.parametrize(("name", "step", "number"), GENTLE)
def test_a_signal_leaves_nothing_that_is_not_told(
    embedded_s3: EmbeddedS3, name: str, step: str, number: signal.Signals
) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    ended = killed(connection, embedded_s3.endpoint_url, step, number, ROUND_TRIP)
    stays_as_told(embedded_s3, ended)
    assert ended.code == (4 if ended.told else 130)
    left = {"CreateMultipartUpload", "UploadPart"} if name == "metadata-bucket" else set(VERSIONED_STEPS)
    assert bool(ended.told) is (step in left), "the documented policy neither aborts uploads nor deletes versions"


def stays_as_told(s3: EmbeddedS3, ended: Ended) -> None:
    """Whatever is in the bucket is a leftover of a report that is marked as interrupted, and the other way round."""
    assert ended.report is not None, ended.err
    assert "Traceback" not in ended.err
    assert ended.report["interrupted"] is True
    assert ended.told == as_told(held(s3.admin_client("s3"), BUCKET))


def test_a_server_that_falls_silent_while_writing_ends_in_a_report_that_names_the_object(
    embedded_s3: EmbeddedS3,
) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    ended = killed(connection, embedded_s3.endpoint_url, "PutObject", signal.SIGINT, ROUND_TRIP, answer=False)
    assert (
        {key for key, _ in ended.told} == {key for _, key, _ in held(embedded_s3.admin_client("s3"), BUCKET)} != set()
    )
    assert ended.code == 4
    assert ended.seconds < GRACE_SECONDS + 5


def test_an_upload_whose_beginning_is_not_answered_is_told(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    ended = killed(
        connection, embedded_s3.endpoint_url, "CreateMultipartUpload", signal.SIGTERM, ROUND_TRIP, answer=False
    )
    ((_, key, _),) = held(embedded_s3.admin_client("s3"), BUCKET)
    assert ended.code == 4
    assert [told for told, _ in ended.told if told.startswith(key)]


def test_a_silent_server_does_not_hold_up_ctrl_c_where_nothing_was_written(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    for select, request in (("PERM008", r"^GET /acme-pictures/[^?]*\.s3doctor-"), ("IMG003", "^GET .*shape_0")):
        more = ("--select", select, "--timeout", "60")
        ended = killed(connection, embedded_s3.endpoint_url, request, signal.SIGINT, more, answer=False)
        assert ended.code == 130
        assert ended.report
        assert ended.report["interrupted"] is True
        assert ended.seconds < 10, f"{select}: the request has 15 seconds, twice"


@pytest.mark.slow
def test_what_kill_9_leaves_is_found_told_and_removed_by_the_next_run(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    admin = embedded_s3.admin_client("s3")
    seen: set[tuple[str, str, str]] = set()
    for step in STEPS:
        ended = killed(
            connection,
            embedded_s3.endpoint_url,
            step,
            signal.SIGKILL,
            ("--select", "PERM007", "--timeout", str(SHORT)),
        )
        assert (ended.code, ended.report) == (-signal.SIGKILL, None)
        new = held(admin, BUCKET) - seen
        assert len(new) <= 1, step
        assert all(is_own(key) for _, key, _ in new)
        seen |= new
    objects = {entry["Key"] for entry in admin.list_objects_v2(Bucket=BUCKET)["Contents"]}
    assert len(objects) >= 3, "PutObject, GetObject and CompleteMultipartUpload each leave one"
    next_run(connection, embedded_s3.endpoint_url, objects)
    assert "Contents" not in admin.list_objects_v2(Bucket=BUCKET)


def next_run(connection: Connection, endpoint: str, objects: set[str]) -> None:
    """Once the killed runs must be over, another tells what it found and removes it."""
    leases = [int(key.rpartition("-")[0].rpartition("-")[2], 16) for key in objects]
    time.sleep(max(0.0, max(leases) + 1 - time.time()))
    with start(connection, endpoint, "--format", "json", "--select", "PERM007") as process:
        out, _ = process.communicate(timeout=90)
    (result,) = json.loads(out)["results"]
    assert process.returncode == 0
    assert f"removed {len(objects)} objects of an earlier run" in result["summary"]
