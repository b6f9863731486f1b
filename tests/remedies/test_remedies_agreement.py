"""What the offline evaluator says and what a server does over HTTP is the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from remedies.attempts import allowed, make_buckets, stock
from remedies.cases import CASES, DATASET, ELSEWHERE, METADATA, READ_ONLY, SINGLE, forbidden

from s3doctor.remedies.evaluate import Effect, evaluate
from s3doctor.remedies.grammar import read
from s3doctor.remedies.needs import Need, needed
from s3doctor.remedies.policy import Options, documents, page_policy

if TYPE_CHECKING:
    from gateway.gateway import Gateway

    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: str | list[str], resource: str | list[str], effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


POLICIES = {
    "page": page_policy(READ_ONLY),
    "works": json.loads(documents(READ_ONLY)[0].text),
    "full": json.loads(documents(SINGLE)[0].text),
    "everything": _policy(_allow("s3:*", "*")),
    "objects only": _policy(_allow(["s3:ListBucket", "s3:GetObject"], "arn:aws:s3:::pictures/*")),
    "bucket only": _policy(_allow(["s3:ListBucket", "s3:GetObject"], "arn:aws:s3:::pictures")),
    "pictures of one kind": _policy(_allow("s3:GetObject", "arn:aws:s3:::pictures/*/photos/*.jpg")),
    "deny inside": _policy(_allow("s3:*", "*"), _allow("s3:Get*", "arn:aws:s3:::pictures/street/photos/*", "Deny")),
    "not action": _policy({"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": "arn:aws:s3:::pictures*"}),
    "odd case": _policy(_allow("S3:GetObject", "arn:aws:s3:::pictures/Street/*")),
}
CONDITIONAL = {
    "restricted": json.loads(documents(READ_ONLY, options=Options(restrict_listing=True))[0].text),
    "other prefix": _policy(
        _allow("s3:ListBucket", "arn:aws:s3:::pictures", Condition={"StringLike": {"s3:prefix": "other/*"}})
    ),
    "denied prefix": _policy(
        _allow("s3:*", "*"),
        _allow(
            "s3:ListBucket",
            "arn:aws:s3:::pictures",
            "Deny",
            Condition={"StringEquals": {"s3:prefix": "street/photos/"}},
        ),
    ),
}


def requests() -> list[Need]:
    connection = replace(SINGLE, username="ann")
    root = Need("s3:ListBucket", "arn:aws:s3:::pictures", "s3://pictures/", "root", {"s3:prefix": ""})
    return [*needed(connection, DATASET), *forbidden(READ_ONLY, Options()), root]


def disagreements(admin: Any, client: Any, policy: dict[str, Any]) -> list[str]:
    make_buckets(admin, "pictures", ELSEWHERE)
    stock(admin, requests())
    statements = read(json.dumps(policy)).statements
    found = []
    for need in requests():
        said = evaluate(statements, need.action, need.resource, need.facts).effect
        if allowed(client, need) is not (said is Effect.ALLOWED):
            found.append(f"{need.action} {need.uri}: {said.value}")
    return found


@pytest.mark.parametrize("name", POLICIES)
def test_with_the_embedded_s3(embedded_s3: EmbeddedS3, name: str) -> None:
    client = embedded_s3.client("s3", embedded_s3.create_user("ann", {"policy": POLICIES[name]}))
    assert disagreements(embedded_s3.admin_client("s3"), client, POLICIES[name]) == []


@pytest.mark.gateway
@pytest.mark.parametrize("name", [*(name for name in POLICIES if name != "not action"), *CONDITIONAL])
def test_with_the_gateway(gateway: Gateway, name: str) -> None:
    """Ceph 16.2 passes over every statement that has a NotAction, so that one is left out here."""
    policy = {**POLICIES, **CONDITIONAL}[name]
    client = gateway.client("s3", gateway.create_user("ann", {"policy": policy}))
    assert disagreements(gateway.admin_client("s3"), client, policy) == []


@pytest.mark.gateway
@pytest.mark.parametrize("restricted", [False, True], ids=["plain", "restricted"])
@pytest.mark.parametrize("case", CASES)
def test_generated_policies_work_on_the_gateway(gateway: Gateway, case: str, restricted: bool) -> None:  # noqa: FBT001 - a case
    connection, options = CASES[case]
    options = replace(options, restrict_listing=restricted)
    needs = needed(connection, DATASET, dataset_shape=options.dataset_shape)
    make_buckets(gateway.admin_client("s3"), "pictures", "notes", ELSEWHERE)
    stock(gateway.admin_client("s3"), [*needs, *forbidden(connection, options)])
    policies = {d.title: json.loads(d.text) for d in documents(connection, options=options)}
    client = gateway.client("s3", gateway.create_user("ann", policies))
    assert [f"{need.action} {need.uri}" for need in needs if not allowed(client, need)] == []
    assert [f"{need.action} {need.uri}" for need in forbidden(connection, options) if allowed(client, need)] == []


@pytest.mark.gateway
@pytest.mark.parametrize("connection", [METADATA, SINGLE], ids=["metadata-bucket", "single-bucket"])
def test_the_gateway_asks_for_more_than_aws_before_a_batch_delete(gateway: Gateway, connection: Connection) -> None:
    """Ceph 16.2 wants s3:DeleteObject on the whole bucket for DeleteObjects; AWS looks at each key's own permission.

    The policies are AWS's least privilege and are not widened for it: single deletes work on both.
    """
    make_buckets(gateway.admin_client("s3"), "pictures", "notes")
    policies = {d.title: json.loads(d.text) for d in documents(connection)}
    client = gateway.client("s3", gateway.create_user("ann", policies))
    bucket, key = connection.browsed_bucket, f"{connection.metadata_prefix(DATASET)}models/m/x.json"
    client.put_object(Bucket=bucket, Key=key, Body=b"{}")
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}]})
    client.delete_object(Bucket=bucket, Key=key)
    assert "Contents" not in client.list_objects_v2(Bucket=bucket, Prefix=key)
