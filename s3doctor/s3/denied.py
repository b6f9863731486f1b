"""AWS's access-denied messages: which policy, which statement's absence or presence, and on what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer


class PolicyKind(str, Enum):
    """The kinds of policy and setting that AWS names as the reason of a denial."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"
    VPC_ENDPOINT = "VPC endpoint policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ROLE_TRUST = "role trust policy"
    SSE_C = "blocked encryption type"
    PUBLIC_ACLS = "BlockPublicAcls"
    PUBLIC_POLICIES = "BlockPublicPolicy"
    ELSEWHERE = "another account or region"
    UNNAMED = "policy"


@dataclass(frozen=True)
class Denied:
    """What an access-denied message says.

    `user` is the ARN of the caller (or `anonymous`), `action` such as `s3:GetObject`, `resource` an ARN, empty where
    the message names none. `explicit` means that a Deny statement matched; else no Allow did. `policy_arn` is the
    policy's ARN or id where AWS names it. `through` is the policy by which an endpoint policy reached the request.
    """

    user: str
    action: str
    resource: str = ""
    policy: PolicyKind = PolicyKind.UNNAMED
    explicit: bool = False
    policy_arn: str = ""
    through: PolicyKind | None = None

    @property
    def user_name(self) -> str:
        """The last part of the caller's ARN: an IAM user's name, `root`, or a role's session name."""
        return re.split(r"[/:]", self.user)[-1]


_MESSAGE = re.compile(
    r"User:\s*(?P<user>arn:\S+|anonymous)\s+is\s+not\s+authorized\s+to\s+perform:\s*(?P<action>[\w-]+:[\w*]+)"
    r'(?:\s+on\s+(?:resource:\s*(?:"(?P<quoted>.*)"|(?P<bare>\S+))|this\s+resource))?'
    r"(?:\s+(?P<why>because\b.*?|with\s+an\s+explicit\s+deny\b.*?))?"
    r"(?::\s*(?P<policy>arn:\S+|p-\w+))?[\s.'\"]*$",
    re.DOTALL | re.IGNORECASE,
)
"""The documented shape, tolerant of wrapped lines, of keys with spaces and quotes and of a policy's ARN at the end. The
resource reaches to the last quote: a key's own name may read like a reason. Sources: S3
User Guide, "Troubleshoot access denied (403 Forbidden) errors"; IAM User Guide, "Troubleshoot access denied error
messages"; AWS Security Blog, "Enhanced access denied error messages with policy ARNs"."""

_ENCODED = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL | re.IGNORECASE)

_PHRASES: tuple[tuple[str, PolicyKind], ...] = (
    ("does not exist in this region", PolicyKind.ELSEWHERE),
    ("server side encryption with customer provided keys", PolicyKind.SSE_C),
    ("blockpublicacls", PolicyKind.PUBLIC_ACLS),
    ("blockpublicpolicy", PolicyKind.PUBLIC_POLICIES),
    ("vpc endpoint polic", PolicyKind.VPC_ENDPOINT),
    ("service control polic", PolicyKind.SERVICE_CONTROL),
    ("resource control polic", PolicyKind.RESOURCE_CONTROL),
    ("permissions boundar", PolicyKind.BOUNDARY),
    ("session polic", PolicyKind.SESSION),
    ("sessions polic", PolicyKind.SESSION),
    ("role trust polic", PolicyKind.ROLE_TRUST),
    ("identity-based polic", PolicyKind.IDENTITY),
    ("resource-based polic", PolicyKind.RESOURCE),
)
"""What each reason contains, in lower case; the first that fits counts."""


def parse_denied(message: str) -> Denied | None:
    """What an access-denied message says, None for one that explains nothing (a plain `Access Denied`)."""
    found = _MESSAGE.search(_ENCODED.sub("", message))
    if not found:
        return None
    why = " ".join((found["why"] or "").lower().split())
    return Denied(
        user=found["user"],
        action=found["action"],
        resource=found["quoted"] or found["bare"] or "",
        policy=next((kind for phrase, kind in _PHRASES if phrase in why), PolicyKind.UNNAMED),
        explicit=why.startswith("with an explicit deny"),
        policy_arn=(found["policy"] or "").rstrip(".'\""),
        through=PolicyKind.SERVICE_CONTROL if "transitively through a service control" in why else None,
    )


def refuses(answer: Answer, action: str) -> bool:
    """Whether S3 says that it is this action (`s3:GetObject`) which it refuses.

    A missing object is refused for want of s3:ListBucket where the caller may not list: that says nothing of reading.
    """
    denied = parse_denied(answer.message)
    return denied is not None and denied.action == action
