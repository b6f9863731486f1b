"""Whether pycocotools may be asked at all, and about how much of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.coco.rules import RULES
from s3doctor.finding import Severity

if TYPE_CHECKING:
    from s3doctor.coco.examination import Examination, FileExamination
    from s3doctor.finding import Finding

__all__ = ["foreseen", "share", "stoppers"]

MOST_BYTES = 20 << 20
MOST_ROWS = 200_000

HARMLESS = frozenset(
    [
        "img-filename-missing",
        "img-filename-duplicate",
        "img-size-missing-masks",
        "cat-name-duplicate",
        "ann-exact-duplicate",
        "bbox-negative-size",
        "bbox-zero-size",
        "bbox-outside",
        "bbox-overflow",
        "stat-xyxy",
        "stat-normalised",
        "kpt-length",
        "kpt-visibility",
        "kpt-num",
        "seg-empty-among-masks",
        "seg-outside-wholly",
        "seg-odd",
        "pred-shape-object",
        "pred-shape-annotations",
    ]
)
"""Faults with which pycocotools evaluates boxes to the end, if not always to a number that means anything."""

RECOMPUTED = frozenset(
    [
        "ann-id-missing",
        "ann-id-type",
        "ann-id-zero",
        "ann-id-duplicate",
        "area-missing",
        "area-value",
        "iscrowd-missing",
        "iscrowd-value",
        "pred-rle-uncompressed",
    ]
)
"""Faults of fields that `loadRes` overwrites, or that an evaluation of boxes does not read, in predictions."""

MATCHED = frozenset(
    [
        "pred-image-orphan",
        "pred-category-orphan",
        "x-image-ids-disagree",
        "x-categories-disagree",
        "x-category-shift",
        "top-swapped-files",
    ]
)
"""Faults between the files that matching by name mends, or that the evaluation shows."""


def stoppers(file: FileExamination) -> tuple[str, ...]:
    """The codes of the faults for which a file is not given to pycocotools: those it is known not to survive."""
    harmless = HARMLESS | RECOMPUTED | MATCHED if file.role == "predictions" else HARMLESS | MATCHED
    found = [one.code for one in file.findings if _grave(one) and one.code not in harmless]
    if not file.readable:
        found = found or ["not readable"]
    return tuple(found)


def _grave(finding: Finding) -> bool:
    return RULES[finding.code].pycocotools is Severity.ERROR


def foreseen(examined: Examination) -> bool:
    """Whether a failure of pycocotools would be no surprise: some fault that it minds was named."""
    return any(map(_grave, (one for one in examined.findings if one.code != "pred-shape-object")))


def share(*files: FileExamination) -> float:
    """How much of the images can be looked at, 1.0 for all: by bytes and rows of the larger file."""
    limits = [MOST_BYTES / max(file.size, 1) for file in files] + [MOST_ROWS / max(file.rows, 1) for file in files]
    return min(1.0, *limits)
