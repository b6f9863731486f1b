"""Annotations or predictions: every rule that looks at one row at a time, and what the others need of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Raw

from s3doctor.coco import boxes, geometry
from s3doctor.coco.duplicates import Duplicates
from s3doctor.coco.ids import (
    ABSENT,
    LARGEST,
    Ints,
    alike,
    codes,
    hint_for,
    not_found,
    own_ids,
    packed,
    repeated,
)
from s3doctor.coco.kept import Kept
from s3doctor.coco.keypoints import Keypoints
from s3doctor.coco.later import Aside, Later
from s3doctor.coco.ledger import Place
from s3doctor.coco.masks import Masks
from s3doctor.coco.scores import Scores
from s3doctor.coco.statistics import Statistics
from s3doctor.coco.tally import Tally
from s3doctor.coco.typed import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.coco.boxes import Floats
    from s3doctor.coco.categories import Categories
    from s3doctor.coco.examination import RowsById
    from s3doctor.coco.fields import Fields
    from s3doctor.coco.images import Images, Sizes
    from s3doctor.coco.ledger import Ledger

__all__ = ["Rows"]

_TYPES: dict[str, Any] = {
    "id": int,
    "image_id": int,
    "category_id": int,
    "bbox": tuple[float, float, float, float],
    "area": float,
    "iscrowd": int,
    "score": float,
    "segmentation": Raw,
    "keypoints": list[float],
    "num_keypoints": int,
    "ignore": Raw,
}


class Rows:
    """Collects the annotations (`predicted` False) or the predictions of a file.

    `sizes` gives the sizes of images that were read before the rows; without it rows are set aside until `finish`.
    """

    def __init__(self, ledger: Ledger, *, predicted: bool) -> None:
        self.ledger = ledger
        self.predicted = predicted
        self.shape = Shape(_TYPES)
        self.sizes: Sizes | None = None
        self.size = 0
        self.pointer = ""
        self.section = 0
        self.by_image = Tally()
        self.by_category = Tally()
        self.scored = 0
        self.crowds = 0
        self.first_keys: frozenset[str] = frozenset()
        self.masks = Masks(ledger, predicted=predicted)
        self.keypoints = Keypoints(ledger, predicted=predicted)
        self.scores = Scores(ledger)
        self.statistics = Statistics(ledger)
        self.duplicates = Duplicates(ledger, predicted=predicted)
        self._aside = Aside()
        self._ids = Kept()
        self._parts: list[tuple[int, int] | Ints] = []

    def __len__(self) -> int:
        """How many rows were read."""
        return self.size

    def look(self, fields: Fields) -> None:
        """Judge a batch."""
        self.section, self.pointer = fields.batch.array.section, fields.batch.array.pointer
        rows = fields.indices()
        self._parts.append((fields.batch.first, len(fields)) if fields.at is None else rows)
        image = self._reference(fields, "image_id", "ann-image-orphan", self.by_image, rows)
        category = self._reference(fields, "category_id", "ann-category-orphan", self.by_category, rows)
        box = boxes.boxes(fields, self.ledger, predicted=self.predicted)
        boxes.check_sizes(fields, box, self.ledger)
        crowd = boxes.crowds(fields, self.ledger) if not self.predicted else np.full(len(fields), -1, np.int8)
        masked = self.masks.look(fields, box, crowd)
        if self.predicted:
            self.scores.look(fields)
            self.scored = self.scores.size
        else:
            self._look_at_annotation(fields, box, masked.area, crowd)
        points = self.keypoints.look(fields, category)
        self.duplicates.add(image, category, box, rows)
        self._place_in_images(fields, rows, geometry.Shapes(image, box, masked.bounds, masked.size, points))
        self.size += len(fields)

    def _look_at_annotation(self, fields: Fields, box: Floats, drawn: Floats, crowd: Any) -> None:  # noqa: ANN401 - int8
        ids = own_ids(fields, "ann-id-missing", "ann-id-type", self.ledger)
        self._ids.add(packed(ids))
        boxes.mark(self.ledger, "ann-id-zero", fields, ids == 0, "id")
        area = boxes.areas(fields, self.ledger)
        boxes.check_areas(fields, box, area, ~np.isnan(drawn), self.ledger)
        self.crowds += int((crowd == 1).sum())
        for name, code in (("score", "score-in-gt"), ("ignore", "ignore-field")):
            if fields.has(name):
                present = fields.present(name)
                boxes.mark(self.ledger, code, fields, present, name)
                self.scored += int(present.sum()) if name == "score" else 0

    def _reference(self, fields: Fields, name: str, code: str, tally: Tally, rows: Ints) -> Ints:
        """The ids that rows refer to; a missing one is an orphan, too. Text is judged by what it refers to."""
        found = codes(fields, name)
        boxes.mark(self.ledger, code, fields, found == ABSENT, name)
        tally.add(found, rows)
        return found

    def _place_in_images(self, rows: boxes.Located, indices: Ints, shapes: geometry.Shapes) -> None:
        if self.sizes is None:
            self._aside.add(indices, shapes)
            return
        width, height = self.sizes(shapes.image)
        geometry.check(rows, shapes, width, height, self.ledger)
        self.statistics.look(shapes.box, width, height)

    def finish(self, images: Images | None, categories: Categories | None, sizes: Sizes) -> None:
        """Rules that need the whole file. None stands for a table that was not read to its end."""
        self.sizes = sizes
        for rows, shapes in self._aside.batches():
            self._place_in_images(Later(self.section, self.pointer, rows, shapes), rows, shapes)
        if images is not None:
            self._orphans("ann-image-orphan", "image_id", self.by_image.result(), images.table().ids)
        if categories is not None:
            known = np.array(sorted(categories.known), np.int64)
            self._orphans("ann-category-orphan", "category_id", self.by_category.result(), known)
        self._duplicate_ids()
        if self.crowds > max(1, self.size / 2):
            self.ledger.count("iscrowd-all", self.crowds)
        self.masks.finish()
        self.keypoints.finish(categories)
        self.duplicates.finish(self.place, self._indices)
        self.statistics.finish(self.by_image.result().codes.size)
        if self.predicted:
            self.scores.finish()

    def _orphans(self, code: str, name: str, used: RowsById, known: Ints) -> None:
        lost = not_found(used.codes, known)
        if not lost.size:
            return
        self.ledger.count(code, int(used.counts[lost].sum()), hint=hint_for(used.codes, used.codes[lost], known))
        for one in lost[np.argsort(used.first[lost])][: self.ledger.limit].tolist():
            value = int(used.codes[one])
            shown = value if abs(value) < LARGEST else None
            self.ledger.show(code, self.place(int(used.first[one]), name), shown, alike(int(used.counts[one])))

    def place(self, row: int, name: str = "") -> Place:
        """Where a row stands, as far as it is known when its bytes are gone."""
        where = f"{self.pointer}/{row}" + (f"/{name}" if name else "")
        return Place((self.section, row), where)

    def _indices(self) -> Iterator[Ints]:
        """The index of each row, batch by batch."""
        for part in self._parts:
            yield np.arange(part[0], part[0] + part[1]) if isinstance(part, tuple) else part

    def _duplicate_ids(self) -> None:
        twice = repeated(self._ids)
        if not twice.size:
            return
        first: dict[int, int] = {}
        for chunk, rows in zip(self._ids, self._indices(), strict=True):
            for at in np.flatnonzero(np.isin(chunk, twice)).tolist():
                value, row = int(chunk[at]), int(rows[at])
                other = first.setdefault(value, row)
                if other != row:
                    shown = value if abs(value) < LARGEST else None
                    self.ledger.note("ann-id-duplicate", self.place(row, "id"), shown, f"also {self.pointer}/{other}")
