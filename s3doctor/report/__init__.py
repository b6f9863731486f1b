"""The formats of a report: each turns one Report into text. None asks S3, none decides anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.model import Report

__all__ = ["FORMATS"]


def _table(report: Report) -> str:
    """For a terminal or a log: 80 columns, no colour."""
    from s3doctor.report.table import render  # noqa: PLC0415 - a format loads only what it needs

    return render(report)


def _json(report: Report) -> str:
    """For programs; `schema-1.json` beside this file describes it."""
    from s3doctor.report.machine import render  # noqa: PLC0415 - a format loads only what it needs

    return render(report)


FORMATS: dict[str, Callable[[Report], str]] = {
    "table": _table,
    "json": _json,
}
