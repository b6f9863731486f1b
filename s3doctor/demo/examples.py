"""Which patient shows what a check finds: told from what the cases expect, which the tests hold the doctor to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from s3doctor.demo import cases

if TYPE_CHECKING:
    from s3doctor.demo.cases import Case

NO_PATIENT = {
    "ANN009": "pycocotools fails on nothing that the other checks pass, as far as anybody knows",
    "BUCKET002": "a server that does not answer is never more than unknown: patient server-down",
    "BUCKET006": "it can be unknown, and no more",
    "CORS002": "no S3 server answers the preflight one way and the request another; only a proxy before it might",
}
"""Checks that no patient of an embedded S3 can make fail, and why."""
ILL = ("fail", "warn")


@lru_cache(maxsize=1)
def every_case() -> tuple[Case, ...]:
    """All patients, in the order of `s3doctor demo --list`."""
    return tuple(cases.load(name) for name in cases.names())


def patient(code: str) -> Case | None:
    """The patient that shows best what a check finds: it fails rather than warns, and little else is ill."""
    ill = [case for case in every_case() if case.expect.statuses.get(code) in ILL]
    return min(ill, key=lambda case: _by_the_way(case, code), default=None)


def _by_the_way(case: Case, code: str) -> tuple[bool, int]:
    others = sum(status in ILL for status in case.expect.statuses.values())
    return case.expect.statuses[code] != "fail", others
