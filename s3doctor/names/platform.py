"""What the platform makes of an object's key: whether it is a picture, and under which key of its own it keeps it.

Facts of tenyks-sdk 0.5.33, re-implemented: the platform's package is not needed here.
"""

from __future__ import annotations

import re
import unicodedata
from posixpath import splitext

PICTURES = (".jpg", ".jpeg", ".png")
"""Extensions that the platform reads, in any case."""

USUAL = (*PICTURES, *(ending.upper() for ending in PICTURES))
"""The same as they are nearly always written."""

ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Storage classes whose objects have to be restored before they can be read; GLACIER_IR is not one of them."""

LITTER = ("._", ".DS_Store", "Thumbs.db", "desktop.ini")
"""Names of files that nobody meant to upload; the first is only the beginning of a name."""

_KEPT = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/\n"
_DOUBTFUL = ("\n.", "\n_", "/.", "/_", "..", "_.", ".\n", "_\n")
"""Around these letters may be left out, or what is an extension may be in doubt."""
_DROPPED = re.compile(r"[^A-Za-z0-9_.-]", re.ASCII)


def is_picture(key: str) -> bool:
    """Whether the platform takes the object for a picture: by its extension alone."""
    return key.lower().endswith(PICTURES)


def is_litter(key: str) -> bool:
    """Whether macOS or Windows left the file: `.DS_Store`, `Thumbs.db`, `desktop.ini`, and `._*` beside each file."""
    base = key.rpartition("/")[2]
    return base.startswith("._") or base in LITTER


def secure_filename(name: str) -> str:
    """A base name as Werkzeug's `secure_filename` writes it on Linux; empty if nothing of it is left."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    joined = "_".join(letters.replace("/", " ").split())
    return _DROPPED.sub("", joined).strip("._")


def platform_key(relative: str, *, extension: bool = False) -> str:
    """The platform's own key of an image, given its path relative to the images directory.

    The extension is left out, the base name simplified by `secure_filename`, folders kept, then `/` becomes `_`:
    different images can get one key, and then one silently replaces the other. Newer readers keep the extension.
    """
    folder, slash, base = relative.rpartition("/")
    return (folder + slash + secure_filename(base if extension else splitext(base)[0])).replace("/", "_")


def platform_keys(relative: list[str], *, extension: bool = False) -> list[str]:
    """`platform_key` of many at once: far faster where names are plain, which is told for all of them together."""
    text = "\n" + "\n".join(relative) + "\n"
    usual = sum(text.count(f"{ending}\n") for ending in USUAL) == len(relative) == text.count("\n") - 1
    if not usual or not _all_kept(text) or any(letters in text for letters in _DOUBTFUL):
        return [platform_key(name, extension=extension) for name in relative]
    if not extension:
        for ending in USUAL:
            text = text.replace(f"{ending}\n", "\0\n")
        text = text.replace("\0", "")
    return text.replace("/", "_")[1:-1].split("\n")


def _all_kept(text: str) -> bool:
    """Whether the text has none but the letters that a key of the platform's keeps."""
    return text.isascii() and not text.encode().translate(None, _KEPT)
