"""Killed at any step of the round trip: what remains is nothing, or is told by key and version, or is removed later."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from trust.killing import CASES, ONE_BY_ONE, ROUND_TRIP, SIGNALS, Ended, as_told, held, killed, later_run

from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import GRACE_SECONDS, is_own

if TYPE_CHECKING:
    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

BUCKET = "acme-metadata"


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(("name", "step"), CASES)
def test_a_signal_leaves_nothing_that_is_not_told(
    embedded_s3: EmbeddedS3, name: str, step: str, number: signal.Signals
) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    ended = killed(connection, embedded_s3.endpoint_url, step, number, ROUND_TRIP)
    stays_as_told(embedded_s3, ended)
    assert ended.code == (4 if ended.told else 130)
    assert bool(ended.told) is (name == "versioned-metadata"), "the documented policy does not delete versions"


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
    assert ended.seconds < GRACE_SECONDS + 20, "the requests have 15 seconds each, and there are three"


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
        assert ended.seconds < 20, f"{select}: the request has 15 seconds, twice"


@dataclass(frozen=True)
class Right:
    """What a key may do besides what is documented, and at which steps of a killed run something stays with it."""

    case: str
    also: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


RIGHTS = (
    Right("metadata-bucket", stays=("CreateMultipartUpload",)),
    Right("metadata-bucket", ("s3:ListBucketMultipartUploads", "s3:AbortMultipartUpload")),
    Right("versioned-metadata", stays=ONE_BY_ONE),
    Right("versioned-metadata", ("s3:DeleteObjectVersion",)),
)


@pytest.mark.slow
@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: "-".join((right.case, *right.also)).replace("s3:", ""))
def test_what_kill_9_leaves_is_found_told_and_removed_by_the_next_run(embedded_s3: EmbeddedS3, right: Right) -> None:
    connection = prepare(cases.load(right.case), embedded_s3)
    allow(embedded_s3, right.also)
    put_first(embedded_s3, versioned=right.case == "versioned-metadata")
    theirs = held(embedded_s3.admin_client("s3"), BUCKET)
    left = everywhere_killed(connection, embedded_s3, right.case)
    assert all(is_own(key) for things in left.values() for _, key, _ in things)
    assert {step for step, things in left.items() if not things} <= {"DeleteObject", "DeleteObjects"}
    report = later_run(connection, embedded_s3.endpoint_url)
    told = {(one["key"], one["version_id"]) for one in report["leftovers"]}
    after = held(embedded_s3.admin_client("s3"), BUCKET)
    stay = {step for step, things in left.items() if things & after}
    assert stay == set(right.stays) & {step for step, things in left.items() if things}
    unseen = left["CreateMultipartUpload"] if "CreateMultipartUpload" in right.stays else set()
    assert theirs <= after
    assert as_told(after - unseen - theirs) == told, (
        "an upload without a note, which the key may not list, cannot be seen"
    )
    removed = len({key for things in left.values() for _, key, _ in things - after})
    assert bool(removed) is ("of an earlier run that was killed" in report["results"][0]["summary"])


def allow(s3: EmbeddedS3, actions: tuple[str, ...]) -> None:
    statement = {"Effect": "Allow", "Action": [*actions, "s3:ListBucket"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.admin_client("iam").put_user_policy(UserName="tenyks", PolicyName="also", PolicyDocument=document)


def put_first(s3: EmbeddedS3, *, versioned: bool) -> None:
    """An object of the customer's which a run looks at for a version that it does not have, before it looks at ours."""
    admin = s3.admin_client("s3")
    if versioned:
        admin.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    admin.put_object(Bucket=BUCKET, Key="metadata/.first", Body=b"x")
    if versioned:
        admin.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})


def everywhere_killed(connection: Connection, s3: EmbeddedS3, name: str) -> dict[str, set[tuple[str, str, str]]]:
    """What a run that is killed at a step leaves, for each step."""

    def kill(step: str) -> set[tuple[str, str, str]]:
        ended = killed(connection, s3.endpoint_url, step, signal.SIGKILL, ROUND_TRIP)
        assert (ended.code, ended.report) == (-signal.SIGKILL, None)
        return held(s3.admin_client("s3"), BUCKET)

    before = held(s3.admin_client("s3"), BUCKET)
    found: dict[str, set[tuple[str, str, str]]] = {}
    for step in (step for case, step in CASES if case == name):
        found[step] = kill(step) - before
        before |= found[step]
    return found
