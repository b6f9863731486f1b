"""The key space as disjoint ranges `(after, until]` that are walked side by side and cut while they are walked."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from s3doctor.s3.listing_page import SEPARATOR
from s3doctor.s3.listing_ruler import BOLD, LAST, LEAPS, after_all, common, cuts, rising

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.s3.listing_page import Page

SAMPLED = 24
MOST_CUTS = 16
UNKNOWN = float("inf")


@dataclass(eq=False)
class Range:
    """Keys greater than `after` and not greater than `until`; `after` moves on with each page.

    `known_end` says that there are keys beyond `until` in the same folder: `previous`, the range that was cut to make
    room for this one, is told so once this one has keys. `left` is the guess of how many pages are still to come,
    `token` continues where the last page ended, `failures` counts the requests that failed in a row.
    """

    start: str
    until: str | None = None
    after: str = ""
    token: str = ""
    pages: list[Page] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)
    left: float = UNKNOWN
    known_end: bool = False
    previous: Range | None = None
    done: bool = False
    failures: int = 0

    def __post_init__(self) -> None:
        self.after = self.after or self.start

    def precedes(self, page: Page) -> bool:
        """Whether the page begins after what was seen, as it does where the server heeds StartAfter and keeps order."""
        return not page or page.first > self.after

    def take(self, page: Page, token: str, *, truncated: bool) -> int:
        """Add a page; what lies beyond `until` belongs to another range. The number of objects added."""
        if page:
            if self.previous is not None:
                self._tell_previous(page.first)
            last = page.last
            page = page if self.until is None else page.until(self.until)
            self.done = self.until is not None and last >= self.until
            self.after = last if not self.done else self.until or last
            self.sample = _some(page) or self.sample
            self.left -= 1
        if page:
            self.pages.append(page)
        self.token = token
        self.done = self.done or not truncated
        if self.left <= 0:
            self.left = UNKNOWN
        return len(page)

    def cut(self, at: Sequence[str]) -> list[Range]:
        """Shorten this range to the first of these keys, and give the ranges between them and to the old end."""
        ends = [*at[1:], self.until]
        new: list[Range] = []
        for start, end in zip(at, ends, strict=True):
            new.append(Range(start, end, known_end=self.known_end, previous=new[-1] if new else self))
        self.until = at[0]
        self.left /= len(at) + 1
        return new

    def _tell_previous(self, first: str) -> None:
        """There are keys behind the ranges before this one: tell those that end in the same folder."""
        one = self.previous
        while one is not None and not one.known_end and one.until is not None:
            one.known_end = first.rpartition("/")[0] == one.after.rpartition("/")[0]
            one = one.previous if one.known_end else None
        self.previous = None


def _some(page: Page) -> list[str]:
    """A few keys of a page, in order, the first and the last among them."""
    keys = page.blob.split(SEPARATOR)
    step = max(1, len(keys) // SAMPLED)
    return [key.decode() for key in (*keys[:-1:step], keys[-1])] if page.blob else []


class Atlas:
    """What is known of the key space: how far it reaches, and the folders in folders that were looked into."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.bold = True
        self._children: dict[str, list[str]] = {}
        self._known: dict[str, tuple[str, str]] = {}

    def unexplored(self, part: Range) -> tuple[str, str] | None:
        """The folder whose sub-folders should be known before this range is cut, and the key after which.

        That is where the range began inside one sub-folder and goes on beyond it.
        """
        folder = self._folder(part)
        if folder is None:
            return None
        here = after_all(_child(folder, part))
        known = self._known.get(folder)
        return None if known and known[0] <= here <= known[1] else (folder, here)

    def explored(self, folder: str, after: str, children: Sequence[str], *, truncated: bool) -> None:
        """Note the sub-folders (full prefixes) that a folder has after a key; more are to come if `truncated`."""
        reach = max([after, *children[-1:]]) if truncated else LAST
        low, high = self._known.get(folder, (after, reach))
        self._known[folder] = min(low, after), max(high, reach)
        self._children[folder] = sorted({*self._children.get(folder, ()), *children})

    def plan(self, part: Range, most: int) -> list[str]:
        """Up to `most` keys to cut this range at; sets its `left`. None are given where it is not worth it."""
        folder = self._folder(part)
        if folder is not None:
            return self._between_folders(part, folder, most)
        leaps = 0 if part.known_end else BOLD if self.bold else min(LEAPS, len(part.pages))
        part.left, places = cuts(self.prefix, part.until, part.sample, min(most, MOST_CUTS), leaps=leaps)
        return places

    def _folder(self, part: Range) -> str | None:
        """The folder that holds all of the range, if the range is in one of its sub-folders of many keys."""
        shared = max(len(self.prefix), common(part.after, part.until or ""))
        folder = part.after[: part.after.rfind("/", 0, shared) + 1]
        while (child := _child(folder, part)) and self._ends_in(folder, child, part.until):
            folder = child
        names = {key[len(folder) :].partition("/")[0] for key in part.sample if key.startswith(folder)}
        return folder if child and len(names) <= len(part.sample) // 2 else None

    def _ends_in(self, folder: str, child: str, until: str | None) -> bool:
        """Whether nothing but what is in the sub-folder `child` is known before `until`."""
        end = after_all(child)
        if until is not None and until <= end:
            return True
        known = self._known.get(folder)
        if known is None or not known[0] <= end <= known[1]:
            return False
        following = self._children[folder][bisect_right(self._children[folder], child) :]
        return until is not None and until <= following[0] if following else known[1] == LAST

    def _between_folders(self, part: Range, folder: str, most: int) -> list[str]:
        here, known = after_all(_child(folder, part)), self._children.get(folder, [])
        ahead = rising(here, part.until, known[bisect_right(known, here) :])
        part.left = 2.0 + len(ahead)
        return ahead[:: max(1, -(-len(ahead) // most))] or rising(part.after, part.until, [here])


def _child(folder: str, part: Range) -> str:
    """The sub-folder where the range is now; empty where it is in the folder itself."""
    name, slash, _ = part.after[len(folder) :].partition("/")
    return folder + name + "/" if slash else ""
