"""The report is the same in every format: nothing is lost, nothing breaks, whatever the texts are."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from report.samples import empty, every_state, healthy, hostile, texts

from s3doctor.report import FORMATS
from s3doctor.report.text import visible

if TYPE_CHECKING:
    from s3doctor.model import Report


def squeezed(text: str) -> str:
    """A text without the spaces that wrapping changes, and without the escapes that a format adds."""
    return re.sub(r"\s+", "", text)


def readable(name: str, text: str) -> str:
    """What a reader of the format takes from it."""
    if name == "json":
        return str(list(leaves(json.loads(text))))
    if name == "markdown":
        text = re.sub(r"<[^>]+>", "", MarkdownIt("gfm-like").render(text))
    return html.unescape(text)


def leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for pair in value.items() for item in pair for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [f"{value:,}" if isinstance(value, int) else str(value)]


@pytest.mark.parametrize("name", FORMATS)
def test_every_summary_fix_and_finding_appears(name: str) -> None:
    report = every_state()
    page = squeezed(readable(name, FORMATS[name](report)))
    missing = [text for text in texts(report) if squeezed(text) not in page]
    assert not missing


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [every_state(), healthy(), empty(), hostile()], ids=["all", "well", "none", "evil"])
def test_every_report_is_text_that_can_be_written(name: str, report: Report) -> None:
    text = FORMATS[name](report)
    text.encode()
    assert text.endswith("\n")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe]", text)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_asks_for_nothing_but_the_report(name: str) -> None:
    assert FORMATS[name](every_state()) == FORMATS[name](every_state())


def test_hostile_names_are_visible_in_a_terminal() -> None:
    report = hostile()
    page = squeezed(FORMATS["table"](report))
    assert not [text for text in texts(report) if squeezed(visible(text)) not in page and "\n" not in text]
