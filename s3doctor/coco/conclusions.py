"""Rules about a whole file that need its tables and its rows together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s3doctor.coco.ledger import Place
from s3doctor.coco.rule import WARNING

if TYPE_CHECKING:
    from s3doctor.coco.categories import Categories
    from s3doctor.coco.images import Images
    from s3doctor.coco.ledger import Ledger
    from s3doctor.coco.rows import Rows

__all__ = ["conclude", "explain"]

_MISREAD = (
    "bbox-outside",
    "bbox-overflow",
    "bbox-overflow-slight",
    "bbox-overflow-rounding",
    "bbox-subpixel",
    "bbox-tiny",
    "bbox-huge",
    "bbox-aspect",
    "area-mismatch",
    "area-zero",
    "seg-vs-bbox",
)
_SWAPPED = ("top-missing-key", "pred-shape-annotations", "pred-shape", "pred-score-missing")
EXPLAINS = {
    "top-swapped-files": _SWAPPED,
    **dict.fromkeys(
        ("stat-normalised", "stat-xyxy", "stat-xyxy-unsized", "stat-cxcywh", "stat-yxhw", "stat-bottom-origin"),
        _MISREAD,
    ),
}
"""Codes of faults, each with those that follow from it."""

_CROWDED = 100
_UNEVEN = 50
_RARE = 10
_SHOWN = 5


def conclude(ledger: Ledger, images: Images, categories: Categories, rows: Rows) -> None:
    """Judge a file that was read to its end. Predictions are spared what concerns ground truth only."""
    if rows.predicted:
        _crowded(ledger, images, rows, "pred-over-100")
        return
    _unannotated(ledger, images, rows)
    _crowded(ledger, images, rows, "img-crowding")
    _categories(ledger, categories, rows)


def explain(ledger: Ledger) -> None:
    """Say of faults that follow from others what they follow from: to mend them one by one would spoil the file."""
    for reason, codes in EXPLAINS.items():
        if reason in ledger:
            ledger.explain(codes, reason)


def _unannotated(ledger: Ledger, images: Images, rows: Rows) -> None:
    table = images.table()
    bare = np.flatnonzero(~np.isin(table.ids, rows.by_image.result().codes))
    if not bare.size or not len(rows):
        return
    ledger.count("img-unannotated", bare.size, severity=WARNING if bare.size > len(table) / 2 else None)
    for row in bare[: ledger.limit].tolist():
        ledger.show("img-unannotated", images.place(row), table[row])


def _crowded(ledger: Ledger, images: Images, rows: Rows, code: str) -> None:
    used = rows.by_image.result()
    if not used.codes.size:
        return
    limit = float(_CROWDED) if rows.predicted else max(_CROWDED, used.counts.mean() + 3 * used.counts.std())
    many = np.flatnonzero(used.counts > limit)
    if not many.size:
        return
    ledger.count(code, many.size, hint=f"the most is {used.counts.max():,}")
    most = many[np.argsort(-used.counts[many], kind="stable")][: ledger.limit]
    for rank, (one, position) in enumerate(zip(most.tolist(), images.lookup(used.codes[most]).tolist(), strict=True)):
        known = images.place(position) if position >= 0 else rows.place(int(used.first[one]), "image_id")
        ledger.show(code, Place((rank,), known.where, ids=known.ids), None, f"{used.counts[one]:,} boxes")


def _categories(ledger: Ledger, categories: Categories, rows: Rows) -> None:
    used = rows.by_category.result()
    counts = dict(zip(used.codes.tolist(), used.counts.tolist(), strict=True))
    known = categories.known
    if not known or not counts:
        return
    _unused(ledger, categories, counts)
    if len(categories) == 1:
        ledger.note("cls-one", next(iter(known.values())).place, next(iter(known.values())).name)
    ranked = sorted(((count, known[code].name) for code, count in counts.items() if code in known), reverse=True)
    rare = [pair for pair in ranked if pair[0] < _RARE]
    if rare:
        ledger.count("cls-rare", len(rare), hint=_listed(rare[-_SHOWN:]))
    if ranked and ranked[0][0] > _UNEVEN * ranked[-1][0]:
        ledger.count("cls-imbalance", hint=f"{_listed(ranked[:_SHOWN])} … {_listed(ranked[-_SHOWN:])}")


def _unused(ledger: Ledger, categories: Categories, counts: dict[int, int]) -> None:
    unused = [row for row in categories.known.values() if row.code not in counts]
    if not unused:
        return
    root = categories.root()
    severity = WARNING if len(unused) > len(categories.known) / 2 else None
    ledger.count("cat-unused", len(unused), severity=severity)
    for row in unused:
        text = "the root of all others, as Roboflow writes it: not meant to be used" if row is root else ""
        ledger.show("cat-unused", row.place, row.name, text)


def _listed(ranked: list[tuple[int, str]]) -> str:
    return ", ".join(f"{name[:40]!r} {count:,}" for count, name in ranked)
