"""Rows that are written like one another: their numbers are read from the text at once, nothing is decoded.

A program writes all rows of a file alike: the same keys in the same order, the same spaces. What stands between the
numbers of a row then never changes, and where that is so to the byte, the text is sound JSON and its numbers are known
by their positions. Rows with an object inside (run lengths, as crowds have them) are cut out before and decoded.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from s3doctor.coco.digits import PAD, WIDTH, Misread, tokens_of
from s3doctor.coco.polygons import Polygons

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from s3doctor.coco.digits import Floats, Ints, Positions

__all__ = ["BOX", "MASK", "POLYGONS", "REAL", "WHOLE", "Layout", "Table", "layout_of"]

_NUMBER = re.compile(rb"[0-9.-]+")
_SIDES = 4
_FEW, _SHARE = 8, 4096
MASK = "segmentation"
_GLANCE = 1 << 16
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*(?=\{)")
WHOLE, REAL, BOX, POLYGONS, OTHER = "whole", "real", "box", "polygons", "other"
_WIDTHS = {WHOLE: 1, REAL: 1, BOX: _SIDES, OTHER: 1}
LISTS = (BOX, POLYGONS)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Rows as arrays: whole numbers and others by key, boxes as (n, 4); `drawn`, the polygons of `segmentation`.

    `cut` has the texts of the rows that were cut out, by their positions among all rows; those are not in the arrays
    until the table is `joined`: then `masks` has their masks instead, still as text.
    """

    size: int
    arrays: dict[str, Floats | Ints]
    drawn: Polygons | None
    cut: dict[int, bytes] = field(default_factory=dict)
    masks: dict[int, bytes] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The fields that rows have."""
        return [*self.arrays, *([MASK] if self.drawn is not None else [])]

    def joined(self, columns: Mapping[str, Sequence[Any]], masks: Sequence[bytes]) -> Table | None:
        """With the rows that were cut out, decoded in the meantime; None if they have other fields."""
        if columns.keys() != self.arrays.keys() or bool(masks) != (self.drawn is not None):
            return None
        here = np.fromiter(self.cut, np.intp, len(self.cut))
        others = np.delete(np.arange(self.size), here)
        arrays: dict[str, Floats | Ints] = {}
        for key, known in self.arrays.items():
            arrays[key] = np.empty((self.size, *known.shape[1:]), known.dtype)
            arrays[key][others] = known
            try:
                arrays[key][here] = columns[key]
            except (TypeError, ValueError, OverflowError):
                return None
        drawn = self.drawn and Polygons(self.drawn.flat, self.drawn.lengths, others[self.drawn.owners])
        return Table(self.size, arrays, drawn, {}, dict(zip(here.tolist(), masks, strict=bool(masks))))


@dataclass(frozen=True)
class Slot:
    """A field of a row: its key, what kind of numbers it holds, and the text that follows them."""

    key: str
    kind: str
    gap: bytes


@dataclass(frozen=True)
class Layout:
    """How a row is written: `opening`, slots with the text between them, `closing`; then the `separator` of rows.

    `within` separates the numbers of a list, `between` the polygons of one mask; rows with `runs` have an object there.
    """

    opening: bytes
    slots: tuple[Slot, ...]
    closing: bytes
    separator: bytes
    within: bytes
    between: bytes
    runs: bytes

    def read(self, text: bytes) -> Table | None:
        """The rows of an array that begins and ends with its brackets; None where one is written differently."""
        try:
            rest, marks, cut = self._cut(text)
            return _Reading(self, rest).table(marks, cut)
        except Misread:
            return None

    def _cut(self, text: bytes) -> tuple[bytes, list[int], list[bytes]]:
        """The text without the rows that hold an object, where those stood in it, and they themselves."""
        end, start = len(text) - 1, 1
        border = self.closing + self.separator + self.opening[: self.opening.index(b":")]
        kept: list[bytes] = []
        marks: list[int] = []
        cut: list[bytes] = []
        found = text.find(self.runs, start) if self.runs else -1
        while found >= 0:
            key = found + len(self.runs)
            before, following = text.rfind(border, start, key), text.find(border, key)
            first = start if before < 0 else before + len(self.closing + self.separator)
            last = end if following < 0 else following + len(self.closing)
            kept.append(text[start:first])
            marks.append(first - start + (marks[-1] if marks else 0))
            cut.append(text[first:last])
            start = min(end, last + len(self.separator))
            found = text.find(self.runs, start)
            if len(cut) > _FEW + len(text) // _SHARE:
                raise Misread("too many rows with objects inside")
        rest = b"".join([*kept, text[start:end]])
        return rest.removesuffix(self.separator) if start == end else rest, marks, cut


class _Reading:
    """The numbers of one text, put into the slots of a layout. Raises Misread wherever the text is not in it."""

    def __init__(self, layout: Layout, text: bytes) -> None:
        self.layout = layout
        self.tokens = tokens_of(text)
        self.within = self._is(layout.within, slice(None))
        breaks = np.flatnonzero(~self.within)
        between = self._is(layout.between, breaks)
        self.between = breaks[between]
        self.firsts, self.lasts = self._slots(text, breaks[~between] if self.between.size else breaks)

    def _is(self, gap: bytes, which: slice | Positions) -> Mask:
        """Which of some numbers a short gap follows."""
        gaps = self.tokens.gaps[which]
        if not gap:
            return np.zeros(gaps.size, bool)
        word, mask = _word(gap)
        found: Mask = (gaps == len(gap)) & ((self.tokens.after[which] & mask) == word)
        return found

    def _slots(self, text: bytes, breaks: Positions) -> tuple[Positions, Positions]:
        """The first and the last number of each slot, a row of the file in each row."""
        layout, size = self.layout, self.tokens.starts.size
        end = layout.closing
        if not size or (breaks.size + 1) % len(layout.slots) or not text.startswith(layout.opening):
            raise Misread("other rows")
        outer = self.tokens.starts[0] - len(PAD), len(PAD) + len(text) - self.tokens.ends[-1]
        if outer != (len(layout.opening), len(end)) or not text.endswith(end):
            raise Misread("another beginning or end")
        shape = (-1, len(layout.slots))
        firsts = np.concatenate([[0], breaks + 1]).reshape(shape)
        lasts = np.concatenate([breaks, [size - 1]]).reshape(shape)
        for number, slot in enumerate(layout.slots):
            self._compare(slot, firsts[:, number], lasts[:, number])
        self.tokens.check()
        return firsts, lasts

    def _compare(self, slot: Slot, first: Positions, last: Positions) -> None:
        """Each slot has as many numbers as it must, and the right text follows them."""
        tokens = self.tokens
        after = last[:-1] if last[-1] == tokens.gaps.size else last
        places = tokens.ends[after]
        if (tokens.gaps[after] != len(slot.gap)).any():
            raise Misread("another gap")
        for start in [*range(0, len(slot.gap) - WIDTH, WIDTH), max(0, len(slot.gap) - WIDTH)]:
            word, mask = _word(slot.gap[start : start + WIDTH])
            words = tokens.words(places + start) if start else tokens.after[after]
            if ((words & mask) != word).any():
                raise Misread("another text")
        width = _WIDTHS.get(slot.kind)
        if width and (last - first != width - 1).any():
            raise Misread("more numbers, or fewer")
        if slot.kind == BOX and not all(self.within[first + step].all() for step in range(_SIDES - 1)):
            raise Misread("a list of lists")

    def table(self, marks: list[int], cut: list[bytes]) -> Table:
        """The slots as arrays; `marks` are the places in the text where rows were cut out."""
        arrays: dict[str, Floats | Ints] = {}
        drawn = None
        for number, slot in enumerate(self.layout.slots):
            first = self.firsts[:, number]
            if slot.kind == WHOLE:
                arrays[slot.key] = self.tokens.whole(first)
            elif slot.kind == REAL:
                arrays[slot.key] = self.tokens.real(first)
            elif slot.kind == BOX:
                sides = (first[:, None] + np.arange(_SIDES)).ravel()
                arrays[slot.key] = self.tokens.real(sides).reshape(-1, _SIDES)
            elif slot.kind == OTHER:
                self.tokens.real(first)
            else:
                drawn = self._polygons(first, self.lasts[:, number])
        begin = self.tokens.starts[self.firsts[:, 0]] - len(PAD) - len(self.layout.opening)
        before = np.searchsorted(begin, marks) + np.arange(len(cut))
        size = self.firsts.shape[0] + len(cut)
        return Table(size, arrays, drawn, dict(zip(before.tolist(), cut, strict=True)))

    def _polygons(self, first: Positions, last: Positions) -> Polygons:
        breaks = self.between
        heads, tails = (np.sort(np.concatenate(pair), kind="stable") for pair in ((first, breaks + 1), (last, breaks)))
        marks = np.zeros(self.tokens.starts.size + 1, np.int8)
        marks[first] = 1
        marks[last + 1] -= 1
        inside = np.cumsum(marks[:-1], dtype=np.int8).view(np.bool_)
        owners = np.searchsorted(first, heads, side="right") - 1
        return Polygons(self.tokens.real(inside), tails - heads + 1, owners)


def _word(text: bytes) -> tuple[np.uint64, np.uint64]:
    """Up to eight bytes as a word, and a mask for them."""
    word, mask = (int.from_bytes(part, "little") for part in (text, b"\xff" * len(text)))
    return np.uint64(word), np.uint64(mask)


def layout_of(text: bytes, kinds: Mapping[str, str], known: Iterable[str]) -> Layout | None:
    """The layout of the first rows of an array, None where their text is none that a Layout could describe.

    `kinds` says what the numbers of a key are; rows must not have any other `known` keys.
    """
    try:
        return _layout(text[:_GLANCE].decode("ascii"), kinds, frozenset(known))
    except ValueError:
        return None


def _layout(text: str, kinds: Mapping[str, str], known: frozenset[str]) -> Layout | None:
    decoder, position = json.JSONDecoder(object_pairs_hook=list), 1
    for _ in range(_FEW):
        start = position + len(text[position:]) - len(text[position:].lstrip())
        pairs, end = decoder.raw_decode(text, start)
        following = _COMMA.match(text, end)
        if following is None:
            return None
        position = following.end()
        found = _described(text[start:end].encode(), following[0].encode(), pairs, kinds, known)
        if found:
            return found
    return None


def _described(
    row: bytes, separator: bytes, pairs: list[tuple[str, Any]], kinds: Mapping[str, str], known: frozenset[str]
) -> Layout | None:
    """The layout of one row, given as its text and as keys and values."""
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        return None
    found: list[tuple[str, str, list[float]]] = []
    for key, value in pairs:
        kind, numbers = _classified(value, kinds.get(key, "" if key in known else OTHER))
        if kind:
            found.append((key, kind, numbers))
        elif key in known:
            return None
    tokens = list(_NUMBER.finditer(row))
    wanted = [number for _, _, numbers in found for number in numbers]
    if not tokens or [float(token[0]) for token in tokens] != wanted:
        return None
    ends = np.cumsum([len(numbers) for _, _, numbers in found]).tolist()
    opening = row[: tokens[0].start()]
    starts = [*(token.start() for token in tokens), len(row) + len(separator) + len(opening)]
    whole = row + separator + opening
    slots = tuple(
        Slot(key, kind, whole[tokens[end - 1].end() : starts[end]])
        for (key, kind, _), end in zip(found, ends, strict=True)
    )
    lists = [(kind, end - len(numbers)) for (_, kind, numbers), end in zip(found, ends, strict=True) if kind in LISTS]
    gaps = {row[tokens[first].end() : starts[first + 1]] for _, first in lists}
    within = gaps.pop() if gaps else b""
    if gaps or len(within) > WIDTH - 2:
        return None
    closing = row[tokens[-1].end() :]
    between = b"]" + within + b"[" if within else b""
    return Layout(opening, slots, closing, separator, within, between, _runs(row) if POLYGONS in dict(lists) else b"")


def _runs(row: bytes) -> bytes:
    """How a row with run lengths would differ from one with polygons: the key of the mask and a brace."""
    key = row.rindex(b'"%s"' % MASK.encode())
    return row[key : row.index(b"[", key)] + b"{"


def _classified(value: Any, kind: str) -> tuple[str, list[float]]:  # noqa: ANN401 - strangers' JSON
    """What a slot for the value is, and its numbers; "" where there is none of this kind."""
    if type(value) in {int, float} and kind in {WHOLE, REAL, OTHER}:
        return kind, [value]
    if kind == BOX and _numbers(value) and len(value) == _SIDES:
        return BOX, value
    if kind == POLYGONS and value and isinstance(value, list) and all(map(_numbers, value)):
        return POLYGONS, [number for polygon in value for number in polygon]
    return "", []


def _numbers(value: Any) -> bool:  # noqa: ANN401 - strangers' JSON
    """Whether the value is a list of numbers, and of more than one."""
    return isinstance(value, list) and len(value) > 1 and all(type(number) in {int, float} for number in value)
