"""The HTML format as text: what stands in it, and what cannot get into it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from lxml import html
from report.samples import HOSTILE, STARTED, checked, empty, every_state, healthy, hostile, pictured, thumbnail

from s3doctor.model import Box, Fix, Picture, Plot, Report, warn
from s3doctor.report import drawing
from s3doctor.report.page import render
from s3doctor.report.text import visible


def parsed(report: Report) -> Any:
    """The page as lxml reads it, whose stubs do not know of pages."""
    return html.fromstring(render(report))


def test_what_to_do_comes_before_the_checks_and_each_remedy_once() -> None:
    page = parsed(every_state())
    steps = page.find_class("step")
    assert [step.get("id") for step in steps] == ["step-1", "step-2", "step-3", "step-4"]
    assert [link.get("href") for link in steps[0].iter("a")] == ["#PERM001-4", "#PERM002-5"]
    assert [h.text_content() for h in page.iter("h2")][:3] == ["Left behind", "What to do first", "After that"]
    assert render(every_state()).count("file://policy.json") == 1


def test_every_link_has_its_target() -> None:
    page = parsed(pictured())
    targets = [link.get("href", "")[1:] for link in page.iter("a")]
    assert len(targets) > 12
    assert all(page.get_element_by_id(target) is not None for target in targets)


def test_what_is_not_there_has_no_heading() -> None:
    page = parsed(empty())
    assert not list(page.iter("h2"))
    assert "No check was asked." in page.text_content()
    assert [h.text_content() for h in parsed(healthy()).iter("h2")] == ["Checks"]


@pytest.mark.parametrize("report", [hostile(), pictured()], ids=["evil", "pictures"])
def test_nothing_is_loaded_and_nothing_but_ours_runs(report: Report) -> None:
    page = parsed(report)
    assert len(list(page.iter("script"))) == len(list(page.iter("style"))) == 1
    assert not list(page.iter("img", "iframe", "object", "embed", "form", "base", "audio", "video"))
    addresses = [value for element in page.iter() for name, value in element.items() if name in {"src", "href"}]
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on") or name == "style"]


def test_names_are_words() -> None:
    page = parsed(hostile())
    notes = [note.text_content() for note in page.find_class("note")]
    assert notes == [visible(text) for text in HOSTILE]


def test_a_document_in_the_page_is_the_document() -> None:
    text = "a: <b> & \"c\" 'd'\n\te\n"
    fix = Fix("Paste.", commands=(text, HOSTILE[2]))
    page = parsed(Report((checked("A1", "a", warn("b", fix=fix)),), started=STARTED))
    documents = ["".join(pre.itertext()) for pre in page.iter("pre")]
    assert documents == [text.strip("\n"), visible(HOSTILE[2])]
    assert page.text_content().count("characters that cannot be shown") == 1


def test_pictures_with_findings_come_first() -> None:
    page = parsed(pictured())
    figures = page.find_class("picture")
    assert [figure.find(".//figcaption/code").text for figure in figures] == ["2007_000032.jpg", "2007_000027.jpg"]
    assert "4 annotations, 2 predictions, 3 not drawn" in re.sub(r"\s+", " ", figures[0].text_content())
    assert len(figures[0].xpath(".//*[contains(@class, 'faulty')]")) == 1


@pytest.mark.parametrize("uri", ["https://example.org/x.png", "data:text/html,x", "data:image/svg+xml;base64,AAAA", ""])
def test_a_thumbnail_is_pixels_or_nothing(uri: str) -> None:
    page = parsed(Report(pictures=(Picture("a.jpg", uri, 10, 10),), started=STARTED))
    assert [image.get("href") for image in page.iter("image")] == ["data:,"]
    good = replace(Picture("a.jpg", uri, 10, 10), thumbnail=thumbnail("red"))
    assert thumbnail("red") in render(Report(pictures=(good,), started=STARTED))


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = drawing.chart(Plot("t", "bars", ("a", "b", "c"), (1, 4, float("nan"))))
    assert [bar.told for bar in chart.bars] == ["b: 4", "a: 1", "c: 0"]
    assert chart.bars[0].width == 4 * chart.bars[1].width == drawing.WIDTH - drawing.NAMES - drawing.NUMBERS
    assert chart.rows == (("a", "1"), ("b", "4"), ("c", "0"))


def test_too_many_bars_are_left_to_the_table() -> None:
    names = tuple(f"{n:02} a name that is much too long to be drawn" for n in range(100))
    chart = drawing.chart(Plot("t", "bars", names, tuple(range(100))))
    assert len(chart.bars) == drawing.MOST_BARS
    assert len(chart.rows) == 100
    assert chart.words[0].text == "99 a name that is muc…"


def test_a_histogram_fills_its_width() -> None:
    chart = drawing.chart(Plot("t", "histogram", (0, 0.25, 0.5, 1000), (1, 2, 4)))
    assert [round(bar.height / chart.bars[0].height) for bar in chart.bars] == [1, 2, 4]
    assert chart.rows == (("0 to 0.25", "1"), ("0.25 to 0.5", "2"), ("0.5 to 1,000", "4"))
    assert [(word.text, word.anchor) for word in chart.words[1:]] == [
        ("0", "start"),
        ("0.25", "middle"),
        ("0.5", "middle"),
        ("1,000", "end"),
    ]


@pytest.mark.parametrize("kind", ["bars", "histogram"])
def test_a_plot_of_nothing_is_empty(kind: str) -> None:
    assert drawing.chart(Plot("t", kind, (), ())).bars == ()


def test_numbers_read_as_people_write_them() -> None:
    assert [drawing.number(n) for n in (12345, 0.25, 1e-7, float("inf"))] == ["12,345", "0.25", "1e-07", "?"]


def test_labels_stay_within_the_picture() -> None:
    boxes = tuple(
        Box(x, y, 100, 100, "a long label", score, kind)
        for x in (-50, 0, 180, 380)
        for y in (-50, 0, 200, 330)
        for kind, score in (("annotation", None), ("prediction", 0.5))
    )
    scene = drawing.scene(Picture("a.jpg", "", 400, 300, boxes))
    assert scene.undrawn == 0
    for _, word in scene.boxes:
        long = len(word.text) * scene.letter * 0.6
        left = word.x - long if word.anchor == "end" else word.x
        assert left >= 0
        assert left + long <= 401
        assert scene.letter <= word.y <= 300


def test_boxes_with_findings_lie_on_top_and_are_never_left_out() -> None:
    sound = Box(0, 0, 1, 1)
    faulty = replace(sound, finding="box-empty")
    scene = drawing.scene(Picture("a.jpg", "", 0, 0, (faulty, *[sound] * drawing.MOST_BOXES)))
    assert len(scene.boxes) == drawing.MOST_BOXES
    assert scene.boxes[-1][0] == faulty
    assert scene.undrawn == 1


def test_the_dataset_is_told_where_there_are_several() -> None:
    assert not parsed(pictured()).find_class("dataset")
    report = pictured()
    other = replace(report.results[3], dataset="kitti")
    page = parsed(replace(report, results=(*report.results, other)))
    assert {chip.text_content() for chip in page.find_class("dataset")} == {"voc", "kitti"}
    assert " 375, voc, " in page.text_content()
