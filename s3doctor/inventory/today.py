"""What an inventory says is wrong, looked at again in the bucket as it is today."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from s3doctor.inventory.table import PICTURE, UNKNOWN, can_be_key
from s3doctor.names.platform import ARCHIVED
from s3doctor.s3.listing_page import STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Look = Callable[[str], "Seen"]

MOST = 100
"""Names without an object that are looked for again, and as many pictures that were empty or archived."""
THREADS = 16


@dataclass(frozen=True)
class Seen:
    """What looking for an object again gave: whether it is there (None: could not be told), its bytes and class."""

    there: bool | None
    size: int = 0
    storage_class: str = STANDARD

    def is_still(self, size: int, storage: str) -> bool:
        """Whether it is empty, or archived, as it was."""
        here = (self.size == 0, self.storage_class in ARCHIVED)
        return self.there is True and here == (size == 0, storage in ARCHIVED)


@dataclass(frozen=True)
class Again:
    """How many names the inventory `lacks`; of those looked for again: still `gone`, `come` since, and `unsure`.

    `ill` pictures were empty or archived then; `reviewed` of them were looked at again, and are `still` so.
    """

    lacks: int = 0
    gone: int = 0
    come: int = 0
    unsure: int = 0
    ill: int = 0
    reviewed: int = 0
    still: int = 0

    @property
    def words(self) -> str:
        """This in sentences; empty where there was nothing to look for."""
        sentences = []
        if self.lacks:
            looked = self.gone + self.come + self.unsure
            told = f"{looked:,} were looked for again: {self.gone:,} are still missing, {self.come:,} have come since"
            unsure = f", of {self.unsure:,} it could not be told" if self.unsure else ""
            sentences.append(f"Of {self.lacks:,} names that the inventory lacks, {told}{unsure}.")
        if self.ill:
            told = f"{self.reviewed:,} were looked at again: {self.still:,} are so still"
            sentences.append(f"Of {self.ill:,} pictures that it has as empty or archived, {told}.")
        return " ".join(sentences)


@dataclass(frozen=True)
class Today:
    """The table `residue` is that of today, as far as was looked: `again` says how far.

    `gone` are the names of which alone it is known that they have no object; None: of all that are not in the table.
    """

    again: Again
    gone: frozenset[str] | None = None


def look_again(cursor: Any, lost: Sequence[str], prefix: str, look: Look | None) -> Today:  # noqa: ANN401 - DuckDB's
    """Look for some of the lost names and of the pictures that were empty or archived, and mend the table `residue`.

    Where all of them are as the inventory says, the others are taken to be; else nothing is said of the others.
    """
    if look is None:
        return Today(Again(len(lost)))
    ill, reviewed, left, vanished = _review(cursor, prefix, look)
    names = [name for name in islice(lost, 0, None, -(-len(lost) // MOST) or 1) if can_be_key(name)]
    seen = _looked(names, prefix, look)
    come = [(name, one.size, one.storage_class) for name, one in seen.items() if one.there]
    cursor.executemany("INSERT INTO residue VALUES ($1, $2, $3)", come) if come else None
    gone = frozenset(name for name, one in seen.items() if one.there is False)
    again = Again(len(lost), len(gone), len(come), len(seen) - len(gone) - len(come), ill, reviewed, left)
    if len(gone) == len(seen):
        return Today(again)
    return Today(again, gone | vanished | {name for name in lost if not can_be_key(name)})


def _review(cursor: Any, prefix: str, look: Look) -> tuple[int, int, int, frozenset[str]]:  # noqa: ANN401 - as above
    """How many pictures were empty or archived, how many were looked at, how many still are so; those that are gone."""
    sick = f"{PICTURE} AND (size = 0 OR list_contains($1, storage))"
    classes = sorted(ARCHIVED)
    (count,) = cursor.execute(f"SELECT count(*) FROM residue WHERE {sick}", [classes]).fetchone()  # noqa: S608 - our own words
    chosen = cursor.execute(
        "SELECT name, size, storage FROM (SELECT *, row_number() OVER (ORDER BY name) - 1 AS place "  # noqa: S608 - as above
        f"FROM residue WHERE {sick}) WHERE place % $2 = 0",
        [classes, -(-count // MOST) or 1],
    ).fetchall()
    seen = _looked([name for name, _, _ in chosen], prefix, look)
    still = [name for name, size, storage in chosen if seen[name].is_still(size, storage)]
    if len(still) < len(chosen):
        cursor.execute(
            f"UPDATE residue SET size = {UNKNOWN}, storage = '{STANDARD}' "  # noqa: S608 - as above
            f"WHERE {sick} AND NOT list_contains($2, name)",
            [classes, still],
        )
    gone = frozenset(name for name, one in seen.items() if one.there is False)
    cursor.execute("DELETE FROM residue WHERE list_contains($1::VARCHAR[], name)", [sorted(gone)])
    for name, one in seen.items():
        if one.there and name not in still:
            values = [name, one.size, one.storage_class]
            cursor.execute("UPDATE residue SET size = $2, storage = $3 WHERE name = $1", values)
    return count, len(chosen), len(still), gone


def _looked(names: Iterable[str], prefix: str, look: Look) -> dict[str, Seen]:
    """What looking for each of the names gave, several at a time."""
    names = list(names)
    with ThreadPoolExecutor(THREADS, "again") as pool:
        return dict(zip(names, pool.map(look, [prefix + name for name in names]), strict=True))
