"""The rows of some images come out of a file of any shape, and nothing that the file holds raises."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3doctor.coco.ids import code_of
from s3doctor.exhibits.rows import MOST, Row, rows_of

ROW = {"id": 1, "image_id": 7, "category_id": 2, "bbox": [1, 2.5, 3, 4]}


def document(*rows: Any, key: str = "annotations") -> bytes:
    return json.dumps({"images": [{"id": 7}], key: rows, "categories": []}).encode()


def test_rows_of_other_images_stay_out() -> None:
    file = document(ROW, {**ROW, "image_id": 8}, {**ROW, "score": 0.5})
    assert rows_of(file, "/annotations", {7}) == {7: [Row(0, 2, (1, 2.5, 3, 4), None), Row(2, 2, (1, 2.5, 3, 4), 0.5)]}


def test_a_bare_list_and_another_key() -> None:
    assert list(rows_of(json.dumps([ROW]).encode(), "", {7})) == [7]
    assert list(rows_of(document(ROW, key="predictions"), "/predictions", {7})) == [7]
    assert rows_of(document(ROW, key="predictions"), "/annotations", {7}) == {}


def test_ids_may_be_text() -> None:
    assert list(rows_of(document({**ROW, "image_id": "x"}), "/annotations", {code_of("x")})) == [code_of("x")]


@pytest.mark.parametrize(
    "bbox", [None, [1, 2, 3], [1, 2, 3, "4"], [1, 2, 3, None], {"x": 1}, [True, 2, 3, 4], [10**400, 1, 1, 1], "1234"]
)
def test_rows_without_a_box_stay_out(bbox: object) -> None:
    assert rows_of(document({**ROW, "bbox": bbox}, ROW), "/annotations", {7}) == {7: [Row(1, 2, (1, 2.5, 3, 4), None)]}


def test_what_is_no_row_is_passed_over() -> None:
    file = document(3, ROW, ["x"], None, {"a": {}}, {**ROW, "score": "high"})
    assert [row.index for row in rows_of(file, "/annotations", {7})[7]] == [1, 5]


def test_not_a_number_is_read_as_python_does() -> None:
    file = document(ROW).replace(b"2.5", b"NaN")
    assert len(rows_of(file, "/annotations", {7})[7]) == 1


def test_a_file_that_breaks_off_gives_what_comes_before() -> None:
    file = document(*[ROW] * 5)
    assert len(rows_of(file[:-80], "/annotations", {7})[7]) == 4


def test_what_is_no_json_gives_nothing() -> None:
    assert rows_of(b"<Error/>", "/annotations", {7}) == {}
    assert rows_of(document(ROW), "/annotations", set()) == {}


def test_of_one_image_only_so_many_are_kept() -> None:
    assert len(rows_of(document(*[ROW] * (MOST + 5)), "/annotations", {7})[7]) == MOST
