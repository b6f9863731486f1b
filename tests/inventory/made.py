"""Inventories as S3 writes them: a manifest, and data files in each of the three formats."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = tuple[str, int, str]
CREATED = "1514944800000"  # 2018-01-03 02:00 UTC, as in AWS's example
CSV = "Bucket, Key, Size, StorageClass"
PARQUET = (
    "message s3.inventory {  required binary bucket (UTF8);  required binary key (UTF8);  optional int64 size;"
    "  optional binary storage_class (UTF8);}"
)
ORC = "struct<bucket:string,key:string,size:bigint,storage_class:string>"
SCHEMAS = {"CSV": CSV, "Parquet": PARQUET, "ORC": ORC}


def as_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows in CSV as S3 writes it: no header, all quoted, keys (the second column) URL-encoded, compressed."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([bucket, quote_plus(key, safe="/"), *rest] for bucket, key, *rest in rows)
    return gzip.compress(text.getvalue().encode())


def as_parquet(rows: Sequence[Row], path: Path, bucket: str) -> bytes:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE made (bucket VARCHAR, key VARCHAR, size BIGINT, storage_class VARCHAR)")
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(
            "INSERT INTO made SELECT $1, unnest($2::VARCHAR[]), unnest($3::BIGINT[]), unnest($4::VARCHAR[])",
            [bucket, *columns],
        )
        connection.execute(f"COPY made TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def as_orc(rows: Sequence[Row], path: Path, bucket: str) -> bytes:
    import pyarrow as pa
    from pyarrow import orc

    keys, sizes, classes = zip(*rows, strict=True)
    columns = {"bucket": [bucket] * len(rows), "key": keys, "size": sizes, "storage_class": classes}
    orc.write_table(pa.table(columns), path)
    return path.read_bytes()


def manifest(
    contents: dict[str, bytes], format_: str = "CSV", *, bucket: str = "pictures", schema: str = "", **more: object
) -> bytes:
    """A manifest.json for files of these keys and contents."""
    listed = [
        {"key": key, "size": len(body), "MD5checksum": hashlib.md5(body, usedforsecurity=False).hexdigest()}
        for key, body in contents.items()
    ]
    document = {
        "sourceBucket": bucket,
        "destinationBucket": "arn:aws:s3:::inventories",
        "version": "2016-11-30",
        "creationTimestamp": CREATED,
        "fileFormat": format_,
        "fileSchema": schema or SCHEMAS[format_],
        "files": listed,
    }
    return json.dumps(document | more).encode()


def written(folder: Path, rows: Sequence[Row], format_: str = "CSV", bucket: str = "pictures") -> Path:
    """An inventory of these objects on disk, as it is laid out in a bucket; the path of its manifest."""
    (folder / "data").mkdir()
    name = {"CSV": "one.csv.gz", "Parquet": "one.parquet", "ORC": "one.orc"}[format_]
    path = folder / "data" / name
    if format_ == "CSV":
        path.write_bytes(as_csv([(bucket, *row) for row in rows]))
    else:
        (as_parquet if format_ == "Parquet" else as_orc)(rows, path, bucket)
    place = folder / "2018-01-03T02-00Z"
    place.mkdir()
    (place / "manifest.json").write_bytes(manifest({f"to/data/{name}": path.read_bytes()}, format_, bucket=bucket))
    return place / "manifest.json"
