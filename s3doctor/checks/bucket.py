"""Is the bucket there, whose, where, reachable?"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from s3doctor.checks import credentials
from s3doctor.checks.judging import DENIED, trouble
from s3doctor.connection import Setup
from s3doctor.model import Cause, Evidence, Family, Fix, Outcome, check, fail, passed, unknown, warn
from s3doctor.s3 import probes
from s3doctor.s3.region import bucket_name_faults, is_dotted, special_kind

if TYPE_CHECKING:
    from s3doctor.context import Context
    from s3doctor.s3.answer import Answer

NO_BUCKET = "NoSuchBucket"
CLOCK_SLACK, CLOCK_LIMIT = 120, 900


@check("BUCKET001", "the bucket's name is legal", section="2")
def named(context: Context) -> Outcome:
    """Amazon S3 allows only certain names for buckets, and the platform refuses a location with any other. Directory
    buckets and access points have names of their own kind and need other policies."""
    faults = [f"{bucket}: {fault}" for bucket in context.buckets for fault in bucket_name_faults(bucket)]
    if faults:
        return fail(
            f"not a possible bucket name: {faults[0]}",
            evidence=map(Evidence, faults),
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
    if _is_s3(answer):
        return passed(f"{context.server.value} answers", evidence=[answer.evidence])
    if context.connection.credentials.access_key_id:
        signed = context.listed(context.connection.bucket, "")
        if _is_s3(signed):
            return passed(f"{context.server.value} answers", evidence=[signed.evidence])
    return trouble(context, answer, "the server that answers is not S3")


def _is_s3(answer: Answer) -> bool:
    return answer.from_s3 or "x-amz-bucket-region" in answer.headers or "Name" in answer.data


@check("BUCKET003", "the bucket exists", needs=[reachable], section="2")
def exists(context: Context) -> Outcome:
    """A single wrong letter names a bucket that is not there, or somebody else's."""
    return _exists(context, context.connection.bucket)


def _exists(context: Context, bucket: str) -> Outcome:
    location = context.location(bucket)
    answer, there = location.answer, location.exists
    if there is None and context.connection.credentials.access_key_id:
        answer = context.listed(bucket, "")
        there = True if answer.ok or answer.code == "AccessDenied" else None
        there = False if answer.code == NO_BUCKET else there
    if there:
        return passed(f"{bucket} is there", evidence=[answer.evidence])
    if there is None:
        return unknown(f"whether there is a bucket {bucket} could not be found out", evidence=[answer.evidence])
    fix = Fix(
        f"Compare {bucket} with the list of your buckets in the S3 console, letter by letter. If you deleted the "
        "bucket, do not hand this name over: anybody may take it."
    )
    return fail(
        f"there is no bucket {bucket}",
        evidence=[answer.evidence],
        fix=fix,
        cause=Cause("no-such-bucket", "S3 knows no bucket of this name."),
    )


@check("BUCKET004", "the region is known", needs=[exists], section="2")
def located(context: Context) -> Outcome:
    """The platform needs the name of the region that your bucket is in. The set-up page does not ask for it, and a
    wrong one makes every request fail."""
    return _located(context, context.connection.bucket)


def _located(context: Context, bucket: str) -> Outcome:
    location, given = context.location(bucket), context.connection.region
    if not location.region:
        if context.connection.endpoint_url:
            return passed("this server names no region", evidence=[location.answer.evidence])
        return unknown(f"S3 did not say which region {bucket} is in", evidence=[location.answer.evidence])
    if given and given != location.region:
        fix = Fix(f"Hand over {location.region} as the region (region_name), and give it to s3doctor as --region.")
        return fail(
            f"{bucket} is in {location.region}, not in {given}",
            evidence=[location.answer.evidence],
            fix=fix,
            cause=Cause("wrong-region", f"S3 says that the bucket is in {location.region}."),
        )
    return passed(f"{bucket} is in {location.region}", evidence=[location.answer.evidence])


@check("BUCKET005", "the metadata bucket exists", needs=[reachable], section="3.2.1", setups=[Setup.METADATA_BUCKET])
def metadata_exists(context: Context) -> Outcome:
    """In this set-up the platform keeps its own files in a second bucket of yours."""
    return _exists(context, context.connection.metadata_bucket)


@check(
    "BUCKET006",
    "the metadata bucket's region is known",
    needs=[metadata_exists],
    section="3.2.1",
    setups=[Setup.METADATA_BUCKET],
)
def metadata_located(context: Context) -> Outcome:
    """The two buckets may be in two regions; then two regions have to be handed over."""
    location = context.location(context.connection.metadata_bucket)
    if not location.region:
        return _located(context, context.connection.metadata_bucket)
    return passed(f"{location.bucket} is in {location.region}", evidence=[location.answer.evidence])


@check("BUCKET007", "the bucket belongs to the key's account", needs=[exists, credentials.valid], section="2")
def owned(context: Context) -> Outcome:
    """If you mistype a name, the bucket of that name may be a stranger's. A bucket of another account that is meant can
    work, but then its owner has to allow it in a bucket policy as well."""
    caller, name = context.caller, context.connection.bucket
    if caller is None:
        needed = not context.connection.endpoint_url
        return unknown(
            "nobody says which account the key belongs to", evidence=[context.identity.evidence], needed=needed
        )
    plain = context.listed(name, "")
    if not plain.ok:
        return unknown(
            "the owner shows only to a key that may list the bucket", evidence=[plain.evidence], needed=False
        )
    answer = probes.list_page(context.s3, name, max_keys=1, owner=caller.account)
    if answer.ok:
        return passed(f"{name} belongs to account {caller.account}", evidence=[answer.evidence])
    if answer.http != DENIED:
        return unknown("who owns the bucket could not be found out", evidence=[answer.evidence], needed=False)
    fix = Fix(
        f"If {name} is meant to be another account's, have its owner keep the bucket policy that lets your user in, "
        "and tell the platform. If not, compare the name letter by letter: this bucket is not yours.",
    )
    return warn(
        f"{name} does not belong to account {caller.account}, which the key is of",
        evidence=[plain.evidence, answer.evidence],
        fix=fix,
        cause=Cause("foreign-bucket", "S3 refuses the same request as soon as it is told whose bucket to expect."),
    )


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


FAMILY = Family(
    "BUCKET",
    "The bucket",
    (named, reachable, exists, located, metadata_exists, metadata_located, owned, clock),
)
