"""Plots are made of the numbers that the examination of a file kept."""

from __future__ import annotations

from s3doctor.coco import FileExamination, Histogram, Summary
from s3doctor.exhibits.numbers import of_file


def test_each_histogram_that_holds_something_is_a_plot() -> None:
    summary = Summary(
        boxes_per_image=Histogram((0, 1, 5), (3, 4)),
        box_widths=Histogram((0, 10), (0,)),
        scores=Histogram((0.0, 0.5, 1.0), (1, 9)),
        rows_by_category=(("car", 7), ("tram", 0)),
    )
    plots = list(of_file(FileExamination("predictions", summary=summary), "voc"))
    assert [(plot.title, plot.kind, plot.x, plot.y) for plot in plots] == [
        ("Categories of the predictions", "bars", ("car", "tram"), (7, 0)),
        ("Predictions in an image", "histogram", (0, 1, 5), (3, 4)),
        ("Scores of the predictions", "histogram", (0.0, 0.5, 1.0), (1, 9)),
    ]
    assert {plot.dataset for plot in plots} == {"voc"}


def test_a_file_without_numbers_has_no_plots() -> None:
    assert not list(of_file(FileExamination("annotations"), "voc"))
