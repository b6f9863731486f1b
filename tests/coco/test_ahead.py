"""A batch is read while the one before it is judged: the same is found, whatever comes between."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest

from s3doctor.coco import examine_predictions
from s3doctor.coco.events import Array, Batch, Broken
from s3doctor.coco.ledger import Ledger
from s3doctor.coco.reader import Reader
from s3doctor.coco.source import Buffer
from s3doctor.coco.typed import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = b'[{"id": 1, "area": 2.5}, {"id": 2, "area": 3}]'
OTHERS = b'[{"id": 30, "area": 4}, {"id": 40, "area": 5}]'
OURS = "s3doctor-coco_0"
REVERSED = b'[{"area": 2.5, "id": 1}, {"area": 3, "id": 2}]'


class Failing:
    """A file of which a part can be read, and no more."""

    def __init__(self, text: bytes) -> None:
        self._left = text

    def read(self, n: int, /) -> bytes:
        text, self._left = self._left[:n], self._left[n:]
        if not text:
            raise OSError(5, "Input/output error")
        return text


def learnt() -> Shape:
    """A shape that knows the layout of ROWS."""
    shape = Shape({"id": int, "area": float})
    shape.decode(ROWS)
    assert shape.decode(ROWS).table is not None
    return shape


def test_a_thread_reads_what_was_begun_and_ends_with_the_file() -> None:
    shape = learnt()
    shape.close()
    shape.begin(ROWS)
    assert OURS in {thread.name for thread in threading.enumerate()}
    assert shape.decode(ROWS).table is not None
    shape.close()
    assert OURS not in {thread.name for thread in threading.enumerate()}


def test_no_thread_is_left_when_a_file_was_examined() -> None:
    rows = b", ".join(b'{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.%d}' % n for n in range(99))
    seen: set[str] = set()

    class Watching(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            seen.update(thread.name for thread in threading.enumerate())
            return super().read(size)

    assert examine_predictions(Watching(b"[%s]" % rows), block_size=700).readable
    assert OURS in seen
    assert OURS not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("begun", [ROWS, OTHERS, REVERSED, b"[", b"\xff"], ids=range(5))
def test_what_was_begun_changes_nothing(begun: bytes) -> None:
    shape = learnt()
    for text, ids in [(ROWS, [1, 2]), (OTHERS, [30, 40]), (REVERSED, [1, 2])]:
        shape.begin(begun)
        columns = shape.decode(text)
        assert columns.values["id"] == ids
        assert columns.table is None or columns.table.arrays["id"].tolist() == ids
    shape.close()


def test_nothing_is_begun_before_the_layout_is_known_nor_kept_for_another_one() -> None:
    shape = Shape({"id": int, "area": float})
    shape.begin(ROWS)
    assert shape.decode(ROWS).table is None
    shape = learnt()
    for _ in range(20):
        shape.decode(REVERSED)
    shape.begin(ROWS)
    assert shape.decode(ROWS).table is None, "it was given up"
    shape.close()


def walked(text: bytes, block: int) -> Iterator[object]:
    yield from Reader(Buffer(Failing(text), block), Ledger()).events()


def test_a_batch_is_handed_over_before_a_fault_of_the_file_behind_it() -> None:
    events: list[object] = []
    with pytest.raises(OSError, match="Input/output error"):
        events.extend(walked(ROWS[:-1] + b", " + b" " * 99, 24))
    batches = [event for event in events if isinstance(event, Batch)]
    assert b"".join(batch.text for batch in batches).count(b'"id"') == 2


def test_a_batch_is_handed_over_before_a_fault_of_the_json_behind_it() -> None:
    events: list[object] = []
    with pytest.raises(Broken):
        events.extend(walked(ROWS[:-1] + b"}" + b" " * 999, 128))
    batches = [event for event in events if isinstance(event, Batch)]
    assert b"".join(batch.text for batch in batches).count(b'"id"') == 2


def test_who_reads_is_told_of_the_next_text_before_the_last_batch_comes() -> None:
    rows = b"[%s]" % b", ".join(b'{"id": %d}' % number for number in range(400))
    told: list[bytes] = []
    order: list[str] = []

    def begin(text: bytes) -> None:
        told.append(text)
        order.append("begin")

    for event in walked(rows + b" " * 999, 128):
        if isinstance(event, Array):
            event.begin = begin
        elif isinstance(event, Batch):
            order.append("batch")
            told = told[1:] if told[:1] == [event.text] else told
        if len(order) > 7:
            break
    assert order[:4] == ["begin", "batch"] * 2
    assert len(told) <= 1, "each text that was told came as a batch"
