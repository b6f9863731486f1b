"""What people get wrong in a policy that IAM accepts: it is saved without a word and does not do what was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from s3doctor.finding import Severity
from s3doctor.remedies import paths
from s3doctor.remedies.actions import BUCKET_ACTIONS, OBJECT_ACTIONS, S3_ACTIONS, is_known, meant
from s3doctor.remedies.paths import PLACEHOLDER, S3_ARN, Part
from s3doctor.remedies.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.connection import Connection
    from s3doctor.remedies.grammar import Mistake, Parsed


def find(
    parsed: Parsed, connection: Connection, dataset: str, images: str = "", *, dataset_shape: bool = False
) -> tuple[Mistake, ...]:
    """The common mistakes in a policy for this connection, one dataset and its images directory."""
    statements = parsed.document.get("Statement", [])
    found: list[Mistake] = []
    own = {connection.bucket, connection.metadata_bucket, connection.metadata_dir, dataset, images, connection.images}
    for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        part = Part(parsed.file, f"/Statement/{index}", statement)
        found += [*_placeholders(part, own), *_unknown_actions(part)]
        if part.allows:
            found += [*_wrong_level(part), *_prefix_on_objects(part)]
            found += paths.Paths(part, connection, dataset, images, dataset_shape).mistakes()
    return tuple(found)


def _placeholders(part: Part, own: set[str]) -> Iterator[Mistake]:
    """Names from the page's template that nobody replaced; `own` are the customer's names, whatever they look like."""
    for resource in part.resources:
        found = PLACEHOLDER.search(resource)
        if found and not any(found.group() in name for name in own):
            text = f"{found.group()!r} in {resource!r} is a placeholder"
            yield part.mistake("placeholder", Severity.ERROR, "Resource", text, "put your own name in its place")


def _unknown_actions(part: Part) -> Iterator[Mistake]:
    """Actions that S3 does not have: IAM accepts them and they allow nothing."""
    for action in part.actions:
        if not action.lower().startswith("s3:") or is_known(action):
            continue
        wild = re.search(r"[*?]", action)
        if wild and any(matches(action.lower(), known.lower(), {}, variables=False) for known in S3_ACTIONS):
            continue
        right = meant(action)
        severity = Severity.ERROR if right else Severity.WARNING
        text = f"S3 has no action {action}" if right else f"{action} is no action of S3 that s3doctor knows"
        yield part.mistake("unknown-action", severity, "Action", text, f'write "{right}"' if right else "")


def _wrong_level(part: Part) -> Iterator[Mistake]:
    """Bucket actions on objects, object actions on buckets: they never match."""
    arns = [found for resource in part.resources if (found := S3_ARN.fullmatch(resource))]
    if len(arns) < len(part.resources) or not arns or any(":accesspoint/" in arn.group() for arn in arns):
        return
    on_bucket = any(arn["key"] is None for arn in arns)
    on_object = any(arn["key"] is not None or "*" in arn["bucket"] for arn in arns)
    lower = {action.lower() for action in part.actions}
    first = arns[0]
    bucket = f"arn:{first['partition']}:s3:{first['region']}:{first['account']}:{first['bucket']}"
    if not on_bucket:
        for action in sorted(a for a in BUCKET_ACTIONS if a.lower() in lower):
            text = f"{action} is about a bucket, but every Resource here is about objects ({first.group()!r})"
            yield part.mistake("wrong-level", Severity.ERROR, "Resource", text, f'add "{bucket}"')
    if not on_object:
        for action in sorted(a for a in OBJECT_ACTIONS if a.lower() in lower):
            text = f"{action} is about objects, but every Resource here is a bucket ({first.group()!r})"
            yield part.mistake("wrong-level", Severity.ERROR, "Resource", text, f'add "{bucket}/…/*"')


def _prefix_on_objects(part: Part) -> Iterator[Mistake]:
    """A condition on s3:prefix in a statement that shall allow reading: such a request has no prefix."""
    keys = {
        key.lower()
        for operator, block in part.statement.get("Condition", {}).items()
        for key in block
        if "ifexists" not in operator.lower() and "not" not in operator.lower()
    }
    lower = {action.lower() for action in part.actions}
    if "s3:prefix" in keys and (hit := sorted(a for a in OBJECT_ACTIONS if a.lower() in lower)):
        text = f"{', '.join(hit)} never has an s3:prefix, so this Condition is never met for it"
        yield part.mistake("prefix-condition", Severity.ERROR, "Condition", text, "make a statement of its own for it")
