"""`s3doctor explain CODE`: what a check looks at and why, or what a rule for COCO files asks."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from s3doctor.cli.catalogue import checks_by_code, families, rules_by_code
from s3doctor.cli.checks import as_table
from s3doctor.cli.group import Command, did_you_mean
from s3doctor.cli.output import say
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from s3doctor.coco.rule import Rule
    from s3doctor.finding import Severity
    from s3doctor.model import Check

T = TypeVar("T")
WIDTH = 80
LABEL = 17
WHOLE: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


@dataclass(frozen=True)
class Page:
    """What is told of one check or rule: `facts` are (name, value) pairs, `pastes` are (title, language, text)."""

    code: str
    heading: str
    text: str
    facts: tuple[tuple[str, str], ...]
    pastes: tuple[tuple[str, str, str], ...] = ()


@click.command("explain", cls=Command)
@click.argument("code", default="")
@click.option("--all", "everything", is_flag=True, help="Explain all checks and rules, as one page.")
@click.option(
    "--format",
    type=click.Choice(["markdown", "html"]),
    default="markdown",
    show_default=True,
    help="With --all: what the page is written in.",
)
def command(code: str, everything: bool, format: str) -> None:  # noqa: A002, FBT001 - click's way to pass options
    """Explain a check or a rule by its CODE, such as CRED001; a family's prefix lists its checks."""
    if everything and code:
        raise BadInput("a CODE and --all were given: expected one of the two")
    if everything:
        from s3doctor.cli.reference import REFERENCES

        say(REFERENCES[format]())
        return
    if not code:
        raise BadInput("CODE is missing: expected one such as CRED001 or PERM, or --all")
    say(explanation(code))


def explanation(code: str) -> str:
    """The page of a check, a rule or a family, in capitals or not. Raises BadInput for what is none of them."""
    pages: dict[str, Callable[[], str]] = {}
    pages |= {family.prefix: partial(as_table, [family]) for family in families()}
    pages |= {check.code: partial(as_text, page_of_check, check) for check in checks_by_code().values()}
    pages |= {rule.code: partial(as_text, page_of_rule, rule) for rule in rules_by_code().values()}
    by_plain = {name.lower(): page for name, page in pages.items()}
    if page := by_plain.get(code.strip().lower()):
        return page()
    hint = did_you_mean(code, pages) or ": expected a code from a report or from `s3doctor checks`"
    raise BadInput(f"there is no check or rule {code}{hint}")


def page_of_check(check: Check) -> Page:
    """A check: its title, why it matters, what it rests on, and the patient that shows it."""
    facts = (
        ("Needs", ", ".join(need.code for need in check.needs) or "nothing"),
        ("AWS actions", ", ".join(check.actions) or "none"),
        ("Section", f"{check.section} of the platform's set-up page" if check.section else "none"),
        ("Asked", "for each dataset" if check.per_dataset else "once"),
        *_example(check.code),
    )
    return Page(check.code, f"{check.code}: {check.title}", check.explanation, facts, _pastes(check.code))


def _example(code: str) -> tuple[tuple[str, str], ...]:
    """The patient that makes the check fail, or why there is none."""
    from s3doctor.demo.examples import NO_PATIENT, explained, patient

    case = patient(code)
    if case is None:
        return (("Example", f"none: {NO_PATIENT[code]}."),)
    told = explained()["checks"][code]
    return (
        ("Example", f"{case.title}. {' '.join(case.teaches.split())}"),
        ("What is said", told["summary"]),
        *((("Why", told["cause"]),) if told["cause"] else ()),
        ("Fix", f"{told['fix']} (Who: {told['who']}.)"),
        ("See it", f"s3doctor demo {case.name}"),
    )


def _pastes(code: str) -> tuple[tuple[str, str, str], ...]:
    """What the example's fix gives to paste, and to run."""
    from s3doctor.demo.examples import explained

    told = explained()["checks"].get(code)
    if told is None:
        return ()
    documents = [(f"{title} (paste all of it):", language, text) for title, language, text in told["documents"]]
    return (*documents, *((f"{_run(told, n)}:", "sh", command) for n, command in enumerate(told["commands"])))


def _run(told: Mapping[str, Any], index: int) -> str:
    """What stands before a command, as in a report."""
    from s3doctor.model import Document, Fix
    from s3doctor.report.wording import run

    return run(Fix(told["fix"], documents=tuple(Document(*document) for document in told["documents"])), index)


def page_of_rule(rule: Rule) -> Page:
    """A rule for COCO files: what is wrong, what comes of it, and what to do."""
    facts = (
        ("On the platform", f"{_grave(rule.platform)}: {rule.on_platform}"),
        ("In pycocotools", f"{_grave(rule.pycocotools)}: {rule.on_pycocotools}"),
        ("Fix", rule.fix),
        *((("Example", place),) if (place := _place(rule.code)) else ()),
    )
    return Page(rule.code, rule.code, f"{rule.title}.", facts)


def _place(code: str) -> str:
    """The place that the rule names in a file that is faulty in its way, or who shows it; empty for a new rule."""
    from s3doctor.demo.examples import BY_PATIENT, explained

    told = explained()["rules"].get(code)
    if told is None:
        return BY_PATIENT.get(code, "")
    hint = told["summary"].partition(": ")[2]
    return str(told["example"] or hint or told["summary"])


def _grave(severity: Severity | None) -> str:
    return severity.value if severity else "no matter"


def as_text(page_of: Callable[[T], Page], subject: T) -> str:
    """A page for a terminal of 80 columns."""
    page = page_of(subject)
    parts = [page.heading, "", textwrap.fill(page.text, WIDTH), ""]
    for name, value in page.facts:
        lead = f"{name:<{LABEL}}"
        parts.append(textwrap.fill(value, WIDTH, initial_indent=lead, subsequent_indent=" " * LABEL, **WHOLE))
    for title, _, text in page.pastes:
        parts += ["", title, "", text]
    return "\n".join(parts) + "\n"
