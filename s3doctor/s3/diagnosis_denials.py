"""Which denial an answer is: by AWS's own words, else by what else is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.s3.denied import Denied, PolicyKind, parse_denied
from s3doctor.s3.diagnosis_facts import action_of, split
from s3doctor.s3.region import special_kind

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

DENIED = ("AccessDenied", "AccessDeniedException", "Forbidden")
_SETTINGS = {
    PolicyKind.SSE_C: "sse-c-blocked",
    PolicyKind.PUBLIC_ACLS: "public-acls-blocked",
    PolicyKind.PUBLIC_POLICIES: "public-policies-blocked",
}
_NOT_ALLOWED = {
    "s3:ListBucket": "list-not-allowed",
    "s3:PutObject": "write-not-allowed",
    "s3:DeleteObject": "delete-not-allowed",
}
_WORDS = (
    ("object lock", "object-locked"),
    ("mfa authentication", "mfa-delete"),
    ("request has expired", "presigned-expired"),
    ("anonymous", "unsigned-request"),
)
"""What a refusal without a policy may contain, in lower case."""


def recognise(answer: Answer, situation: Situation) -> str:
    """The kind of denial, empty for an answer that is none."""
    if answer.http != 403 or (answer.code and answer.code not in DENIED):  # noqa: PLR2004 - HTTP's Forbidden
        return ""
    if situation.prefix_list_allowed and action_of(answer) == "s3:ListBucket" and not split(answer, situation)[1]:
        return "prefix-scoped-list"
    denied = parse_denied(answer.message)
    return _explained(denied, situation) if denied else _unexplained(answer, situation)


def _explained(denied: Denied, situation: Situation) -> str:
    """The kind of a denial that AWS gives a reason for."""
    if denied.user == "anonymous":
        return "unsigned-request"
    if denied.policy in _SETTINGS:
        return _SETTINGS[denied.policy]
    if denied.policy is PolicyKind.UNNAMED:
        return "explicit-deny" if denied.explicit else "not-authorised"
    return _special_cases(denied, situation) or f"{_slug(denied.policy)}-{_how(denied)}"


def _special_cases(denied: Denied, situation: Situation) -> str:
    """What says more than the kind of the policy."""
    if denied.through:
        return "vpc-endpoint-policy-deny-by-organisation"
    if denied.policy is PolicyKind.RESOURCE and denied.explicit:
        if situation.works_elsewhere:
            return "denied-from-here"
        return "upload-conditions" if denied.action == "s3:PutObject" else ""
    if denied.policy is PolicyKind.IDENTITY and not denied.explicit:
        if denied.action == "s3:GetObject" and situation.list_allowed:
            return "object-path-not-allowed"
        return _NOT_ALLOWED.get(denied.action, "")
    return ""


def _slug(policy: PolicyKind) -> str:
    """The policy's kind as part of a stable name: `identity-policy`."""
    return policy.value.lower().replace("-based", "").replace(" ", "-")


def _how(denied: Denied) -> str:
    """A resource control policy only ever denies; the others may also fail to allow."""
    return "deny" if denied.explicit or denied.policy is PolicyKind.RESOURCE_CONTROL else "missing"


def _unexplained(answer: Answer, situation: Situation) -> str:
    """The kind of a plain Access Denied: told apart by what else is known."""
    message = answer.message.lower()
    special = special_kind(split(answer, situation)[0])
    read = action_of(answer) == "s3:GetObject"
    hints = (
        *((words in message, kind) for words, kind in _WORDS),
        (situation.requester_pays_works, "requester-pays"),
        (situation.expected_owner, "foreign-bucket"),
        (special == "directory bucket", "directory-bucket"),
        (special, "access-point"),
        (read and situation.other_owner, "foreign-object"),
        (read and situation.listed and situation.reads_beside, "object-differs"),
        (read and situation.list_allowed is False and not situation.listed, "missing-or-denied"),
    )
    return next((kind for hint, kind in hints if hint), "access-denied-unexplained")
