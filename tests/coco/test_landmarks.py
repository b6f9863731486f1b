"""Every example says where its element stands, those of duplicates and orphans too, however the file is read."""

from __future__ import annotations

import io
import json
import os
import threading
from typing import TYPE_CHECKING

import pytest
from coco.made import holds

from s3doctor.coco import examine_annotations
from s3doctor.coco.source import reopened
from s3doctor.spool import Spool

if TYPE_CHECKING:
    from pathlib import Path

    from s3doctor.coco import FileExamination
    from s3doctor.finding import Example

ROW = {"image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "area": 81, "iscrowd": 0}


def repeating(rows: int) -> bytes:
    """A file over many landmarks: the last row has the id of the first, belongs to no image, and a long text in it."""
    made = [{"id": number, **ROW} for number in range(1, rows)]
    made.append({"id": 1, **ROW, "image_id": 99, "note": 'a "comma", and {' * 9000})
    images = [{"id": 1, "file_name": "a.png", "width": 100, "height": 100}]
    return json.dumps(
        {"images": images, "categories": [{"id": 1, "name": "a"}], "annotations": made}, indent=1
    ).encode()


def of(file: FileExamination, code: str) -> Example:
    (found,) = [one for one in file.findings if one.code == code]
    return found.examples[0]


@pytest.mark.parametrize("block", [7, 1000, 1 << 20])
def test_far_into_a_file(block: int, tmp_path: Path) -> None:
    data = repeating(2000)
    path = tmp_path / "annotations.json"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        file = examine_annotations(source, block_size=block)
        twice, orphan = of(file, "ann-id-duplicate"), of(file, "ann-image-orphan")
        assert holds(data, twice)
        assert holds(data, orphan)
        assert dict(orphan.ids) == {"id": 1, "image_id": 99, "category_id": 1}


def test_a_stream_of_which_a_copy_is_kept() -> None:
    data, spool = repeating(50), Spool()
    kept = spool.keep(io.BytesIO(data))
    assert holds(data, of(examine_annotations(kept), "ann-id-duplicate"))
    spool.close()


def test_a_stream_that_is_gone() -> None:
    place = of(examine_annotations(io.BytesIO(repeating(50))), "ann-id-duplicate")
    assert (place.where, place.offset, place.line) == ("/annotations/49/id", None, None)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe, data = tmp_path / "pipe", repeating(50)
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=[data], daemon=True).start()
    assert of(examine_annotations(pipe), "ann-id-duplicate").offset is None


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with reopened(tmp_path / "no") as file:
        assert file is None


def test_a_file_that_was_changed_meanwhile(tmp_path: Path) -> None:
    class Cut(io.BytesIO):
        path = tmp_path / "copy.json"

    Cut.path.write_bytes(repeating(50)[:900])
    place = of(examine_annotations(Cut(repeating(50))), "ann-id-duplicate")
    assert (place.where, place.offset) == ("/annotations/49/id", None)
    Cut.path.write_bytes(repeating(50).replace(b'"image_id": 99', b'"image_id": 9x'))
    place = of(examine_annotations(Cut(repeating(50))), "ann-id-duplicate")
    assert place.offset is not None
    assert place.ids == ()


def test_an_element_too_long_to_look_for() -> None:
    long = b'{"id": 1, "note": "%s"},' % (b"x" * (3 << 20))
    data = repeating(50).replace(b'"annotations": [', b'"annotations": [' + 4 * long)
    file = examine_annotations(data, block_size=32 << 20)
    (found,) = [one for one in file.findings if one.code == "ann-id-duplicate"]
    assert [place.offset is None for place in found.examples] == [False, True, True, True, True]
