"""Every documented form of AWS's access-denied message is understood."""

from __future__ import annotations

import pytest

from s3doctor.s3.answer import Answer
from s3doctor.s3.denied import Denied, PolicyKind, parse_denied, refuses

USER = "arn:aws:iam::123456789012:user/team/anna"
OBJECT = "arn:aws:s3:::photos/street/images/a b.jpg"
START = f'User: {USER} is not authorized to perform: s3:GetObject on resource: "{OBJECT}" '
POLICY = "arn:aws:iam::123456789012:policy/DenyAll"
ALLOWS = "allows the s3:GetObject action"

FORMS = [
    (f"because no identity-based policy {ALLOWS}", PolicyKind.IDENTITY, False),
    ("with an explicit deny in an identity-based policy", PolicyKind.IDENTITY, True),
    (f"because no resource-based policy {ALLOWS}", PolicyKind.RESOURCE, False),
    ("with an explicit deny in a resource-based policy", PolicyKind.RESOURCE, True),
    (f"because no service control policy {ALLOWS}", PolicyKind.SERVICE_CONTROL, False),
    ("with an explicit deny in a service control policy", PolicyKind.SERVICE_CONTROL, True),
    ("with an explicit deny in a resource control policy", PolicyKind.RESOURCE_CONTROL, True),
    (f"because no VPC endpoint policy {ALLOWS}", PolicyKind.VPC_ENDPOINT, False),
    ("with an explicit deny in a VPC endpoint policy", PolicyKind.VPC_ENDPOINT, True),
    (f"because no permissions boundary {ALLOWS}", PolicyKind.BOUNDARY, False),
    ("with an explicit deny in a permissions boundary", PolicyKind.BOUNDARY, True),
    (f"because no session policy {ALLOWS}", PolicyKind.SESSION, False),
    ("with an explicit deny in a session policy", PolicyKind.SESSION, True),
    ("with an explicit deny in a sessions policy", PolicyKind.SESSION, True),
    ("because no role trust policy allows the sts:AssumeRole action", PolicyKind.ROLE_TRUST, False),
    ("with an explicit deny in the role trust policy", PolicyKind.ROLE_TRUST, True),
    (
        (
            "because this bucket has blocked upload requests that specify Server Side Encryption with Customer "
            "provided keys (SSE-C). Please specify a different server-side encryption type"
        ),
        PolicyKind.SSE_C,
        False,
    ),
    (
        "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access",
        PolicyKind.PUBLIC_ACLS,
        False,
    ),
    (
        "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
        PolicyKind.PUBLIC_POLICIES,
        False,
    ),
    ("with an explicit deny", PolicyKind.UNNAMED, True),
]


@pytest.mark.parametrize("end", ["", ".", f": {POLICY}"], ids=["plain", "full stop", "policy ARN"])
@pytest.mark.parametrize(("why", "kind", "explicit"), FORMS, ids=[form[0][:60] for form in FORMS])
def test_each_reason(why: str, kind: PolicyKind, end: str, *, explicit: bool) -> None:
    found = parse_denied(START + why + end)
    arn = POLICY if "arn:" in end else ""
    assert found == Denied(USER, "s3:GetObject", OBJECT, kind, explicit, arn)
    assert found.user_name == "anna"


def test_an_endpoint_policy_that_came_through_an_organisation() -> None:
    why = "with an explicit deny in a VPC endpoint policy transitively through a service control policy"
    found = parse_denied(START + why)
    assert found is not None
    assert (found.policy, found.through, found.explicit) == (PolicyKind.VPC_ENDPOINT, PolicyKind.SERVICE_CONTROL, True)


@pytest.mark.parametrize(
    ("on", "resource"),
    [
        ("", ""),
        (" on this resource", ""),
        (f" on resource: {OBJECT.split(maxsplit=1)[0]}", OBJECT.split(maxsplit=1)[0]),
        (f' on\n resource:\n "{OBJECT}"', OBJECT),
        (' on resource: "arn:aws:s3:::photos/a "quoted" because.jpg"', 'arn:aws:s3:::photos/a "quoted" because.jpg'),
    ],
)
def test_the_resource_may_be_quoted_bare_wrapped_or_absent(on: str, resource: str) -> None:
    found = parse_denied(
        f"User: {USER} is not authorized to perform: s3:GetObject{on}\n because no identity-based policy {ALLOWS}"
    )
    assert found is not None
    assert (found.resource, found.policy) == (resource, PolicyKind.IDENTITY)


def test_an_organisation_policy_is_named_by_its_arn_as_seen_in_the_wild() -> None:
    arn = "arn:aws:organizations::246880240156:policy/o-abc/service_control_policy/p-xyz"
    found = parse_denied(START + "with an explicit deny in a service control policy: " + arn)
    assert found is not None
    assert found.policy_arn == arn
    short = parse_denied(START + "with an explicit deny in a service control policy: p-xyz1")
    assert short is not None
    assert short.policy_arn == "p-xyz1"


def test_a_kms_key_of_another_account_or_region() -> None:
    found = parse_denied(
        f"User: {USER} is not authorized to perform: kms:Decrypt on this resource because the resource does not exist "
        "in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
    )
    assert found == Denied(USER, "kms:Decrypt", "", PolicyKind.ELSEWHERE)


def test_an_encoded_message_is_cut_off() -> None:
    found = parse_denied(
        f"{START}with an explicit deny in a session policy. Encoded authorization failure message: abc"
    )
    assert found is not None
    assert found.policy is PolicyKind.SESSION


def test_without_a_reason_only_the_facts_remain() -> None:
    assert parse_denied("User: anonymous is not authorized to perform: s3:ListBucket") == Denied(
        "anonymous", "s3:ListBucket"
    )


@pytest.mark.parametrize("message", ["Access Denied", "", "Access Denied because object protected by object lock."])
def test_a_message_that_explains_nothing(message: str) -> None:
    assert parse_denied(message) is None


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        (f"{START}because no identity-based policy {ALLOWS}", True),
        (START.replace("s3:GetObject", "s3:ListBucket") + "with an explicit deny", False),
        ("Access Denied", False),
    ],
)
def test_only_the_action_that_aws_names_is_known_to_be_refused(message: str, *, refused: bool) -> None:
    assert refuses(Answer("GetObject", "s3://photos/x", 403, "AccessDenied", message), "s3:GetObject") is refused
