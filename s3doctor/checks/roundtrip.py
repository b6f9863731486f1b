"""Write, read and delete an object of our own, in the two ways in which the platform does it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from s3doctor.checks.judging import policy, trouble
from s3doctor.footprints import GRACE_SECONDS, OWN_NAME, is_forgotten, own_name
from s3doctor.model import Cause, Document, Evidence, Fix, Outcome, passed, warn
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.client import S3

BODY_BYTES = 64
FORGOTTEN_AT_ONCE = 10
NEVER_SENT = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError")
"""Faults after which S3 cannot have done what was asked."""
MET_ITSELF = (409, 412)
THROTTLED = 503
VERBS = {"GetObject": "read", "DeleteObject": "delete", "DeleteObjects": "delete"}


def round_trip(dataset: DatasetContext, bucket: str, prefix: str) -> Outcome:
    """Put, get and delete; then in parts and with the batch request. The first step that fails is the outcome.

    Where the first PUT shows that the bucket keeps versions, nothing more is written.
    """
    forgotten = _forgotten(dataset, bucket, prefix)
    steps = list(forgotten)
    for way in (_whole, _in_parts):
        key = prefix + own_name(dataset.context.seconds_left() + GRACE_SECONDS)
        answers = way(dataset, bucket, key, secrets.token_bytes(BODY_BYTES))
        steps += answers
        if _version(answers[0]) and answers[-1].ok:
            return versioned(bucket, prefix, [step.evidence for step in steps])
        broken = next((answer for answer in answers if not answer.ok and _counts(dataset, answer)), None)
        if broken is not None:
            return denied(dataset, bucket, prefix, broken)
    also = f"; removed {len(forgotten)} objects of an earlier run that was killed" if forgotten else ""
    words = f"wrote, read and deleted in {bucket}/{prefix}{also}"
    return passed(words, evidence=[step.evidence for step in steps])


def _forgotten(dataset: DatasetContext, bucket: str, prefix: str) -> list[Answer]:
    """Remove what an earlier run of s3doctor left here, because it was killed; the answers show what that was."""
    page = probes.list_page(dataset.s3, bucket, prefix + OWN_NAME, max_keys=FORGOTTEN_AT_ONCE)
    ours = [entry for entry in page.data.get("Contents", ()) if is_forgotten(entry["Key"])]
    return [probes.delete(dataset.s3, bucket, entry["Key"]) for entry in ours if entry["Size"] <= BODY_BYTES]


def _counts(dataset: DatasetContext, answer: Answer) -> bool:
    """Whether a refusal of this server says something about AWS."""
    return answer.operation != "DeleteObjects" or dataset.context.server.judges_batches_by_object


def denied(dataset: DatasetContext, bucket: str, prefix: str, answer: Answer) -> Outcome:
    """What it means that one of the steps did not work."""
    verb = VERBS.get(answer.operation, "write")
    where = f"{bucket}/{prefix}"
    plain = answer.code == "AccessDenied" and "kms:" not in answer.message
    fix = policy(dataset.context, dataset.name, f"The key may not {verb} in {where}.") if plain else None
    return trouble(dataset.context, answer, f"the key may not {verb} in {where}", bucket=bucket, fix=fix)


def versioned(name: str, prefix: str, evidence: Iterable[Evidence]) -> Outcome:
    """What it means for the platform, and for us, that the bucket keeps versions."""
    rule = (
        '{"Rules": [{"ID": "tidy-up", "Status": "Enabled", "Filter": {"Prefix": "' + prefix + '"}, '
        '"NoncurrentVersionExpiration": {"NoncurrentDays": 7}, "Expiration": {"ExpiredObjectDeleteMarker": true}}]}'
    )
    return warn(
        f"may write and delete in {name}/{prefix}, but the bucket keeps every version",
        evidence=evidence,
        fix=Fix(
            "Everything that the platform replaces or deletes stays in the bucket and is paid for. Turn versioning off "
            "for this bucket, or add a lifecycle rule that removes old versions.",
            documents=(Document(f"Lifecycle rule for {name}", rule),),
        ),
        cause=Cause("versioned", "Versioning is on: a delete only hides an object."),
    )


def _whole(dataset: DatasetContext, bucket: str, key: str, body: bytes) -> list[Answer]:
    """One PUT on the condition that there is no such object, one GET, one DELETE."""
    footprints = dataset.context.footprints
    steps: list[Answer] = []
    footprints.planned(bucket, key)
    try:
        steps.append(probes.put_new(dataset.s3, bucket, key, body))
        if steps[0].ok:
            footprints.version(bucket, key, _version(steps[0]))
            steps.append(probes.read(dataset.s3, bucket, key, last=BODY_BYTES - 1))
    finally:
        if not steps or _left_nothing(steps[0]):
            footprints.gone(bucket, key)
        else:
            steps += _remove(dataset, bucket, key, _version(steps[0]), probes.delete)
    return steps


def _in_parts(dataset: DatasetContext, bucket: str, key: str, body: bytes) -> list[Answer]:
    """An upload of one part, and the batch request to delete: what the platform does with more than 8 MiB."""
    steps: list[Answer] = []
    dataset.context.footprints.planned(bucket, key)
    try:
        steps.append(probes.begin_upload(dataset.s3, bucket, key))
        if upload := steps[0].data.get("UploadId", ""):
            steps.append(probes.upload_part(dataset.s3, bucket, key, upload, body))
        if etag := steps[-1].data.get("ETag", ""):
            steps.append(probes.complete_upload(dataset.s3, bucket, key, upload, etag))
    finally:
        steps += _clear(dataset, bucket, key, steps)
    return steps


def _clear(dataset: DatasetContext, bucket: str, key: str, steps: list[Answer]) -> list[Answer]:
    """Remove what the steps of an upload made, as far as they came: the object, the parts, or whichever it may be."""
    footprints = dataset.context.footprints
    if not steps or _left_nothing(steps[0]) or steps[0].http == THROTTLED:
        footprints.gone(bucket, key)
        return []
    last, upload = steps[-1], steps[0].data.get("UploadId", "")
    if not upload:
        footprints.kept(bucket, key, what="a multipart upload, if it began: no answer gave its id")
        return []
    if last.operation == "CompleteMultipartUpload" and last.ok:
        return _remove(dataset, bucket, key, _version(last), probes.delete_batch)
    if last.operation == "CompleteMultipartUpload" and (not _left_nothing(last) or last.code == "NoSuchUpload"):
        _remove(dataset, bucket, key, "", probes.delete)
    _abort(dataset, bucket, key, upload)
    return []


def _left_nothing(put: Answer) -> bool:
    """Whether a PUT was refused for certain; one that broke off, or met a fault of the server, may have written.

    So may one that met an object of that name: nobody but us knows it.
    """
    if put.http is None:
        return put.fault in NEVER_SENT
    return 300 <= put.http < 500 and put.http not in MET_ITSELF  # noqa: PLR2004 - HTTP's own numbers


def _version(put: Answer) -> str:
    version = put.headers.get("x-amz-version-id", "")
    return "" if version == "null" else version


def _remove(
    dataset: DatasetContext, bucket: str, key: str, version: str, way: Callable[[S3, str, str], Answer]
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


def _abort(dataset: DatasetContext, bucket: str, key: str, upload: str) -> None:
    """Throw the parts away; where that is not allowed they stay, unseen in any listing, and are noted as left over."""
    answer = probes.abort_upload(dataset.s3, bucket, key, upload)
    if answer.ok or answer.code == "NoSuchUpload":
        dataset.context.footprints.gone(bucket, key)
    else:
        dataset.context.footprints.kept(bucket, key, what=f"multipart upload {upload}")
