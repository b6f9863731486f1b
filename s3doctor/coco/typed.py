"""Decoding with types, many times faster than without: the types are learnt from the file's own first elements."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Raw

from s3doctor.coco.layout import BOX, MASK, POLYGONS, REAL, WHOLE, layout_of
from s3doctor.coco.untyped import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from concurrent.futures import Future, ThreadPoolExecutor

    from s3doctor.coco.layout import Layout, Table

__all__ = ["Columns", "Shape"]

_MOST_KEYS = 64
_PATIENCE = 8
_LESSONS = 1000
_MOST_NESTED, _SHORT = 10_000, 200
_RAWS = msgspec.json.Decoder(list[Raw])
_KINDS = {int: WHOLE, float: REAL, tuple[float, float, float, float]: BOX}
_SUSPECT = re.compile(rb"\d[eE]|\d{300}")
_UNTYPABLE = re.compile(r'[\x00-\x1f"\\\ud800-\udfff]')
"""What no field of a msgspec Struct may have in its name in JSON."""
_TEXT_COUNTS = re.compile(rb'"counts"\s*:\s*"')
_TEXT, _ARRAY, _OBJECT = 0x22, 0x5B, 0x7B


class Columns:
    """Columns of a batch by key: values as decoded, undecoded ones as bytes, UNSET where an element lacks the key.

    What was read from the text without decoding it is in `table`; then values are decoded when somebody asks for one.
    """

    def __init__(
        self, size: int, values: dict[str, list[Any]] | Callable[[], dict[str, list[Any]]], table: Table | None = None
    ) -> None:
        self.size = size
        self.table = table
        self._values = values

    def __len__(self) -> int:
        """How many elements."""
        return self.size

    @property
    def values(self) -> dict[str, list[Any]]:
        """The columns as lists."""
        if not isinstance(self._values, dict):
            self._values = self._values()
        return self._values

    @property
    def keys(self) -> Collection[str]:
        """The keys that matter and that any element has."""
        return self.values if self.table is None else self.table.keys


class Shape:
    """The fields that elements of one array have: those that matter with their types, others undecoded.

    A batch is refused (msgspec.ValidationError) when an element lacks a field that all had so far, has one that none
    had, a value of another type, or a key twice; then `learn` is given the elements as decoded without types.
    """

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = dict(types)
        self.known = frozenset(types)
        self._keys: set[str] = set()
        self._odd = False
        self._always: set[str] | None = None
        self._decoder: msgspec.json.Decoder[list[Any]] | None = None
        self._fields: list[str] = []
        self._nested: set[bytes] = set()
        self._layout: Layout | None = None
        self._patience = _PATIENCE
        self._beside: ThreadPoolExecutor | None = None
        self._begun: tuple[Layout, bytes, Future[Table | None]] | None = None
        self._kinds = {key: _KINDS[kind] for key, kind in types.items() if kind in _KINDS} | {MASK: POLYGONS}

    def learn(self, elements: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the keys of some elements."""
        before = len(self._keys), len(self._always or ())
        for element in elements:
            keys = element.keys()
            if self._always is None or keys != self._always:
                self._always = set(keys) if self._always is None else self._always & keys
            if not keys <= self._keys:
                self._keys |= keys
                self._odd = self._odd or any(map(_UNTYPABLE.search, keys))
                if self._untypable:
                    break
        if (len(self._keys), len(self._always or ())) != before:
            self._build()

    @property
    def _untypable(self) -> bool:
        """Whether no type can be made of the keys so far."""
        return self._odd or len(self._keys) > _MOST_KEYS

    def _build(self) -> None:
        always = self._always or set()
        self._fields = sorted(self._keys, key=lambda key: (key not in always, key))
        if self._untypable:
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

    def decode(self, text: bytes) -> Columns:
        """A batch as columns. Raises msgspec.ValidationError where the types do not fit, DecodeError on bad JSON."""
        if self._decoder is None:
            if self._untypable:
                raise msgspec.ValidationError("too many different keys, or one that no field can have")
            found = map(msgspec.json.decode, _RAWS.decode(text)[:_LESSONS])
            self.learn(one for one in found if isinstance(one, dict))
            if self._decoder is None:
                raise msgspec.ValidationError("no keys in common")
        return self._read(text) or self._decoded(text)

    def _decoded(self, text: bytes) -> Columns:
        """A batch, decoded; from the first of them the layout of all is learnt."""
        found = self._listed(text)
        if self._layout is None and self._patience:
            self._patience -= 1
            self._layout = layout_of(text, self._kinds, self.known)
        return found

    def _listed(self, text: bytes) -> Columns:
        rows = self._decoder.decode(text) if self._decoder else []
        return Columns(len(rows), self._columns(text, rows))

    def _read(self, text: bytes) -> Columns | None:
        """A batch whose rows are laid out like those before, None for any other."""
        table = self._table(text)
        if table is not None and table.cut:
            table = self._joined(table)
        if table is not None:
            self._patience = _PATIENCE
            return Columns(table.size, lambda: self._listed(text).values, table)
        if self._layout is not None:
            self._patience -= 1
            self._layout = self._layout if self._patience else None
        return None

    def begin(self, text: bytes) -> None:
        """Begin with a batch that `decode` will probably be given next, beside what the caller does until then.

        One thread does this for one file, until `close`: malloc keeps memory apart for each that there was.
        """
        if self._layout is not None:
            from concurrent.futures import ThreadPoolExecutor

            self._beside = self._beside or ThreadPoolExecutor(1, "s3doctor-coco")
            self._begun = self._layout, text, self._beside.submit(self._layout.read, text)

    def close(self) -> None:
        """There is no batch to begin with any more."""
        if self._beside is not None:
            self._beside.shutdown()

    def _table(self, text: bytes) -> Table | None:
        begun, self._begun = self._begun, None
        if begun is not None and begun[0] is self._layout and begun[1] == text:
            return begun[2].result()
        return self._layout.read(text) if self._layout else None

    def _joined(self, table: Table) -> Table | None:
        """A table with the rows that had been cut out. They must be whole elements, with masks that are objects."""
        texts = list(table.cut.values())
        joined = b"[" + b",".join(texts) + b"]"
        try:
            if list(map(bytes, _RAWS.decode(joined))) != texts:
                return None
            columns = self._listed(joined).values
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None
        masks = columns.pop(MASK, [])
        if not all(mask is not UNSET and mask[0] == _OBJECT for mask in masks):
            return None
        return table.joined(columns, masks)

    def _columns(self, text: bytes, rows: list[Any]) -> dict[str, list[Any]]:
        """The columns that matter. Each key and each text has two quotes: more quotes are a key that stands twice."""
        columns: dict[str, list[Any]] = {}
        plain: list[bytes] = []
        quotes = text.count(b'"')
        for number, key in enumerate(self._fields):
            values = list(map(attrgetter(f"f{number}"), rows))
            kind, always = self._types.get(key, Raw), key in (self._always or ())
            if kind is Raw:
                values = list(map(bytes, values)) if always else [one if one is UNSET else bytes(one) for one in values]
            present = values if always else [value for value in values if value is not UNSET]
            quotes -= len(present) * (4 if kind is str else 2)
            if key not in self._types:
                plain += present
            else:
                columns[key] = values
                quotes -= _quotes(present) if kind is Raw else 0
        if quotes != self._plain(plain):
            raise msgspec.ValidationError("a key stands twice")
        return columns

    def _plain(self, raws: list[bytes]) -> int:
        """The quotes in values that do not matter. Refused are those that hold a key twice or an odd number."""
        odd = b"\n".join([raw for raw in raws if raw[0] != _TEXT])
        if b"{" in odd or _SUSPECT.search(odd):
            new = {raw for raw in raws if raw[0] != _TEXT and (b"{" in raw or _SUSPECT.search(raw))} - self._nested
            if any(map(_is_odd, new)):
                raise msgspec.ValidationError("an odd value")
            short = {raw for raw in new if len(raw) <= _SHORT}
            self._nested = self._nested | short if len(self._nested) < _MOST_NESTED else short
        return b"\n".join(raws).count(b'"')


def _is_odd(raw: bytes) -> bool:
    """Whether a value holds a key twice, a number that is not finite or too long, or is nested too deeply."""
    decoded = decode(raw)
    return bool(decoded.duplicates or decoded.nonfinite or decoded.long_integers or decoded.too_deep)


def _quotes(raws: list[bytes]) -> int:
    """The quotes in masks: a list has none, run lengths have four or six, unless a key stands twice."""
    objects = [raw for raw in raws if raw[0] != _ARRAY]
    found = [raw.count(b'"') for raw in objects]
    for raw, count in zip(objects, found, strict=True):
        if raw[0] == _OBJECT and count != (6 if _TEXT_COUNTS.search(raw) else 4):
            raise msgspec.ValidationError("a key stands twice")
    return sum(found)
