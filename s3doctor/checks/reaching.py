"""Does S3 answer at all, to a name that it could know, and at a time that it accepts?"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from s3doctor.checks.judging import is_s3, trouble
from s3doctor.model import Cause, Evidence, Fix, Outcome, check, fail, passed, unknown, warn
from s3doctor.s3.region import bucket_name_faults, is_dotted, special_kind

if TYPE_CHECKING:
    from s3doctor.context import Context

CLOCK_SLACK, CLOCK_LIMIT = 120, 900
"""Seconds: what is worth a word, and what AWS refuses (MaxAllowedSkewMilliseconds)."""


@check("BUCKET001", "the bucket's name is legal", section="2")
def named(context: Context) -> Outcome:
    """Amazon S3 allows only certain names for buckets, and the platform refuses a location with any other. Directory
    buckets and access points have names of their own kind and need other policies."""
    faults = [(bucket, fault) for bucket in context.buckets for fault in bucket_name_faults(bucket)]
    if faults:
        bucket, fault = faults[0]
        return fail(
            f"no bucket can be called {bucket}: {fault[:1].lower()}{fault[1:].rstrip('.')}",
            evidence=[Evidence(f"{bucket}: {fault}") for bucket, fault in faults],
            fix=Fix("Compare the name with the one in the S3 console; copy it from there. A bucket cannot be renamed."),
            cause=Cause("bucket-name", "No bucket can have this name."),
        )
    special = [(bucket, special_kind(bucket)) for bucket in context.buckets if special_kind(bucket)]
    if special:
        bucket, kind = special[0]
        fix = Fix("Use a general purpose bucket, and give its own name, not that of an access point.")
        cause = Cause("special-bucket", f"The name {bucket} belongs to a {kind}.")
        return fail(f"{bucket} is a {kind}: the platform needs a general purpose bucket", fix=fix, cause=cause)
    dotted = [bucket for bucket in context.buckets if is_dotted(bucket)]
    if dotted and not context.connection.endpoint_url:
        return _dotted(dotted[0])
    return passed(f"{' and '.join(context.buckets)}: allowed by S3's rules")


def _dotted(bucket: str) -> Outcome:
    return warn(
        f"{bucket} has a dot in its name",
        fix=Fix(
            "If pictures stay blank in the browser, copy the dataset to a bucket without a dot in its name: "
            "a bucket cannot be renamed.",
            commands=(f"aws s3 sync s3://{bucket} s3://{bucket.replace('.', '-')}",),
        ),
        cause=Cause(
            "dotted-name",
            f"Browsers refuse https://{bucket}.s3.amazonaws.com: the certificate of S3 does not cover names with dots.",
            "possible",
        ),
    )


@check("BUCKET002", "an S3 server answers", needs=[named], section="2")
def reachable(context: Context) -> Outcome:
    """Between you and S3 there are a name server, perhaps a proxy, and the internet. If something else answers in
    S3's place, nothing that it says about your bucket counts."""
    answer = context.location(context.connection.bucket).answer
    if is_s3(answer):
        return passed(f"{context.server.value} answers", evidence=[answer.evidence])
    if context.connection.credentials.access_key_id:
        signed = context.listed(context.connection.bucket, "")
        if is_s3(signed):
            return passed(f"{context.server.value} answers", evidence=[signed.evidence])
    return trouble(context, answer, "the server that answers is not S3")


@check("BUCKET008", "this computer's clock is right", needs=[reachable])
def clock(context: Context) -> Outcome:
    """Every request carries the time. S3 refuses those that are more than fifteen minutes off, whatever the key may
    do."""
    answer = context.location(context.connection.bucket).answer
    there = answer.headers.get("date", "")
    if not there:
        return unknown("the server did not tell the time", evidence=[answer.evidence], needed=False)
    seconds = abs((context.started - parsedate_to_datetime(there)).total_seconds())
    if seconds < CLOCK_SLACK:
        return passed("the clock agrees with the server's")
    words = f"the clock is {seconds / 60:.0f} minutes off"
    fix = Fix("Let the clock be set by the network (NTP).", commands=("sudo timedatectl set-ntp true",))
    cause = Cause("clock", f"The server says {there}.")
    if seconds < CLOCK_LIMIT:
        return warn(words, fix=fix, cause=cause, evidence=[answer.evidence])
    return fail(words, fix=fix, cause=cause, evidence=[answer.evidence])
