"""The CSV file in which the AWS console hands out an access key, as the browser or Excel saved it."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from s3doctor.connection import BadInput, Credentials
from s3doctor.credentials import typed_key

MOST_BYTES = 65_536
_EXPECTED = "expected the CSV file of an access key, with the columns Access key ID and Secret access key"
_ID, _SECRET, _USER = "accesskeyid", "secretaccesskey", "username"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def csv_key(path: str) -> tuple[Credentials, str]:
    """The key in the file, and its user's name where the file says it (the older console's form does), else "".

    Both forms of the AWS console are read: `<user>_accessKeys.csv` and `new_user_credentials.csv`; in UTF-8 or UTF-16,
    with commas, semicolons or tabs. Raises BadInput for every other file, without a word of what is in it.
    """
    rows = _rows(_text(path), path)
    header = [_plain(cell) for cell in rows[0]]
    if _ID not in header or _SECRET not in header:
        raise BadInput(f"{path} {_what_else(header)}: {_EXPECTED}")
    if len(rows) != 2:  # noqa: PLR2004 - a header and one key
        raise BadInput(f"{path} holds {len(rows) - 1} access keys: expected exactly one row under the header")
    values = dict(zip(header, rows[1]))  # noqa: B905 - a row may be short; what it lacks is judged below
    if not values.get(_ID, "").strip() or not values.get(_SECRET, "").strip():
        raise BadInput(
            f"{path} has the right columns but no access key in them: create one in IAM and download its file"
        )
    if values[_ID].startswith("#") or values[_SECRET].startswith("#"):
        raise BadInput(f"{path} holds a spreadsheet's error in place of the key: {_EXPECTED}, as it was downloaded")
    key = typed_key(values[_ID], values[_SECRET], source=f"the file {Path(path).name}")
    return key, values.get(_USER, "").strip()


def _text(path: str) -> str:
    data = _bytes(path)
    if len(data) > MOST_BYTES:
        raise BadInput(f"{path} is too big: {_EXPECTED}")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise BadInput(f"{path} is not a text file: {_EXPECTED}") from fault
    if "\0" in text:
        raise BadInput(f"{path} is not a text file: {_EXPECTED}")
    return text


def _bytes(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as fault:
        reason = (fault.strerror or type(fault).__name__).lower()
        raise BadInput(f"{path} cannot be read ({reason}): {_EXPECTED}") from fault


def _rows(text: str, path: str) -> list[list[str]]:
    """The rows that are not empty, split by what the first line has most of; Excel's line `sep=;` is passed over."""
    lines = text.lstrip("\ufeff").splitlines(keepends=True)
    if lines and lines[0].strip().lower() in {"sep=,", "sep=;", "sep=\t", "sep="}:
        del lines[0]
    first = next((line for line in lines if line.strip()), "")
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO("".join(lines), newline=""), delimiter=separator))
    except csv.Error as fault:
        raise BadInput(f"{path} is not a CSV file: {_EXPECTED}") from fault
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise BadInput(f"{path} is empty: {_EXPECTED}")
    return filled


def _plain(cell: str) -> str:
    """A column's name without the case, spaces and quotes in which consoles and spreadsheets differ."""
    return "".join(filter(str.isalnum, cell)).lower()


def _what_else(header: list[str]) -> str:
    """What the file is instead, as far as its header tells."""
    if "password" in header or "consoleloginlink" in header or "consolesigninurl" in header:
        return "holds a console password, not an access key"
    if "accesskeyid" in header:
        return "has no column Secret access key"
    return "has other columns"
