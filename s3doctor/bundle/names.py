"""Pseudonyms for what names a customer: accounts, users, buckets, datasets and keys, the same in all of a report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlsplit

from s3doctor.connection import ANNOTATIONS, DEFAULT_METADATA_DIR, PREDICTIONS
from s3doctor.facts import known
from s3doctor.model import Check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from s3doctor.connection import Connection
    from s3doctor.engine import Visit
    from s3doctor.model import Report

T = TypeVar("T")
OPEN = ("images", ANNOTATIONS, PREDICTIONS, DEFAULT_METADATA_DIR, "")
"""Names that the platform's own page gives: they say nothing of the customer."""
KEPT = (
    "code",
    "kind",
    "severity",
    "confidence",
    "language",
    "operation",
    "status",
    "blocked_by",
    "host_id",
    "request_id",
)
"""Fields that hold words of ours or of AWS's, never a name."""
MOST_KEYS = 200_000
SHORTEST_STEM = 5
_ACCOUNT = re.compile(r"(?<![\w.])\d{12}(?![\w.]\d|\w)")
_PRINCIPAL = re.compile(r"\barn:aws[\w-]*:(?:iam|sts)::\d*:(?:user|role|group|assumed-role)/([\w+=,.@/-]+)")
_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]+)(?:/(\S*))?")
_WORD = re.compile(r"[\w.\-+@=~!$&*#%]+")
_SPACE_OR_ADDRESS = re.compile(r"\s|://|^arn:")
_POINTER = re.compile(r"/(?:[\w.-]+/)*[\w.-]*")


class Pseudonyms:
    """Names and what stands for them. `text` replaces them in a text, `everywhere` in a whole report."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None

    def add(self, kind: str, name: str) -> None:
        """Let `kind-N` stand for the name from now on."""
        if name not in OPEN and name not in self._names:
            self._names[name] = self._next(kind)
            self._pattern = None

    def add_key(self, key: str) -> None:
        """Let every part of a key have its own pseudonym: `dir-N` for directories, `key-N.EXT` for the last."""
        *directories, last = key.split("/")
        for name in directories:
            self.add("dir", name)
        if last in OPEN or last in self._names or last in self._files:
            return
        ending = PurePosixPath(last).suffix
        stand_in = self._next("key")
        self._files[last] = stand_in + ending
        stem = last.removesuffix(ending)
        if ending and len(stem) >= SHORTEST_STEM:
            self._files.setdefault(stem, stand_in)
        if not _WORD.fullmatch(last):
            self._names[last] = stand_in + ending
            self._pattern = None

    def _next(self, kind: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}-{self._counts[kind]}"

    def text(self, text: str) -> str:
        """The text with every name replaced, also where it is quoted for a URL."""
        if self._pattern is None:
            spelled = {form for name in self._names for form in (name, quote(name))}
            words = "|".join(re.escape(name) for name in sorted(spelled, key=len, reverse=True))
            self._pattern = re.compile(rf"(?<![^\W_])(?:{words})(?![a-z0-9])" if words else r"(?!)")
        text = self._pattern.sub(lambda match: self._stand_in(match[0]), text)
        return _WORD.sub(self._file, text)

    def _stand_in(self, name: str) -> str:
        from urllib.parse import unquote

        return self._names.get(name) or self._names[unquote(name)]

    def _file(self, match: re.Match[str]) -> str:
        word = match[0]
        bare = word.rstrip(".")
        return self._files.get(word) or self._files.get(bare, bare) + word[len(bare) :]

    def everywhere(self, value: T) -> T:
        """The same value with every text in it replaced; fields that hold words of ours stay as they are."""
        return self._within(value)  # type: ignore[no-any-return] # of the type that it was given

    def _within(self, value: Any) -> Any:  # noqa: ANN401 - any part of a report
        if type(value) is str:
            return self.text(value)
        if isinstance(value, Mapping):
            return {self._within(name): self._within(item) for name, item in value.items()}
        if isinstance(value, (tuple, list)):
            return type(value)(self._within(item) for item in value)
        if not is_dataclass(value) or isinstance(value, (type, Check)):
            return value
        changed = {f.name: self._within(getattr(value, f.name)) for f in fields(value) if f.name not in KEPT}
        return replace(value, **changed)


def pseudonyms(report: Report, visit: Visit) -> Pseudonyms:
    """What stands for every name that this examination has come to know."""
    rename = Pseudonyms()
    connection = visit.context.connection
    texts = list(strings(report))
    _add_owners(rename, connection, texts)
    _add_places(rename, connection, visit, texts)
    for key in _keys(visit, texts):
        rename.add_key(key)
    return rename


def _add_owners(rename: Pseudonyms, connection: Connection, texts: Iterable[str]) -> None:
    rename.add("user", connection.username)
    for text in texts:
        for account in _ACCOUNT.findall(text):
            rename.add("acct", account)
        for principal in _PRINCIPAL.findall(text):
            for name in principal.rstrip(".").split("/"):
                rename.add("user", name)


def _add_places(rename: Pseudonyms, connection: Connection, visit: Visit, texts: Iterable[str]) -> None:
    rename.add("bucket", connection.bucket)
    rename.add("bucket", connection.metadata_bucket)
    host = urlsplit(connection.endpoint_url).hostname or ""
    rename.add("endpoint", "" if host.endswith(("amazonaws.com", "amazonaws.com.cn")) else host)
    for text in texts:
        for bucket, _ in _URI.findall(text):
            rename.add("bucket", bucket)
    for dataset in (*connection.datasets, *(result.name for result in known(visit.context, "datasets") or ())):
        for part in dataset.split("/"):
            rename.add("dataset", part)
    for part in (*connection.images.split("/"), *connection.metadata_dir.split("/")):
        rename.add("dir", part)


def _keys(visit: Visit, texts: Iterable[str]) -> Iterator[str]:
    """Every key and name of a file that was listed, read, asked for or told of."""
    for entry in visit.context.s3.log.kept:
        yield urlsplit(entry.url).path.lstrip("/")
    for text in texts:
        yield from (key.rstrip(".:,;") for _, key in _URI.findall(text))
    for dataset in known(visit.context, "datasets") or ():
        listing, annotations = known(dataset, "listing"), known(dataset, "annotations")
        yield from islice(listing.keys(), MOST_KEYS) if listing else ()
        yield from islice(filter(None, annotations.image_names), MOST_KEYS) if annotations else ()
    yield from _places(texts)


def _places(texts: Iterable[str]) -> Iterator[str]:
    """Texts that are a key or a file's name by themselves."""
    for text in texts:
        if "." in text and not _SPACE_OR_ADDRESS.search(text) and not _POINTER.fullmatch(text):
            yield text


def strings(value: object) -> Iterator[str]:
    """Every text in a report, except for those that hold words of ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from strings(pair)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from strings(item)
    elif is_dataclass(value) and not isinstance(value, (type, Check)):
        for f in fields(value):
            if f.name not in KEPT:
                yield from strings(getattr(value, f.name))
