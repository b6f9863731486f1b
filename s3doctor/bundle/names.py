"""What names a customer: accounts, users, buckets, datasets, keys, categories, hosts; found in all that is known."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from s3doctor.bundle.environment import PROXIES
from s3doctor.bundle.pseudonyms import KEPT, Pseudonyms
from s3doctor.facts import known
from s3doctor.model import Check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from s3doctor.connection import Connection
    from s3doctor.engine import Visit
    from s3doctor.model import Report

MOST_KEYS = 200_000
_PRINCIPAL = re.compile(r"\barn:aws[\w-]*:(?:iam|sts)::\d*:(?:user|role|group|assumed-role)/([\w+=,.@/-]+)")
_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]+)(?:/(\S*))?")
_SPACE_OR_ADDRESS = re.compile(r"\s|://|^arn:")
_POINTER = re.compile(r"/(?:[\w.-]+/)*[\w.-]*")
_SOURCE = re.compile(r"(?:the file|(?:the )?profile) (?P<name>.+?)(?: \([\w-]+\))?")


def pseudonyms(report: Report, visit: Visit) -> Pseudonyms:
    """What stands for every name that this examination has come to know."""
    rename = Pseudonyms()
    learn(rename, report, visit)
    return rename


def learn(rename: Pseudonyms, report: Report, visit: Visit) -> None:
    """Let every name that an examination has come to know have its pseudonym."""
    connection = visit.context.connection
    texts = list(strings(report))
    _add_owners(rename, connection, texts)
    _add_places(rename, connection, visit, texts)
    _add_hosts(rename, connection)
    for key in _keys(visit, texts):
        rename.add_key(key)
    _add_categories(rename, visit)


def _add_owners(rename: Pseudonyms, connection: Connection, texts: Iterable[str]) -> None:
    rename.add("user", connection.username)
    for text in texts:
        for principal in _PRINCIPAL.findall(text):
            for name in principal.rstrip(".").split("/"):
                rename.add("user", name)
    if source := _SOURCE.fullmatch(connection.credentials.source):
        rename.add("source", source["name"])
        rename.add("source", Path(source["name"]).stem)


def _add_places(rename: Pseudonyms, connection: Connection, visit: Visit, texts: Iterable[str]) -> None:
    rename.add("bucket", connection.bucket)
    rename.add("bucket", connection.metadata_bucket)
    for text in texts:
        for bucket, _ in _URI.findall(text):
            rename.add("bucket", bucket)
    listed = known(visit.context, "all_buckets")
    for entry in listed.data.get("Buckets", ()) if listed is not None else ():
        rename.add("bucket", str(entry["Name"]))
    for dataset in (*connection.datasets, *(result.name for result in known(visit.context, "datasets") or ())):
        for part in dataset.split("/"):
            rename.add("dataset", part)
    for part in (*connection.images.split("/"), *connection.metadata_dir.split("/")):
        rename.add("dir", part)
    if connection.inventory and "://" not in connection.inventory:
        rename.add("path", connection.inventory)
        rename.add("path", Path(connection.inventory).name)


def _add_hosts(rename: Pseudonyms, connection: Connection) -> None:
    addresses = (
        connection.endpoint_url,
        connection.dask,
        *connection.origins,
        *(os.environ.get(p, "") for p in PROXIES),
    )
    for address in addresses:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        rename.add("host", "" if host.endswith(("amazonaws.com", "amazonaws.com.cn")) else host)


def _add_categories(rename: Pseudonyms, visit: Visit) -> None:
    for dataset in known(visit.context, "datasets") or ():
        for which in ("annotations", "predictions"):
            examined = known(dataset, which)
            for category in examined.category_table if examined else ():
                rename.add_value("category", category.name)
                rename.add_value("category", category.supercategory)


def _keys(visit: Visit, texts: Iterable[str]) -> Iterator[str]:
    """Every key and name of a file that was listed, read, asked for or told of."""
    for entry in visit.context.s3.log.kept:
        yield urlsplit(entry.url).path.lstrip("/")
    for text in texts:
        yield from (key.rstrip(".:,;") for _, key in _URI.findall(text))
    for dataset in known(visit.context, "datasets") or ():
        listing, annotations = known(dataset, "listing"), known(dataset, "annotations")
        yield from islice(listing.keys(), MOST_KEYS) if listing else ()
        yield from islice(filter(None, annotations.image_names), MOST_KEYS) if annotations else ()
    yield from _places(texts)


def _places(texts: Iterable[str]) -> Iterator[str]:
    """Texts that are a key or a file's name by themselves."""
    for text in texts:
        if "." in text and not _SPACE_OR_ADDRESS.search(text) and not _POINTER.fullmatch(text):
            yield text


def strings(value: object) -> Iterator[str]:
    """Every text in a report, except for those that hold words of ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from strings(pair)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from strings(item)
    elif is_dataclass(value) and not isinstance(value, (type, Check)):
        for f in fields(value):
            if f.name not in KEPT:
                yield from strings(getattr(value, f.name))
