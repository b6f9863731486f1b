"""Connections that the tests of policies share: one for each set-up and shape."""

from __future__ import annotations

from dataclasses import replace

from s3doctor.connection import Connection, Setup
from s3doctor.remedies.needs import OBJECT_ACTIONS, Need
from s3doctor.remedies.policy import Options

DATASET = "street"
ELSEWHERE = "elsewhere-of-theirs"
READ_ONLY = Connection("pictures", datasets=(DATASET,), images="photos", username="ann")
METADATA = replace(READ_ONLY, setup=Setup.METADATA_BUCKET, metadata_bucket="notes", metadata_dir="meta")
SINGLE = replace(READ_ONLY, setup=Setup.SINGLE_BUCKET, metadata_dir="meta")

CASES = {
    "read-only": (READ_ONLY, Options()),
    "metadata-bucket": (METADATA, Options()),
    "metadata-bucket-dataset-shape": (METADATA, Options(dataset_shape=True)),
    "single-bucket": (SINGLE, Options()),
}


def _on_object(action: str, bucket: str, key: str) -> Need:
    return Need(action, f"arn:aws:s3:::{bucket}/{key}", f"s3://{bucket}/{key}", "forbidden")


def forbidden(connection: Connection, options: Options) -> list[Need]:
    """Requests that a least-privilege policy must refuse."""
    bucket = connection.bucket
    found = [
        _on_object(action, name, key)
        for action in OBJECT_ACTIONS
        for name, key in ((bucket, "secret.txt"), (bucket, f"{DATASET}-2/a.jpg"), (ELSEWHERE, f"{DATASET}/a.jpg"))
    ]
    found.append(Need("s3:ListBucket", f"arn:aws:s3:::{ELSEWHERE}", f"s3://{ELSEWHERE}/", "forbidden"))
    if connection.setup is not Setup.SINGLE_BUCKET:
        found += [_on_object(a, bucket, f"{DATASET}/annotations.json") for a in OBJECT_ACTIONS[1:]]
    if connection.setup is Setup.METADATA_BUCKET:
        wrong = "meta/x" if options.dataset_shape else f"{DATASET}/meta/x"
        found += [_on_object(action, "notes", key) for action in OBJECT_ACTIONS for key in ("secret.txt", wrong)]
    return found
