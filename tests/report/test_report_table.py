"""The format for a terminal: 80 columns, a log, colour, ASCII, and documents that can be pasted."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from report.samples import COMMAND, DENIED, HOSTILE, POLICY, checked, empty, every_state, healthy, hostile

from s3doctor.model import (
    Cause,
    Check,
    Document,
    Evidence,
    Example,
    Family,
    Finding,
    Fix,
    Leftover,
    Report,
    Severity,
    passed,
    unknown,
    warn,
)
from s3doctor.report import wording
from s3doctor.report.table import render

EXPECTED = Path(__file__).parents[2] / "fixtures" / "reports" / "every-state.txt"
SEEN = Evidence("the name is legal")
ANSI = re.compile(r"\x1b\[\d+m")


def test_the_whole_report_as_it_should_read() -> None:
    """Where the words of a family or of the table change, look at the new text, then write it to the file."""
    assert render(every_state()) == EXPECTED.read_text(encoding="utf-8")


def test_the_verdict_comes_first() -> None:
    assert render(healthy()).startswith("PASS: All that was looked at is as it should be.\n1 passed.")
    assert render(empty()).startswith("INTERRUPTED: Stopped before the end.")
    assert "No check was asked." in render(empty())


@pytest.mark.parametrize("width", [64, 80, 119, 120, 200])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    """Save those to be pasted, and those that a long key makes longer."""
    pasted = {*POLICY.splitlines(), COMMAND}
    pasted |= {wording.removal(left) for left in every_state().leftovers}
    lines = render(every_state(), width=width).splitlines()[4:]
    assert not [line for line in lines if len(line) > width and line not in pasted and "s3://" not in line]


def test_documents_and_commands_can_be_pasted_whole() -> None:
    text = render(every_state(), width=40)
    assert f"\n\n{POLICY}\n" in text
    assert f"\n\n{COMMAND}\n\n" in text
    assert text.count(COMMAND) == 1
    assert "To do   As for PERM001 [voc].\n" in text
    json.loads(text[text.index("{\n") : text.index("\n}\n") + 2])


def test_colour_changes_nothing_but_the_colour() -> None:
    coloured = render(every_state(), color=True)
    assert ANSI.sub("", coloured) == render(every_state())
    assert "\x1b[31m✗ FAIL\x1b[0m" in coloured


@pytest.mark.parametrize("report", [every_state(), hostile()], ids=["all", "evil"])
def test_ascii_is_ascii(report: Report) -> None:
    text = render(report, ascii=True)
    assert text.isascii()
    assert "x FAIL" in text
    assert "\\u2500" not in text


def test_a_wide_terminal_shows_titles() -> None:
    assert "the bucket is there" not in render(healthy(), width=119)
    assert re.search("BUCKET001  the bucket is there +fleet-cameras is in", render(healthy(), width=120))


def test_several_datasets_are_told_apart() -> None:
    results = [checked("ANN001", "sound", passed("fine"), dataset=name) for name in ("voc", "kitti")]
    text = render(Report((*results, checked("BUCKET001", "there", passed("here")))))
    assert "✓ pass  ANN001     voc    fine\n✓ pass  ANN001     kitti  fine\n" in text
    assert "✓ pass  BUCKET001         here\n" in text


def cells(text: str) -> int:
    """The columns that a text takes in a terminal, by Unicode's own table (UAX 11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))


@pytest.mark.parametrize("width", [64, 80, 120])
def test_columns_stand_under_each_other_whatever_letters_a_name_is_written_in(width: int) -> None:
    names = ("日本語データ", "😀🚗データ", "cafe\u0301", "voc")
    results = [checked(f"ANN00{n}", "sound", passed(f"here {name} " * 9), dataset=name) for n, name in enumerate(names)]
    text = render(Report(tuple(results)), width=width)
    rows = [line for line in text.splitlines() if "ANN00" in line]
    assert len(rows) == len(names)
    assert len({cells(row[: row.index("here")]) for row in rows}) == 1
    assert max(map(cells, text.splitlines())) <= width
    assert sum(map(cells, text.splitlines())) > sum(map(len, text.splitlines()))


def test_a_title_in_wide_letters_ends_at_the_edge() -> None:
    result = checked("ANN001", "日本語の名前", warn("so", fix=Fix("do")), dataset="日本語データ😀")
    [title] = [line for line in render(Report((result,))).splitlines() if "ANN001 warn" in line]
    assert cells(title) == 80


@pytest.mark.parametrize(
    ("fix", "titles"),
    [
        (Fix("Run it.", commands=("a", "b")), ["Run:", "And:"]),
        (Fix("In the IAM console open Users.", commands=("a",)), ["Or run:"]),
        (Fix("Paste it.", documents=(Document("policy", "{}"),), commands=("a", "b")), ["Or run:", "And:"]),
    ],
)
def test_a_command_says_whether_it_is_another_way(fix: Fix, titles: list[str]) -> None:
    text = render(Report((checked("A1", "a", warn("b", fix=fix)),)))
    assert [line for line in text.splitlines() if line in ("Run:", "Or run:", "And:")] == titles


def test_verbose_shows_request_ids_and_times_and_what_is_well() -> None:
    good = checked("BUCKET001", "there", passed("here", evidence=[Evidence("HeadBucket: 200", milliseconds=3.2), SEEN]))
    report = Report((good, checked("PERM001", "lists", unknown("a time-out", evidence=[DENIED]))))
    text = render(report, verbose=True)
    for shown in ("request id TX000001", "host id aGVsbG8=", "answered after 42 ms", "answered after 3 ms"):
        assert shown in text
        assert shown not in render(report)


def test_families_come_in_the_order_of_the_catalogue() -> None:
    results = [checked(code, code, passed(code)) for code in ("CORS001", "BUCKET001", "X1", "BUCKET002", "7")]
    family = Family("BUCKET", "The bucket", (Check("BUCKET001", "", "", lambda _: passed("")),))
    groups = wording.grouped(results, [family, Family("IMG", "Images", ())])
    assert [(g.title, [r.code for r in g.results]) for g in groups] == [
        ("The bucket", ["BUCKET001", "BUCKET002"]),
        ("CORS", ["CORS001"]),
        ("X", ["X1"]),
        ("7", ["7"]),
    ]


def test_a_log_gets_no_control_characters() -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", render(hostile()))


def test_what_cannot_be_shown_is_said() -> None:
    fix = Fix("Copy it.", commands=(f"aws s3 cp '{HOSTILE[2]}' .",))
    assert "a terminal cannot show" in render(Report((checked("A1", "a", warn("b", fix=fix)),)))
    plain = replace(fix, commands=("aws s3 cp 'café' .\r\n",))
    assert "a terminal cannot show" not in render(Report((checked("A1", "a", warn("b", fix=plain)),)))


def test_what_checks_share_is_told_once() -> None:
    cause = Cause("down", "The network is down.", alternatives=("A firewall.",))
    results = [checked(code, "a", warn("b", fix=Fix("Ask for it."), cause=cause, evidence=[SEEN] * 2)) for code in "AB"]
    text = render(Report(tuple(results)))
    assert text.count("Ask for it. (Who: you.)") == text.count("The network is down. (certain)") == 1
    assert text.count("Why     As for A.") == text.count("To do   As for A.") == 1
    assert text.count(SEEN.text) == 2


def test_of_what_s3_said_the_first_is_enough() -> None:
    other = replace(DENIED, text="PutObject: 403", message="the second")
    report = Report((checked("PERM001", "lists", unknown("b", evidence=[DENIED, other])),))
    assert "the second" not in render(report)
    assert "S3 said: the second" in render(report, verbose=True)


def test_a_row_that_was_skipped_says_what_would_have_been_asked() -> None:
    assert "ANN002     pycocotools reads the file (not looked at (because of PERM002))" in render(
        every_state(), width=100
    )
    assert "pycocotools reads the file (not looked" not in render(every_state(), width=120)


@pytest.mark.parametrize(
    ("count", "summary", "told"),
    [
        (1, "a box is empty", "error, once"),
        (2997, "boxes are empty", "error, 2,997 times"),
        (2997, "2,997 boxes are empty", "error"),
        (97, "ids disagree (97)", "error"),
        (97, "197 ids disagree, 97.5 % of them", "error, 97 times"),
        (7, "17,7 or 7,000 or 70", "error, 7 times"),
    ],
)
def test_a_number_is_told_once(count: int, summary: str, told: str) -> None:
    assert wording.tally(Finding("x", Severity.ERROR, count, summary)) == told


def test_what_no_server_said_is_no_word_of_s3() -> None:
    silent = Evidence("HeadBucket: EndpointConnectionError", message="Could not connect")
    text = render(Report((checked("A1", "a", unknown("b", evidence=[silent])),)))
    assert "The error: Could not connect" in text
    assert "S3 said" not in text


def test_what_a_check_says_of_its_only_finding_is_not_told_twice() -> None:
    finding = Finding("box", Severity.ERROR, 26, "a box is empty", fix="Draw it.")
    of_one = checked("A1", "a", warn("a box is empty (26 times)", fix=Fix("Draw it."), findings=[finding]))
    text = render(Report((of_one,)))
    assert "Found   box (error, 26 times)\n" in text
    assert text.count("Draw it.") == 1
    other = replace(finding, code="mask", summary="a mask is empty", fix="Fill it.")
    of_two = checked("A1", "a", warn("a box is empty", fix=Fix("(1) Draw it. (2) Fill it."), findings=[finding, other]))
    text = render(Report((of_two,)))
    assert "Found   mask (error, 26 times): a mask is empty\n  do    Fill it.\n" in text


def test_a_cause_that_the_summary_tells_is_not_told_twice() -> None:
    cause = Cause("key", "AWS does not know it.")
    text = render(Report((checked("A1", "a", warn("refused: AWS does not know it.", fix=Fix("x"), cause=cause)),)))
    assert text.partition("─ A1 warn")[2].count("AWS does not know it.") == 1


def test_a_place_that_is_no_pointer_is_told_by_line_and_byte() -> None:
    places = (Example("", "cut off", offset=7, line=2), Example("", "a list of results"))
    finding = Finding("json", Severity.ERROR, 2, "no JSON", places)
    text = render(Report((checked("A1", "a", warn("no JSON", fix=Fix("x"), findings=[finding])),)))
    assert "- line 2, byte 7: cut off\n" in text
    assert "- in the file as a whole: a list of results\n" in text


def test_the_command_that_removes_what_was_left_quotes_its_words() -> None:
    left = Leftover("bucket", "it's/x y", "v 1")
    assert wording.removal(left) == (
        "aws s3api delete-object --bucket=bucket '--key=it'\"'\"'s/x y' '--version-id=v 1'"
    )
    assert wording.removal(Leftover("b", "k")) == "aws s3api delete-object --bucket=b --key=k"
