"""pycocotools as the oracle on a real pair of files whose ids mean different things."""

from __future__ import annotations

from pathlib import Path

import pytest

from s3doctor.coco import examine
from s3doctor.coco.oracle import consult

VOC = Path(__file__).parents[2] / ".." / "shared" / "data" / "voc100"
TRUTH, GUESS = VOC / "annotations.json", VOC / "detections.json"

pytestmark = pytest.mark.skipif(not TRUTH.exists(), reason=f"the real data in {VOC} is not here")


def test_names_give_the_known_ap_where_ids_are_refused() -> None:
    consultation = consult(TRUTH, GUESS, examined=examine(TRUTH, GUESS))
    by_name, by_id = consultation.verdicts
    assert (round(by_name.ap or 0, 3), round(by_name.ap50 or 0, 3)) == (0.347, 0.61)
    assert (by_name.matched, by_name.images, by_name.rows, by_name.sampled) == (
        "file name and category name",
        100,
        452,
        False,
    )
    assert not by_id.loads
    assert "AssertionError: Results do not correspond" in by_id.trouble
    (finding,) = consultation.findings
    assert (finding.code, finding.count) == ("oracle-ids-permuted", 98 + 19)
    assert "AP 0.347 (AP50 0.610) on 100 images" in consultation.summary


def test_ground_truth_alone_is_loaded() -> None:
    consultation = consult(TRUTH, examined=examine(TRUTH))
    (verdict,) = consultation.verdicts
    assert (verdict.loads, verdict.agrees, verdict.images, verdict.rows) == (True, True, 100, 273)
    assert consultation.findings == ()
    assert "loads it: 100 images, 273 annotations" in consultation.summary
