"""The JUnit format: its schema, and what each state becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from report.samples import checked, empty, every_state, healthy, hostile

from s3doctor.model import Report, Status, unknown
from s3doctor.report.junit import render
from s3doctor.report.text import visible

SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("junit.xsd"))))


def parsed(report: Report) -> etree._Element:
    return etree.fromstring(render(report).encode())


@pytest.mark.parametrize("report", [every_state(), healthy(), empty(), hostile()], ids=["all", "well", "none", "evil"])
def test_every_report_meets_the_schema(report: Report) -> None:
    SCHEMA.assertValid(parsed(report))


def test_each_state_has_its_element() -> None:
    cases = {case.get("name", "").split()[0]: case for case in parsed(every_state()).iter("testcase")}
    elements = {code: [child.tag for child in case] for code, case in cases.items()}
    assert elements["CRED001"] == []
    assert elements["ANN001"] == []
    assert elements["PERM001"] == ["failure"]
    assert elements["IMG001"] == ["error"]
    assert elements["CRED002"] == ["skipped"]
    assert elements["ANN002"] == ["skipped"]
    assert cases["ANN002"][0].get("message") == "not looked at (because of PERM002)"
    assert cases["PERM001"].get("name") == "PERM001 the key may read an image [voc]"
    assert cases["BUCKET001"].get("time") == "0.013"


def test_what_is_needed_and_not_known_is_an_error() -> None:
    case = next(parsed(Report((checked("PERM001", "lists", unknown("a time-out")),))).iter("error"))
    assert (case.get("type"), case.get("message")) == ("unknown", "a time-out")


@pytest.mark.parametrize("report", [every_state(), healthy(), empty(), hostile()], ids=["all", "well", "none", "evil"])
def test_the_xml_is_red_where_the_exit_code_is(report: Report) -> None:
    red = sum(int(suite.get(kind, "")) for suite in parsed(report) for kind in ("failures", "errors"))
    assert bool(red) == bool(report.exit_code())


def test_the_counts_are_those_of_the_cases() -> None:
    suites = {suite.get("package"): suite for suite in parsed(every_state())}
    counted = [suites["s3doctor.ANN"].get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counted == ["3", "0", "0", "1"]
    assert suites["s3doctor.RUN"].get("time") == "4.250"
    total = sum(int(suite.get("tests", "")) for suite in suites.values())
    assert total == len(every_state().results) + 2


def test_names_come_out_as_they_went_in() -> None:
    report = hostile()
    messages = [failure.get("message") for failure in parsed(report).iter("failure")]
    assert messages == [visible(result.outcome.summary) for result in report.results]
    assert {result.status for result in report.results} == {Status.FAIL}
