"""What can be said of the objects under a prefix, whatever the COCO file says."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from s3doctor.finding import Example, Finding, Severity, counted
from s3doctor.names.platform import platform_key, platform_keys
from s3doctor.names.rewrites import folded, folded_all
from s3doctor.names.table import repeated, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from s3doctor.names.shelf import Shelf
    from s3doctor.names.table import Mask


def object_findings(shelf: Shelf, examples: int) -> Iterator[Finding]:
    """All findings about objects alone, each counted in full with up to `examples` keys."""
    rules = (_unsupported, _zero_bytes, _archived, _key_collision, _case_collision, _repeated_prefix, _duplicates)
    for rule in rules:
        yield from rule(shelf, examples)


def _places(shelf: Shelf, which: Mask, examples: int, text: str = "") -> tuple[Example, ...]:
    return tuple(Example(shelf.prefix + name, text) for name in shelf.first(which, examples))


def _unsupported(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which = ~shelf.pictures | shelf.litter
    if not which.any():
        return
    kinds = Counter(map(_kind, select(shelf.names(), which)))
    listed = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(examples))
    harmless = bool((~shelf.pictures & shelf.litter)[which].all())
    yield Finding(
        "f-unsupported",
        Severity.INFO if harmless else Severity.WARNING,
        int(which.sum()),
        f"{counted(int(which.sum()), 'object is', 'objects are')} nothing that the platform can show: {listed}",
        _places(shelf, which, examples),
        "The platform reads keys that end in .jpg, .jpeg or .png, and passes over the rest without a word. "
        "Files ._* that macOS puts beside pictures bear their names, and can't be opened.",
        "Convert pictures of other types to JPEG or PNG; delete what is no picture.",
    )


def _kind(name: str) -> str:
    base = name.rpartition("/")[2]
    if base.startswith("._"):
        return "._* of macOS"
    stem, dot, extension = base.rpartition(".")
    return f".{extension.lower()[:16]}" if dot and stem else base[:16] if dot else "without an extension"


def _zero_bytes(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which = shelf.empty & shelf.pictures & ~shelf.litter
    if which.any():
        yield Finding(
            "f-zero-bytes",
            Severity.ERROR,
            int(which.sum()),
            counted(int(which.sum()), "picture has no bytes", "pictures have no bytes"),
            _places(shelf, which, examples),
            "They can't be opened: an upload was broken off, or a tool made place holders.",
            "Upload them again.",
        )


def _archived(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which = shelf.archived & shelf.pictures
    if which.any():
        classes = ", ".join(f"{count:,} in {name}" for name, count in shelf.classes.most_common())
        yield Finding(
            "f-archived",
            Severity.ERROR,
            int(which.sum()),
            f"{counted(int(which.sum()), 'picture is archived', 'pictures are archived')} ({classes})",
            _places(shelf, which, examples),
            "S3 refuses to read them (403 InvalidObjectState) until they are restored.",
            "Restore them and copy them to STANDARD; take the prefix out of the lifecycle rule that archives it.",
        )


def _key_collision(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which = _colliding(shelf, platform_keys, shelf.pictures & ~shelf.litter)
    if not which.any():
        return
    always = _colliding(shelf, partial(platform_keys, extension=True), which).any()
    groups = _groups(shelf, which, platform_key, examples)
    yield Finding(
        "f-key-collision",
        Severity.ERROR if always else Severity.WARNING,
        int(which.sum()),
        f"{int(which.sum()):,} pictures share their name on the platform with another",
        tuple(
            Example(shelf.prefix + first, f"is {key!r} there, as is {shelf.prefix}{second}", key)
            for key, (first, second) in groups
        ),
        "The platform leaves out the extension and what is not ASCII, and writes '_' for '/' and spaces: "
        "of pictures with one name, one silently replaces the other.",
        "Rename them, so that they differ in ASCII letters, digits or '-' and not in the extension alone.",
    )


def _case_collision(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which = _colliding(shelf, folded_all, shelf.pictures & ~shelf.litter)
    if which.any():
        yield Finding(
            "f-case-collision",
            Severity.WARNING,
            int(which.sum()),
            f"{int(which.sum()):,} keys differ from another in upper and lower case or Unicode form only",
            tuple(
                Example(shelf.prefix + first, f"beside {shelf.prefix}{second}")
                for _, (first, second) in _groups(shelf, which, folded, examples)
            ),
            "S3 keeps them apart; Windows and macOS do not, so a copy there loses one of the two.",
            "Rename or delete one of each pair.",
        )


def _colliding(shelf: Shelf, forms: Callable[[list[str]], Iterable[str]], which: Mask) -> Mask:
    """Those of the objects whose forms occur more than once among them."""
    found = which.copy()
    found[which] = repeated(shelf.forms(which, forms))
    return found


def _groups(shelf: Shelf, which: Mask, form: Callable[[str], str], count: int) -> list[tuple[str, tuple[str, str]]]:
    """The first `count` forms that two or more names have, each with its first two names."""
    seen: dict[str, str] = {}
    pairs: dict[str, tuple[str, str]] = {}
    names = select(shelf.names(), which)
    while len(pairs) < count and (name := next(names, None)) is not None:
        key = form(name)
        first = seen.setdefault(key, name)
        if first != name:
            pairs.setdefault(key, (first, name))
    return list(pairs.items())


def _repeated_prefix(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which = shelf.nested & shelf.pictures
    if which.any():
        yield Finding(
            "f-repeated-prefix",
            Severity.ERROR,
            int(which.sum()),
            f"{counted(int(which.sum()), 'picture has', 'pictures have')} {shelf.prefix!r} in the key more than once",
            _places(shelf, which, examples),
            "The platform removes this text wherever it occurs in a key, so these images get a wrong name.",
            "Move them: no folder below the images directory may repeat its path.",
        )


def _duplicates(shelf: Shelf, examples: int) -> Iterator[Finding]:
    which: Mask = shelf.pictures & ~shelf.litter & (shelf.contents != 0)
    which[which] = repeated(shelf.contents[which])
    if which.any():
        pairs, different = _twins(shelf, which, examples)
        yield Finding(
            "f-duplicate",
            Severity.INFO,
            int(which.sum()),
            f"{int(which.sum()):,} pictures have the same bytes as another: {different:,} of them would be enough",
            tuple(
                Example(shelf.prefix + first, f"the same bytes as {shelf.prefix}{second}") for first, second in pairs
            ),
            "ETag and size are the same. A picture that is there more often counts more often; if one copy is trained "
            "on and another tested on, results look better than they are. Objects that were uploaded in parts or are "
            "encrypted with a KMS key are not compared: their ETags say nothing of their bytes.",
            "Keep one of each, unless the copies are meant.",
        )


def _twins(shelf: Shelf, which: Mask, count: int) -> tuple[list[tuple[str, str]], int]:
    """The first two of each of the first `count` contents, and how many contents there are."""
    import numpy as np

    places = which.nonzero()[0]
    order = np.argsort(shelf.contents[places], kind="stable")
    rising = shelf.contents[places][order]
    firsts = np.flatnonzero(np.append(True, rising[1:] != rising[:-1]))
    chosen = firsts[np.argsort(order[firsts])[:count]]
    pairs = [(int(places[order[at]]), int(places[order[at + 1]])) for at in chosen]
    names = dict(shelf.at(sorted({place for pair in pairs for place in pair})))
    return [(names[first], names[second]) for first, second in pairs], len(firsts)


def sibling_findings(shelf: Shelf, folders: tuple[str, ...], examples: int) -> Iterator[Finding]:
    """Objects or folders beside the images directory whose names begin with its name."""
    wider = shelf.prefix.rstrip("/")
    beside = {folder for folder in folders if wider and folder.startswith(wider) and folder.rstrip("/") != wider}
    beside |= set(shelf.siblings)
    if beside:
        yield Finding(
            "f-sibling-prefix",
            Severity.WARNING if shelf.siblings else Severity.INFO,
            len(beside),
            counted(len(beside), "name begins", "names begin") + f" like {shelf.prefix}, and belongs elsewhere",
            tuple(Example(name) for name in sorted(beside)[:examples]),
            f"A location without its last slash ({wider}) takes their pictures in as well.",
            f"Give the platform the location with its slash: {shelf.prefix}",
        )
