"""Prepares a case on a server and says how to examine it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from s3doctor.connection import Connection, Credentials, Secret, Setup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from s3doctor.demo.cases import Bucket, Case, User

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
ABSENT_KEY = "AKIAIOSFODNN7EXAMPLE"
OTHER_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 - the example secret of AWS's manuals


class Host(Protocol):
    """A server that patients can lie in: the embedded S3, or a gateway in tests."""

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""

    def admin_client(self, service: str, region: str = ...) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A boto3 client that may do everything."""

    def create_user(self, name: str, policies: Mapping[str, Mapping[str, Any]]) -> Credentials:
        """A user with these inline policies, and its key."""

    def make_root(self, credentials: Credentials) -> None:
        """Let the key be that of the account's root user."""

    def set_clock(self, minutes: float) -> None:
        """Let the server's clock be ahead of this computer's."""

    def disown(self, bucket: str) -> None:
        """Let the bucket belong to another account."""


def prepare(case: Case, host: Host) -> Connection:
    """Make the case's buckets, objects, user and policies on the host; returns what the doctor is to examine."""
    for name, bucket in case.buckets.items():
        _fill(case, host, name, bucket)
    policies = {name: case.policy(name) for name in case.user.policies}
    credentials = _key(case.user, host, policies)
    fields: dict[str, Any] = {
        **{name: tuple(value) if isinstance(value, list) else value for name, value in case.doctor.items()},
        "setup": Setup(case.doctor["setup"]),
    }
    if case.clock_minutes:
        host.set_clock(case.clock_minutes)
    return Connection(**{"credentials": credentials, "endpoint_url": host.endpoint_url, **fields})


def _fill(case: Case, host: Host, name: str, bucket: Bucket) -> None:
    """One bucket with its settings and objects."""
    s3 = host.admin_client("s3", bucket.region)
    place = {} if bucket.region == "us-east-1" else {"LocationConstraint": bucket.region}
    s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
    if bucket.versioning:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if bucket.cors:
        s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": bucket.cors})
    if bucket.dataset:
        for key, content in case.objects(bucket.dataset).items():
            s3.put_object(Bucket=name, Key=key, Body=content, StorageClass=case.class_of(key))
    if bucket.foreign:
        host.disown(name)


def _key(user: User, host: Host, policies: Mapping[str, Mapping[str, Any]]) -> Credentials:
    """The key that the doctor is given, with whatever is wrong with it."""
    if user.key.startswith("temporary"):
        return _session(user, host, policies)
    good = host.create_user(user.name, policies)
    if user.key == "inactive":
        iam = host.admin_client("iam")
        iam.update_access_key(UserName=user.name, AccessKeyId=good.access_key_id, Status="Inactive")
    if user.key == "root":
        host.make_root(good)
    faulty = {
        "none": Credentials(),
        "wrong-secret": Credentials(good.access_key_id, Secret(OTHER_SECRET), source=good.source),
        "unknown": Credentials(ABSENT_KEY, good.secret_access_key, source=good.source),
    }
    return faulty.get(user.key, good)


def _session(user: User, host: Host, policies: Mapping[str, Mapping[str, Any]]) -> Credentials:
    """The key of a role's session, with or without its token."""
    iam = host.admin_client("iam")
    role = iam.create_role(RoleName=user.name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    for name, document in policies.items():
        iam.put_role_policy(RoleName=user.name, PolicyName=name, PolicyDocument=json.dumps(document))
    key = host.admin_client("sts").assume_role(RoleArn=role, RoleSessionName="demo")["Credentials"]
    token = key["SessionToken"] if user.key == "temporary" else ""
    return Credentials(key["AccessKeyId"], Secret(key["SecretAccessKey"]), Secret(token), source="the embedded S3")
