"""May the key write and delete where the set-up wants it, and nowhere else?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import bucket, credentials
from s3doctor.checks.forgotten import tidied_up
from s3doctor.checks.judging import DENIED, IMPOSSIBLE, policy, trouble
from s3doctor.checks.layout import dataset_exists
from s3doctor.checks.roundtrip import denied, round_trip, versioned
from s3doctor.connection import ANNOTATIONS, Setup
from s3doctor.model import Cause, Evidence, Outcome, check, passed, skip, unknown, warn
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

NEEDS = (credentials.valid, bucket.exists)
WRITING = (Setup.METADATA_BUCKET, Setup.SINGLE_BUCKET)
NO_WRITE = "not looked at, because of --no-write"


@check(
    "PERM005",
    "the key may not write to the dataset",
    needs=NEEDS,
    unless_failed=[dataset_exists],
    section="3.1",
    actions=["s3:PutObject", "s3:DeleteObject"],
    per_dataset=True,
    setups=[Setup.READ_ONLY, Setup.METADATA_BUCKET],
)
def refuses_to_write(dataset: DatasetContext) -> Outcome:
    """In this set-up nobody needs to change your data, so the key should not be able to. This is asked with
    requests that cannot succeed: nothing is written and nothing is deleted."""
    if not dataset.connection.write:
        return skip(NO_WRITE)
    server = dataset.context.server
    if not server.honours_put_condition:
        return unknown(f"{server.value} cannot be asked without the risk of writing", needed=False)
    actions = ("write", "delete") if server.honours_delete_condition else ("write",)
    answers = [dataset.changing(action, dataset.bucket, dataset.prefix) for action in actions]
    evidence = [answer.evidence for answer in answers]
    too_much = [answer.operation for answer in answers if answer.http in IMPOSSIBLE]
    if too_much:
        return warn(
            f"the key may do more than it needs: {' and '.join(too_much)} below {dataset.prefix}",
            evidence=evidence,
            fix=policy(dataset.context, dataset.name),
            cause=Cause(
                "too-powerful", "A policy of the user, or of the bucket, allows writing. Nothing here needs it."
            ),
        )
    odd = next((answer for answer in answers if answer.http != DENIED), None)
    if odd is not None:
        return unknown("whether the key may write could not be found out", evidence=evidence, needed=False)
    return passed("may neither write nor delete", evidence=evidence)


@check(
    "PERM006",
    "the key may list the metadata",
    needs=[*NEEDS, bucket.metadata_exists],
    section="3.2",
    actions=["s3:ListBucket"],
    per_dataset=True,
    setups=[Setup.METADATA_BUCKET],
)
def lists_metadata(dataset: DatasetContext) -> Outcome:
    """The platform looks up which thumbnails are there already by listing the metadata bucket."""
    name, prefix = _place(dataset)
    answer = dataset.context.listed(name, prefix)
    if answer.ok:
        return passed(f"may list {name}/{prefix}", evidence=[answer.evidence])
    fix = policy(dataset.context, dataset.name)
    fix_denied = fix if answer.http == DENIED else None
    return trouble(dataset.context, answer, f"the key may not list {name}/{prefix}", bucket=name, fix=fix_denied)


@check(
    "PERM007",
    "the key may write, read and delete metadata",
    needs=NEEDS,
    unless_failed=[bucket.metadata_exists, dataset_exists],
    section="3.2",
    actions=["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
    per_dataset=True,
    setups=WRITING,
)
def writes_and_deletes(dataset: DatasetContext) -> Outcome:
    """The platform keeps thumbnails and predictions in the metadata directory. This is tried with one small object of
    a random name, which is removed at once; nothing that was there before is touched."""
    if not dataset.connection.write:
        return skip(NO_WRITE)
    name, prefix = _place(dataset)
    refused = _refused_beforehand(dataset, name, prefix)
    if refused is not None:
        return refused
    forgotten = tidied_up(dataset, name, prefix)
    versions = _keeps_versions(dataset, name)
    outcome = round_trip(dataset, name, prefix) if versions is None else versioned(name, prefix, [versions])
    return forgotten.told_with(outcome)


def _place(dataset: DatasetContext) -> tuple[str, str]:
    return dataset.connection.browsed_bucket, dataset.connection.metadata_prefix(dataset.name)


def _refused_beforehand(dataset: DatasetContext, name: str, prefix: str) -> Outcome | None:
    """Asks with requests that cannot succeed, so that nothing is written which could then not be removed."""
    dataset.context.location(name)
    server = dataset.context.server
    actions = ["write"] if server.honours_put_condition else []
    actions += ["delete"] if server.honours_delete_condition else []
    for action in actions:
        answer = dataset.changing(action, name, prefix)
        if answer.http not in IMPOSSIBLE or answer.code == "NoSuchBucket":
            return denied(dataset, name, prefix, answer)
    return None


def _keeps_versions(dataset: DatasetContext, name: str) -> Evidence | None:
    """What shows that the bucket keeps versions, as far as the key can see: then a removed object leaves a trace."""
    seen = _some_object(dataset, name)
    if seen is not None and seen.headers.get("x-amz-version-id", "null") != "null":
        return seen.evidence
    asked = probes.versioning(dataset.s3, name)
    return asked.evidence if asked.data.get("Status") in ("Enabled", "Suspended") else None


def _some_object(dataset: DatasetContext, name: str) -> Answer | None:
    if name == dataset.bucket:
        return dataset.reading(dataset.prefix + ANNOTATIONS)
    entries = dataset.context.listed(name, dataset.connection.metadata_prefix(dataset.name)).data.get("Contents", ())
    return probes.read(dataset.s3, name, entries[0]["Key"]) if entries else None


CHECKS = (refuses_to_write, lists_metadata, writes_and_deletes)
