"""The formats of a report: each turns one Report into text. None asks S3, none decides anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.model import Report

__all__ = ["FORMATS"]


def _table(report: Report) -> str:
    """For a terminal or a log: 80 columns, no colour."""
    from s3doctor.report.table import render

    return render(report)


def _json(report: Report) -> str:
    """For programs; `schema-1.json` beside this file describes it."""
    from s3doctor.report.machine import render

    return render(report)


def _markdown(report: Report) -> str:
    """For a ticket."""
    from s3doctor.report.markdown import render

    return render(report)


def _junit(report: Report) -> str:
    """For programs that show test results."""
    from s3doctor.report.junit import render

    return render(report)


def _github(report: Report) -> str:
    """For the log of a GitHub workflow."""
    from s3doctor.report.github import render

    return render(report)


def _html(report: Report) -> str:
    """For a browser, or to send: one file."""
    from s3doctor.report.page import render

    return render(report)


FORMATS: dict[str, Callable[[Report], str]] = {
    "table": _table,
    "json": _json,
    "markdown": _markdown,
    "junit": _junit,
    "github": _github,
    "html": _html,
}
