"""The format for GitHub: annotations that a name cannot forge, the whole report in the log, and the step summary."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from report.samples import every_state, hostile

from s3doctor.report import markdown
from s3doctor.report.github import CUT, LARGEST_SUMMARY, render, step_summary

if TYPE_CHECKING:
    from s3doctor.model import Report

COMMAND = re.compile(r"^::(\w+) title=([^:,\n]*)::(.*)$")


def commands(report: Report) -> list[tuple[str, str, str]]:
    """The annotations as GitHub's runner would read them: commands outside of the quotation."""
    head = render(report).split("::group::")[0]
    found = [COMMAND.match(line) for line in head.splitlines()]
    assert all(found)
    return [(m[1], unescaped(m[2]), unescaped(m[3])) for m in found if m]


def unescaped(text: str) -> str:
    for escape, character in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escape, character)
    return text


def test_each_state_has_its_level() -> None:
    assert [(level, title.split()[0]) for level, title, _ in commands(every_state())] == [
        ("error", "PERM001"),
        ("error", "PERM002"),
        ("error", "IMG001"),
        ("notice", "CRED002"),
        ("warning", "ANN001"),
        ("error", "Left"),
        ("error", "Left"),
    ]


def test_an_annotation_says_what_to_do() -> None:
    level, title, message = commands(every_state())[0]
    assert (level, title) == ("error", "PERM001 the key may read an image [voc]")
    assert message == (
        "the key may list the bucket, but it may not read images\n"
        "To do: Replace the policy tenyksReadOnlyAccess by this one."
    )


def test_no_name_can_forge_a_command() -> None:
    report = hostile()
    assert len(commands(report)) == len(report.results) + len(report.leftovers)
    log = render(report).split("::group::The report of s3doctor\n")[1]
    token = re.match(r"::stop-commands::(\w{64})\n", log)
    assert token
    assert log.endswith(f"\n::{token[1]}::\n::endgroup::\n")
    assert log.count(token[1]) == 2


def test_a_message_keeps_its_percent_signs() -> None:
    assert any("%0A {{ 7*7 }}" in message for _, _, message in commands(hostile()))


def test_the_step_summary_is_the_markdown() -> None:
    assert step_summary(every_state()) == markdown.render(every_state())


def test_a_summary_that_github_would_refuse_is_cut() -> None:
    report = every_state()
    many = replace(report, results=report.results * 800)
    text = step_summary(many)
    assert LARGEST_SUMMARY - 5000 < len(text.encode()) <= LARGEST_SUMMARY
    assert text.endswith(CUT)
    assert text.count("\n```") % 2 == 0
