"""The objects of an inventory as a table in DuckDB, on disk where they do not fit into memory."""

from __future__ import annotations

import glob
import shutil
import tempfile
import weakref
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s3doctor.connection import BadInput
from s3doctor.inventory.manifest import WANTED, InventoryError, Manifest, plain
from s3doctor.s3.listing_page import STANDARD, Entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from s3doctor.inventory.source import Source

MEMORY = "1GB"
ROWS = 8192
FEW_KEYS = 10_000
"""Keys up to which the table is asked for them, and not for all that the file names."""
UNKNOWN = -1
"""The size of an object of which the inventory states none."""
INSTALL = "pip install 's3doctor[inventory]'"
PICTURE = "regexp_matches(lower(name), '\\.(jpg|jpeg|png)$')"
"""Whether a name is that of a picture, in SQL."""
_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "preserve_insertion_order": "false",
}


def duckdb() -> Any:  # noqa: ANN401 - an extra, imported late
    """DuckDB itself. Raises BadInput where it is not installed."""
    try:
        import duckdb as module
    except ImportError:
        raise BadInput(f"--inventory needs DuckDB: expected it installed, with {INSTALL}") from None
    return module


class Inventory:
    """The objects under `prefix` as an inventory lists them: fit for what reads a `Listing`, and always complete.

    `manifest` says of when it is. Several threads may iterate at once. Close it to remove what it keeps on disk.
    """

    complete = True
    stopped = ""
    error = None
    gaps: tuple[tuple[str, str | None], ...] = ()

    def __init__(self, manifest: Manifest, prefix: str, memory: str = MEMORY) -> None:
        self.manifest = manifest
        self.bucket = manifest.bucket
        self.prefix = prefix
        self._cursors: list[Any] = []
        self.directory = Path(tempfile.mkdtemp(prefix="s3doctor-inventory-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self.directory, ignore_errors=True)
        config = _OFFLINE | {"memory_limit": memory, "temp_directory": str(self.directory / "spilled")}
        try:
            self._connection = duckdb().connect(str(self.directory / "objects.duckdb"), config=config)
        except BaseException:
            self._remove()
            raise

    def close(self) -> None:
        """Stop what is being asked of the table, and remove it."""
        for connection in (*self._cursors, self._connection):
            with suppress(duckdb().Error):  # closed before, or busy until it sees that it is interrupted
                connection.interrupt()
                connection.close()
        self._remove()

    def cursor(self) -> Any:  # noqa: ANN401 - DuckDB's, imported late
        """A connection of one's own to the table `objects(name, size, storage)`; names are keys without it."""
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        return cursor

    @property
    def count(self) -> int:
        """How many objects there are."""
        return int(self._one("count(*)"))

    @property
    def size(self) -> int:
        """The bytes of the objects, summed."""
        return int(self._one("coalesce(sum(greatest(size, 0)), 0)"))

    @property
    def at_least(self) -> int:
        """How many objects are known to exist."""
        return self.count

    def _one(self, what: str) -> Any:  # noqa: ANN401 - a number of the table's
        return self.cursor().execute(f"SELECT {what} FROM objects").fetchone()[0]  # noqa: S608 - our own words

    @property
    def text(self) -> str:
        """How many objects there are, in words that say as of when."""
        return f"{self.count:,} objects in {self.manifest.words}"

    def covers(self, key: str) -> bool:
        """Whether an object of this key, had it existed, would be here."""
        return key.startswith(self.prefix)

    def keys(self) -> Iterator[str]:
        """The keys, in the order of their UTF-8 bytes."""
        return (entry.key for entry in self)

    def __iter__(self) -> Iterator[Entry]:
        """The objects in the same order."""
        found = self.cursor().execute("SELECT name, size, storage FROM objects ORDER BY name")
        return entries(found, self.prefix)

    def find(self, keys: Iterable[str]) -> Iterator[Entry]:
        """The objects of these keys, which have to be few."""
        names = [key[len(self.prefix) :] for key in keys if self.covers(key) and can_be_key(key)]
        found = self.cursor().execute(
            "SELECT name, size, storage FROM objects WHERE name IN (SELECT unnest($1::VARCHAR[])) ORDER BY name",
            [names],
        )
        return entries(found, self.prefix)

    def among_named(self, keys: Collection[str]) -> Iterator[Entry]:
        """The objects of these keys, which have to be some of those that `compare_inventory` was given."""
        if len(keys) <= FEW_KEYS:
            return self.find(keys)
        return (entry for entry in self.named() if entry.key in keys)

    def named(self) -> Iterator[Entry]:
        """The objects that the names have which `compare_inventory` was given."""
        found = self.cursor().execute("SELECT name, size, storage FROM objects SEMI JOIN given USING (name)")
        return entries(found, self.prefix)

    def __len__(self) -> int:
        return self.count


def entries(found: Any, prefix: str) -> Iterator[Entry]:  # noqa: ANN401 - DuckDB's, imported late
    """Rows `(name, size, storage)` as Entries."""
    while rows := found.fetchmany(ROWS):
        for name, size, storage in rows:
            yield Entry(prefix + name, size, storage)


def can_be_key(name: str) -> bool:
    """Whether the name has a form in UTF-8, as every key has."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def load(source: Source, prefix: str, *, memory: str = MEMORY, closing: ExitStack | None = None) -> Inventory:
    """Read the inventory's objects whose keys begin with `prefix`; see `load_all`."""
    return load_all(source, [prefix], memory=memory, closing=closing)[prefix]


def load_all(
    source: Source, prefixes: Iterable[str], *, memory: str = MEMORY, closing: ExitStack | None = None
) -> dict[str, Inventory]:
    """Read the objects below several prefixes, each file once; `memory` is DuckDB's limit for each, such as `1GB`.

    To close `closing`, from whichever thread, is to close the inventories, also while they are being read.
    Raises InventoryError where a file cannot be had or read, BadInput without DuckDB, and what opening a file raises.
    """
    inventories: dict[str, Inventory] = {}
    try:
        for prefix in dict.fromkeys(prefixes):
            inventories[prefix] = Inventory(source.manifest, prefix, memory)
            if closing is not None:
                closing.callback(inventories[prefix].close)
        if inventories:
            _fill([*inventories.values()], source)
    except BaseException as error:
        for inventory in inventories.values():
            inventory.close()
        if not isinstance(error, duckdb().Error):
            raise
        first = str(error).partition("\n")[0]
        raise InventoryError(f"{source.name}: its files are not as the manifest describes them ({first})") from None
    return inventories


def _fill(inventories: Sequence[Inventory], source: Source) -> None:
    cursors = [inventory.cursor() for inventory in inventories]
    for cursor in cursors:
        cursor.execute("CREATE TABLE objects (name VARCHAR, size BIGINT, storage VARCHAR)")
    copies = inventories[0].directory / "files"
    copies.mkdir()
    for path in source.files(copies):
        readable = str(_from_orc(path, copies) if source.manifest.format == "ORC" else path)
        for inventory, cursor in zip(inventories, cursors, strict=True):
            cursor.execute(_insert(source.manifest), [glob.escape(readable), inventory.bucket, inventory.prefix])
        for copy in copies.iterdir():
            copy.unlink()


def _insert(manifest: Manifest) -> str:
    """The statement that takes one file in: its parameters are the path, the bucket and the prefix."""
    names = dict.fromkeys(WANTED, "NULL") | {plain(column): _quoted(column) for column in manifest.columns}
    key, table = names["key"], "read_parquet($1)"
    if manifest.format == "CSV":
        columns = ", ".join(f"{_quoted(column)}: 'VARCHAR'" for column in manifest.columns)
        table = (
            f"read_csv($1, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
            f"strict_mode = true, columns = {{{columns}}})"
        )
        key = f"url_decode(replace({key}, '+', ' '))"
    return f"""
        INSERT INTO objects
        SELECT substr(key, length($3) + 1), coalesce(size, {UNKNOWN}), coalesce(nullif(storage, ''), '{STANDARD}')
        FROM (
            SELECT {key} AS key, {names["bucket"]} AS bucket, TRY_CAST({names["size"]} AS BIGINT) AS size,
                {names["storageclass"]} AS storage, coalesce(TRY_CAST({names["islatest"]} AS BOOLEAN), true) AS latest,
                coalesce(TRY_CAST({names["isdeletemarker"]} AS BOOLEAN), false) AS marker
            FROM {table}
        )
        WHERE bucket = $2 AND starts_with(key, $3) AND latest AND NOT marker
    """  # noqa: S608 - the names are quoted


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _from_orc(path: Path, into: Path) -> Path:
    """The same rows as Parquet: DuckDB reads no ORC without an extension that would have to be downloaded."""
    try:
        from pyarrow import ArrowException, orc, parquet
    except ImportError:
        raise InventoryError(f"the inventory is in ORC, which needs pyarrow: install it with {INSTALL}") from None
    try:
        file = orc.ORCFile(path)
        copy = into / "converted"
        with parquet.ParquetWriter(copy, file.schema) as writer:
            for stripe in range(file.nstripes):
                writer.write_batch(file.read_stripe(stripe))
    except (ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise InventoryError(f"{path.name} is no ORC file that can be read ({first})") from None
    return copy
