"""Keypoints of annotations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import UNSET

from s3doctor.coco.boxes import Floats, number
from s3doctor.coco.ids import ABSENT

if TYPE_CHECKING:
    from s3doctor.coco.categories import Categories
    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ids import Ints
    from s3doctor.coco.ledger import Ledger, Place

__all__ = ["Keypoints"]

_COCO = 17
_MOST_KINDS = 10_000


class Keypoints:
    """Judges the keypoints of one file."""

    def __init__(self, ledger: Ledger, *, predicted: bool) -> None:
        self.ledger = ledger
        self.predicted = predicted
        self._lengths: dict[tuple[int, int], tuple[int, list[Place]]] = {}
        self.seen = 0

    def look(self, fields: Fields, category: Ints) -> Floats:
        """Judge a batch; the box (n, 4) around the labelled points of each row, NaN where there are none."""
        bounds = np.full((len(fields), 4), np.nan)
        if not fields.has("keypoints"):
            return bounds
        for row, value in enumerate(fields.column("keypoints")):
            if value is UNSET:
                continue
            self.seen += 1
            points = self._points(fields, row, value)
            if points is not None:
                self._remember(fields, row, int(category[row]), len(points))
                bounds[row] = self._judge(fields, row, points)
        return bounds

    def _points(self, fields: Fields, row: int, value: Any) -> Floats | None:  # noqa: ANN401 - strangers' JSON
        """The points as (k, 3), None if they are no such thing."""
        place = partial(fields.place, row, "keypoints")
        numbers = [number(one) for one in value] if isinstance(value, list) else []
        if len(numbers) % 3 or not isinstance(value, list):
            self.ledger.note("kpt-length", place, value, "not a flat list of x, y, v")
            return None
        points = np.array(numbers, np.float64).reshape(-1, 3)
        if not np.isfinite(points).all():
            if not all(isinstance(one, (int, float)) for one in value):
                self.ledger.note("kpt-length", place, value, "something other than numbers")
            return None
        return points

    def _remember(self, fields: Fields, row: int, category: int, points: int) -> None:
        if len(self._lengths) > _MOST_KINDS and (category, points) not in self._lengths:
            return
        count, places = self._lengths.get((category, points), (0, []))
        if len(places) < self.ledger.limit:
            places.append(fields.place(row, "keypoints"))
        self._lengths[category, points] = count + 1, places

    def _judge(self, fields: Fields, row: int, points: Floats) -> Floats:
        visible = points[:, 2]
        place = partial(fields.place, row, "keypoints")
        if not np.isin(visible, (0, 1, 2)).all():
            self.ledger.note("kpt-visibility", place, visible.tolist())
        if points[visible == 0, :2].any():
            self.ledger.note("kpt-unlabelled", place, points[visible == 0].tolist())
        labelled = points[visible > 0]
        self._number(fields, row, len(labelled))
        if not len(labelled):
            return np.full(4, np.nan)
        return np.concatenate([labelled[:, :2].min(axis=0), labelled[:, :2].max(axis=0)])

    def _number(self, fields: Fields, row: int, labelled: int) -> None:
        if self.predicted:
            return
        said = fields.column("num_keypoints")[row]
        if said is UNSET:
            self.ledger.note("kpt-num", partial(fields.place, row), None, f"missing; {labelled} are labelled")
        elif isinstance(said, bool) or said != labelled:
            self.ledger.note("kpt-num", partial(fields.place, row, "num_keypoints"), said, f"{labelled} are labelled")

    def finish(self, categories: Categories | None) -> None:
        """Numbers of points against those that categories name. None: the categories were not read to their end."""
        known = categories.known if categories is not None else {}
        for (category, points), (count, places) in sorted(self._lengths.items()):
            wanted = known[category].keypoints if category in known and category != ABSENT else -1
            if wanted not in (-1, points):
                self._show("kpt-length", count, places, f"{points} points, the category has {wanted}")
            elif points != _COCO:
                self._show("kpt-not-17", count, places, f"{points} points")
            if category in known and wanted < 0:
                self._show("kpt-category", 1, [known[category].place], "no keypoints named")

    def _show(self, code: str, count: int, places: list[Place], text: str) -> None:
        self.ledger.count(code, count)
        for place in places:
            self.ledger.show(code, place, None, text)
