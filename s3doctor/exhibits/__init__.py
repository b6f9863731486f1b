"""What a report shows beside words: sizes and counts, plots, and pictures with their boxes.

Everything here is made of facts that the checks found out already, save the pictures' own bytes and the boxes upon
them, which are read for a handful of images where pictures are asked for.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.facts import known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from s3doctor.context import Context
    from s3doctor.dataset import DatasetContext
    from s3doctor.exhibits.shapes import Picture, Plot
    from s3doctor.local import LocalDataset

__all__ = ["Exhibits", "gather", "gather_local"]


@dataclass(frozen=True)
class Exhibits:
    """The fields of a Report that show rather than judge. `notes` says what went wrong with them."""

    figures: tuple[tuple[str, str], ...] = ()
    plots: tuple[Plot, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()


def gather(context: Context, pictures: int = 0) -> Exhibits:
    """The exhibits of all datasets that were examined, with up to so many pictures of each.

    Never raises: what cannot be had is left out, and a fault of s3doctor's own costs the exhibits, not the report.
    """
    return _guarded(lambda: _gathered(known(context, "datasets") or (), pictures))


def gather_local(dataset: LocalDataset, pictures: int = 0) -> Exhibits:
    """The exhibits of COCO files on this machine, likewise."""
    return _guarded(lambda: _gathered((dataset,), pictures))


def _guarded(find: Callable[[], Exhibits]) -> Exhibits:
    try:
        return find()
    except Exception as error:  # noqa: BLE001 - the verdicts stand without pictures
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
        return Exhibits(notes=(f"Numbers and pictures are left out. This is a fault of s3doctor: {place}.",))


def _gathered(datasets: Sequence[DatasetContext | LocalDataset], pictures: int) -> Exhibits:
    from s3doctor.exhibits import drawn, numbers

    several = len(datasets) > 1
    return Exhibits(
        tuple(pair for dataset in datasets for pair in numbers.figures(dataset, named=several)),
        tuple(plot for dataset in datasets for plot in numbers.plots(dataset)),
        tuple(picture for dataset in datasets for picture in drawn.pictures(dataset, pictures)),
    )
