"""A bucket's S3 Inventory in the place of a listing: for buckets of 10^7 objects and more, read with DuckDB."""

from __future__ import annotations

from s3doctor.inventory.comparing import compare_inventory
from s3doctor.inventory.manifest import InventoryError, Manifest, read_manifest
from s3doctor.inventory.source import Source, open_source
from s3doctor.inventory.table import Inventory, load

__all__ = [
    "Inventory",
    "InventoryError",
    "Manifest",
    "Source",
    "compare_inventory",
    "load",
    "open_source",
    "read_manifest",
]
