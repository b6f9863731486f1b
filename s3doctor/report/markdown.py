"""The report for a ticket: Markdown as CommonMark and GitHub read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.report import wording
from s3doctor.report.markup import block, cell, code, markdown
from s3doctor.report.told import told
from s3doctor.report.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from s3doctor.changes import Comparison
    from s3doctor.model import Cause, Evidence, Example, Finding, Fix, Outcome, PermissionMap, Report, Result
    from s3doctor.report.told import Told


def render(report: Report) -> str:
    """The whole report, ending in a newline."""
    changes = _changes(report.comparison) if report.comparison else ()
    parts = [*_head(report), *changes, *_checks(report)]
    parts += [part for permissions in report.permissions for part in _permissions(permissions)]
    places = told(report)
    parts += [part for result in wording.detailed(report) for part in _detail(result, places)]
    return "\n\n".join([*parts, *_left(report)]) + "\n"


def _head(report: Report) -> Iterator[str]:
    """The verdict, what to begin with, what was examined."""
    yield f"# s3doctor: {report.verdict.upper()}"
    yield f"**{wording.HEADLINES[report.verdict]}** {wording.counts(report)}"
    if step := wording.first_step(report):
        yield f"**Begin with {markdown(step.code)}:** {markdown(step.outcome.summary)}"
    pairs = [*report.subject, *report.figures, ("examined", f"{report.started:%Y-%m-%d %H:%M:%S %Z}")]
    yield _table(("", ""), ((f"{markdown(name)}", cell(value)) for name, value in pairs))
    if report.notes:
        yield _list(f"Note: {markdown(note)}" for note in report.notes)


def _changes(comparison: Comparison) -> Iterator[str]:
    """What has changed since an earlier report."""
    yield "## What has changed"
    yield markdown(wording.since(comparison))
    if comparison.notes:
        yield _list(f"Note: {markdown(note)}" for note in comparison.notes)
    if comparison.changes:
        rows = (map(markdown, wording.change(change)) for change in comparison.changes)
        yield _table(("Change", "Check", "What is said now, and was before"), [tuple(row) for row in rows])
    if comparison.still:
        yield f"Still not well: {markdown(wording.still(comparison))}."


def _checks(report: Report) -> Iterator[str]:
    """One table for each family, one row for each check."""
    for group in wording.grouped(report.results):
        yield f"## Checks: {markdown(group.title)}"
        yield _table(("Status", "Check", "Dataset", "What was found"), (_row(result) for result in group.results))


def _row(result: Result) -> tuple[str, ...]:
    status = result.status.value.upper() if result.status in wording.URGENCY else result.status.value
    dataset = cell(result.dataset) if result.dataset else ""
    return status, markdown(result.code), dataset, markdown(wording.said(result))


def _permissions(permissions: PermissionMap) -> Iterator[str]:
    """What the key may do where."""
    yield "## What the key may do"
    rows = ((cell(where), *map(markdown, answers)) for where, answers in permissions.rows)
    yield _table(("Where", *map(markdown, permissions.actions)), rows)


def _detail(result: Result, places: Told) -> Iterator[str]:
    """One check in full."""
    outcome = result.outcome
    about = f" ({code(result.dataset)})" if result.dataset else ""
    yield f"## {markdown(result.code)} {result.status.value}: {markdown(result.check.title)}{about}"
    yield f"**Result:** {markdown(outcome.summary)}"
    if outcome.cause:
        yield _cause(outcome.cause, places.cause(result))
    if outcome.evidence:
        yield "**Seen:**"
        yield _list(_evidence(evidence) for evidence in wording.seen(outcome))
    if outcome.findings:
        yield "**Found:**"
        yield _list(_finding(finding, outcome) for finding in outcome.findings)
    if outcome.fix:
        yield from _fix(outcome.fix, places.fix(result))


def _cause(cause: Cause, elsewhere: str) -> str:
    if elsewhere:
        return f"**Why:** as for {markdown(elsewhere)}."
    others = "".join(f" Or: {markdown(other)}" for other in cause.alternatives)
    return f"**Why:** {markdown(cause.text)} ({markdown(cause.confidence)}){others}"


def _evidence(evidence: Evidence) -> str:
    said = f"; {wording.speaker(evidence)}: {code(evidence.message)}" if evidence.message else ""
    request = f"; request id {code(evidence.request_id)}" if evidence.request_id else ""
    host = f"; host id {code(evidence.host_id)}" if evidence.host_id else ""
    return f"{code(evidence.text)}{said}{request}{host}"


def _finding(finding: Finding, outcome: Outcome) -> str:
    """A fault with its places as a list within the list."""
    lines = [f"{code(finding.code)} ({wording.tally(finding)}): {markdown(finding.summary)}"]
    lines += [f"  - {_example(example)}" for example in finding.examples]
    lines += [f"  - {rest}"] if (rest := wording.more(finding)) else []
    lines += [f"  - What comes of it: {markdown(finding.consequence)}"] if finding.consequence else []
    advice = wording.advice(finding, outcome)
    lines += [f"  - What to do: {markdown(advice)}"] if advice else []
    return "\n".join(lines)


def _example(example: Example) -> str:
    known = wording.place(example)
    place = code(example.where) if example.where else ""
    line = f"{place} ({markdown(known)})" if known and place else place or markdown(known)
    line += f": {markdown(example.text)}" if example.text else ""
    return line if example.value is None else f"{line}: {code(shown(example.value))}"


def _fix(fix: Fix, elsewhere: str) -> Iterator[str]:
    """What to do, what to paste, and how to see that it worked."""
    if elsewhere:
        yield f"**To do:** as for {markdown(elsewhere)}."
        return
    yield f"**To do** (who: {wording.HANDS[fix.who]}): {markdown(fix.text)}"
    yield from _pastes(fix)
    yield f"**Then:** {markdown(fix.verify)}"


def _pastes(fix: Fix) -> Iterator[str]:
    for document in fix.documents:
        yield f"Paste all of this: {markdown(document.title)}"
        yield block(document.text, document.language)
    for index, command in enumerate(fix.commands):
        yield f"{wording.run(fix, index)}:"
        yield block(command, "sh")


def _left(report: Report) -> Iterator[str]:
    """What s3doctor could not tidy up."""
    if report.leftovers:
        yield "## Left behind"
        yield "s3doctor made these objects and could not remove them. Please delete them."
        rows = ((cell(x.bucket), cell(x.key), cell(x.version_id) if x.version_id else "") for x in report.leftovers)
        yield _table(("Bucket", "Key", "Version"), rows)
        yield block("\n".join(map(wording.removal, report.leftovers)), "sh")


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in GitHub's form. Cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
