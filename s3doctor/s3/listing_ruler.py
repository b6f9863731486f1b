"""Where to cut a stretch of keys: guessed from the letters seen. A bad guess costs a request, never a key."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEPTH = 48
"""Positions that are measured."""

BOLD, LEAPS = 16, 4
"""Guesses at once where nobody knows how far keys reach: while guesses have mostly been good, and else."""

_LEAP = 4.0

LAST = "\U0010ffff"
_SURROGATES = 0xD800, 0xE000


def after_all(prefix: str) -> str:
    """The first text that is greater than all that begin with `prefix`; LAST where there is none."""
    for at in range(len(prefix) - 1, -1, -1):
        following = ord(prefix[at]) + 1
        if following == _SURROGATES[0]:
            following = _SURROGATES[1]
        if following <= ord(LAST):
            return prefix[:at] + chr(following)
    return LAST


def common(one: str, other: str) -> int:
    """How many characters both begin with."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


class Ruler:
    """Measures texts that share their first `start` characters as numbers, by the letters of `keys` from there on.

    A position where only one letter was seen is given the letters of those positions that share it with others: the
    leading zeros of numbers become digits, the letters of a word stay what they are.
    """

    def __init__(self, start: int, keys: Sequence[str]) -> None:
        seen = [{key[at] for key in keys if len(key) > at} for at in range(start, start + DEPTH)]
        groups = _merged(letters for letters in seen if len(letters) > 1)
        self.start = start
        self.letters = [sorted(_widened(letters, groups)) for letters in seen]

    def measure(self, text: str) -> float:
        """Where the text lies: 0 at the least, 1 at the greatest texts of these letters."""
        value, unit = 0.0, 1.0
        for at, letters in enumerate(self.letters, self.start):
            if at >= len(text) or not letters:
                break
            digit = bisect_left(letters, text[at])
            unit /= len(letters)
            value += digit * unit
            if digit == len(letters) or letters[digit] != text[at]:
                break
        return value

    def text(self, value: float, precision: float) -> str:
        """The shortest text, without what all share, that lies within `precision` below or at the value."""
        found, unit = "", 1.0
        for letters in self.letters:
            if not letters or (found and unit <= precision):
                break
            unit /= len(letters)
            digit = max(0, min(int(value / unit), len(letters) - 1))
            value -= digit * unit
            found += letters[digit]
        return found


def _merged(sets: Iterable[set[str]]) -> list[set[str]]:
    """The sets, those with a letter in common made one."""
    groups: list[set[str]] = []
    for letters in sets:
        joined = set(letters)
        for group in [group for group in groups if group & joined]:
            groups.remove(group)
            joined |= group
        groups.append(joined)
    return groups


def _widened(letters: set[str], groups: list[set[str]]) -> set[str]:
    return next((group for group in groups if group & letters), letters)


def cuts(prefix: str, until: str | None, page: Sequence[str], most: int, *, leaps: int = 0) -> tuple[float, list[str]]:
    """How many more pages like this one lie before a key, and up to `most` keys to cut that stretch at.

    `page` are some keys of the last page, in order, its first and last among them; `until` None is the end of all that
    begin with `prefix`. Without `leaps` the cuts divide the stretch evenly; with them there are no more than so many,
    and they lie ever farther apart: for where no keys beyond are known there may be nothing in most of it.
    """
    after = page[-1]
    start = len(prefix) if until is None else max(len(prefix), common(after, until))
    ruler = Ruler(start, [key for key in page if key.startswith(after[:start])])
    end, here = 1.0 if until is None else ruler.measure(until), ruler.measure(after)
    span = here - ruler.measure(page[0])
    if span <= 0 or end <= here:
        return 0.0, []
    left = (end - here) / span
    count = min(most, int(left) - 1)
    if count < 1:
        return left, []
    if not leaps:
        places = [here + span + (end - here - span) * part / (count + 1) for part in range(1, count + 1)]
    else:
        count = min(count, leaps)
        ratio = max(2.0, left ** (1 / (count + 1))) if leaps == BOLD else _LEAP
        places = [here + span * ratio**part for part in range(1, count + 1)]
    return left, rising(after, until, [after[:start] + ruler.text(place, span) for place in places])


def rising(after: str, until: str | None, found: Iterable[str]) -> list[str]:
    """Those of the texts that lie between two others and after the one before."""
    kept: list[str] = []
    for text in found:
        if (kept[-1] if kept else after) < text and (until is None or text < until):
            kept.append(text)
    return kept
