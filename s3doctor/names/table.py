"""Texts by the million in eight bytes each: 64-bit hashes in NumPy arrays.

Python's own `hash` of a text is keyed anew in each process and as good as random: that any two that differ are taken
for the same among a million names and a million keys has a probability of 1 in 10 million.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Item = TypeVar("Item")
NONE = hash(None)


def hashes(texts: Iterable[str | None]) -> Hashes:
    """The hashes of texts, in their order; NONE for a None."""
    import numpy as np

    return np.fromiter(map(hash, texts), np.int64)


def mask(values: Iterable[bool]) -> Mask:
    """An array of truths."""
    import numpy as np

    return np.fromiter(values, np.bool_)


def isin(these: Hashes, those: Hashes) -> Mask:
    """Which of these are among those."""
    import numpy as np

    return np.isin(these, those, kind="sort")


def once(found: Hashes) -> Hashes:
    """Those that occur exactly once, NONE left out, sorted."""
    import numpy as np

    values, counts = np.unique(found, return_counts=True)
    return np.asarray(values[(counts == 1) & (values != NONE)])


def repeated(found: Hashes) -> Mask:
    """Which of them occur more than once."""
    import numpy as np

    values, counts = np.unique(found, return_counts=True)
    return isin(found, values[counts > 1]) if len(values) < len(found) else np.zeros(len(found), np.bool_)


def first_of_each(found: Hashes) -> Mask:
    """Which of them are the first of their kind."""
    import numpy as np

    first = np.zeros(len(found), np.bool_)
    first[np.unique(found, return_index=True)[1]] = True
    return first


def select(items: Iterable[Item], which: Mask) -> Iterator[Item]:
    """The items for which the mask is true."""
    return iter(items) if which.all() else compress(items, which.tolist())
