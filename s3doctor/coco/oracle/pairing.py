"""Which image and category of the ground truth a prediction means: by name, for ids often differ between files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.coco.oracle.tables import Dicts, Tables

__all__ = ["Match", "Pairing", "pair"]


@dataclass(frozen=True)
class Match:
    """From ids in the predictions file to ids in the ground truth, and by what they were matched, in words.

    `renumbered` are the names that have another id in the other file, each with its id in predictions and in ground
    truth. `by_name` is False where ids had to be taken as they are.
    """

    ids: dict[Any, Any]
    words: str
    renumbered: tuple[tuple[str, Any, Any], ...] = ()
    by_name: bool = True


@dataclass(frozen=True)
class Pairing:
    """How images and categories were matched."""

    images: Match
    categories: Match

    @property
    def words(self) -> str:
        """How, to complete «matched by …»."""
        if not (self.images.by_name or self.categories.by_name):
            return "id"
        return f"{self.images.words} and {self.categories.words}"

    @property
    def renumbered(self) -> bool:
        """Whether any name has different ids in the two files."""
        return bool(self.images.renumbered or self.categories.renumbered)

    def apply(self, rows: Dicts) -> Dicts:
        """The rows with the ground truth's ids, without those that mean nothing there; masks are left out."""
        images, categories = self.images.ids, self.categories.ids
        return [
            {
                "image_id": images[row["image_id"]],
                "category_id": categories[row["category_id"]],
                "bbox": list(row["bbox"]),
                "score": row["score"],
            }
            for row in rows
            if row["image_id"] in images and row["category_id"] in categories
        ]


def pair(truth: Tables, guess: Tables) -> Pairing:
    """Match images by file name and categories by name, else by id where the predictions file has no names."""
    images = _match(truth.images, guess.images, "file_name", _base, ("file name", "base name", "image id"))
    words = ("category name", "category name in any case", "category id")
    return Pairing(images, _match(truth.categories, guess.categories, "name", _folded, words))


def _match(truth: Dicts, guess: Dicts, key: str, fold: Callable[[str], str], words: tuple[str, str, str]) -> Match:
    for form, how in ((str, words[0]), (fold, words[1])):
        known, asked = _by_name(truth, key, form), _by_name(guess, key, form)
        common = [(name, asked[name], known[name]) for name in asked if name in known]
        if common:
            renumbered = tuple(triple for triple in common if triple[1] != triple[2])
            return Match({mine: other for _, mine, other in common}, how, renumbered)
    return Match({row["id"]: row["id"] for row in truth}, words[2], by_name=False)


def _by_name(rows: Dicts, key: str, form: Callable[[str], str]) -> dict[str, Any]:
    """The id of each name that occurs once."""
    found: dict[str, Any] = {}
    twice = set()
    for row in rows:
        name = row.get(key)
        if isinstance(name, str) and name:
            plain = form(name)
            if plain in found:
                twice.add(plain)
            found[plain] = row["id"]
    return {name: one for name, one in found.items() if name not in twice}


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
