"""Who may do what: what moto's IAM knows about the caller of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, PermissionResult, create_access_key
from moto.iam.models import iam_backends
from moto.s3.responses import ACTION_MAP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.credentials import Credentials

PARTITION = "aws"


@dataclass(frozen=True)
class Caller:
    """An IAM user or a role's session, the key it signs with, and the policies that count for it."""

    arn: str
    key: Credentials
    policies: tuple[IAMPolicy, ...]

    def decision(self, action: str, resource: str) -> PermissionResult:
        """DENIED, PERMITTED or NEUTRAL: an explicit deny counts most, no word at all least."""
        said = {policy.is_action_permitted(action, resource) for policy in self.policies}
        for result in (PermissionResult.DENIED, PermissionResult.PERMITTED):
            if result in said:
                return result
        return PermissionResult.NEUTRAL

    def may(self, action: str, resource: str) -> bool:
        """Whether the policies allow it."""
        return self.decision(action, resource) is PermissionResult.PERMITTED

    def refusal(self, action: str, resource: str) -> str:
        """Amazon S3's sentence about a request that it refused, as the S3 user guide, "403 errors", documents it."""
        denied = self.decision(action, resource) is PermissionResult.DENIED
        reason = (
            "with an explicit deny in an identity-based policy"
            if denied
            else f"because no identity-based policy allows the {action} action"
        )
        return f'User: {self.arn} is not authorized to perform: {action} on resource: "{resource}" {reason}'


def find_caller(account_id: str, access_key_id: str, session_token: str = "") -> Caller | None:
    """Whose key it is; None for a key that does not exist or a session token that is not the key's."""
    headers = {"X-Amz-Security-Token": session_token} if session_token else {}
    try:
        owner = create_access_key(account_id, PARTITION, access_key_id, headers)
    except CreateAccessKeyFailure:
        return None
    policies = tuple(IAMPolicy(policy) for policy in owner.collect_policies())
    return Caller(owner.arn, owner.create_credentials(), policies)


def is_inactive(account_id: str, access_key_id: str) -> bool:
    """Whether the key exists and is switched off; moto itself would let it pass."""
    keys = iam_backends[account_id][PARTITION].get_all_access_keys_for_all_users()
    return any(key.access_key_id == access_key_id and key.status == "Inactive" for key in keys)


def arn(bucket: str, key: str = "") -> str:
    """The ARN of a bucket, or of an object in it."""
    return f"arn:{PARTITION}:s3:::{bucket}/{key}" if key else f"arn:{PARTITION}:s3:::{bucket}"


def action(method: str, key: str, query: Iterable[str]) -> str:
    """The IAM action that a request needs, from moto's table; `query` holds the names of its parameters.

    A `HEAD` of a bucket is authorised as a listing, which moto's table does not know.
    """
    if method == "HEAD" and not key:
        return "s3:ListBucket"
    known = ACTION_MAP["KEY" if key else "BUCKET"].get(method, {})
    names = [known[name] for name in query if name in known]
    return f"s3:{(names or [known.get('DEFAULT', 'DeleteObject')])[0]}"
