"""What many checks share, a cause or a remedy, is told once; the others point there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from s3doctor.report.wording import detailed, titled

if TYPE_CHECKING:
    from s3doctor.model import Cause, Fix, Report, Result


@dataclass(frozen=True)
class Told:
    """The first result that each cause and each remedy is told with; empty where every result tells all of its own."""

    causes: dict[Cause, Result] = field(default_factory=dict)
    fixes: dict[Fix, Result] = field(default_factory=dict)

    def cause(self, result: Result) -> str:
        """Where the result's cause is told, `PERM001 [voc]`; empty where it is told here, or there is none."""
        cause = result.outcome.cause
        return _elsewhere(result, self.causes.get(cause) if cause else None)

    def fix(self, result: Result) -> str:
        """Where the result's remedy is told; empty where it is told here, or there is none."""
        fix = result.outcome.fix
        return _elsewhere(result, self.fixes.get(fix) if fix else None)


def told(report: Report) -> Told:
    """What is told where, in the order of the details."""
    causes: dict[Cause, Result] = {}
    fixes: dict[Fix, Result] = {}
    for result in detailed(report):
        if result.outcome.cause:
            causes.setdefault(result.outcome.cause, result)
        if result.outcome.fix:
            fixes.setdefault(result.outcome.fix, result)
    return Told(causes, fixes)


def _elsewhere(result: Result, first: Result | None) -> str:
    return "" if first is None or first is result else titled(first)
