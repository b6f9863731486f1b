"""The public face of the COCO room: sources, shapes and the counts that others rely on."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from s3doctor.coco import examine, examine_annotations, examine_predictions

if TYPE_CHECKING:
    from pathlib import Path

SOUND: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}],
    "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
}


def test_a_path_bytes_and_a_stream_give_the_same(tmp_path: Path) -> None:
    data = json.dumps(SOUND).encode()
    file = tmp_path / "annotations.json"
    file.write_bytes(data)
    ours = [examine_annotations(source) for source in (file, str(file), data, io.BytesIO(data))]
    assert {(one.size, one.images, one.rows, one.categories, one.findings) for one in ours} == {
        (len(data), 1, 1, 2, ours[0].findings)
    }
    assert list(ours[0].image_names) == ["a.jpg"]
    assert ours[0].image_names.widths.tolist() == [100]


def test_an_unknown_target_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown target 'x': expected one of platform"):
        examine(b"", target="x")


def test_a_results_list_is_right_for_pycocotools_and_wrong_for_the_platform() -> None:
    results = json.dumps([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]).encode()
    assert {one.code for one in examine_predictions(results).findings} >= {"pred-shape-list"}
    ours = examine_predictions(results, target="pycocotools")
    assert ours.shape == "results list"
    assert ours.findings == ()


def test_a_file_cut_at_any_byte_is_never_called_whole() -> None:
    data = json.dumps(SOUND, indent=1).encode()
    for length in range(len(data)):
        ours = examine_annotations(data[:length])
        assert not ours.readable
        assert any(one.code.startswith("json-") for one in ours.findings)
