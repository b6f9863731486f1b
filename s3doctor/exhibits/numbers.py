"""Sizes and counts in words, and the histograms of the COCO files as plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.exhibits.shapes import Plot
from s3doctor.facts import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.coco import FileExamination
    from s3doctor.dataset import DatasetContext
    from s3doctor.local import Folder, LocalDataset
    from s3doctor.s3.listing import Listing

STEP = 1000
UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def figures(dataset: DatasetContext | LocalDataset, *, named: bool) -> Iterator[tuple[str, str]]:
    """Names and values, as far as they are known. `named` puts the dataset's name before each."""
    before = f"{dataset.name}: " if named else ""
    listing: Listing | Folder | None = known(dataset, "listing")
    if listing is not None:
        at_least = "" if listing.complete else "at least "
        yield f"{before}objects in {dataset.images}/", f"{at_least}{listing.count:,} ({size(listing.size)})"
    for role in ("annotations", "predictions"):
        file: FileExamination | None = known(dataset, role)
        if file is not None:
            yield f"{before}{role}.json", f"{file.rows:,} {role} ({size(file.size)})"
            if role == "annotations":
                yield f"{before}images in {role}.json", f"{file.images:,}"
                yield f"{before}categories", f"{file.categories:,}"


def size(count: int) -> str:
    """A number of bytes as people write it: `512 bytes`, `2.1 GB`."""
    value, unit = float(count), 0
    while round(value, 1) >= STEP and unit < len(UNITS) - 1:
        value, unit = value / STEP, unit + 1
    return f"{value:,.1f} {UNITS[unit]}" if unit else f"{count:,} bytes"


def plots(dataset: DatasetContext | LocalDataset) -> Iterator[Plot]:
    """The plots of both files, as far as they were read."""
    for role in ("annotations", "predictions"):
        file: FileExamination | None = known(dataset, role)
        if file is not None:
            yield from of_file(file, dataset.name)


def of_file(file: FileExamination, dataset: str) -> Iterator[Plot]:
    """The plots of one file: its categories, and each histogram that holds something."""
    summary, role = file.summary, file.role
    if any(count for _, count in summary.rows_by_category):
        names, counts = zip(*summary.rows_by_category, strict=True)
        yield Plot(f"Categories of the {role}", "bars", names, counts, "category", role, dataset=dataset)
    shown = (
        (f"{role.capitalize()} in an image", summary.boxes_per_image, role, "images"),
        (f"Widths of the {role}", summary.box_widths, "pixels", role),
        (f"Heights of the {role}", summary.box_heights, "pixels", role),
        (f"Scores of the {role}", summary.scores, "score", role),
    )
    for title, histogram, x_label, y_label in shown:
        if any(histogram.counts):
            yield Plot(title, "histogram", histogram.edges, histogram.counts, x_label, y_label, dataset=dataset)
