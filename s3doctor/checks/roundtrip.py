"""Write, read and delete an object of our own, in the two ways in which the platform does it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from s3doctor.checks.judging import policy, trouble
from s3doctor.checks.removing import left_nothing, remove, version_of
from s3doctor.checks.uploading import in_parts
from s3doctor.footprints import GRACE_SECONDS, own_name
from s3doctor.model import Cause, Document, Evidence, Fix, Outcome, passed, warn
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

BODY_BYTES = 64
VERBS = {"GetObject": "read", "DeleteObject": "delete", "DeleteObjects": "delete"}


def round_trip(dataset: DatasetContext, bucket: str, prefix: str) -> Outcome:
    """Put, get and delete; then in parts and with the batch request. The first step that fails is the outcome.

    Where the first PUT shows that the bucket keeps versions, nothing more is written.
    """
    steps: list[Answer] = []
    for way in (_whole, in_parts):
        key = prefix + own_name(dataset.context.seconds_left() + GRACE_SECONDS)
        answers = way(dataset, bucket, key, secrets.token_bytes(BODY_BYTES))
        steps += answers
        if version_of(answers[0]) and answers[-1].ok:
            return versioned(bucket, prefix, [step.evidence for step in steps])
        broken = next((answer for answer in answers if not answer.ok and _counts(dataset, answer)), None)
        if broken is not None:
            return denied(dataset, bucket, prefix, broken)
    return passed(f"wrote, read and deleted in {bucket}/{prefix}", evidence=[step.evidence for step in steps])


def _counts(dataset: DatasetContext, answer: Answer) -> bool:
    """Whether a refusal of this server says something about AWS."""
    return answer.operation != "DeleteObjects" or dataset.context.server.judges_batches_by_object


def denied(dataset: DatasetContext, bucket: str, prefix: str, answer: Answer) -> Outcome:
    """What it means that one of the steps did not work."""
    verb = VERBS.get(answer.operation, "write")
    where = f"{bucket}/{prefix}"
    plain = answer.code == "AccessDenied" and "kms:" not in answer.message
    fix = policy(dataset.context, dataset.name) if plain else None
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
            footprints.version(bucket, key, version_of(steps[0]))
            steps.append(probes.read(dataset.s3, bucket, key, last=BODY_BYTES - 1))
    finally:
        if not steps or left_nothing(steps[0]):
            footprints.gone(bucket, key)
        else:
            steps += remove(dataset, bucket, key, version_of(steps[0]))
    return steps
