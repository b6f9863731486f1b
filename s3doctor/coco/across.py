"""What is wrong between the two files, though each may be sound by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from s3doctor.coco.conclusions import EXPLAINS
from s3doctor.coco.ids import LARGEST, Ints, alike, hint_for, is_text, not_found
from s3doctor.coco.ledger import Ledger, Place
from s3doctor.coco.matching import Match
from s3doctor.coco.rule import ERROR

if TYPE_CHECKING:
    from s3doctor.coco.examination import FileExamination, RowsById
    from s3doctor.finding import Finding

__all__ = ["compare"]

_FEW, _SOME = 10, 20
_NEARLY_ALL = 0.95


def compare(
    annotations: FileExamination, predictions: FileExamination, *, target: str = "platform", examples: int = 5
) -> tuple[Finding, ...]:
    """Compare two examined files: by file name and category name where both have them, by id where not.

    Nothing is said where either file could not be read to its end.
    """
    ledger = Ledger(target, examples)
    if annotations.readable and predictions.readable:
        _Comparison(ledger, annotations, predictions).run()
    return ledger.findings()


class _Comparison:
    """Ground truth (`truth`) and predictions (`guess`) side by side."""

    def __init__(self, ledger: Ledger, truth: FileExamination, guess: FileExamination) -> None:
        self.ledger = ledger
        self.truth = truth
        self.guess = guess
        self.match = Match(truth, guess)
        self.known = np.array([row.code for row in truth.category_table], np.int64)

    def _explain(self) -> None:
        """Say of another scale that it follows from boxes which mean something else in one of the files."""
        found = {finding.code for file in (self.truth, self.guess) for finding in file.findings}
        reason = next((code for code, codes in EXPLAINS.items() if "bbox-outside" in codes and code in found), "")
        if reason:
            self.ledger.explain(("x-box-scale",), reason)

    def run(self) -> None:
        """All rules."""
        if self._identical():
            self.ledger.note("top-swapped-files", Place((0,), ""), None, "both files are the same")
            return
        self._image_ids()
        self._categories()
        self._references("image_id", "pred-image-orphan", self.guess.rows_by_image, self.truth.image_names.ids)
        self._references("category_id", "pred-category-orphan", self.guess.rows_by_category, self.known)
        self._shift()
        self._coverage()
        self._sizes()
        self._scale()
        self._equality()
        self._explain()

    def _identical(self) -> bool:
        truth, guess = self.truth, self.guess
        same = truth.size == guess.size and truth.rows == guess.rows > 0 and truth.images == guess.images
        return same and np.array_equal(truth.sample.kept, guess.sample.kept) and not guess.scored

    def _image_ids(self) -> None:
        if not self.match.named:
            return
        if not self.match.common.size:
            self.ledger.note("x-no-overlap", Place((0,), "/images"), self.guess.image_names[0])
            return
        here, there = self.match.same_id_other_name()
        self.ledger.count("x-image-ids-disagree", here.size)
        for guess, truth in zip(here[: self.ledger.limit].tolist(), there[: self.ledger.limit].tolist(), strict=True):
            place = Place((guess,), f"/images/{guess}", ids=(("id", _shown(int(self.guess.image_names.ids[guess]))),))
            text = f"annotations call it {self.truth.image_names[truth]!r}"
            self.ledger.show("x-image-ids-disagree", place, self.guess.image_names[guess], text)

    def _categories(self) -> None:
        names = {row.code: row.name.strip() for row in self.truth.category_table}
        wanted = set(names.values())
        for row in self.guess.category_table:
            name = names.get(row.code)
            if name is not None and row.name.strip() and name != row.name.strip():
                self.ledger.note("x-categories-disagree", row.place, row.name, f"annotations call it {name!r}")
            elif name is None and row.name.strip() in wanted:
                self.ledger.note("x-categories-disagree", row.place, row.name, "annotations give it another id")

    def _references(self, name: str, code: str, used: RowsById, table: Ints) -> None:
        """Rows whose id the ground truth does not have. The platform reads own tables where there are some."""
        own = self.guess.images if name == "image_id" else self.guess.categories
        lost = not_found(used.codes, table)
        if not lost.size or (own and self.ledger.target == "platform"):
            return
        if _types_differ(used.codes[lost], table):
            code = "x-id-type"
        self.ledger.count(code, int(used.counts[lost].sum()), hint=hint_for(used.codes, used.codes[lost], table))
        for one in lost[np.argsort(used.first[lost], kind="stable")][: self.ledger.limit].tolist():
            row = int(used.first[one])
            place = Place((row,), f"{self.guess.rows_pointer}/{row}/{name}")
            self.ledger.show(code, place, _shown(int(used.codes[one])), alike(int(used.counts[one])))

    def _shift(self) -> None:
        """Ids from a model's outputs: 0 to K-1 where the ground truth has 1 to K, or ids with gaps."""
        used = self.guess.rows_by_category.codes
        if self.guess.categories or not used.size or not self.known.size or np.isin(used, self.known).all():
            return
        known = np.sort(self.known)
        gaps = bool((np.diff(known) > 1).any())
        if not gaps and np.isin(used + 1, known).all():
            hint = "likely: all match after adding 1"
        elif gaps and used.min() >= 0 and used.max() < known.size:
            hint = f"likely: positions 0 to {known.size - 1} in the sorted list of ids"
        else:
            return
        self.ledger.count("x-category-shift", int(self.guess.rows_by_category.counts.sum()), hint=hint)

    def _coverage(self) -> None:
        if self.match.named and not self.match.common.size:
            return
        missing = self.match.unpredicted()
        share = missing.size / max(1, int(self.truth.rows_by_image.codes.size))
        if missing.size and self.guess.rows:
            severity = ERROR if share > 0.5 else None  # noqa: PLR2004 - more than half
            self.ledger.count(
                "x-missing-images", missing.size, severity=severity, hint=f"{share:.0%} of those with objects"
            )
            self._show_images("x-missing-images", self.truth, missing)
        extra = self.match.extra()
        if extra.size:
            self.ledger.count("x-extra-images", extra.size)
            self._show_images("x-extra-images", self.guess, extra)
        self._extra_categories()

    def _show_images(self, code: str, file: FileExamination, rows: Ints) -> None:
        for row in rows[: self.ledger.limit].tolist():
            ids = (("id", _shown(int(file.image_names.ids[row]))),)
            self.ledger.show(code, Place((row,), f"/images/{row}", ids=ids), file.image_names[row])

    def _extra_categories(self) -> None:
        """Predicted categories of which the ground truth has no object, by name where both have names."""
        with_objects = set(self.truth.rows_by_category.codes.tolist())
        ours = {row.code: row.name.strip() for row in self.truth.category_table}
        names = {row.name.strip() for row in self.truth.category_table if row.code in with_objects}
        if not names:
            return
        theirs = {row.code: row.name.strip() for row in self.guess.category_table}
        used = self.guess.rows_by_category
        for code, count, first in zip(used.codes.tolist(), used.counts.tolist(), used.first.tolist(), strict=True):
            if code in theirs:
                extra, name = theirs[code] not in names, theirs[code]
            else:
                extra, name = code in ours and code not in with_objects, ours.get(code, "")
            if extra:
                place = Place((first,), f"{self.guess.rows_pointer}/{first}/category_id", ids=(("id", _shown(code)),))
                self.ledger.note("x-extra-categories", place, name, f"{count:,} predictions")

    def _sizes(self) -> None:
        ours, theirs = self.match.common_rows()
        if not ours.size:
            return
        a, b = self.truth.image_names, self.guess.image_names
        known = (a.widths[ours] > 0) & (b.widths[theirs] > 0)
        other = known & ((a.widths[ours] != b.widths[theirs]) | (a.heights[ours] != b.heights[theirs]))
        rows = np.flatnonzero(other)
        self.ledger.count("x-width-height", rows.size)
        for one in np.sort(theirs[rows])[: self.ledger.limit].tolist():
            at = int(ours[np.flatnonzero(theirs == one)[0]])
            text = f"{b.widths[one]} x {b.heights[one]}; in annotations {a.widths[at]} x {a.heights[at]}"
            self.ledger.show("x-width-height", Place((one,), f"/images/{one}"), b[one], text)

    def _scale(self) -> None:
        if min(self.truth.rows, self.guess.rows) < _SOME or 0 in (*self.truth.median_box, *self.guess.median_box):
            return
        ratios = [b / a for a, b in zip(self.truth.median_box, self.guess.median_box, strict=True)]
        if all(ratio > 2 for ratio in ratios) or all(ratio < 0.5 for ratio in ratios):  # noqa: PLR2004
            hint = f"likely: half of them are about {ratios[0]:.2g} times as wide and {ratios[1]:.2g} times as high"
            self.ledger.count("x-box-scale", self.guess.rows, hint=hint)

    def _equality(self) -> None:
        share = self.guess.sample.share_in(self.truth.sample)
        if min(self.truth.rows, self.guess.rows) >= _FEW and share >= _NEARLY_ALL:
            hint = f"{share:.0%} of the boxes are exactly those of the ground truth"
            self.ledger.count("pred-equals-gt", self.guess.rows, hint=hint)


def _shown(code: int) -> Any:  # noqa: ANN401 - an id, or None for one that is no integer
    return code if abs(code) < LARGEST else None


def _types_differ(lost: Ints, table: Ints) -> bool:
    return bool(table.size) and bool(is_text(lost).all() != is_text(table).all())
