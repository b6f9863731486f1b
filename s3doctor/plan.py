"""What an examination would ask, what each request costs, and the trace that it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.connection import ANNOTATIONS, PREDICTIONS, Setup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.connection import Connection

NOTHING = "none"
LOGGED = "data event"
MANAGED = "management event"
"""What CloudTrail notes: management events always, data events only where their logging is switched on."""
FREE, READ, LIST, WRITE = "free", "GET", "LIST", "PUT"
"""AWS's price classes: about 0.0004 US$ for a thousand of the GET class, 0.005 for a thousand of PUT and LIST."""


@dataclass(frozen=True)
class Step:
    """Up to `at_most` requests of one kind (0: as many as there is data), their price class and their trace."""

    operation: str
    where: str
    at_most: int
    price: str
    trace: str
    why: str

    @property
    def count(self) -> str:
        """How many, in words."""
        return f"≤ {self.at_most}" if self.at_most else "any"


def steps(connection: Connection) -> tuple[Step, ...]:
    """All requests that examining this connection may make, by kind; nothing else is ever sent.

    Where no dataset is named, the datasets are found first, and each costs what is said of one.
    """
    return (*_once(connection), *_for_a_dataset(connection), *_writing(connection), *_from_a_browser(connection))


def _once(connection: Connection) -> Iterator[Step]:
    buckets = 2 if connection.setup is Setup.METADATA_BUCKET else 1
    yield Step("HeadBucket", "each bucket, without a key", buckets, FREE, NOTHING, "is it there, and in which region?")
    yield Step("GetCallerIdentity", "STS", 1, FREE, MANAGED, "whose key is it?")
    if not connection.endpoint_url:
        yield Step("ListBuckets", "the account", 1, LIST, MANAGED, "does the key see other buckets?")


def _for_a_dataset(connection: Connection) -> Iterator[Step]:
    name = f"{connection.bucket}/{_dataset(connection)}"
    yield Step("ListObjectsV2", name, 0, LIST, LOGGED, "what lies where; a page for each 1,000 objects")
    if connection.inventory:
        yield from _inventory(connection, name)
    yield Step("GetObject", f"{name}, names that do not exist", 6, READ, LOGGED, "where may the key read?")
    yield Step("GetObject", f"{name}{ANNOTATIONS}, {PREDICTIONS}", 0, READ, LOGGED, "the two files, 8 MiB a request")
    if connection.pictures != "none":
        pictures = connection.pictures.replace("sample:", "a sample of ")
        yield Step("GetObject", f"{name}, {pictures} images", 0, READ, LOGGED, "the first and last bytes of a picture")


def _inventory(connection: Connection, name: str) -> Iterator[Step]:
    """What is asked for where an inventory stands in the place of a listing."""
    if connection.inventory.startswith("s3://"):
        place = connection.inventory.rpartition("/")[0]
        yield Step("HeadBucket", "the inventory's bucket, without a key", 1, FREE, NOTHING, "in which region is it?")
        yield Step("GetObject", f"{place}, the inventory", 0, READ, LOGGED, "manifest and data files, 8 MiB a request")
    yield Step("GetObject", f"{name}, 200 images", 200, READ, LOGGED, "is it still as the inventory says?")
    if connection.pictures != "none":
        yield Step("GetObject", f"{name}, 10,000 images at most", 0, READ, LOGGED, "how large are those to be opened?")


def _writing(connection: Connection) -> Iterator[Step]:
    """Requests that change nothing in every set-up; in those that write, two objects that come and go as well."""
    if not connection.write:
        return
    places = 7 if connection.setup.writes else 4
    impossible = f"{LOGGED}; nothing in the bucket"
    nowhere = "names that do not exist, on a condition that cannot hold"
    yield Step("PutObject", nowhere, places, WRITE, impossible, "may the key write there?")
    yield Step("DeleteObject", nowhere, places, FREE, impossible, "may the key delete there?")
    if not connection.setup.writes:
        return
    where = f"{connection.browsed_bucket}/{connection.metadata_prefix(_dataset(connection).rstrip('/'))}"
    comes = f"{LOGGED}; an object that is removed at once; its notifications; a version, if the bucket keeps them"
    yield Step("GetBucketVersioning", connection.browsed_bucket, 1, READ, MANAGED, "would a trace stay?")
    yield Step("ListMultipartUploads", where, 1, LIST, MANAGED, "did a run that was killed leave an upload?")
    yield Step("PutObject", f"{where}, new random names", 2, WRITE, comes, "does writing work?")
    yield Step("GetObject", f"{where}, that object", 2, READ, LOGGED, "does reading it back work?")
    yield Step("CreateMultipartUpload, UploadPart, CompleteMultipartUpload", where, 1, WRITE, comes, "in parts?")
    yield Step("DeleteObject, DeleteObjects", f"{where}, those objects only", 4, FREE, LOGGED, "is all tidied up?")
    left = "GetObject, UploadPart, CompleteMultipartUpload, AbortMultipartUpload, DeleteObject"
    yield Step(left, f"{where}, only what a run that was killed left", 20, WRITE, LOGGED, "is there any such?")


def _from_a_browser(connection: Connection) -> Iterator[Step]:
    bucket = connection.browsed_bucket
    preflights = max(1, len(connection.origins)) + 5
    yield Step("OPTIONS", f"{bucket}, without a key", preflights, FREE, NOTHING, "what would a browser be told?")
    yield Step("GetBucketCors", bucket, 1, READ, MANAGED, "which origins may read, where a preflight was refused?")
    yield Step("GetObject (presigned)", bucket, 1, READ, LOGGED, "what would a browser get?")


def _dataset(connection: Connection) -> str:
    return f"{connection.datasets[0] if len(connection.datasets) == 1 else '<dataset>'}/"
