"""May the key list the bucket?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import bucket, credentials
from s3doctor.checks.judging import DENIED, policy, trouble
from s3doctor.model import Cause, Fix, Outcome, Who, check, fail, passed
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from s3doctor.context import Context
    from s3doctor.s3.answer import Answer


@check(
    "PERM001",
    "the key may list the bucket",
    needs=[credentials.valid, bucket.exists],
    section="3.1",
    actions=["s3:ListBucket"],
)
def lists(context: Context) -> Outcome:
    """The platform finds your images by listing the bucket. The permission s3:ListBucket belongs to the bucket
    itself, not to the objects in it: its Resource has no slash and no star."""
    prefixes = [f"{name}/" for name in context.connection.datasets] or [""]
    name = context.connection.bucket
    for prefix in prefixes:
        answer = context.listed(name, prefix)
        if not answer.ok and _requester_pays(context, answer):
            return _pays(name, answer)
        if not answer.ok:
            where = f"{name}/{prefix}".rstrip("/")
            fix = policy(context) if answer.http == DENIED else None
            return trouble(context, answer, f"the key may not list {where}", fix=fix)
    return passed(f"may list {name}", evidence=[context.listed(name, prefix).evidence for prefix in prefixes])


def _requester_pays(context: Context, answer: Answer) -> bool:
    """Whether the same request is granted as soon as it says who pays; asked only where S3 gives no other reason."""
    if answer.http != DENIED or "not authorized" in answer.message or context.connection.endpoint_url:
        return False
    return probes.list_page(context.s3, context.connection.bucket, max_keys=1, payer=True).ok


def _pays(bucket: str, answer: Answer) -> Outcome:
    payer = "Payer=BucketOwner"
    return fail(
        f"{bucket} lets only those in who agree to pay",
        evidence=[answer.evidence],
        cause=Cause(
            "requester-pays", "Requester Pays is switched on for the bucket, and the platform does not offer to pay."
        ),
        fix=Fix(
            "In the S3 console open the bucket, Properties, Requester pays, Edit, Disable.",
            Who.BUCKET_OWNER,
            commands=(
                f"aws s3api put-bucket-request-payment --bucket={bucket} --request-payment-configuration {payer}",
            ),
        ),
    )


CHECKS = (lists,)
