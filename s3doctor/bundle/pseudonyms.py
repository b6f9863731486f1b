"""Names and what stands for them: every name has one pseudonym, the same in every file of a bundle."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from s3doctor.connection import ANNOTATIONS, DEFAULT_METADATA_DIR, PREDICTIONS
from s3doctor.finding import Example, Finding
from s3doctor.model import Check, Evidence, Outcome

T = TypeVar("T")
OPEN = ("images", ANNOTATIONS, PREDICTIONS, DEFAULT_METADATA_DIR, "")
"""Names that the platform's own page gives: they say nothing of the customer."""
KEPT = (
    *("code", "kind", "severity", "confidence", "language", "operation", "status", "blocked_by", "follows"),
    *("host_id", "request_id", "version_id"),
)
"""Fields that hold words of ours, or names that Amazon gives to one request or one version: its support needs them."""
SHORTEST_STEM = 5
_WORD = re.compile(r"[\w.\-+@=~!$&*#%]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"(?<!\w)(?P<quote>['\"])(?P<text>.+?)(?P=quote)(?!\w)")
_SHAPES = (
    ("acct", re.compile(r"(?<![\w.])\d{12}(?![\w.]\d|\w)")),
    ("id", re.compile(r"\b(?:AIDA|AROA|AGPA|ANPA|ANVA|AIPA|ASCA|APKA)[A-Z0-9]{8,}\b")),
    ("kms", re.compile(r"(?<=:key/)[\w-]+|(?<=:alias/)[\w/-]+")),
    ("policy", re.compile(r"(?<=:policy/)[\w+=,.@/-]+")),
    ("org", re.compile(r"\bo-[a-z0-9]{10,32}\b")),
    ("vpce", re.compile(r"\bvpce-[0-9a-f]{8,}\b")),
    ("host", re.compile(r"(?<=://)[^\s/@:\"'<>]+(?=[/:\"'\s]|$)|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")),
)
"""What names somebody by its shape alone, wherever it stands."""
_MASKED = re.compile(r"\b([A-Z0-9]{4})…[A-Za-z0-9]{4}\b")
_AMAZON = re.compile(
    r"(?:(?:(?:bucket|acct|host)-\d+|s3|s3-control|sts|iam|console|docs|signin|dualstack|[a-z]{2}(?:-[a-z]+)+-\d)\.)*"
    r"(?:amazonaws\.com(?:\.cn)?|(?:aws\.)?amazon\.com|amazonaws-us-gov\.com)"
)


class Pseudonyms:
    """Names and what stands for them. `text` replaces them in a text, `everywhere` in a whole report."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None

    def add(self, kind: str, name: str) -> None:
        """Let `kind-N` stand for the name from now on."""
        if name not in OPEN and name not in self._names:
            self._names[name] = self._next(kind)
            self._pattern = None

    def add_value(self, kind: str, name: str) -> None:
        """Likewise for a name out of a file, which may be any word: one of our own is replaced in quotes only."""
        if name and is_ours(name):
            self._values.setdefault(name, self._next(kind))
        else:
            self.add(kind, name)

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
        """The text with every name replaced, also where it is quoted for a URL, and all that is a name by its shape."""
        if self._pattern is None:
            spelled = {form for name in self._names for form in (name, quote(name))}
            words = "|".join(re.escape(name) for name in sorted(spelled, key=len, reverse=True))
            self._pattern = re.compile(rf"(?<![^\W_])(?:{words})(?![a-z0-9])" if words else r"(?!)")
        text = self._pattern.sub(lambda match: self._stand_in(match[0]), text)
        for kind, shape in _SHAPES:
            # mypy cannot infer the type of a lambda that binds the kind of this turn of the loop
            text = shape.sub(lambda match, kind=kind: self._shaped(kind, match[0]), text)  # type: ignore[misc]
        return _MASKED.sub(r"\1…", _WORD.sub(self._file, text))

    def _stand_in(self, name: str) -> str:
        return self._names.get(name) or self._names[unquote(name)]

    def _shaped(self, kind: str, name: str) -> str:
        """A name known by its shape. Hosts of Amazon's are nobody's, and what was replaced already stays so."""
        if _AMAZON.fullmatch(name) or name in self._names.values():
            return name
        self.add(kind, name)
        return self._names[name]

    def _file(self, match: re.Match[str]) -> str:
        word = match[0]
        bare = word.rstrip(".")
        return self._files.get(word) or self._files.get(bare, bare) + word[len(bare) :]

    def value(self, text: str) -> str:
        """A text out of a file: a known name, words of ours, or else `text-N`."""
        if text in self._values:
            return self._values[text]
        replaced = self.text(text)
        if replaced != text or is_ours(text):
            return replaced
        return self._values.setdefault(text, self._next("text"))

    def told(self, text: str) -> str:
        """A sentence of a finding: names, and values that it quotes."""
        quoted = _QUOTED.sub(lambda m: f"{m['quote']}{self.value(m['text'])}{m['quote']}", text)
        return self.text(quoted)

    def place(self, where: str) -> str:
        """A JSON pointer with names of fields that are none of COCO's replaced, or a key."""
        if not where.startswith("/"):
            return self.text(where)
        return "/".join(part if not part or part.isdecimal() else self.value(part) for part in where.split("/"))

    def everywhere(self, value: T) -> T:
        """The same value with every text in it replaced; fields that hold words of ours stay as they are."""
        return self._within(value, self.text)  # type: ignore[no-any-return] # of the type that it was given

    def _within(self, value: Any, say: Callable[[str], str]) -> Any:  # noqa: ANN401 - any part of a report
        if type(value) is str:
            return say(value)
        if isinstance(value, Mapping):
            return {self._within(name, say): self._within(item, say) for name, item in value.items()}
        if isinstance(value, (tuple, list)):
            return type(value)(self._within(item, say) for item in value)
        if not is_dataclass(value) or isinstance(value, (type, Check)):
            return value
        return replace(value, **{f.name: self._field(value, f.name, say) for f in fields(value) if f.name not in KEPT})

    def _field(self, owner: Any, name: str, say: Callable[[str], str]) -> Any:  # noqa: ANN401 - as above
        """One field: what comes out of a file is held to be a name, unless it is one of our own words."""
        item = getattr(owner, name)
        if isinstance(owner, Example):
            return self._of_example(name, item)
        if isinstance(owner, (Finding, Evidence, Outcome)) and name in ("summary", "text"):
            return self.told(item)
        return self._within(item, say)

    def _of_example(self, name: str, item: Any) -> Any:  # noqa: ANN401 - as above
        from s3doctor.report.values import plain

        if name == "ids":
            return tuple((key, self._within(plain(value), self.value)) for key, value in item)
        if name == "value":
            return self._within(plain(item), self.value)
        return self._within(item, self.place if name == "where" else self.told)


def is_ours(text: str) -> bool:
    """Whether a text has no words but those that s3doctor itself uses of COCO files."""
    return set(map(str.lower, _LETTERS.findall(text))) <= vocabulary()


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """The words in which the rules for COCO files are told, the names of COCO's fields among them."""
    from s3doctor.coco.rules import RULES

    texts = (text for rule in RULES.values() for text in (rule.title, rule.on_platform, rule.on_pycocotools, rule.fix))
    return frozenset(word.lower() for text in texts for word in _LETTERS.findall(text))
