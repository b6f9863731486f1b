"""The report for a terminal or a log: the verdict, a row for each check, then all that is not well."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tabulate import tabulate

from s3doctor.model import Status
from s3doctor.report import detail, wording
from s3doctor.report.paper import Paper, columns
from s3doctor.report.text import ascii_only, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.changes import Comparison
    from s3doctor.model import PermissionMap, Report, Result

WIDE = 120
"""From this many columns on there is room for the title of each check."""
LEAST = 20
"""A column of text is never narrower than this."""
TITLE = 36
MARKS = {
    Status.PASS: "✓ pass",
    Status.WARN: "! warn",
    Status.FAIL: "✗ FAIL",
    Status.SKIP: "- skip",
    Status.UNKNOWN: "? unknown",
    Status.ERROR: "‼ ERROR",
}


def render(
    report: Report,
    *,
    width: int = 80,
    color: bool = False,
    ascii: bool = False,  # noqa: A002 - the option's name
    verbose: bool = False,
) -> str:
    """The whole report as lines of text, ending in a newline.

    `width` is in columns; `color` adds ANSI's colours; `ascii` uses no other characters; `verbose` shows the evidence
    of what is well too, with request ids and times. Documents and commands stand unwrapped at the left edge.
    """
    paper = Paper(width=max(width, 2 * LEAST), color=color)
    _head(paper, report)
    if report.comparison:
        _changes(paper, report.comparison)
    _checks(paper, report)
    for permissions in report.permissions:
        paper.title("What the key may do")
        paper.lines(_grid(permissions))
    detail.all_details(paper, report, verbose=verbose)
    _tail(paper, report)
    return ascii_only(paper.text()) if ascii else paper.text()


def _head(paper: Paper, report: Report) -> None:
    """The verdict, what to begin with, and what was examined."""
    verdict = report.verdict
    paper.line(paper.bold(paper.painted(verdict.upper(), verdict)) + ": " + wording.HEADLINES[verdict])
    paper.line(wording.counts(report))
    if report.leftovers:
        paper.line(f"s3doctor left {len(report.leftovers)} of its own objects behind: see the end.")
    if step := wording.first_step(report):
        paper.paragraph(f"Begin with {step.code}: {step.outcome.summary}")
    paper.blank()
    pairs = [*report.subject, *report.figures, ("examined", f"{report.started:%Y-%m-%d %H:%M:%S %Z}")]
    paper.lines(tabulate([[visible(n), visible(v)] for n, v in pairs], tablefmt="plain", disable_numparse=True))
    for note in report.notes:
        paper.paragraph(f"Note: {note}")


def _changes(paper: Paper, comparison: Comparison) -> None:
    """What has changed since an earlier report."""
    paper.title("What has changed")
    paper.paragraph(wording.since(comparison))
    for note in comparison.notes:
        paper.paragraph(f"Note: {note}")
    for one in comparison.changes:
        kind, about, said = wording.change(one)
        paper.labelled(kind, f"{about}: {said}")
    if comparison.still:
        paper.labelled("still", wording.still(comparison))


def _checks(paper: Paper, report: Report) -> None:
    """One row a check, family by family, in columns that are the same for all."""
    groups = wording.grouped(report.results)
    table = iter(rows(paper, [result for group in groups for result in group.results]))
    for group in groups:
        paper.title(group.title)
        for _ in group.results:
            paper.lines(next(table))


def rows(paper: Paper, results: Sequence[Result]) -> list[str]:
    """The lines of each check's row; the text, of which nobody knows the length, stands last."""
    datasets, titles = len({r.dataset for r in results if r.dataset}) > 1, paper.width >= WIDE
    leads = [_lead(paper, result, datasets=datasets, titles=titles) for result in results]
    widths = (max(columns(line) for cell in column for line in cell) + 2 for column in zip(*leads, strict=True))
    room = max(paper.width - sum(widths), LEAST)
    cells = [[*lead, paper.wrapped(_said(r, titles=titles), room)] for lead, r in zip(leads, results, strict=True)]
    for row, result in zip(cells, results, strict=True):
        row[0] = [paper.painted(MARKS[result.status], result.status.value)]
    table = tabulate([["\n".join(c) for c in row] for row in cells], tablefmt="plain", disable_numparse=True)
    lines = iter(table.splitlines())
    return ["\n".join(islice(lines, max(map(len, row)))) for row in cells]


def _lead(paper: Paper, result: Result, *, datasets: bool, titles: bool) -> list[list[str]]:
    """The cells before the text, as lines: status, code, dataset where there are several, title where there is room."""
    lead = [[MARKS[result.status]], [result.code]]
    lead += [[visible(result.dataset)]] if datasets else []
    return lead + ([paper.wrapped(result.check.title, TITLE)] if titles else [])


def _said(result: Result, *, titles: bool) -> str:
    """The summary; that of a skip says nothing without the title of the check."""
    said = wording.said(result)
    return f"{result.check.title} ({said})" if result.status is Status.SKIP and not titles else said


def _grid(permissions: PermissionMap) -> str:
    """What is allowed where; the prefixes stand last, as they can be long."""
    head = [*(visible(action.removeprefix("s3:")) for action in permissions.actions), "where"]
    body: list[Sequence[str]] = [[*answers, visible(where)] for where, answers in permissions.rows]
    return tabulate(body, headers=head, tablefmt="plain", disable_numparse=True)


def _tail(paper: Paper, report: Report) -> None:
    """What s3doctor could not tidy up."""
    if report.leftovers:
        paper.title("Left behind")
        paper.paragraph("s3doctor made these objects and could not remove them. Please delete them.")
        paper.lines(leftovers(report))
        for left in report.leftovers:
            paper.verbatim(wording.removal(left))


def leftovers(report: Report) -> str:
    """The objects that s3doctor could not remove, one a line."""
    lines = [
        f"  s3://{x.bucket}/{x.key}" + (f" (version {x.version_id})" if x.version_id else "") for x in report.leftovers
    ]
    return "\n".join(map(visible, lines))
