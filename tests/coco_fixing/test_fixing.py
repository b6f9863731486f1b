"""What has one right answer is mended and said; what has not is refused."""

from __future__ import annotations

import codecs
import gzip
import json
from typing import TYPE_CHECKING, Any

import cocofiles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.coco import examine
from s3doctor.coco.fixing import Fixed, Options, UnfixableError, fix
from s3doctor.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable


def as_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def mended(document: Any, truth: Any = None, **options: Any) -> Fixed:
    return fix(as_bytes(document), Options(**options), None if truth is None else as_bytes(truth))


def loaded(fixed: Fixed) -> Any:
    return json.loads(fixed.data)


def kinds(fixed: Fixed) -> dict[str, int]:
    return {change.kind: change.count for change in fixed.changes}


def meaning(document: Any) -> list[Any]:
    """What the rows say whatever the numbering: file name, category name and box of each."""
    images = {row["id"]: row["file_name"] for row in document["images"]}
    categories = {row["id"]: row["name"] for row in document["categories"]}
    rows = document["annotations"] if "annotations" in document else document["predictions"]
    return [(images[row["image_id"]], categories[row["category_id"]], row["bbox"]) for row in rows]


@pytest.mark.parametrize("document", [cocofiles.truth(), cocofiles.guess()])
def test_a_sound_file_comes_back_byte_for_byte(document: Any) -> None:
    data = json.dumps(document, indent=3).encode()
    fixed = fix(data)
    assert (fixed.data, fixed.changes, fixed.sound) == (data, (), True)


def test_what_has_nothing_to_do_with_a_change_stays_as_it_is() -> None:
    document = cocofiles.truth()
    document["info"] = {"year": 2026, "x": [1.5, 12345678901234567890, "é\u2028"]}
    document["annotations"][0]["attributes"] = {"occluded": False}
    del document["annotations"][1]["iscrowd"]
    fixed = mended(document)
    document["annotations"][1]["iscrowd"] = 0
    assert loaded(fixed) == document
    assert kinds(fixed) == {"iscrowd": 1}
    assert list(loaded(fixed)) == list(document)
    (change,) = fixed.changes
    assert (change.where, change.before, change.after) == ("/annotations/1/iscrowd", None, 0)


@pytest.mark.parametrize(
    ("wrap", "kind"),
    [
        (gzip.compress, "gzip"),
        (lambda data: codecs.BOM_UTF8 + data, "bom"),
        (lambda data: data.decode().encode("utf-16"), "encoding"),
        (lambda data: codecs.BOM_UTF32_BE + data.decode().encode("utf-32-be"), "encoding"),
        (lambda data: gzip.compress(codecs.BOM_UTF8 + data, mtime=0), "gzip"),
    ],
)
def test_wrappings_are_taken_off(wrap: Callable[[bytes], bytes], kind: str) -> None:
    fixed = fix(wrap(as_bytes(cocofiles.truth())))
    assert loaded(fixed) == cocofiles.truth()
    assert kind in kinds(fixed)
    assert fixed.sound


def numbered(document: Any, number: Callable[[int], Any]) -> Any:
    """The same with other ids for images and categories."""
    for table, key in (("images", "image_id"), ("categories", "category_id")):
        for row in document[table]:
            row["id"] = number(row["id"])
        for row in document["annotations"]:
            row[key] = number(row[key])
    return document


@pytest.mark.parametrize("number", [str, float, lambda one: f"image-{one}", lambda one: one + 0.5])
def test_ids_become_whole_numbers_and_every_reference_is_kept(number: Callable[[int], Any]) -> None:
    fixed = mended(numbered(cocofiles.truth(), number))
    assert loaded(fixed) == cocofiles.truth()
    assert kinds(fixed)["image-ids"] == 20
    assert kinds(fixed)["category-ids"] == 3
    assert kinds(fixed)["image-references"] == 80
    assert fixed.sound


@pytest.mark.parametrize(("table", "key"), [("images", "image_id"), ("categories", "category_id")])
def test_a_reference_to_nothing_does_not_come_to_mean_something(table: str, key: str) -> None:
    document = cocofiles.truth()
    document[table][1]["id"] = "two"  # what referred to 2 would refer to whatever gets the number 2
    with pytest.raises(UnfixableError, match=f"/{key} is 2, which nothing has for its id"):
        mended(document)


def test_references_written_as_text_become_numbers() -> None:
    document = cocofiles.truth()
    for row in document["annotations"]:
        row["image_id"] = str(row["image_id"])
    fixed = mended(document)
    assert (loaded(fixed), kinds(fixed)) == (cocofiles.truth(), {"image-references": 80})


@pytest.mark.parametrize("ids", [[0, 1, 2], [1, 1, 2], [None, 1, 2], ["a", 1, 2], [1.0, 2, 3], [True, 2, 3]])
def test_ids_of_annotations_are_numbered_anew_where_one_is_wrong(ids: list[Any]) -> None:
    document = cocofiles.truth()
    document["annotations"] = [{**row, "id": one} for row, one in zip(document["annotations"], ids, strict=False)]
    fixed = mended(document)
    assert [row["id"] for row in loaded(fixed)["annotations"]] == [1, 2, 3]
    assert kinds(fixed)["row-ids"] == sum(
        type(old) is not int or old != new for old, new in zip(ids, [1, 2, 3], strict=True)
    )
    assert fixed.sound


def test_areas_come_from_boxes_or_from_masks() -> None:
    document = cocofiles.truth()
    rows = document["annotations"]
    for row in rows[:8]:
        row["bbox"] = [10, 20, 40, 60]
    del rows[0]["area"]
    rows[1]["area"] = "12"
    rows[2]["area"] = 7
    rows[3].update(segmentation=[[10, 20, 50, 20, 50, 80, 10, 80], [0, 0, 0, 10, 10, 0]], area=0)
    square = {"size": [480, 640], "counts": [480 * 10 + 20, 60, *[420, 60] * 39]}
    square["counts"].append(480 * 640 - sum(square["counts"]))
    rows[4].update(segmentation=square, area=None)
    rows[5].update(segmentation=[[10, 20, 50, 20, 10, 80]], area=1200.0)
    rows[6]["area"] = 40 * 60 + 90
    rows[7].update(segmentation={"size": [1, 1], "counts": "?"}, area=0)
    del rows[8]["bbox"]
    rows[9].update(segmentation=[["x"]], area=0)
    rows[10].update(segmentation=[7], area=0)
    fixed = mended(document)
    found = [row.get("area") for row in loaded(fixed)["annotations"][:11]]
    assert found[:8] == [2400, 2400, 2400, 2450, 2400, 1200, 2490, 0]
    assert found[9:] == [0, 0]
    assert kinds(fixed) == {"areas": 3, "mask-areas": 2}


def test_crowds_become_0_or_1() -> None:
    document = cocofiles.truth()
    given = [True, False, "1", "False", 1.0, 0]
    for row, value in zip(document["annotations"], given, strict=False):
        row["iscrowd"] = value
    del document["annotations"][6]["iscrowd"]
    fixed = mended(document)
    assert [row["iscrowd"] for row in loaded(fixed)["annotations"][:7]] == [1, 0, 1, 0, 1, 0, 0]
    assert kinds(fixed) == {"iscrowd": 6}
    assert fixed.sound
    for doubtful in ("maybe", None, 2, [1]):
        document["annotations"][0]["iscrowd"] = doubtful
        assert [one.code for one in mended(document).errors] == ["iscrowd-value"]


@pytest.mark.parametrize(
    ("box", "clipped"),
    [
        ([-5, 10, 30, 40], [0, 10, 25, 40]),
        ([600, 400, 100, 100], [600, 400, 40, 80]),
        ([-5, -5, 700, 500], [0, 0, 640, 480]),
        ([-0.5, 10, 30, 40], [-0.5, 10, 30, 40]),
        ([10, 10, 630.75, 40], [10, 10, 630.75, 40]),
    ],
)
def test_boxes_end_at_the_edge_of_their_image_with_their_areas(box: list[float], clipped: list[float]) -> None:
    document = cocofiles.truth()
    document["annotations"][0].update(bbox=box, area=box[2] * box[3])
    fixed = mended(document)
    row = loaded(fixed)["annotations"][0]
    assert row["bbox"] == clipped
    assert abs(row["area"] - clipped[2] * clipped[3]) <= clipped[2] + clipped[3] + 1
    assert ("boxes-clipped" in kinds(fixed)) is (box != clipped)
    assert fixed.sound


@pytest.mark.parametrize("box", [[700, 10, 30, 40], [-50, 10, 30, 40], [10, 10, 0, 40], [10, 10, -30, 40], [1, 2, 3]])
def test_boxes_without_one_right_answer_are_left_and_named(box: list[float]) -> None:
    document = cocofiles.truth()
    document["annotations"][0]["bbox"] = box
    fixed = mended(document)
    assert not fixed.sound
    assert loaded(fixed)["annotations"][0]["bbox"] == box
    assert all(one.code.startswith("bbox-") for one in fixed.errors)


def test_boxes_in_images_without_a_size_or_of_no_image_stay() -> None:
    document = cocofiles.truth()
    del document["images"][0]["width"]
    document["annotations"][0]["bbox"] = [-50, 10, 90, 40]
    document["annotations"][5].update(image_id="nowhere", bbox=[-50, 10, 90, 40])
    fixed = mended(document)
    assert "boxes-clipped" not in kinds(fixed)
    assert [one.code for one in fixed.errors] == ["ann-image-orphan"]


def test_corners_become_widths_when_asked() -> None:
    document = cocofiles.truth()
    for row in document["annotations"]:
        x, y, width, height = row["bbox"]
        row["bbox"] = [x, y, x + width, y + height]
    with pytest.raises(UnfixableError, match=r"look like \[x1, y1, x2, y2\].*; say --xyxy if they are"):
        mended(document)
    assert kinds(mended(document, boxes="xywh"))["boxes-clipped"] > 20
    fixed = mended(document, boxes="xyxy")
    assert loaded(fixed) == cocofiles.truth()
    assert kinds(fixed) == {"boxes-from-corners": 80}
    assert not mended(cocofiles.truth(), boxes="xyxy").sound


def test_corners_in_predictions_are_not_cut_off_either() -> None:
    guess = cocofiles.guess()
    for row in guess["predictions"]:
        x, y, width, height = row["bbox"]
        row["bbox"] = [x, y, x + width, y + height]
    for truth in (None, cocofiles.truth()):
        document = {**guess, "images": cocofiles.truth()["images"]}
        with pytest.raises(UnfixableError, match="say --xyxy if they are"):
            mended(document, truth)
        assert loaded(mended(document, truth, boxes="xyxy"))["predictions"] == cocofiles.guess()["predictions"]


def test_boxes_without_four_numbers_are_not_turned() -> None:
    document = cocofiles.truth()
    document["annotations"][0]["bbox"] = [1, 2, 3]
    fixed = mended(document, boxes="xyxy")
    assert kinds(fixed)["boxes-from-corners"] == 79
    assert loaded(fixed)["annotations"][0]["bbox"] == [1, 2, 3]


def test_sizes_come_from_the_pictures_where_there_are_none() -> None:
    document = cocofiles.truth()
    del document["images"][0]["width"]
    document["images"][1]["height"] = -1
    del document["images"][2]["width"], document["images"][2]["height"]
    document["images"][3].update(width="640", file_name=None)
    asked: list[str] = []

    def size_of(name: str) -> tuple[int, int] | None:
        asked.append(name)
        return (640, 480) if name != "pic_03.jpg" else None

    fixed = mended(document, size_of=size_of)
    assert asked == ["pic_01.jpg", "pic_02.jpg", "pic_03.jpg"]
    assert loaded(fixed)["images"][:2] == cocofiles.truth()["images"][:2]
    assert kinds(fixed) == {"sizes": 2}


def test_prefixes_are_taken_from_and_put_before_file_names() -> None:
    document = cocofiles.truth()
    for image in document["images"][1:]:
        image["file_name"] = "images/" + image["file_name"]
    fixed = mended(document, strip="images/", add="train/")
    assert loaded(fixed)["images"][0]["file_name"] == "train/pic_01.jpg"
    assert loaded(fixed)["images"][1]["file_name"] == "train/pic_02.jpg"
    assert kinds(fixed) == {"prefix-added": 20, "prefix-stripped": 19}
    with pytest.raises(UnfixableError, match=r"no file_name begins with 'nowhere/': the first is 'pic_01.jpg'"):
        mended(document, strip="nowhere/")
    document["images"][2]["file_name"] = "pic_02.jpg"
    with pytest.raises(UnfixableError, match=r"/images/1 and /images/2 would both be named 'pic_02.jpg'"):
        mended(document, strip="images/")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["images"][1].update(id=1), "/images/0 and /images/1 have the same id 1: which of them"),
        (lambda d: d["images"][1].update(id="1"), "have the same id 1"),
        (lambda d: d["categories"][1].pop("id"), "/categories/1 has no id: which annotations belong to it"),
        (lambda d: d["categories"][1].update(id=True), "/categories/1 has no id"),
        (lambda d: d["images"].append(7), "/images/20 is not an object"),
        (lambda d: d.update(annotations={}), "/annotations is not a list"),
        (lambda d: d.pop("images"), "/images is not a list"),
    ],
)
def test_what_could_mean_two_things_is_refused(change: Callable[[Any], Any], words: str) -> None:
    document = cocofiles.truth()
    change(document)
    with pytest.raises(UnfixableError) as refused:
        mended(document)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04", "compressed with zip: uncompress it first"),
        (gzip.compress(b"{}", mtime=0)[:-4], "compressed with gzip, and cut short"),
        (b"\x1f\x8b\x08\x00 rubbish of all kinds", "compressed with gzip, and damaged"),
        (codecs.BOM_UTF16_LE + b"{", "the text is not UTF-16 though it begins like it"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b'{"images":\n [}', "the text is not JSON (line 2, byte 13"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice in one object"),
        (b'{"a": NaN}', "numbers that are not finite"),
        (b"[" * 100_000, "their meaning can't be told"),
        (b'"text"', "neither an object nor a list of predictions"),
        (b"[7]", "/0 is not an object"),
        (b'{"info": 1}', "there is no list of predictions"),
    ],
)
def test_what_is_no_coco_file_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(UnfixableError) as refused:
        fix(data)
    assert words in str(refused.value)


def test_a_list_is_no_ground_truth() -> None:
    with pytest.raises(UnfixableError, match="not an object with images"):
        mended([], role="annotations")


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    import zlib

    engine = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    block = b" " * (1 << 24)
    bomb = b"".join([*(engine.compress(block) for _ in range(65)), engine.flush()])
    with pytest.raises(UnfixableError, match="larger than 1,024 MiB once uncompressed"):
        fix(bomb)


# predictions


def test_a_bare_list_gets_the_tables_of_the_annotations() -> None:
    truth = cocofiles.truth()
    fixed = mended(cocofiles.guess()["predictions"], truth)
    assert fixed.role == "predictions"
    found = loaded(fixed)
    assert list(found) == ["images", "categories", "predictions"]
    assert found["images"][0] == {"id": 1, "file_name": "pic_01.jpg", "width": 640, "height": 480}
    assert found["predictions"] == cocofiles.guess()["predictions"]
    assert kinds(fixed) == {"key": 60, "tables": 23}
    assert fixed.sound
    with pytest.raises(UnfixableError, match="no list of images and categories: give the ground truth"):
        mended(cocofiles.guess()["predictions"])


def test_predictions_under_annotations_are_told_by_their_scores() -> None:
    guess = cocofiles.guess()
    guess["annotations"] = guess.pop("predictions")
    fixed = mended(guess)
    assert loaded(fixed) == cocofiles.guess()
    assert kinds(fixed) == {"key": 60}
    guess["predictions"] = None
    assert loaded(mended(guess)) == cocofiles.guess()
    del guess["predictions"], guess["annotations"][0]["score"]
    assert mended(guess).role == "annotations"
    assert [one.code for one in mended(guess, role="predictions").errors] == ["pred-score-missing"]


def test_ids_become_those_of_the_annotations_by_name() -> None:
    guess, truth = cocofiles.guess(), cocofiles.truth()
    for row in guess["images"]:
        row["id"] = 20 - row["id"]
    for row in guess["categories"]:
        row["id"] -= 1
    for row in guess["predictions"]:
        row["image_id"], row["category_id"] = 20 - row["image_id"], row["category_id"] - 1
    guess["images"].append({"id": 99, "file_name": "elsewhere.jpg"})
    guess["images"].append({"id": 20, "file_name": "other.jpg"})
    guess["images"].append({"id": 77})
    fixed = mended(guess, truth)
    found = loaded(fixed)
    assert meaning({**found, "images": found["images"][:20]}) == meaning(cocofiles.guess())
    assert [row["id"] for row in found["images"]] == [*range(1, 21), 99, 100, 77]
    assert kinds(fixed) == {"image-ids-matched": 20, "category-ids-matched": 3}
    assert {one.code for one in fixed.errors} == {"img-filename-missing"}


@pytest.mark.parametrize("image", [[7], {}, None, True, 1e300, "9" * 5000, 10**30])
def test_references_of_any_kind_are_left_and_named(image: Any) -> None:
    guess = cocofiles.guess()
    guess["predictions"][0]["image_id"] = image
    codes = {one.code for one in mended(guess, cocofiles.truth()).errors}
    assert codes <= {"ann-image-orphan", "pred-image-orphan", "json-too-deep-or-big", "x-id-type"}
    assert (codes != set()) is (image is not True)


def test_predictions_that_need_no_ids_get_none() -> None:
    guess = cocofiles.guess()
    for row in guess["predictions"]:
        del row["id"]
    assert mended(guess).changes == ()
    guess["predictions"][5]["id"] = 0
    assert kinds(mended(guess)) == {"row-ids": 60}


def test_names_that_stand_twice_and_unsound_annotations_are_refused() -> None:
    guess, truth = cocofiles.guess(), cocofiles.truth()
    guess["images"][1]["file_name"] = "pic_01.jpg"
    with pytest.raises(UnfixableError, match="/images/1 of the predictions has a file_name that stands twice"):
        mended(guess, truth)
    broken_ways: list[tuple[Callable[[Any], object], str]] = [
        (lambda d: d["images"][0].update(id="1"), "mended first: ids of its images are no whole numbers"),
        (lambda d: d.pop("categories"), "mended first: /categories is not a list"),
    ]
    for change, words in broken_ways:
        broken = cocofiles.truth()
        change(broken)
        with pytest.raises(UnfixableError, match=words):
            mended(cocofiles.guess(), broken)
    with pytest.raises(UnfixableError, match="mended first: it is not an object"):
        mended(cocofiles.guess(), [])


@pytest.mark.parametrize("with_truth", [False, True])
@pytest.mark.parametrize("bare", [False, True])
def test_for_pycocotools_predictions_become_a_bare_list(*, bare: bool, with_truth: bool) -> None:
    guess = cocofiles.guess()["predictions"] if bare else cocofiles.guess()
    fixed = mended(guess, cocofiles.truth() if with_truth else None, target="pycocotools")
    assert loaded(fixed) == cocofiles.guess()["predictions"]
    assert kinds(fixed) == ({} if bare else {"list": 60})
    assert fixed.sound


def test_scores_are_never_guessed() -> None:
    for score in (None, "0.5", 50.0):
        guess = cocofiles.guess()
        guess["predictions"][0]["score"] = score
        fixed = mended(guess)
        assert not fixed.sound
        assert all(one.code.startswith("pred-score-") for one in fixed.errors)


def test_text_that_utf_8_cannot_hold_stays_escaped() -> None:
    document = cocofiles.truth()
    document["info"] = "\ud800"
    del document["annotations"][0]["iscrowd"]
    assert loaded(mended(document))["info"] == "\ud800"


def test_nesting_of_any_depth_is_written_or_refused() -> None:
    refused: set[str] = set()
    for depth in (500, *range(900, 1100), 200_000):
        nested = b"[" * depth + b"]" * depth
        try:
            fix(codecs.BOM_UTF8 + as_bytes(cocofiles.truth())[:-1] + b', "info": ' + nested + b"}")
        except UnfixableError as fault:
            refused.add(str(fault))
    assert any("too large to be read" in one for one in refused)


MUTATIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "ids from 0": lambda d: [row.update(id=row["id"] - 1) for row in d["annotations"]],
    "ids for each image": lambda d: [row.update(id=row["id"] % 4) for row in d["annotations"]],
    "text ids": lambda d: numbered(d, str),
    "named ids": lambda d: numbered(d, lambda one: f"n{one}"),
    "no areas": lambda d: [row.pop("area", 0) for row in d["annotations"]],
    "whole areas": lambda d: [row.update(area=640 * 480) for row in d["annotations"]],
    "no crowds": lambda d: [row.pop("iscrowd", 0) for row in d["annotations"]],
    "true crowds": lambda d: [row.update(iscrowd=False) for row in d["annotations"]],
    "overflow": lambda d: d["annotations"][0].update(bbox=[-20, 200, 80, 90]),
}


@settings(max_examples=40, deadline=None)
@given(faults=st.lists(st.sampled_from(sorted(MUTATIONS)), unique=True), both=st.booleans())
def test_however_many_faults_are_mixed_the_result_passes_and_means_the_same(
    faults: list[str],
    both: bool,  # noqa: FBT001 - hypothesis gives it by name
) -> None:
    document = cocofiles.truth()
    for fault in faults:
        MUTATIONS[fault](document)
    target = "pycocotools" if both else "platform"
    fixed = mended(document, target=target)
    assert fixed.sound
    if "overflow" not in faults:
        assert meaning(loaded(fixed)) == meaning(cocofiles.truth())
    findings = examine(fixed.data, target=target).findings
    assert [one.code for one in findings if one.severity is Severity.ERROR] == []
    again = fix(fixed.data, Options(target=target))
    assert (again.changes, again.data) == ((), fixed.data)
