"""The manifest of an S3 Inventory (AWS, "Locating your inventory list"): bucket, time, files, columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

import msgspec

from s3doctor.connection import BadInput

FORMATS = ("Parquet", "ORC", "CSV")
REQUIRED = ("bucket", "key")
WANTED = (*REQUIRED, "islatest", "isdeletemarker", "size", "storageclass")
"""Columns that are read, as `plain` writes their names."""
MINUTE, HOUR, DAY = 60, 3600, 86400
_MD5 = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_LATEST = datetime(9999, 1, 1, tzinfo=timezone.utc).timestamp() * 1000


class InventoryError(OSError):
    """An inventory that could not be read: the message is one line that says which file, and why."""


class _File(msgspec.Struct):
    key: str
    size: int
    md5: str = msgspec.field(name="MD5checksum")


class _Document(msgspec.Struct, rename="camel"):
    source_bucket: str
    creation_timestamp: str
    file_format: str
    file_schema: str
    files: list[_File]


@dataclass(frozen=True)
class DataFile:
    """A file of the inventory: its key in the bucket that holds it, its bytes, its MD5 in hexadecimal digits."""

    key: str
    size: int
    md5: str


@dataclass(frozen=True)
class Manifest:
    """What a manifest says. `created` is when S3 began to look; `columns` are the files' columns in their order."""

    bucket: str
    created: datetime
    format: str
    columns: tuple[str, ...]
    files: tuple[DataFile, ...]

    def age(self, now: datetime | None = None) -> str:
        """How old it is, in words such as `3 days`."""
        seconds = ((now or datetime.now(timezone.utc)) - self.created).total_seconds()
        for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
            count = int(seconds // unit)
            if count > 0:
                return f"{count:,} {name}{'s' if count > 1 else ''}"
        return "less than a minute"

    @property
    def words(self) -> str:
        """Which inventory it is: its time and its age."""
        return f"the inventory of {self.created:%Y-%m-%d %H:%M} UTC ({self.age()} old)"


def plain(column: str) -> str:
    """A column's name as all three formats have it: CSV writes `IsLatest`, ORC and Parquet `is_latest`."""
    return column.replace("_", "").lower()


def read_manifest(text: bytes, bucket: str, name: str) -> Manifest:
    """The manifest of an inventory of `bucket`; `name` is what the customer called the file.

    Raises BadInput where it is no manifest, that of another bucket, or lacks what is needed.
    """
    found = _decoded(text, name)
    if found.source_bucket != bucket:
        raise BadInput(f"{name} is the inventory of bucket {found.source_bucket!r}: expected that of {bucket}")
    if found.file_format not in FORMATS:
        raise BadInput(f"{name} names the format {found.file_format!r}: expected one of {', '.join(FORMATS)}")
    columns = _columns(found.file_format, found.file_schema)
    missing = [column for column in REQUIRED if column not in map(plain, columns)]
    if missing:
        raise BadInput(f"{name} has no column {' and no '.join(missing)}: expected it in fileSchema")
    if "versionid" in map(plain, columns) and "islatest" not in map(plain, columns):
        raise BadInput(f"{name} holds all versions and does not say which is the latest: expected a column IsLatest")
    files = tuple(DataFile(file.key, file.size, file.md5.lower()) for file in found.files)
    for number, file in enumerate(files):
        if not _MD5.fullmatch(file.md5) or file.size < 0:
            raise BadInput(f"{name}: /files/{number} has no MD5checksum or size: expected those that S3 wrote")
    return Manifest(bucket, _created(found.creation_timestamp, name), found.file_format, columns, files)


def _decoded(text: bytes, name: str) -> _Document:
    try:
        return msgspec.json.decode(text, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} is no manifest of an S3 Inventory ({error}): expected its manifest.json") from None


def _created(text: str, name: str) -> datetime:
    if not text.isascii() or not text.isdecimal() or int(text) > _LATEST:
        raise BadInput(f"{name}: its creationTimestamp is no time: expected milliseconds since 1970")
    return datetime.fromtimestamp(int(text) / 1000, timezone.utc)


def _columns(format_: str, schema: str) -> tuple[str, ...]:
    """The columns' names: a list in CSV, `struct<name:type,...>` in ORC, a message of fields in Parquet."""
    if format_ == "CSV":
        return tuple(column.strip() for column in schema.split(","))
    if format_ == "ORC":
        return tuple(re.findall(r"[<,]\s*(\w+)\s*:", schema))
    return tuple(re.findall(r"(?:required|optional)\s+\w+\s+(\w+)", schema))
