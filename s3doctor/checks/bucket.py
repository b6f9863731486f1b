"""Is the bucket there, whose, where, reachable?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import credentials
from s3doctor.checks.judging import DENIED
from s3doctor.checks.reaching import clock, named, reachable
from s3doctor.connection import Setup
from s3doctor.model import Cause, Family, Fix, Outcome, check, fail, passed, unknown, warn
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from s3doctor.context import Context

NO_BUCKET = "NoSuchBucket"


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


FAMILY = Family(
    "BUCKET",
    "The bucket",
    (named, reachable, exists, located, metadata_exists, metadata_located, owned, clock),
)
