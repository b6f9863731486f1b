"""One page of a listing in compact memory: the keys as one run of bytes, the sizes as an array."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from s3doctor.s3.asking import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from s3doctor.s3.answer import Answer

STANDARD = "STANDARD"
SEPARATOR = b"\xff"  # no byte of UTF-8


class ListingClient(Protocol):
    """What a listing needs of a boto3 client: these have no static type."""

    def list_objects_v2(self, **parameters: object) -> Mapping[str, Any]:
        """One request for one page."""


class Entry(NamedTuple):
    """One object of a listing: its key, its size in bytes, its storage class as S3 names it (`STANDARD`)."""

    key: str
    size: int
    storage_class: str


@dataclass(frozen=True)
class Page:
    """Up to some thousand objects in the order in which the server listed them.

    `blob` holds the keys in UTF-8, one byte 0xFF between two; `sizes` are bytes; `classes` is one storage class where
    all objects share it, else one for each.
    """

    blob: bytes
    sizes: array[int]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.sizes)

    def keys(self) -> list[str]:
        """The keys, in order."""
        if not self.sizes:
            return []
        return [key.decode("utf-8", "surrogatepass") for key in self.blob.split(SEPARATOR)]

    def entries(self) -> Iterator[Entry]:
        """The objects, in order."""
        classes = self.classes * len(self) if len(self.classes) == 1 else self.classes
        return map(Entry, self.keys(), self.sizes, classes)

    def until(self, key: str) -> Page:
        """The objects whose keys are not greater than `key`; the page has to be in order."""
        end = bisect_right(keys := self.keys(), key)
        return self if end == len(self) else self.cut(end, keys)

    def cut(self, end: int, keys: Sequence[str] | None = None) -> Page:
        """The first `end` objects."""
        keys = self.keys() if keys is None else keys
        classes = self.classes if len(self.classes) == 1 else self.classes[:end]
        return Page(packed(keys[:end]), self.sizes[:end], classes)


def packed(keys: Sequence[str]) -> bytes:
    """Keys as a Page holds them."""
    return SEPARATOR.join([key.encode("utf-8", "surrogatepass") for key in keys])


def page_of(keys: Sequence[str], sizes: Sequence[int], classes: Sequence[str]) -> Page:
    """A Page of three columns of equal length."""
    shared = tuple(set(classes))
    return Page(packed(keys), array("q", sizes), shared if len(shared) == 1 else tuple(classes))


def page_from_data(data: Mapping[str, Any]) -> Page:
    """A Page of what botocore's own parser made of an answer of ListObjectsV2."""
    found = data.get("Contents", ())
    return page_of(
        [item["Key"] for item in found],
        [item.get("Size", 0) for item in found],
        [item.get("StorageClass", STANDARD) for item in found],
    )


def ask_page(
    client: ListingClient, bucket: str, prefix: str, *, token: str = "", after: str = "", size: int = 1000
) -> Answer:
    """One request for one page: after `after`, or where the page that gave `token` ended."""
    parameters: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": size}
    if token:
        parameters["ContinuationToken"] = token
    elif after:
        parameters["StartAfter"] = after
    return ask("ListObjectsV2", f"s3://{bucket}/{prefix}", lambda: client.list_objects_v2(**parameters))
