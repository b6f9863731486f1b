"""Names against an inventory: a join in DuckDB settles what is well, and the rest is compared as a listing is."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from s3doctor.inventory.table import PICTURE, ROWS, can_be_key, entries
from s3doctor.inventory.today import look_again
from s3doctor.names.comparing import EXAMPLES, compare
from s3doctor.names.platform import ARCHIVED, platform_key
from s3doctor.names.rewrites import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from s3doctor.inventory.table import Inventory
    from s3doctor.inventory.today import Again, Look
    from s3doctor.names.comparing import Comparison
    from s3doctor.s3.listing_page import Entry

_BATCH = 50_000
_COARSE = "hash(regexp_replace(regexp_replace(lower(name), '\\.[^./]*$', ''), '[^a-z0-9]', '', 'g'))"
_ORDINARY = "(length(name) = strlen(name) AND NOT regexp_matches(name, '(^|/)\\.[^/]*$'))"
_ENDING = re.compile(r"\.[^./]*$")
_SUFFIX = re.compile(r"(?:jpe?g|png)$")
_OTHER = re.compile(r"[^a-z0-9]")


class Residue:
    """The objects that a join cannot settle, as they are today; `compare` takes it for a listing."""

    def __init__(self, inventory: Inventory, gone: frozenset[str] | None) -> None:
        self._inventory = inventory
        self._gone = gone

    def __iter__(self) -> Iterator[Entry]:
        """The objects, in the order of their keys."""
        found = self._inventory.cursor().execute("SELECT name, size, storage FROM residue ORDER BY name")
        return entries(found, self._inventory.prefix)

    def covers(self, key: str) -> bool:
        """Whether it is known that no object has this key, if none is here."""
        return self._gone is None or key[len(self._inventory.prefix) :] in self._gone


def compare_inventory(
    names: Sequence[str],
    inventory: Inventory,
    *,
    folders: Sequence[str] = (),
    look: Look | None = None,
    examples: int = EXAMPLES,
) -> tuple[Comparison, Again]:
    """What `names.compare` says of the names and the inventory's objects, at the price of a join.

    A name whose object is there, a picture with bytes, ready to be read, and unlike all others, is settled by DuckDB.
    `look` asks for an object by its key today, from several threads: up to 100 of the names that the inventory lacks,
    and up to 100 of the pictures that were empty or archived. What was not looked at again counts as wrong only where
    all is wrong still that was.
    """
    cursor = inventory.cursor()
    _take(cursor, names)
    _find_doubles(cursor)
    settled = _settle(cursor, inventory)
    left = [names[row] for row in _rows(cursor, "SELECT row FROM rest WHERE row IS NOT NULL ORDER BY row")]
    lost = dict.fromkeys(names[row] for row in _rows(cursor, "SELECT row FROM rest WHERE size IS NULL ORDER BY row"))
    today = look_again(cursor, [*lost], inventory.prefix, look)
    found = compare(left, Residue(inventory, today.gone), inventory.prefix, folders=folders, examples=examples)
    return _with(found, settled), today.again


def _with(found: Comparison, settled: int) -> Comparison:
    return replace(
        found,
        names=found.names + settled,
        keys=found.keys + settled,
        pictures=found.pictures + settled,
        present=found.present + settled,
    )


def _take(cursor: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - DuckDB's, imported late
    """Make the table `given(row, name)` of the names."""
    import numpy as np

    cursor.execute("CREATE OR REPLACE TABLE given (row BIGINT, name VARCHAR)")
    found, start = iter(names), 0
    while batch := list(islice(found, _BATCH)):
        if not can_be_key("".join(batch)):
            batch = [_written(name) for name in batch]
        rows = np.arange(start, start := start + len(batch))
        cursor.register("batch", {"row": rows, "name": np.array(batch, dtype=object)})
        cursor.execute("INSERT INTO given SELECT row, name FROM batch")
        cursor.unregister("batch")


def _written(name: str) -> str:
    """The name itself; one that holds half a UTF-16 pair, and so is no key, as another text that is no key."""
    return name if can_be_key(name) else "\0" + name.encode("unicode_escape").decode()


def _find_doubles(cursor: Any) -> None:  # noqa: ANN401 - as above
    """Make the table `doubles(form)`: every form of a picture's name that might collide with another's.

    Of two names that collide, in upper and lower case or on the platform, ASCII letters and digits before the
    extension are the same; what is not ASCII or begins with a dot is put into the platform's form here.
    """
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE doubles AS SELECT {_COARSE} AS form FROM objects "  # noqa: S608 - our own words
        f"WHERE {PICTURE} GROUP BY form HAVING count(*) > 1"
    )
    odd = cursor.execute(f"SELECT name FROM objects WHERE {PICTURE} AND NOT {_ORDINARY}")  # noqa: S608 - as above
    with cursor.cursor() as writer:
        writer.execute("CREATE OR REPLACE TABLE odd_forms (form VARCHAR)")
        while rows := odd.fetchmany(ROWS):
            forms = sorted({form for (name,) in rows for form in _forms(name)})
            writer.execute("INSERT INTO odd_forms SELECT unnest($1::VARCHAR[])", [forms])
    cursor.execute("INSERT INTO doubles SELECT DISTINCT hash(form) FROM odd_forms")


def _forms(name: str) -> Iterator[str]:
    """What `_COARSE` makes of the ASCII names that collide with this one."""
    for text in (platform_key(name), _ENDING.sub("", folded(name))):
        yield _OTHER.sub("", text.lower())
    yield _SUFFIX.sub("", _OTHER.sub("", platform_key(name, extension=True).lower()))


def _settle(cursor: Any, inventory: Inventory) -> int:  # noqa: ANN401 - as above
    """Settle what is well by one join, which spills to disk; the number of objects that are settled.

    Makes the tables `rest(row, name, size, storage)` of the other names and objects, with no `row` where no name has
    the object and no `size` where the name has none, and `residue` of the objects in it. One that could be settled
    stays with them, for objects are compared with names only where there are any.
    """
    alone = f"{_COARSE} NOT IN (SELECT form FROM doubles)"  # noqa: S608 - as above
    if not cursor.execute("SELECT count(*) FROM doubles").fetchone()[0]:
        alone = "true"  # no form has to be made of any name
    cursor.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rest AS
        SELECT row, name, size, storage FROM objects FULL JOIN given USING (name)
        WHERE row IS NULL OR size IS NULL OR NOT ({PICTURE} AND {_ORDINARY} AND size <> 0
            AND NOT list_contains($1, storage) AND NOT ($2 <> '' AND contains(name, $2))
            AND {alone})
        """,  # noqa: S608 - our own words
        [sorted(ARCHIVED), inventory.prefix],
    )
    one = "SELECT name, size, storage FROM objects ANTI JOIN rest USING (name) LIMIT 1"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE rest AS SELECT * FROM rest UNION ALL "  # noqa: S608 - as above
        f"SELECT row, name, size, storage FROM ({one}) JOIN given USING (name)"
    )
    cursor.execute(
        "CREATE OR REPLACE TABLE residue AS SELECT DISTINCT name, size, storage FROM rest WHERE size IS NOT NULL"
    )
    return inventory.count - int(cursor.execute("SELECT count(*) FROM residue").fetchone()[0])


def _rows(cursor: Any, question: str) -> Iterator[int]:  # noqa: ANN401 - as above
    found = cursor.execute(question)
    while rows := found.fetchmany(ROWS):
        for (row,) in rows:
            yield row
