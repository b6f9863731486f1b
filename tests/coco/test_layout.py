"""Rows that are read from their text are what a decoder makes of them; whatever else stands there is left to it."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from s3doctor.coco import examine_annotations, examine_predictions
from s3doctor.coco.kept import Kept
from s3doctor.coco.layout import BOX, POLYGONS, REAL, WHOLE, Layout, Table, layout_of
from s3doctor.coco.typed import Shape

KINDS = {"id": WHOLE, "area": REAL, "bbox": BOX, "segmentation": POLYGONS}
KNOWN = (*KINDS, "iscrowd", "keypoints")
ROW: dict[str, Any] = {"id": 7, "segmentation": [[1.5, 2, 31, 2.25, 31, 42]], "bbox": [1, 2.5, 30, 40], "area": 600.25}
RUNS = {"size": [80, 100], "counts": [0, 8000]}


def text_of(rows: list[dict[str, Any]], indent: int | None = None) -> bytes:
    """The rows as an array; no space stands before its first row, nor after its last."""
    text = json.dumps(rows, indent=indent).encode()
    return b"[" + text[1:-1].strip() + b"]"


def learnt(text: bytes) -> Layout:
    layout = layout_of(text, KINDS, KNOWN)
    assert layout is not None
    return layout


def plain(table: Table) -> list[dict[str, Any]]:
    """The rows of a table as a decoder would give them."""
    rows: list[dict[str, Any]] = [{} for _ in range(table.size)]
    for key, values in table.arrays.items():
        for row, value in zip(rows, values.tolist(), strict=True):
            row[key] = value
    if table.drawn is not None:
        for row in rows:
            row["segmentation"] = []
        flat = table.drawn.flat.tolist()
        for owner, length in zip(table.drawn.owners.tolist(), table.drawn.lengths.tolist(), strict=True):
            rows[owner]["segmentation"].append(flat[:length])
            del flat[:length]
    return rows


NUMBER = st.one_of(
    st.integers(-999_999, 999_999),
    st.integers(-(10**20), 10**20),
    st.floats(-9999, 9999).map(lambda one: round(one, 2)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 0.5, 1e-05, 1e22, 1.5e300]),
)
LAID_OUT = st.fixed_dictionaries(
    {
        "id": st.integers(0, 10**15 - 1),
        "segmentation": st.lists(st.lists(NUMBER, min_size=2, max_size=9), min_size=1, max_size=3),
        "bbox": st.lists(NUMBER, min_size=4, max_size=4),
        "score": NUMBER,
        "note": st.none(),
        "area": NUMBER,
    }
)


@given(st.lists(LAID_OUT, min_size=1, max_size=6), st.sampled_from([None, None, 0]))
@settings(deadline=None, derandomize=True)
def test_rows_are_read_as_the_decoder_reads_them(rows: list[dict[str, Any]], indent: int | None) -> None:
    first = {"id": 1, "segmentation": [[1, 2]], "bbox": [1, 2, 3, 4], "score": 0, "note": None, "area": 5}
    rows = [{key: row[key] for key in first} for row in rows]
    text = text_of([first, *rows], indent)
    table = learnt(text).read(text)
    if table is None:  # only where polygons lie on lines of their own
        assert indent == 0
        assert any(len(row["segmentation"]) > 1 for row in rows)
        return
    wanted = [{key: row[key] for key in KINDS} for row in json.loads(text, parse_int=float)]
    assert plain(table) == wanted
    assert not table.cut


@pytest.mark.parametrize("indent", [None, 0])
def test_a_text_that_differs_in_one_byte_is_read_right_or_not_at_all(indent: int | None) -> None:
    rows = [ROW, {**ROW, "id": 0, "area": -1e-05}, {**ROW, "segmentation": [[1, 2, 3, 4], [-5, 6.5]]}]
    text = text_of(rows, indent)
    layout = learnt(text)
    for at in range(1, len(text) - 1):
        for other in (b"", *(bytes([one]) for one in b'0 9.-e,[]{}":x\n\\')):
            changed = text[:at] + other + text[at + 1 :]
            found = layout.read(changed)
            if found is not None and not found.cut:  # what was cut out is for the decoder to judge
                try:
                    twice = json.loads(changed, object_pairs_hook=list)
                except json.JSONDecodeError:
                    raise AssertionError(changed) from None
                assert plain(found) == [dict(pairs) for pairs in twice], changed
                assert all(len(dict(pairs)) == len(pairs) for pairs in twice)


def test_rows_with_run_lengths_are_cut_out_and_told_where_they_stood() -> None:
    crowd = {**ROW, "segmentation": RUNS}
    for pattern in ("10", "01", "0110", "1001", "11011", "000100"):
        rows = [{**(ROW if one == "1" else crowd), "id": at} for at, one in enumerate(pattern)]
        text = text_of(rows)
        table = learnt(text_of([ROW, ROW])).read(text)
        assert table is not None
        assert {at: json.loads(cut) for at, cut in table.cut.items()} == {
            at: rows[at] for at, one in enumerate(pattern) if one == "0"
        }
        assert table.arrays["id"].tolist() == [at for at, one in enumerate(pattern) if one == "1"]
    assert learnt(text_of([ROW, ROW])).read(text_of([crowd, crowd])) is None
    many = text_of([ROW, *[crowd] * 20, ROW])
    assert learnt(text_of([ROW, ROW])).read(many) is None


@pytest.mark.parametrize(
    "rows",
    [
        [ROW],
        [{}, {}],
        [{"iscrowd": 0, **ROW}] * 2,
        [{"keypoints": [1, 2, 3], **ROW}] * 2,
        [{**ROW, "id": "1"}] * 2,
        [{**ROW, "bbox": [1, 2, 3]}] * 2,
        [{**ROW, "segmentation": []}] * 2,
        [{**ROW, "segmentation": RUNS}] * 2,
        [{**ROW, "note 7": ""}] * 2,
        [{**ROW, "note": "1.2.3"}] * 2,
        [{**ROW, "note": "é"}] * 2,
    ],
)
def test_what_no_layout_describes(rows: list[dict[str, Any]]) -> None:
    assert layout_of(json.dumps(rows, ensure_ascii=False).encode(), KINDS, KNOWN) is None


def test_keys_that_stand_twice_and_lists_of_two_kinds_have_no_layout() -> None:
    text = text_of([ROW, ROW])
    assert layout_of(text.replace(b'"area"', b'"id"'), KINDS, KNOWN) is None
    assert layout_of(text.replace(b"2.5, 30", b"2.5,30").replace(b"[1, 2.5", b"[1,2.5"), KINDS, KNOWN) is None
    assert layout_of(text.replace(b", ", b",\n" + b" " * 9), KINDS, KNOWN) is None
    assert layout_of(text.replace(b"}, {", b"} {"), KINDS, KNOWN) is None


def coco_file(rows: list[dict[str, Any]]) -> bytes:
    images = [{"id": at, "file_name": f"{at}.jpg", "width": 100, "height": 80} for at in range(1, 6)]
    return json.dumps({"images": images, "annotations": rows, "categories": [{"id": 1, "name": "car"}]}).encode()


def faulty(rng: random.Random, number: int) -> dict[str, Any]:
    """A row of which one field or another is now and then not as it should be."""
    x, y, w, h = rng.randint(0, 40), rng.randint(0, 30), rng.randint(5, 50), rng.randint(5, 40)
    row: dict[str, Any] = {
        "id": number,
        "image_id": rng.randint(1, 5),
        "category_id": 1,
        "bbox": [x, y, w, h],
        "iscrowd": 0,
        "area": w * h,
        "segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]],
    }
    if rng.random() < 0.1:
        row |= {"segmentation": RUNS, "iscrowd": 1}
    faults: list[tuple[str, list[Any]]] = [
        ("bbox", [[1, 2, 0, 4], [1, 2, -3, 4], [1e-05, 2, 300, 4], [1, 2, 3], None, [1, 2, 0.5, 1e999]]),
        ("area", [0, -1, 1e-07, 123456789.125, 10**12, None, "7", 1e999]),
        ("segmentation", [[], [[]], [[1, 2]], [[1, 2, 3]], [[1, 2, 3, 4, 5, 6], [7]], {"size": [1], "counts": []}, 7]),
        ("segmentation", [{"size": [9, 9], "counts": [81]}, {"size": [9, 9], "counts": "Q2"}, [[1e300, 2] * 3]]),
        ("iscrowd", [1, 2, None, True, 0.0]),
        ("image_id", [77, "1", 10**18, 1.0, -1]),
        ("id", [number - 1, 0, 10**14, 10**40, None, -5]),
        ("score", [0.5]),
        ("extra", [{"a": {"b": 1}}, "}, {", [1]]),
    ]
    if rng.random() < 0.15:
        key, values = rng.choice(faults)
        row[key] = rng.choice(values)
    return row


@pytest.mark.parametrize("seed", range(6))
def test_findings_are_the_same_however_rows_are_read(seed: int) -> None:
    rng = random.Random(seed)
    rows = [faulty(rng, number) for number in range(1, 400)]
    data = coco_file(rows)
    whole = examine_annotations(data, target="both")  # one batch: nothing is read by its layout
    for block in (900, 3000, 9000, 30_000):
        assert examine_annotations(data, target="both", block_size=block) == whole
    guess = [{key: row[key] for key in ("image_id", "category_id", "bbox")} | {"score": rng.random()} for row in rows]
    results = json.dumps(guess).encode()
    whole = examine_predictions(results, target="both")
    for block in (700, 5000):
        assert examine_predictions(results, target="both", block_size=block) == whole


def test_a_layout_that_no_longer_fits_is_given_up() -> None:
    shape = Shape({"id": int, "area": float})
    for text in [b'[{"id": 1, "area": 2.5}, {"id": 2, "area": 3}]'] * 2:
        assert [shape.decode(text).values["area"] for _ in range(2)] == [[2.5, 3.0]] * 2
    assert shape.decode(b'[{"id": 3, "area": 4}, {"id": 4, "area": 5}]').table is not None
    for _ in range(20):
        columns = shape.decode(b'[{"area": 2.5, "id": 1}, {"area": 3, "id": 2}]')
        assert columns.values == {"id": [1, 2], "area": [2.5, 3.0]}
    assert shape.decode(b'[{"id": 3, "area": 4}, {"id": 4, "area": 5}]').table is None


def test_rows_cut_out_must_have_the_fields_of_the_others() -> None:
    shape = Shape({"id": int, "segmentation": Raw, "bbox": tuple[float, float, float, float]})
    ours = {"id": 1, "segmentation": [[1, 2, 3, 4]], "bbox": [1, 2, 3, 4]}
    both = [ours, {**ours, "id": 10**30, "segmentation": RUNS}]
    shape.decode(text_of([ours, {**ours, "segmentation": RUNS}, {"id": 1, "segmentation": RUNS}]))
    assert shape.decode(text_of([ours, {**ours, "segmentation": RUNS}])).table is not None
    assert shape.decode(text_of([ours, {"id": 3, "segmentation": RUNS}])).table is None
    assert shape.decode(text_of(both)).table is None
    assert np.array_equal(shape.decode(text_of(both)).values["id"], [1, 10**30])


@pytest.mark.parametrize(
    "other",
    [
        b'"area": 1.%s' % (b"0" * 40),
        b'"area": 1e999',
        b'"area": [600.25]',
        b'"area": 600.25, 600.25',
        b'"area": 600.25, "area": 600.25',
    ],
)
def test_numbers_that_only_a_decoder_may_judge(other: bytes) -> None:
    text = text_of([ROW, ROW, ROW])
    assert learnt(text).read(text.replace(b'"area": 600.25', other, 1)) is None
    boxes = text.replace(b"[1, 2.5, 30, 40]", b"[1, 2.5], [30, 40]", 1)
    assert learnt(text).read(boxes) is None


def test_what_was_cut_out_and_is_no_json_is_refused_by_the_decoder() -> None:
    shape = Shape({"id": int, "segmentation": Raw, "bbox": tuple[float, float, float, float], "area": float})
    text = text_of([ROW, {**ROW, "segmentation": RUNS}, ROW])
    for _ in range(2):
        shape.decode(text)
    with pytest.raises(msgspec.DecodeError):
        shape.decode(text.replace(b"[0, 8000]", b"[0, 8000"))
    twice = text.replace(b'{"size"', b'{"counts": 7, "size"')
    with pytest.raises(msgspec.ValidationError):
        shape.decode(twice)


def test_a_size_that_no_integer_can_hold_spoils_no_other_mask() -> None:
    rows = [{"id": at, "image_id": 1, "category_id": 1, "bbox": [0, 0, 100, 80], "iscrowd": 1} for at in range(1, 4)]
    sizes = [[80, 100], [10**30, 1], [80, 100]]
    data = coco_file(
        [{**row, "area": 8000, "segmentation": {**RUNS, "size": size}} for row, size in zip(rows, sizes, strict=True)]
    )
    found = {finding.code: finding.count for finding in examine_annotations(data, target="both").findings}
    assert found["rle-huge"] == 1
    assert not [code for code in found if code.startswith(("rle-", "seg-")) and code != "rle-huge"]


def test_rows_with_objects_inside_stay_on_the_fast_path() -> None:
    shape = Shape({"id": int})
    for attributes in ('{"occluded": false, "rotation": 0.5}', '{"a": {"b": [1e5]}}', '[{"a": 1}]', '{"}": ",{"}'):
        text = f'[{{"id": 1, "attributes": {attributes}}}, {{"id": 2, "attributes": {attributes}}}]'.encode()
        for _ in range(2):
            assert shape.decode(text).values == {"id": [1, 2]}
    for odd in ('{"a": 1, "a": 2}', '{"b": [{"a": 1, "a": 1}]}', "1e999", '{"a": ' + "9" * 5000 + "}"):
        with pytest.raises(msgspec.ValidationError):
            shape.decode(f'[{{"id": 1, "attributes": {odd}}}]'.encode())


def test_more_kinds_of_objects_than_are_remembered() -> None:
    shape = Shape({"id": int})
    for start in range(0, 40_000, 8000):
        rows = [{"id": at, "attributes": {"track": at, "name": "x" * (at % 300)}} for at in range(start, start + 8000)]
        assert shape.decode(text_of(rows)).values["id"] == list(range(start, start + 8000))


def test_a_row_cut_out_for_another_object_is_left_to_the_decoder() -> None:
    shape = Shape({"id": int, "segmentation": Raw})
    rows = [{"id": 1, "segmentation": [[1, 2]], "x": 1}, {"id": 2, "segmentation": [[3, 4]], "x": 2}]
    shape.decode(text_of(rows))
    assert shape.decode(text_of(rows)).table is not None
    columns = shape.decode(text_of([rows[0], {**rows[1], "x": {"segmentation": {}}}]))
    assert columns.table is None
    assert columns.values == {"id": [1, 2], "segmentation": [b"[[1, 2]]", b"[[3, 4]]"]}


def test_numbers_are_given_back_from_memory_and_from_a_file() -> None:
    for in_memory in (1 << 20, 16):
        kept = Kept(in_memory)
        parts: list[Any] = [np.arange(5), np.arange(3, dtype=np.uint32), np.zeros(0, np.int64), np.arange(100)]
        for part in parts[:2]:
            kept.add(part)
        assert [one.tolist() for one in kept] == [one.tolist() for one in parts[:2]]
        for part in parts[2:]:
            kept.add(part)
        for _ in range(2):
            assert [(one.dtype, one.tolist()) for one in kept] == [(one.dtype, one.tolist()) for one in parts]


def test_annotations_with_scores_are_told_however_they_are_read() -> None:
    rows = [
        {"id": at, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, at], "iscrowd": 0, "area": 30 * at, "score": 0.5}
        for at in range(5, 75)
    ]
    whole = examine_annotations(coco_file(rows))
    assert "top-swapped-files" in {finding.code for finding in whole.findings}
    assert whole.scored == 70
    assert examine_annotations(coco_file(rows), block_size=1000) == whole
