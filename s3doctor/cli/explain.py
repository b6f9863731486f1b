"""`s3doctor explain CODE`: what a check looks at and why, or what a rule for COCO files asks."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

import click

from s3doctor.cli.catalogue import checks_by_code, families, rules_by_code
from s3doctor.cli.checks import as_table
from s3doctor.cli.group import Command, did_you_mean
from s3doctor.cli.output import say
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from s3doctor.coco.rule import Rule
    from s3doctor.finding import Severity
    from s3doctor.model import Check

WIDTH = 80


@click.command("explain", cls=Command)
@click.argument("code")
def command(code: str) -> None:
    """Explain a check or a rule by its CODE, such as CRED001; a family's prefix lists its checks."""
    say(explanation(code))


def explanation(code: str) -> str:
    """The page of a check, a rule or a family, in capitals or not. Raises BadInput for what is none of them."""
    pages: dict[str, Callable[[], str]] = {}
    pages |= {family.prefix: partial(as_table, [family]) for family in families()}
    pages |= {check.code: partial(of_check, check) for check in checks_by_code().values()}
    pages |= {rule.code: partial(of_rule, rule) for rule in rules_by_code().values()}
    by_plain = {name.lower(): page for name, page in pages.items()}
    if page := by_plain.get(code.strip().lower()):
        return page()
    hint = did_you_mean(code, pages) or ": expected a code from a report or from `s3doctor checks`"
    raise BadInput(f"there is no check or rule {code}{hint}")


def of_check(check: Check) -> str:
    """A check: its title, why it matters, and what it rests on."""
    facts = (
        ("Needs", ", ".join(need.code for need in check.needs) or "nothing"),
        ("AWS actions", ", ".join(check.actions) or "none"),
        ("Section", f"{check.section} of the platform's set-up page" if check.section else "none"),
        ("Asked", "for each dataset" if check.per_dataset else "once"),
    )
    return _page(f"{check.code}: {check.title}", check.explanation, facts)


def of_rule(rule: Rule) -> str:
    """A rule for COCO files: what is wrong, what comes of it, and what to do."""
    facts = (
        ("On the platform", f"{_grave(rule.platform)}: {rule.on_platform}"),
        ("In pycocotools", f"{_grave(rule.pycocotools)}: {rule.on_pycocotools}"),
        ("Fix", rule.fix),
    )
    return _page(rule.code, f"In a COCO file: {rule.title}.", facts)


def _grave(severity: Severity | None) -> str:
    return severity.value if severity else "no matter"


def _page(title: str, text: str, facts: Iterable[tuple[str, str]]) -> str:
    parts = [title, "", textwrap.fill(text, WIDTH), ""]
    for name, value in facts:
        parts.append(textwrap.fill(value, WIDTH, initial_indent=f"{name:<17}", subsequent_indent=" " * 17))
    return "\n".join(parts) + "\n"
