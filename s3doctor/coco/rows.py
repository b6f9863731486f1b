"""Annotations or predictions: every rule that looks at one row at a time, and what the others need of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import UNSET, Raw

from s3doctor.coco import boxes, scores
from s3doctor.coco.ids import ABSENT, LARGEST, Ints, codes, is_text, own_ids, repeated
from s3doctor.coco.ledger import Place
from s3doctor.coco.tally import Tally
from s3doctor.coco.typed import Shape

if TYPE_CHECKING:
    from s3doctor.coco.categories import Categories
    from s3doctor.coco.examination import RowsById
    from s3doctor.coco.fields import Fields
    from s3doctor.coco.images import Images
    from s3doctor.coco.ledger import Ledger

__all__ = ["Rows"]

_TYPES = {
    "id": int,
    "image_id": int,
    "category_id": int,
    "bbox": tuple[float, float, float, float],
    "area": float,
    "iscrowd": int,
    "score": float,
    "segmentation": Raw,
    "ignore": Raw,
}


class Rows:
    """Collects the annotations (`predicted` False) or the predictions of a file."""

    def __init__(self, ledger: Ledger, *, predicted: bool) -> None:
        self.ledger = ledger
        self.predicted = predicted
        self.shape = Shape(_TYPES)
        self.size = 0
        self.pointer = ""
        self.section = 0
        self.by_image = Tally()
        self.by_category = Tally()
        self.masks = 0
        self.scored = 0
        self.crowds = 0
        self.scores = scores.Scores(ledger)
        self._ids: list[Ints] = []

    def __len__(self) -> int:
        """How many rows were read."""
        return self.size

    def look(self, fields: Fields) -> None:
        """Judge a batch."""
        self.section, self.pointer = fields.batch.array.section, fields.batch.array.pointer
        rows = (
            np.arange(len(fields)) + fields.index(0) if fields.at is None else np.array(fields.at) + fields.batch.first
        )
        self.by_image.add(self._reference(fields, "image_id", "ann-image-orphan"), rows)
        self.by_category.add(self._reference(fields, "category_id", "ann-category-orphan"), rows)
        box = boxes.boxes(fields, self.ledger)
        boxes.check_sizes(fields, box, self.ledger)
        if fields.has("segmentation"):
            self.masks += len(fields)
        if self.predicted:
            self.scores.look(fields)
        else:
            self._look_at_annotations(fields, box)
        self.size += len(fields)

    def _look_at_annotations(self, fields: Fields, box: boxes.Floats) -> None:
        ids = own_ids(fields, "ann-id-missing", "ann-id-type", self.ledger)
        self._ids.append(ids)
        boxes.mark(self.ledger, "ann-id-zero", fields, ids == 0, "id")
        area = boxes.areas(fields, self.ledger)
        masked = np.full(len(fields), fields.has("segmentation"))
        boxes.check_areas(fields, box, area, masked, self.ledger)
        self.crowds += int((boxes.crowds(fields, self.ledger) == 1).sum())
        for name, code in (("score", "score-in-gt"), ("ignore", "ignore-field")):
            if fields.has(name):
                present = np.fromiter((value is not UNSET for value in fields.column(name)), bool, len(fields))
                boxes.mark(self.ledger, code, fields, present, name)
                self.scored += int(present.sum()) if name == "score" else 0

    def _reference(self, fields: Fields, name: str, code: str) -> Ints:
        """The ids that rows refer to; a missing one is an orphan, too. Text is judged by what it refers to."""
        found = codes(fields, name)
        boxes.mark(self.ledger, code, fields, found == ABSENT, name)
        return found

    def finish(self, images: Images | None, categories: Categories | None) -> None:
        """Rules that need the whole file. None stands for a table that was not read to its end."""
        if images is not None:
            self._orphans("ann-image-orphan", "image_id", self.by_image.result(), images.table().ids)
        if categories is not None:
            known = np.array(sorted(categories.known), np.int64)
            self._orphans("ann-category-orphan", "category_id", self.by_category.result(), known)
        self._duplicate_ids()
        if self.crowds > max(1, self.size / 2):
            self.ledger.count("iscrowd-all", self.crowds)
        if self.predicted:
            self.scores.finish()

    def _orphans(self, code: str, name: str, used: RowsById, known: Ints) -> None:
        lost = np.flatnonzero(~np.isin(used.codes, known))
        if not lost.size:
            return
        self.ledger.count(code, int(used.counts[lost].sum()), hint=_hint(used.codes, used.codes[lost], known))
        for one in lost[np.argsort(used.first[lost])][: self.ledger.limit].tolist():
            value = int(used.codes[one])
            shown = value if abs(value) < LARGEST else None
            self.ledger.show(code, self.place(int(used.first[one]), name), shown, f"{used.counts[one]:,} rows")

    def place(self, row: int, name: str = "") -> Place:
        """Where a row stands, as far as it is known when its bytes are gone."""
        where = f"{self.pointer}/{row}" + (f"/{name}" if name else "")
        return Place((self.section, row), where)

    def _duplicate_ids(self) -> None:
        twice = repeated(self._ids)
        if not twice.size:
            return
        first: dict[int, int] = {}
        start = 0
        for chunk in self._ids:
            for row in np.flatnonzero(np.isin(chunk, twice)).tolist():
                value = int(chunk[row])
                other = first.setdefault(value, start + row)
                if other != start + row:
                    shown = value if abs(value) < LARGEST else None
                    self.ledger.note(
                        "ann-id-duplicate", self.place(start + row, "id"), shown, f"also {self.pointer}/{other}"
                    )
            start += chunk.size


def _hint(used: Ints, lost: Ints, known: Ints) -> str:
    """What would make lost ids match: another type, or a shift by one."""
    if is_text(lost).all() and known.size and not is_text(known).any():
        return "they are text where the table has numbers"
    if known.size and is_text(known).all() and not is_text(lost).any():
        return "they are numbers where the table has text"
    for step in (1, -1):
        if np.isin(used + step, known).all():
            return f"all match after adding {step}"
    return ""
