"""Makes COCO files of any size that are sound, in the shape of COCO's own: for measuring, not for judging.

python tests/benchmarks/coco_made.py annotations OUT [--images 118287] [--rows 860001]
python tests/benchmarks/coco_made.py attributes OUT [--images 118287] [--rows 200000]
python tests/benchmarks/coco_made.py predictions OUT [--images 118287] [--rows 1000000]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

CATEGORIES = 80
SIDE = 640
OTHER_SIDE = 480
CROWDS = 86  # one annotation in so many is a crowd with run lengths, as in train2017

Floats = npt.NDArray[np.float64]


def image_ids(count: int) -> npt.NDArray[np.int64]:
    """Ids with gaps, as COCO has them."""
    return np.arange(1, count + 1, dtype=np.int64) * 5 - np.arange(count) % 3


def images(count: int) -> str:
    """The images table."""
    return ", ".join(
        f'{{"license": 3, "file_name": "{one:012d}.jpg", '
        f'"coco_url": "http://images.cocodataset.org/train2017/{one:012d}.jpg", '
        f'"height": {OTHER_SIDE}, "width": {SIDE}, "date_captured": "2013-11-14 16:28:13", '
        f'"flickr_url": "http://farm5.staticflickr.com/4058/{one}_2f76b71ada_z.jpg", "id": {one}}}'
        for one in image_ids(count).tolist()
    )


def categories() -> str:
    """The categories table."""
    return ", ".join(
        f'{{"supercategory": "thing", "id": {one}, "name": "thing {chr(97 + one % 26)}{one}"}}'
        for one in range(1, CATEGORIES + 1)
    )


def boxes(rng: np.random.Generator, count: int) -> Floats:
    """Boxes with two decimals that lie within their images."""
    width = np.minimum(np.exp(rng.normal(4, 1, count)) + 6, SIDE - 10)
    height = np.minimum(np.exp(rng.normal(4, 1, count)) + 6, OTHER_SIDE - 10)
    x, y = rng.random(count) * (SIDE - width - 1), rng.random(count) * (OTHER_SIDE - height - 1)
    return np.round(np.stack([x, y, width, height], axis=1), 2)


def polygon(rng: np.random.Generator, box: list[float]) -> Floats:
    """A polygon around the middle of a box that touches its four sides."""
    points = int(rng.integers(6, 42))
    angle = (np.arange(points) + rng.random(points)) * 2 * np.pi / points
    radius = 0.75 + 0.25 * rng.random(points)
    shape = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)
    low, high = shape.min(axis=0), shape.max(axis=0)
    drawn: Floats = np.round((shape - low) / (high - low) * [box[2], box[3]] + [box[0], box[1]], 2)
    return drawn


def area_of(points: Floats) -> float:
    """The area within a polygon."""
    x, y = points[:, 0], points[:, 1]
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)


def runs(box: list[float]) -> tuple[str, float]:
    """Run lengths of a rectangle, and its area."""
    left, top, width, height = (int(side) for side in box)
    counts = [left * OTHER_SIDE + top] + [height, OTHER_SIDE - height] * (width - 1) + [height]
    counts.append(SIDE * OTHER_SIDE - sum(counts))
    return f'{{"counts": {counts}, "size": [{OTHER_SIDE}, {SIDE}]}}', float(height * width)


def write_annotations(out: IO[str], count_images: int, rows: int, *, attributes: bool = False) -> None:
    """A file like instances_train2017.json; with `attributes`, each row has an object inside, as CVAT writes them."""
    rng = np.random.default_rng(1)
    ids = image_ids(count_images)
    out.write('{"info": {"description": "made"}, "licenses": [{"url": "", "id": 3, "name": "none"}], "images": [')
    out.write(images(count_images) + '], "annotations": [')
    picked = rng.permutation(np.concatenate([ids, rng.choice(ids, max(0, rows - ids.size))])[:rows]).tolist()
    numbers = (rng.permutation(rows) + 1).tolist()
    kinds = rng.integers(1, CATEGORIES + 1, rows).tolist()
    for row, box in enumerate(boxes(rng, rows).tolist()):
        if row % CROWDS == CROWDS - 1:
            box = [float(int(side)) for side in box]  # noqa: PLW2901 - pixels
            (segmentation, area), crowd = runs(box), 1
        else:
            points = polygon(rng, box)
            segmentation, crowd, area = f"[{points.ravel().tolist()}]", 0, area_of(points)
        occluded = "true" if kinds[row] % 3 else "false"
        more = f', "attributes": {{"occluded": {occluded}, "rotation": {float(kinds[row])}}}' if attributes else ""
        out.write(
            f'{", " if row else ""}{{"segmentation": {segmentation}, "area": {area}, "iscrowd": {crowd}, '
            f'"image_id": {picked[row]}, "bbox": {box}, "category_id": {kinds[row]}, "id": {numbers[row]}{more}}}'
        )
    out.write(f'], "categories": [{categories()}]}}')


def write_predictions(out: IO[str], count_images: int, rows: int) -> None:
    """A list of results as detectors write it."""
    rng = np.random.default_rng(2)
    picked = rng.choice(image_ids(count_images), rows).tolist()
    kinds = rng.integers(1, CATEGORIES + 1, rows).tolist()
    scores = np.round(rng.random(rows) ** 3, 5).tolist()
    out.write("[")
    for row, box in enumerate(boxes(rng, rows).tolist()):
        out.write(
            f'{", " if row else ""}{{"image_id": {picked[row]}, "category_id": {kinds[row]}, "bbox": {box}, '
            f'"score": {scores[row]}}}'
        )
    out.write("]")


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("annotations", "attributes", "predictions"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=int, default=118_287)
    parser.add_argument("--rows", type=int, default=0)
    chosen = parser.parse_args()
    with chosen.out.open("w", encoding="utf-8") as out:
        if chosen.kind == "annotations":
            write_annotations(out, chosen.images, chosen.rows or 860_001)
        elif chosen.kind == "attributes":
            write_annotations(out, chosen.images, chosen.rows or 200_000, attributes=True)
        else:
            write_predictions(out, chosen.images, chosen.rows or 1_000_000)


if __name__ == "__main__":
    main()
