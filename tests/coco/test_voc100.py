"""Real files: 100 photographs of PASCAL VOC, their ground truth and real detections, which do not fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from s3doctor.coco import examine
from s3doctor.finding import Severity

DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "voc100"
ELSEWHERE = Path(__file__).parents[3] / ".." / "shared" / "data" / "voc100"


def folder() -> Path:
    for one in (DATA, ELSEWHERE):
        if one.is_dir():
            return one
    pytest.skip("the photographs of VOC are not on this machine: ../shared/data/voc100")


def test_the_ground_truth_is_sound_and_what_does_not_fit_is_named() -> None:
    data = folder()
    ours = examine(data / "annotations.json", data / "detections.json")
    assert ours.annotations is not None
    assert (ours.annotations.images, ours.annotations.rows, ours.annotations.categories) == (100, 273, 20)
    assert not [one for one in ours.annotations.findings if one.severity is not Severity.INFO]
    assert ours.predictions is not None
    assert {one.code for one in ours.predictions.findings if one.severity is not Severity.INFO} == {
        "pred-shape-annotations"
    }
    across = {one.code: one for one in ours.across}
    assert across["x-image-ids-disagree"].count == 97
    assert across["x-categories-disagree"].count == 19
    assert set(across) == {"x-image-ids-disagree", "x-categories-disagree", "x-missing-images"}


def test_pycocotools_would_refuse_the_detections() -> None:
    data = folder()
    ours = examine(data / "annotations.json", data / "detections.json", target="pycocotools")
    assert {"pred-image-orphan", "pred-category-orphan"} <= {one.code for one in ours.across}
