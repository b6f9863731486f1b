"""Decoding with types, many times faster than without: the types are learnt from the file's own first elements."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Shape"]

_MOST_KEYS = 64
_SUSPECT = re.compile(rb"\d[eE]|\d{300}")


class Shape:
    """The fields that elements of one array have: those that matter with their types, others undecoded.

    A batch is refused (msgspec.ValidationError) when an element lacks a field that all had so far, has one that none
    had, a value of another type, or a key twice; then `learn` is given the elements as decoded without types.
    """

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = dict(types)
        self.known = frozenset(types)
        self._keys: set[str] = set()
        self._always: set[str] | None = None
        self._decoder: msgspec.json.Decoder[list[Any]] | None = None
        self._fields: list[str] = []
        self._texts = 0

    def learn(self, elements: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the keys of some elements."""
        before = len(self._keys), len(self._always or ())
        for element in elements:
            keys = element.keys()
            self._always = set(keys) if self._always is None else self._always & keys
            self._keys |= keys
            if len(self._keys) > _MOST_KEYS:
                break
        if (len(self._keys), len(self._always or ())) != before:
            self._build()

    def _build(self) -> None:
        always = self._always or set()
        self._fields = sorted(self._keys, key=lambda key: (key not in always, key))
        if len(self._keys) > _MOST_KEYS:
            self._decoder = None
            return
        made = [self._field(number, key, key in always) for number, key in enumerate(self._fields)]
        struct = msgspec.defstruct("Element", made, forbid_unknown_fields=True, gc=False)
        self._decoder = msgspec.json.Decoder(list[struct])  # type: ignore[valid-type]

    def _field(self, number: int, key: str, required: bool) -> tuple[str, Any, Any]:  # noqa: FBT001 - one caller
        kind = self._types.get(key, Raw)
        if required:
            return f"f{number}", kind, msgspec.field(name=key)
        return (
            f"f{number}",
            kind | msgspec.UnsetType if kind is not Raw else Raw,
            msgspec.field(name=key, default=UNSET),
        )

    def decode(self, text: bytes) -> list[Any]:
        """A batch as Structs. Raises msgspec.ValidationError where the types do not fit, DecodeError on bad JSON."""
        if self._decoder is None:
            if len(self._keys) > _MOST_KEYS:
                raise msgspec.ValidationError("too many different keys")
            found = msgspec.json.decode(text)
            self.learn(one for one in found if isinstance(one, dict))
            if self._decoder is None:
                raise msgspec.ValidationError("no keys in common")
        rows = self._decoder.decode(text)
        self._refuse_duplicates(text, rows)
        return rows

    def _refuse_duplicates(self, text: bytes, rows: list[Any]) -> None:
        """Each key and each text has two quotes: more quotes than that are a key that stands twice."""
        rest = text.count(b'"')
        raws: list[bytes] = []
        for number, key in enumerate(self._fields):
            values = list(map(attrgetter(f"f{number}"), rows)) if key not in (self._always or ()) else None
            present = len(rows) if values is None else sum(value is not UNSET for value in values)
            kind = self._types.get(key, Raw)
            rest -= present * (4 if kind is str else 2)
            if key not in self._types:
                raws += [bytes(value) for value in values or map(attrgetter(f"f{number}"), rows) if value is not UNSET]
            elif kind is Raw and rest:
                raws_here = values or map(attrgetter(f"f{number}"), rows)
                rest -= sum(bytes(value).count(b'"') for value in raws_here if value is not UNSET)
        joined = b"\n".join(raws)
        if rest != joined.count(b'"') or b"{" in joined or _SUSPECT.search(joined):
            raise msgspec.ValidationError("a key twice, or an odd value")

    def columns(self, rows: list[Any]) -> dict[str, list[Any]]:
        """The columns of some Structs, those that matter only. A column with gaps holds UNSET in them."""
        return {
            key: list(map(attrgetter(f"f{number}"), rows))
            for number, key in enumerate(self._fields)
            if key in self._types
        }
