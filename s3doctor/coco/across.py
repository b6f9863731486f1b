"""What is wrong between the two files, though each may be sound by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s3doctor.coco.ids import LARGEST
from s3doctor.coco.ledger import Ledger, Place

if TYPE_CHECKING:
    from s3doctor.coco.examination import FileExamination
    from s3doctor.finding import Finding

__all__ = ["compare"]


def compare(
    annotations: FileExamination, predictions: FileExamination, *, target: str = "platform", examples: int = 5
) -> tuple[Finding, ...]:
    """Compare two examined files: by file name and category name where both have them, by id where not."""
    ledger = Ledger(target, examples)
    if annotations.readable and predictions.readable:
        _orphans(ledger, annotations, predictions)
        _same_id_other_file(ledger, annotations, predictions)
        _same_id_other_category(ledger, annotations, predictions)
    return ledger.findings()


def _orphans(ledger: Ledger, truth: FileExamination, guess: FileExamination) -> None:
    known = np.array([row.code for row in truth.category_table], np.int64)
    for code, name, used, table in (
        ("pred-image-orphan", "image_id", guess.rows_by_image, truth.image_names.ids),
        ("pred-category-orphan", "category_id", guess.rows_by_category, known),
    ):
        lost = np.flatnonzero(~np.isin(used.codes, table))
        if not lost.size:
            continue
        ledger.count(code, int(used.counts[lost].sum()))
        for one in lost[np.argsort(used.first[lost])][: ledger.limit].tolist():
            row = int(used.first[one])
            place = Place((row,), f"{guess.rows_pointer}/{row}/{name}")
            ledger.show(code, place, _shown(int(used.codes[one])), f"{used.counts[one]:,} rows")


def _shown(code: int) -> int | None:
    return code if abs(code) < LARGEST else None


def _same_id_other_file(ledger: Ledger, truth: FileExamination, guess: FileExamination) -> None:
    common, left, right = np.intersect1d(truth.image_names.ids, guess.image_names.ids, return_indices=True)
    if not common.size:
        return
    ours, theirs = truth.image_names.names.hashes()[left], guess.image_names.names.hashes()[right]
    for one in np.flatnonzero(ours != theirs).tolist():
        ledger.count("x-image-ids-disagree")
        place = Place((int(right[one]),), f"/images/{right[one]}", ids=(("id", _shown(int(common[one]))),))
        if ledger.wants("x-image-ids-disagree", place.order):
            names = guess.image_names[int(right[one])], truth.image_names[int(left[one])]
            ledger.show("x-image-ids-disagree", place, names[0], f"annotations call it {names[1]!r}")


def _same_id_other_category(ledger: Ledger, truth: FileExamination, guess: FileExamination) -> None:
    names = {row.code: row.name for row in truth.category_table}
    for row in guess.category_table:
        name = names.get(row.code)
        if name is not None and row.name and name.strip() != row.name.strip():
            ledger.note("x-categories-disagree", row.place, row.name, f"annotations call it {name!r}")
