"""Ways in which a file name and an object's key can mean the same and yet differ."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from posixpath import splitext
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PARTS = re.compile(r"[^\W\d_]+|\d+")

DEEPEST = 8
"""Folders that are tried to be dropped in front of a name or key."""


@dataclass(frozen=True)
class Rewrite:
    """A name and a key mean the same where `of_name(name) == of_key(key)`; both are None where it does not apply.

    `depth` is how many folders `of_key` needs. `code` is that of the finding, `words` says what differs, `fix` what
    to do about it.
    """

    code: str
    words: str
    fix: str
    of_name: Callable[[str], str | None]
    of_key: Callable[[str], str | None]
    depth: int = 0


def same(text: str) -> str:
    """The text itself."""
    return text


def slashes(name: str) -> str:
    """The name with `/` between folders, as keys have it."""
    return name.replace("\\", "/")


def without_folders(count: int) -> Callable[[str], str | None]:
    """A function that drops the first `count` folders, and gives None where there are not as many."""

    def drop(name: str) -> str | None:
        parts = slashes(name).split("/", count)
        return parts[count] if len(parts) > count else None

    return drop


def _fronts(what: str) -> Iterator[tuple[str, Callable[[str], str | None]]]:
    for count in range(1, DEEPEST + 1):
        yield f"have {'a folder' if count == 1 else f'{count} folders'} {what}", without_folders(count)


def base(name: str) -> str:
    """The part after the last slash."""
    return slashes(name).rpartition("/")[2]


def composed(name: str) -> str:
    """The name in Unicode's composed form, NFC."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """The name without distinction of upper and lower case, composed."""
    return name.lower() if name.isascii() else composed(name).casefold()


def folded_all(names: list[str]) -> list[str]:
    """`folded` of many at once: far faster where they are plain, which is told for all of them together."""
    text = "\n".join(names)
    if not text.isascii() or text.count("\n") != len(names) - 1:
        return [folded(name) for name in names]
    low = text.lower()
    return names if low == text else low.split("\n")


def stem(name: str) -> str:
    """The name without its extension."""
    return splitext(name)[0]


def decoded(name: str) -> str:
    """The name with `%20` and the like decoded."""
    return unquote(name) if "%" in name else name


def loose(name: str) -> str:
    """What is left of the base name when a human skims it: letters and numbers, without leading zeros."""
    return "".join(part.lstrip("0") or part[:1] for part in _PARTS.findall(folded(stem(base(name)))))


_AS_THE_KEY = "Write file_name exactly as the key is written."

REWRITES = (
    Rewrite("f-prefix", r"have '\' between folders", "Write '/' between folders in file_name.", slashes, same),
    *(
        Rewrite("f-prefix", words, "Take the front off file_name, or move the objects there.", form, same)
        for words, form in _fronts("in front that the keys do not have")
    ),
    *(
        Rewrite("f-prefix", words, "Put the missing front before file_name.", slashes, form, depth)
        for depth, (words, form) in enumerate(_fronts("less than the keys in front"), 1)
    ),
    Rewrite("f-unicode", "differ from the key in Unicode form only (NFC, NFD)", _AS_THE_KEY, composed, composed),
    Rewrite("f-case", "differ from the key in upper and lower case only", _AS_THE_KEY, folded, folded),
    Rewrite("f-unicode", "differ from the key in percent-encoding only", _AS_THE_KEY, decoded, decoded),
    Rewrite("f-unicode", "differ from the key in white space at the ends only", _AS_THE_KEY, str.strip, str.strip),
    Rewrite("f-extension", "differ from the key in the extension only", _AS_THE_KEY, stem, stem),
    Rewrite("f-prefix", "lie in another folder", "Write the key's folders in file_name.", base, base),
)
"""All of them; where two mend equally many names, the earlier is the better explanation."""
