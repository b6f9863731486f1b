"""Removing what s3doctor wrote, and telling what of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.client import S3

NEVER_SENT = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError")
"""Faults after which S3 cannot have done what was asked."""
MET_ITSELF = (409, 412)


def left_nothing(put: Answer) -> bool:
    """Whether a PUT was refused for certain; one that broke off, or met a fault of the server, may have written.

    So may one that met an object of that name: nobody but us knows it.
    """
    if put.http is None:
        return put.fault in NEVER_SENT
    return 300 <= put.http < 500 and put.http not in MET_ITSELF  # noqa: PLR2004 - HTTP's own numbers


def version_of(answer: Answer) -> str:
    """The version that an answer speaks of; empty where the bucket keeps none."""
    version = answer.headers.get("x-amz-version-id", "")
    return "" if version == "null" else version


def remove(
    dataset: DatasetContext, bucket: str, key: str, version: str, way: Callable[[S3, str, str], Answer] = probes.delete
) -> list[Answer]:
    """Remove our object; where the bucket keeps versions, the version itself. What stays is noted as left over."""
    footprints = dataset.context.footprints
    answers = [way(dataset.s3, bucket, key)] if not version else [probes.delete(dataset.s3, bucket, key, version)]
    if not answers[0].ok:
        answers.append(probes.delete(dataset.s3, bucket, key))
    hidden = not version and answers[-1].headers.get("x-amz-delete-marker") == "true"
    if answers[-1].ok and not hidden and not (version and len(answers) > 1):
        footprints.gone(bucket, key)
    else:
        footprints.kept(bucket, key, version)
    return answers
