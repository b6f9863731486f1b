"""What was changed in a file: each kind of change once, counted in full, with its first place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from s3doctor.coco.ledger import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KINDS", "Change", "Changes", "UnfixableError"]

KINDS = {
    "gzip": "uncompressed",
    "encoding": "text in another encoding written as UTF-8",
    "bom": "byte order mark taken away",
    "boxes-from-corners": "bbox [x1, y1, x2, y2] made [x, y, width, height]",
    "prefix-stripped": "prefix taken from file_name",
    "prefix-added": "prefix put before file_name",
    "sizes": "width and height taken from the picture",
    "image-ids": "image ids made whole numbers",
    "category-ids": "category ids made whole numbers",
    "image-references": "image_id written as the image's id is",
    "category-references": "category_id written as the category's id is",
    "row-ids": "ids numbered anew from 1",
    "boxes-clipped": "bbox cut off at the edge of its image",
    "areas": "area computed from the box",
    "mask-areas": "area computed from the mask",
    "iscrowd": "iscrowd written as 0 or 1",
    "image-ids-matched": "image ids made those of the annotations, by file name",
    "category-ids-matched": "category ids made those of the annotations, by name",
    "tables": "lists of images and categories taken from the annotations",
    "key": "list of predictions put under the key predictions",
    "list": "object of predictions made a bare list of results",
}
"""Every change that can be made, in words."""


class UnfixableError(ValueError):
    """The file has a fault without one right answer; the message says which and where."""


@dataclass(frozen=True)
class Change:
    """One kind of change: how often, and its first place with what was there and what is there now."""

    kind: str
    count: int
    where: str = ""
    before: Any = None
    after: Any = None

    @property
    def text(self) -> str:
        """The change in words."""
        return KINDS[self.kind]


class Changes:
    """Collects changes as they are made."""

    def __init__(self) -> None:
        self._first: dict[str, Change] = {}
        self._counts: dict[str, int] = {}

    def note(self, kind: str, where: str = "", before: object = None, after: object = None, *, count: int = 1) -> None:
        """A change at a place."""
        if kind not in self._first:
            self._first[kind] = Change(kind, 0, where, shorten(before), shorten(after))
        self._counts[kind] = self._counts.get(kind, 0) + count

    def __iter__(self) -> Iterator[Change]:
        """The changes in the order in which they were made first."""
        for kind, first in self._first.items():
            yield Change(kind, self._counts[kind], first.where, first.before, first.after)
