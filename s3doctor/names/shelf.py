"""The objects under a prefix as columns: a hash and a few truths for each, the keys looked up again when shown."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from s3doctor.footprints import OWN_NAME, is_own
from s3doctor.names.platform import ARCHIVED, LITTER, PICTURES, is_litter, is_picture
from s3doctor.names.table import hashes, mask, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from s3doctor.names.table import Hashes, Mask

    _Columns = tuple[list[str], tuple[int, ...], tuple[str, ...]]

CHUNK = 8192
_USUAL = (*PICTURES, *(ending.upper() for ending in PICTURES))


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
        self._all_inside = True
        self.siblings: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        columns: list[tuple[Hashes | Mask, ...]] = [(hashes(()), *(mask(()) for _ in range(5)))]
        columns += (self._columns(chunk) for chunk in self._chunks(count_siblings=True))
        self.hashes, self.pictures, self.litter, self.empty, self.archived, self.nested = (
            np.concatenate(parts) for parts in zip(*columns, strict=True)
        )

    def _chunks(self, *, count_siblings: bool = False) -> Iterator[_Columns]:
        """The objects' names, sizes and storage classes, some thousand at a time."""
        objects, cut = iter(self._objects), len(self.prefix)
        while chunk := list(islice(objects, CHUNK)):
            if not self._is_plain([key for key, _, _ in chunk]):
                self._all_inside = False
                if count_siblings:
                    self._count_siblings(chunk)
                chunk = [one for one in chunk if self._is_inside(one[0])]
            if chunk:
                keys, sizes, classes = zip(*chunk, strict=True)
                yield [key[cut:] for key in keys], sizes, classes

    def _is_plain(self, keys: list[str]) -> bool:
        """Whether all of them are inside for sure."""
        text = "\n".join(keys) + "\n"
        return "/\n" not in text and OWN_NAME not in text and all(key.startswith(self.prefix) for key in keys)

    def _is_inside(self, key: str) -> bool:
        return key.startswith(self.prefix) and not key.endswith("/") and not is_own(key)

    def _count_siblings(self, chunk: list[tuple[str, int, str]]) -> None:
        wider = self.prefix.rstrip("/")
        for key, _, _ in chunk:
            if key.startswith(wider) and not key.startswith(self.prefix):
                self.siblings[wider + key[len(wider) :].split("/", 1)[0]] += 1

    def _columns(self, columns: _Columns) -> tuple[Hashes | Mask, ...]:
        names, sizes, classes = columns
        text, no = "\n".join(names), [False] * len(names)
        archived = not ARCHIVED.isdisjoint(classes)
        if archived:
            self.classes.update(storage for storage in classes if storage in ARCHIVED)
        litter = any(word in text for word in LITTER)
        nested = bool(self.prefix) and self.prefix in text
        return (
            hashes(names),
            mask(name.endswith(_USUAL) or is_picture(name) for name in names),
            mask(map(is_litter, names) if litter else no),
            mask((size == 0 for size in sizes) if 0 in sizes else no),
            mask((storage in ARCHIVED for storage in classes) if archived else no),
            mask((self.prefix in name for name in names) if nested else no),
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def names(self) -> Iterator[str]:
        """The keys without the prefix, by position."""
        if self._all_inside:
            cut = len(self.prefix)
            return (key[cut:] for key, _, _ in self._objects)
        return (name for names, _, _ in self._chunks() for name in names)

    def forms(self, which: Mask, form: Callable[[list[str]], Iterable[str]]) -> Hashes:
        """The hashes of what `form` makes of the names for which the mask is true."""
        import numpy as np

        names = select(self.names(), which)
        parts = [hashes(())]
        while chunk := list(islice(names, CHUNK)):
            parts.append(hashes(form(chunk)))
        return np.concatenate(parts)

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
