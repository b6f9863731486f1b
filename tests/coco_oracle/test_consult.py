"""What pycocotools says of small pairs of files, each sound or strange in one way."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cocofiles
import pytest

from s3doctor.coco import Examination, examine
from s3doctor.coco.oracle import Consultation, consult
from s3doctor.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def asked(tmp_path: Path, truth: Any, guess: Any = None, **options: Any) -> Consultation:
    annotations = cocofiles.saved(tmp_path / "annotations.json", truth)
    predictions = None if guess is None else cocofiles.saved(tmp_path / "predictions.json", guess)
    return consult(annotations, predictions, examined=examine(annotations, predictions), **options)


def codes(consultation: Consultation) -> list[str]:
    return [finding.code for finding in consultation.findings]


def test_a_sound_pair_is_evaluated_once_and_nothing_is_found(tmp_path: Path) -> None:
    consultation = asked(tmp_path, cocofiles.truth(), cocofiles.guess())
    (verdict,) = consultation.verdicts
    assert (codes(consultation), consultation.trouble) == ([], "")
    assert (verdict.agrees, verdict.loads, verdict.images, verdict.rows) == (True, True, 20, 60)
    assert verdict.ap is not None
    assert verdict.ap > 0.5
    assert verdict.matched == "file name and category name"
    assert 0 < verdict.seconds < 60
    assert consultation.summary.endswith("on 20 images, matched by file name and category name")


def test_a_bare_list_is_matched_by_id(tmp_path: Path) -> None:
    consultation = asked(tmp_path, cocofiles.truth(), cocofiles.guess()["predictions"])
    (verdict,) = consultation.verdicts
    assert (codes(consultation), verdict.matched) == ([], "id")
    assert verdict.ap is not None
    assert verdict.ap > 0.5


def permuted(guess: dict[str, Any]) -> dict[str, Any]:
    """Other ids for the images, the same set of them."""
    for table, key in ((guess["images"], "id"), (guess["predictions"], "image_id")):
        for row in table:
            row[key] = 21 - row[key]
    return guess


def test_permuted_image_ids_are_found_though_by_id_all_is_accepted(tmp_path: Path) -> None:
    consultation = asked(tmp_path, cocofiles.truth(), permuted(cocofiles.guess()))
    by_name, by_id = consultation.verdicts
    (finding,) = consultation.findings
    assert (finding.code, finding.count, finding.severity) == ("oracle-ids-permuted", 20, Severity.ERROR)
    assert finding.examples[0].where == "/images"
    assert "id 20 in the predictions, 1 in the annotations" in finding.examples[0].text
    assert (by_name.ap or 0) > 0.5
    assert (by_id.ap or 0) < 0.1
    assert "; by id AP 0.0" in consultation.summary


def test_text_names_in_another_case_and_folder_are_matched_and_said(tmp_path: Path) -> None:
    guess = permuted(cocofiles.guess())
    for image in guess["images"]:
        image["file_name"] = f"C:\\data\\{image['file_name']}"
    guess["categories"] = [{"id": row["id"], "name": row["name"].title() + " "} for row in guess["categories"]]
    truth = cocofiles.truth()
    consultation = asked(tmp_path, truth, guess)
    assert consultation.verdicts[0].matched == "base name and category name in any case"
    assert (consultation.verdicts[0].ap or 0) > 0.5


def test_extra_images_are_left_out_and_are_no_permutation(tmp_path: Path) -> None:
    guess = cocofiles.guess()
    guess["images"].append({"id": 99, "file_name": "elsewhere.jpg"})
    guess["predictions"].append({"image_id": 99, "category_id": 1, "bbox": [1, 1, 9, 9], "score": 0.5})
    consultation = asked(tmp_path, cocofiles.truth(), guess)
    assert codes(consultation) == []
    assert [(one.matched, one.rows) for one in consultation.verdicts] == [("file name and category name", 60)]


def shifted(guess: dict[str, Any]) -> Any:
    return [{**row, "category_id": row["category_id"] % 3 + 1} for row in guess["predictions"]]


def turned(form: Callable[..., list[float]]) -> Callable[[dict[str, Any]], Any]:
    def turn(guess: dict[str, Any]) -> dict[str, Any]:
        rows = [{**row, "bbox": form(*row["bbox"])} for row in guess["predictions"]]
        return {**guess, "predictions": rows}

    return turn


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (shifted, "oracle-categories-permuted", "without regard to categories"),
        (turned(lambda x, y, w, h: [x, y, x + w, y + h]), "oracle-boxes-misread", "read as [x1, y1, x2, y2]"),
        (turned(lambda x, y, w, h: [x + w / 2, y + h / 2, w, h]), "oracle-boxes-misread", "[centre x, centre y,"),
        (turned(lambda x, y, w, h: [y, x, h, w]), "oracle-boxes-misread", "[y, x, height, width]"),
        (turned(lambda x, y, w, h: [x / 640, y / 480, w / 640, h / 480]), "oracle-boxes-misread", "fractions of the"),
        (
            turned(lambda x, y, w, h: [x / 2, y / 4, w / 2, h / 4]),
            "oracle-boxes-misread",
            "pixels of images scaled by 0.",
        ),
    ],
)
def test_good_boxes_that_mean_nothing_are_explained(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any], code: str, words: str
) -> None:
    consultation = asked(tmp_path, cocofiles.truth(), change(cocofiles.guess()))
    assert codes(consultation) == [code]
    assert words in consultation.findings[0].summary
    assert consultation.findings[0].severity is Severity.ERROR


def test_corners_in_the_annotations_are_explained_too(tmp_path: Path) -> None:
    truth = cocofiles.truth()
    for row in truth["annotations"]:
        x, y, width, height = row["bbox"]
        row["bbox"] = [x, y, x + width, y + height]
    consultation = asked(tmp_path, truth, cocofiles.guess())
    assert codes(consultation) == ["oracle-boxes-misread"]
    assert "the boxes of the annotations read as [x1, y1, x2, y2]" in consultation.findings[0].summary


def scattered(guess: dict[str, Any], many: int = 60) -> dict[str, Any]:
    dice = random.Random(6)
    rows = [{**row, "bbox": [dice.randint(0, 630), dice.randint(0, 150), 7, 9]} for row in guess["predictions"][:many]]
    return {**guess, "predictions": rows}


def test_boxes_that_find_nothing_are_a_warning_and_few_are_nothing(tmp_path: Path) -> None:
    many = asked(tmp_path, cocofiles.truth(), scattered(cocofiles.guess()))
    assert [(one.code, one.severity) for one in many.findings] == [("oracle-nothing-matches", Severity.WARNING)]
    few = asked(tmp_path, cocofiles.truth(), scattered(cocofiles.guess(), many=9))
    assert few.findings == ()


def test_a_weak_model_is_no_fault(tmp_path: Path) -> None:
    guess = scattered(cocofiles.guess())
    guess["predictions"] += [{**row, "score": 0.01} for row in cocofiles.guess()["predictions"][:12]]
    consultation = asked(tmp_path, cocofiles.truth(), guess)
    assert 0.02 < (consultation.verdicts[0].ap50 or 0) < 0.1
    assert consultation.findings == ()


def test_without_sizes_fractions_are_not_tried(tmp_path: Path) -> None:
    truth = cocofiles.truth()
    for image in truth["images"]:
        del image["width"], image["height"]
    consultation = asked(tmp_path, truth, scattered(cocofiles.guess()))
    assert codes(consultation) == ["oracle-nothing-matches"]


def test_no_prediction_in_common_leaves_nothing_to_evaluate(tmp_path: Path) -> None:
    guess = cocofiles.guess()
    guess["predictions"] = [{**row, "category_id": 3} for row in guess["predictions"]]
    guess["categories"][2]["name"] = "horse"
    consultation = asked(tmp_path, cocofiles.truth(), guess)
    assert "found nothing to evaluate in 20 images" in consultation.summary
    assert consultation.findings == ()


def test_a_failure_that_no_rule_foresaw_is_a_finding(tmp_path: Path) -> None:
    rows = [{**row, "caption": "a cat"} for row in cocofiles.guess()["predictions"]]
    consultation = asked(tmp_path, cocofiles.truth(), rows)
    assert codes(consultation) == ["oracle-disagrees"]
    assert "KeyError: 'area'" in consultation.findings[0].summary
    assert (consultation.verdicts[-1].agrees, consultation.verdicts[-1].loads) == (False, False)
    assert "did not get through: loadRes() and COCOeval: KeyError: 'area'" in consultation.summary


def test_a_failure_that_a_rule_foresaw_is_none(tmp_path: Path) -> None:
    rows = [{**row, "image_id": row["image_id"] + 1000} for row in cocofiles.guess()["predictions"]]
    consultation = asked(tmp_path, cocofiles.truth(), rows)
    assert consultation.findings == ()
    assert "Results do not correspond" in consultation.trouble


@pytest.mark.parametrize(
    ("where", "change", "code"),
    [
        ("annotations", {"bbox": [1, 2, 3]}, "bbox-shape"),
        ("annotations", {"image_id": [7]}, "ann-image-orphan"),
        ("annotations", {"id": 0}, "ann-id-zero"),
        ("predictions", {"score": None}, "pred-score-type"),
        ("predictions", {"bbox": ["1", "2", "3", "4"]}, "bbox-shape"),
    ],
)
def test_what_pycocotools_does_not_survive_is_not_given_to_it(
    tmp_path: Path, where: str, change: dict[str, Any], code: str
) -> None:
    files = {"annotations": cocofiles.truth(), "predictions": cocofiles.guess()}
    files[where][where][3].update(change)
    consultation = asked(tmp_path, files["annotations"], files["predictions"])
    assert (consultation.asked, consultation.findings, consultation.verdicts) == (False, (), ())
    assert f"what is wrong with the {where} ({code})" in consultation.summary


def test_only_three_reasons_are_named(tmp_path: Path) -> None:
    truth = cocofiles.truth()
    for row, name in zip(truth["annotations"], ("id", "area", "iscrowd", "bbox"), strict=False):
        del row[name]
    assert asked(tmp_path, truth).summary.endswith(" and more)")


def test_a_broken_file_is_not_given_to_it(tmp_path: Path) -> None:
    path = tmp_path / "annotations.json"
    path.write_bytes(b'{"images": [')
    examined = examine(path)
    assert not consult(path, examined=examined).asked
    silent = replace(examined.annotations, findings=()) if examined.annotations else None
    assert "(not readable)" in consult(path, examined=Examination(silent)).summary


def test_without_ground_truth_or_copies_it_is_not_asked(tmp_path: Path) -> None:
    path = cocofiles.saved(tmp_path / "p.json", cocofiles.guess())
    truth = cocofiles.saved(tmp_path / "a.json", cocofiles.truth())
    assert "no ground truth" in consult(None, path, examined=examine(None, path)).summary
    assert "too large to be kept" in consult(None, examined=examine(truth)).summary
    assert "too large to be kept" in consult(truth, None, examined=examine(truth, path)).summary


def large(examined: Examination) -> Examination:
    """The same files as if they had a hundred megabytes: a fifth is looked at."""
    truth, guess = examined.annotations, examined.predictions
    return replace(
        examined,
        annotations=replace(truth, size=100 << 20) if truth else None,
        predictions=replace(guess, size=1000) if guess else None,
    )


@pytest.mark.parametrize("bare", [False, True])
def test_of_large_files_a_sample_keeps_whole_images(tmp_path: Path, *, bare: bool) -> None:
    truth, guess = cocofiles.truth(), cocofiles.guess()
    annotations = cocofiles.saved(tmp_path / "a.json", truth)
    predictions = cocofiles.saved(tmp_path / "p.json", guess["predictions"] if bare else guess)
    consultation = consult(annotations, predictions, examined=large(examine(annotations, predictions)))
    (verdict,) = consultation.verdicts
    assert verdict.sampled
    assert 0 < verdict.images < 12
    assert verdict.rows == 3 * verdict.images
    assert (verdict.ap or 0) > 0.5
    assert "(a sample)" in consultation.summary
    alone = consult(annotations, examined=replace(large(examine(annotations)), predictions=None))
    assert (alone.verdicts[0].images, alone.verdicts[0].rows) == (verdict.images, 4 * verdict.images)
    assert "images (a sample)" in alone.summary


def test_too_little_memory_is_trouble_and_no_finding(tmp_path: Path) -> None:
    consultation = asked(tmp_path, cocofiles.truth(), memory=1 << 20)
    assert consultation.findings == ()
    assert "1 MiB of memory are not enough" in consultation.trouble


def test_too_little_time_is_trouble_and_no_finding(tmp_path: Path) -> None:
    consultation = asked(tmp_path, cocofiles.truth(), seconds=0.01)
    assert consultation.findings == ()
    assert "not done after 0 s" in consultation.trouble
