"""How long an S3 Inventory takes, beside peers: `python tests/benchmarks/from_inventory.py [--rows 10000000]`.

So many objects in Parquet files of a million each, every one named in the ground truth, and 1,000 names more. Prints
seconds and peak memory, beyond that of the names, each in a process of its own. `s3doctor` does all that it does with
an inventory: files verified, objects read into a table, names joined both ways, collisions, sizes and storage classes
judged. `s3doctor, listing` compares the same objects in memory, as after a listing. The peers read the keys and count
what is missing on either side, no more. Peers that are not installed are left out: pip install polars pyarrow. Nothing
is asserted.
"""

# ruff: noqa: T201 - it prints a table
from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.coco.names import Names

PREFIX = "ds/images/"
MORE = 1000
FILE = 1_000_000
BATCH = 8192


def make(folder: Path, rows: int) -> Path:
    """An inventory of so many objects; its manifest."""
    import duckdb
    from inventory import made

    files = []
    with duckdb.connect() as connection:
        for start in range(0, rows, FILE):
            path = folder / f"{start:012}.parquet"
            connection.execute(
                f"COPY (SELECT 'pictures' AS bucket, 1000::BIGINT AS size, 'STANDARD' AS storage_class, "
                f"'{PREFIX}' || lpad((i * 7919)::VARCHAR, 14, '0') || '.jpg' AS key "
                f"FROM range({start}, {min(start + FILE, rows)}) AS made(i)) TO '{path}' (FORMAT parquet)"
            )
            files.append({"key": path.name, "size": path.stat().st_size, "MD5checksum": digest(path)})
    document = json.loads(made.manifest({}, "Parquet")) | {"files": files}
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(document), encoding="utf-8")
    return manifest


def digest(path: Path) -> str:
    found = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def names_of(rows: int) -> Names:
    """The names, as a ground truth that was read has them."""
    from s3doctor.coco.names import Names

    names = Names()
    for start in range(0, rows, BATCH):
        names.extend([f"{number * 7919:014}.jpg" for number in range(start, min(start + BATCH, rows))])
    names.extend([f"x{number}.jpg" for number in range(MORE)])
    return names


def ours(manifest: Path, names: Names, rows: int) -> int:  # noqa: ARG001 - as the others have it
    from s3doctor.inventory import compare_inventory, load, open_source

    inventory = load(open_source(str(manifest), "pictures"), PREFIX)
    missing = compare_inventory(names, inventory)[0].missing
    inventory.close()
    return missing


def listing(manifest: Path, names: Names, rows: int) -> int:  # noqa: ARG001 - as above
    from s3doctor.names.comparing import compare
    from s3doctor.s3.listing import Listing
    from s3doctor.s3.listing_page import page_of

    pages = []
    for start in range(0, rows, 1000):
        keys = [PREFIX + name for name in names[start : min(start + 1000, rows)]]
        pages.append(page_of(keys, [1000] * len(keys), ["STANDARD"] * len(keys)))
    return compare(names, Listing("pictures", PREFIX, tuple(pages)), PREFIX).missing


def python_set(manifest: Path, names: Names, rows: int) -> int:  # noqa: ARG001 - as above
    import duckdb

    found = duckdb.connect().execute(f"SELECT substr(key, {len(PREFIX) + 1}) FROM '{manifest.parent}/*.parquet'")
    keys: set[str] = set()
    while batch := found.fetchmany(BATCH):
        keys.update(name for (name,) in batch)
    wanted = set(names)
    assert not keys - wanted
    return len(wanted - keys)


def polars(manifest: Path, names: Names, rows: int) -> int:  # noqa: ARG001 - as above
    import polars as pl

    keys = pl.scan_parquet(f"{manifest.parent}/*.parquet").select(pl.col("key").str.strip_prefix(PREFIX).alias("name"))
    wanted = pl.LazyFrame({"name": pl.Series(names, dtype=pl.String)})
    unlisted = keys.join(wanted, on="name", how="anti").select(pl.len()).collect(engine="streaming").item()
    assert not unlisted
    return int(wanted.join(keys, on="name", how="anti").select(pl.len()).collect(engine="streaming").item())


def pyarrow(manifest: Path, names: Names, rows: int) -> int:  # noqa: ARG001 - as above
    import pyarrow as pa
    from pyarrow import compute, dataset

    keys = dataset.dataset(sorted(map(str, manifest.parent.glob("*.parquet")))).to_table(columns=["key"])["key"]
    here = compute.utf8_slice_codeunits(keys, len(PREFIX)).combine_chunks()
    wanted = pa.array(names, pa.string())
    assert compute.all(compute.is_in(here, value_set=wanted)).as_py()
    return int(compute.sum(compute.invert(compute.is_in(wanted, value_set=here))).as_py())


WAYS: dict[str, Callable[[Path, Names, int], int]] = {
    "s3doctor": ours,
    "s3doctor, listing": listing,
    "polars": polars,
    "pyarrow": pyarrow,
    "Python set": python_set,
}


def measure(way: str, manifest: Path, rows: int) -> None:
    """Print seconds and the peak of memory in MB."""
    names = names_of(rows)
    before, began, cpu = megabytes("VmRSS"), time.perf_counter(), time.process_time()
    missing = WAYS[way](manifest, names, rows)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = megabytes("VmHWM") - before
    print(f"{way:<18}{rows:>12,}{seconds:>9.1f}{cpu:>8.1f}{peak:>9,}{missing:>10,}", flush=True)


def megabytes(what: str) -> int:
    """Memory of this process itself: `VmRSS` now, `VmHWM` at its highest (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) // 1024


def main() -> None:
    """Measure each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    installed = [way for way in WAYS if way not in {"polars", "pyarrow"} or find_spec(way)]
    parser.add_argument("--ways", nargs="+", default=installed, choices=WAYS)
    parser.add_argument("--measure", nargs=2)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], Path(options.measure[1]), options.rows)
        return
    print(f"{'':18}{'rows':>12}{'s':>9}{'CPU s':>8}{'peak MB':>9}{'missing':>10}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        manifest = make(Path(folder), options.rows)
        for way in options.ways:
            command = [sys.executable, __file__, "--rows", str(options.rows), "--measure", way, str(manifest)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
