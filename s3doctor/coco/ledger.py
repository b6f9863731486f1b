"""The ledger counts faults in full and keeps the first few places of each."""

from __future__ import annotations

import json
from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from s3doctor.coco.rules import RULES
from s3doctor.finding import Example, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Entry", "Ledger", "Place", "printable", "shorten"]

LONGEST = 80
_INTEGER_BITS = 64


@dataclass(frozen=True)
class Place:
    """Where in a file: `order` sorts places as they stand in it; the other fields are those of an Example."""

    order: tuple[int, ...]
    where: str
    offset: int | None = None
    line: int | None = None
    ids: tuple[tuple[str, Any], ...] = ()


@dataclass
class Entry:
    """What is known of one fault so far."""

    count: int = 0
    severity: Severity | None = None
    hint: str = ""
    follows: str = ""
    examples: list[tuple[tuple[int, ...], Example]] = field(default_factory=list)


def printable(text: str) -> str:
    """The text without anything that UTF-8 can't hold (lone surrogates)."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def shorten(value: object) -> Any:  # noqa: ANN401 - a value of JSON may be anything
    """A value seen in a file, cut to at most 80 characters; strangers' text stays as it is but for its length."""
    if isinstance(value, str):
        text = printable(value[: LONGEST + 1])
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _INTEGER_BITS else f"an integer of {value.bit_length()} bits"
    return _compact(value)


def _compact(value: object) -> Any:  # noqa: ANN401 - as above
    """A short list or object as it is, a long one as the beginning of its JSON."""
    try:
        text = json.dumps(_cut(value), ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        return f"a deeply nested {type(value).__name__}"
    if len(text) <= LONGEST and isinstance(value, (list, tuple)):
        return list(value)
    text = printable(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _cut(value: object) -> object:
    """The first members of a long list: enough for the characters that are shown."""
    if isinstance(value, (list, tuple)):
        return [_cut(item) for item in value[:LONGEST]]
    if isinstance(value, dict):
        return {str(key)[:LONGEST]: _cut(value[key]) for key in list(value)[:LONGEST]}
    return shorten(value)


class Ledger:
    """Collects faults while a file is read.

    `target` is the reader to judge for, `examples` how many places of each fault are kept: those that stand first in
    the file, in whatever order they are noted.
    """

    def __init__(self, target: str = "platform", examples: int = 5) -> None:
        self.target = target
        self.limit = examples
        self.entries: dict[str, Entry] = {}

    def wants(self, code: str, order: tuple[int, ...] = ()) -> bool:
        """Whether a place of this order would be kept, so that nobody looks up places in vain."""
        entry = self.entries.get(code)
        if entry is None or len(entry.examples) < self.limit:
            return self.limit > 0
        return self.limit > 0 and order < entry.examples[-1][0]

    def count(self, code: str, count: int = 1, *, severity: Severity | None = None, hint: str = "") -> None:
        """Count a fault whose places are noted apart with `show`, or that has none."""
        entry = self.entries.setdefault(code, Entry())
        entry.count += int(count)
        entry.severity = severity or entry.severity
        entry.hint = hint or entry.hint

    def show(self, code: str, place: Place, value: object = None, text: str = "") -> None:
        """Keep a place of a fault, if it stands before those kept so far."""
        if self.wants(code, place.order):
            entry = self.entries.setdefault(code, Entry())
            example = Example(place.where, text, shorten(value), place.offset, place.line, place.ids)
            insort(entry.examples, (place.order, example), key=lambda pair: pair[0])
            del entry.examples[self.limit :]

    def note(self, code: str, place: Place | Callable[[], Place], value: object = None, text: str = "") -> None:
        """One fault at one place. The place may be a function: it is called only if the place is kept."""
        self.count(code)
        if callable(place):
            if not self.wants(code):
                return
            place = place()
        self.show(code, place, value, text)

    def keep_groups(self, *groups: str) -> None:
        """Forget the faults of all other groups: they follow from a graver one."""
        self.entries = {code: entry for code, entry in self.entries.items() if RULES[code].group in groups}

    def drop(self, code: str) -> None:
        """Forget a fault that another one explains."""
        self.entries.pop(code, None)

    def explain(self, codes: Iterable[str], reason: str) -> None:
        """Some faults, if they are there, follow from another one."""
        for code in codes:
            if code in self:
                self.entries[code].follows = reason

    def __contains__(self, code: object) -> bool:
        """Whether the fault was counted at least once."""
        return code in self.entries and self.entries[str(code)].count > 0

    def findings(self) -> tuple[Finding, ...]:
        """All that was counted: the gravest first, of these last what follows from others, then as in the catalogue."""
        made = [self._finding(code) for code in RULES if code in self]
        rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
        return tuple(sorted((one for one in made if one), key=lambda one: (rank[one.severity], bool(one.follows))))

    def _finding(self, code: str) -> Finding | None:
        rule, entry = RULES[code], self.entries[code]
        severity = rule.severity(self.target)
        if severity is None:
            return None
        summary = rule.title + (f": {entry.hint}" if entry.hint else "")
        examples = tuple(example for _, example in entry.examples)
        fix = f"First mend what {entry.follows} says: this seems to follow from it." if entry.follows else rule.fix
        return Finding(code, entry.severity or severity, entry.count, summary, examples, rule.why, fix, entry.follows)
