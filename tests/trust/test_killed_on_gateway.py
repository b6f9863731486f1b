"""The same on a Ceph gateway, whose answers nobody here wrote."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
from trust.killing import CASES, ROUND_TRIP, SIGNALS, as_told, held, killed, later_run

from s3doctor import diagnose
from s3doctor.checks.uploading import NOTE
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import is_own, own_name

if TYPE_CHECKING:
    from gateway.gateway import Gateway


pytestmark = pytest.mark.gateway
BUCKET = "acme-metadata"


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(("name", "step"), CASES)
def test_a_signal_leaves_nothing_that_is_not_told(
    gateway: Gateway, name: str, step: str, number: signal.Signals
) -> None:
    connection = prepare(cases.load(name), gateway)
    ended = killed(connection, gateway.endpoint_url, step, number, ROUND_TRIP)
    assert ended.report is not None, ended.err
    assert ended.report["interrupted"] is True
    assert "Traceback" not in ended.err
    assert as_told(held(gateway.admin_client("s3"), BUCKET)) == ended.told
    assert ended.code == (4 if ended.told else 130)
    assert bool(ended.told) is (name == "versioned-metadata"), "the documented policy does not delete versions"


@pytest.mark.parametrize(("name", "step"), CASES)
def test_what_kill_9_leaves_is_found_told_and_removed_by_the_next_run(gateway: Gateway, name: str, step: str) -> None:
    connection = prepare(cases.load(name), gateway)
    admin = gateway.admin_client("s3")
    ended = killed(connection, gateway.endpoint_url, step, signal.SIGKILL, ROUND_TRIP)
    assert (ended.code, ended.report) == (-signal.SIGKILL, None)
    left = held(admin, BUCKET)
    assert all(is_own(key) for _, key, _ in left)
    report = later_run(connection, gateway.endpoint_url)
    after = held(admin, BUCKET)
    unseen = left if step == "CreateMultipartUpload" else set()
    told = {(one["key"], one["version_id"]) for one in report["leftovers"]}
    assert as_told(after - unseen) == told, "an upload that nothing notes and the key may not list is unseen"
    assert bool(after) is (name == "versioned-metadata" or bool(unseen))


def test_an_upload_without_a_note_is_found_by_a_key_that_may_list_uploads(gateway: Gateway) -> None:
    connection = prepare(cases.load("metadata-bucket"), gateway)
    admin = gateway.admin_client("s3")
    actions = ("s3:ListBucketMultipartUploads", "s3:ListBucket")
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": f"arn:aws:s3:::{BUCKET}"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    gateway.admin_client("iam").put_user_policy(UserName="tenyks", PolicyName="also", PolicyDocument=document)
    admin.create_multipart_upload(Bucket=BUCKET, Key=f"metadata/{own_name(-1)}")
    found = diagnose(connection, ["PERM007"])
    assert "removed 1 unfinished upload of an earlier run" in found.results[0].outcome.summary
    assert held(admin, BUCKET) == set()


def test_a_note_about_somebody_elses_upload_does_it_no_harm(gateway: Gateway) -> None:
    connection = prepare(cases.load("metadata-bucket"), gateway)
    admin = gateway.admin_client("s3")
    theirs = admin.create_multipart_upload(Bucket=BUCKET, Key="metadata/theirs")["UploadId"]
    admin.put_object(Bucket=BUCKET, Key=f"metadata/{own_name(-1)}", Body=NOTE.format(theirs).encode())
    diagnose(connection, ["PERM007"])
    assert held(admin, BUCKET) == {("Uploads", "metadata/theirs", theirs)}
