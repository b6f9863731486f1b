"""A row that is too long to be kept is examined but for its long values, and hides no other row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3doctor.coco import examine_annotations
from s3doctor.coco.scan import Passing

IMAGES = [{"id": 1, "file_name": "a.jpg", "width": 10_000, "height": 10_000}]
COUNTS = [10] * 1_200_000
MASK = {"size": [10_000, 10_000], "counts": [*COUNTS, 10**8 - sum(COUNTS)]}
ROW: dict[str, Any] = {"image_id": 1, "category_id": 1, "bbox": [0, 0, 2000, 9000], "area": 6_000_000, "iscrowd": 0}


def file(rows: list[Any], indent: int | None = None) -> bytes:
    rows = [{"id": at, **row} if isinstance(row, dict) else row for at, row in enumerate(rows, 1)]
    categories = [{"id": 1, "name": "car"}]
    return json.dumps({"images": IMAGES, "annotations": rows, "categories": categories}, indent=indent).encode()


def found(data: bytes, size: int = 1 << 20) -> dict[str, int]:
    return {one.code: one.count for one in examine_annotations(data, target="both", block_size=size).findings}


@pytest.mark.parametrize(
    "more",
    [
        {"segmentation": MASK, "iscrowd": 1},
        {"segmentation": [[float(at % 2000) for at in range(800_000)]]},
        {"note": 'x " \\ ' * 1_000_000},
    ],
)
def test_a_sound_row_of_five_megabytes_is_no_fault(more: dict[str, Any]) -> None:
    area = {} if "segmentation" in more else {"area": 18_000_000}
    data = file([{**ROW, "bbox": [1, 1, 70, -7]}, {**ROW, **area, **more}, {**ROW, "bbox": [1, 1, 80, -8]}])
    codes = found(data)
    assert codes.pop("json-unread") == 1
    assert codes.pop("bbox-negative-size") == 2
    assert set(codes) <= {"cls-one", "cls-rare", "area-mismatch"}
    assert codes.get("area-mismatch", 0) == 0
    for size in (100_000, 1 << 23):
        assert found(data, size) == found(data)


def test_the_place_of_what_was_not_looked_at_is_told() -> None:
    data = file([ROW, {**ROW, "a/b": [1] * 2_000_000}], indent=1)
    finding = next(one for one in examine_annotations(data).findings if one.code == "json-unread")
    place = finding.examples[0]
    assert place.where == "/annotations/1/a~1b"
    assert data.find(b"{", data.find(b'"id": 1,', data.find(b"annotations"))) == place.offset  # where its row begins
    assert place.line == data[: place.offset].count(b"\n") + 1


def test_what_is_wrong_in_the_rest_of_a_long_row_is_told() -> None:
    long = b'"x": "%s"' % (b"y" * 5_000_000)
    for rest, code in (
        (b'"id": 1, "id": 2, ' + long, "json-duplicate-key"),
        (long + b', "bbox": [1, 2, 3, -4]', "bbox-negative-size"),
        (long + b', "area": NaN', "json-nonfinite"),
        (long + b', "bbox": [1, 2, 3, -4,]', "json-syntax"),
        (long + b",", "json-syntax"),
        (long + b', "bbox": [1 2]', "json-syntax"),
        (long + b', "bbox" 1', "json-syntax"),
        (b'"bbox" 1, ' + long, "json-syntax"),
        (long[:-1], "json-syntax"),
    ):
        for size in (50_000, 1 << 23):
            assert code in found(b'{"annotations": [{%s}, {"id": 5}]}' % rest, size), rest[:40]
    many = b", ".join(b'"k%d": "%s"' % (at, b"x" * 60_000) for at in range(90))
    assert "json-too-deep-or-big" in found(b'{"annotations": [{%s}]}' % many)


def test_long_elements_that_are_no_objects() -> None:
    data = file([ROW, "x" * 5_000_000, [[]] * 1_500_000, {**ROW, "bbox": [1, 1, 80, -8]}])
    codes = found(data)
    assert (codes["json-unread"], codes["top-list-type"], codes["bbox-negative-size"]) == (2, 2, 1)


TEXTS = [rb'"a\\\"]},b", ', rb'{"a": ["}", {"b": "\\"}], "c": 1}, ', b"[1, [2], 3]}", b"17]"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_value_is_gone_past_in_pieces_of_any_size(text: bytes) -> None:
    whole = Passing().end(text)
    assert json.loads(text[:whole]) is not None
    assert text[whole : whole + 1] in (b",", b"}", b"]")
    for size in range(1, len(text)):
        passing, at = Passing(), 0
        while (end := passing.end(text[at : at + size])) < 0:
            at += size
        assert at + end == whole


def test_an_object_with_too_many_members_ends_the_reading() -> None:
    """What is kept of a row is bounded as well: a hundred members of sixty kilobytes are no row of COCO's."""
    crowd = {f"note{at}": "x" * 60_000 for at in range(100)}
    data = file([{**ROW, "bbox": [1, 1, 70, -7]}, {**ROW, **crowd}])
    examined = examine_annotations(data, target="both")
    told = {one.code: [place.text for place in one.examples] for one in examined.findings}
    assert not examined.readable
    assert told["json-too-deep-or-big"] == ["an object with too many members"]
    assert "bbox-negative-size" in told, "what came before is judged"
