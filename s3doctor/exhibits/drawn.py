"""A handful of images with the boxes that the files draw upon them, those with findings first."""

from __future__ import annotations

import base64
import io
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from s3doctor.connection import ANNOTATIONS, PREDICTIONS
from s3doctor.exhibits.rows import rows_of
from s3doctor.exhibits.shapes import Box, Picture
from s3doctor.facts import known
from s3doctor.finding import Severity
from s3doctor.pictures import sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from s3doctor.coco import FileExamination
    from s3doctor.coco.source import Source
    from s3doctor.finding import Example

SIDE = 480
"""Of a thumbnail, in pixels: sharp enough on a phone, some 30 kB."""
QUALITY = 70
LARGEST = 16 << 20
"""Bytes of a picture that is fetched to be shown."""
MOST_PIXELS = 100_000_000
TRIED = 8
"""Images that are looked for, for each that is to be shown."""


class Entry(Protocol):
    """One file of a listing."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def size(self) -> int:
        """Its size in bytes."""


class Files(Protocol):
    """Where a dataset's images are found."""

    def find(self, keys: Iterable[str]) -> Iterable[Entry]:
        """Those of the keys that are there."""


class Album(Protocol):
    """What is known of a dataset, in a bucket or on this machine, and how its files and pictures are read."""

    @property
    def name(self) -> str:
        """The dataset's name; may be empty."""

    @property
    def images_prefix(self) -> str:
        """What the keys of its images begin with."""

    @property
    def listing(self) -> Files:
        """Its images."""

    def stream(self, name: str) -> Source:
        """One of its two COCO files."""

    def picture(self, name: str, most: int) -> bytes | None:
        """The first `most` bytes of an image; None where they cannot be had."""


@dataclass
class Trouble:
    """What is wrong with the images of a file, by the code of the image's id, and with its rows, by position."""

    images: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[int, str] = field(default_factory=dict)


def pictures(dataset: Album, count: int) -> Iterator[Picture]:
    """Up to `count` pictures of the dataset, where its annotations and the listing of its images are known."""
    truth: FileExamination | None = known(dataset, "annotations")
    if not count or truth is None or known(dataset, "listing") is None:
        return
    trouble = troubles(truth)
    chosen = _chosen(dataset, truth, trouble, count)
    files = [file for file in (truth, known(dataset, "predictions")) if file is not None]
    boxes = [_boxes(dataset, file, truth, chosen) for file in files]
    for name, code in chosen.items():
        content = dataset.picture(name, LARGEST)
        if content and (shown := thumbnail(content)):
            drawn = tuple(box for of_file in boxes for box in of_file.get(name, ()))
            yield Picture(name, *shown, drawn, tuple(trouble.images.get(code, ())), dataset.name)


def troubles(file: FileExamination) -> Trouble:
    """The findings' places, as far as they name an image or a row."""
    trouble = Trouble()
    ids = file.image_names.ids
    for finding in file.findings:
        for example in finding.examples if finding.severity is not Severity.INFO else ():
            row, image = _position(example, file.rows_pointer), _position(example, "/images")
            code = int(ids[image]) if image is not None and image < len(ids) else _image_of(example)
            if row is not None:
                trouble.rows.setdefault(row, finding.code)
            if code is not None:
                trouble.images[code].append(f"{finding.summary}: {example.where}")
    return trouble


def _position(example: Example, pointer: str) -> int | None:
    """The position of the element that a place lies in, if it lies in this array."""
    rest = example.where.removeprefix(f"{pointer}/")
    first = rest.split("/", 1)[0]
    return int(first) if example.where.startswith(f"{pointer}/") and first.isdecimal() else None


def _image_of(example: Example) -> int | None:
    from s3doctor.coco.ids import code_of

    return next((code_of(value) for name, value in example.ids if name == "image_id"), None)


def _chosen(dataset: Album, truth: FileExamination, trouble: Trouble, count: int) -> dict[str, int]:
    """The names of the images to show and the codes of their ids: half of them, at most, those with findings.

    Of a file of any size a few images are considered, and looked for in the listing.
    """
    codes = {
        truth.image_names[row]: int(truth.image_names.ids[row]) for row in considered(truth, trouble, TRIED * count)
    }
    keys = [dataset.images_prefix + name for name in codes]
    there = {entry.key for entry in dataset.listing.find(keys) if 0 < entry.size <= LARGEST}
    names = [name for name in codes if dataset.images_prefix + name in there]
    found = [name for name in names if codes[name] in trouble.images][: max(count // 2, 1)]
    rest = sample([name for name in names if name not in set(found)], count - len(found))
    return {name: codes[name] for name in (*found, *rest)}


def considered(truth: FileExamination, trouble: Trouble, most: int) -> Iterator[int]:
    """The positions of the first `most` images with findings, and of as many from all over the file."""
    import numpy as np

    ill = np.isin(truth.image_names.ids, np.array([*trouble.images], np.int64))
    yield from ill.nonzero()[0][:most].tolist()
    yield from range(0, len(truth.image_names), -(-len(truth.image_names) // most) or 1)


def _boxes(
    dataset: Album, file: FileExamination, truth: FileExamination, chosen: dict[str, int]
) -> dict[str, list[Box]]:
    """The boxes of one file by the image's name. Predictions without tables of their own use the ground truth's."""
    kind, name = ("annotation", ANNOTATIONS) if file is truth else ("prediction", PREDICTIONS)
    names = {code: name for name, code in chosen.items()}
    if file is not truth and len(file.image_names):
        ids = zip(file.image_names, file.image_names.ids, strict=True)
        names = {int(code): name for name, code in ids if name in chosen}
    labels = {category.code: category.name for category in file.category_table or truth.category_table}
    faulty = troubles(file).rows
    try:
        found = rows_of(dataset.stream(name), file.rows_pointer, names)
    except OSError:
        return {}
    return {
        names[code]: [
            Box(*row.bbox, labels.get(row.category, ""), row.score, kind, faulty.get(row.index, "")) for row in rows
        ]
        for code, rows in found.items()
    }


def thumbnail(content: bytes) -> tuple[str, int, int] | None:
    """A picture made small, with its own width and height in pixels as stored; None where it is none.

    Pictures of more than a hundred million pixels are left alone: a small file can hold as many.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    return None
                image.thumbnail((SIDE, SIDE))
                small = io.BytesIO()
                image.convert("RGB").save(small, "JPEG", quality=QUALITY)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(small.getvalue()).decode()}", width, height
