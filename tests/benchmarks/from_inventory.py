"""How long an S3 Inventory takes beside a listing in memory: `python tests/benchmarks/from_inventory.py [ROWS]`.

ROWS objects (1,000,000 if left out) in one Parquet file, each named in the ground truth, and 1,000 names more. Prints
seconds and peak memory of reading the inventory and joining it with the names, and of comparing the same objects in
memory; each in a process of its own. Nothing is asserted.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
PREFIX = "ds/images/"
WAYS = ("inventory", "listing")


def make(folder: Path, rows: int) -> Path:
    """An inventory of so many objects; its manifest."""
    import duckdb
    from inventory import made

    path, schema = folder / "one.parquet", f"'{PREFIX}' || lpad((i * 7919)::VARCHAR, 14, '0') || '.jpg'"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 'pictures' AS bucket, {schema} AS key, 1000::BIGINT AS size, 'STANDARD' AS storage_class "
            f"FROM range({rows}) AS made(i)) TO '{path}' (FORMAT parquet)"
        )
    with path.open("rb") as file:
        digest = hashlib.md5(usedforsecurity=False)
        while block := file.read(1 << 20):
            digest.update(block)
    document = json.loads(made.manifest({}, "Parquet"))
    document["files"] = [{"key": path.name, "size": path.stat().st_size, "MD5checksum": digest.hexdigest()}]
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(document), encoding="utf-8")
    return manifest


def measure(way: str, manifest: Path, rows: int) -> None:
    """Print seconds and the peak of memory in MB."""
    from s3doctor.inventory import compare_inventory, load, open_source
    from s3doctor.names import compare
    from s3doctor.s3.listing import Listing
    from s3doctor.s3.listing_page import page_of

    names = [f"{number * 7919:014}.jpg" for number in range(rows)] + [f"x{number}.jpg" for number in range(1000)]
    before, began = _megabytes(), time.perf_counter()
    if way == "inventory":
        inventory = load(open_source(str(manifest), "pictures"), PREFIX)
        missing = compare_inventory(names, inventory)[0].missing
        inventory.close()
    else:
        pages = [
            page_of([PREFIX + name for name in names[at : min(at + 1000, rows)]], [1000] * 1000, ["STANDARD"])
            for at in range(0, rows, 1000)
        ]
        missing = compare(names, Listing("pictures", PREFIX, tuple(pages)), PREFIX).missing
    seconds = time.perf_counter() - began
    print(f"{way:<10} {rows:>12,} {seconds:>8.1f} s {_megabytes() - before:>8,} MB, {missing:,} missing")  # noqa: T201 - a benchmark prints


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure each way."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 3:
        measure(sys.argv[2], Path(sys.argv[3]), rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        manifest = make(Path(folder), rows)
        for way in WAYS:
            subprocess.run([sys.executable, __file__, str(rows), way, str(manifest)], check=True)


if __name__ == "__main__":
    main()
