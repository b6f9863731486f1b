"""Segmentation masks of a batch: what is wrong with each, and the box and the area that each covers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from s3doctor.coco import rle
from s3doctor.coco.boxes import Floats, Mask, mark, number
from s3doctor.coco.crossings import Crossings
from s3doctor.coco.polygons import Polygons, parse
from s3doctor.coco.rle import ListedRle, Rle
from s3doctor.coco.untyped import UNREAD, decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger, Place

__all__ = ["Masked", "Masks"]

NONE, POLYGONS, RUNS, BAD = 0, 1, 2, 3
_SIX = 6
_ABSURD = 1e6
_FEW = 20


_LIST = ord("[")
_RLE = msgspec.json.Decoder(Rle)
_LISTED = msgspec.json.Decoder(list[ListedRle])
_LISTS = msgspec.json.Decoder(list[list[list[float]]])


@dataclass(frozen=True)
class Masked:
    """The masks of n rows: `kind` of each, `bounds` (n, 4) as x0, y0, x1, y1, `area` in pixels, `size` (n, 2) of runs.

    Bounds and areas are NaN, and sizes 0, where there are none.
    """

    kind: npt.NDArray[np.int8]
    bounds: Floats
    area: Floats
    size: npt.NDArray[np.int64]

    @classmethod
    def none(cls, rows: int) -> Masked:
        """No masks at all."""
        kind, size = np.zeros(rows, np.int8), np.zeros((rows, 2), np.int64)
        return cls(kind, np.full((rows, 4), np.nan), np.full(rows, np.nan), size)


class Masks:
    """Judges the masks of one file."""

    def __init__(self, ledger: Ledger, *, predicted: bool) -> None:
        self.ledger = ledger
        self.predicted = predicted
        self.drawn = 0
        self.rectangles = 0
        self.empty = 0
        self._crossings = Crossings()
        self._first_empty: list[tuple[Place, Any]] = []

    def look(self, fields: Fields, box: Floats, crowd: npt.NDArray[np.int8]) -> Masked:
        """Judge a batch and measure its masks."""
        masked = Masked.none(len(fields))
        if not fields.has("segmentation"):
            return masked
        drawn = self._texts(fields, masked) if fields.trusted else self._values(fields, masked)
        if drawn is not None:
            self._measure(fields, drawn, masked)
        self._against_boxes(fields, box, masked)
        self.drawn += int(np.count_nonzero((masked.kind == POLYGONS) | (masked.kind == RUNS)))
        mixed = ((masked.kind == POLYGONS) & (crowd == 1)) | ((masked.kind == RUNS) & (crowd == 0))
        mark(self.ledger, "rle-crowd-mix", fields, mixed, "segmentation")
        return masked

    def _texts(self, fields: Fields, masked: Masked) -> Polygons | None:
        """The polygons of masks that are still JSON text; the others are judged one by one."""
        table = fields.rows.table
        if table is not None:
            self._others(fields, table.masks, masked)
            return table.drawn
        values = fields.column("segmentation")
        lists = [row for row, value in enumerate(values) if value is not UNSET and value[0] == _LIST]
        if len(lists) < len(values):
            others = sorted(set(range(len(values))).difference(lists))
            self._others(fields, {row: values[row] for row in others if values[row] is not UNSET}, masked)
        if not lists:
            return None
        texts = [values[row] for row in lists]
        found = parse(texts) or _decoded(texts)
        if found is None:
            return self._values(fields, masked, lists)
        drawn = Polygons(found.flat, found.lengths, np.array(lists, np.intp)[found.owners])
        if np.count_nonzero(np.diff(found.owners)) + 1 < len(lists):
            for row in sorted(set(lists).difference(drawn.owners.tolist())):
                self._note_empty(fields, row, masked)
        return drawn

    def _values(self, fields: Fields, masked: Masked, rows: Sequence[int] | None = None) -> Polygons | None:
        """The polygons of masks that may be anything."""
        polygons: list[list[float]] = []
        owners: list[int] = []
        column = fields.column("segmentation")
        for row in range(len(fields)) if rows is None else rows:
            value = _value(column[row])
            if isinstance(value, list) and value:
                sound = self._polygons(fields, row, value)
                polygons += sound
                owners += [row] * len(sound)
            elif isinstance(value, list):
                self._note_empty(fields, row, masked)
            else:
                self._other(fields, row, value, masked)
        return _gathered(polygons, owners)

    def _others(self, fields: Fields, texts: Mapping[int, bytes], masked: Masked) -> None:
        """Masks that are no lists, still as JSON text: run lengths all at once, the others one by one."""
        done = np.zeros(0, np.intp) if self.predicted or not texts else self._many_runs(texts, masked)
        for row in sorted(set(texts).difference(done.tolist())):
            self._other(fields, row, _value(texts[row]), masked)

    @staticmethod
    def _many_runs(texts: Mapping[int, bytes], masked: Masked) -> npt.NDArray[np.intp]:
        """Measure sound run lengths. Which rows those are."""
        rows = np.fromiter(texts, np.intp, len(texts))
        try:
            found = rle.measure_all(_LISTED.decode(b"[%s]" % b",".join(texts.values())))
        except msgspec.DecodeError:
            found = None
        if found is None:
            return rows[:0]
        rows = rows[found.sound]
        masked.kind[rows] = RUNS
        masked.size[rows], masked.area[rows], masked.bounds[rows] = found.size, found.area, found.bounds
        return rows

    def _other(self, fields: Fields, row: int, value: object, masked: Masked) -> None:
        """Whatever is not a list."""
        if value is UNSET:
            return
        masked.kind[row] = BAD
        if value == UNREAD:
            masked.area[row] = 0.0  # there is a mask, so the area is not that of the box
        elif isinstance(value, (dict, Rle)):
            self._runs(fields, row, value, masked)
        else:
            self.ledger.note("seg-type", partial(fields.place, row, "segmentation"), value)

    def _note_empty(self, fields: Fields, row: int, masked: Masked) -> None:
        masked.kind[row] = BAD
        self.empty += 1
        if len(self._first_empty) < self.ledger.limit:
            self._first_empty.append((fields.place(row, "segmentation"), _value(fields.column("segmentation")[row])))

    def _runs(self, fields: Fields, row: int, value: dict[str, Any] | Rle, masked: Masked) -> None:
        place = partial(fields.place, row, "segmentation")
        size, counts = (
            (value.size, value.counts) if isinstance(value, Rle) else (value.get("size"), value.get("counts"))
        )
        try:
            found = rle.measure(size, counts, typed=isinstance(value, Rle))
        except rle.Bad as bad:
            self.ledger.note(bad.code, place, {"size": size, "counts": counts}, str(bad))
            return
        if self.predicted and not isinstance(counts, str):
            self.ledger.note("pred-rle-uncompressed", place, {"size": size, "counts": counts})
        masked.kind[row] = RUNS
        masked.size[row] = found.height, found.width
        masked.area[row] = found.area
        masked.bounds[row] = found.bounds
        if not found.area:
            self.ledger.note("rle-empty", place, {"size": size, "counts": counts})

    def _polygons(self, fields: Fields, row: int, value: list[Any]) -> list[list[float]]:
        """The polygons of a value decoded without types, none if anything is wrong with their types."""
        place = partial(fields.place, row, "segmentation")
        if not all(isinstance(polygon, list) for polygon in value):
            self.ledger.note("seg-type", place, value, _hint(value))
            return []
        if not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in chain.from_iterable(value)):
            self.ledger.note("seg-type", place, value, _hint(value))
            return []
        if any(isinstance(one, float) and not math.isfinite(one) for one in chain.from_iterable(value)):
            return []
        return [[number(one) for one in polygon] for polygon in value]

    def _measure(self, fields: Fields, drawn: Polygons, masked: Masked) -> None:
        bad = (drawn.lengths < _SIX) | (drawn.lengths & 1 == 1)
        if bad.any():
            self._note_misshapen(fields, drawn, bad, masked)
            keep = ~np.isin(drawn.owners, drawn.owners[bad])
            flat = drawn.flat[np.repeat(keep, drawn.lengths)]
            drawn = Polygons(flat, drawn.lengths[keep], drawn.owners[keep])
        if drawn.lengths.size:
            self._geometry(fields, drawn, masked)

    def _note_misshapen(self, fields: Fields, drawn: Polygons, bad: Mask, masked: Masked) -> None:
        """Polygons that are empty, have too few points, or half a point."""
        ends = np.cumsum(drawn.lengths)
        empty: set[int] = set()
        for at in np.flatnonzero(bad).tolist():
            row, length = int(drawn.owners[at]), int(drawn.lengths[at])
            masked.kind[row] = BAD
            place = partial(fields.place, row, "segmentation")
            numbers = drawn.flat[ends[at] - length : ends[at]].tolist()
            if not length:
                if row not in empty:
                    self._note_empty(fields, row, masked)
                empty.add(row)
            elif length & 1:
                self.ledger.note("seg-odd", place, numbers, f"{length} numbers")
            else:
                self.ledger.note("seg-short", place, numbers, f"{length} numbers")

    def _geometry(self, fields: Fields, drawn: Polygons, masked: Masked) -> None:
        """Bounds and areas of rows from the coordinates of all their polygons, one after another."""
        x, y = drawn.flat[0::2].copy(), drawn.flat[1::2].copy()
        ends = np.cumsum(drawn.lengths >> 1)
        starts = ends - (drawn.lengths >> 1)
        first = np.flatnonzero(np.concatenate([[True], drawn.owners[1:] != drawn.owners[:-1]]))
        rows, firsts = drawn.owners[first], starts[first]
        bounds = [np.minimum.reduceat(x, firsts), np.minimum.reduceat(y, firsts)]
        bounds += [np.maximum.reduceat(x, firsts), np.maximum.reduceat(y, firsts)]
        masked.bounds[rows] = np.stack(bounds, axis=1)
        masked.area[rows] = np.add.reduceat(_areas(x, y, starts, ends), first)
        masked.kind[rows] = POLYGONS
        absurd = np.abs(masked.bounds).max(axis=1) > _ABSURD
        if absurd.any():
            mark(self.ledger, "seg-nonfinite", fields, absurd, "segmentation")
            masked.kind[absurd] = BAD
            masked.bounds[absurd] = np.nan
        polygons = masked.kind == POLYGONS
        crossing = np.zeros(len(fields), bool)
        crossing[self._crossings.find(drawn)] = True
        mark(self.ledger, "seg-self-intersecting", fields, crossing & polygons, "segmentation")
        mark(self.ledger, "seg-degenerate", fields, polygons & (masked.area < 1), "segmentation")
        self.rectangles += _rectangles(masked, polygons)

    def _against_boxes(self, fields: Fields, box: Floats, masked: Masked) -> None:
        """Masks that describe another region than their box."""
        around = np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)
        slack = np.maximum(2.0, 0.05 * np.maximum(box[:, 2], box[:, 3]))
        sound = (box[:, 2] > 0) & (box[:, 3] > 0)
        with np.errstate(invalid="ignore"):
            far: Mask = sound & (np.abs(around - masked.bounds).max(axis=1) > slack)
        mark(self.ledger, "seg-vs-bbox", fields, far, "bbox")

    def finish(self) -> None:
        """Rules that need the whole file."""
        if self.empty:
            code = "seg-empty-among-masks" if self.drawn else "seg-empty"
            self.ledger.count(code, self.empty)
            for place, value in self._first_empty:
                self.ledger.show(code, place, value)
        if self._crossings.skipped and "seg-self-intersecting" in self.ledger:
            self.ledger.count("seg-self-intersecting", 0, hint="looked for in a part of the polygons only")
        if self.drawn >= _FEW and self.rectangles > 0.95 * self.drawn:
            self.ledger.count("seg-rectangle-all", self.rectangles)


def _areas(x: Floats, y: Floats, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Floats:
    """The area within each polygon: the shoelace formula."""
    following_x, following_y = np.empty_like(x), np.empty_like(y)
    following_x[:-1], following_y[:-1] = x[1:], y[1:]
    following_x[ends - 1], following_y[ends - 1] = x[starts], y[starts]
    areas: Floats = np.abs(np.add.reduceat(x * following_y - following_x * y, starts)) / 2
    return areas


def _rectangles(masked: Masked, drawn: Mask) -> int:
    """How many masks fill the box around them."""
    sides = masked.bounds[drawn]
    full = (sides[:, 2] - sides[:, 0]) * (sides[:, 3] - sides[:, 1])
    return int((masked.area[drawn] >= full * 0.999).sum())


def _value(text: object) -> object:
    """A mask as a value; one that is still JSON text is decoded."""
    if not isinstance(text, bytes):
        return text
    try:
        return _RLE.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return decode(text).value


def _decoded(texts: list[bytes]) -> Polygons | None:
    """Polygons that the decoder has to read, None where they are not just that."""
    try:
        lists = _LISTS.decode(b"[" + b",".join(texts) + b"]")
    except msgspec.DecodeError:
        return None
    polygons = list(chain.from_iterable(lists))
    owners = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    return _gathered(polygons, owners.tolist())


def _gathered(polygons: list[list[float]], owners: list[int]) -> Polygons:
    lengths = np.fromiter(map(len, polygons), np.int64, len(polygons))
    flat = np.fromiter(chain.from_iterable(polygons), np.float64, int(lengths.sum()))
    return Polygons(flat, lengths, np.array(owners, np.intp))


def _hint(value: list[Any]) -> str:
    """What a misshapen list looks like."""
    kinds: Iterator[type] = map(type, value[:50])
    if all(kind in (int, float) for kind in kinds):
        return "a flat list of numbers: put it into another list"
    if any(isinstance(one, dict) for one in value):
        return "run lengths within a list: write the object alone"
    if any(isinstance(one, list) and one and isinstance(one[0], list) for one in value):
        return "points as pairs: write x and y one after another"
    return ""
