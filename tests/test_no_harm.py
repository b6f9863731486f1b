"""Rule 6 of the design: the doctor does no harm."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from asked import operation

from s3doctor import diagnose
from s3doctor.checks.uploading import NOTE
from s3doctor.connection import Connection, Setup
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import own_name
from s3doctor.model import Leftover, Status
from s3doctor.plan import steps

if TYPE_CHECKING:
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report

WRITING = ["metadata-bucket", "single-bucket", "write-denied", "delete-denied", "versioned-metadata"]
"""The case runner looks at the other set-up, which must see no request that could have written."""


def contents(s3: EmbeddedS3, bucket: str) -> list[tuple[str, str, bool]]:
    """Every version and delete marker."""
    found = s3.admin_client("s3").list_object_versions(Bucket=bucket)
    return [
        (entry["Key"], entry["VersionId"], "ETag" in entry)
        for entry in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))
    ]


def uploads(s3: EmbeddedS3, bucket: str) -> list[Any]:
    found: list[Any] = s3.admin_client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    return found


def examine(s3: EmbeddedS3, name: str, **changes: object) -> tuple[Connection, Report]:
    connection = replace(prepare(cases.load(name), s3), **changes)  # type: ignore[arg-type]
    s3.forget_accesses()
    return connection, diagnose(connection)


@pytest.mark.parametrize("name", WRITING)
def test_no_write_sends_nothing_but_reads(embedded_s3: EmbeddedS3, name: str) -> None:
    examine(embedded_s3, name, write=False)
    assert {access.method for access in embedded_s3.accesses if access.service == "s3"} <= {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("name", WRITING)
def test_the_buckets_are_afterwards_what_they_were_before_or_the_report_says_what_differs(
    embedded_s3: EmbeddedS3, name: str
) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    buckets = list(cases.load(name).buckets)
    before = {bucket: contents(embedded_s3, bucket) for bucket in buckets}
    found = diagnose(connection)
    for bucket in buckets:
        more = [item for item in contents(embedded_s3, bucket) if item not in before[bucket]]
        told = {(left.key, left.version_id) for left in found.leftovers if left.bucket == bucket}
        assert {(key, version) for key, version, is_object in more if is_object} == told
        assert not uploads(embedded_s3, bucket)
        assert not [item for item in before[bucket] if item not in contents(embedded_s3, bucket)]
    assert (found.exit_code() == 4) is bool(found.leftovers)


def test_a_version_that_stays_is_reported_by_key_and_version(embedded_s3: EmbeddedS3) -> None:
    _, found = examine(embedded_s3, "versioned-metadata")
    assert found.exit_code() == 4
    assert [type(left) for left in found.leftovers] == [Leftover]
    assert found.leftovers[0].key.startswith("metadata/.s3doctor-")
    assert found.leftovers[0].version_id
    assert [result.status for result in found.results if result.code == "PERM007"] == [Status.WARN]


def test_no_object_of_the_customers_is_ever_the_target_of_a_write(embedded_s3: EmbeddedS3) -> None:
    examine(embedded_s3, "single-bucket")
    changed = [a for a in embedded_s3.accesses if a.service == "s3" and a.method in ("PUT", "POST", "DELETE")]
    assert len(changed) > 5
    assert all("/.s3doctor-" in access.path or access.query == ("delete",) for access in changed)


@pytest.mark.parametrize("name", ["healthy", "metadata-bucket", "single-bucket"])
def test_every_request_was_announced(embedded_s3: EmbeddedS3, name: str) -> None:
    connection, _ = examine(embedded_s3, name)
    announced: Counter[str] = Counter()
    for step in steps(connection):
        for one in step.operation.split(", "):
            announced[one] += step.at_most or 1_000
    made = Counter(operation(access) for access in embedded_s3.accesses)
    assert not made - announced
    assert sum(made[kind] for kind in made if kind != "ListObjectsV2") - 12 <= 40


def test_the_announcement_fits_the_set_up() -> None:
    read_only = [step.operation for step in steps(Connection("acme", datasets=("street",)))]
    assert "CreateMultipartUpload, UploadPart, CompleteMultipartUpload" not in read_only
    assert "ListBuckets" in read_only
    forbidden = steps(Connection("acme", setup=Setup.SINGLE_BUCKET, write=False, pictures="none"))
    assert not [step for step in forbidden if "Put" in step.operation or "Delete" in step.operation]
    several = steps(Connection("acme", datasets=("a", "b"), endpoint_url="http://127.0.0.1:1"))
    assert "ListBuckets" not in [step.operation for step in several]
    assert any("<dataset>/" in step.where for step in several)
    assert {step.count for step in several} >= {"≤ 1", "any"}


def test_what_a_killed_run_left_is_recognised_removed_and_told(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    admin = embedded_s3.admin_client("s3")
    left, alive, theirs = own_name(-1), own_name(60), ".s3doctor-notes.txt"
    for name in (left, alive, theirs):
        admin.put_object(Bucket="acme-metadata", Key=f"metadata/{name}", Body=b"x")
    found = diagnose(connection, select=["PERM007"])
    kept = {entry["Key"] for entry in admin.list_objects_v2(Bucket="acme-metadata").get("Contents", ())}
    assert kept == {f"metadata/{alive}", f"metadata/{theirs}"}
    assert "removed 1 object of an earlier run" in found.results[0].outcome.summary


@pytest.mark.parametrize("name", ["metadata-bucket", "versioned-metadata"])
def test_an_upload_of_a_killed_run_is_found_by_its_note_and_ended_with_documented_rights(
    embedded_s3: EmbeddedS3, name: str
) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    admin = embedded_s3.admin_client("s3")
    key, other = f"metadata/{own_name(-1)}", "metadata/theirs"
    begun = [admin.create_multipart_upload(Bucket="acme-metadata", Key=each)["UploadId"] for each in (key, other)]
    admin.put_object(Bucket="acme-metadata", Key=key, Body=NOTE.format(begun[0]).encode())
    found = diagnose(connection, select=["PERM007"])
    assert [upload["UploadId"] for upload in uploads(embedded_s3, "acme-metadata")] == begun[1:]
    if name == "metadata-bucket":
        assert "Contents" not in admin.list_objects_v2(Bucket="acme-metadata")
        assert "removed 1 object and 1 unfinished upload of an earlier run" in found.results[0].outcome.summary
        assert not found.leftovers
    else:
        kept = {(key, version) for key, version, is_object in contents(embedded_s3, "acme-metadata") if is_object}
        assert kept == {(left.key, left.version_id) for left in found.leftovers}
        assert key in {key for key, _ in kept}


def test_a_strangers_note_opens_nothing(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    admin = embedded_s3.admin_client("s3")
    theirs = admin.create_multipart_upload(Bucket="acme-metadata", Key="metadata/theirs")["UploadId"]
    for body in (NOTE.format("../x?versionId=1"), f"UploadId: {theirs}\n", NOTE.format("a b"), NOTE.format("é")):
        admin.put_object(Bucket="acme-metadata", Key=f"metadata/{own_name(-1)}", Body=body.encode())
    diagnose(connection, select=["PERM007"])
    assert [upload["UploadId"] for upload in uploads(embedded_s3, "acme-metadata")] == [theirs]
    assert "Contents" not in admin.list_objects_v2(Bucket="acme-metadata")
