"""Whatever a file holds, the examination ends, keeps its memory, and says what it saw."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.coco import examine, examine_annotations, examine_predictions

SMALL: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40], "area": 1200, "iscrowd": 0,
         "segmentation": [[1, 2, 31, 2, 31, 42, 1, 42]]},
        {"id": 2, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1, "iscrowd": 1,
         "segmentation": {"size": [80, 100], "counts": [0, 1, 7999]}},
    ],
    "categories": [{"id": 1, "name": 'b\u00fcs \\ "x" },{'}],
}  # fmt: skip


def text_of(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def codes(source: bytes) -> set[str]:
    return {finding.code for finding in examine_annotations(source).findings}


class Trickle:
    """A stream that gives one byte at a time, whatever is asked for."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)

    def read(self, _: int) -> bytes:
        return self.file.read(1)


def test_blocks_of_any_size_and_streams_that_trickle_give_the_same() -> None:
    data = text_of(SMALL)
    whole = examine_annotations(data)
    assert whole.readable
    for size in range(1, len(data) + 1):
        assert examine_annotations(data, block_size=size) == whole
    assert examine_annotations(Trickle(data)).findings == whole.findings


def test_a_cut_at_any_byte_is_a_finding_in_any_block_size() -> None:
    data = text_of(SMALL)
    for length in range(len(data)):
        whole = examine_annotations(data[:length])
        assert not whole.readable
        assert whole.findings[0].code.startswith("json-") or any(one.code.startswith("json-") for one in whole.findings)
        assert examine_annotations(data[:length], block_size=7).findings == whole.findings


def test_a_byte_that_is_no_utf8_is_named_anywhere() -> None:
    data = text_of(SMALL)
    for at in range(8, len(data)):
        broken = data[:at] + b"\xff" + data[at + 1 :]
        assert "json-encoding" in codes(broken)


@given(st.data())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_garbled_bytes_never_raise_and_blocks_change_nothing(data: st.DataObject) -> None:
    text = bytearray(text_of(SMALL))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from(
                [
                    b"",
                    b"{",
                    b"}",
                    b"]",
                    b"[",
                    b'"',
                    b",",
                    b":",
                    b"\\",
                    b"9",
                    b"-",
                    b"e",
                    b"null",
                    b"NaN",
                    b"\x00",
                    b"\xc3",
                    b"1e999",
                    b"[[[",
                ]
            )
        )
    source = bytes(text)
    block = data.draw(st.integers(1, 200))
    assert examine_annotations(source, block_size=block).findings == examine_annotations(source).findings
    assert examine_predictions(source, block_size=block).findings == examine_predictions(source).findings


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["id", "size", "counts", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)
FIELDS = (
    "id",
    "image_id",
    "category_id",
    "bbox",
    "area",
    "iscrowd",
    "segmentation",
    "score",
    "keypoints",
    "num_keypoints",
)
TABLES = ("id", "file_name", "width", "height", "name", "supercategory", "keypoints", "skeleton")


@given(st.data())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_json_in_any_field_never_raises(data: st.DataObject) -> None:
    document = json.loads(json.dumps(SMALL))
    table = data.draw(st.sampled_from(["images", "annotations", "categories"]))
    row = data.draw(st.sampled_from(document[table]))
    row[data.draw(st.sampled_from(FIELDS if table == "annotations" else TABLES))] = data.draw(JSON)
    source = json.dumps(document).encode()
    guess = json.dumps(document["annotations"]).encode()
    for target in ("both", "platform"):
        found = examine(source, guess, target=target)
        pieces = examine(source, guess, target=target, block_size=data.draw(st.integers(1, 500)))
        assert repr(pieces.findings) == repr(found.findings)  # by their text: no NaN equals another
        json.dumps([finding.examples for finding in found.findings], default=lambda one: one.__dict__).encode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"[" * 200_000, "json-too-deep-or-big"),
        (b'{"annotations": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "json-too-deep-or-big"),
        (b'{"annotations": [{"x": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}]}", "json-too-deep-or-big"),
        (b'{"annotations": [{"id": ' + b"9" * 1_000_000 + b"}]}", "json-too-deep-or-big"),
        (b'{"annotations": [{"bbox": [1e999, -1e999, 1, 1]}]}', "json-nonfinite"),
        (b'{"annotations": [{"segmentation": {"size": [1000000, 1000000], "counts": "0"}}]}', "rle-huge"),
        (b'{"annotations": [{"segmentation": {"size": [9, 9], "counts": "' + b"o" * 99 + b'"}}]}', "rle-counts-type"),
        (b'{"annotations": [{"segmentation": [[1e300, 1, 2, 3, 4, 5]]}]}', "seg-nonfinite"),
        (b'{"images": [' + b"[]," * 100_000 + b"[]]}", "top-list-type"),
        (b'{"a": "' + b"x" * 9_000_000 + b'"}', "json-too-deep-or-big"),
        (b'{"' + b"x" * 100_000 + b'": 1}', "json-syntax"),
        (b'{"annotations": [{"id": 1, "x": "' + b"y" * 9_000_000 + b'"}]}', "json-unread"),
        (b'{"annotations": [{"id": "unclosed}, ' + b'{"id": 1},' * 1000, "json-syntax"),
        (b'{"annotations": [{"id": 1}]', "json-syntax"),
        (b'{"annotations": [{"id": 1} {"id": 2}]}', "json-syntax"),
        (b"{'annotations': []}", "json-syntax"),
        (b'{"annotations" []}', "json-syntax"),
        (b'{"annot\\ations": []}', "json-syntax"),
        (b'{"annotations": []} x', "json-syntax"),
        (b'{"annotations": [], }', "json-syntax"),
        (b'{"annotations": [{"id": 1,}]}', "json-syntax"),
        (b'{"annotations": [{"id": 1}, ]}', "json-syntax"),
        (b'{"info": {"a": [1, 2,]}}', "json-syntax"),
        (b'{"info": {"a": 1 2}}', "json-syntax"),
        (b'{"info": tru', "json-syntax"),
        (b"\x80abc", "json-encoding"),
        (b'{"a": "\xc3', "json-encoding"),
        ("{}".encode("utf-16"), "json-encoding"),
        ("{}".encode("utf-16-le"), "json-encoding"),
        ("{}".encode("utf-32-be"), "json-encoding"),
        (b"", "json-empty"),
        (b"PK\x03\x04", "json-gzip"),
        (b"<annotation><folder>", "json-not-json"),
        (b"<!DOCTYPE html>", "json-not-json"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "json-not-json"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "json-not-json"),
        (b"PAR1\x15\x04", "json-not-json"),
        (b"0 0.5 0.5 0.25 0.25\n", "json-not-json"),
        (b"null", "top-type"),
        (b'"text"', "top-type"),
        (b"12", "top-type"),
        (b'{"annotations": null}', "top-missing-key"),
        (b'{"annotations": {"1": {"id": 1}}}', "top-list-type"),
        (b'{"info": {"a": 1, "a": 2}}', "json-duplicate-key"),
        (b'{"licenses": [{"a": {"b": 1, "b": 2}}]}', "json-duplicate-key"),
    ],
)  # fmt: skip
def test_hostile_text_is_named(text: bytes, code: str) -> None:
    assert code in codes(text)


def test_a_mended_comma_hides_nothing_that_follows() -> None:
    found = examine_annotations(b'{"annotations": [{"id": 1,}, {"id": 2, "bbox": [1, 2, 3, -4]}], "categories": [1,]}')
    assert {"json-syntax", "bbox-negative-size", "top-list-type"} <= {one.code for one in found.findings}
    assert found.readable


@pytest.mark.parametrize("element", [b"[],", b"1.5,", b'{"a":1},', b"[[[]]],", b'"x",'])
def test_memory_is_bounded_for_long_arrays_of_anything(element: bytes) -> None:
    script = (
        "import io, resource, sys\n"
        "from s3doctor.coco import examine_annotations\n"
        "class Long:\n"
        "    left = 48\n"
        "    def read(self, n):\n"
        "        if self.left == 48:\n"
        "            self.left -= 1\n"
        '            return b\'{"annotations": [{"id": 1, "x": [\'\n'
        "        self.left -= 1\n"
        "        return ELEMENT * ((1 << 20) // len(ELEMENT)) if self.left >= 0 else b''\n"
        "found = examine_annotations(Long())\n"
        "assert [one.code for one in found.findings] == ['json-syntax'], found.findings\n"
        "print(int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0]) >> 10)\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", script.replace("ELEMENT", repr(element))],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(made.stdout) < 600
