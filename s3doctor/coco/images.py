"""The images table: read once, judged as it comes, kept compactly for whatever refers to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import UNSET

from s3doctor.coco.ids import ABSENT, Ints, Lookup, own_ids, repeated
from s3doctor.coco.kept import Kept
from s3doctor.coco.ledger import Place
from s3doctor.coco.names import ImageNames, Names, faults_of, faulty
from s3doctor.coco.typed import Shape
from s3doctor.names.platform import platform_keys

if TYPE_CHECKING:
    import numpy.typing as npt

    from s3doctor.coco.boxes import Floats
    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger

__all__ = ["Images", "Sizes", "borrowed", "sides"]

Sizes = Callable[["Ints"], tuple["Floats", "Floats"]]

_MOST_PIXELS = 1 << 24


class Images:
    """Collects the images of a file; `lookup` finds the position of an image by the code of its id."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.shape = Shape({"id": int, "file_name": str, "width": int, "height": int})
        self.names = Names()
        self._ids: list[Ints] = []
        self._sizes: list[npt.NDArray[np.int32]] = []
        self._keys = Kept()
        self._section = 0
        self.unsized = 0
        self._first_unsized: list[Place] = []
        self._table: ImageNames | None = None
        self._lookup: Lookup | None = None

    def __len__(self) -> int:
        """How many images were read."""
        return len(self.names)

    def look(self, fields: Fields) -> None:
        """Judge a batch and keep what later rules need."""
        self._section = fields.batch.array.section
        self._ids.append(own_ids(fields, "img-id-missing", "img-id-type", self.ledger))
        names = self._file_names(fields)
        self.names.extend(names)
        keys = map(hash, platform_keys(names))
        self._keys.add(np.fromiter((key if name else ABSENT for name, key in zip(names, keys, strict=True)), np.int64))
        self._sizes.append(self._pixels(fields))

    def _file_names(self, fields: Fields) -> list[str]:
        names = fields.column("file_name")
        if fields.trusted and fields.has("file_name") and UNSET not in names:
            for row in faulty(names):
                self._judge(fields, row, names[row])
            return names
        for row, name in enumerate(names):
            self._judge(fields, row, name)
        return [name if isinstance(name, str) else "" for name in names]

    def _judge(self, fields: Fields, row: int, name: object) -> None:
        if not isinstance(name, str) or not name:
            value = None if name is UNSET else name
            self.ledger.note("img-filename-missing", partial(fields.place, row), value)
            return
        for code in faults_of(name):
            self.ledger.note(code, partial(fields.place, row, "file_name"), name)

    def _pixels(self, fields: Fields) -> npt.NDArray[np.int32]:
        """Width and height of each row as two columns, 0 where they are unknown or wrong."""
        widths, heights = fields.column("width"), fields.column("height")
        made = np.zeros((len(fields), 2), np.int32)
        if fields.trusted and fields.has("width") and fields.has("height"):
            try:
                quick = np.array([widths, heights], np.int64).T
            except (OverflowError, TypeError):
                quick = np.zeros((0, 2), np.int64)
            if quick.size and quick.min() > 0 and quick.max() <= _MOST_PIXELS:
                return quick.astype(np.int32)
        for row, pair in enumerate(zip(widths, heights, strict=True)):
            made[row] = self._size(fields, row, pair)
        return made

    def _size(self, fields: Fields, row: int, pair: tuple[Any, Any]) -> tuple[int, int]:
        if UNSET in pair or None in pair:
            self.unsized += 1
            if len(self._first_unsized) < self.ledger.limit:
                self._first_unsized.append(fields.place(row))
            return 0, 0
        sound = [_whole(side) for side in pair]
        if all(sound):
            return int(pair[0]), int(pair[1])
        name = "height" if sound[0] else "width"
        self.ledger.note("img-size-type", fields.place(row, name), list(pair))
        return 0, 0

    def finish(self, *, masks: bool, sizes: bool = True) -> None:
        """Rules that need the whole table.

        `masks`: whether annotations have masks. `sizes`: whether sizes belong here: the platform's own tool writes
        predictions whose images have none.
        """
        if self.unsized and sizes:
            code = "img-size-missing-masks" if masks else "img-size-missing"
            self.ledger.count(code, self.unsized)
            for place in self._first_unsized:
                self.ledger.show(code, place)
        self._duplicate_ids()
        self._collisions()

    def _duplicate_ids(self) -> None:
        ids = self.table().ids
        first: dict[int, int] = {}
        for row in np.flatnonzero(np.isin(ids, repeated([ids]))).tolist():
            other = first.setdefault(int(ids[row]), row)
            if other != row:
                text = f"also the id of image {other}, {self.names[other]!r}"
                self._note("img-id-duplicate", row, "id", text)

    def _note(self, code: str, row: int, name: str, text: str) -> None:
        self.ledger.count(code)
        if self.ledger.wants(code, (self._section, row)):
            self.ledger.show(code, self.place(row, name), self.names[row], text)

    def place(self, row: int, name: str = "") -> Place:
        """Where an image stands, as far as it is known when its bytes are gone."""
        where = f"/images/{row}" + (f"/{name}" if name else "")
        code = int(self.table().ids[row])
        return Place((self._section, row), where, ids=(("id", code),) if abs(code) < 1 << 61 else ())

    def _collisions(self) -> None:
        """Names that are equal, and names that the platform makes equal."""
        twice, start = repeated(self._keys), 0
        groups: dict[int, dict[str, int]] = {}
        for keys in self._keys if twice.size else ():
            for at in np.flatnonzero(np.isin(keys, twice)).tolist():
                self._collision(start + at, groups.setdefault(int(keys[at]), {}))
            start += keys.size

    def _collision(self, row: int, first: dict[str, int]) -> None:
        name = self.names[row]
        if first:
            code = "img-filename-duplicate" if name in first else "img-key-collision"
            other = first.get(name, next(iter(first.values())))
            self._note(code, row, "file_name", f"image {other} is {self.names[other]!r}")
        first.setdefault(name, row)

    def table(self) -> ImageNames:
        """All images with ids and sizes."""
        if self._table is None or len(self._table.ids) != len(self.names):
            known = self._table or ImageNames()
            widths = np.concatenate([known.widths, *(sizes[:, 0] for sizes in self._sizes)])
            heights = np.concatenate([known.heights, *(sizes[:, 1] for sizes in self._sizes)])
            self._sizes = []  # one after another, to spare memory
            ids = np.concatenate([known.ids, *self._ids])
            self._ids = []
            self._table = ImageNames(self.names, ids, widths, heights)
        return self._table

    def lookup(self, wanted: Ints) -> npt.NDArray[np.intp]:
        """The position of the image with each id, -1 where there is none."""
        if self._lookup is None:
            self._lookup = Lookup(self.table().ids)
        return self._lookup.find(wanted)

    def sizes(self, wanted: Ints) -> tuple[Floats, Floats]:
        """Width and height of the image with each id, NaN where unknown."""
        return sides(self.table(), self.lookup(wanted))


def sides(table: ImageNames, positions: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Width and height of the images at some positions, NaN where unknown or where the position is -1."""
    if not len(table):
        nothing = np.full(positions.shape, np.nan)
        return nothing, nothing
    width, height = table.widths[positions].astype(np.float64), table.heights[positions].astype(np.float64)
    unknown = (positions < 0) | (width <= 0)
    width[unknown] = height[unknown] = np.nan
    return width, height


def borrowed(lender: ImageNames, own: Images | None = None) -> Sizes:
    """Sizes from another file: of images with the same file name, or with the same id where there are no own names."""
    if own is None:
        found = Lookup(lender.ids)
        return lambda wanted: sides(lender, found.find(wanted))
    by_name = Lookup(lender.names.hashes()).find(own.names.hashes())

    def sizes(wanted: Ints) -> tuple[Floats, Floats]:
        at = own.lookup(wanted)
        return sides(lender, np.where(at >= 0, by_name[at], -1) if len(own) else at)

    return sizes


def _whole(side: object) -> bool:
    """Whether a side is a positive whole number of pixels (200.0 is)."""
    if isinstance(side, float) and side.is_integer():
        side = int(side)
    return isinstance(side, int) and not isinstance(side, bool) and 0 < side <= _MOST_PIXELS
