"""The catalogue as lists and pages: complete, and forgiving about how a code is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from s3doctor.checks import FAMILIES
from s3doctor.coco.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from calling import Ran

CHECKS = {check.code: check for family in FAMILIES for check in family.checks}


def test_the_list_has_every_check_under_its_family(run: Callable[..., Ran]) -> None:
    ran = run("checks")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines() if line]
    expected = []
    for family in FAMILIES:
        expected += [f"{family.prefix}:", *(check.code for check in family.checks)]
    assert [words[0] for words in lines] == expected


def test_the_list_fits_80_columns(run: Callable[..., Ran]) -> None:
    assert max(map(len, run("checks").out.splitlines())) <= 80


def test_the_list_as_json_says_all_that_is_known(run: Callable[..., Ran]) -> None:
    entries = {entry["code"]: entry for entry in json.loads(run("checks", "--format", "json").out)}
    assert list(entries) == list(CHECKS)
    check = CHECKS["CRED002"]
    assert entries["CRED002"] == {
        "code": "CRED002",
        "family": "CRED",
        "title": check.title,
        "explanation": check.explanation,
        "needs": ["CRED001"],
        "section": check.section,
        "actions": ["sts:GetCallerIdentity"],
        "per_dataset": False,
    }


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_is_explained(run: Callable[..., Ran], code: str) -> None:
    ran = run("explain", code)
    assert (ran.code, ran.err) == (0, "")
    title, _, text = ran.out.partition("\n\n")
    assert title == f"{code}: {CHECKS[code].title}"
    words = " ".join(text.split())
    assert CHECKS[code].explanation
    assert CHECKS[code].explanation in words
    assert all(need.code in words for need in CHECKS[code].needs)
    assert all(action in words for action in CHECKS[code].actions)
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("code", RULES)
def test_every_rule_for_coco_files_is_explained(run: Callable[..., Ran], code: str) -> None:
    ran = run("explain", code)
    assert (ran.code, ran.err) == (0, "")
    words = " ".join(ran.out.split())
    rule = RULES[code]
    assert words.startswith(code)
    assert all(text in words for text in (rule.title, rule.on_platform, rule.on_pycocotools, rule.fix))


@pytest.mark.parametrize(
    ("word", "beginning"),
    [(" cred001 ", "CRED001: "), ("perm", "PERM: "), (next(iter(RULES)).upper(), next(iter(RULES)))],
)
def test_a_code_may_be_written_in_small_or_capital_letters(run: Callable[..., Ran], word: str, beginning: str) -> None:
    assert run("explain", word).out.startswith(beginning)


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("CRED01", "there is no check or rule CRED01; did you mean CRED001?"),
        ("CORS01", "there is no check or rule CORS01; did you mean CORS001?"),
        ("§", "there is no check or rule §: expected a code from a report or from `s3doctor checks`"),
    ],
)
def test_an_unknown_code_is_answered_with_what_was_likely_meant(
    run: Callable[..., Ran], word: str, answer: str
) -> None:
    ran = run("explain", word)
    assert (ran.code, ran.out, ran.err) == (2, "", f"s3doctor: {answer}\n")


def test_a_code_must_be_given(run: Callable[..., Ran]) -> None:
    ran = run("explain")
    assert (ran.code, ran.err) == (2, "s3doctor: Missing argument 'CODE'.\n")
