"""The Markdown format, read by a Markdown parser: names are words, whatever they hold, and documents are whole."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report.samples import COMMAND, HOSTILE, POLICY, checked, every_state, hostile

from s3doctor.model import Cause, Report, unknown
from s3doctor.report import wording
from s3doctor.report.markdown import render
from s3doctor.report.markup import block, cell, code, markdown
from s3doctor.report.text import pasteable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": True})
COMMENT = "<!-- -->"


def tokens(text: str) -> Iterator[Token]:
    for token in GITHUB.parse(text):
        yield token
        yield from token.children or ()


def said(text: str) -> str:
    """What a reader sees of a line of Markdown."""
    rendered = GITHUB.render(text).replace(COMMENT, "")
    return html.unescape(re.sub(r"<[^>]+>", "", rendered)).strip("\n")


@settings(deadline=None)
@given(st.text(st.characters()) | st.lists(st.sampled_from(HOSTILE)).map(" ".join))
def test_words_are_words(text: str) -> None:
    line = f"x {markdown(text)} x"
    kinds = {token.type for token in tokens(line)} - {"paragraph_open", "inline", "paragraph_close", "text"}
    assert kinds <= {"text_special", "html_inline"}
    assert {t.content for t in tokens(line) if t.type == "html_inline"} <= {COMMENT}
    assert said(line) == f"x {visible(text)} x"


@settings(deadline=None)
@given(st.text(st.characters()))
def test_code_is_code(text: str) -> None:
    line = f"x {code(text)} x"
    assert said(line).replace(" ", "") == f"x {visible(text)} x".replace(" ", "")
    assert {token.type for token in tokens(line)} <= {
        *("paragraph_open", "inline", "paragraph_close", "text", "code_inline", "html_inline")
    }


@settings(deadline=None)
@given(st.text(st.characters()))
def test_a_cell_stays_one_cell(text: str) -> None:
    table = f"| a |\n| --- |\n| {cell(text)} |\n"
    assert [token.type for token in tokens(table)].count("td_open") == 1


@settings(deadline=None)
@given(st.text(st.characters()), st.text(st.characters()))
def test_a_block_ends_where_it_should(text: str, language: str) -> None:
    fences = [token for token in tokens(f"a\n\n{block(text, language)}\n\nb") if token.type == "fence"]
    assert [fence.content.strip("\n") for fence in fences] == [pasteable(text).strip("\n")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("policy tenyks_read_only (2.1 GB), 3 of 4!", "policy tenyks_read_only (2.1 GB), 3 of 4!"),
        ("__init__", r"\_\_init\_\_"),
        ("@octocat #12", "@<!-- -->octocat #<!-- -->12"),
        ("https://example.org", r"https\://example.org"),
        ("<b> & `c`", r"\<b\> \& \`c\`"),
    ],
)
def test_escaping_is_no_more_than_it_must_be(text: str, expected: str) -> None:
    assert markdown(text) == expected


def test_documents_and_commands_can_be_copied() -> None:
    fences = [(token.info, token.content) for token in tokens(render(every_state())) if token.type == "fence"]
    removals = "".join(f"{wording.removal(left)}\n" for left in every_state().leftovers)
    assert fences == [("json", POLICY), ("sh", f"{COMMAND}\n"), ("sh", removals)]
    assert r"**To do:** as for PERM001 \[voc\]." in render(every_state())


def test_a_cause_is_told_once() -> None:
    cause = Cause("down", "The network is down.")
    results = [checked(code, "a", unknown("b", cause=cause)) for code in "AB"]
    text = render(Report(tuple(results)))
    assert text.count("The network is down.") == 1
    assert "**Why:** as for A." in text


def test_a_hostile_report_holds_neither_html_nor_links() -> None:
    found = list(tokens(render(hostile())))
    assert {t.content for t in found if t.type.startswith("html")} <= {COMMENT, "<code>", "</code>"}
    assert not [t for t in found if t.type in {"link_open", "image"}]
