"""The objects under a prefix as columns: a hash and a few truths for each, the keys looked up again when shown."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from s3doctor.footprints import is_own
from s3doctor.names.platform import ARCHIVED, is_litter, is_picture
from s3doctor.names.table import hashes, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.names.table import Mask

CHUNK = 8192


class Objects(Protocol):
    """A listing: (key, size in bytes, storage class) of each object, as often as it is asked for."""

    def __iter__(self) -> Iterator[tuple[str, int, str]]:
        """The objects."""

    def covers(self, key: str) -> bool:
        """Whether an object of this key, had it existed, would be here."""


class Shelf:
    """Objects under `prefix`, each known by its position.

    Folder markers (`images/`) and what s3doctor itself wrote are left out.

    `hashes` are those of the keys without the prefix; `pictures`, `litter`, `empty` (no bytes), `archived` and
    `nested` (the prefix occurs again within the rest) are masks. `siblings` counts the objects that begin with the
    prefix less its slash only, by what comes up to the next slash.
    """

    def __init__(self, objects: Objects, prefix: str) -> None:
        import numpy as np

        self.prefix = prefix
        self._objects = objects
        self.siblings: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        columns = [self._columns(chunk) for chunk in self._chunks(count_siblings=True)]
        empty = (hashes(()), *(mask(()) for _ in range(5)))
        self.hashes, self.pictures, self.litter, self.empty, self.archived, self.nested = (
            np.concatenate(parts) for parts in zip(empty, *columns, strict=True)
        )

    def _chunks(self, *, count_siblings: bool = False) -> Iterator[list[tuple[str, int, str]]]:
        objects, cut, wider = iter(self._objects), len(self.prefix), self.prefix.rstrip("/")
        while chunk := list(islice(objects, CHUNK)):
            inside = []
            for key, size, storage in chunk:
                if not key.startswith(self.prefix):
                    if count_siblings and key.startswith(wider):
                        self.siblings[wider + key[len(wider) :].split("/", 1)[0]] += 1
                elif not key.endswith("/") and not is_own(key):
                    inside.append((key[cut:], size, storage))
            yield inside

    def _columns(self, chunk: list[tuple[str, int, str]]) -> tuple[object, ...]:
        names = [name for name, _, _ in chunk]
        self.classes.update(storage for _, _, storage in chunk if storage in ARCHIVED)
        return (
            hashes(names),
            mask(map(is_picture, names)),
            mask(map(is_litter, names)),
            mask(size == 0 for _, size, _ in chunk),
            mask(storage in ARCHIVED for _, _, storage in chunk),
            mask(bool(self.prefix) and self.prefix in name for name in names),
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def names(self) -> Iterator[str]:
        """The keys without the prefix, by position."""
        for chunk in self._chunks():
            yield from (name for name, _, _ in chunk)

    def first(self, which: Mask, count: int) -> list[str]:
        """The first `count` names for which the mask is true."""
        wanted = which.nonzero()[0][:count].tolist()
        return [name for _, name in self.at(wanted)]

    def at(self, positions: list[int]) -> Iterator[tuple[int, str]]:
        """The names at these positions, which rise."""
        names, passed = self.names(), 0
        for position in positions:
            yield position, next(islice(names, position - passed, None))
            passed = position + 1
