"""The objects under a prefix as columns: a hash and a few truths for each, the keys looked up again when shown."""

from __future__ import annotations

from collections import Counter
from itertools import chain, compress, islice
from typing import TYPE_CHECKING, Protocol

from s3doctor.footprints import OWN_NAME, is_own
from s3doctor.names.platform import ARCHIVED, LITTER, USUAL, is_litter, is_picture
from s3doctor.names.table import contents, hashes, mask, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from s3doctor.names.table import Hashes, Mask

    Columns = tuple[list[str], Sequence[int], tuple[str, ...], Sequence[int]]

CHUNK = 8192


class Objects(Protocol):
    """A listing: (key, size in bytes, storage class) of each object, as often as it is asked for.

    One that can gives the same in columns, too, and the tags of the ETags with it (see `listing_page.Page`): its
    `columns()` is then asked in the place of iterating.
    """

    def __iter__(self) -> Iterator[tuple[str, int, str]]:
        """The objects."""

    def covers(self, key: str) -> bool:
        """Whether an object of this key, had it existed, would be here."""


class Shelf:
    """Objects under `prefix`, each known by its position.

    Folder markers (`images/`) and what s3doctor itself wrote are left out.

    `hashes` are those of the keys without the prefix; `contents` are equal where ETag and size are, and 0 where an ETag
    does not tell. `pictures`, `litter`, `empty` (no bytes), `archived` and `nested` (the prefix occurs again within the
    rest) are masks. `siblings` counts the objects that begin with the prefix less its slash only, by what comes up to
    the next slash.
    """

    def __init__(self, objects: Objects, prefix: str) -> None:
        import numpy as np

        self.prefix = prefix
        self._objects = objects
        self.siblings: Counter[str] = Counter()
        self.classes: Counter[str] = Counter()
        columns: list[tuple[Hashes | Mask, ...]] = [(hashes(()), hashes(()), *(mask(()) for _ in range(5)))]
        columns += (self._columns(chunk) for chunk in self._chunks(count_siblings=True))
        self.hashes, self.contents, self.pictures, self.litter, self.empty, self.archived, self.nested = (
            np.concatenate(parts) for parts in zip(*columns, strict=True)
        )

    def _chunks(self, *, count_siblings: bool = False) -> Iterator[Columns]:
        """The objects' names, sizes, storage classes and tags, some thousand at a time."""
        for keys, sizes, classes, tags in columns_of(self._objects):
            names = self._plain(keys)
            if names is not None:
                yield names, sizes, classes, tags
                continue
            if count_siblings:
                self._count_siblings(keys)
            inside = [self._is_inside(key) for key in keys]
            names = [key[len(self.prefix) :] for key in compress(keys, inside)]
            if names:
                chosen = tuple(compress(classes, inside))
                yield names, list(compress(sizes, inside)), chosen, list(compress(tags, inside))

    def _plain(self, keys: list[str]) -> list[str] | None:
        """All of the keys without the prefix; None where not all of them are inside for sure."""
        text = "\0" + "\0".join(keys) + "\0"
        if text.count("\0") != len(keys) + 1 or "/\0" in text or OWN_NAME in text:
            return None
        if not self.prefix:
            return keys
        before = "\0" + self.prefix
        return text.replace(before, "\0")[1:-1].split("\0") if text.count(before) == len(keys) else None

    def _is_inside(self, key: str) -> bool:
        return key.startswith(self.prefix) and not key.endswith("/") and not is_own(key)

    def _count_siblings(self, keys: list[str]) -> None:
        wider = self.prefix.rstrip("/")
        for key in keys:
            if key.startswith(wider) and not key.startswith(self.prefix):
                self.siblings[wider + key[len(wider) :].split("/", 1)[0]] += 1

    def _columns(self, columns: Columns) -> tuple[Hashes | Mask, ...]:
        import numpy as np

        names, sizes, classes, tags = columns
        text, no = "\n".join(names) + "\n", np.zeros(len(names), np.bool_)
        archived = not ARCHIVED.isdisjoint(classes)
        if archived:
            self.classes.update(storage for storage in classes if storage in ARCHIVED)
        litter = any(word in text for word in LITTER)
        nested = bool(self.prefix) and self.prefix in text
        return (
            hashes(names),
            contents(tags, sizes),
            ~no if _all_usual(text, len(names)) else mask(map(is_picture, names)),
            mask(map(is_litter, names)) if litter else no,
            mask(size == 0 for size in sizes) if 0 in sizes else no,
            mask(storage in ARCHIVED for storage in classes) if archived else no,
            mask(self.prefix in name for name in names) if nested else no,
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def names(self) -> Iterator[str]:
        """The keys without the prefix, by position."""
        return chain.from_iterable(names for names, _, _, _ in self._chunks())

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


def columns_of(objects: Objects) -> Iterator[Columns]:
    """Keys, sizes, storage classes and tags, some thousand at a time; of the tags perhaps none."""
    columns = getattr(objects, "columns", None)
    if columns is not None:
        yield from columns()
        return
    found = iter(objects)
    while chunk := list(islice(found, CHUNK)):
        keys, sizes, classes = zip(*chunk, strict=True)
        yield list(keys), sizes, classes, ()


def _all_usual(text: str, count: int) -> bool:
    """Whether each of so many names, with a line break after each, ends as pictures nearly always do."""
    return text.count("\n") == count == sum(text.count(f"{ending}\n") for ending in USUAL)
