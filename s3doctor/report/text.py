r"""Strangers' text made harmless: names of objects, messages of servers, values out of files.

What cannot be seen is written as JSON would escape it (`\u001b`), so that a JSON document still means the same.
"""

from __future__ import annotations

import json

STAND_INS: dict[str, str | int | None] = {
    "\u2026": "...",
    "\u00d7": "x",
    "\u2013": "-",
    "\u2014": "-",
    "\u2192": "->",
    "\u201c": '"',
    "\u201d": '"',
    "\u2018": "'",
    "\u2019": "'",
    "\u2500": "=",
    "\u2713": "+",
    "\u2717": "x",
    "\u203c": "!",
}
"""Signs that this program writes, and what stands in for them where only ASCII is understood."""


def escaped(character: str) -> str:
    r"""The character as JSON escapes it: `\u202e`, `\n`; a pair of escapes beyond U+FFFF."""
    return json.dumps(character)[1:-1]


def visible(text: str, *, keep: str = "") -> str:
    """The text with all that has no shape of its own escaped.

    That is control characters and so ANSI's escape sequences, marks that turn the direction of writing, spaces other
    than the plain one, lone surrogates, private and unassigned characters. Those in `keep` stay as they are.
    """
    return "".join(c if c.isprintable() or c in keep else escaped(c) for c in text)


def pasteable(text: str) -> str:
    """A document or command with its lines and tabs kept, all else that has no shape escaped."""
    return visible(text.replace("\r\n", "\n"), keep="\n\t")


def ascii_only(text: str) -> str:
    """The text for a terminal that knows only ASCII: signs of ours have a stand-in, other letters are escaped."""
    return "".join(c if c.isascii() else escaped(c) for c in text.translate(str.maketrans(STAND_INS)))


def encodable(text: str) -> str:
    """The text with lone surrogates escaped: UTF-8 has no bytes for them."""
    return "".join(escaped(c) if "\ud800" <= c <= "\udfff" else c for c in text)
