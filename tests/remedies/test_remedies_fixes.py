"""The two fixes that checks hang on their verdicts."""

from __future__ import annotations

import json

from s3doctor.connection import Connection, Setup
from s3doctor.model import Who
from s3doctor.remedies.cors import cors_fix
from s3doctor.remedies.policy import policy_fix


def test_policy_fix_holds_the_policy_to_paste_and_the_command() -> None:
    fix = policy_fix(Connection("pictures", username="ann"), "street")
    assert fix.text.startswith("In the IAM console open Policies, edit (or create) tenyksReadOnlyAccess, choose JSON")
    assert "the user ann" in fix.text
    (document,) = fix.documents
    assert document.title == "tenyksReadOnlyAccess"
    assert json.loads(document.text)["Statement"][1]["Resource"] == "arn:aws:s3:::pictures/street/*"
    (command,) = fix.commands
    assert command.startswith("aws iam put-user-policy --user-name=ann --policy-name tenyksReadOnlyAccess ")


def test_policy_fix_keeps_the_other_datasets_open() -> None:
    fix = policy_fix(Connection("pictures", datasets=("a", "b")), "c")
    assert json.loads(fix.documents[0].text)["Statement"][1]["Resource"] == [
        "arn:aws:s3:::pictures/a/*",
        "arn:aws:s3:::pictures/b/*",
        "arn:aws:s3:::pictures/c/*",
    ]


def test_cors_fix_is_for_the_bucket_that_browsers_read() -> None:
    connection = Connection("pictures", setup=Setup.METADATA_BUCKET, metadata_bucket="meta")
    fix = cors_fix(connection)
    assert fix.who is Who.BUCKET_OWNER
    assert fix.text.startswith("In the S3 console open meta, ")
    assert json.loads(fix.documents[0].text) == [
        {"AllowedHeaders": [], "AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": []}
    ]
    assert "--bucket=meta " in fix.commands[0]
    assert "pictures" in cors_fix(connection, "pictures").text
