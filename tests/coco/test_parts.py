"""Single parts whose answers can be stated exactly."""

from __future__ import annotations

import gc
import json
import random
from typing import Any

import msgspec
import numpy as np
import pytest
from coco.made import compressed
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from s3doctor.coco import (
    RULES,
    compare,
    duplicates,
    examine,
    examine_annotations,
    examine_predictions,
    platform_key,
    rle,
)
from s3doctor.coco.events import Array, Batch
from s3doctor.coco.formats import recognise
from s3doctor.coco.ids import Lookup, repeated
from s3doctor.coco.ledger import Ledger, Place, shorten
from s3doctor.coco.memory import calm
from s3doctor.coco.names import Names, faults_of
from s3doctor.coco.polygons import parse
from s3doctor.coco.rule import TARGETS, worst
from s3doctor.coco.statistics import counted
from s3doctor.coco.tally import Tally
from s3doctor.finding import Severity

IMAGE = {"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}
ROW: dict[str, Any] = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0}


def document(*rows: dict[str, Any], **more: Any) -> bytes:
    made = {"images": [IMAGE], "annotations": list(rows), "categories": [{"id": 1, "name": "car"}], **more}
    return json.dumps(made).encode()


def texts(data: bytes, code: str, **options: Any) -> list[str]:
    found = {one.code: one for one in examine(data, **options).findings}
    return [place.text for place in found[code].examples]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_compressed_runs_are_read_as_pycocotools_writes_them(counts: list[int]) -> None:
    assert rle.counts_of_text(compressed(counts)).tolist() == counts


def test_masks_are_measured_as_pycocotools_measures_them() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        height, width = (int(side) for side in rng.integers(1, 12, 2))
        bitmap = np.asfortranarray(rng.random((height, width)) < rng.random(), np.uint8)
        mask = coco_mask.encode(bitmap)
        ours = rle.measure([height, width], mask["counts"].decode())
        x, y, w, h = coco_mask.toBbox(mask).tolist()
        assert ours.area == coco_mask.area(mask)
        assert np.isnan(ours.bounds[0]) if not ours.area else ours.bounds == (x, y, x + w, y + h)


@pytest.mark.parametrize(
    ("size", "counts", "code"),
    [
        (None, [1], "rle-keys"),
        ([2], [1], "rle-keys"),
        ([2, True], [1], "rle-keys"),
        ([2, 2], None, "rle-keys"),
        ([2, 2], [1, 2.5], "rle-counts-type"),
        ([2, 2], [10**30], "rle-counts-type"),
        ([2, 2], [5_000_000_000], "rle-counts-type"),
        ([2, 2], "b'04'", "rle-counts-type"),
        ([2, 2], "é", "rle-counts-type"),
        ([2, 2], "0 4", "rle-counts-type"),
        ([2, 2], "P", "rle-counts-type"),
        ([2, 2], "PPPPPPPPPP0", "rle-counts-type"),
        ([2, 2], "O", "rle-counts-type"),
        ([2, 2], "", "rle-sum"),
        ([2, 2], [1], "rle-sum"),
    ],
)
def test_a_bad_mask_is_named(size: object, counts: object, code: str) -> None:
    with pytest.raises(rle.Bad) as raised:
        rle.measure(size, counts)
    assert raised.value.code == code


NUMBER = st.one_of(st.integers(-99_999, 99_999).map(str), st.floats(-9999, 9999).map(lambda one: f"{one:.2f}"))


@given(
    st.lists(st.lists(st.lists(NUMBER, max_size=5), min_size=1, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["", " ", "\n"]),
)
def test_polygons_are_read_as_the_decoder_reads_them(masks: list[list[list[str]]], space: str) -> None:
    lines = [f"[{space}" + f",{space}".join(f"[{f',{space}'.join(one)}]" for one in mask) + "]" for mask in masks]
    found = parse([line.encode() for line in lines])
    plain = [json.loads(line) for line in lines]
    assert found is not None
    assert found.flat.tolist() == [number for mask in plain for one in mask for number in one]
    assert found.lengths.tolist() == [len(one) for mask in plain for one in mask]
    assert found.owners.tolist() == [at for at, mask in enumerate(plain) for _ in mask]


@pytest.mark.parametrize("text", [b"[1, 2]", b"[[[1]]]", b"[[1e5]]", b"[[123456789]]", b"[[null]]"])
def test_polygons_that_are_something_else_are_left_to_the_decoder(text: bytes) -> None:
    assert parse([text]) is None


def test_long_numbers_are_read_by_the_decoder() -> None:
    exact = [[1.123456789, 2, 31.123456789, 2, 31.123456789, 42, 1.123456789, 42]]
    assert examine_annotations(document({**ROW, "segmentation": exact}), target="both").findings[0].code == "cls-rare"


@pytest.mark.parametrize(
    ("segmentation", "hint"),
    [
        ([1, 2, 3, 4, 5, 6], "a flat list of numbers: put it into another list"),
        ([{"size": [1, 1], "counts": [1]}], "run lengths within a list: write the object alone"),
        ([[[1, 2], [3, 4], [5, 6]]], "points as pairs: write x and y one after another"),
        (["x"], ""),
        ([[1, 2, 3, 4, 5, "6"]], ""),
        ("x", ""),
        (7, ""),
    ],
)
def test_a_misshapen_mask_is_explained(segmentation: object, hint: str) -> None:
    assert texts(document({**ROW, "segmentation": segmentation}), "seg-type") == [hint]


def test_some_polygons_empty_some_short_some_nonfinite() -> None:
    masks = [[[], []], [[], [1, 2, 31, 2, 31, 42]], [[1, 2], [1, 2, 3, 4]], [[1, 2, 3, 4, 5, 6]]]
    found = {
        one.code: one.count
        for one in examine_annotations(
            document(*({**ROW, "id": at + 1, "segmentation": one} for at, one in enumerate(masks)))
        ).findings
    }
    assert found["seg-empty-among-masks"] == 2
    assert found["seg-short"] == 2
    nonfinite = document({**ROW, "segmentation": [[1, 2, 3, 4, 5, 6]]}).replace(b"5, 6", b"NaN, 6")
    assert {one.code for one in examine_annotations(nonfinite).findings} == {"json-nonfinite", "cls-one", "cls-rare"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a/b.jpg", "a_b"),
        ("a_b.png", "a_b"),
        ("cam 1.jpg", "cam_1"),
        ("x(1).jpg", "x1"),
        ("café.jpg", "cafe"),
        ("日本.jpg", ""),
        ("dir/._x_.jpg", "dir_x"),
        ("noextension", "noextension"),
    ],
)
def test_the_key_of_an_image(name: str, key: str) -> None:
    assert platform_key(name) == key


def test_faults_of_names() -> None:
    assert faults_of("sub/dir-1/a_b.c.jpeg") == []
    assert faults_of("x.jpg ") == ["img-filename-encoded"]
    assert faults_of("/x.bmp") == ["img-filename-absolute", "img-filename-extension"]
    assert faults_of("C:\\x.jpg") == ["img-filename-absolute"]
    assert faults_of("http://x/y.jpg") == ["img-filename-absolute"]


def test_names_are_a_sequence() -> None:
    names = Names()
    names.extend(["a", "\ud800", ""])
    assert names[1] == "\ud800"
    names.extend(["日本"])
    assert names[:] == ["a", "\ud800", "", "日本"]
    assert names[-1] == "日本"
    with pytest.raises(IndexError):
        names[4]


def test_a_lookup_finds_ids_large_and_small() -> None:
    assert Lookup(np.array([5, 3, 5, -(2**63)])).find(np.array([5, 3, 4, -1, 10**12])).tolist() == [0, 1, -1, -1, -1]
    assert Lookup(np.array([10**12, 7])).find(np.array([7, 10**12, 8])).tolist() == [1, 0, -1]
    assert Lookup(np.zeros(0, np.int64)).find(np.array([7])).tolist() == [-1]


def test_repeated_ids_over_many_parts() -> None:
    rng = np.random.default_rng(1)
    chunks = [rng.integers(-(2**40), 2**40, 600_000) for _ in range(4)]
    chunks[3][7] = chunks[0][9]
    plain, counts = np.unique(np.concatenate(chunks), return_counts=True)
    assert repeated(chunks).tolist() == plain[counts > 1].tolist()
    assert repeated([]).size == 0


def test_a_tally_of_many_rows() -> None:
    tally = Tally()
    for part in range(4):
        tally.add(np.arange(part, part + 50_000), np.arange(part * 50_000, (part + 1) * 50_000))
    ours = tally.result()
    assert int(ours.counts.sum()) == 200_000
    assert ours.first[:5].tolist() == [0, 1, 2, 3, 4]


def test_a_sample_depends_on_the_numbers_alone() -> None:
    numbers = np.random.default_rng(2).integers(-(2**62), 2**62, 300_000)
    one, other = duplicates.Sample.empty(), duplicates.Sample.empty()
    one.add(numbers)
    for part in np.array_split(numbers[::-1], 7):
        other.add(part)
    assert one.limit == other.limit
    assert sorted(one.kept.tolist()) == sorted(other.kept.tolist())
    assert one.share_in(other) == 1
    assert duplicates.Sample.empty().share_in(one) == 0


def many(count: int) -> bytes:
    rows = [
        {**ROW, "id": at + 1, "image_id": at // 2, "bbox": [10, 10 + at % 2 / 4, 50, 40], "area": 2000}
        for at in range(count)
    ]
    images = [{**IMAGE, "id": at, "file_name": f"{at}.jpg"} for at in range(count // 2)]
    return json.dumps({"images": images, "annotations": rows, "categories": [{"id": 1, "name": "car"}]}).encode()


def test_near_copies_among_more_rows_than_are_kept() -> None:
    whole = {one.code: one for one in examine_annotations(many(1000)).findings}
    assert whole["ann-near-duplicate"].count == 500
    ledger = Ledger()
    found = duplicates.Duplicates(ledger, predicted=False, most=300)
    rows = np.arange(1000)
    box = np.stack([np.full(1000, 10.0), 10 + rows % 2 / 4, np.full(1000, 50.0), np.full(1000, 40.0)], axis=1)
    for part in np.array_split(rows, 7):
        found.add(part // 2, np.ones(part.size, np.int64), box[part], part)
    found.finish(lambda row, _: Place((row,), f"/annotations/{row}"), lambda: np.array_split(rows, 7))
    sampled = {one.code: one for one in ledger.findings()}
    assert 20 < sampled["ann-near-duplicate"].count <= 150
    assert "in a part of the images only" in sampled["ann-near-duplicate"].summary


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ('[{"image": "a.jpg", "annotations": []}]', "Create ML"),
        ('[{"data": {}, "annotations": []}]', "Label Studio"),
        ('[{"External ID": "a"}]', "Labelbox"),
        ('{"_via_settings": {}}', "VGG Image Annotator"),
        ('{"shapes": [], "imagePath": "a"}', "LabelMe"),
        ('{"items": [], "categories": {}}', "Datumaro"),
        ('{"annotations": [{"segments_info": []}], "images": [], "categories": []}', "panoptic"),
        ('{"a.jpg1": {"filename": "a.jpg", "regions": {}}}', "VGG Image Annotator"),
    ],
)
def test_another_format_is_recognised(text: str, format_: str) -> None:
    assert format_ in texts(text.encode(), "top-wrong-format")[0]
    assert {RULES[one.code].group for one in examine_annotations(text.encode()).findings} <= {"file", "top"}


def test_what_is_no_other_format() -> None:
    assert recognise("array", {}, {"": 7}) == ""
    assert recognise("string", {}, {}) == ""


def test_a_missing_list_suggests_a_near_name() -> None:
    data = json.dumps({"image": [IMAGE], "annotations": [ROW], "categories": [{"id": 1, "name": "car"}]}).encode()
    assert texts(data, "top-missing-key") == ["images is missing; is 'image' meant?"]


@pytest.mark.parametrize(
    ("id_", "known", "hint"),
    [("1", 1, "text where"), (1, "1", "numbers where"), (0, 1, "adding 1"), (2, 1, "adding -1"), (7, 1, "")],
)
def test_orphans_come_with_a_hint(id_: object, known: object, hint: str) -> None:
    data = document({**ROW, "image_id": id_}, images=[{**IMAGE, "id": known}])
    found = {one.code: one for one in examine_annotations(data).findings}
    assert hint in found["ann-image-orphan"].summary


def test_scores_as_percentages_and_logits() -> None:
    for score, hint in ((87.5, "percentages"), (-2.5, "logits"), (1e6, "")):
        rows = [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": score}]
        found = {one.code: one for one in examine_predictions(json.dumps(rows).encode()).findings}
        assert hint in found["pred-score-range"].summary


def test_keypoints_of_every_kind() -> None:
    kind = {"id": 1, "name": "person", "keypoints": ["a", "b"], "skeleton": "x"}
    good = {"keypoints": [1.5, 2, 2, 0, 0, 0], "num_keypoints": 1}
    rows = [
        {**ROW, "id": 1, **good},
        {**ROW, "id": 2},
        {**ROW, "id": 3, **good, "keypoints": "x"},
        {**ROW, "id": 4, **good, "keypoints": [1, 2, None]},
        {**ROW, "id": 5, **good, "num_keypoints": True},
        {**ROW, "id": 6, "keypoints": [0, 0, 0] * 2},
        {**ROW, "id": 7, **good, "category_id": 2},
        {**ROW, "id": 8, **good, "keypoints": [1, 2, 2]},
    ]
    kinds = [kind, {"id": 2, "name": "dog"}, {"id": 3, "name": "cat", "keypoints": 7}]
    found = {
        one.code: one for one in examine_annotations(document(*rows, categories=kinds), target="pycocotools").findings
    }
    assert found["kpt-length"].count == 3
    assert found["kpt-num"].count == 2
    assert found["kpt-category"].count == 3
    assert found["kpt-not-17"].count == 4
    nonfinite = document({**ROW, **good}, categories=[kind]).replace(b"1.5", b"NaN")
    assert "kpt-length" not in {one.code for one in examine_annotations(nonfinite).findings}
    guess = json.dumps([{**ROW, **good, "score": 0.5}]).encode()
    assert "kpt-num" not in {one.code for one in examine_predictions(guess, target="both").findings}


def test_many_kinds_of_keypoints_and_categories_and_keys_are_bounded() -> None:
    rows = b",".join(b'{"category_id": %d, "keypoints": [1, 2, 2]}' % at for at in range(10_050))
    assert "kpt-num" in {
        one.code for one in examine_annotations(b'{"annotations": [%s]}' % rows, target="both").findings
    }
    kinds = b",".join(b'{"id": %d, "name": "k%d"}' % (at, at) for at in range(100_050))
    found = examine_annotations(
        b'{"categories": [%s], "annotations": [{"category_id": 1}]}' % kinds, block_size=1 << 16
    )
    assert {"json-too-deep-or-big"} <= {one.code for one in found.findings}
    assert "ann-category-orphan" not in {one.code for one in found.findings}
    keys = b",".join(b'"%d": 1' % at for at in range(10_050))
    assert "json-too-deep-or-big" in {one.code for one in examine_annotations(b"{%s}" % keys).findings}


def test_odd_keys_and_values_go_the_slow_road() -> None:
    wide = {**ROW, **{f"key {at}": at for at in range(70)}}
    assert {
        one.code for one in examine_annotations(document(wide, wide | {"id": 2, "bbox": [1, 2, 3, -1]})).findings
    } >= {"bbox-negative-size"}
    odd = document({**ROW, "x": 1}).replace(b'"x": 1', b'"x": 1e999')
    assert "json-nonfinite" in {one.code for one in examine_annotations(odd).findings}
    escaped = document({**ROW, 'a "quoted" \\ key': 1, "\n": 2, "\ud800": 3})
    assert {one.code for one in examine_annotations(escaped, target="both").findings} == {"cls-one", "cls-rare"}
    twice = document({**ROW, "segmentation": {"size": [80, 100], "counts": [8000]}}).replace(
        b'"size"', b'"size": [1, 1], "size"'
    )
    assert "json-duplicate-key" in {one.code for one in examine_annotations(twice).findings}
    huge = document({**ROW, "area": 1}).replace(b'"area": 1', b'"area": 1' + b"0" * 400)
    assert "area-value" in {one.code for one in examine_annotations(huge).findings}
    assert "ann-id-type" not in {
        one.code for one in examine_annotations(document({**ROW, "id": 10**30}), target="both").findings
    }
    assert examine_annotations(document(ROW, images=[{**IMAGE, "width": 10**30}])).findings[0].code == "img-size-type"
    assert not [
        one
        for one in examine_annotations(document(ROW, images=[{**IMAGE, "width": 100.0}])).findings
        if one.severity is Severity.ERROR
    ]


def test_a_root_category_of_roboflow_is_explained() -> None:
    kinds = [
        {"id": 0, "name": "animals", "supercategory": "none"},
        {"id": 1, "name": "cat", "supercategory": "animals"},
    ]
    assert texts(document(ROW, categories=kinds), "cat-unused") == [
        "the root of all others, as Roboflow writes it: not meant to be used"
    ]


def test_the_same_file_twice_and_no_objects() -> None:
    data = document(*({**ROW, "id": at + 1, "bbox": [at, 2, 30, 40]} for at in range(12)))
    assert [one.code for one in examine(data, data).across] == ["top-swapped-files"]
    empty = examine_annotations(document())
    assert empty.worst() is Severity.WARNING
    assert examine_annotations(document(ROW, images=[IMAGE]), target="pycocotools", examples=0).worst() is Severity.INFO
    assert compare(examine_annotations(b""), empty) == ()


def test_positions_in_a_list_of_ids_with_gaps() -> None:
    kinds = [{"id": at, "name": f"k{at}"} for at in (1, 2, 13, 90)]
    rows = [{"image_id": 1, "category_id": at, "bbox": [1, 2, 30, 40], "score": 0.5} for at in (0, 3)]
    found = {one.code: one for one in examine(document(ROW, categories=kinds), json.dumps(rows).encode()).across}
    assert "positions 0 to 3" in found["x-category-shift"].summary
    far = json.dumps([{**rows[0], "category_id": 77}]).encode()
    assert "x-category-shift" not in {one.code for one in examine(document(ROW, categories=kinds), far).across}


def test_nested_results_are_named() -> None:
    assert examine_predictions(b"[[1, 2]]").findings[0].code == "pred-shape"


def test_sizes_are_borrowed_from_the_ground_truth() -> None:
    truth = document(ROW, images=[IMAGE, {**IMAGE, "id": 2, "file_name": "b.jpg", "width": 500, "height": 500}])
    row = {"image_id": 2, "category_id": 1, "bbox": [200, 10, 30, 40], "score": 0.5}
    fits = {"images": [{"id": 2, "file_name": "b.jpg"}], "categories": [{"id": 1, "name": "car"}], "predictions": [row]}
    swapped = {**fits, "images": [{"id": 2, "file_name": "a.jpg"}]}
    late = {key: fits[key] for key in ("predictions", "categories", "images")}
    for guess, outside in (
        (fits, False),
        (late, False),
        (swapped, True),
        ([row], False),
        ([{**row, "image_id": 1}], True),
    ):
        found = {one.code for one in examine(truth, json.dumps(guess).encode()).predictions.findings}  # type: ignore[union-attr]
        assert ("bbox-outside" in found) is outside


def test_histograms() -> None:
    assert counted(np.array([1, 2, 3, 9]), 6).counts == (2, 1, 1, 1, 0, 1)
    assert counted(np.zeros(0, np.int64), 0).counts == ()
    ours = examine_predictions(
        json.dumps([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "score": 0.55}]).encode()
    )
    assert sum(ours.summary.scores.counts) == 1
    assert sum(ours.summary.box_widths.counts) == 1
    assert ours.summary.rows_by_category == (("1", 1),)


def test_values_are_shortened() -> None:
    assert shorten("x" * 200) == "x" * 79 + "…"
    assert shorten([1, 2]) == [1, 2]
    assert len(shorten({"a": "y" * 500})) == 80
    assert shorten(10**400) == f"an integer of {(10**400).bit_length()} bits"
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    assert shorten(nested) == "a deeply nested list"
    assert shorten("\ud800") == "\\ud800"


def test_the_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    with calm(), calm():
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with calm():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_every_rule_is_told_in_full() -> None:
    for code, rule in RULES.items():
        assert code == rule.code
        assert rule.title
        assert rule.fix.endswith((".", ")", "}"))
        assert "pycocotools: " in rule.why
        assert any(rule.severity(target) for target in TARGETS)
    assert worst(None, None) is None


def test_msgspec_still_tells_where_json_breaks() -> None:
    """The reader takes the place of an error from the text of msgspec's message."""
    with pytest.raises(msgspec.DecodeError, match=r"malformed: .* \(byte 5\)"):
        msgspec.json.decode(b'{"a" 1}', type=msgspec.Raw)


def test_ids_far_apart_in_any_order() -> None:
    rng = random.Random(5)
    rows = [{**ROW, "id": rng.getrandbits(50)} for _ in range(20)]
    assert "ann-id-duplicate" not in {one.code for one in examine_annotations(document(*rows)).findings}
    found = {one.code: one.count for one in examine_annotations(document(*rows, *rows[:3])).findings}
    assert found["ann-id-duplicate"] == 3


def test_a_comma_too_many_in_every_element_takes_linear_time() -> None:
    rows = b",".join(b'{"id": %d, "bbox": [1, 2, 3, -4,],}' % at for at in range(1, 5001))
    found = {one.code: one for one in examine_annotations(b'{"annotations": [%s]}' % rows).findings}
    assert found["json-syntax"].count == 10_000
    assert found["bbox-negative-size"].count == 5000
    place = found["json-syntax"].examples[0]
    assert rows[(place.offset or 0) - 17 :][:2] == b",]"


def test_lines_are_counted_right_in_whatever_order_places_are_asked_for() -> None:
    text = b'[{"a": 1},\n{"a": 2}, {"a": 3},\n\n{"a": 4}]'
    batch = Batch(Array("/rows", 1, Place((1,), "/rows")), 0, text, 100, 7)
    assert [batch.place(at).line for at in (0, 1, 2, 3)] == [7, 8, 8, 10]
    assert [batch.place(at).line for at in (3, 0, 2, 1, 1)] == [10, 7, 8, 8, 8]
