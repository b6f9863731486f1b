"""The patients' own files: the pictures and boxes are true, and a case changes what it says it changes."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from PIL import Image

from s3doctor.demo import cases

HEALTHY = cases.load("healthy")
COLOURS = {"circle": (200, 40, 40), "square": (30, 90, 200), "triangle": (40, 160, 60)}


def test_every_folder_is_a_case_and_the_first_ones_come_first() -> None:
    folders = {path.name for path in cases.CASES.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert set(cases.names()) == folders
    assert tuple(cases.names()[:4]) == ("healthy", "metadata-bucket", "single-bucket", "pasted-policy")
    assert all(cases.load(name).title and cases.load(name).teaches for name in cases.names())


def test_every_file_of_a_case_is_used() -> None:
    for name in cases.names():
        case = cases.load(name)
        used = {"case.toml", *case.put.values(), *(f"{policy}.json" for policy in case.user.policies)}
        assert {path.name for path in (cases.CASES / name).iterdir()} <= used, name


def test_the_boxes_are_those_of_the_shapes() -> None:
    objects = HEALTHY.objects("shapes")
    truth = json.loads(objects["shapes/annotations.json"])
    names = {category["id"]: category["name"] for category in truth["categories"]}
    for image in truth["images"]:
        with Image.open(BytesIO(objects[f"shapes/images/{image['file_name']}"])) as picture:
            assert picture.size == (image["width"], image["height"])
            for annotation in truth["annotations"]:
                if annotation["image_id"] == image["id"]:
                    assert_box(picture, annotation["bbox"], COLOURS[names[annotation["category_id"]]])


def assert_box(picture: Image.Image, box: list[int], colour: tuple[int, ...]) -> None:
    """The pixels near this colour fill the box and nothing outside; JPEG blurs by a pixel."""
    pixels = np.asarray(picture).astype(int)
    rows, columns = np.nonzero((abs(pixels - colour) < 60).all(axis=2))
    found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    x, y, width, height = box
    assert np.allclose(found, (x, y, x + width, y + height), atol=1), (found, box)


def test_predictions_are_good_but_not_the_ground_truth() -> None:
    objects = HEALTHY.objects("shapes")
    truth, found = (json.loads(objects[f"shapes/{name}.json"]) for name in ("annotations", "predictions"))
    pairs = zip(truth["annotations"], found["predictions"], strict=True)
    off = [max(abs(a - b) for a, b in zip(true["bbox"], guess["bbox"], strict=True)) for true, guess in pairs]
    assert 0 < max(off) <= 2.05


def test_changes_in_their_order() -> None:
    case = structs.replace(
        HEALTHY,
        name="no-pictures",
        remove=["shapes/images/*"],
        rename={"shapes/predictions.json": "shapes/kept.json"},
        put={"shapes/images/readme.txt": "readme.txt"},
        edit={"shapes/annotations.json": {"/annotations/0/bbox": [1, 2, 3, 4], "/info": {"year": 2026}}},
        truncate={"shapes/kept.json": 3},
        storage_class={"shapes/kept*": "GLACIER"},
    )
    objects = case.objects("shapes")
    assert sorted(objects) == ["shapes/annotations.json", "shapes/images/readme.txt", "shapes/kept.json"]
    edited = json.loads(objects["shapes/annotations.json"])
    assert (edited["annotations"][0]["bbox"], edited["info"]) == ([1, 2, 3, 4], {"year": 2026})
    assert len(objects["shapes/kept.json"]) == 3
    assert (case.class_of("shapes/kept.json"), case.class_of("shapes/annotations.json")) == ("GLACIER", "STANDARD")


def test_a_case_takes_from_the_one_it_is_like_what_it_does_not_say() -> None:
    case = cases.load("versioned-metadata")
    assert case.buckets["acme-metadata"].versioning
    assert case.buckets["acme-metadata"].cors == cases.load("metadata-bucket").buckets["acme-metadata"].cors
    assert case.user.policies == ["works-read-only", "works-write-metadata"]
    assert case.policy("works-read-only")["Version"] == "2012-10-17"
    assert cases.load("list-only").policy("list-only")["Statement"][0]["Action"] == ["s3:ListBucket"]


def test_a_missing_case_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nobody"):
        cases.load("nobody")


def test_the_wheel_and_the_checkout_look_in_their_own_places() -> None:
    assert Path(cases.__file__).parents[2] / "fixtures" / "buckets" == cases.IN_CHECKOUT
    assert cases.CASES in (cases.IN_CHECKOUT, cases.IN_WHEEL)
