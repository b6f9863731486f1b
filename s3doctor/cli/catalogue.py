"""The catalogue as commands need it: codes that exist, and what was likely meant by those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.cli.group import did_you_mean
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from s3doctor.coco.rule import Rule
    from s3doctor.model import Check, Family


def families() -> tuple[Family, ...]:
    """The catalogue in the order of the report."""
    from s3doctor.checks import FAMILIES

    return FAMILIES


def checks_by_code() -> dict[str, Check]:
    """All checks in the order of the report."""
    return {check.code: check for family in families() for check in family.checks}


def rules_by_code() -> Mapping[str, Rule]:
    """All rules for COCO files in the order of the report."""
    from s3doctor.coco.rules import RULES

    return RULES


def known_codes(option: str, given: Iterable[str]) -> tuple[str, ...]:
    """The codes and families as they are written in the catalogue. Raises BadInput for one that is not in it."""
    wanted = tuple(name.strip().upper() for text in given for name in text.split(",") if name.strip())
    if not wanted:
        return ()
    names = (*(family.prefix for family in families()), *checks_by_code())
    for name in wanted:
        if name not in names:
            hint = did_you_mean(name, names) or f": expected codes or families such as {', '.join(names[:3])}"
            raise BadInput(f"{option}: there is no check {name}{hint}")
    return wanted
