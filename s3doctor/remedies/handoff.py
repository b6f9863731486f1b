"""What a customer submits to the platform: the user, the key, the region, and where each part of a dataset is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from s3doctor.connection import ANNOTATIONS, PREDICTIONS, Connection, masked
from s3doctor.model import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_PART = re.compile(r"[a-zA-Z0-9._-]+")
_TEMPORARY = (
    "the access key is a temporary one: the links that the platform makes with it die with it, within hours; "
    "make a long-lived key for the IAM user"
)


def locations(connection: Connection, dataset: str, images: str, *, dataset_shape: bool = False) -> dict[str, str]:
    """The s3 URIs of a dataset's parts by name: images, metadata, annotations, predictions.

    In the read-only set-up the platform keeps the metadata itself, and there is none. `dataset_shape`: the metadata
    bucket is written to at `{dataset}/{metadata_dir}/` (see `policy.Options`).
    """
    root = f"s3://{connection.bucket}/{dataset}/"
    found = {"images": f"{root}{images}/"}
    if connection.setup.writes:
        prefix = f"{dataset}/{connection.metadata_dir}/" if dataset_shape else connection.metadata_prefix(dataset)
        found["metadata"] = f"s3://{connection.browsed_bucket}/{prefix}"
    return {**found, "annotations": root + ANNOTATIONS, "predictions": root + PREDICTIONS}


def uri_faults(connection: Connection, dataset: str, images: str, *, dataset_shape: bool = False) -> tuple[str, ...]:
    """Why the platform would refuse the locations, a sentence each; none where it takes them.

    Its pattern wants a bucket's name by AWS's rules and path parts of the letters a to z, digits, `.`, `_` and `-`.
    Source: tenyks-sdk 0.5.33.
    """
    found = locations(connection, dataset, images, dataset_shape=dataset_shape).values()
    return tuple(dict.fromkeys(fault for uri in found for fault in _faults(uri)))


def _faults(uri: str) -> Iterator[str]:
    """What is wrong with one s3 URI."""
    bucket, _, path = uri.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket):
        expected = "expected 3 to 63 characters of a-z, 0-9, '.' and '-', with a letter or digit at both ends"
        yield f"the bucket {bucket!r} is no name that the platform takes: {expected}"
    for part in path.removesuffix("/").split("/"):
        if not _PART.fullmatch(part):
            wrong = " ".join(dict.fromkeys(repr(char) for char in part if not _PART.fullmatch(char)))
            why = f"holds {wrong}" if wrong else "is empty: there are two slashes in a row"
            yield f"the name {part!r} {why}; the platform takes only a-z, A-Z, 0-9, '.', '_' and '-' in it"


def key_faults(connection: Connection) -> tuple[str, ...]:
    """What is missing or unfit in what identifies the customer, a sentence each."""
    key = connection.credentials
    checks = (
        (not connection.username, "the user name is missing: give --username"),
        (not connection.region, "the region is missing: give --region (the platform requires it)"),
        (not key.access_key_id, "the access key is missing: give --credentials-csv"),
        (key.access_key_id.startswith("ASIA") or bool(key.session_token), _TEMPORARY),
    )
    return tuple(text for wrong, text in checks if wrong)


def handoff(connection: Connection, images: str = "", *, dataset_shape: bool = False, secret: bool = False) -> Document:
    """What to submit for the connection's datasets, as JSON.

    Without `secret` the access key ID is masked and the secret key left out: that text may be shown. With it the text
    is complete, and belongs into a file that only its owner can read.
    """
    key = connection.credentials
    access_key_id = key.access_key_id if secret else masked(key.access_key_id)
    credentials = {"aws_access_key_id": access_key_id, "region_name": connection.region}
    if secret:
        credentials["aws_secret_access_key"] = key.secret_access_key.reveal()
        if key.session_token:
            credentials["aws_session_token"] = key.session_token.reveal()
    datasets: list[dict[str, Any]] = []
    for name in connection.datasets:
        uris = locations(connection, name, images or connection.images, dataset_shape=dataset_shape)
        parts = {
            f"{part}_location": {"type": "aws_s3", "s3_uri": uri, "credentials": credentials}
            for part, uri in uris.items()
        }
        datasets.append({"name": name, **parts})
    body = {
        "user_name": connection.username,
        "access_key_id": access_key_id,
        "region_name": connection.region,
        "datasets": datasets,
    }
    return Document("What to submit", json.dumps(body, indent=2, ensure_ascii=False), "json")
