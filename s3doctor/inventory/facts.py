"""What an examination takes from an inventory in the place of listings."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from s3doctor.inventory.comparing import compare_inventory
from s3doctor.inventory.manifest import InventoryError
from s3doctor.inventory.source import SCHEME, Source, open_source, split
from s3doctor.inventory.table import Inventory, duckdb, load, load_all
from s3doctor.inventory.today import Seen
from s3doctor.pictures.sampling import at_most, sample
from s3doctor.s3 import probes
from s3doctor.s3.listing import Listing
from s3doctor.s3.objects import BEYOND_THE_END
from s3doctor.s3.reading import ObjectStream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from s3doctor.context import Context
    from s3doctor.names.comparing import Comparison
    from s3doctor.s3.client import S3

NOT_THERE = 404
FEW = 10_000
SAMPLED = 1_000
THREADS = 32


def source_of(context: Context) -> Source:
    """The inventory that the connection names, its manifest read. Raises BadInput, and ReadError where S3 refuses."""
    duckdb()
    given = context.connection
    open_ = None
    if given.inventory.startswith(SCHEME):
        bucket, _ = split(given.inventory)
        context.location(bucket)
        open_ = partial(ObjectStream, context.s3.client(bucket), bucket, stop=context.stop, deadline=context.ends)
    source = open_source(given.inventory, given.bucket, open_)
    context.notice(
        f"The objects are those of {source.manifest.words}, not of a listing: what was written, replaced or deleted "
        "since then is not in it."
    )
    return source


def loaded(context: Context) -> dict[str, Inventory]:
    """The objects of all datasets of the examination by their prefixes: the inventory's files are fetched once."""
    prefixes = [dataset.images_prefix for dataset in context.datasets if dataset.name and dataset.images]
    return load_all(context.inventory, prefixes, closing=context.closing)


def objects_of(context: Context, prefix: str) -> Inventory | Listing:
    """The inventory's objects under the prefix; where it cannot be read, a listing of nothing that says why."""
    try:
        known = context.inventories
        inventory = known[prefix] if prefix in known else load(context.inventory, prefix, closing=context.closing)
    except OSError as error:  # InventoryError, ReadError, a full disk
        return _nothing(context, prefix, str(error))
    if not inventory.count:
        words = f"{inventory.manifest.words} has no object there: it is older than the images, or of another prefix"
        return _nothing(context, prefix, words)
    return inventory


def _nothing(context: Context, prefix: str, why: str) -> Listing:
    return Listing(context.connection.bucket, prefix, gaps=(("", None),), stopped=why)


def compared(context: Context, names: Sequence[str], inventory: Inventory, folders: Sequence[str]) -> Comparison:
    """The names against the inventory; what it lacks is looked for in the bucket as it is now.

    Raises InventoryError where DuckDB cannot: the disk is full, say.
    """
    try:
        comparison, again = compare_inventory(
            names, inventory, folders=folders, look=partial(look, context.s3, inventory.bucket)
        )
    except duckdb().Error as error:
        first = str(error).partition("\n")[0]
        raise InventoryError(f"{inventory.manifest.words} could not be compared ({first})") from None
    if again.words:
        context.notice(f"{inventory.prefix}: {again.words}")
    return comparison


def sizes_now(context: Context, sizes: Mapping[str, int], keys: Sequence[str]) -> dict[str, int]:
    """The sizes of these objects in bytes, asked for again; as the inventory has them where that gives no answer.

    Of more than 10,000 only those are asked for whose size the inventory does not state, and a sample of a thousand.
    What is gone is left out.
    """
    drawn = set(keys if len(keys) <= FEW else sample(keys, SAMPLED))
    asked = [key for key in keys if key in drawn or sizes[key] < 0]
    with ThreadPoolExecutor(THREADS, "sizes") as pool:
        seen = dict(zip(asked, pool.map(partial(look, context.s3, context.connection.bucket), asked), strict=True))
    if len(drawn) < len(keys):
        context.notice(_how_stale(context, {key: sizes[key] for key in keys}, seen, drawn))
    gone = {key for key, one in seen.items() if one.there is False}
    if gone:
        context.notice(f"{len(gone):,} images to be opened are gone since the inventory, such as {min(gone)}.")
    now = {key: one.size for key, one in seen.items() if one.there}
    return {key: now.get(key, max(sizes[key], 1)) for key in keys if key not in gone}


def _how_stale(context: Context, sizes: Mapping[str, int], seen: Mapping[str, Seen], drawn: set[str]) -> str:
    """How far the sizes that the inventory states can be relied upon, by those that were looked at again."""
    known = [key for key in drawn if sizes[key] >= 0 and seen[key].there is not None]
    stale = sum(not seen[key].there or seen[key].size != sizes[key] for key in known)
    told = f"Sizes of {len(sizes):,} images are those of {context.inventory.manifest.words}"
    if not known:
        return f"{told}; whether they are so still could not be looked at."
    share = at_most(stale, len(known))
    return (
        f"{told}. Of {len(known):,} that were looked at again, {stale:,} have changed or are gone: with 95 % "
        f"confidence fewer than {math.ceil(share * 1000) / 10:.1f} % have. What seemed cut off was asked for its "
        "present size."
    )


def look(s3: S3, bucket: str, key: str) -> Seen:
    """Whether the object is there now: a GET of its first byte, which needs `s3:GetObject` alone."""
    answer = probes.read(s3, bucket, key)
    if answer.ok:
        size = str(answer.data.get("ContentRange", "")).rpartition("/")[2]
        storage = str(answer.data.get("StorageClass") or Seen.storage_class)
        return Seen(there=True, size=int(size) if size.isdecimal() else 1, storage_class=storage)
    if answer.http == BEYOND_THE_END:
        return Seen(there=True)
    if answer.code == "InvalidObjectState":
        return Seen(there=True, size=1, storage_class=answer.fields.get("StorageClass", "GLACIER"))
    return Seen(there=False if answer.http == NOT_THERE else None)
