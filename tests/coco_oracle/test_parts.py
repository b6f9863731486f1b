"""Reading, sampling and matching, each by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cocofiles

from s3doctor.coco.oracle import child, evaluation, safety
from s3doctor.coco.oracle.pairing import pair
from s3doctor.coco.oracle.tables import Tables, chosen, sample, whole
from s3doctor.coco.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path


def test_a_sample_of_all_is_the_whole(tmp_path: Path) -> None:
    path = cocofiles.saved(tmp_path / "a.json", cocofiles.truth())
    all_of_it, sampled = whole(path, "/annotations"), sample(path, "/annotations", 1.0)
    assert [row["id"] for row in sampled.rows] == [row["id"] for row in all_of_it.rows]
    assert sampled.images == all_of_it.images
    assert sampled.categories == all_of_it.categories


def test_rows_may_come_before_images_and_hold_what_no_decoder_expects(tmp_path: Path) -> None:
    truth = cocofiles.truth()
    text = json.dumps({"annotations": truth["annotations"], "images": truth["images"]})
    path = tmp_path / "a.json"
    path.write_text(text.replace('"iscrowd": 0', '"iscrowd": 0, "odd": "\\ud800", "x": NaN'), encoding="utf-8")
    found = sample(path, "/annotations", 0.5)
    ids = {image["id"] for image in found.images}
    assert found.images == [image for image in truth["images"] if chosen(image["file_name"], 0.5)]
    assert [row["id"] for row in found.rows] == [row["id"] for row in truth["annotations"] if row["image_id"] in ids]


def test_both_files_choose_the_same_images() -> None:
    names: list[dict[str, Any]] = [{"file_name": f"{number}.jpg", "id": number} for number in range(1000)]
    other = [{**one, "id": 1000 - one["id"]} for one in names]
    picked = [one["file_name"] for one in names if chosen(one["file_name"], 0.3)]
    assert picked == [one["file_name"] for one in other if chosen(one["file_name"], 0.3)]
    assert 200 < len(picked) < 400


def tables(images: dict[Any, Any], categories: dict[Any, Any]) -> Tables:
    return Tables(
        [{"id": one, "file_name": name} for one, name in images.items()],
        [{"id": one, "name": name} for one, name in categories.items()],
    )


def test_a_name_that_stands_twice_matches_nothing() -> None:
    pairing = pair(tables({1: "a", 2: "b", 3: "b"}, {1: "x"}), tables({7: "a", 8: "b", 9: None}, {}))
    assert pairing.images.ids == {7: 1}
    assert pairing.images.renumbered == (("a", 7, 1),)
    assert (pairing.categories.by_name, pairing.categories.ids) == (False, {1: 1})
    assert pairing.words == "file name and category id"


def test_as_many_images_are_evaluated_as_have_not_too_many_rows() -> None:
    document = cocofiles.truth()
    truth = evaluation.from_tables(Tables(document["images"], document["categories"], document["annotations"]))
    rows = cocofiles.guess()["predictions"]
    assert len(evaluation.bounded(truth, rows)) == 20
    assert len(evaluation.bounded(truth, rows, most_rows=30)) == 4
    assert len(evaluation.bounded(truth, rows, most_rows=30, most_images=3)) == 3
    assert len(evaluation.bounded(truth, rows, most_rows=0)) == 1


def job_for(path: Path) -> child.Job:
    return {
        "annotations": str(path),
        "predictions": "",
        "pointers": ("/annotations", ""),
        "share": 0.5,
        "seconds": 1,
        "memory": 5 << 20,
    }


def test_a_lack_of_memory_is_told_as_such(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []

    def tell(message: dict[str, Any]) -> None:
        if "phase" in message:
            raise MemoryError
        told.append(message)

    child.consult(job_for(tmp_path / "a.json"), tell)
    assert told == [{"trouble": "5 MiB of memory are not enough"}]


def test_a_file_that_is_gone_is_trouble_of_ours_not_of_pycocotools(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    child.consult(job_for(tmp_path / "gone.json"), told.append)
    assert told[0] == {"phase": ""}
    assert told[1]["trouble"].startswith("FileNotFoundError: ")


def test_the_codes_that_do_no_harm_exist() -> None:
    assert set(RULES) >= safety.HARMLESS | safety.RECOMPUTED | safety.MATCHED
