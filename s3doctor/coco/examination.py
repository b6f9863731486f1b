"""What an examination found out: findings, counts, and what later steps compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from s3doctor.coco.duplicates import Sample
from s3doctor.coco.names import ImageNames

if TYPE_CHECKING:
    from s3doctor.coco.categories import Category
    from s3doctor.finding import Finding, Severity

__all__ = ["Examination", "FileExamination", "Histogram", "RowsById", "Summary"]


@dataclass(frozen=True)
class RowsById:
    """How many rows refer to each id: `codes` (sorted), `counts`, and `first`, the first such row. Aligned arrays."""

    codes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    counts: npt.NDArray[np.integer[Any]] = field(default_factory=lambda: np.zeros(0, np.int64))
    first: npt.NDArray[np.integer[Any]] = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True)
class Histogram:
    """Counts between edges: `counts[i]` values lie in [edges[i], edges[i + 1]); the last edge is included."""

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Summary:
    """The numbers of a file for plots: boxes for each image, sides of boxes in pixels, scores, rows by category."""

    boxes_per_image: Histogram = Histogram()
    box_widths: Histogram = Histogram()
    box_heights: Histogram = Histogram()
    scores: Histogram = Histogram()
    rows_by_category: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class FileExamination:
    """One file, examined.

    `role` is annotations or predictions, `size` the bytes read, `shape` says in words what the file is. `readable` is
    False where the JSON broke off: then counts cover what came before. `rows` counts annotations or predictions,
    `rows_pointer` is the JSON pointer of the array that holds them. `ids_as_text` says that image ids are strings.
    """

    role: str
    findings: tuple[Finding, ...] = ()
    size: int = 0
    shape: str = ""
    readable: bool = False
    images: int = 0
    rows: int = 0
    categories: int = 0
    rows_pointer: str = ""
    image_names: ImageNames = field(default_factory=ImageNames, repr=False, compare=False)
    category_table: tuple[Category, ...] = field(default=(), repr=False)
    rows_by_image: RowsById = field(default_factory=RowsById, repr=False, compare=False)
    rows_by_category: RowsById = field(default_factory=RowsById, repr=False, compare=False)
    scored: int = 0
    sample: Sample = field(default_factory=Sample.empty, repr=False, compare=False)
    median_box: tuple[float, float] = (0.0, 0.0)
    summary: Summary = field(default_factory=Summary, repr=False)

    def worst(self) -> Severity | None:
        """The gravest severity among the findings."""
        return self.findings[0].severity if self.findings else None


@dataclass(frozen=True)
class Examination:
    """Both files, examined, and what is wrong between them. A file that was not given is None."""

    annotations: FileExamination | None = None
    predictions: FileExamination | None = None
    across: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: those of annotations, those of predictions, those between the two."""
        files = (self.annotations, self.predictions)
        return tuple(finding for file in files if file for finding in file.findings) + self.across
