"""Strangers' text comes out harmless, and still says what it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.report.text import ascii_only, encodable, pasteable, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain name.jpg", "plain name.jpg"),
        ("café 日本 🙂", "café 日本 🙂"),
        ("a\x1b[31mred\x07", r"a\u001b[31mred\u0007"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("lone\ud800", r"lone\ud800"),
        ("two\r\nlines\t", r"two\r\nlines\t"),
        ("no-break\u00a0space\u200b", r"no-break\u00a0space\u200b"),
        ("\U000e0001", r"\udb40\udc01"),
        ("\x9b31m", r"\u009b31m"),
    ],
)
def test_what_has_no_shape_is_escaped(text: str, seen: str) -> None:
    assert visible(text) == seen


@settings(deadline=None)
@given(st.text(st.characters()))
def test_visible_text_can_be_printed_and_encoded(text: str) -> None:
    assert all(c.isprintable() for c in visible(text))
    visible(text).encode()
    encodable(text).encode()
    assert ascii_only(visible(text)).isascii()


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_json_document_still_means_the_same(name: str) -> None:
    document = json.dumps({"Resource": name}, indent=2, ensure_ascii=False)
    assert json.loads(pasteable(document)) == {"Resource": name}


def test_documents_keep_their_lines() -> None:
    assert pasteable("a:\r\n\tb\x1b\n") == "a:\n\tb\\u001b\n"


def test_ascii_has_stand_ins_for_our_signs_and_escapes_for_letters() -> None:
    assert ascii_only("✗ AKIA…4XYZ → café 🙂") == r"x AKIA...4XYZ -> caf\u00e9 \ud83d\ude42"
