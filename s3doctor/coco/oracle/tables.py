"""The three lists of a COCO file as Python objects: of the whole file, or of a sample that keeps whole images."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from s3doctor.coco.ledger import Ledger
from s3doctor.coco.reader import Array, Batch, Reader
from s3doctor.coco.source import Buffer
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


class _Row(msgspec.Struct, gc=False):
    """What an evaluation of boxes needs; masks stay where they are, undecoded."""

    id: Any = UNSET
    image_id: Any = UNSET
    category_id: Any = UNSET
    bbox: Any = UNSET
    score: Any = UNSET
    area: Any = UNSET
    iscrowd: Any = UNSET
    file_name: Any | UnsetType = UNSET
    width: Any = UNSET
    height: Any = UNSET
    name: Any = UNSET

    def plain(self) -> dict[str, Any]:
        """The fields that are there."""
        return {key: value for key in self.__struct_fields__ if (value := getattr(self, key)) is not UNSET}


_ROWS = msgspec.json.Decoder(list[_Row])


def whole(path: Path, pointer: str) -> Tables:
    """All of a file; `pointer` is the JSON pointer of its rows. Raises OSError, ValueError."""
    with path.open("rb") as file:
        document = json.load(file)
    if isinstance(document, list):
        return Tables(rows=document)
    return Tables(
        document.get("images") or [], document.get("categories") or [], document.get(pointer.lstrip("/")) or []
    )


def chosen(image: Mapping[str, Any], share: float) -> bool:
    """Whether an image belongs to a sample of this share of all: by its name, so that two files choose alike."""
    name = str(image.get("file_name") or image.get("id"))
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) < share * (1 << 32)


def sample(path: Path, pointer: str, share: float, known: Container[Any] = ()) -> Tables:
    """About a `share` of the images with all their rows, read as a stream in memory for the sample alone.

    A file without images of its own gives the rows of those `known` by id. The rows may come before the images, so
    the file is read twice. Raises OSError.
    """
    tables = Tables()

    def take_images(batch: Dicts) -> None:
        tables.images += [image for image in batch if chosen(image, share)]

    _walk(path, {"/images": take_images, "/categories": tables.categories.extend})
    ids = {image.get("id") for image in tables.images} or known

    def take_rows(batch: Dicts) -> None:
        tables.rows += [row for row in batch if row.get("image_id") in ids]

    _walk(path, {pointer: take_rows})
    return tables


def _walk(path: Path, takers: Mapping[str, Callable[[Dicts], object]]) -> None:
    """Hand the elements of some arrays over, batch by batch."""
    with path.open("rb", buffering=0) as file:
        taker = None
        for event in Reader(Buffer(file, BLOCK), Ledger()).events():
            if isinstance(event, Array):
                taker = takers.get(event.pointer)
            elif isinstance(event, Batch) and taker:
                taker(_dicts(event))


def _dicts(batch: Batch) -> Dicts:
    try:
        return [row.plain() for row in _ROWS.decode(batch.text)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [decode(element).value for element in batch.elements()]
