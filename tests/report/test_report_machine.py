"""The JSON format: its schema, and its fields one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from report.samples import COMMAND, POLICY, checked, empty, every_state, healthy, hostile

from s3doctor.model import Box, Fix, Picture, Plot, Report, warn
from s3doctor.report.machine import render, schema

if TYPE_CHECKING:
    from collections.abc import Iterator


def pictured() -> Report:
    """A report with something to draw."""
    boxes = (Box(1, 2, 3, 4, "tram"), Box(1.5, float("nan"), 3, 4, "tram", 0.5, "prediction", "box-nan"))
    return Report(
        plots=(Plot("Boxes an image", "histogram", (0, 1, 2), (5, 7), "boxes", "images"),),
        pictures=(Picture("a.jpg", "data:image/png;base64,AAAA", 500, 375, boxes, ("a box is not a number",), "voc"),),
    )


@pytest.mark.parametrize(
    "report",
    [every_state(), healthy(), empty(), hostile(), pictured()],
    ids=["all", "well", "none", "evil", "pictures"],
)
def test_every_report_meets_the_schema(report: Report) -> None:
    text = render(report)
    assert text.isascii()
    jsonschema.validate(json.loads(text), schema(), jsonschema.Draft202012Validator)


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every description of an object within a schema."""
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            yield part
        for inner in part.values():
            yield from objects(inner)


def test_the_schema_is_one_and_leaves_nothing_open() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    described = list(objects(schema()))
    assert len(described) == 15
    assert all(not d["additionalProperties"] and d["required"] == list(d["properties"]) for d in described)


def test_the_fields_of_a_result() -> None:
    results = {result["code"]: result for result in json.loads(render(every_state()))["results"]}
    denied, skipped, unwell = results["PERM001"], results["ANN002"], results["ANN001"]
    assert (denied["status"], denied["dataset"], denied["title"]) == ("fail", "voc", "the key may read an image")
    assert denied["fix"]["documents"] == [{"title": "The policy that works", "language": "json", "text": POLICY}]
    assert denied["fix"]["commands"] == [COMMAND]
    assert denied["evidence"][0]["http"] == 403
    assert denied["cause"]["kind"] == "pasted-policy"
    assert (skipped["blocked_by"], skipped["fix"], skipped["cause"]) == ("PERM002", None, None)
    assert results["CRED002"]["needed"] is False
    places = unwell["findings"][0]["examples"]
    assert places[0]["ids"] == {"image_id": 7}
    assert places[1]["value"] == [1.5, "nan", "1" + "0" * 30, None]


def test_the_fields_of_the_report() -> None:
    document = json.loads(render(every_state()))
    assert document["schema_version"] == 1
    assert (document["verdict"], document["exit_code"], document["interrupted"]) == ("fail", 4, False)
    assert document["subject"] == {"bucket": "fleet-cameras", "dataset": "voc, kitti", "set-up": "read-only"}
    assert document["leftovers"][1] == {"bucket": "fleet-meta", "key": "meta/s3doctor-2a7b", "version_id": ""}
    assert document["permissions"][0]["rows"][0]["answers"] == ["allowed", "denied", "not asked", "not asked"]
    assert document["started"] == "2026-11-24T09:30:15+00:00"


def test_the_exit_code_is_that_of_the_run() -> None:
    report = Report((checked("ANN001", "sound", warn("not quite", fix=Fix("Look at it."))),))
    assert json.loads(render(report))["exit_code"] == 0
    assert json.loads(render(report, fail_on="warn"))["exit_code"] == 1


def test_pictures_come_without_their_pixels() -> None:
    text = render(pictured())
    assert "base64" not in text
    assert json.loads(text)["pictures"][0]["boxes"][1]["bbox"] == [1.5, "nan", 3, 4]
