"""The README's figures about reliability, taken from the tables that the tests themselves run through."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import figures
from trust import killing, test_as_it_was, test_faults, test_fuzz, test_hostile_bucket, test_killed, test_secrets

from s3doctor.report import FORMATS

CANARY = "c4n4ry/KxQ7vT2+mZ9LwpY5sD8fGhJ3bNrE6uAaz"


def rows() -> list[tuple[str, str]]:
    """What is proved, and over how many cases."""
    return [*_faults(), *_kills(), *_input(), *_load()]


def _faults() -> list[tuple[str, str]]:
    faults, requests = len(test_faults.FAULTS), len(test_faults.QUESTIONS)
    operations, ways = len(test_faults.OPERATIONS), len(test_faults.WAYS)
    at_each = f"{faults} faults at {requests} kinds of requests, and at {operations} operations of an examination: it "
    before = f"{ways} ways (name, port, certificates, clock) at {requests} kinds of requests"
    return [
        (
            "An answer that is late, cut short, false, or does not come is no evidence",
            at_each + "ends in time, blames nobody wrongly, and leaves nothing that it does not name",
        ),
        ("Where no answer can come, the cause is named", before),
    ]


def _kills() -> list[tuple[str, str]]:
    steps, signals = len(killing.CASES), len(killing.SIGNALS)
    shot = sum(name == right.case for right in test_killed.RIGHTS for name, _ in killing.CASES)
    everywhere = "every request to moto and to what replays answers, in every test"
    shot_at = f"{shot} cases on moto, {steps} on Ceph"
    cases = f"{figures.SITUATIONS} arbitrary cases and {_examples(test_as_it_was)} chosen ones"
    return [
        (
            "Ctrl-C and SIGTERM leave nothing, or what the report names",
            f"{signals} signals at {steps} steps, on moto and on Ceph, with and without versions",
        ),
        (
            "What SIGKILL leaves is told by the next run, and removed as far as the key may",
            shot_at,
        ),
        ("Whatever policy and fault, a bucket is as it was, or the report says what differs", cases),
        (
            "A run that may only read sends nothing that could write",
            everywhere,
        ),
    ]


def _input() -> list[tuple[str, str]]:
    inputs, kinds = sum(figures.FUZZED.values()), len(figures.FUZZED)
    names, bombs, formats = len(test_hostile_bucket.HOSTILE), len(test_hostile_bucket.BOMBS), len(FORMATS)
    forms = len(test_secrets.spellings(CANARY)) - len(test_secrets.pieces(CANARY))
    places = "on both streams, in logs at DEBUG, reports, bundles, arguments, temporary files and a Dask cluster"
    return [
        ("No secret leaves", f"{forms} ways to write one, and its pieces, looked for {places}"),
        ("Hostile names and files do nothing", f"{names} names in {formats} formats; {bombs} bombs"),
        (
            "Any input is answered, or refused in a line",
            f"{inputs} arbitrary inputs of {kinds} kinds, and {_examples(test_fuzz)} chosen ones",
        ),
    ]


def _load() -> list[tuple[str, str]]:
    most = f"at most {figures.MOST_REQUESTS} requests each (for 12 images), and none contradicts another"
    return [
        ("Many at once ask no more than is announced", f"{figures.AT_ONCE} examinations of one bucket: {most}"),
        (
            "Memory, threads and open files stay level",
            f"{figures.ROUND:,} connections in one process, from the hundredth to the last",
        ),
    ]


def _examples(module: Any) -> int:  # noqa: ANN401 - a module of tests
    """How many chosen cases the tests of a module hold beside those that hypothesis makes."""
    return sum(len(getattr(test, "hypothesis_explicit_examples", ())) for test in vars(module).values())
