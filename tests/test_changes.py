"""What has changed since an earlier report: told in every format that has room for it, and judged check by check."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import jsonschema
import lxml.html
import pytest
from lxml import etree
from report.samples import HOSTILE, checked, every_state

from s3doctor.changes import Change, Comparison, Said, compare, read
from s3doctor.connection import BadInput
from s3doctor.model import Fix, Outcome, Report, Result, Status
from s3doctor.report import FORMATS, machine

if TYPE_CHECKING:
    from pathlib import Path


def said(code: str, status: str, summary: str = "so", dataset: str = "") -> Result:
    return checked(code, "title", Outcome(Status(status), summary, fix=Fix("do it")), dataset=dataset)


def saved(tmp_path: Path, report: Report) -> str:
    file = tmp_path / "report.json"
    file.write_text(FORMATS["json"](report), encoding="utf-8")
    return str(file)


THEN = Report(
    (
        said("A001", "pass"),
        said("A002", "fail"),
        said("A003", "fail", "one thing"),
        said("A004", "fail"),
        said("A005", "fail"),
        said("A006", "skip"),
        said("A007", "warn", dataset="voc"),
        said("A008", "unknown"),
        said("A010", "pass"),
    ),
    (("bucket", "acme"), ("set-up", "read-only")),
)
NOW = (
    said("A001", "warn", "now this"),
    said("A002", "pass", "well"),
    said("A003", "fail", "another thing"),
    said("A004", "fail"),
    said("A005", "skip"),
    said("A006", "fail"),
    said("A007", "warn", dataset="kitti"),
    said("A009", "error"),
    said("A010", "skip"),
)


def test_each_change_has_its_kind(tmp_path: Path) -> None:
    comparison = compare(read(saved(tmp_path, THEN)), NOW, THEN.subject)
    assert [(change.kind, change.code, change.dataset) for change in comparison.changes] == [
        ("new", "A001", ""),
        ("new", "A006", ""),
        ("new", "A007", "kitti"),
        ("new", "A009", ""),
        ("changed", "A003", ""),
        ("mended", "A002", ""),
        ("gone", "A005", ""),
        ("gone", "A007", "voc"),
        ("gone", "A008", ""),
    ]
    assert comparison.changes[0] == Change("new", "A001", "", Said("pass", "so"), Said("warn", "now this"))
    assert comparison.headline == "4 new, 1 changed, 1 mended, 3 gone, 1 still not well"
    assert [(one.kind, one.code, one.before, one.now) for one in comparison.still] == [
        ("still", "A004", Said("fail", "so"), Said("fail", "so"))
    ]
    assert (comparison.verdict, comparison.notes) == ("fail", ())


def test_nothing_has_changed_since_the_same_report(tmp_path: Path) -> None:
    report = every_state()
    comparison = compare(read(saved(tmp_path, report)), report.results, {"bucket": "fleet-cameras"}.items())
    assert comparison.changes == ()
    assert comparison.headline == "nothing has changed, 5 still not well"
    assert compare(read(saved(tmp_path, Report())), (), ()).headline == "nothing has changed"
    assert comparison.notes == (
        "The earlier report is of another dataset (voc, kitti): the two may not be comparable.",
        "The earlier report is of another set-up (read-only): the two may not be comparable.",
    )


def compared(tmp_path: Path) -> Report:
    """A report in which checks have changed in every way."""
    return Report(NOW, comparison=compare(read(saved(tmp_path, THEN)), NOW, (("bucket", "other"),)))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_of_it(tmp_path: Path, name: str) -> None:
    text = " ".join(FORMATS[name](compared(tmp_path)).split())
    assert "another thing" in text
    assert "one thing" in text
    assert "The earlier report is of another bucket" in text
    if name != "json":
        assert "4 new, 1 changed, 1 mended, 3 gone, 1 still not well" in text
        assert "not asked" in text


def test_html_has_a_section_with_each_kind_and_links_to_the_checks(tmp_path: Path) -> None:
    page = lxml.html.document_fromstring(FORMATS["html"](compared(tmp_path)))
    places = {str(each.get("id")): each for each in page.iter("*") if each.get("id")}
    section = places["changes"]
    assert str(section.findtext("h2")).startswith("What has changed since 20")
    kinds = section.findall("details")
    assert [(str(kind.get("class")), len(kind.findall("ul/li"))) for kind in kinds] == [
        ("changes new", 4),
        ("changes changed", 1),
        ("changes mended", 1),
        ("changes still", 1),
        ("changes gone", 3),
    ]
    words = " ".join("".join(map(str, kinds[1].itertext())).split())
    assert words.startswith("1 changed: not well then and now, but not in the same way A003 ✗ fail another thing")
    assert words.endswith("before: fail, one thing")
    links = section.findall(".//li//a")
    for link in links:
        check = places[str(link.get("href")).removeprefix("#")]
        assert str(link.text) in str(check.xpath("string(summary)"))
    assert len(links) == 8
    assert page.findall(".//nav/a")[0].get("href") == "#changes"


def test_junit_has_each_change_as_a_property(tmp_path: Path) -> None:
    suites = etree.fromstring(FORMATS["junit"](compared(tmp_path)).encode())
    properties = {each.get("name"): each.get("value") for each in suites[0].iter("property")}
    [headline] = [value for name, value in properties.items() if str(name).startswith("changes since 20")]
    assert headline == "4 new, 1 changed, 1 mended, 3 gone, 1 still not well"
    assert properties["mended: A002"] == "pass: well (before: fail: so)"
    assert properties["gone: A007 [voc]"] == "not asked (before: warn: so)"
    assert properties["still: A004"] == "fail: so (before: fail: so)"
    assert "another bucket" in str(properties["note 1 on the comparison"])
    assert len(list(suites[1].iter("property"))) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_stands_it_and_hostile_words_do_no_harm(name: str) -> None:
    changes = tuple(Change("new", text, text, Said(text, text), Said(text, text)) for text in HOSTILE)
    report = Report(comparison=Comparison("2026", "fail", changes, HOSTILE))
    text = FORMATS[name](report)
    text.encode()
    assert not any(control in text for control in "\x1b\x07\u202e\x00")
    assert name == "json" or "<script>alert(1)" not in text or name in {"table", "github"}
    quiet = FORMATS[name](replace(report, comparison=Comparison("2026", "fail")))
    assert "What has changed" in quiet or name == "json"


def test_json_meets_its_schema(tmp_path: Path) -> None:
    report = Report(NOW, comparison=compare(read(saved(tmp_path, THEN)), NOW, ()))
    document = json.loads(machine.render(report))
    jsonschema.validate(document, machine.schema(), jsonschema.Draft202012Validator)
    assert document["baseline"]["changes"][0]["now"] == {"status": "warn", "summary": "now this"}
    assert document["baseline"]["changes"][2]["before"] is None
    assert [one["code"] for one in document["baseline"]["still"]] == ["A004"]
    assert json.loads(machine.render(THEN))["baseline"] is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a report"),
        ("{}", "is not a report"),
        ('{"schema_version": 2}', "is not a report"),
        ('{"schema_version": 1, "results": [1]}', "is not a report"),
        ('{"schema_version": 1, "results": [], "subject": []}', "is not a report"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(BadInput, match=f"--baseline .*x.json {complaint}: expected a report that s3doctor wrote"):
        read(str(file))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read(str(tmp_path / "none"))
    with pytest.raises(BadInput, match="cannot be read"):
        read(str(tmp_path))
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate((256 << 20) + 1)
    with pytest.raises(BadInput, match="is larger than 256 MiB"):
        read(str(huge))
