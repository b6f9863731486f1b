"""The order of a report and the words that its formats share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.model import Status, Who
from s3doctor.report.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from s3doctor.model import Example, Family, Finding, Report, Result

HEADLINES = {
    "pass": "All that was looked at is as it should be.",
    "warn": "It works, but something should be looked at.",
    "fail": "This will not work as it is.",
    "unknown": "Nothing failed, but something that is needed could not be found out.",
    "interrupted": "Stopped before the end. What follows is not complete.",
}
COUNTED = {
    Status.FAIL: "failed",
    Status.ERROR: "broke off",
    Status.UNKNOWN: "not found out",
    Status.WARN: "to look at",
    Status.SKIP: "not asked",
    Status.PASS: "well",
}
HANDS = {
    Who.CUSTOMER: "you",
    Who.BUCKET_OWNER: "the owner of the bucket",
    Who.ORGANISATION_ADMIN: "the administrator of your AWS organisation",
    Who.PLATFORM: "the platform's support",
    Who.S3DOCTOR: "the makers of s3doctor",
}
URGENCY = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.WARN)


@dataclass(frozen=True)
class Group:
    """The results of one family, in the order of the report."""

    prefix: str
    title: str
    results: tuple[Result, ...]


def prefix(code: str) -> str:
    """The letters that a check's code starts with: its family."""
    found = re.match(r"[^\W\d_]+", code)
    return found[0] if found else code


def grouped(results: Sequence[Result], families: Iterable[Family] | None = None) -> tuple[Group, ...]:
    """The results by family: the catalogue's families first, in its order, then what no family claims."""
    titles = {f.prefix: f.title for f in (catalogue() if families is None else families)}
    for result in results:
        titles.setdefault(prefix(result.code), prefix(result.code))
    groups = (Group(p, t, tuple(r for r in results if prefix(r.code) == p)) for p, t in titles.items())
    return tuple(group for group in groups if group.results)


def catalogue() -> Iterable[Family]:
    """The families of checks, as the catalogue lists them."""
    from s3doctor import checks  # noqa: PLC0415 - the catalogue is large and a report may be read without it

    families: Iterable[Family] = getattr(checks, "FAMILIES", ())
    return families


def unwell(report: Report) -> tuple[Result, ...]:
    """All that asks for somebody's attention, the most urgent first, else in the order of the report."""
    return tuple(r for status in URGENCY for r in report.results if r.status is status)


def well(report: Report) -> tuple[Result, ...]:
    """All the others: what is well, and what was not asked."""
    return tuple(r for r in report.results if r.status not in URGENCY)


def first_step(report: Report) -> Result | None:
    """The result to begin with: the first of the most urgent ones that says what to do."""
    return next((r for r in unwell(report) if r.outcome.fix), None)


def counts(report: Report) -> str:
    """How many checks came out how: `2 failed, 1 not found out, 20 well`."""
    numbers = ((report.count(status), word) for status, word in COUNTED.items())
    return ", ".join(f"{number} {word}" for number, word in numbers if number) or "no check was asked"


def tally(finding: Finding) -> str:
    """What a finding says before its summary: `2,997 times, error`."""
    number = "once" if finding.count == 1 else f"{finding.count:,} times"
    return f"{number}, {finding.severity.value}"


def place(example: Example) -> str:
    """What is known of an example's place beside `where`: `line 3, byte 1,234, image_id 7`."""
    parts = [f"line {example.line:,}"] if example.line is not None else []
    parts += [f"byte {example.offset:,}"] if example.offset is not None else []
    return ", ".join(parts + [f"{name} {shown(value)}" for name, value in example.ids])


def more(finding: Finding) -> str:
    """How many places are not shown; empty where all are, or none."""
    left = finding.count - len(finding.examples)
    return f"… and {left:,} more" if finding.examples and left > 0 else ""
