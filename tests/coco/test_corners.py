"""Files that lie on a border: the last of a count, the first beyond a limit, an order that is seldom met."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from s3doctor.coco import examine_annotations
from s3doctor.coco.ids import code_of
from s3doctor.coco.tally import Tally

IMAGES = [{"id": n, "file_name": f"{n}.jpg", "width": 100, "height": 80} for n in range(1, 11)]


def box(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "image_id": number % 10 + 1,
        "category_id": 1,
        "bbox": [5 + number, 5, 10, 10],
        "area": 100,
        "iscrowd": 0,
        **more,
    }


def file(rows: list[dict[str, Any]], *, first: bool = False, **more: Any) -> bytes:
    """A COCO file; `first` puts the annotations before the images."""
    tables = {"images": IMAGES, "categories": [{"id": 1, "name": "car"}], **more}
    whole = {"annotations": rows, **tables} if first else {**tables, "annotations": rows}
    return json.dumps(whole).encode()


def found(data: bytes, **options: Any) -> dict[str, int]:
    return {finding.code: finding.count for finding in examine_annotations(data, **options).findings}


def test_crowds_are_zero_or_one() -> None:
    assert found(file([box(1, iscrowd=2), box(2)]))["iscrowd-value"] == 1


def test_a_long_row_of_boxes_that_nearly_coincide_comes_to_an_end() -> None:
    rows = [box(n, image_id=1, bbox=[10 + n * 1e-4, 10, 30, 30], area=900) for n in range(1, 260)]
    assert found(file(rows))["ann-near-duplicate"] == 258


def test_a_mask_of_another_height_is_not_called_swapped() -> None:
    mask = {"size": [81, 100], "counts": [0, 8100]}
    finding = next(
        one for one in examine_annotations(file([box(1, segmentation=mask)])).findings if one.code == "rle-size"
    )
    assert "swapped" not in finding.fix + finding.summary


def test_a_whole_float_is_the_integers_id() -> None:
    assert code_of(7.0) == code_of(7) == 7


def test_more_faults_than_places_are_counted_in_full() -> None:
    images = [{**image, "id": 1} for image in IMAGES]
    assert found(file([], images=images), examples=2)["img-id-duplicate"] == 9
    people = [{"id": 1, "name": "person", "keypoints": ["nose", "tail"], "skeleton": []}]
    rows = [box(n, keypoints=[6 + n, 6, 7, 0, 0, 0], num_keypoints=1) for n in range(1, 9)]
    assert found(file(rows, categories=people), examples=2)["kpt-visibility"] == 8
    short = [box(n, keypoints=[6 + n, 6, 2], num_keypoints=1) for n in range(1, 9)]
    assert found(file(short, categories=people), examples=2)["kpt-length"] == 8


def test_rows_before_the_images_are_judged_when_the_images_are_known() -> None:
    rows = [box(1, bbox=[300, 5, 10, 10]), box(2, bbox=[95, 5, 60, 10], area=600), box(3)]
    before, after = found(file(rows, first=True)), found(file(rows))
    assert before == after
    assert before["bbox-outside"] == 1


def test_an_element_of_five_megabytes_spoils_no_other() -> None:
    rows = [box(1), {**box(2), "note": "x" * (5 << 20)}, box(3)]
    data = file(rows).replace(b'"area": 100', b'"area": NaN', 1)
    for size in (1 << 12, 1 << 20, 1 << 24):
        codes = found(data, block_size=size)
        assert (codes["json-unread"], codes["json-nonfinite"]) == (1, 1)
        assert "json-syntax" not in codes


def test_a_member_nested_beyond_reason_is_told_and_the_rest_read() -> None:
    deep = b'{"info": ' + b"[" * 100_000 + b"]" * 100_000 + b", " + file([box(1)])[1:]
    assert "json-too-deep-or-big" in found(deep)


def test_boxes_that_reach_out_for_no_known_reason_get_no_explanation() -> None:
    rows = [
        box(n, image_id=n % 10 + 1, bbox=[-30, 40, 60, 70] if n % 2 else [60, -20, 70, 60], area=4200)
        for n in range(1, 41)
    ]
    codes = set(found(file(rows)))
    assert not codes & {"stat-xyxy", "stat-cxcywh", "stat-yxhw", "stat-bottom-origin"}


def test_many_ids_far_apart_are_counted() -> None:
    tally = Tally()
    codes = np.arange(1 << 19, dtype=np.int64) * 1000 + (1 << 21)
    for _ in range(2):
        tally.add(codes, np.arange(codes.size, dtype=np.int64))
    counted = tally.result()
    assert counted.codes.size == codes.size
    assert set(counted.counts.tolist()) == {2}


@pytest.mark.parametrize("first", [True, False])
def test_a_sound_file_is_sound_in_both_orders(*, first: bool) -> None:
    severe = [one.code for one in examine_annotations(file([box(n) for n in range(1, 9)], first=first)).findings]
    assert not [
        code for code in severe if not code.startswith(("cls-", "stat-constant", "ann-near", "img-unannotated"))
    ]


def test_places_that_nobody_wants_are_not_looked_up() -> None:
    people = [{"id": 1, "name": "person", "keypoints": ["nose", "tail"], "skeleton": []}]
    rows = [box(n, keypoints=[6 + n, 6, 7, 0, 0, 0], num_keypoints=1) for n in range(1, 9)]
    findings = examine_annotations(file(rows, categories=people), examples=0).findings
    assert {finding.code: finding.count for finding in findings}["kpt-visibility"] == 8
    assert not [finding for finding in findings if finding.examples]
