"""Many examinations, at once and in turn: no more requests than are announced, and nothing that grows."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.plan import steps

if TYPE_CHECKING:
    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

pytestmark = pytest.mark.slow
AT_ONCE, WRITING, IN_TURN, WARM = 50, 10, 20, 3
GROWTH = 200
"""Objects that one more examination may leave behind; a single boto3 client that somebody kept is thousands."""
CHECKS = ("CRED002", "BUCKET003", "PERM001")


def announced(connection: Connection) -> int:
    """The most requests, but for those of which there may be any number."""
    return sum(step.at_most for step in steps(connection))


def test_fifty_at_once_on_one_bucket_all_say_the_same(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), timeout=120)
    embedded_s3.forget_accesses()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        reports = list(pool.map(lambda _: diagnose(connection, CHECKS), range(AT_ONCE)))
    verdicts = Counter(tuple((r.code, r.status.value) for r in report.results) for report in reports)
    assert len(verdicts) == 1
    assert {status for _, status in next(iter(verdicts))} == {"pass"}
    writes = [access for access in embedded_s3.accesses if access.could_write]
    assert not writes
    listings = sum("list-type" in access.query for access in embedded_s3.accesses)
    assert len(embedded_s3.accesses) - listings <= AT_ONCE * announced(connection)
    assert listings <= AT_ONCE * 12


def test_ten_that_write_at_once_remove_what_is_theirs_alone(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("metadata-bucket"), embedded_s3), timeout=120)
    admin = embedded_s3.admin_client("s3")
    admin.put_object(Bucket="acme-metadata", Key="metadata/theirs", Body=b"x")
    with ThreadPoolExecutor(WRITING) as pool:
        reports = list(pool.map(lambda _: diagnose(connection, ["PERM007"]), range(WRITING)))
    assert {report.results[0].status.value for report in reports} == {"pass"}
    assert not [left for report in reports for left in report.leftovers]
    kept = admin.list_objects_v2(Bucket="acme-metadata")["Contents"]
    assert [entry["Key"] for entry in kept] == ["metadata/theirs"]


def test_a_round_of_connections_leaves_no_memory_and_no_thread(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    for _ in range(WARM):
        diagnose(connection, CHECKS)
    threads, objects = settled_threads(), living()
    for _ in range(IN_TURN):
        diagnose(connection, CHECKS)
        embedded_s3.forget_accesses()
    assert (living() - objects) / IN_TURN < GROWTH
    assert settled_threads() <= threads + 2


def living() -> int:
    """How many objects there are that hold others."""
    gc.collect()
    return len(gc.get_objects())


def settled_threads() -> int:
    """How many threads there are once those that end have ended."""
    count = threading.active_count()
    for _ in range(50):
        time.sleep(0.1)
        if threading.active_count() == count:
            break
        count = threading.active_count()
    return count
