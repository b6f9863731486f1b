"""Where the bars of a plot and the boxes over a picture go: numbers for SVG, and no mark-up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from s3doctor.exhibits.shapes import Box, Picture, Plot

WIDTH = 440
"""Of a plot, in its own units: about the pixels of a phone."""
ROW = 24
NAMES = 150
NUMBERS = 64
TALL = 150
AXIS = 26
MOST_BARS = 24
MOST_BOXES = 300
LONGEST_NAME = 22
MARGIN = 0.04
"""The room around a picture, as a share of its longer side, so that a box that reaches outside can be seen."""
LETTERS = 28
"""How many lines of labels would fill the longer side of a picture."""
FARTHEST = 1e6
FEW = 8
"""A histogram of no more bins has all of its edges named."""
PARTS = (5, 4, 6, 3, 2)
"""Into how many parts the named edges divide a histogram, if its bins can be so divided."""


@dataclass(frozen=True)
class Bar:
    """A bar of a plot; `told` is its name and number in words."""

    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True)
class Word:
    """A text within a plot; `anchor` is SVG's start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Chart:
    """A plot ready to be drawn; `rows` are the same numbers for a table."""

    plot: Plot
    width: float
    height: float
    bars: tuple[Bar, ...]
    words: tuple[Word, ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scene:
    """A picture ready to be drawn: SVG's view box, the size of letters, and the boxes that can be, with their labels.

    `undrawn` counts the boxes that cannot: no numbers, far outside, or too many.
    """

    picture: Picture
    view: str
    letter: float
    boxes: tuple[tuple[Box, Word], ...]
    undrawn: int


def chart(plot: Plot) -> Chart:
    """The plot, drawn as its kind asks for."""
    return _bars(plot) if plot.kind == "bars" else _histogram(plot)


def number(value: float) -> str:
    """A number as people write it: `12,345`, `0.25`."""
    if not math.isfinite(value):
        return "?"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"


def _bars(plot: Plot) -> Chart:
    """Names on the left, bars to the right; beyond a number of them the least are left to the table."""
    pairs = list(zip(map(str, plot.x), map(_count, plot.y), strict=False))
    drawn = sorted(pairs, key=lambda pair: -pair[1])[:MOST_BARS]
    scale = (WIDTH - NAMES - NUMBERS) / _greatest(y for _, y in drawn)
    bars, words = [], []
    for row, (name, y) in enumerate(drawn):
        bars.append(Bar(NAMES, row * ROW + 4, y * scale, ROW - 8, f"{name}: {number(y)}"))
        words.append(Word(NAMES - 8, row * ROW + 16, _short(name), "end"))
        words.append(Word(NAMES + y * scale + 6, row * ROW + 16, number(y)))
    rows = tuple((name, number(y)) for name, y in pairs)
    return Chart(plot, WIDTH, max(len(drawn), 1) * ROW, tuple(bars), tuple(words), rows)


def _histogram(plot: Plot) -> Chart:
    """Upright bars that touch, with some of the edges named below and the greatest number above."""
    edges = [_count(x) for x in plot.x]
    heights = [_count(y) for y in plot.y][: max(len(edges) - 1, 0)]
    step, scale = WIDTH / max(len(heights), 1), TALL / _greatest(heights)
    spans = [f"{number(a)} to {number(b)}" for a, b in pairwise(edges)]
    bars = [
        Bar(bin_ * step + 0.5, AXIS + TALL - y * scale, step - 1, y * scale, f"{spans[bin_]}: {number(y)}")
        for bin_, y in enumerate(heights)
    ]
    words = [Word(0, 14, f"most: {number(max(heights, default=0))}"), *_edges(edges, step)]
    rows = tuple(zip(spans, map(number, heights), strict=False))
    return Chart(plot, WIDTH, TALL + 2 * AXIS, tuple(bars), tuple(words), rows)


def _edges(edges: Sequence[float], step: float) -> list[Word]:
    """The names of some edges; the first and the last stand within the drawing."""
    last = len(edges) - 1
    parts = last if last <= FEW else next((n for n in PARTS if last % n == 0), 1)
    named = range(0, len(edges), max(last // parts, 1))
    anchors = {0: "start", last: "end"}
    return [Word(n * step, TALL + AXIS + 18, number(edges[n]), anchors.get(n, "middle")) for n in named]


def scene(picture: Picture) -> Scene:
    """The picture with its boxes, those with a finding last, so that they lie on top."""
    width, height = max(picture.width, 1), max(picture.height, 1)
    margin = MARGIN * max(width, height)
    view = f"{-margin:.1f} {-margin:.1f} {width + 2 * margin:.1f} {height + 2 * margin:.1f}"
    good = sorted((box for box in picture.boxes if _drawable(box)), key=lambda box: bool(box.finding))[-MOST_BOXES:]
    letter = max(width, height) / LETTERS
    boxes = tuple((box, _label(box, letter, width, height)) for box in good)
    return Scene(picture, view, letter, boxes, len(picture.boxes) - len(boxes))


def _label(box: Box, letter: float, width: float, height: float) -> Word:
    """A box's name: an annotation's above, a prediction's below, and always within the picture."""
    text = _short(box.label) + (f" {box.score:.2f}" if box.score is not None else "")
    y = box.y - letter * 0.3 if box.kind == "annotation" else box.y + box.height + letter
    right = box.x + len(text) * letter * 0.6 > width
    x = min(box.x + box.width, width) if right else max(box.x, 0.0)
    return Word(x, min(max(y, letter), height - letter * 0.2), text, "end" if right else "start")


def _drawable(box: Box) -> bool:
    """Whether SVG can draw the box: finite numbers, none absurd, and no side less than nothing."""
    numbers = (box.x, box.y, box.width, box.height)
    return all(math.isfinite(n) and abs(n) < FARTHEST for n in numbers) and min(box.width, box.height) >= 0


def _greatest(values: Iterable[float]) -> float:
    """The greatest number, and never nothing, as others are divided by it."""
    return max(values, default=0.0) or 1.0


def _count(value: object) -> float:
    """A number that can be drawn."""
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else 0.0


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
