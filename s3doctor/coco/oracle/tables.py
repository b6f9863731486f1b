"""The three lists of a COCO file as Python objects: of the whole file, or of a sample that keeps whole images."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from s3doctor.coco.events import Array, Batch
from s3doctor.coco.ledger import Ledger
from s3doctor.coco.reader import Reader
from s3doctor.coco.source import Buffer
from s3doctor.coco.typed import Columns
from s3doctor.coco.untyped import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping
    from pathlib import Path

__all__ = ["Dicts", "Tables", "chosen", "sample", "whole"]

Dicts = list[dict[str, Any]]
BLOCK = 1 << 20


@dataclass
class Tables:
    """`rows` are annotations or predictions; a list that the file does not have is empty."""

    images: Dicts = field(default_factory=list)
    categories: Dicts = field(default_factory=list)
    rows: Dicts = field(default_factory=list)

    def document(self) -> dict[str, Dicts]:
        """The same as ground truth in COCO's form."""
        return {"images": self.images, "categories": self.categories, "annotations": self.rows}


class _Row(msgspec.Struct, gc=False, omit_defaults=True):
    """What an evaluation of boxes needs of an image, a category or a row; masks stay where they are, undecoded."""

    id: Any = None
    image_id: Any = None
    category_id: Any = None
    bbox: Any = None
    score: Any = None
    area: Any = None
    iscrowd: Any = None
    file_name: Any = None
    width: Any = None
    height: Any = None
    name: Any = None

    def plain(self) -> dict[str, Any]:
        """The fields that are there; null is as good as none in files that are given to pycocotools."""
        return {key: value for key in self.__struct_fields__ if (value := getattr(self, key)) is not None}


class _Passed(msgspec.Struct, gc=False):
    """An element of an array that nobody asked for."""


_ROWS = msgspec.json.Decoder(list[_Row])
_PASSED = msgspec.json.Decoder(list[_Passed])


def _rows(text: bytes) -> Columns:
    """A batch that is wanted, decoded once; its rows stand under the empty key."""
    found = _ROWS.decode(text)
    return Columns(len(found), {"": found})


def _passed(text: bytes) -> Columns:
    """A batch of which only the number of elements matters."""
    return Columns(len(_PASSED.decode(text)), {})


def whole(path: Path, pointer: str) -> Tables:
    """All of a file; `pointer` is the JSON pointer of its rows. Raises OSError, ValueError."""
    with path.open("rb") as file:
        document = json.load(file)
    if isinstance(document, list):
        return Tables(rows=document)
    return Tables(
        document.get("images") or [], document.get("categories") or [], document.get(pointer.lstrip("/")) or []
    )


def chosen(name: object, share: float) -> bool:
    """Whether an image belongs to a sample of this share of all: by its name, so that two files choose alike."""
    return zlib.crc32(str(name).encode("utf-8", "surrogatepass")) < share * (1 << 32)


def sample(path: Path, pointer: str, share: float, known: Container[Any] = ()) -> Tables:
    """About a `share` of the images with all their rows, read as a stream in memory for the sample alone.

    A file without images of its own gives the rows of those `known` by id. The rows may come before the images, so
    a file that has any is read twice. Raises OSError.
    """
    tables = Tables()
    if pointer:
        wanted = {"/images": lambda row: chosen(row.file_name or row.id, share), "/categories": lambda _row: True}
        found = _walk(path, wanted)
        tables.images, tables.categories = found["/images"], found["/categories"]
    ids = {image["id"] for image in tables.images} or known
    tables.rows = _walk(path, {pointer: lambda row: row.image_id in ids})[pointer]
    return tables


def _walk(path: Path, wanted: Mapping[str, Callable[[_Row], bool]]) -> dict[str, Dicts]:
    """Of some arrays the elements that are wanted."""
    found: dict[str, Dicts] = {pointer: [] for pointer in wanted}
    with path.open("rb", buffering=0) as file:
        for event in Reader(Buffer(file, BLOCK), Ledger()).events():
            if isinstance(event, Array):
                event.typed = _rows if event.pointer in wanted else _passed
            elif isinstance(event, Batch) and event.array.pointer in wanted:
                keep = wanted[event.array.pointer]
                found[event.array.pointer] += [row.plain() for row in _rows_of(event) if keep(row)]
    return found


def _rows_of(batch: Batch) -> list[_Row]:
    if batch.rows is not None:
        rows: list[_Row] = batch.rows.values[""]
        return rows
    return [msgspec.convert(decode(element).value, _Row) for element in batch.elements()]
