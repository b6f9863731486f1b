"""`s3doctor checks`: the catalogue as a list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from s3doctor.cli.catalogue import families
from s3doctor.cli.group import Command
from s3doctor.cli.options import option
from s3doctor.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.model import Check, Family


@click.command("checks", cls=Command)
@option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to list.")
def command(format: str) -> None:  # noqa: A002 - the option's name
    """List the checks in the order of the report. `s3doctor explain CODE` tells more of one."""
    catalogue = families()
    say(as_json(catalogue) if format == "json" else as_table(catalogue))


def as_table(catalogue: Iterable[Family]) -> str:
    """A line for each check, family by family."""
    lines = []
    for family in catalogue:
        lines += ["", f"{family.prefix}: {family.title}"]
        lines += [f"  {check.code:<10}{check.title}" for check in family.checks]
    return "\n".join(lines[1:]) + "\n"


def as_json(catalogue: Iterable[Family]) -> str:
    """A list of objects, one for each check."""
    entries = [entry(family, check) for family in catalogue for check in family.checks]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def entry(family: Family, check: Check) -> dict[str, Any]:
    """All that is known of a check, field by field."""
    return {
        "code": check.code,
        "family": family.prefix,
        "title": check.title,
        "explanation": check.explanation,
        "needs": [need.code for need in check.needs],
        "section": check.section,
        "actions": list(check.actions),
        "per_dataset": check.per_dataset,
    }
