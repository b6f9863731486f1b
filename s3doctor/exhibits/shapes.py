"""What a report can show beside words: numbers to draw, and pictures with boxes over them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plot:
    """Numbers to draw.

    `kind` is `bars` (`x` are the names of the bars, as many as `y`) or `histogram` (`x` are the edges of the bins in
    rising order, one more than `y`). `y` are counts. `about` says in a sentence what to look for.
    """

    title: str
    kind: str
    x: tuple[str | float, ...]
    y: tuple[float, ...]
    x_label: str = ""
    y_label: str = ""
    about: str = ""
    dataset: str = ""


@dataclass(frozen=True)
class Box:
    """A box over a picture, in pixels of the original: left, top, width, height, as COCO's `bbox` has them.

    `kind` is `annotation` or `prediction`; `score` belongs to predictions. `finding` is the code of the finding that
    this box is an example of, empty for a sound one.
    """

    x: float
    y: float
    width: float
    height: float
    label: str = ""
    score: float | None = None
    kind: str = "annotation"
    finding: str = ""


@dataclass(frozen=True)
class Picture:
    """A sampled image. `thumbnail` is a `data:image/…;base64,…` URI; width and height are the original's, in pixels.

    `findings` are sentences about this image; those with any are shown first.
    """

    name: str
    thumbnail: str
    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    findings: tuple[str, ...] = ()
    dataset: str = ""
