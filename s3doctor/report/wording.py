"""The order of a report and the words that its formats share."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.finding import Severity, times
from s3doctor.model import Status, Who
from s3doctor.report.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from s3doctor.changes import Change, Comparison
    from s3doctor.model import Evidence, Example, Family, Finding, Fix, Leftover, Outcome, Report, Result

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
    Status.PASS: "passed",
}
HANDS = {
    Who.CUSTOMER: "you",
    Who.BUCKET_OWNER: "the owner of the bucket",
    Who.ORGANISATION_ADMIN: "the administrator of your AWS organisation",
    Who.PLATFORM: "the platform's support",
    Who.S3DOCTOR: "the makers of s3doctor",
}
CHANGES = {
    "new": "new: not well now",
    "changed": "changed: not well then and now, but not in the same way",
    "mended": "mended: well now",
    "still": "still not well, as before",
    "gone": "gone: not well then, and not asked this time",
}
"""The kinds of changes in words, in the order in which they are told."""
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
    from s3doctor import checks

    families: Iterable[Family] = getattr(checks, "FAMILIES", ())
    return families


def unwell(report: Report) -> tuple[Result, ...]:
    """All that asks for somebody's attention, the most urgent first, else in the order of the report."""
    ill = (sorted((r for r in report.results if r.status is status), key=_follows) for status in URGENCY)
    return tuple(result for results in ill for result in results)


def well(report: Report) -> tuple[Result, ...]:
    """All the others: what is well, and what was not asked."""
    return tuple(r for r in report.results if r.status not in URGENCY)


def is_detailed(result: Result) -> bool:
    """Whether there is more to tell than a row holds: what is not well, and what has findings or a remedy."""
    return result.status in URGENCY or bool(result.outcome.findings or result.outcome.fix)


def detailed(report: Report) -> tuple[Result, ...]:
    """All results that are told in full, the most urgent first."""
    return tuple(filter(is_detailed, (*unwell(report), *well(report))))


def seen(outcome: Outcome) -> tuple[Evidence, ...]:
    """The evidence, each piece once."""
    return tuple(dict.fromkeys(outcome.evidence))


def titled(result: Result) -> str:
    """The code of a check and the dataset that it was asked about: `PERM001 [voc]`."""
    return f"{result.code} [{result.dataset}]" if result.dataset else result.code


def first_step(report: Report) -> Result | None:
    """The result to begin with: the first of the most urgent ones that says what to do and follows from no other."""
    candidates = [result for result in unwell(report) if result.outcome.fix]
    return next((one for one in candidates if not _follows(one)), next(iter(candidates), None))


def _follows(result: Result) -> bool:
    """Whether all that is wrong follows from what another check found."""
    serious = [finding for finding in result.outcome.findings if finding.severity is not Severity.INFO]
    return bool(serious) and all(finding.follows for finding in serious)


def said(result: Result) -> str:
    """The summary, with the first cause of a skip where the summary does not name it."""
    summary, cause = result.outcome.summary, result.blocked_by
    return f"{summary} (because of {cause})" if cause and cause not in summary else summary


def counts(report: Report) -> str:
    """How many checks came out how, and the time: `2 failed, 1 not found out, 20 passed. 4.2 seconds.`."""
    numbers = ((report.count(status), word) for status, word in COUNTED.items())
    told = ", ".join(f"{number} {word}" for number, word in numbers if number) or "No check was asked"
    return f"{told}. {report.seconds:.1f} seconds."


def several_datasets(report: Report) -> bool:
    """Whether a reader must be told which dataset something is about."""
    return len({r.dataset for r in report.results if r.dataset}) > 1


def tally(finding: Finding) -> str:
    """What a finding says before its summary: `error, 2,997 times`."""
    often = times(finding)
    return f"{finding.severity.value}, {often}" if often else finding.severity.value


def place(example: Example) -> str:
    """What is known of an example's place beside `where`: `line 3, byte 1,234, image_id 7`."""
    parts = ["in the file as a whole"] if not (example.where or example.line or example.ids) else []
    parts += [f"line {example.line:,}"] if example.line is not None else []
    parts += [f"byte {example.offset:,}"] if example.offset is not None else []
    return ", ".join(parts + [f"{name} {shown(value)}" for name, value in example.ids])


def day(comparison: Comparison) -> str:
    """When the earlier examination began: `2026-11-24 09:30`."""
    return comparison.started[:16].replace("T", " ")


def since(comparison: Comparison) -> str:
    """What has changed in a line: `Since the report of 2026-11-24 09:30 (fail): 1 new, 2 mended.`."""
    return f"Since the report of {day(comparison)} ({comparison.verdict}): {comparison.headline}."


def change(one: Change) -> tuple[str, str, str]:
    """A change as kind, check with its dataset, and what was said then and is said now."""
    about = f"{one.code} [{one.dataset}]" if one.dataset else one.code
    now = f"{one.now.status}: {one.now.summary}" if one.now else "not asked"
    before = f"{one.before.status}: {one.before.summary}" if one.before else "not asked"
    return one.kind, about, f"{now} (before: {before})"


def run(fix: Fix, index: int) -> str:
    """What stands before a fix's command: an alternative to what can be pasted or clicked says so, `Or run`."""
    if index:
        return "And"
    return "Or run" if fix.documents or "console" in fix.text else "Run"


def speaker(evidence: Evidence) -> str:
    """Who says an evidence's message: where no answer came, it is this computer's own."""
    return "The error" if evidence.http is None else "S3 said"


def alone(result: Result) -> bool:
    """Whether a check's only finding is its summary: then its words need not be told twice."""
    findings = result.outcome.findings
    return len(findings) == 1 and result.outcome.summary.startswith(findings[0].summary)


def advice(finding: Finding, outcome: Outcome) -> str:
    """What a finding says is to be done; empty where the check says it for its only finding."""
    fix = outcome.fix.text if outcome.fix else ""
    only = len({one.fix for one in outcome.findings}) == 1
    return "" if fix == finding.fix or (only and fix.startswith(finding.fix)) else finding.fix


def removal(left: Leftover) -> str:
    """The command that removes what was left behind."""
    words = [f"--bucket={left.bucket}", f"--key={left.key}"]
    words += [f"--version-id={left.version_id}"] if left.version_id else []
    return f"aws s3api delete-object {' '.join(map(shlex.quote, words))}"


def still(comparison: Comparison) -> str:
    """The checks that are as unwell as they were: `PERM002 [voc], ANN003 [voc]`; empty where there are none."""
    return ", ".join(change(one)[1] for one in comparison.still)


def more(finding: Finding) -> str:
    """How many places are not shown; empty where all are, or none."""
    left = finding.count - len(finding.examples)
    return f"… and {left:,} more" if finding.examples and left > 0 else ""
