"""The catalogue as lists and pages: complete, and forgiving about how a code is written."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import lxml.html
import pytest
from explained import of_rules
from markdown_it import MarkdownIt

from s3doctor.checks import FAMILIES
from s3doctor.cli.explain import page_of_check
from s3doctor.coco.rules import RULES
from s3doctor.demo.cases import CASES, names
from s3doctor.demo.examples import BY_PATIENT, NO_PATIENT, explained, patient

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
    pasted = "\n".join(text for _, _, text in page_of_check(CHECKS[code]).pastes).splitlines()
    wide = [line for line in ran.out.splitlines() if len(line) > 80 and line not in pasted]
    assert not [line for line in wide if max(map(len, line.split())) < 60], "only a key or an ARN may be longer"


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
    assert (ran.code, ran.err) == (2, "s3doctor: CODE is missing: expected one such as CRED001 or PERM, or --all\n")


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_has_a_patient_that_shows_it_or_a_reason_why_none_does(run: Callable[..., Ran], code: str) -> None:
    words = " ".join(run("explain", code).out.split())
    case = patient(code)
    if case is None:
        assert f"Example none: {NO_PATIENT[code]}." in words
        return
    assert code not in NO_PATIENT
    assert case.expect.statuses[code] in ("fail", "warn")
    assert f"Example {case.title}." in words
    assert f"See it s3doctor demo {case.name}" in words
    told = explained()["checks"][code]
    assert all(" ".join(told[part].split()) in words for part in ("summary", "cause", "fix"))
    for text in (*(text for _, _, text in told["documents"]), *told["commands"]):
        assert f"\n\n{text}\n" in run("explain", code).out
    assert (CASES / case.name / "case.toml").is_file()


def test_a_policy_on_a_page_can_be_pasted_as_it_is(run: Callable[..., Ran]) -> None:
    out = run("explain", "PERM002").out
    policy = json.loads(out[out.index("\n{") : out.index("\n}\n") + 2])
    assert policy["Statement"][0]["Action"] == "s3:ListBucket"
    assert "\n\nOr run:\n\naws iam put-user-policy " in out
    assert f"```json\n{json.dumps(policy, indent=2)}\n```" in run("explain", "--all").out


def test_the_example_of_each_rule_is_what_the_rule_says_of_a_faulty_file(run: Callable[..., Ran]) -> None:
    assert explained()["rules"] == of_rules()
    for code in RULES:
        words = run("explain", code).out.split()
        told = explained()["rules"].get(code)
        if told is None:
            assert code in BY_PATIENT
        elif told["example"]:
            assert " ".join(told["example"].split()) in " ".join(words)
    assert set(explained()["rules"]) | set(BY_PATIENT) == set(RULES)
    assert {text.split()[-1] for text in BY_PATIENT.values() if "s3doctor demo" in text} <= set(names())


def test_the_patient_of_a_check_is_the_plainest() -> None:
    assert (case := patient("CRED003")) is not None
    assert case.name == "wrong-username"
    assert patient("ANN009") is None


def test_the_reference_in_markdown_has_everything(run: Callable[..., Ran]) -> None:
    ran = run("explain", "--all")
    assert (ran.code, ran.err) == (0, "")
    page = MarkdownIt("gfm-like").render(ran.out)
    words = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert all(check.explanation in words for check in CHECKS.values())
    assert all(text in words for rule in RULES.values() for text in (rule.on_platform, rule.on_pycocotools, rule.fix))
    headings = re.findall(r"<h3>([A-Za-z0-9-]+)", page)
    assert headings[: len(CHECKS)] == list(CHECKS)
    assert sorted(headings[len(CHECKS) :]) == sorted(RULES)


def test_the_reference_in_html_is_one_sound_page(run: Callable[..., Ran]) -> None:
    ran = run("explain", "--all", "--format", "html")
    assert (ran.code, ran.err) == (0, "")
    page = lxml.html.document_fromstring(ran.out)
    elements = list(page.iter("*"))
    places = [str(each.get("id")) for each in elements if each.get("id")]
    assert len(places) == len(set(places))
    assert set(places) >= {*CHECKS, *RULES}
    assert {f"#{place}" for place in places} == {each.get("href") for each in elements if each.tag == "a"}
    assert not [each.tag for each in elements if each.tag in {"script", "link", "img"} or each.get("src")]
    text = " ".join("".join(map(str, page.itertext())).split())
    assert all(check.explanation in text for check in CHECKS.values())


def test_either_one_code_or_all(run: Callable[..., Ran]) -> None:
    ran = run("explain", "CRED001", "--all")
    assert (ran.code, ran.err) == (2, "s3doctor: a CODE and --all were given: expected one of the two\n")
