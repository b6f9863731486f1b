"""Policies that say no (section B2 of the taxonomy: S3's enhanced messages)."""

from __future__ import annotations

from s3doctor.model import Who
from s3doctor.s3.diagnosis_model import Known

NEXT = "AWS names one reason at a time: run s3doctor again after the change, another may follow."
POLICIES_OF_USER = (
    "aws iam list-attached-user-policies --user-name={user}",
    "aws iam list-user-policies --user-name={user}",
    "aws iam list-groups-for-user --user-name={user}",
)
BUCKET_POLICY = ("aws s3api get-bucket-policy --bucket={bucket} --query=Policy --output=text",)

CAUSES: dict[str, Known] = {
    "identity-policy-missing": Known(
        "denied",
        "No policy of {user} allows {action} on {arn}. A policy may name other actions, another bucket or other "
        "directories: each letter counts.",
        "In the IAM console open Users, {user}, Permissions, and add the statement below to the user's policy. " + NEXT,
        commands=POLICIES_OF_USER,
    ),
    "identity-policy-deny": Known(
        "denied",
        "Among the policies of {user}, and of that user's groups, {policy} forbids {action} outright. An Allow "
        "elsewhere does not help: a Deny always wins. Usual reasons: it demands MFA, certain IP addresses or certain "
        "regions.",
        "Find the statement with Effect Deny in the policies of {user} and its groups. Remove it, or make an exception "
        "for {user}. " + NEXT,
        commands=POLICIES_OF_USER,
    ),
    "resource-policy-missing": Known(
        "denied",
        "The policy of {bucket} does not grant {action} to {user}. Most often the bucket belongs to another "
        "account, and its own policy has to allow it, too.",
        "The owner of {bucket} adds a statement to the bucket policy that grants {action} to {user}. " + NEXT,
        Who.BUCKET_OWNER,
        commands=BUCKET_POLICY,
        alternatives=("An ACL gave access, and Block Public Access now ignores it (IgnorePublicAcls).",),
        confidence="likely",
    ),
    "resource-policy-deny": Known(
        "denied",
        "The policy of {bucket} forbids {action} outright. A Deny always wins over an Allow. Usual reasons: it wants "
        "certain IP addresses or VPC endpoints, TLS, an organisation, or a list of roles.",
        "The owner of {bucket} finds the statement with Effect Deny in the bucket policy and makes an exception for "
        "{user}. If it is about IP addresses, ask the platform for its own and add them. " + NEXT,
        Who.BUCKET_OWNER,
        commands=BUCKET_POLICY,
        alternatives=(
            "Block Public Access (RestrictPublicBuckets) shuts out other accounts.",
            "The deny holds only from this network: it may work from another.",
        ),
    ),
    "denied-from-here": Known(
        "denied",
        "The policy of {bucket} forbids {action} from this network: the same request works from another one.",
        "The platform reads from its own network, not from yours. Ask the platform for its IP addresses or VPC "
        "endpoint, and see that the bucket policy's Deny makes an exception for them.",
        Who.BUCKET_OWNER,
        commands=BUCKET_POLICY,
    ),
    "service-control-policy-missing": Known(
        "denied",
        "Your organisation allows its accounts only certain actions, and {action} is not among them.",
        "Ask the administrator of your AWS organisation to allow {action} in the service control policy (SCP) of this "
        "account. Nothing that you change in IAM helps. " + NEXT,
        Who.ORGANISATION_ADMIN,
    ),
    "service-control-policy-deny": Known(
        "denied",
        "A rule of your organisation ({policy}) forbids {action}. Usual reasons: regions that are closed, no access "
        "keys of IAM users, no access from outside.",
        "Ask the administrator of your AWS organisation for an exception in the service control policy (SCP) {policy}. "
        "Nothing that you change in IAM helps. " + NEXT,
        Who.ORGANISATION_ADMIN,
    ),
    "resource-control-policy-deny": Known(
        "denied",
        "A rule of the organisation that owns {bucket} ({policy}) forbids {action}. Usual reasons: only callers of the "
        "organisation are let in, or encryption is demanded.",
        "Ask the administrator of the AWS organisation for an exception in the resource control policy (RCP) {policy}. "
        + NEXT,
        Who.ORGANISATION_ADMIN,
    ),
    "vpc-endpoint-policy-missing": Known(
        "denied",
        "This machine reaches S3 through a VPC endpoint, and the endpoint's policy does not allow {action} on {arn}.",
        "Add {bucket} to the policy of the VPC endpoint, or run s3doctor from a machine outside the VPC. The platform "
        "does not use your endpoint: from there it may work.",
        alternatives=("The key's own policies may be quite right.",),
    ),
    "vpc-endpoint-policy-deny": Known(
        "denied",
        "This machine reaches S3 through a VPC endpoint, and the endpoint's policy forbids {action} on {arn}.",
        "Make an exception for {bucket} in the policy of the VPC endpoint, or run s3doctor from a machine outside the "
        "VPC. The platform does not use your endpoint: from there it may work.",
    ),
    "vpc-endpoint-policy-deny-by-organisation": Known(
        "denied",
        "This machine reaches S3 through a VPC endpoint, whose policy forbids {action} because of a rule of your "
        "organisation ({policy}).",
        "Ask the administrator of your AWS organisation for an exception, or run s3doctor from a machine outside "
        "the VPC.",
        Who.ORGANISATION_ADMIN,
    ),
    "permissions-boundary-missing": Known(
        "denied",
        "{user} has a permissions boundary: a list of all that the user can ever be allowed. {action} is not on it.",
        "Ask whoever made {user} to allow {action} in the permissions boundary. " + NEXT,
        commands=("aws iam get-user --user-name={user} --query=User.PermissionsBoundary",),
    ),
    "permissions-boundary-deny": Known(
        "denied",
        "{user} has a permissions boundary ({policy}) that forbids {action} outright.",
        "Ask whoever made {user} to remove the Deny from the permissions boundary, or to make an exception. " + NEXT,
        commands=("aws iam get-user --user-name={user} --query=User.PermissionsBoundary",),
    ),
    "session-policy-missing": Known(
        "denied",
        "This is a temporary key, made with a session policy that does not allow {action}.",
        "Use the long-lived access key of an IAM user, as the set-up page says. Else whoever makes the session allows "
        "{action} in its policy.",
    ),
    "session-policy-deny": Known(
        "denied",
        "This is a temporary key, made with a session policy ({policy}) that forbids {action}.",
        "Use the long-lived access key of an IAM user, as the set-up page says. Else whoever makes the session removes "
        "the Deny from its policy.",
    ),
    "role-trust-policy-missing": Known(
        "denied",
        "The role does not trust {user}: its trust policy does not let that user assume it.",
        "The owner of the role grants sts:AssumeRole to {user} in the role's trust policy. The platform does not "
        "need a role: the access key of an IAM user is enough.",
    ),
    "role-trust-policy-deny": Known(
        "denied",
        "The role refuses {user}: its trust policy forbids that user from assuming it.",
        "The owner of the role removes the Deny from the role's trust policy. The platform does not need a role: the "
        "access key of an IAM user is enough.",
    ),
    "sse-c-blocked": Known(
        "encryption",
        "{bucket} does not take objects that are encrypted with a key of the sender's own (SSE-C).",
        "Upload without SSE-C: leave the encryption to the bucket's default.",
    ),
    "public-acls-blocked": Known(
        "write",
        "The upload asked to make the object public, and Block Public Access of {bucket} prevents that.",
        "Upload without an ACL (no public-read). The object need not be public: the platform reads with your key.",
    ),
    "public-policies-blocked": Known(
        "write",
        "The bucket policy that you tried to set makes {bucket} public, and Block Public Access prevents that.",
        "Do not make the bucket public: the platform reads with your key. Set a policy that names the user instead "
        "of *.",
    ),
}
