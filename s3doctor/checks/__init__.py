"""The catalogue: one module for each family; FAMILIES is the order of the report."""

from s3doctor.checks import annotations, bucket, cors, credentials, images, layout, permissions, predictions
from s3doctor.model import Family

FAMILIES: tuple[Family, ...] = (
    credentials.FAMILY,
    bucket.FAMILY,
    permissions.FAMILY,
    layout.FAMILY,
    annotations.FAMILY,
    predictions.FAMILY,
    images.FAMILY,
    cors.FAMILY,
)
