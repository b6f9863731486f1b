"""The report for a GitHub workflow: annotations, then the table in a group of the log.

The step summary is the Markdown report; whoever runs the workflow appends `step_summary` to `$GITHUB_STEP_SUMMARY`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from s3doctor.model import Status
from s3doctor.report import markdown, table, wording
from s3doctor.report.markup import command_data, command_property

if TYPE_CHECKING:
    from s3doctor.model import Report, Result

LARGEST_SUMMARY = 1024 * 1024
"""GitHub refuses a step summary of more than 1 MiB."""
CUT = "\n\nThe report is longer than GitHub shows. The log has all of it.\n"


def render(report: Report) -> str:
    """Workflow commands, the most urgent first: GitHub shows ten errors and ten warnings of a step."""
    lines = [_annotation(result) for result in wording.unwell(report)]
    lines += [_command("error", "Left behind", f"s3://{x.bucket}/{x.key} {x.version_id}") for x in report.leftovers]
    if report.comparison:
        lines.append(_command("notice", "What has changed", wording.since(report.comparison)))
    return "\n".join([*lines, "::group::The report of s3doctor", _quoted(table.render(report)), "::endgroup::"]) + "\n"


def step_summary(report: Report) -> str:
    """The Markdown report, cut where GitHub would refuse all of it."""
    text = markdown.render(report)
    if len(text.encode()) <= LARGEST_SUMMARY:
        return text
    kept = text.encode()[: LARGEST_SUMMARY - len(CUT) - 8].decode("utf-8", "ignore")
    return kept[: kept.rindex("\n")] + ("\n```" if kept.count("\n```") % 2 else "") + CUT


def level(result: Result) -> str:
    """The kind of annotation: an error turns the step red in the summary, a notice does not."""
    if result.status in (Status.FAIL, Status.ERROR):
        return "error"
    return "warning" if result.outcome.needed else "notice"


def _annotation(result: Result) -> str:
    """One check that is not well, with its remedy."""
    outcome = result.outcome
    about = f" [{result.dataset}]" if result.dataset else ""
    lines = [outcome.summary] + ([f"To do: {outcome.fix.text}"] if outcome.fix else [])
    return _command(level(result), f"{result.code} {result.check.title}{about}", "\n".join(lines))


def _command(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={command_property(title)}::{command_data(message)}"


def _quoted(text: str) -> str:
    """Text in which the runner looks for no commands. No text holds its own digest, so none can end the quotation."""
    token = hashlib.sha256(text.encode()).hexdigest()
    return f"::stop-commands::{token}\n{text}::{token}::"
