"""Sound files are called sound, whatever their layout and however they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coco.made import Pair, sound, written
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.coco import examine
from s3doctor.finding import Severity

if TYPE_CHECKING:
    from s3doctor.coco import Examination

QUIET = {"cls-rare"}


def codes(examined: Examination) -> set[str]:
    return {finding.code for finding in examined.findings}


@given(sound())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_nothing_is_wrong_with_a_sound_pair(pair: Pair) -> None:
    examined = examine(written(pair.truth, pair.truth["info"]["indent"]), written(pair.guess))
    assert codes(examined) <= QUIET, examined.findings


@given(sound())
@settings(max_examples=20, deadline=None, derandomize=True)
def test_nothing_is_wrong_with_results_for_pycocotools(pair: Pair) -> None:
    examined = examine(written(pair.truth), written(pair.guess["predictions"]), target="pycocotools")
    assert codes(examined) <= QUIET, examined.findings


@given(sound(), st.integers(1, 3000))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_the_size_of_blocks_changes_nothing(pair: Pair, block_size: int) -> None:
    pair.row()["bbox"][2] = -4
    pair.row()["image_id"] = "seven"
    pair.image()["file_name"] = None
    pair.row()["extra"] = {"deep": [1, {"x": "},{"}], "b": 'a "quote", \\'}
    data, guess = written(pair.truth, pair.truth["info"]["indent"]), written(pair.guess)
    whole = examine(data, guess)
    assert any(finding.severity is Severity.ERROR for finding in whole.findings)
    pieces = examine(data, guess, block_size=block_size)
    assert pieces.findings == whole.findings
    for one, other in ((pieces.annotations, whole.annotations), (pieces.predictions, whole.predictions)):
        assert one == other


@given(sound())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_decoding_with_and_without_types_finds_the_same(pair: Pair) -> None:
    """A key that no type can have sends every batch down the slow road."""
    pair.row()["bbox"][3] = 0
    pair.row()["category_id"] = 12_345
    pair.row()["segmentation"] = [[1, 2, 3]]
    pair.image()["width"] = 0
    fast = examine(written(pair.truth), written(pair.guess), target="both")
    for file, names in ((pair.truth, ("images", "annotations")), (pair.guess, ("images", "predictions"))):
        for row in (row for name in names for row in file[name]):
            row['"'] = {"occluded": False}
    slow = examine(written(pair.truth), written(pair.guess), target="both")
    assert [(one.code, one.count, one.summary) for one in fast.findings] == [
        (one.code, one.count, one.summary) for one in slow.findings
    ]
    assert [[(place.where, place.value, place.ids) for place in one.examples] for one in fast.findings] == [
        [(place.where, place.value, place.ids) for place in one.examples] for one in slow.findings
    ]
