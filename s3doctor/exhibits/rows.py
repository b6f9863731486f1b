"""The rows of a few images, out of a COCO file of any size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from s3doctor.coco.events import Batch, Broken
from s3doctor.coco.ids import code_of
from s3doctor.coco.ledger import Ledger
from s3doctor.coco.opening import sniff
from s3doctor.coco.reader import Reader
from s3doctor.coco.source import Buffer, Source, opened
from s3doctor.coco.untyped import decode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

BLOCK_SIZE = 1 << 19
MOST = 300
"""Boxes kept of one image."""


class _Fields(msgspec.Struct):
    image_id: Any = None
    category_id: Any = None
    bbox: Any = None
    score: Any = None


@dataclass(frozen=True)
class Row:
    """One annotation or prediction: its position in its array, its category's code, box and score as far as sound."""

    index: int
    category: int
    bbox: tuple[float, float, float, float]
    score: float | None


_DECODE = msgspec.json.Decoder(list[_Fields]).decode


def rows_of(source: Source, pointer: str, images: Collection[int]) -> dict[int, list[Row]]:
    """The rows of the array at `pointer` that belong to these images, by the code of the image's id.

    Rows without a box of four numbers are left out. A file that breaks off gives what comes before.
    Raises OSError where the source cannot be read.
    """
    found: dict[int, list[Row]] = defaultdict(list)
    with opened(source) as stream:
        ledger = Ledger("platform", 0)
        buffer = Buffer(stream, BLOCK_SIZE)
        if images and sniff(buffer, ledger):
            for index, fields in _all(Reader(buffer, ledger), pointer):
                code = code_of(fields.image_id)
                box = _box(fields.bbox)
                if box and code in images and len(found[code]) < MOST:
                    found[code].append(Row(index, code_of(fields.category_id), box, _number(fields.score)))
    return dict(found)


def _all(reader: Reader, pointer: str) -> Iterator[tuple[int, _Fields]]:
    """Each row with its position; elements that are no objects are passed over."""
    try:
        for event in reader.events():
            if isinstance(event, Batch) and event.array.pointer == pointer:
                yield from _rows(event)
    except Broken:
        return


def _rows(batch: Batch) -> Iterator[tuple[int, _Fields]]:
    """The rows of a batch: all at once where they are plain objects, else one by one."""
    try:
        yield from enumerate(_DECODE(b"[" + b",".join(batch.elements()) + b"]"), batch.first)
    except msgspec.MsgspecError:
        for index, element in enumerate(batch.elements(), batch.first):
            value = decode(element).value
            if isinstance(value, dict):
                yield index, _Fields(*(value.get(name) for name in _Fields.__struct_fields__))


def _box(value: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401 - out of a file
    numbers = [_number(part) for part in value] if isinstance(value, list) and len(value) == 4 else []  # noqa: PLR2004
    left, top, width, height = numbers or [None] * 4
    if left is None or top is None or width is None or height is None:
        return None
    return left, top, width, height


def _number(value: Any) -> float | None:  # noqa: ANN401 - out of a file
    """A number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
