"""Many examinations, at once and in turn: no more requests than are announced, and nothing that grows."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asked import operation
from figures import AT_ONCE, MOST_REQUESTS, ROUND, ROUND_QUICKLY, WRITING

from s3doctor import diagnose
from s3doctor.cli.progress import Progress
from s3doctor.cli.round import Asked, Round
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.plan import steps

if TYPE_CHECKING:
    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report

pytestmark = pytest.mark.slow
PYCOCOTOOLS = ("ANN009", "PRED007")
"""Checks that start a process each, of some 60 MB."""
WITH_PYCOCOTOOLS = 5
"""Of the examinations at once: the memory of an ordinary machine does not hold a hundred such processes."""
SETTLED, TENTH = 100, 10
MORE_MEMORY, MORE_FILES, MORE_THREADS = 60 << 20, 32, 150
"""What there may be of each at the last connection, over what there was at the hundredth. Keeping what belongs to an
examination would cost 0.6 MB each time; a boto3 client with its descriptions 5 MB."""


def announced(connection: Connection) -> Counter[str]:
    """The most requests of each kind, but for those of which there may be any number."""
    kinds: Counter[str] = Counter()
    for step in steps(connection):
        for one in step.operation.split(", "):
            kinds[one] += step.at_most or MOST_REQUESTS
    return kinds


def verdicts(report: Report) -> tuple[tuple[str, str], ...]:
    return tuple((r.code, r.status.value) for r in report.results if r.code not in PYCOCOTOOLS)


def test_fifty_at_once_on_one_bucket_do_not_differ_and_ask_no_more_than_is_stated(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), timeout=280)
    once = verdicts(diagnose(connection))
    threads = settled_threads()
    embedded_s3.forget_accesses()

    def examine(number: int) -> Report:
        return diagnose(connection, ignore=() if number < WITH_PYCOCOTOOLS else PYCOCOTOOLS)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        reports = list(pool.map(examine, range(AT_ONCE)))
    assert {status for _, status in once} == {"pass"}
    for report in reports:
        other = set(verdicts(report)) - set(once)
        assert {status for _, status in other} <= {"unknown", "skip"}, "a busy machine may not get an answer in time"
    assert len(embedded_s3.accesses) <= AT_ONCE * MOST_REQUESTS
    made = Counter(operation(access) for access in embedded_s3.accesses)
    most = announced(connection)
    assert not {kind: count for kind, count in made.items() if count > AT_ONCE * most[kind]}
    assert settled_threads() <= threads + 2


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


@pytest.mark.parametrize("count", [ROUND_QUICKLY, pytest.param(ROUND, marks=pytest.mark.long)])
def test_a_round_of_connections_leaves_memory_threads_and_files_as_they_were(
    embedded_s3: EmbeddedS3, count: int
) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    whole, brief = Asked(connection, ignore=PYCOCOTOOLS), Asked(replace(connection, bucket="nothing-here"))
    threads = settled_threads()
    connections = Sampled(embedded_s3, {f"c{number}": brief if number % TENTH else whole for number in range(count)})
    reports = Round(connections, Progress({"quiet": True, "verbose": False, "color": "auto"})).examine()
    assert Counter(report.verdict for report in reports.values()) == {
        "pass": count // TENTH,
        "fail": count * 9 // TENTH,
    }
    settled, last = connections.samples[SETTLED], connections.samples[count]
    assert last.memory - settled.memory < MORE_MEMORY
    assert last.files - settled.files < MORE_FILES
    assert last.threads - settled.threads < MORE_THREADS
    assert settled_threads() <= threads + 2


class Sample:
    """What this process has just now: bytes of memory, open files, threads."""

    def __init__(self) -> None:
        gc.collect()
        pages = Path("/proc/self/statm").read_text("utf-8").split()[1]
        self.memory = int(pages) * os.sysconf("SC_PAGE_SIZE")
        self.files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - one number, no paths
        self.threads = threading.active_count()


class Sampled(dict[str, Asked]):
    """Connections, and a sample of the process as the hundredth and the last of them are begun."""

    def __init__(self, s3: EmbeddedS3, asked: dict[str, Asked]) -> None:
        super().__init__(asked)
        self._s3 = s3
        self._begun = 0
        self._lock = threading.Lock()
        self.samples: dict[int, Sample] = {}

    def __getitem__(self, name: str) -> Asked:
        with self._lock:
            self._begun += 1
            if self._begun in (SETTLED, len(self)):
                self._s3.forget_accesses()
                self.samples[self._begun] = Sample()
        return super().__getitem__(name)


def settled_threads() -> int:
    """How many threads there are once those that end have ended: the least of two seconds."""
    counts: list[int] = []
    for _ in range(20):
        time.sleep(0.1)
        counts.append(threading.active_count())
    return min(counts)
