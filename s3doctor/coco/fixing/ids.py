"""Ids made whole numbers, with every reference to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from s3doctor.coco.fixing.changes import UnfixableError

if TYPE_CHECKING:
    from s3doctor.coco.fixing.changes import Changes

__all__ = ["Dicts", "fix_ids", "fix_row_ids", "plain", "refer"]

_DIGITS = re.compile(r"0|[1-9][0-9]{0,17}")
Dicts = list[dict[str, Any]]


def plain(value: object) -> object:
    """An id as it is meant: whole numbers however written ("7", 7.0) are integers; None where it can be no id."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, str):
        digits = value.strip()
        return int(digits) if _DIGITS.fullmatch(digits) else value
    return value


def fix_ids(table: Dicts, name: str, changes: Changes) -> dict[object, int]:
    """Make the ids of a table integers, each its own; returns the new id by the meaning of the old one.

    Ids that are whole numbers, however written, keep their value; if any is not, all are numbered from 1. `name` is
    images or categories. Raises UnfixableError where two entries have one id, or one has none.
    """
    meanings = [plain(row.get("id")) for row in table]
    _refuse_doubtful(meanings, name)
    whole = all(isinstance(one, int) for one in meanings)
    known: dict[object, int] = {}
    for number, (row, meaning) in enumerate(zip(table, meanings, strict=True), 1):
        new = meaning if whole and isinstance(meaning, int) else number
        known[meaning] = new
        if type(row["id"]) is not int or row["id"] != new:
            kind = "image-ids" if name == "images" else "category-ids"
            changes.note(kind, f"/{name}/{number - 1}/id", row["id"], new)
            row["id"] = new
    return known


def _refuse_doubtful(meanings: list[object], name: str) -> None:
    seen: dict[object, int] = {}
    for index, meaning in enumerate(meanings):
        if meaning is None:
            raise UnfixableError(f"/{name}/{index} has no id: which annotations belong to it can't be told")
        if meaning in seen:
            raise UnfixableError(
                f"/{name}/{seen[meaning]} and /{name}/{index} have the same id {meaning!r}:"
                " which of them annotations mean can't be told"
            )
        seen[meaning] = index


def refer(rows: Dicts, key: str, known: dict[object, int], pointer: str, changes: Changes) -> None:
    """Make each row's reference the new id; one that refers to nothing stays, and is for the examination to name.

    Raises UnfixableError where such a one would refer to something afterwards.
    """
    kind = "image-references" if key == "image_id" else "category-references"
    taken = set(known.values())
    for index, row in enumerate(rows):
        old = row.get(key)
        new = known.get(plain(old))
        if new is None and plain(old) in taken:
            raise UnfixableError(
                f"{pointer}/{index}/{key} is {old!r}, which nothing has for its id, and ids have to be numbered anew:"
                " what it means can't be told"
            )
        if new is not None and (type(old) is not int or old != new):
            changes.note(kind, f"{pointer}/{index}/{key}", old, new)
            row[key] = new


def fix_row_ids(rows: Dicts, pointer: str, changes: Changes) -> None:
    """Number rows from 1 unless each has a whole number above 0 of its own; nothing refers to these ids."""
    ids = [row.get("id") for row in rows]
    if all(type(one) is int and one > 0 for one in ids) and len(set(ids)) == len(ids):
        return
    for number, row in enumerate(rows, 1):
        if row.get("id") != number or type(row["id"]) is not int:
            changes.note("row-ids", f"{pointer}/{number - 1}/id", row.get("id"), number)
            row["id"] = number
