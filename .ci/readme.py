"""Make the README's generated parts from the code; `--write` saves them, otherwise a difference is a failure."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from s3doctor.checks import FAMILIES
from s3doctor.cli import COMMANDS
from s3doctor.cli.check import command as check_command
from s3doctor.cli.demo import without_proxy
from s3doctor.cli.exits import MEANINGS
from s3doctor.demo.cases import load
from s3doctor.demo.examples import settled
from s3doctor.demo.patients import prepare
from s3doctor.demo.server import EmbeddedS3
from s3doctor.engine import diagnose
from s3doctor.report.table import render

if TYPE_CHECKING:
    from collections.abc import Iterable

README = Path(__file__).parents[1] / "README.md"
PART = re.compile(r"(?P<head><!-- generated: (?P<name>\w+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def commands() -> str:
    """The commands, in the order of `s3doctor --help`."""
    rows = [(f"`s3doctor {name}`", text) for name, (module, text) in COMMANDS.items() if find_spec(module)]
    return table(("command", "what it does"), rows)


def options() -> str:
    """The options of `s3doctor check`; made without click's own words, which change from version to version."""
    declared = [option for option in check_command.params if isinstance(option, click.Option)]
    return table(("option", "meaning"), [(f"`{_spelled(option)}`", _meaning(option)) for option in declared])


def _spelled(option: click.Option) -> str:
    value = "" if option.is_flag else " TEXT"
    if isinstance(option.type, click.Choice):
        value = f" {'|'.join(option.type.choices)}"
    elif option.type is click.FLOAT:
        value = " SECONDS"
    return ", ".join(reversed(option.opts)) + value


def _meaning(option: click.Option) -> str:
    more = " Required." if option.required else ""
    if option.show_default:
        more = f" Default: `{option.default:g}`." if option.type is click.FLOAT else f" Default: `{option.default}`."
    return f"{option.help}{more}"


def exits() -> str:
    """The exit codes."""
    return table(("code", "meaning"), [(f"`{code.value}`", text) for code, text in MEANINGS.items()])


def checks() -> str:
    """The catalogue of checks."""
    rows = [
        (f"`{check.code}`", check.title, ", ".join(f"`{action}`" for action in check.actions))
        for family in FAMILIES
        for check in family.checks
    ]
    return table(("code", "check", "AWS actions"), rows)


SAME = (
    (r"\d+\.\d seconds", "1.5 seconds"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "2026-11-24 12:00:00 UTC"),
)
"""What else differs from one report to the next, and what the README shows in its place."""


def report() -> str:
    """The beginning of a patient's report, and what it says of the first check that failed."""
    with without_proxy(), EmbeddedS3() as s3:
        text = render(diagnose(prepare(load("pasted-policy"), s3)))
    text = settled(text)
    for pattern, shown in SAME:
        text = re.sub(pattern, shown, text)
    head = text[: text.index("─ The layout")]
    details = text[text.index("─ PERM002") : text.index("─ PERM003")]
    return f"```text\n{head}…\n\n{details}…\n```\n"


def reliability() -> str:
    """What the tests prove, with the figures that they have."""
    from reliability import rows

    return table(("what holds", "tried with"), rows())


PARTS = {
    "report": report,
    "commands": commands,
    "options": options,
    "exits": exits,
    "checks": checks,
    "reliability": reliability,
}


def made(text: str) -> str:
    """The README with its generated parts made anew."""
    return PART.sub(lambda part: part["head"] + PARTS[part["name"]]() + part["end"], text)


def main() -> int:
    """Compare or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    old = README.read_text(encoding="utf-8")
    new = made(old)
    if write:
        README.write_text(new, encoding="utf-8")
    elif new != old:
        difference = difflib.unified_diff(old.splitlines(), new.splitlines(), "README.md", "the code", lineterm="")
        click.echo("\n".join(difference))
        click.echo("README.md does not say what the code does. To bring it up to date: tox -e docs -- --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
