"""Rows that came before the images they refer to: set aside, in a temporary file when they are many."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from msgspec import UNSET

from s3doctor.coco.geometry import Shapes
from s3doctor.coco.ids import LARGEST
from s3doctor.coco.ledger import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from s3doctor.coco.ids import Ints

__all__ = ["Aside", "Later"]

_IN_MEMORY = 16 << 20
_NAMES = ("rows", "image", "box", "mask", "runs", "points")


class Later:
    """Rows known by their index and what was set aside of them; stands in for Fields."""

    def __init__(self, section: int, pointer: str, rows: Ints, shapes: Shapes) -> None:
        self.section = section
        self.pointer = pointer
        self.rows = rows
        self.shapes = shapes

    def order(self, row: int) -> tuple[int, int]:
        """Sorts places as they stand in the file."""
        return self.section, int(self.rows[row])

    def place(self, row: int, name: str = "") -> Place:
        """Where a row stands; its bytes are gone, so there is no offset."""
        code = int(self.shapes.image[row])
        ids = (("image_id", code),) if abs(code) < LARGEST else ()
        where = f"{self.pointer}/{self.rows[row]}" + (f"/{name}" if name else "")
        return Place(self.order(row), where, ids=ids)

    def has(self, name: str) -> bool:
        """Whether a field can be pointed at: it was checked before the rows were set aside."""
        return bool(name)

    def column(self, name: str) -> Sequence[Any]:
        """Boxes as they were; other values are not kept."""
        return self.shapes.box.tolist() if name == "bbox" else [UNSET] * len(self.rows)


class Aside:
    """Sets rows aside and gives them back in the same order."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    def add(self, rows: Ints, shapes: Shapes) -> None:
        """Keep some rows."""
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `batches`
        for column in (rows, *shapes.arrays().values()):
            np.save(self._file, column, allow_pickle=False)

    def batches(self) -> Iterator[tuple[Ints, Shapes]]:
        """What was kept; afterwards nothing is."""
        if self._file is None:
            return
        with self._file as file:
            end = file.tell()
            file.seek(0)
            while file.tell() < end:
                rows, *columns = (np.load(file, allow_pickle=False) for _ in _NAMES)
                yield rows, Shapes(*columns)
        self._file = None
