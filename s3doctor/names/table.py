"""Texts by the million in eight bytes each: 64-bit hashes in NumPy arrays.

Python's own `hash` of a text is keyed anew in each process and as good as random: that any two that differ are taken
for the same among a million names and a million keys has a probability of 1 in 10 million.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Item = TypeVar("Item")
NONE = hash(None)
ODD = 0x9E3779B97F4A7C15
"""Spreads the bits of a size over 64 (Knuth, the golden ratio)."""


def hashes(texts: Iterable[str | None]) -> Hashes:
    """The hashes of texts, in their order; NONE for a None."""
    import numpy as np

    return np.fromiter(map(hash, texts), np.int64)


def mask(values: Iterable[bool]) -> Mask:
    """An array of truths."""
    import numpy as np

    return np.fromiter(values, np.bool_)


def contents(tags: Sequence[int], sizes: Sequence[int]) -> Hashes:
    """A number for each object that is the same where tag and size are; 0 where the tag is 0, or there is no byte."""
    import numpy as np

    if not len(tags):
        return np.zeros(len(sizes), np.int64)
    known, bytes_ = np.array(tags, np.uint64), np.array(sizes, np.int64)
    mixed = (known ^ (bytes_.astype(np.uint64) * np.uint64(ODD))).view(np.int64)
    return np.where((known != 0) & (bytes_ > 0), mixed, 0)


def isin(these: Hashes, those: Hashes) -> Mask:
    """Which of these are among those."""
    import numpy as np

    found = np.zeros(len(these), np.bool_)
    if len(these) and len(those):
        order, rising = np.argsort(these), np.sort(those)
        places = np.searchsorted(rising, these[order])
        places[places == len(rising)] = 0
        found[order] = rising[places] == these[order]
    return found


def once(found: Hashes) -> Hashes:
    """Those that occur exactly once, NONE left out, sorted."""
    import numpy as np

    rising = np.sort(found[found != NONE])
    as_before = np.zeros(len(rising) + 1, np.bool_)
    as_before[1:-1] = rising[1:] == rising[:-1]
    return np.asarray(rising[~(as_before[1:] | as_before[:-1])])


def repeated(found: Hashes) -> Mask:
    """Which of them occur more than once."""
    import numpy as np

    rising = np.sort(found)
    return isin(found, rising[1:][rising[1:] == rising[:-1]])


def first_of_each(found: Hashes) -> Mask:
    """Which of them are the first of their kind."""
    import numpy as np

    rising = np.sort(found)
    first = np.ones(len(found), np.bool_)
    if (rising[1:] == rising[:-1]).any():
        first[:] = False
        first[np.unique(found, return_index=True)[1]] = True
    return first


def select(items: Iterable[Item], which: Mask) -> Iterator[Item]:
    """The items for which the mask is true."""
    return iter(items) if which.all() else compress(items, which.tolist())
