"""What the platform will ask of a bucket in each set-up, request by request, and what it will never ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from s3doctor.connection import ANNOTATIONS, PREDICTIONS, Connection, Setup
from s3doctor.remedies.arn import bucket_arn, object_arn

if TYPE_CHECKING:
    from collections.abc import Iterator

ANY_IMAGES = "images"
"""Stands for the images directory where it is not known."""

SAMPLES = ("photo.jpg", "photo.png", "photo.jpeg", "folder/PHOTO.JPG")
"""Names that stand for all images: a policy may open some kinds, or no sub-folders."""


@dataclass(frozen=True)
class Need:
    """One request: an action on a resource (an ARN), the s3 URI for people, and the facts of the request."""

    action: str
    resource: str
    uri: str
    why: str
    facts: dict[str, str | None] = field(default_factory=dict, compare=False)


def needed(connection: Connection, dataset: str, *, images: str = "", dataset_shape: bool = False) -> tuple[Need, ...]:
    """The requests without which the set-up does not work, for one dataset.

    `dataset_shape`: the metadata bucket is written to at `{dataset}/{metadata_dir}/` (see `policy.Options`).
    """
    made = _Maker(connection)
    folder = images or connection.images or ANY_IMAGES
    found = list(made.reads(dataset, folder))
    if connection.setup.writes:
        inner = f"{dataset}/{connection.metadata_dir}/" if dataset_shape else connection.metadata_prefix(dataset)
        found += made.writes(connection.browsed_bucket, inner)
    return tuple(found)


@dataclass(frozen=True)
class Place:
    """A part of S3 as a policy sees it: a resource (an ARN) that stands for it, words, and what is needed there."""

    resource: str
    words: str
    needed: frozenset[str] = frozenset()

    @property
    def holds_objects(self) -> bool:
        """Whether it is objects, not a bucket."""
        return self.words.startswith("objects")


def places(connection: Connection, dataset: str, *, dataset_shape: bool = False) -> tuple[Place, ...]:
    """Where the policies of a set-up may grant something, and where they should grant nothing."""
    arn, bucket, region = bucket_arn, connection.bucket, connection.region
    listing, writing = frozenset({"s3:ListBucket"}), frozenset(OBJECT_ACTIONS)
    single = connection.setup is Setup.SINGLE_BUCKET
    inside = writing if single else frozenset({"s3:GetObject"})
    found = [
        Place(arn(bucket, region), f"the bucket {bucket} itself", listing),
        Place(object_arn(bucket, f"{dataset}/other.bin", region), f"objects in s3://{bucket}/{dataset}/", inside),
    ]
    if connection.setup is Setup.METADATA_BUCKET:
        meta = connection.metadata_bucket
        prefix = f"{dataset}/{connection.metadata_dir}/" if dataset_shape else connection.metadata_prefix(dataset)
        found += [
            Place(arn(meta, region), f"the bucket {meta} itself", listing),
            Place(object_arn(meta, f"{prefix}other.bin", region), f"objects in s3://{meta}/{prefix}", writing),
            Place(object_arn(meta, "elsewhere.bin", region), f"objects elsewhere in s3://{meta}/"),
        ]
    other = "some-other-bucket-of-yours"
    return (
        *found,
        Place(object_arn(bucket, "elsewhere/other.bin", region), f"objects elsewhere in s3://{bucket}/"),
        Place(arn(other, region), "other buckets themselves"),
        Place(object_arn(other, "other.bin", region), "objects in other buckets"),
    )


OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
"""What the platform does with an object that it may write."""


@dataclass(frozen=True)
class _Maker:
    """Makes needs for one connection."""

    connection: Connection

    def reads(self, dataset: str, folder: str) -> Iterator[Need]:
        """What every set-up reads of a dataset."""
        bucket = self.connection.bucket
        yield self.on_bucket(bucket, f"{dataset}/{folder}/", "the images are found by listing")
        for name in (ANNOTATIONS, PREDICTIONS):
            yield self.on_object("s3:GetObject", bucket, f"{dataset}/{name}", "the COCO file is read")
        for name in SAMPLES:
            yield self.on_object("s3:GetObject", bucket, f"{dataset}/{folder}/{name}", "images are read")

    def writes(self, bucket: str, prefix: str) -> Iterator[Need]:
        """What the read/write set-ups do under the metadata prefix (which ends in a slash)."""
        yield self.on_bucket(bucket, prefix, "the metadata is listed")
        words = ("thumbnails are shown", "thumbnails and predictions are written", "what is out of date is deleted")
        for name in ("thumbnails/photo.jpg", "models/model/predictions.json"):
            for action, why in zip(OBJECT_ACTIONS, words, strict=True):
                yield self.on_object(action, bucket, f"{prefix}{name}", why)

    def on_bucket(self, bucket: str, prefix: str, why: str) -> Need:
        """Listing one prefix."""
        facts = {**self._common(), "s3:prefix": prefix, "s3:delimiter": None}
        return Need("s3:ListBucket", bucket_arn(bucket, self.connection.region), f"s3://{bucket}/{prefix}", why, facts)

    def on_object(self, action: str, bucket: str, key: str, why: str) -> Need:
        """One action on one object. The keys of a listing are not in such a request."""
        facts = {**self._common(), "s3:prefix": None, "s3:delimiter": None, "s3:max-keys": None}
        return Need(action, object_arn(bucket, key, self.connection.region), f"s3://{bucket}/{key}", why, facts)

    def _common(self) -> dict[str, str | None]:
        """What holds for every request: HTTPS with a user's long-lived key, signed in the header or in a URL."""
        facts: dict[str, str | None] = {"aws:securetransport": "true", "aws:multifactorauthpresent": None}
        facts |= {"s3:signatureversion": "AWS4-HMAC-SHA256", "aws:principaltype": "User"}
        return {**facts, "aws:username": self.connection.username} if self.connection.username else facts
