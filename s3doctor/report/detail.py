"""What a terminal shows of a check that is not well: the cause, what was seen, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.report import wording
from s3doctor.report.text import pasteable
from s3doctor.report.values import shown

if TYPE_CHECKING:
    from s3doctor.model import Evidence, Example, Finding, Fix, Report, Result
    from s3doctor.report.paper import Paper

UNSHOWABLE = "It holds characters that a terminal cannot show: take it from the report's JSON format instead."


def all_details(paper: Paper, report: Report, *, verbose: bool) -> None:
    """All that is not well, the most urgent first, then what else was noticed."""
    first = wording.prescribed(report)
    for result in (*wording.unwell(report), *wording.well(report)):
        if wording.is_detailed(result) or (verbose and result.outcome.evidence):
            one(paper, result, first, verbose=verbose)


def one(paper: Paper, result: Result, first: dict[Fix, Result], *, verbose: bool) -> None:
    """One check in full. `first` says which result a remedy was printed with already, as `prescribed` makes it."""
    outcome = result.outcome
    about = f" [{result.dataset}]" if result.dataset else ""
    paper.title(f"{result.code} {result.status.value}: {result.check.title}{about}", result.status.value)
    paper.paragraph(outcome.summary)
    if outcome.cause:
        paper.labelled("Why", f"{outcome.cause.text} ({outcome.cause.confidence})")
        for other in outcome.cause.alternatives:
            paper.labelled("", f"Or: {other}")
    for number, evidence in enumerate(outcome.evidence):
        _evidence(paper, "" if number else "Seen", evidence, verbose=verbose)
    for finding in outcome.findings:
        _finding(paper, finding)
    if outcome.fix:
        _fix(paper, outcome.fix, wording.told_under(result, first))


def _evidence(paper: Paper, label: str, evidence: Evidence, *, verbose: bool) -> None:
    """One thing seen; request ids and times only where they were asked for."""
    paper.labelled(label, evidence.text)
    if evidence.message:
        paper.labelled("", f"S3 said: {evidence.message}")
    if not verbose:
        return
    ids = (("request id", evidence.request_id), ("host id", evidence.host_id))
    for name, value in ids:
        if value:
            paper.labelled("", f"{name} {value}")
    if evidence.milliseconds is not None:
        paper.labelled("", f"answered after {evidence.milliseconds:.0f} ms")


def _finding(paper: Paper, finding: Finding) -> None:
    """A fault with its number and its first places."""
    paper.labelled("Found", f"{finding.code} ({wording.tally(finding)}): {finding.summary}")
    for example in finding.examples:
        paper.labelled("", example_line(example))
    if rest := wording.more(finding):
        paper.labelled("", rest)
    if finding.consequence:
        paper.labelled("  so", finding.consequence)
    if finding.fix:
        paper.labelled("  do", finding.fix)


def example_line(example: Example) -> str:
    """An exact place in one line: where, its place in the file, what is there."""
    known = wording.place(example)
    line = f"{example.where} ({known})" if known else example.where
    line += f": {example.text}" if example.text else ""
    return line if example.value is None else f"{line}: {shown(example.value)}"


def _fix(paper: Paper, fix: Fix, elsewhere: str) -> None:
    """What to do; what to paste is printed once and else pointed at."""
    paper.labelled("To do", f"{fix.text} (Who: {wording.HANDS[fix.who]}.)")
    if elsewhere:
        paper.labelled("", elsewhere)
    else:
        for document in fix.documents:
            _paste(paper, f"{document.title} (paste all of it):", document.text)
        for command in fix.commands:
            _paste(paper, "Run:", command)
    paper.labelled("Then", fix.verify)


def _paste(paper: Paper, title: str, text: str) -> None:
    """A text to paste, with a word of warning where it could not be shown as it is."""
    paper.blank()
    paper.paragraph(title)
    if pasteable(text) != text.replace("\r\n", "\n"):
        paper.paragraph(UNSHOWABLE)
    paper.verbatim(text)
