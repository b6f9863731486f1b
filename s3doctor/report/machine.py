"""The report as JSON, field by field: nothing gets into it that is not named here and in `schema-1.json`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from s3doctor import __version__
from s3doctor.report.text import encodable
from s3doctor.report.values import plain

if TYPE_CHECKING:
    from s3doctor.changes import Change, Comparison, Said
    from s3doctor.model import (
        Box,
        Cause,
        Evidence,
        Example,
        Finding,
        Fix,
        PermissionMap,
        Picture,
        Plot,
        Report,
        Result,
    )

SCHEMA_VERSION = 1
Json = dict[str, Any]


def schema() -> Json:
    """The JSON Schema (2020-12) that every report in this format meets."""
    text = files("s3doctor.report").joinpath(f"schema-{SCHEMA_VERSION}.json").read_text(encoding="utf-8")
    loaded: Json = json.loads(text)
    return loaded


def render(report: Report, *, fail_on: str = "fail") -> str:
    """The report as JSON in ASCII, ending in a newline. `fail_on` is that of the exit code."""
    return json.dumps(_sound(document(report, fail_on=fail_on)), indent=2, allow_nan=False) + "\n"


def document(report: Report, *, fail_on: str = "fail") -> Json:
    """The report as dicts and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "s3doctor_version": __version__,
        "verdict": report.verdict,
        "exit_code": report.exit_code(fail_on),
        "subject": _pairs(report.subject),
        "started": report.started.isoformat(),
        "seconds": plain(report.seconds),
        "interrupted": report.interrupted,
        "results": [_result(result) for result in report.results],
        "leftovers": [{"bucket": x.bucket, "key": x.key, "version_id": x.version_id} for x in report.leftovers],
        "permissions": [_permissions(permissions) for permissions in report.permissions],
        "notes": list(report.notes),
        "figures": _pairs(report.figures),
        "plots": [_plot(plot) for plot in report.plots],
        "pictures": [_picture(picture) for picture in report.pictures],
        "baseline": _baseline(report.comparison) if report.comparison else None,
    }


def _baseline(comparison: Comparison) -> Json:
    return {
        "started": comparison.started,
        "verdict": comparison.verdict,
        "changes": [_change(change) for change in comparison.changes],
        "still": [_change(change) for change in comparison.still],
        "notes": list(comparison.notes),
    }


def _change(change: Change) -> Json:
    return {
        "kind": change.kind,
        "code": change.code,
        "dataset": change.dataset,
        "before": _said(change.before),
        "now": _said(change.now),
    }


def _said(said: Said | None) -> Json | None:
    return {"status": said.status, "summary": said.summary} if said else None


def _result(result: Result) -> Json:
    outcome = result.outcome
    return {
        "code": result.code,
        "title": result.check.title,
        "status": result.status.value,
        "summary": outcome.summary,
        "dataset": result.dataset,
        "evidence": [_evidence(evidence) for evidence in outcome.evidence],
        "findings": [_finding(finding) for finding in outcome.findings],
        "cause": _cause(outcome.cause) if outcome.cause else None,
        "fix": _fix(outcome.fix) if outcome.fix else None,
        "blocked_by": result.blocked_by or None,
        "needed": outcome.needed,
        "milliseconds": plain(result.milliseconds),
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "text": evidence.text,
        "operation": evidence.operation,
        "resource": evidence.resource,
        "http": evidence.http,
        "code": evidence.code,
        "message": evidence.message,
        "request_id": evidence.request_id,
        "host_id": evidence.host_id,
        "milliseconds": plain(evidence.milliseconds),
    }


def _finding(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "count": finding.count,
        "summary": finding.summary,
        "examples": [_example(example) for example in finding.examples],
        "consequence": finding.consequence,
        "fix": finding.fix,
        "follows": finding.follows,
    }


def _example(example: Example) -> Json:
    return {
        "where": example.where,
        "text": example.text,
        "value": plain(example.value),
        "offset": example.offset,
        "line": example.line,
        "ids": {name: plain(value) for name, value in example.ids},
    }


def _cause(cause: Cause) -> Json:
    return {
        "kind": cause.kind,
        "text": cause.text,
        "confidence": cause.confidence,
        "alternatives": list(cause.alternatives),
    }


def _fix(fix: Fix) -> Json:
    return {
        "who": fix.who.value,
        "text": fix.text,
        "documents": [{"title": d.title, "language": d.language, "text": d.text} for d in fix.documents],
        "commands": list(fix.commands),
        "verify": fix.verify,
    }


def _permissions(permissions: PermissionMap) -> Json:
    rows = [{"where": where, "answers": list(answers)} for where, answers in permissions.rows]
    return {"actions": list(permissions.actions), "rows": rows}


def _plot(plot: Plot) -> Json:
    return {
        "title": plot.title,
        "kind": plot.kind,
        "x": [plain(value) for value in plot.x],
        "y": [plain(value) for value in plot.y],
        "x_label": plot.x_label,
        "y_label": plot.y_label,
        "about": plot.about,
        "dataset": plot.dataset,
    }


def _picture(picture: Picture) -> Json:
    """A picture without its thumbnail, which would make the file large and tells a program nothing."""
    return {
        "name": picture.name,
        "width": picture.width,
        "height": picture.height,
        "boxes": [_box(box) for box in picture.boxes],
        "findings": list(picture.findings),
        "dataset": picture.dataset,
    }


def _box(box: Box) -> Json:
    return {
        "bbox": [plain(number) for number in (box.x, box.y, box.width, box.height)],
        "label": box.label,
        "score": plain(box.score),
        "kind": box.kind,
        "finding": box.finding,
    }


def _pairs(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Pairs as an object; what a name has several times is joined."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _sound(value: Any) -> Any:  # noqa: ANN401 - any part of the document
    """The same with every text fit for UTF-8."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {encodable(key): _sound(item) for key, item in value.items()}
    return value
