"""From an answer or from findings to an Outcome: what every family does alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from s3doctor.finding import Severity, counted, times
from s3doctor.model import Fix, Outcome, fail, passed, unknown, warn
from s3doctor.remedies.policy import policy_fix
from s3doctor.s3.diagnosis import Situation, diagnose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.context import Context
    from s3doctor.finding import Finding
    from s3doctor.s3.answer import Answer

DENIED = 403
MISSING = 404
EMPTY = 416
IMPOSSIBLE = (404, 412)
MENDS = " What is to run below writes a mended copy and changes nothing else."


def situation(context: Context, bucket: str = "") -> Situation:
    """What is known already and helps to tell causes apart."""
    given, caller = context.connection, context.caller
    return Situation(
        bucket=bucket or given.bucket,
        region=given.region,
        access_key_id=given.credentials.access_key_id,
        username=caller.user if caller else given.username,
        has_token=bool(given.credentials.session_token),
        endpoint_url=given.endpoint_url,
        sts="ok" if context.identity.ok else context.identity.code,
        s3_answers=context.location(given.bucket).answer.from_s3,
    )


def trouble(
    context: Context,
    answer: Answer,
    summary: str,
    *,
    bucket: str = "",
    fix: Fix | None = None,
    beside: Answer | None = None,
    lists: bool | None = None,
) -> Outcome:
    """What an answer other than the hoped-for one means: a fail where it is evidence, else an unknown.

    `beside` is the answer to a read of a missing object beside this one, where that showed that reading is allowed;
    `lists` says whether the key may list there, where that is known.
    """
    known = replace(situation(context, bucket), list_allowed=lists)
    found = diagnose(answer, replace(known, listed=True, reads_beside=True) if beside else known)
    evidence = [one.evidence for one in (answer, beside) if one]
    if not found.conclusive:
        return unknown(f"not found out: {found.cause.text}", cause=found.cause, fix=found.fix, evidence=evidence)
    return fail(summary, cause=found.cause, fix=fix or found.fix, evidence=evidence)


def is_s3(answer: Answer) -> bool:
    """Whether an S3 server answered: it left one of its marks, or gave what only S3 gives."""
    return answer.from_s3 or "x-amz-bucket-region" in answer.headers or "Name" in answer.data


def policy(context: Context, dataset: str = "") -> Fix:
    """The policy that works, with leave to use the KMS keys that were seen on the way."""
    return policy_fix(context.connection, dataset, kms_key_arns=context.s3.kms_keys)


def judged(findings: Sequence[Finding], sound: str, commands: tuple[str, ...] = ()) -> Outcome:
    """Errors make a fail, warnings a warn; what is only worth knowing stays with a pass, whose summary is `sound`.

    `commands` mend what was found.
    """
    worst = min(findings, key=lambda finding: tuple(Severity).index(finding.severity), default=None)
    if worst is None or worst.severity is Severity.INFO:
        return passed(sound, findings=findings)
    serious = [finding for finding in findings if finding.severity is worst.severity]
    needing = [finding for finding in findings if finding.severity is not Severity.INFO]
    causes = [finding for finding in needing if not finding.follows]
    fixes = dict.fromkeys(finding.fix for finding in causes or needing)
    verdict = fail if worst.severity is Severity.ERROR else warn
    text = _in_turn(tuple(fixes)) + (MENDS if commands else "")
    return verdict(_in_a_line(serious), findings=findings, fix=Fix(text, commands=commands))


def _in_a_line(findings: Sequence[Finding]) -> str:
    """The first fault with its number, and how many other kinds of it there are."""
    first, others = findings[0], len(findings) - 1
    often = f" ({times(first)})" if first.count > 1 and times(first) else ""
    more = f"; and {counted(others, 'other kind', 'other kinds')} of fault" if others else ""
    return f"{first.summary}{often}{more}"


def _in_turn(fixes: Sequence[str]) -> str:
    """What to do, numbered where it is several things."""
    return fixes[0] if len(fixes) == 1 else " ".join(f"({number}) {fix}" for number, fix in enumerate(fixes, 1))
