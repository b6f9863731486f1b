"""Missing names whose object is there under a name a little different."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from s3doctor.finding import Example, Finding, Severity
from s3doctor.names.rewrites import REWRITES, same, slashes
from s3doctor.names.table import hashes, isin, once, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from s3doctor.names.rewrites import Rewrite
    from s3doctor.names.shelf import Shelf
    from s3doctor.names.table import Hashes, Mask

FEW_OBJECTS = 50_000
"""Objects to which rewrites are tried first."""

SAMPLE = 2000
"""Missing names that are tried first; a rewrite that fits none of them is not tried on all."""


ONE = {"have": "has", "differ": "differs", "lie": "lies"}
"""The words of rewrites, said of one name."""


@dataclass(frozen=True)
class Mending:
    """One rewrite, how many names it mends, and a few of them each with its object's key (without the prefix).

    A name is mended where exactly one object fits that belongs to no other name. `ours` and `theirs` are what stands
    in front of the names and of the keys and is left out, where it is the same in all of them.
    """

    rewrite: Rewrite
    count: int
    pairs: tuple[tuple[str, str], ...]
    ours: str = ""
    theirs: str = ""

    @property
    def words(self) -> str:
        """What the names are like."""
        front = self.ours or self.theirs
        return self.rewrite.words + (f" ({front!r})" if front else "")

    @property
    def fix(self) -> str:
        """What to do, with the options of `fix-coco` that do it, where it is the same for all names."""
        other = self.rewrite.of_key is not same, self.rewrite.of_name is not slashes
        if not (self.ours or self.theirs) or (all(other) and not (self.ours and self.theirs)):
            return self.rewrite.fix
        strip = ["--strip-prefix", self.ours] if self.ours else []
        add = ["--add-prefix", self.theirs] if self.theirs else []
        return f"{self.rewrite.fix} This rewrites the names: s3doctor fix-coco {shlex.join([*strip, *add])} IN OUT"

    def _said(self, missing: int) -> str:
        """The number with its words: `1 name without an object has …`, `12 of 20 names without an object have …`."""
        names = f"{self.count:,} of {missing:,} names" if missing > 1 else "1 name"
        verb, _, rest = self.words.partition(" ")
        return f"{names} without an object {ONE[verb] if self.count == 1 else verb} {rest}"

    def finding(self, missing: int, prefix: str) -> Finding:
        """This as a finding; `missing` is the number of all names without an object."""
        return Finding(
            self.rewrite.code,
            Severity.ERROR,
            self.count,
            self._said(missing),
            tuple(Example(name, f"the object is {prefix}{key}", prefix + key) for name, key in self.pairs),
            "S3 compares keys byte for byte: these images are there, and the platform does not find them.",
            self.fix,
        )


@dataclass(frozen=True)
class Mended:
    """What rewrites explain: the one that mends most first; the names left, the objects that belong to no name."""

    mendings: tuple[Mending, ...]
    missing: tuple[str, ...]
    spare: Mask


def mend(missing: Sequence[str], shelf: Shelf, spare: Mask, examples: int) -> Mended:
    """Explain missing names by rewrites; `spare` are the objects that no name belongs to.

    Most often one rewrite explains all: rewrites that fit some of the objects are tried first, and those that fit any
    only if names are left.
    """
    mendings: list[Mending] = []
    for step in {max(1, int(spare.sum()) // FEW_OBJECTS): None, 1: None}:
        candidates = _promising(missing, shelf, spare, step) if missing else []
        while candidates:
            found = [(rewrite, *_matches(rewrite, missing, shelf, spare)) for rewrite in candidates]
            rewrite, hit, keys_hit = max(found, key=lambda match: int(match[1].sum()))
            if not hit.any():
                break
            mendings.append(_mending(rewrite, list(select(missing, hit)), shelf, keys_hit, examples))
            missing, spare = list(select(missing, ~hit)), spare & ~keys_hit
            candidates = [other for other, its, _ in found if other is not rewrite and its.any()]
    mendings.sort(key=lambda mending: -mending.count)
    return Mended(tuple(mendings), tuple(missing), spare)


def _promising(missing: Sequence[str], shelf: Shelf, spare: Mask, step: int) -> list[Rewrite]:
    """The rewrites that fit a sample of the missing names to one in `step` of the spare objects."""
    places = spare.nonzero()[0][::step]
    spare = spare & False
    spare[places] = True
    sample = missing[:: max(1, len(missing) // SAMPLE)]
    promising = []
    deepest = max((name.count("/") for name in select(shelf.names(), spare)), default=0)
    possible = [rewrite for rewrite in REWRITES if rewrite.depth <= deepest]
    for of_key, group in groupby(possible, key=lambda rewrite: rewrite.of_key):
        keys = _of_keys(of_key, shelf, spare)
        promising += [rewrite for rewrite in group if isin(once(hashes(map(rewrite.of_name, sample))), keys).any()]
    return promising


def _of_keys(of_key: Callable[[str], str | None], shelf: Shelf, spare: Mask) -> Hashes:
    """The hashes of the forms of the spare objects' keys."""
    return shelf.hashes[spare] if of_key is same else hashes(map(of_key, select(shelf.names(), spare)))


def _matches(rewrite: Rewrite, missing: Sequence[str], shelf: Shelf, spare: Mask) -> tuple[Mask, Mask]:
    """Which missing names and which objects belong together, one to one."""
    names = hashes(map(rewrite.of_name, missing))
    keys = _of_keys(rewrite.of_key, shelf, spare)
    single = once(names)
    pairs = single[isin(single, once(keys))]
    keys_hit = spare.copy()
    keys_hit[spare] = isin(keys, pairs)
    return isin(names, pairs), keys_hit


def _mending(rewrite: Rewrite, names: list[str], shelf: Shelf, keys_hit: Mask, examples: int) -> Mending:
    wanted = {rewrite.of_name(name): name for name in names[:examples]}
    keys = ((rewrite.of_key(key), key) for key in select(shelf.names(), keys_hit))
    pairs = islice(((wanted[form], key) for form, key in keys if form in wanted), len(wanted))
    if rewrite.code != "f-prefix":
        return Mending(rewrite, len(names), tuple(pairs))
    ours, theirs = _front(names, rewrite.of_name), _front(select(shelf.names(), keys_hit), rewrite.of_key)
    return Mending(rewrite, len(names), tuple(pairs), ours, theirs)


def _front(texts: Iterable[str], form: Callable[[str], str | None]) -> str:
    """What the form leaves out at the beginning, if it is the same in all texts."""
    fronts = set()
    for text in texts:
        fronts.add(text[: len(text) - len(form(text) or "")])
        if len(fronts) > 1:
            return ""
    return fronts.pop() if fronts else ""
