"""Is there a key, whose is it, may it be handed over?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks.judging import is_s3, situation
from s3doctor.checks.reaching import clock
from s3doctor.connection import masked
from s3doctor.model import Cause, Evidence, Family, Fix, Outcome, check, fail, passed, unknown, warn
from s3doctor.s3.diagnosis import diagnose
from s3doctor.s3.keyid import what_is

if TYPE_CHECKING:
    from s3doctor.context import Caller, Context

NEW_KEY = Fix(
    "In the AWS console, open IAM, Users, your user, Security credentials, Create access key. Download the CSV file "
    "and give it to s3doctor with --credentials-csv.",
)
NO_STS = "this server has no STS, so nobody can say whose key it is"


@check("CRED001", "an access key is given", section="3.1")
def given(context: Context) -> Outcome:
    """The platform signs every request with an access key ID and a secret access key. Both come from the CSV file
    that the AWS console lets you download once, when the key is made."""
    credentials = context.connection.credentials
    missing = [
        name
        for name, value in (
            ("access key ID", credentials.access_key_id),
            ("secret access key", credentials.secret_access_key),
        )
        if not value
    ]
    if missing:
        return fail(f"no {' and no '.join(missing)} given", fix=NEW_KEY)
    shown = f"access key ID {masked(credentials.access_key_id)} from {credentials.source or 'the caller'}"
    odd = what_is(credentials.access_key_id)
    if odd and not context.connection.endpoint_url:
        return warn(f"{shown}: {odd}", fix=NEW_KEY)
    return passed(shown)


@check(
    "CRED002",
    "the key is valid",
    needs=[given],
    unless_failed=[clock],
    section="3.1",
    actions=["sts:GetCallerIdentity"],
)
def valid(context: Context) -> Outcome:
    """AWS must know the access key ID, it must be active, and the secret must be the one that belongs to it. Whether
    it is can be asked without any permission."""
    identity = context.identity
    if context.caller is not None:
        return passed(f"AWS knows the key: {_who(context.caller)}", evidence=[identity.evidence])
    listed = context.listed(context.connection.bucket, "")
    if (listed.ok and is_s3(listed)) or listed.code in ("AccessDenied", "NoSuchBucket"):
        return passed("the S3 server accepts the key", evidence=[listed.evidence])
    known = situation(context)
    first, second = diagnose(listed, known), diagnose(identity, known)
    if first.nature != "credentials" and second.nature == "credentials":
        first = second
    evidence = [identity.evidence, listed.evidence]
    if first.nature == "credentials":
        return fail(f"the key is refused: {first.cause.text}", cause=first.cause, fix=first.fix, evidence=evidence)
    return unknown(
        "whether the key is valid could not be found out", cause=first.cause, fix=first.fix, evidence=evidence
    )


def _who(caller: Caller) -> str:
    who = f"user {caller.user}" if caller.user else caller.arn
    return f"{who} of account {caller.account}"


@check("CRED003", "the key belongs to the user that you name", needs=[valid], section="3.1")
def belongs(context: Context) -> Outcome:
    """You hand over a user name together with a key. If the key is another user's, the platform's records and your
    policies will not agree."""
    username, caller = context.connection.username, context.caller
    if caller is None:
        return unknown(NO_STS, evidence=[context.identity.evidence], needed=not context.connection.endpoint_url)
    if not username:
        return passed(f"the key is that of {_who(caller)} (give --username to have it compared)")
    if caller.user == username:
        return passed(f"the key is that of user {username}")
    fix = Fix(f"Make an access key for the user {username}, or name {caller.user or caller.arn} when you hand over.")
    return fail(
        f"the key belongs to {caller.user or caller.arn}, not to {username}",
        evidence=[context.identity.evidence],
        fix=fix,
        cause=Cause("wrong-user", f"The key that you gave was made for {caller.user or caller.arn}."),
    )


@check("CRED004", "the key is not the root user's", needs=[valid], section="3.1")
def not_root(context: Context) -> Outcome:
    """A key of the account's root user may do everything and cannot be restricted. It must never be given away."""
    caller = context.caller
    if caller is None:
        return unknown(NO_STS, evidence=[context.identity.evidence], needed=not context.connection.endpoint_url)
    if not caller.is_root:
        return passed(f"{caller.user or caller.arn} is not the root user")
    fix = Fix(
        "Delete this key at once: sign in as the root user, Security credentials, Access keys. Then create an IAM user "
        "for the platform, with the policies of the page, and a key for that user.",
    )
    return fail(
        f"this is a key of the root user of account {caller.account}",
        evidence=[context.identity.evidence],
        fix=fix,
        cause=Cause("root-key", "A root key opens everything in your account."),
    )


@check("CRED005", "the key is long-lived", needs=[given], section="3.1")
def long_lived(context: Context) -> Outcome:
    """The platform shows images through links that live seven days. A link dies together with the temporary key that
    signed it, so only the long-lived key of an IAM user will do."""
    credentials = context.connection.credentials
    if not credentials.access_key_id.startswith("ASIA") and not credentials.session_token:
        return passed("the key has no expiry date")
    return fail(
        "this is a temporary key: it stops working within hours",
        fix=NEW_KEY,
        cause=Cause("temporary-key", "Keys that start with ASIA, or come with a session token, expire."),
        evidence=[Evidence(f"access key ID {masked(credentials.access_key_id)}")],
    )


FAMILY = Family("CRED", "The key", (given, valid, belongs, not_root, long_lived))
