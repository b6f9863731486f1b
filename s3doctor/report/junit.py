"""The report as JUnit XML: a suite for each family, and one for the run itself.

    pass     passes
    warn     passes; its details stand in the whole report, the `system-out` of the run's suite
    fail     `failure`
    error    `error` of type `error`
    unknown  `error` of type `unknown` where the set-up needs the answer, else `skipped`
    skip     `skipped`

So a suite is red where the exit code is not 0. The XML meets both Ant's schema and Jenkins' (`tests/report/junit.xsd`
holds what they agree on), for which the times have no zone (they are UTC) and the host is `localhost`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from s3doctor.model import Status
from s3doctor.report import detail, table, wording
from s3doctor.report.paper import Paper
from s3doctor.report.text import visible
from s3doctor.report.told import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from s3doctor.model import Report, Result

WIDTH = 100


def render(report: Report) -> str:
    """The whole report as an XML document, ending in a newline."""
    suites = ET.Element("testsuites")
    _run(suites, report)
    for group in wording.grouped(report.results):
        suite = _suite(suites, report, group.prefix, group.title)
        for result in group.results:
            _case(suite, result)
        _close(suite, "", sum(result.milliseconds for result in group.results) / 1000)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _run(suites: ET.Element, report: Report) -> None:
    """The suite of the run: whether it ended, and whether everything is tidied up."""
    pairs = [*report.subject, *report.figures, *_changes(report)]
    suite = _suite(suites, report, "RUN", "The examination itself", pairs)
    ended = ET.SubElement(suite, "testcase", _name("RUN", "the examination came to its end"))
    if report.interrupted:
        _mark(ended, "error", "interrupted", wording.HEADLINES["interrupted"])
    tidy = ET.SubElement(suite, "testcase", _name("RUN", "nothing was left behind"))
    if report.leftovers:
        message = f"s3doctor could not remove {len(report.leftovers)} of its own objects"
        _mark(tidy, "error", "left behind", message, table.leftovers(report))
    _close(suite, table.render(report, width=WIDTH), report.seconds)


def _changes(report: Report) -> Iterator[tuple[str, str]]:
    """What has changed since an earlier report, as properties such as `new: PERM002 [voc]`."""
    if report.comparison is None:
        return
    yield f"changes since {wording.day(report.comparison)}", report.comparison.headline
    for one in (*report.comparison.changes, *report.comparison.still):
        kind, about, said = wording.change(one)
        yield f"{kind}: {about}", said
    for number, note in enumerate(report.comparison.notes, 1):
        yield f"note {number} on the comparison", note


def _suite(
    suites: ET.Element, report: Report, prefix: str, title: str, pairs: Iterable[tuple[str, str]] = ()
) -> ET.Element:
    """A suite with all the attributes that Ant's schema asks for, its counts still to come."""
    suite = ET.SubElement(suites, "testsuite", name=visible(title), package=f"s3doctor.{prefix}", id=str(len(suites)))
    suite.set("timestamp", f"{report.started:%Y-%m-%dT%H:%M:%S}")
    suite.set("hostname", "localhost")
    properties = ET.SubElement(suite, "properties")
    for name, value in pairs:
        ET.SubElement(properties, "property", name=visible(name), value=visible(value))
    return suite


def _case(suite: ET.Element, result: Result) -> None:
    """One check."""
    about = f" [{visible(result.dataset)}]" if result.dataset else ""
    name = _name(
        wording.prefix(result.code), f"{result.code} {visible(result.check.title)}{about}", result.milliseconds
    )
    case = ET.SubElement(suite, "testcase", name)
    if state := _state(result):
        _mark(case, state, result.status.value, wording.said(result), _full(result))


def _state(result: Result) -> str:
    """The element that stands for a status; empty for a test that passes."""
    if result.status is Status.UNKNOWN:
        return "error" if result.outcome.needed else "skipped"
    return {Status.FAIL: "failure", Status.ERROR: "error", Status.SKIP: "skipped"}.get(result.status, "")


def _name(prefix: str, name: str, milliseconds: float = 0.0) -> dict[str, str]:
    return {"name": name, "classname": f"s3doctor.{prefix}", "time": f"{milliseconds / 1000:.3f}"}


def _mark(case: ET.Element, element: str, kind: str, message: str, text: str = "") -> None:
    """What a case came to. Ant's schema gives `skipped` no type."""
    mark = ET.SubElement(case, element, {} if element == "skipped" else {"type": kind}, message=visible(message))
    mark.text = text


def _full(result: Result) -> str:
    """A check in full, as the terminal shows it."""
    paper = Paper(WIDTH)
    detail.one(paper, result, Told(), verbose=True)
    return paper.text()


def _close(suite: ET.Element, told: str, seconds: float) -> None:
    """The output and the counts of a suite."""
    ET.SubElement(suite, "system-out").text = told
    ET.SubElement(suite, "system-err")
    suite.set("tests", str(len(suite.findall("testcase"))))
    for plural, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(plural, str(len(suite.findall(f"testcase/{element}"))))
    suite.set("time", f"{seconds:.3f}")
