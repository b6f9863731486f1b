"""The categories table."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from s3doctor.coco.ids import ABSENT, code_of, own_ids
from s3doctor.coco.typed import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from s3doctor.coco.fields import Fields
    from s3doctor.coco.ledger import Ledger, Place

__all__ = ["Categories", "Category"]

MOST = 100_000
_FOLDED = re.compile(r"[\s_-]+")
_NUMERIC = re.compile(r"(?:class|category|label|cls)?[\s_-]*\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Category:
    """One category: `code` is its id's code (the id itself where it is an integer), `keypoints` their number or -1."""

    code: int
    id: Any
    name: str
    place: Place
    supercategory: str = ""
    keypoints: int = -1


class Categories:
    """Collects the categories of a file."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.shape = Shape({})
        self.rows: list[Category] = []
        self.size = 0

    def __len__(self) -> int:
        """How many categories were read."""
        return self.size

    @property
    def known(self) -> dict[int, Category]:
        """Each category by the code of its id; the first where there are several."""
        return {row.code: row for row in reversed(self.rows) if row.code != ABSENT}

    def look(self, fields: Fields) -> None:
        """Judge a batch."""
        if self.size > MOST:
            return
        found = own_ids(fields, "cat-id-missing", "cat-id-type", self.ledger).tolist()
        names = fields.column("name")
        for row, code in enumerate(found):
            name = names[row]
            if not isinstance(name, str) or not name.strip():
                self.ledger.note("cat-name-missing", fields.place(row), None if name is UNSET else name)
                name = ""
            above = fields.column("supercategory")[row]
            self.rows.append(
                Category(
                    code,
                    fields.column("id")[row],
                    name,
                    fields.place(row),
                    above if isinstance(above, str) else "",
                    self._keypoints(fields, row),
                )
            )
        self.size += len(fields)
        if self.size > MOST:
            self.ledger.note("json-too-deep-or-big", fields.place(0), None, f"more than {MOST:,} categories")

    def _keypoints(self, fields: Fields, row: int) -> int:
        points, skeleton = fields.column("keypoints")[row], fields.column("skeleton")[row]
        if points is UNSET and skeleton is UNSET:
            return -1
        if not isinstance(points, list) or not all(isinstance(one, str) for one in points):
            self.ledger.note("kpt-category", fields.place(row, "keypoints"), points, "a list of names was expected")
            return -1
        if skeleton is not UNSET and not _fits(skeleton, len(points)):
            self.ledger.note("kpt-category", fields.place(row, "skeleton"), skeleton, f"pairs of 1 to {len(points)}")
        return len(points)

    def finish(self) -> None:
        """Rules that need the whole table."""
        self._repeated("cat-id-duplicate", "id", lambda row: None if row.code == ABSENT else row.code)
        self._repeated("cat-name-duplicate", "name", lambda row: row.name.strip() or None)
        self._variants()
        for row in self.rows:
            if row.code == 0:
                self.ledger.note("cat-id-zero", row.place, row.name)
        named = [row.name for row in self.rows if row.name]
        if named and all(_NUMERIC.fullmatch(name.strip()) for name in named):
            self.ledger.count("cat-numeric-names", len(named))
            for row in self.rows[: self.ledger.limit]:
                self.ledger.show("cat-numeric-names", row.place, row.name)

    def _repeated(self, code: str, what: str, key: Callable[[Category], Hashable]) -> None:
        first: dict[Hashable, Category] = {}
        for row in self.rows:
            mark = key(row)
            if mark is None:
                continue
            other = first.setdefault(mark, row)
            if other is not row:
                self.ledger.note(code, row.place, row.name, f"the same {what} as {other.place.where}, {other.name!r}")

    def _variants(self) -> None:
        first: dict[str, Category] = {}
        for row in self.rows:
            folded = _FOLDED.sub("", unicodedata.normalize("NFKC", row.name).casefold())
            other = first.setdefault(folded, row)
            if folded and other.name.strip() != row.name.strip():
                self.ledger.note("cat-name-variant", row.place, row.name, f"{other.place.where} is {other.name!r}")

    def root(self) -> Category | None:
        """The category that is everybody's supercategory, as Roboflow writes one: it is not meant to be used."""
        above = Counter(row.supercategory for row in self.rows)
        for row in self.rows:
            others = above[row.name] - (row.supercategory == row.name)
            if row.name and len(self.rows) > 1 and others == len(self.rows) - 1:
                return row
        return None


def _fits(skeleton: object, points: int) -> bool:
    if not isinstance(skeleton, list):
        return False
    return all(
        isinstance(pair, list) and len(pair) == 2 and all(code_of(end) in range(1, points + 1) for end in pair)  # noqa: PLR2004
        for pair in skeleton
    )
