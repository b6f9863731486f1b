"""Section B2: the enhanced access-denied messages."""

from __future__ import annotations

from replay import error
from s3.answers import GET, KMS_KEY, LIST, OBJECT, ORG, OWNER, PLAIN, PUT, SCP_ARN, USER, Row, denied, deny, no

B2 = (
    Row("B2-01-identity-implicit", GET, no("identity-based policy"), "identity-policy-missing"),
    Row("B2-02-identity-explicit", GET, deny("an identity-based policy"), "identity-policy-deny"),
    Row("B2-03-resource-implicit", GET, no("resource-based policy"), "resource-policy-missing", who=OWNER),
    Row("B2-04-resource-explicit", GET, deny("a resource-based policy"), "resource-policy-deny", who=OWNER),
    Row("B2-05-scp-implicit", GET, no("service control policy"), "service-control-policy-missing", who=ORG),
    Row("B2-06-scp-explicit", GET, deny("a service control policy"), "service-control-policy-deny", who=ORG),
    Row(
        "B2-06-scp-explicit-with-arn",
        LIST,
        deny("a service control policy", "s3:ListBucket", SCP_ARN),
        "service-control-policy-deny",
        who=ORG,
    ),
    Row("B2-07-rcp-explicit", GET, deny("a resource control policy"), "resource-control-policy-deny", who=ORG),
    Row("B2-08-vpce-implicit", GET, no("VPC endpoint policy"), "vpc-endpoint-policy-missing"),
    Row("B2-09-vpce-explicit", GET, deny("a VPC endpoint policy"), "vpc-endpoint-policy-deny"),
    Row(
        "B2-10-vpce-through-scp",
        GET,
        deny("a VPC endpoint policy transitively through a service control policy"),
        "vpc-endpoint-policy-deny-by-organisation",
        who=ORG,
    ),
    Row("B2-11-boundary-implicit", GET, no("permissions boundary"), "permissions-boundary-missing"),
    Row("B2-12-boundary-explicit", GET, deny("a permissions boundary"), "permissions-boundary-deny"),
    Row("B2-13-session-implicit", GET, no("session policy"), "session-policy-missing"),
    Row("B2-13-session-explicit", GET, deny("a session policy"), "session-policy-deny"),
    Row("B2-13-sessions-explicit", GET, deny("a sessions policy"), "session-policy-deny"),
    Row("B2-14-role-trust-implicit", GET, no("role trust policy", "sts:AssumeRole"), "role-trust-policy-missing"),
    Row("B2-14-role-trust-explicit", GET, deny("the role trust policy", "sts:AssumeRole"), "role-trust-policy-deny"),
    Row(
        "B2-15-sse-c-blocked",
        PUT,
        denied(
            "because this bucket has blocked upload requests that specify Server Side Encryption with Customer "
            "provided keys (SSE-C). Please specify a different server-side encryption type",
            "s3:PutObject",
        ),
        "sse-c-blocked",
    ),
    Row(
        "B2-16-block-public-acls",
        PUT,
        denied(
            "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access", "s3:PutObject"
        ),
        "public-acls-blocked",
    ),
    Row(
        "B2-17-block-public-policy",
        "PutBucketPolicy",
        denied(
            "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
            "s3:PutBucketPolicy",
        ),
        "public-policies-blocked",
    ),
    Row(
        "B2-18-kms-elsewhere",
        GET,
        denied(
            "because the resource does not exist in this Region, no resource-based policies allow access, or a "
            "resource-based policy explicitly denies access",
            "kms:Decrypt",
            f" on resource: {KMS_KEY}",
        ),
        "kms-key-elsewhere",
        who=OWNER,
    ),
    Row(
        "B2-18-kms-this-resource",
        PUT,
        denied(
            "because no resource-based policy allows the kms:GenerateDataKey action",
            "kms:GenerateDataKey",
            " on this resource",
        ),
        "kms-generate-data-key-denied",
    ),
    Row(
        "B2-18-kms-key-policy-deny",
        GET,
        denied("with an explicit deny in a resource-based policy", "kms:Decrypt", f" on resource: {KMS_KEY}"),
        "kms-key-policy-deny",
        who=OWNER,
    ),
    Row(
        "B2-18-kms-scp",
        GET,
        denied("with an explicit deny in a service control policy", "kms:Decrypt", f" on resource: {KMS_KEY}"),
        "service-control-policy-deny",
        who=ORG,
    ),
    Row("B2-19-plain", LIST, PLAIN, "access-denied-unexplained"),
    Row(
        "B2-20-anonymous",
        GET,
        error(
            403,
            "AccessDenied",
            f'User: anonymous is not authorized to perform: s3:GetObject on resource: "{OBJECT}" because no '
            "resource-based policy allows the s3:GetObject action",
        ),
        "unsigned-request",
    ),
    Row("B2-rule-deny-without-a-policy", GET, denied("with an explicit deny"), "explicit-deny"),
    Row(
        "B2-rule-no-reason",
        GET,
        error(403, "AccessDenied", f"User: {USER} is not authorized to perform: s3:GetObject"),
        "not-authorised",
    ),
)
