"""Which image of one file is which of the other: by file name where both have names, by id where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from s3doctor.coco.ids import Ints, Lookup

if TYPE_CHECKING:
    from s3doctor.coco.examination import FileExamination

__all__ = ["Match"]


class Match:
    """Images of the ground truth and of predictions. `named`: both tables have file names. `common`: their hashes."""

    def __init__(self, truth: FileExamination, guess: FileExamination) -> None:
        self.truth = truth
        self.guess = guess
        self.named = any(guess.image_names[:1]) and any(truth.image_names[:1])
        self._ours = truth.image_names.names.hashes() if self.named else np.zeros(0, np.int64)
        self._theirs = guess.image_names.names.hashes() if self.named else np.zeros(0, np.int64)
        self.common, self._left, self._right = np.intersect1d(self._ours, self._theirs, return_indices=True)

    def common_rows(self) -> tuple[Ints, Ints]:
        """Positions of the images with a common name, in the ground truth and in the predictions."""
        return self._left, self._right

    def same_id_other_name(self) -> tuple[Ints, Ints]:
        """Images with a common id and different names: positions in the predictions and in the ground truth."""
        _, left, right = np.intersect1d(self.truth.image_names.ids, self.guess.image_names.ids, return_indices=True)
        other = self._ours[left] != self._theirs[right]
        order = np.argsort(right[other])
        return right[other][order], left[other][order]

    def unpredicted(self) -> Ints:
        """Positions of the images of the ground truth that have annotations and no prediction."""
        table = self.truth.image_names
        with_objects = np.isin(table.ids, self.truth.rows_by_image.codes)
        used = self.guess.rows_by_image.codes
        if not self.named:
            return np.flatnonzero(with_objects & ~np.isin(table.ids, used))
        positions = Lookup(self.guess.image_names.ids).find(used)
        return np.flatnonzero(with_objects & ~np.isin(self._ours, self._theirs[positions[positions >= 0]]))

    def extra(self) -> Ints:
        """Positions of the images of the predictions whose names the ground truth does not have."""
        return np.flatnonzero(~np.isin(self._theirs, self._ours))
