"""What is in the generated policies, set-up by set-up and partition by partition."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from remedies.cases import METADATA, READ_ONLY, SINGLE

from s3doctor.connection import BadInput, Connection
from s3doctor.remedies import arn, policy
from s3doctor.remedies.evaluate import Effect
from s3doctor.remedies.grammar import read
from s3doctor.remedies.lint import review
from s3doctor.remedies.policy import Options, documents, page_policy, policy_fix

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALL_ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]


def made(connection: Connection, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """The statements of each policy by its name."""
    return {d.title: json.loads(d.text)["Statement"] for d in documents(connection, **more)}


def test_read_only_reads_the_dataset() -> None:
    assert made(READ_ONLY) == {
        "tenyksReadOnlyAccess": [
            {
                "Sid": "ListBucket",
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": "arn:aws:s3:::pictures",
            },
            {
                "Sid": "ReadObjects",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::pictures/street/*",
            },
        ]
    }


@pytest.mark.parametrize(("shape", "where"), [(False, "notes/meta/*"), (True, "notes/street/meta/*")])
def test_metadata_bucket_has_a_second_policy_in_either_shape(shape: bool, where: str) -> None:  # noqa: FBT001 - a case
    found = made(METADATA, options=Options(dataset_shape=shape))
    assert list(found) == ["tenyksReadOnlyAccess", "tenyksWriteAccess"]
    listing, objects = found["tenyksWriteAccess"]
    assert listing["Resource"] == "arn:aws:s3:::notes"
    assert (objects["Action"], objects["Resource"]) == (ALL_ACTIONS, f"arn:aws:s3:::{where}")


def test_single_bucket_reads_and_writes_in_the_dataset_only() -> None:
    _, objects = made(SINGLE)["tenyksFullBucketAccess"]
    assert (objects["Action"], objects["Resource"]) == (ALL_ACTIONS, "arn:aws:s3:::pictures/street/*")


def test_without_a_dataset_the_whole_bucket_is_opened() -> None:
    found = made(replace(METADATA, datasets=()), options=Options(dataset_shape=True))
    assert [statements[1]["Resource"] for statements in found.values()] == [
        "arn:aws:s3:::pictures/*",
        "arn:aws:s3:::notes/meta/*",
    ]


@pytest.mark.parametrize(
    ("region", "name"),
    [("", "aws"), ("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_is_the_region_s(region: str, name: str) -> None:
    for statements in made(replace(METADATA, region=region)).values():
        assert all(statement["Resource"].startswith(f"arn:{name}:s3:::") for statement in statements)


def test_partitions_are_botocore_s() -> None:
    import botocore.session

    session = botocore.session.get_session()
    for name in session.get_available_partitions():
        for region in session.get_available_regions("s3", partition_name=name, allow_non_regional=False):
            assert arn.partition(region) == name, region


def test_an_access_point_has_its_own_form() -> None:
    point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/views"
    listing, objects = made(replace(READ_ONLY, bucket=point))["tenyksReadOnlyAccess"]
    assert (listing["Resource"], objects["Resource"]) == (point, f"{point}/object/street/*")


def test_names_that_policies_would_read_as_wildcards_are_spelled_out() -> None:
    _, objects = made(replace(READ_ONLY, datasets=("a*b?c$d",)))["tenyksReadOnlyAccess"]
    assert objects["Resource"] == "arn:aws:s3:::pictures/a${*}b${?}c${$}d/*"


@pytest.mark.parametrize("restricted", [False, True])
def test_very_many_datasets_are_spread_over_policies_that_iam_takes(restricted: bool) -> None:  # noqa: FBT001 - a case
    names = tuple(f"dataset-with-a-long-name-{number:04}" for number in range(400))
    connection = replace(METADATA, datasets=names)
    options = Options(dataset_shape=True, restrict_listing=restricted)
    made = documents(connection, options=options)
    assert len({document.title for document in made}) == len(made) > 4
    assert [d.title for d in made][:2] == ["tenyksReadOnlyAccess", "tenyksReadOnlyAccess2"]
    parsed = [read(document.text, document.title) for document in made]
    assert not any(policy.refused for policy in parsed)
    found = review(parsed, connection, [names[0], names[199], names[399]], dataset_shape=True)
    assert not found.having(Effect.DENIED)


def test_a_single_name_too_long_for_any_policy_is_not_split_for_ever() -> None:
    (document,) = documents(replace(READ_ONLY, datasets=("x" * 7000,)))
    assert read(document.text).refused


def test_listing_can_be_restricted() -> None:
    listing, _ = made(READ_ONLY, options=Options(restrict_listing=True))["tenyksReadOnlyAccess"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["street", "street/*"]}}
    listing, _ = made(replace(READ_ONLY, datasets=()), options=Options(restrict_listing=True))["tenyksReadOnlyAccess"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["*"]}}


def test_kms_keys_are_for_reading_or_for_both_and_through_s3_only() -> None:
    found = made(METADATA, kms_key_arns=[KEY])
    assert found["tenyksReadOnlyAccess"][2] == {
        "Sid": "UseKmsKeyThroughS3",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": KEY,
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
    }
    assert found["tenyksWriteAccess"][2]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert made(METADATA, kms_key_arns=[KEY], options=Options(kms_key_arns=())) == found


def test_kms_in_china_goes_by_either_name() -> None:
    keys = [key.replace(":aws:", ":aws-cn:").replace("eu-central-1", "cn-north-1") for key in (KEY, KEY[:-1] + "c")]
    statement = made(READ_ONLY, kms_key_arns=keys)["tenyksReadOnlyAccess"][2]
    assert statement["Resource"] == keys
    assert statement["Condition"]["StringEquals"]["kms:ViaService"] == [
        "s3.cn-north-1.amazonaws.com",
        "s3.cn-north-1.amazonaws.com.cn",
    ]


@pytest.mark.parametrize("wrong", ["alias/mine", "arn:aws:kms:eu-west-1:123456789012:alias/mine", "1234abcd", ""])
def test_a_kms_key_must_be_given_by_its_arn(wrong: str) -> None:
    with pytest.raises(BadInput, match=r"expected arn:aws:kms:REGION:ACCOUNT:key/ID"):
        documents(READ_ONLY, kms_key_arns=[wrong])


def test_the_page_s_policy_leaves_out_the_dataset() -> None:
    assert page_policy(READ_ONLY)["Statement"][1]["Resource"] == ["arn:aws:s3:::pictures/photos/*"]
    assert page_policy(Connection("b"))["Statement"][1]["Resource"] == ["arn:aws:s3:::b/images/*"]
    assert page_policy(Connection("b"), images="x")["Statement"][1]["Resource"] == ["arn:aws:s3:::b/x/*"]


def test_a_fix_without_a_user_name_asks_for_it() -> None:
    fix = policy_fix(replace(METADATA, username=""), kms_key_arns=[KEY])
    assert [document.title for document in fix.documents] == [policy.READ_ONLY, policy.WRITE]
    assert "see that the user has both attached" in fix.text
    assert all('--user-name="${USER_NAME:?' in command for command in fix.commands)
    assert all(KEY in document.text for document in fix.documents)
