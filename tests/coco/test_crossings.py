"""Polygons that cross themselves are told from those that only touch, with bounded work."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest

from s3doctor.coco import examine_annotations
from s3doctor.coco.crossings import Crossings
from s3doctor.coco.polygons import Polygons


def star(points: int, step: int) -> list[float]:
    """Corners on a circle; with a step of two or more the outline crosses itself."""
    corners = [2 * math.pi * step * number / points for number in range(points)]
    return [one for angle in corners for one in (50 + 40 * math.sin(angle), 50 - 40 * math.cos(angle))]


def crossing(*polygons: list[float]) -> list[int]:
    """Which of the polygons cross themselves."""
    flat = np.array([number for polygon in polygons for number in polygon], float)
    lengths = np.array([len(polygon) for polygon in polygons])
    found: list[int] = Crossings().find(Polygons(flat, lengths, np.arange(len(polygons)))).tolist()
    return found


@pytest.mark.parametrize(
    ("polygon", "expected"),
    [
        pytest.param([0, 0, 9, 0, 9, 9, 0, 9], False, id="square"),
        pytest.param([0, 0, 9, 9, 9, 0, 0, 9], True, id="bow tie"),
        pytest.param([0, 0, 9, 0, 0, 9], False, id="triangle"),
        pytest.param([0, 0, 9, 0, 9, 9, 0, 9, 0, 0], False, id="closed"),
        pytest.param([0, 0, 9, 0, 9, 9, 9, 9, 0, 9], False, id="a corner twice"),
        pytest.param([0, 0, 4, 4, 8, 0, 8, 8, 4, 4, 0, 8], False, id="touches itself in a point"),
        pytest.param([0, 0, 8, 0, 4, 0, 4, 8], False, id="runs back along a side"),
        pytest.param(star(5, 1), False, id="pentagon"),
        pytest.param(star(5, 2), True, id="pentagram"),
        pytest.param(star(199, 1), False, id="many corners"),
        pytest.param(star(199, 98), True, id="many corners, crossing"),
        pytest.param([0, 0, 9, 9, 9, 0, -1, 1], True, id="the last side crosses"),
    ],
)
def test_what_crosses(polygon: list[float], expected: bool) -> None:  # noqa: FBT001 - the expectation
    assert crossing(polygon) == ([0] if expected else [])
    assert crossing([0, 0, 9, 0, 0, 9], polygon, star(5, 2), polygon) == ([1, 2, 3] if expected else [2])


def test_it_agrees_with_a_slow_look() -> None:
    rng = random.Random(7)
    polygons = [[rng.uniform(0, 100) for _ in range(2 * rng.randint(3, 9))] for _ in range(300)]
    slow = [at for at, polygon in enumerate(polygons) if _slow(list(zip(polygon[::2], polygon[1::2], strict=True)))]
    assert crossing(*polygons) == slow
    assert 50 < len(slow) < 290


def _slow(points: list[tuple[float, float]]) -> bool:
    sides = list(zip(points, points[1:] + points[:1], strict=True))
    return any(_meet(*sides[i], *sides[j]) for i in range(len(sides)) for j in range(i))


def _meet(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    """The usual formula with parameters along both lines."""
    below = (a[0] - b[0]) * (c[1] - d[1]) - (a[1] - b[1]) * (c[0] - d[0])
    if not below:
        return False
    t = ((a[0] - c[0]) * (c[1] - d[1]) - (a[1] - c[1]) * (c[0] - d[0])) / below
    u = ((a[0] - c[0]) * (a[1] - b[1]) - (a[1] - c[1]) * (a[0] - b[0])) / below
    return 1e-9 < t < 1 - 1e-9 and 1e-9 < u < 1 - 1e-9


def document(*polygons: list[float]) -> bytes:
    rows = [
        {"id": number, "image_id": 1, "category_id": 1, "bbox": [10, 10, 80, 80], "segmentation": [polygon]}
        for number, polygon in enumerate(polygons, 1)
    ]
    image = {"id": 1, "file_name": "a.png", "width": 100, "height": 100}
    return json.dumps({"images": [image], "categories": [{"id": 1, "name": "a"}], "annotations": rows}).encode()


def summary(data: bytes) -> tuple[int, str]:
    found = {one.code: one for one in examine_annotations(data).findings}
    return (found["seg-self-intersecting"].count, found["seg-self-intersecting"].summary)


def test_what_was_left_out_is_said() -> None:
    assert "part of the polygons" not in summary(document(star(5, 2)))[1]
    count, text = summary(document(star(5, 2), star(201, 50)))
    assert count == 1
    assert text.endswith("looked for in a part of the polygons only")


def test_the_work_is_bounded() -> None:
    count, text = summary(document(*[star(199, 98)] * 400))
    assert 50 < count < 300
    assert "part of the polygons" in text
    assert "part of the polygons" not in str(examine_annotations(document(*[star(199, 1)] * 400)).findings)
