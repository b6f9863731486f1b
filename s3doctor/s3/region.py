"""Regions, partitions and bucket names: what can be told about them without asking anybody."""

from __future__ import annotations

import difflib
import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Partition:
    """One of AWS's separate worlds: keys, buckets and ARNs of one mean nothing in another."""

    name: str
    dns_suffix: str
    dual_stack_suffix: str


@lru_cache(maxsize=1)
def _partitions() -> tuple[tuple[re.Pattern[str], dict[str, str], Partition], ...]:
    """Botocore's table of partitions: the pattern of their regions, the regions' names and descriptions."""
    from botocore.loaders import create_loader

    return tuple(
        (
            re.compile(entry["regionRegex"]),
            {name: about["description"] for name, about in entry["regions"].items() if not name.endswith("-global")},
            Partition(entry["id"], entry["outputs"]["dnsSuffix"], entry["outputs"]["dualStackDnsSuffix"]),
        )
        for entry in create_loader().load_data("partitions")["partitions"]
    )


def partition_of(region: str) -> Partition:
    """The partition that a region belongs to; `aws` for a name that fits none."""
    table = _partitions()
    return next((found for pattern, _, found in table if pattern.fullmatch(region)), table[0][2])


@lru_cache(maxsize=1)
def known_regions() -> dict[str, str]:
    """The regions of all partitions that this botocore knows, each with what AWS calls it (`Europe (Ireland)`).

    A newer region may be missing: an unknown name is a reason to doubt, not to refuse.
    """
    return {name: description for _, regions, _ in _partitions() for name, description in regions.items()}


def did_you_mean(region: str) -> str:
    """The known region that a misspelt one most likely stands for, empty without a likely one or for a known name.

    Understands case, separators, a zone (`eu-west-1a`), a place (`Frankfurt`) and small slips; never changes a number.
    """
    known = known_regions()
    if region in known:
        return ""
    tidy = re.sub(r"[\s_]+", "-", region.strip().lower())
    zone = re.sub(r"(?<=\d)[a-f]$", "", tidy)
    near = [name for name in known if _letters(name) == _letters(zone)]
    places = [name for name, description in known.items() if tidy and f"({tidy})" in description.lower()]
    similar = [name for name in difflib.get_close_matches(zone, known, 3, 0.85) if name[-1] == zone[-1]]
    return next(iter(near or places or similar), "")


def may_be_region(region: str) -> bool:
    """Whether a name has the shape of a region's, known or not: `eu-west-9` has, `eu-west1` has not."""
    return any(pattern.fullmatch(region) for pattern, _, _ in _partitions())


def _letters(name: str) -> str:
    return name.replace("-", "")


SPECIAL_SUFFIXES: dict[str, str] = {
    "--x-s3": "directory bucket",
    "-s3alias": "access point alias",
    "--ol-s3": "Object Lambda access point alias",
    ".mrap": "Multi-Region Access Point alias",
    "--table-s3": "table bucket",
}
"""How names end that are no names of general purpose buckets. Source: S3 User Guide, "General purpose bucket naming
rules". (`-an` marks an account-regional bucket, which is read like any other.)"""

RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")

_ARNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"arn:[\w-]+:s3::\d{12}:accesspoint[:/].+"), "Multi-Region Access Point"),
    (re.compile(r"arn:[\w-]+:s3:[\w-]+:\d{12}:accesspoint[:/].+"), "access point"),
    (re.compile(r"arn:[\w-]+:s3-object-lambda:[\w-]+:\d{12}:accesspoint[:/].+"), "Object Lambda access point"),
    (re.compile(r"arn:[\w-]+:s3-outposts:.+"), "Outposts access point"),
    (re.compile(r"arn:[\w-]+:s3tables:.+"), "table bucket"),
)


def special_kind(bucket: str) -> str:
    """What a bucket's name stands for where it is no general purpose bucket: `directory bucket`, `access point` …."""
    if bucket.startswith("arn:"):
        return next((kind for pattern, kind in _ARNS if pattern.fullmatch(bucket)), "")
    return next((kind for suffix, kind in SPECIAL_SUFFIXES.items() if bucket.endswith(suffix)), "")


def is_dotted(bucket: str) -> bool:
    """Whether the wildcard certificate of S3 cannot cover this bucket's own host name.

    Browsers refuse `https://a.b.s3.REGION.amazonaws.com`; path-style addresses work.
    """
    return "." in bucket and not bucket.startswith("arn:") and not special_kind(bucket)


def bucket_name_faults(name: str) -> list[str]:
    """What is wrong with a bucket's name, one short sentence each; empty for a legal or a special name.

    Source: S3 User Guide, "General purpose bucket naming rules". Buckets made in us-east-1 before March 2018 may
    break them and exist all the same, but the platform refuses such names.
    """
    if special_kind(name):
        return []
    faults = []
    if not 3 <= len(name) <= 63:  # noqa: PLR2004 - AWS's own limits
        faults.append(f"It is {len(name)} long; 3 to 63 characters are allowed.")
    strange = dict.fromkeys(re.findall(r"[^a-z0-9.-]", name))
    if strange:
        shown = ", ".join(repr(character) for character in list(strange)[:8])
        faults.append(f"Only a to z, 0 to 9, dots and hyphens are allowed, not {shown}.")
    if name and not strange and not (name[0].isalnum() and name[-1].isalnum()):
        faults.append("It must begin and end with a letter or a digit.")
    if ".." in name:
        faults.append("Two dots may not follow each other.")
    if _is_ip(name):
        faults.append("It may not look like an IP address.")
    reserved = next((prefix for prefix in RESERVED_PREFIXES if name.startswith(prefix)), "")
    if reserved:
        faults.append(f"Names that begin with {reserved} are reserved by AWS.")
    return faults


def _is_ip(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True
