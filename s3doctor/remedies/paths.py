"""The resources of one Allow: whether they name the right bucket, and the keys where the data is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any

from s3doctor.connection import ANNOTATIONS, PREDICTIONS, Connection, Setup
from s3doctor.finding import Severity
from s3doctor.remedies.arn import bucket_arn, partition
from s3doctor.remedies.conditions import values
from s3doctor.remedies.grammar import Mistake
from s3doctor.remedies.needs import ANY_IMAGES, needed
from s3doctor.remedies.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACEHOLDER = re.compile(
    r"(?<!\$)\{[\w .-]+\}|<[\w .-]+>|\$\{(?![*?$]\}|\w+:)[^}]*\}|\b(?:YOUR|MY)[-_ ]?[A-Z_-]+\b|\bBUCKET[-_ ]?NAME\b|"
    r"\byour[-_](?:[\w]+[-_])*(?:bucket|dataset|directory|name)\b|amzn-s3-demo-|\bEXAMPLE-BUCKET\b"
)
S3_ARN = re.compile(r"arn:(?P<partition>[^:]*):s3:(?P<region>[^:]*):(?P<account>[^:]*):(?P<bucket>[^/]+)(?P<key>/.*)?")
_NEAR = 0.8


@dataclass(frozen=True)
class Part:
    """One statement as it stands in the document, with its pointer."""

    file: str
    pointer: str
    statement: dict[str, Any]

    @property
    def allows(self) -> bool:
        """Whether it is an Allow."""
        return bool(self.statement["Effect"] == "Allow")

    @property
    def actions(self) -> tuple[str, ...]:
        """Its actions, empty for a NotAction."""
        return values(self.statement["Action"]) if "Action" in self.statement else ()

    @property
    def resources(self) -> tuple[str, ...]:
        """Its resources, empty for a NotResource."""
        return values(self.statement["Resource"]) if "Resource" in self.statement else ()

    def mistake(self, code: str, severity: Severity, name: str, text: str, fix: str = "") -> Mistake:
        """A mistake in the element `name` of this statement."""
        return Mistake(code, severity, self.file, f"{self.pointer}/{name}", text, fix)


@dataclass(frozen=True)
class Paths:
    """The resources of one Allow, held against a connection, one dataset and its images directory."""

    part: Part
    connection: Connection
    dataset: str
    images: str = ""
    dataset_shape: bool = False

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets of this connection."""
        second = self.connection.setup is Setup.METADATA_BUCKET
        return (self.connection.bucket, *([self.connection.metadata_bucket] if second else []))

    @cached_property
    def keys(self) -> dict[str, tuple[str, ...]]:
        """The keys that the platform reads or writes, by bucket."""
        requests = needed(self.connection, self.dataset, images=self.images, dataset_shape=self.dataset_shape)
        uris = [need.uri.removeprefix("s3://").partition("/") for need in requests if need.action != "s3:ListBucket"]
        return {name: tuple(dict.fromkeys(key for bucket, _, key in uris if bucket == name)) for name in self.buckets}

    def mistakes(self) -> list[Mistake]:
        """All mistakes in the resources."""
        found: list[Mistake] = []
        for resource in self.part.resources:
            arn = S3_ARN.fullmatch(resource)
            if arn is None or ":accesspoint/" in resource:
                continue
            found += [*self._bucket(arn), *self._fields(arn)]
            named = [bucket for bucket in self.buckets if arn["key"] and matches(arn["bucket"], bucket, {})]
            if len(named) == 1:
                found += self._key(arn["key"][1:], named[0], resource)
        return found

    def _mistake(self, code: str, text: str, fix: str = "", severity: Severity = Severity.ERROR) -> Mistake:
        return self.part.mistake(code, severity, "Resource", text, fix)

    def _fields(self, arn: re.Match[str]) -> Iterator[Mistake]:
        """The parts of the ARN before the bucket."""
        name, rest, region = arn["bucket"], arn["key"] or "", self.connection.region
        if arn["region"] or arn["account"]:
            text = f"{arn.group()!r}: the ARN of a bucket names neither region nor account"
            yield self._mistake("arn", text, f'write "arn:{arn["partition"]}:s3:::{name}{rest}"')
        if region and not matches(arn["partition"], partition(region), {}):
            text = f"{arn.group()!r} is in the partition {arn['partition']!r}, {region} is in {partition(region)!r}"
            yield self._mistake("partition", text, f'write "{bucket_arn(name, region)}{rest}"')

    def _bucket(self, arn: re.Match[str]) -> Iterator[Mistake]:
        """A bucket's name that is none of this connection's."""
        name = arn["bucket"]
        if PLACEHOLDER.search(name) or any(matches(name, bucket, {}) is not False for bucket in self.buckets):
            return
        likeness = {bucket: SequenceMatcher(None, name.lower(), bucket).ratio() for bucket in self.buckets}
        near = max(likeness, key=lambda bucket: likeness[bucket])
        if likeness[near] >= _NEAR:
            yield self._mistake("bucket", f"the bucket here is {name!r}", f"did you mean {near!r}?")
        else:
            text = f"{name!r} is another bucket than {' or '.join(map(repr, self.buckets))}"
            yield self._mistake("bucket", text, severity=Severity.WARNING)

    def _key(self, pattern: str, bucket: str, resource: str) -> Iterator[Mistake]:
        """A key pattern that misses the data although it was meant for it."""
        keys = self.keys[bucket]
        hits = [key for key in keys if matches(pattern, key, {}) is not False]
        if hits:
            beside = {f"{self.dataset}/{name}" for name in (ANNOTATIONS, PREDICTIONS)}
            if bucket == self.connection.bucket and f"{self.dataset}/" in pattern and not beside & set(hits):
                text = f"{resource!r} does not open {ANNOTATIONS} and {PREDICTIONS}, which lie in {self.dataset}/"
                yield self._mistake("beside", text, self._better(bucket), Severity.WARNING)
        elif missed := [key for key in keys if matches(f"{self.dataset}/{pattern}", key, {})]:
            text = f"{resource!r} leaves out the dataset: the objects are in {self.dataset}/"
            folder = self.images or self.connection.images or ANY_IMAGES
            printed = any(key.startswith(f"{self.dataset}/{folder}/") for key in missed)
            words = " (the page's section 3.1 prints it like that)" if printed else ""
            yield self._mistake("page", text + words, self._better(bucket))
        elif text := _almost(pattern, keys, self.dataset):
            yield self._mistake("key", f"{resource!r} {text}", self._better(bucket))

    def _better(self, bucket: str) -> str:
        """What to write."""
        folder = self.dataset
        if bucket != self.connection.bucket:
            inner = self.connection.metadata_dir
            folder = f"{folder}/{inner}" if self.dataset_shape else inner
        return f'write "{bucket_arn(bucket, self.connection.region)}/{folder}/*"'


def _almost(pattern: str, keys: tuple[str, ...], dataset: str) -> str:
    """How a pattern misses the keys by a little; empty where it has nothing to do with them."""
    if any(key.startswith(f"{pattern.strip('/')}/") for key in keys):
        return "names one object: the wildcard after the directory is missing"
    if any(matches(pattern.lstrip("/"), key, {}) for key in keys):
        return "has one slash too many: keys do not begin with one"
    if any(matches(pattern.lower(), key.lower(), {}) for key in keys):
        return "differs in upper and lower case: keys are case-sensitive"
    if any(matches(pattern, f"{dataset}/{key}", {}) for key in keys):
        return "is the page's other place for the metadata, below the dataset"
    return ""
