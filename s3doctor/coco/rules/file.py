"""Rules about the file as bytes and as JSON."""

from __future__ import annotations

from s3doctor.coco.rule import ERROR, WARNING, Rule

__all__ = ["RULES"]

_REFUSED = "refuses the file: JSONDecodeError."
_SAME = "refuses the file likewise."

RULES = (
    Rule(
        "json-empty", "file", "the file is empty", ERROR, ERROR, _SAME, _REFUSED, "Export the file again and upload it."
    ),
    Rule(
        "json-gzip",
        "file",
        "the file is compressed, whatever its name says",
        ERROR,
        ERROR,
        _SAME,
        "refuses the file: UnicodeDecodeError.",
        "Decompress it and upload the plain JSON.",
    ),
    Rule(
        "json-encoding",
        "file",
        "the text is not valid UTF-8",
        ERROR,
        ERROR,
        "reads UTF-16 with a byte order mark, refuses anything else.",
        "refuses the file: UnicodeDecodeError.",
        "Save the file as UTF-8.",
    ),
    Rule(
        "json-bom",
        "file",
        "the file starts with a byte order mark",
        WARNING,
        ERROR,
        "reads the file.",
        "refuses the file: «Unexpected UTF-8 BOM».",
        "Save the file as UTF-8 without a byte order mark.",
    ),
    Rule(
        "json-not-json",
        "file",
        "the file is something else than JSON",
        ERROR,
        ERROR,
        _SAME,
        _REFUSED,
        "Something else was saved under this name: export the annotations again, or give the right file.",
    ),
    Rule(
        "json-syntax",
        "file",
        "the text is not JSON",
        ERROR,
        ERROR,
        _SAME,
        _REFUSED,
        "Mend the place shown, or export and upload the file again; what follows the place was not examined.",
        "HC",
    ),
    Rule(
        "json-lines",
        "file",
        "the file is JSON Lines: one document after another",
        ERROR,
        ERROR,
        _SAME,
        "refuses the file: «Extra data».",
        "Put the lines into one document: an object with images, annotations and categories.",
    ),
    Rule(
        "json-nonfinite",
        "file",
        "a number is NaN, infinite or too large",
        ERROR,
        ERROR,
        "turns NaN into 0 and keeps infinities.",
        "accepts it and computes wrong metrics.",
        "Replace these numbers: JSON (RFC 8259) has no NaN and no Infinity.",
        "DM HC SV",
    ),
    Rule(
        "json-duplicate-key",
        "file",
        "a key stands twice in one object",
        WARNING,
        WARNING,
        "reads the last of them only.",
        "reads the last of them only.",
        "Remove the value that is not meant.",
    ),
    Rule(
        "top-duplicate-key",
        "file",
        "a key stands twice in the top-level object",
        ERROR,
        ERROR,
        "reads the last of them only: whole lists can vanish.",
        "reads the last of them only: whole lists can vanish.",
        "Join the two values into one.",
    ),
    Rule(
        "json-unread",
        "file",
        "a value of more than 64 KiB in a row of more than 4 MiB: it was not looked at",
        WARNING,
        WARNING,
        "reads it, if its memory allows.",
        "reads it, if its memory allows.",
        "Look at this value by other means; for a mask, write compressed run lengths (pycocotools.mask.encode).",
    ),
    Rule(
        "json-too-deep-or-big",
        "file",
        "a value is nested too deeply, or is too long, to be read",
        ERROR,
        ERROR,
        "fails with RecursionError or ValueError, or runs out of memory.",
        "fails with RecursionError or ValueError, or runs out of memory.",
        "No COCO file needs this: export the file again.",
    ),
)
