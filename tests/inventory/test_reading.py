"""An inventory in any of the three formats holds the objects that S3 wrote into it, or it is said what is wrong."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import duckdb
import pytest
from inventory import made

from s3doctor.connection import BadInput
from s3doctor.inventory import InventoryError, Manifest, load, open_source, read_manifest
from s3doctor.inventory.table import load_all

if TYPE_CHECKING:
    from pathlib import Path

ROWS: list[made.Row] = [
    ("ds/images/a b+c%20.jpg", 7, "STANDARD"),
    ("ds/images/é/日本.png", 0, "GLACIER"),
    ('ds/images/",.jpg', 5_000_000_000, "DEEP_ARCHIVE"),
    ("ds/images_old/a.jpg", 1, "STANDARD"),
]
HERE = sorted(ROWS[:3])


@pytest.mark.parametrize("format_", ["CSV", "Parquet", "ORC"])
def test_all_formats_give_the_objects_under_the_prefix(tmp_path: Path, format_: str) -> None:
    source = open_source(str(made.written(tmp_path, ROWS, format_)), "pictures")
    inventory = load(source, "ds/images/")
    try:
        assert list(inventory) == HERE
        assert list(inventory.keys()) == [key for key, _, _ in HERE]
        assert (len(inventory), inventory.at_least, inventory.size) == (3, 3, 5_000_000_007)
        assert inventory.complete
        assert inventory.covers("ds/images/x.jpg")
        assert not inventory.covers("ds/x.jpg")
        assert inventory.text.startswith("3 objects in the inventory of 2018-01-03 02:00 UTC (")
        assert inventory.directory.stat().st_mode & 0o777 == 0o700
    finally:
        inventory.close()
    assert not inventory.directory.exists()


def test_files_beside_the_manifest_and_without_sizes_and_classes(tmp_path: Path) -> None:
    files = {"to/data/one.csv.gz": made.as_csv([("pictures", "a.jpg"), ("other", "b.jpg")])}
    (tmp_path / "one.csv.gz").write_bytes(files["to/data/one.csv.gz"])
    (tmp_path / "manifest.json").write_bytes(made.manifest(files, schema="Bucket, Key"))
    inventory = load(open_source(str(tmp_path / "manifest.json"), "pictures"), "")
    assert list(inventory) == [("a.jpg", -1, "STANDARD")]
    assert inventory.size == 0
    inventory.close()


def test_old_versions_and_delete_markers_are_no_objects(tmp_path: Path) -> None:
    rows = [
        ("pictures", "now.jpg", "2", "true", "false", "3", "STANDARD"),
        ("pictures", "now.jpg", "1", "false", "false", "2", ""),
        ("pictures", "gone.jpg", "2", "true", "true", "", ""),
    ]
    schema = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, StorageClass"
    body = made.as_csv(rows)
    (tmp_path / "one.csv.gz").write_bytes(body)
    (tmp_path / "manifest.json").write_bytes(made.manifest({"one.csv.gz": body}, schema=schema))
    inventory = load(open_source(str(tmp_path / "manifest.json"), "pictures"), "")
    assert list(inventory) == [("now.jpg", 3, "STANDARD")]
    inventory.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sourceBucket": "other"}, "is the inventory of bucket 'other': expected that of pictures"),
        ({"fileFormat": "Avro"}, "names the format 'Avro': expected one of Parquet, ORC, CSV"),
        ({"fileSchema": "Size"}, "has no column bucket and no key"),
        ({"fileSchema": "Bucket, Key, VersionId"}, "does not say which is the latest"),
        ({"creationTimestamp": "yesterday"}, "its creationTimestamp is no time"),
        ({"creationTimestamp": "9" * 20}, "its creationTimestamp is no time"),
        ({"files": [{"key": "a", "size": 1, "MD5checksum": "x"}]}, "/files/0 has no MD5checksum or size"),
        ({"files": [{"key": "a", "size": -1, "MD5checksum": "0" * 32}]}, "/files/0 has no MD5checksum or size"),
        ({"files": "a"}, "is no manifest of an S3 Inventory"),
    ],
)
def test_a_manifest_that_cannot_be_used(change: dict[str, object], words: str) -> None:
    text = json.dumps(json.loads(made.manifest({})) | change).encode()
    with pytest.raises(BadInput, match=r"manifest\.json") as caught:
        read_manifest(text, "pictures", "manifest.json")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]"])
def test_what_is_no_manifest_at_all(text: bytes) -> None:
    with pytest.raises(BadInput, match="is no manifest of an S3 Inventory"):
        read_manifest(text, "pictures", "manifest.json")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(days=8), "8 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=23), "23 hours"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=-5), "less than a minute"),
    ],
)
def test_the_age_in_words(age: timedelta, words: str) -> None:
    now = datetime.now(timezone.utc)
    assert Manifest("b", now - age, "CSV", (), ()).age(now) == words


def test_no_such_manifest(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read \\(No such file or directory\\)"):
        open_source(str(tmp_path / "manifest.json"), "pictures")


def spoiled(folder: Path, format_: str, body: bytes, **change: object) -> str:
    """A manifest whose only data file holds something else than an inventory."""
    (folder / "one").write_bytes(body)
    (folder / "manifest.json").write_bytes(made.manifest({"to/one": body}, format_, **change))  # type: ignore[arg-type]
    return str(folder / "manifest.json")


def test_a_missing_file(tmp_path: Path) -> None:
    name = spoiled(tmp_path, "CSV", b"")
    (tmp_path / "one").unlink()
    with pytest.raises(InventoryError, match=r"one is not beside .*manifest\.json: expected it there or in data/"):
        load(open_source(name, "pictures"), "")


@pytest.mark.parametrize("body", [b"short", b"longer than it was", b"oTher bytes"])
def test_a_file_that_differs(tmp_path: Path, body: bytes) -> None:
    name = spoiled(tmp_path, "CSV", b"other bytes")
    (tmp_path / "one").write_bytes(body)
    with pytest.raises(InventoryError, match="to/one is not the file that the manifest describes"):
        load(open_source(name, "pictures"), "")


@pytest.mark.parametrize(
    ("format_", "words"), [("CSV", "not as the manifest"), ("Parquet", "not as the manifest"), ("ORC", "no ORC file")]
)
def test_a_file_that_holds_something_else(tmp_path: Path, format_: str, words: str) -> None:
    with pytest.raises(InventoryError, match=words) as caught:
        load(open_source(spoiled(tmp_path, format_, b"What is this?\n"), "pictures"), "")
    assert "\n" not in str(caught.value)


def test_closing_ends_what_is_being_asked(tmp_path: Path) -> None:
    """As when Ctrl-C ends an examination while DuckDB still works."""
    closing = ExitStack()
    inventory = load(open_source(str(made.written(tmp_path, ROWS)), "pictures"), "", closing=closing)
    cursor, ended = inventory.cursor(), threading.Event()

    def ask() -> None:
        with pytest.raises(duckdb.Error):
            cursor.execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b").fetchall()
        ended.set()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    time.sleep(0.3)
    closing.close()
    assert ended.wait(60)
    assert not inventory.directory.exists()
    inventory.close()


def test_without_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(str(made.written(tmp_path, ROWS)), "pictures")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadInput, match=r"needs DuckDB: .*pip install 's3doctor\[inventory\]'"):
        load(source, "")


def test_orc_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(str(made.written(tmp_path, ROWS, "ORC")), "pictures")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InventoryError, match="needs pyarrow"):
        load(source, "")


def test_no_prefix_reads_nothing(tmp_path: Path) -> None:
    assert load_all(open_source(str(made.written(tmp_path, ROWS)), "pictures"), []) == {}


def test_objects_are_found_by_their_keys(tmp_path: Path) -> None:
    inventory = load(open_source(str(made.written(tmp_path, ROWS)), "pictures"), "ds/images/")
    keys = [key for key, _, _ in HERE]
    assert list(inventory.find([*keys[:2], "ds/images/none.jpg", "elsewhere/a", "ds/images/\udc80"])) == HERE[:2]
    assert list(inventory.find([])) == []
    inventory.close()
