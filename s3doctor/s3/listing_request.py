"""One request for one page of a listing, with botocore's slow XML parser by-passed for this request only."""

from __future__ import annotations

import re
import threading
from array import array
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import unquote_plus

from s3doctor.s3.asking import ask, unreadable
from s3doctor.s3.listing_page import SEPARATOR, STANDARD, Page, page_of, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from s3doctor.s3.answer import Answer

EVENT = "before-parse.*.ListObjectsV2"
"""Registered first under this pattern a handler runs before botocore's own, which parses each page to look for an error
inside a 200; under `before-parse.s3.ListObjectsV2` it would run after that."""

_STUB = b"<ListBucketResult/>"
_END = b"</ListBucketResult>"
_KEYS = re.compile(rb"<Key>([^<&\r]+)</Key>")
_SIZES = re.compile(rb"<Size(?:>(\d+)</Size>)?")
_CLASSES = re.compile(rb"<StorageClass>([^<&]+)</StorageClass>")
_PREFIXES = re.compile(rb"<CommonPrefixes>\s*<Prefix>([^<&\r]+)</Prefix>\s*</CommonPrefixes>")
_TRUNCATED = re.compile(rb"<IsTruncated>\s*(true|false)\s*</IsTruncated>")
_MD5S = re.compile(rb"<ETag>(?:&quot;|&#34;|\")([0-9a-f]{32})(?:&quot;|&#34;|\")</ETag>")
_ETAGS = re.compile(rb"<ETag>([^<]*)</ETag>")
_ONCE = (b"<IsTruncated>", b"<NextContinuationToken>", b"<EncodingType>")
_PLAIN = b"<StorageClass>STANDARD</StorageClass>"
_TOKEN = re.compile(rb"<NextContinuationToken>([^<&\r]+)</NextContinuationToken>")
_OK = 200
_ACTIVE = threading.local()


class ListingClient(Protocol):
    """What a listing needs of a boto3 client: these have no static type."""

    @property
    def meta(self) -> Any:  # noqa: ANN401 - boto3's ClientMeta, whose events are made at run time
        """The client's events and configuration."""

    def list_objects_v2(self, **parameters: object) -> Mapping[str, Any]:
        """One request for one page."""


@dataclass(frozen=True)
class Answered:
    """A page and what the server said beside it.

    `token` continues after it and is empty where it is the last; `children` are the common prefixes of a request with
    a delimiter; `ordered` says whether the keys rise.
    """

    page: Page
    truncated: bool
    token: str = ""
    children: tuple[str, ...] = ()
    ordered: bool = True


def prepare(client: ListingClient) -> None:
    """Make the client able to by-pass its parser; it goes on parsing for everybody but `ask_page`."""
    client.meta.events.register_first(EVENT, _bypass, unique_id="s3doctor-listing")


def ask_page(
    client: ListingClient,
    bucket: str,
    prefix: str,
    *,
    token: str = "",
    after: str = "",
    delimiter: str = "",
    size: int = 1000,
) -> tuple[Answer, Answered | None]:
    """One ListObjectsV2 for the page after `after`, or where the page that gave `token` ended.

    The second is None where the first is not `ok`.
    """
    parameters: dict[str, object] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": size}
    if token:
        parameters["ContinuationToken"] = token
    elif after:
        parameters["StartAfter"] = after
    if delimiter:
        parameters["Delimiter"] = delimiter
    _ACTIVE.now = True
    try:
        answer = ask("ListObjectsV2", f"s3://{bucket}/{prefix}", partial(client.list_objects_v2, **parameters))
    finally:
        _ACTIVE.now = False
    if not answer.ok:
        return answer, None
    page = cast("Answered | None", answer.data.get("Page")) or answered(answer.data)
    return (unreadable(answer), None) if page is None else (answer, page)


def _bypass(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Parse a page ourselves; whatever is not plainly a whole page is left to botocore, errors and retries too."""
    if getattr(_ACTIVE, "now", False) and response_dict["status_code"] == _OK:
        page = parsed(response_dict["body"])
        if page is not None:
            customized_response_dict["Page"] = page
            response_dict["body"] = _STUB


def parsed(body: bytes) -> Answered | None:
    """The page in an XML document of ListObjectsV2; None where it is not plainly a whole one."""
    truncated, end = _TRUNCATED.search(body), body.rstrip()[-len(_END) :]
    keys, sizes = _KEYS.findall(body), _SIZES.findall(body)
    twice = any(body.count(tag) > 1 for tag in _ONCE)
    if truncated is None or end != _END or twice or (b"!" in body and b"<!" in body):
        return None
    if not _one_each(body, keys, sizes):
        return None
    plain = body.count(_PLAIN) == len(keys)
    classes = [STANDARD.encode()] * bool(keys) if plain else _CLASSES.findall(body)
    children = _PREFIXES.findall(body) if b"<CommonPrefixes" in body else []
    if len(classes) not in {plain, len(keys)} or len(children) != body.count(b"<CommonPrefixes"):
        return None
    token = _TOKEN.search(body)
    if token is None and b"<NextContinuationToken" in body:
        return None
    encoded = b"<EncodingType>url</EncodingType>" in body
    try:
        page, ordered = _page(keys, sizes, classes, _tags(body, len(keys)), encoded=encoded)
        names = tuple(_decoded(children)) if encoded else tuple(child.decode() for child in children)
    except UnicodeDecodeError:
        return None
    return Answered(page, truncated[1] == b"true", token[1].decode() if token else "", names, ordered)


def _one_each(body: bytes, keys: list[bytes], sizes: list[bytes]) -> bool:
    """Whether there is one key and one size for each object, and no object without a size has its size elsewhere."""
    objects = body.split(b"<Contents")[1:]
    alike = len(keys) == len(sizes) == len(objects) and b"" not in sizes
    return alike and -1 not in map(bytes.rfind, objects, repeat(b"<Size>"))  # it stands near the end


def _tags(body: bytes, count: int) -> array[int]:
    """The tags of a page of so many objects: nearly always each has an MD5 for its ETag."""
    found = _MD5S.findall(body)
    if len(found) == count:
        return array("Q", bytes.fromhex(b"".join(found).decode()))[::2]
    others = _ETAGS.findall(body)
    return tags_of(map(_etag, others)) if len(others) == count else array("Q")


def _etag(raw: bytes) -> str:
    return raw.replace(b"&quot;", b'"').replace(b"&#34;", b'"').decode("latin-1")


def _page(
    keys: list[bytes], sizes: list[bytes], classes: list[bytes], tags: array[int], *, encoded: bool
) -> tuple[Page, bool]:
    """A Page, and whether its keys rise."""
    blob = SEPARATOR.join(keys)
    if encoded and (b"%" in blob or b"+" in blob):
        keys = [key.encode() for key in _decoded(keys)]
        blob = SEPARATOR.join(keys)
    elif not blob.isascii():
        for key in keys:
            key.decode()
    shared = set(classes) or {STANDARD.encode()}
    names = shared if len(shared) == 1 else classes
    sized = array("q", map(int, sizes))
    return Page(blob, sized, tuple(name.decode() for name in names), tags), keys == sorted(keys)


def _decoded(keys: list[bytes]) -> Iterable[str]:
    """Keys as botocore decodes them where the server said that it encoded them."""
    joined = b"\n".join(keys)
    if joined.count(b"\n") >= len(keys) or b"%0a" in joined.lower():
        return [unquote_plus(key.decode()) for key in keys]
    return unquote_plus(joined.decode()).split("\n") if keys else ()


def answered(data: Mapping[str, Any]) -> Answered | None:
    """The page in what botocore's own parser made of an answer; None where an object has no key or no size.

    None, too, where it does not say whether it is the last: it may have broken off before its body began.
    """
    if "IsTruncated" not in data:
        return None
    found, folders = data.get("Contents", ()), data.get("CommonPrefixes", ())
    if not all("Key" in item and "Size" in item for item in found) or not all("Prefix" in item for item in folders):
        return None
    keys = [item["Key"] for item in found]
    classes = [item.get("StorageClass", STANDARD) for item in found]
    etags = [item["ETag"] for item in found if "ETag" in item]
    page = page_of(keys, [item["Size"] for item in found], classes, etags if len(etags) == len(keys) else ())
    children = tuple(item["Prefix"] for item in folders)
    truncated, token = bool(data.get("IsTruncated")), data.get("NextContinuationToken", "")
    return Answered(page, truncated, token, children, keys == sorted(keys))
