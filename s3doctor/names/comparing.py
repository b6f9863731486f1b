"""What is missing, what is left over, and the one rewrite that mends most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.finding import Example, Finding, Severity, counted
from s3doctor.names.findings import object_findings, sibling_findings
from s3doctor.names.mending import mend
from s3doctor.names.rewrites import base, loose
from s3doctor.names.shelf import Shelf
from s3doctor.names.table import first_of_each, hashes, isin, mask, select

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from s3doctor.names.shelf import Objects
    from s3doctor.names.table import Mask

EXAMPLES = 5


@dataclass(frozen=True)
class Comparison:
    """Names against keys, in numbers.

    `names` are the different names, `keys` the objects under the prefix (without folder markers), `pictures` those
    that the platform takes for pictures. `present` names have their object, `missing` have none; `unjudged` could not
    be looked up because the listing is not complete. `unlisted` pictures are in no file. `rewrite` says in words what
    one change would mend most of the missing names, `mended` how many; empty and 0 where none would.
    """

    names: int
    keys: int
    pictures: int
    present: int
    missing: int
    unjudged: int
    unlisted: int
    rewrite: str
    mended: int
    findings: tuple[Finding, ...]


def compare(
    names: Collection[str],
    objects: Objects,
    prefix: str,
    *,
    folders: Sequence[str] = (),
    examples: int = EXAMPLES,
) -> Comparison:
    """Compare the `file_name`s of a COCO file with the objects whose keys begin with `prefix` (`dataset/images/`).

    Names may repeat, and are compared byte for byte, as S3 does; without names the objects alone are judged.
    `folders` are the prefixes beside the images directory (`dataset/images_old/`). Findings are counted in full, with
    up to `examples` places each. A million names and keys cost about 110 MB for that time, and 2 s of work.
    """
    shelf = Shelf(objects, prefix)
    wanted = hashes(names)
    distinct = first_of_each(wanted)
    present = distinct & isin(wanted, shelf.hashes)
    lost = _covered(names, distinct & ~present, objects, prefix)
    missing, spare = int(lost.sum()), ~isin(shelf.hashes, wanted)
    mended = mend(list(select(names, lost)), shelf, spare, examples)
    unlisted = mended.spare & shelf.pictures & ~shelf.litter if len(wanted) else spare & False
    findings = (
        *(mending.finding(missing, prefix) for mending in mended.mendings),
        *_missing(mended.missing, shelf, mended.spare, examples),
        *_unlisted(shelf, unlisted, examples),
        *object_findings(shelf, examples),
        *sibling_findings(shelf, tuple(folders), examples),
    )
    best = mended.mendings[0] if mended.mendings else None
    return Comparison(
        int(distinct.sum()),
        len(shelf),
        int(shelf.pictures.sum()),
        int(present.sum()),
        missing,
        int(distinct.sum() - present.sum()) - missing,
        int(unlisted.sum()),
        best.words if best else "",
        best.count if best else 0,
        findings,
    )


def _covered(names: Collection[str], lost: Mask, objects: Objects, prefix: str) -> Mask:
    """Those of the lost names that the listing would show if they were there."""
    if lost.any():
        lost[lost] = mask(objects.covers(prefix + name) for name in select(names, lost))
    return lost


def _missing(names: Sequence[str], shelf: Shelf, spare: Mask, examples: int) -> Iterator[Finding]:
    if not names:
        return
    nearest = _nearest(names[:examples], shelf, spare)
    yield Finding(
        "f-missing",
        Severity.ERROR,
        len(names),
        counted(len(names), "name has no object", "names have no object"),
        tuple(Example(name, nearest.get(name, ""), shelf.prefix + name) for name in names[:examples]),
        "The platform has these images without pixels.",
        "Upload the pictures, or take the images and their annotations out of the file.",
    )
    yield from _ambiguous(names, shelf, spare, examples)


def _nearest(names: Sequence[str], shelf: Shelf, spare: Mask) -> dict[str, str]:
    """For each name the first object that looks like it, in words."""
    wanted = {loose(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for key in select(shelf.names(), spare):
        if (name := wanted.get(loose(key))) is not None:
            found.setdefault(name, f"nearest: {shelf.prefix}{key}")
    return found


def _ambiguous(names: Sequence[str], shelf: Shelf, spare: Mask, examples: int) -> Iterator[Finding]:
    """Names whose base name is that of objects elsewhere, so that it can't be told which is meant."""
    hit = isin(hashes(map(base, names)), hashes(map(base, select(shelf.names(), spare))))
    doubtful = list(select(names, hit))
    if doubtful:
        yield Finding(
            "f-ambiguous",
            Severity.WARNING,
            len(doubtful),
            f"{counted(len(doubtful), 'name has', 'names have')} no object, but the last part fits several",
            tuple(Example(name) for name in doubtful[:examples]),
            "It can't be told which object is meant.",
            "Write the path below the images directory in file_name.",
        )


def _unlisted(shelf: Shelf, which: Mask, examples: int) -> Iterator[Finding]:
    if which.any():
        yield Finding(
            "f-unlisted",
            Severity.WARNING,
            int(which.sum()),
            counted(int(which.sum()), "picture is in no file", "pictures are in no file"),
            tuple(Example(shelf.prefix + name) for name in shelf.first(which, examples)),
            "The platform shows them without labels.",
            "Annotate them, or move them out of the images directory.",
        )
