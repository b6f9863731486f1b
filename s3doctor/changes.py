"""What has changed since an earlier report: which checks are newly not well, which are mended, which say otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from s3doctor.model import Result

LARGEST = 256 << 20
"""Bytes of the largest report that is read."""
WELL = ("pass", "skip")
KINDS = {
    "new": "not well now, and well then or not asked",
    "changed": "not well either time, but not in the same way",
    "mended": "not well then, and well now",
    "gone": "not well then, and not asked now",
}
"""How a check can have changed, the most urgent first."""
STILL = "still"
"""The kind of what is not well either time, and in the same way."""


@dataclass(frozen=True)
class Said:
    """What a report said of a check: its status (`fail`) and its summary."""

    status: str
    summary: str


@dataclass(frozen=True)
class Change:
    """One check of one dataset, then and now: `kind` is one of KINDS or STILL.

    `before` or `now` is None where it was not asked.
    """

    kind: str
    code: str
    dataset: str
    before: Said | None
    now: Said | None


@dataclass(frozen=True)
class Baseline:
    """The earlier report: when it was `started` (ISO 8601), its verdict and subject, and what it said of each check.

    `answers` has a (code, dataset) for each.
    """

    started: str
    verdict: str
    subject: Mapping[str, str]
    answers: Mapping[tuple[str, str], Said]


@dataclass(frozen=True)
class Comparison:
    """An examination beside an earlier one. `still` is what is as unwell as it was, told in the same words.

    `notes` say why the two may not be comparable.
    """

    started: str
    verdict: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    still: tuple[Change, ...] = ()

    @property
    def headline(self) -> str:
        """How many changes there are of each kind: `1 new, 2 mended, 3 still not well`."""
        numbers = ((sum(change.kind == kind for change in self.changes), kind) for kind in KINDS)
        changed = ", ".join(f"{number} {kind}" for number, kind in numbers if number) or "nothing has changed"
        return f"{changed}, {len(self.still)} still not well" if self.still else changed


def read(path: str) -> Baseline:
    """The report that an earlier run wrote with `--format json`. Raises BadInput for anything else."""
    wanted = "expected a report that s3doctor wrote with --format json"
    try:
        file = Path(path)
        if file.stat().st_size > LARGEST:
            raise BadInput(f"--baseline {path} is larger than {LARGEST >> 20} MiB: {wanted}")
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        raise BadInput(f"--baseline {path} cannot be read ({str(fault.strerror).lower()}): {wanted}") from fault
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, BadInput):
            raise
        raise BadInput(f"--baseline {path} is not JSON: {wanted}") from fault
    try:
        return _baseline(document)
    except (KeyError, TypeError, AttributeError) as fault:
        raise BadInput(f"--baseline {path} is not a report: {wanted}") from fault


def _baseline(document: Any) -> Baseline:  # noqa: ANN401 - JSON is anything
    """The parts of a report that are compared. Raises KeyError, TypeError or AttributeError for what is no report."""
    if document["schema_version"] != 1:
        raise KeyError("schema_version")
    answers = {
        (str(result["code"]), str(result["dataset"])): Said(str(result["status"]), str(result["summary"]))
        for result in document["results"]
    }
    subject = {str(name): str(value) for name, value in document["subject"].items()}
    return Baseline(str(document["started"]), str(document["verdict"]), subject, answers)


def compare(baseline: Baseline, results: Iterable[Result], subject: Iterable[tuple[str, str]]) -> Comparison:
    """What has changed, the most urgent first, else in the order of the report."""
    now = {(r.code, r.dataset): Said(r.status.value, r.outcome.summary) for r in results}
    pairs = [*now, *(key for key in baseline.answers if key not in now)]
    changes = [_change(key, baseline.answers.get(key), now.get(key)) for key in pairs]
    found = tuple(change for kind in KINDS for change in changes if change.kind == kind)
    still = tuple(change for change in changes if change.kind == STILL)
    return Comparison(baseline.started, baseline.verdict, found, tuple(_notes(baseline, dict(subject))), still)


def _change(key: tuple[str, str], before: Said | None, now: Said | None) -> Change:
    return Change(_kind(before, now), *key, before, now)


def _kind(before: Said | None, now: Said | None) -> str:
    """One of KINDS, or STILL; empty where nothing has changed that somebody should know."""
    ill_then, ill_now = _ill(before), _ill(now)
    if ill_now:
        return "new" if not ill_then else "changed" if before != now else STILL
    if not ill_then:
        return ""
    return "gone" if now is None or now.status == "skip" else "mended"


def _ill(said: Said | None) -> bool:
    return said is not None and said.status not in WELL


def _notes(baseline: Baseline, subject: Mapping[str, str]) -> Iterable[str]:
    for name in ("bucket", "dataset", "set-up"):
        before, now = baseline.subject.get(name, ""), subject.get(name, "")
        if before != now:
            yield f"The earlier report is of another {name} ({before or 'none given'}): the two may not be comparable."
