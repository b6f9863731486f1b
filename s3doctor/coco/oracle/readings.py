"""Other ways to read a prediction's four numbers, tried where the right way finds no object."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from s3doctor.coco.oracle.tables import Dicts

__all__ = ["forms", "readings"]

Box = list[float]
FAR = 0.95
ALIKE = (0.8, 1.25)


def readings(truth: Dicts, guess: Dicts, images: Dicts) -> Iterator[tuple[str, Dicts]]:
    """Each other reading, in words, with the predictions' boxes as [x, y, width, height] in pixels.

    `truth` and `guess` are rows with boxes, `images` those of the ground truth; a reading that needs the images' sizes
    leaves out the rows of images without.
    """
    yield from forms(guess)
    sizes = {image["id"]: (image.get("width"), image.get("height")) for image in images}
    sized = [(row, size) for row in guess if all(size := sizes.get(row["image_id"], (None,)))]
    for words, form in (("[x, y, width, height]", _plain), *_FORMS.items()):
        yield f"fractions of the image, {words}", [_with(row, form(*_grown(row, *size))) for row, size in sized]
    for measure in (_far, _typical):
        wider, higher = (measure(truth, side) / max(measure(guess, side), 1e-9) for side in (0, 1))
        if not (ALIKE[0] < wider < ALIKE[1] and ALIKE[0] < higher < ALIKE[1]):
            words = f"pixels of images scaled by {1 / wider:.2g} (width) and {1 / higher:.2g} (height)"
            yield words, [_with(row, _grown(row, wider, higher)) for row in guess]


def forms(rows: Dicts) -> Iterator[tuple[str, Dicts]]:
    """The rows with their boxes read as other forms in pixels, in words."""
    for words, form in _FORMS.items():
        yield words, [_with(row, form(*row["bbox"])) for row in rows]


def _plain(x: float, y: float, width: float, height: float) -> Box:
    return [x, y, width, height]


def _corners(left: float, top: float, right: float, bottom: float) -> Box:
    return [left, top, max(right - left, 0), max(bottom - top, 0)]


def _centre(x: float, y: float, width: float, height: float) -> Box:
    return [x - width / 2, y - height / 2, width, height]


def _swapped(y: float, x: float, height: float, width: float) -> Box:
    return [x, y, width, height]


_FORMS: dict[str, Callable[..., Box]] = {
    "[x1, y1, x2, y2]": _corners,
    "[centre x, centre y, width, height]": _centre,
    "[y, x, height, width]": _swapped,
}


def _with(row: dict[str, Any], box: Box) -> dict[str, Any]:
    return {**row, "bbox": box}


def _grown(row: dict[str, Any], width: float, height: float) -> Box:
    x, y, wide, high = row["bbox"]
    return [x * width, y * height, wide * width, high * height]


def _far(rows: Dicts, side: int) -> float:
    """How far right (side 0) or down (1) the boxes reach, but for the last few."""
    edges = sorted(row["bbox"][side] + row["bbox"][side + 2] for row in rows)
    return float(edges[int(len(edges) * FAR)])


def _typical(rows: Dicts, side: int) -> float:
    """The median width (side 0) or height (1)."""
    return float(median(row["bbox"][side + 2] for row in rows))
