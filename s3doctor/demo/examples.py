"""Which patient shows what a check finds: told from what the cases expect, which the tests hold the doctor to."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from s3doctor.demo import cases

if TYPE_CHECKING:
    from s3doctor.demo.cases import Case

EXPLAINED = cases.CASES / "explained.json"
"""What the doctor said of the patients, and of faulty COCO files: `python tests/explained.py` writes it down."""
SAME = (
    (r"\b\d{12}\b", "123456789012"),
    (r"A(KI|SI)A…\w{4}", r"A\1A…MPLE"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:54321"),
    (r"s3doctor-[0-9a-f]{8}-[0-9a-f]{32}", "s3doctor-01234567-" + "0123456789abcdef" * 2),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "Tue, 24 Nov 2026 12:20:00 GMT"),
)
"""What differs from one examination to the next, and what is shown in its place."""

NO_PATIENT = {
    "ANN009": "pycocotools fails on nothing that the other checks pass, as far as anybody knows",
    "BUCKET002": "a server that does not answer is never more than unknown: patient server-down",
    "BUCKET006": "it can be unknown, and no more",
    "CORS002": "no S3 server answers the preflight one way and the request another; only a proxy before it might",
}
"""Checks that no patient of an embedded S3 can make fail, and why."""
BY_PATIENT = {
    "oracle-ids-permuted": "s3doctor demo predictions-wrong-categories",
    "oracle-boxes-misread": "s3doctor demo boxes-as-corners",
    "oracle-categories-permuted": "none: the demo's patients show what comes before it, ids that mean other names",
    "oracle-nothing-matches": "none: it takes a model that finds nothing",
    "oracle-disagrees": "none: no file is known with which it happens",
}
"""Rules that need pycocotools' own answer, and where to see them."""
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


def settled(text: str) -> str:
    """The text without what differs from one examination to the next."""
    for pattern, shown in SAME:
        text = re.sub(pattern, shown, text)
    return text


@lru_cache(maxsize=1)
def explained() -> Any:  # noqa: ANN401 - a JSON document
    """What the pages of checks (`checks`) and of rules (`rules`) show, by their codes; the tests hold it true."""
    return json.loads(EXPLAINED.read_text(encoding="utf-8"))
