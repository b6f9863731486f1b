"""Every generated policy, applied over HTTP in each of its forms, permits the platform's requests and no others."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from remedies.attempts import allowed, make_buckets, stock
from remedies.cases import CASES, DATASET, ELSEWHERE, READ_ONLY, forbidden

from s3doctor.remedies import policy
from s3doctor.remedies.needs import needed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.remedies.needs import Need

EIGHT_MIB = 8 * 1024 * 1024


def by_json(s3: EmbeddedS3, connection: Connection, options: policy.Options, _folder: Path) -> None:
    for document in policy.documents(connection, options=options):
        s3.admin_client("iam").put_user_policy(UserName="ann", PolicyName=document.title, PolicyDocument=document.text)


def by_shell(s3: EmbeddedS3, connection: Connection, options: policy.Options, folder: Path) -> None:
    """The commands run in a real shell; `aws` is a stand-in that hands its arguments to boto3."""
    stand_in = folder / "aws"
    stand_in.write_text(f"#!{sys.executable}\nimport sys, json\nprint(json.dumps(sys.argv[1:]))\n")
    stand_in.chmod(0o755)
    for document in policy.documents(connection, options=options, form="cli"):
        found = subprocess.run(
            ["sh", "-euc", document.text],
            env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
        )
        service, command, user, *rest = json.loads(found.stdout)
        assert [service, command, user] == ["iam", "put-user-policy", "--user-name=ann"]
        given = dict(zip(rest[::2], rest[1::2], strict=True))
        s3.admin_client("iam").put_user_policy(
            UserName="ann", PolicyName=given["--policy-name"], PolicyDocument=given["--policy-document"]
        )


def by_aws_cli(s3: EmbeddedS3, connection: Connection, options: policy.Options, _folder: Path) -> None:
    """The commands run in a real shell with the real AWS CLI."""
    if not shutil.which("aws"):
        pytest.skip("the AWS CLI is not installed")
    admin = s3.admin_client("iam")._request_signer._credentials  # noqa: SLF001 - the server keeps its key to itself
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": s3.endpoint_url,
        "AWS_ACCESS_KEY_ID": admin.access_key,
        "AWS_SECRET_ACCESS_KEY": admin.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for document in policy.documents(connection, options=options, form="cli"):
        subprocess.run(["sh", "-euc", document.text], env=environment, capture_output=True, check=True)


def by_cloudformation(s3: EmbeddedS3, connection: Connection, options: policy.Options, _folder: Path) -> None:
    """The template's managed policies, made and attached as CloudFormation documents them."""
    iam = s3.admin_client("iam")
    for document in policy.documents(connection, options=options, form="cloudformation"):
        for resource in yaml.safe_load(document.text)["Resources"].values():
            assert resource["Type"] == "AWS::IAM::ManagedPolicy"
            given = resource["Properties"]
            made = iam.create_policy(
                PolicyName=given["ManagedPolicyName"], PolicyDocument=json.dumps(given["PolicyDocument"])
            )
            for user in given["Users"]:
                iam.attach_user_policy(UserName=user, PolicyArn=made["Policy"]["Arn"])


def by_terraform(s3: EmbeddedS3, connection: Connection, options: policy.Options, folder: Path) -> None:
    """The policy's expression, evaluated by Terraform itself."""
    if not shutil.which("terraform"):
        pytest.skip("Terraform is not installed")
    for document in policy.documents(connection, options=options, form="terraform"):
        expression = document.text.split("policy = ", 1)[1].split("\n}\n", 1)[0]
        (folder / "main.tf").write_text(f"locals {{\n  policy = {expression}\n}}\n")
        found = subprocess.run(
            ["terraform", "console"],
            input="base64encode(local.policy)\n",
            cwd=folder,
            env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
            capture_output=True,
            text=True,
            check=True,
        )
        text = base64.b64decode(json.loads(found.stdout)).decode()
        s3.admin_client("iam").put_user_policy(UserName="ann", PolicyName=document.title, PolicyDocument=text)


APPLIED = [(case, apply) for case in CASES for apply in (by_json, by_shell, by_cloudformation)]
APPLIED += [("metadata-bucket", apply) for apply in (by_aws_cli, by_terraform)]  # each takes seconds


def _prepared(s3: EmbeddedS3, needs: list[Need]) -> Any:
    """Buckets with an object for each need, and the client of a user without any policy."""
    make_buckets(s3.admin_client("s3"), "pictures", "notes", ELSEWHERE)
    stock(s3.admin_client("s3"), needs)
    return s3.client("s3", s3.create_user("ann", {}))


@pytest.mark.parametrize(("case", "apply"), APPLIED)
def test_it_permits_what_the_platform_does_and_nothing_else(
    embedded_s3: EmbeddedS3, tmp_path: Path, case: str, apply: Callable[..., None]
) -> None:
    connection, options = CASES[case]
    needs = needed(connection, DATASET, dataset_shape=options.dataset_shape)
    client = _prepared(embedded_s3, [*needs, *forbidden(connection, options)])
    assert not any(allowed(client, need) for need in needs)
    apply(embedded_s3, connection, options, tmp_path)
    assert [need.uri for need in needs if not allowed(client, need)] == []
    assert [f"{n.action} {n.uri}" for n in forbidden(connection, options) if allowed(client, n)] == []


@pytest.mark.parametrize("case", ["metadata-bucket", "single-bucket"])
def test_an_upload_in_parts_works(embedded_s3: EmbeddedS3, tmp_path: Path, case: str) -> None:
    connection, options = CASES[case]
    client = _prepared(embedded_s3, [])
    by_json(embedded_s3, connection, options, tmp_path)
    bucket, key = connection.browsed_bucket, f"{connection.metadata_prefix(DATASET)}models/m/big.bin"
    client.upload_fileobj(BytesIO(bytes(EIGHT_MIB + 1)), bucket, key)
    assert client.head_object(Bucket=bucket, Key=key)["ContentLength"] == EIGHT_MIB + 1


def test_the_page_s_own_policy_lists_and_reads_nothing(embedded_s3: EmbeddedS3) -> None:
    make_buckets(embedded_s3.admin_client("s3"), "pictures")
    stock(embedded_s3.admin_client("s3"), list(needed(READ_ONLY, DATASET)))
    pasted = {"tenyksReadOnlyAccess": policy.page_policy(READ_ONLY)}
    client = embedded_s3.client("s3", embedded_s3.create_user("ann", pasted))
    got = {need.action: allowed(client, need) for need in needed(READ_ONLY, DATASET)}
    assert got == {"s3:ListBucket": True, "s3:GetObject": False}


def test_the_fix_cures_the_page_s_own_policy(embedded_s3: EmbeddedS3) -> None:
    make_buckets(embedded_s3.admin_client("s3"), "pictures")
    stock(embedded_s3.admin_client("s3"), list(needed(READ_ONLY, DATASET)))
    pasted = {"tenyksReadOnlyAccess": policy.page_policy(READ_ONLY)}
    client = embedded_s3.client("s3", embedded_s3.create_user("ann", pasted))
    (document,) = policy.policy_fix(READ_ONLY, DATASET).documents
    embedded_s3.admin_client("iam").put_user_policy(
        UserName="ann", PolicyName=document.title, PolicyDocument=document.text
    )
    assert all(allowed(client, need) for need in needed(READ_ONLY, DATASET))
    assert set(pasted) == {document.title}
