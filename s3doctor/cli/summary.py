"""GitHub's step summary: a file that the workflow names, to which Markdown is appended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from s3doctor.cli.output import reason, tell

if TYPE_CHECKING:
    from s3doctor.model import Report

VARIABLE = "GITHUB_STEP_SUMMARY"


def summarise(report: Report, format_: str) -> None:
    """Append the report to the step summary, where the format is GitHub's and the workflow has one.

    A summary that cannot be written is told of; the report stands in the log all the same.
    """
    path = os.environ.get(VARIABLE, "")
    if format_ != "github" or not path:
        return
    from s3doctor.report.github import step_summary

    try:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(step_summary(report))
    except OSError as fault:
        tell(f"the step summary {path} cannot be written ({reason(fault)}); the log holds the whole report")
