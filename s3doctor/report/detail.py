"""What a terminal shows of a check that is not well: the cause, what was seen, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.report import wording
from s3doctor.report.text import pasteable
from s3doctor.report.told import told
from s3doctor.report.values import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.model import Cause, Evidence, Example, Finding, Fix, Outcome, Report, Result
    from s3doctor.report.paper import Paper
    from s3doctor.report.told import Told

UNSHOWABLE = "It holds characters that a terminal cannot show: take it from the report's JSON format instead."


def all_details(paper: Paper, report: Report, *, verbose: bool) -> None:
    """All that is not well, the most urgent first, then what else was noticed."""
    places = told(report)
    for result in (*wording.unwell(report), *wording.well(report)):
        if wording.is_detailed(result) or (verbose and result.outcome.evidence):
            one(paper, result, places, verbose=verbose)


def one(paper: Paper, result: Result, places: Told, *, verbose: bool) -> None:
    """One check in full, save what `places` says is told elsewhere."""
    outcome = result.outcome
    about = f" [{result.dataset}]" if result.dataset else ""
    paper.title(f"{result.code} {result.status.value}: {result.check.title}{about}", result.status.value)
    if not (outcome.cause and outcome.cause.text in outcome.summary) or places.cause(result):
        paper.paragraph(outcome.summary)
    if outcome.cause:
        _cause(paper, outcome.cause, places.cause(result))
    _evidence(paper, wording.seen(outcome), verbose=verbose)
    for finding in outcome.findings:
        _finding(paper, finding, outcome, alone=wording.alone(result))
    if outcome.fix:
        _fix(paper, outcome.fix, places.fix(result))


def _cause(paper: Paper, cause: Cause, elsewhere: str) -> None:
    """Why it is so, and what else it could be."""
    if elsewhere:
        paper.labelled("Why", f"As for {elsewhere}.")
        return
    paper.labelled("Why", f"{cause.text} ({cause.confidence})")
    for other in cause.alternatives:
        paper.labelled("", f"Or: {other}")


def _evidence(paper: Paper, seen: Sequence[Evidence], *, verbose: bool) -> None:
    """All that was seen. Of S3's own words the first are enough, unless all were asked for."""
    spoken = False
    for number, evidence in enumerate(seen):
        paper.item("" if number else "Seen", evidence.text)
        if evidence.message and (verbose or not spoken):
            paper.labelled("", f"{wording.speaker(evidence)}: {evidence.message}", indent=2)
            spoken = True
        if verbose:
            _ids(paper, evidence)


def _ids(paper: Paper, evidence: Evidence) -> None:
    """What AWS's support asks for, and the time."""
    for name, value in (("request id", evidence.request_id), ("host id", evidence.host_id)):
        if value:
            paper.labelled("", f"{name} {value}", indent=2)
    if evidence.milliseconds is not None:
        paper.labelled("", f"answered after {evidence.milliseconds:.0f} ms", indent=2)


def _finding(paper: Paper, finding: Finding, outcome: Outcome, *, alone: bool) -> None:
    """A fault with its number and its first places; `alone` leaves out what the check says for it."""
    said = f"{finding.code} ({wording.tally(finding)})"
    paper.labelled("Found", said if alone else f"{said}: {finding.summary}")
    for example in finding.examples:
        paper.item("", example_line(example))
    if rest := wording.more(finding):
        paper.item("", rest)
    if finding.consequence:
        paper.labelled("  so", finding.consequence)
    if advice := wording.advice(finding, outcome):
        paper.labelled("  do", advice)


def example_line(example: Example) -> str:
    """An exact place in one line: where, its place in the file, what is there."""
    known = wording.place(example)
    line = f"{example.where} ({known})" if known and example.where else example.where or known
    line += f": {example.text}" if example.text else ""
    return line if example.value is None else f"{line}: {shown(example.value)}"


def _fix(paper: Paper, fix: Fix, elsewhere: str) -> None:
    """What to do, what to paste, and how to see that it worked."""
    if elsewhere:
        paper.labelled("To do", f"As for {elsewhere}.")
        return
    paper.labelled("To do", f"{fix.text} (Who: {wording.HANDS[fix.who]}.)")
    for document in fix.documents:
        _paste(paper, f"{document.title} (paste all of it):", document.text)
    for index, command in enumerate(fix.commands):
        _paste(paper, f"{wording.run(fix, index)}:", command)
    paper.labelled("Then", fix.verify)


def _paste(paper: Paper, title: str, text: str) -> None:
    """A text to paste, with a word of warning where it could not be shown as it is."""
    paper.blank()
    paper.paragraph(title)
    if pasteable(text) != text.replace("\r\n", "\n"):
        paper.paragraph(UNSHOWABLE)
    paper.verbatim(text)
