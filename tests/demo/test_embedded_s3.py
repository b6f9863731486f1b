"""The embedded S3 refuses and allows as AWS does: seen over HTTP, with boto3's own clients and without."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto import settings
from moto.s3.models import s3_backends
from plainhttp import ask

from s3doctor.connection import Credentials, Secret
from s3doctor.demo.server import EmbeddedS3

if TYPE_CHECKING:
    from collections.abc import Callable


def refusal(call: Callable[..., Any], **parameters: str | int) -> tuple[int, str, str]:
    """HTTP status, code and message of a request that must be refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def test_what_the_policy_allows_works(embedded_s3: EmbeddedS3, bucket: str, key: str, reader: Credentials) -> None:
    s3 = embedded_s3.client("s3", reader)
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"x" * 100
    head = s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
    assert head["x-amz-bucket-region"] == "us-east-1"
    assert head["x-amz-request-id"]
    assert head["x-amz-id-2"]


def test_what_it_does_not_allow_is_refused_in_the_words_of_aws(
    embedded_s3: EmbeddedS3, bucket: str, reader: Credentials
) -> None:
    status, code, message = refusal(embedded_s3.client("s3", reader).put_object, Bucket=bucket, Key="cars/x")
    assert (status, code) == (403, "AccessDenied")
    assert message == (
        f"User: arn:aws:iam::{embedded_s3.account_id}:user/reader is not authorized to perform: s3:PutObject on "
        'resource: "arn:aws:s3:::acme/cars/x" because no identity-based policy allows the s3:PutObject action'
    )


def test_a_deny_is_told_from_a_missing_allow(embedded_s3: EmbeddedS3, bucket: str, reading: dict[str, Any]) -> None:
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/cars/*"}
    user = embedded_s3.create_user("denied", {"a": reading, "b": {"Version": "2012-10-17", "Statement": [deny]}})
    _, _, message = refusal(embedded_s3.client("s3", user).get_object, Bucket=bucket, Key="cars/x")
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_a_missing_key_is_404_only_for_those_who_may_list(
    embedded_s3: EmbeddedS3, bucket: str, reader: Credentials, reading: dict[str, Any]
) -> None:
    assert refusal(embedded_s3.client("s3", reader).get_object, Bucket=bucket, Key="cars/x")[:2] == (404, "NoSuchKey")
    blind = embedded_s3.create_user("blind", {"a": {**reading, "Statement": reading["Statement"][1:]}})
    status, code, message = refusal(embedded_s3.client("s3", blind).get_object, Bucket=bucket, Key="cars/x")
    assert (status, code) == (403, "AccessDenied")
    assert "s3:ListBucket" in message
    put = {**reading["Statement"][1], "Action": ["s3:GetObject", "s3:PutObject"]}
    writer = embedded_s3.create_user("writer", {"a": {**reading, "Statement": [put]}})
    probe = refusal(embedded_s3.client("s3", writer).put_object, Bucket=bucket, Key="cars/x", IfMatch='"0"')
    assert probe[:2] == (404, "NoSuchKey"), "only reading needs the permission to list"
    assert refusal(embedded_s3.client("s3", blind).head_object, Bucket=bucket, Key="cars/x")[:2] == (403, "403")
    assert refusal(embedded_s3.client("s3", blind).head_bucket, Bucket=bucket)[0] == 403


def test_a_missing_bucket_is_404_for_everybody(embedded_s3: EmbeddedS3, reader: Credentials) -> None:
    s3 = embedded_s3.client("s3", reader)
    assert refusal(s3.list_objects_v2, Bucket="acme-2")[:2] == (404, "NoSuchBucket")
    assert refusal(s3.head_bucket, Bucket="acme-2")[0] == 404
    assert refusal(s3.create_bucket, Bucket="acme-2")[:2] == (403, "AccessDenied")
    assert refusal(s3.list_buckets)[:2] == (403, "AccessDenied")


def test_keys_that_are_no_good(embedded_s3: EmbeddedS3, bucket: str, reader: Credentials) -> None:
    other = replace(reader, secret_access_key=Secret("x" * 40))
    unknown = replace(reader, access_key_id="AKIAIOSFODNN7EXAMPLE")
    expected = {"SignatureDoesNotMatch": other, "InvalidAccessKeyId": unknown}
    for code, credentials in expected.items():
        s3 = embedded_s3.client("s3", credentials)
        assert refusal(s3.list_objects_v2, Bucket=bucket)[:2] == (403, code)
        assert refusal(s3.head_bucket, Bucket=bucket)[0] == 403
    sts = embedded_s3.client("sts", reader)
    assert sts.get_caller_identity()["Arn"].endswith(":user/reader")
    assert refusal(embedded_s3.client("sts", other).get_caller_identity)[1] == "SignatureDoesNotMatch"
    assert refusal(embedded_s3.client("sts", unknown).get_caller_identity)[1] == "InvalidClientTokenId"


def test_a_key_that_was_switched_off_is_as_good_as_none(
    embedded_s3: EmbeddedS3, bucket: str, reader: Credentials
) -> None:
    iam = embedded_s3.admin_client("iam")
    iam.update_access_key(UserName="reader", AccessKeyId=reader.access_key_id, Status="Inactive")
    s3, sts = embedded_s3.client("s3", reader), embedded_s3.client("sts", reader)
    assert refusal(s3.list_objects_v2, Bucket=bucket)[:2] == (403, "InvalidAccessKeyId")
    assert refusal(sts.get_caller_identity)[:2] == (403, "InvalidClientTokenId")


def test_a_request_signed_for_another_region_is_refused(embedded_s3: EmbeddedS3) -> None:
    here = embedded_s3.admin_client("s3", "eu-central-1")
    here.create_bucket(Bucket="acme-eu", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    elsewhere = embedded_s3.admin_client("s3", "us-east-1")
    embedded_s3.forget_accesses()
    elsewhere.list_objects_v2(Bucket="acme-eu")
    assert [access.status for access in embedded_s3.accesses] == [400, 200], (
        "boto3 asks again, for the region it is told"
    )
    anyone = ask(f"{embedded_s3.endpoint_url}/acme-eu", "HEAD")
    assert (anyone.status, anyone.headers["x-amz-bucket-region"]) == (403, "eu-central-1")


def test_a_listing_never_gives_more_than_1000_keys_a_page(embedded_s3: EmbeddedS3, reader: Credentials) -> None:
    store = s3_backends[embedded_s3.account_id]["aws"]
    for number in range(1001):
        store.put_object("acme", f"cars/{number:04}", b"")
    s3 = embedded_s3.client("s3", reader)
    page = s3.list_objects_v2(Bucket="acme", MaxKeys=5000, Prefix="cars/0")
    assert (page["KeyCount"], page["MaxKeys"], page["IsTruncated"]) == (1000, 1000, False)
    page = s3.list_objects_v2(Bucket="acme", MaxKeys=5000)
    assert (page["KeyCount"], page["IsTruncated"]) == (1000, True)
    assert s3.list_objects_v2(Bucket="acme", ContinuationToken=page["NextContinuationToken"])["KeyCount"] == 2
    assert s3.list_objects_v2(Bucket="acme", MaxKeys=7)["KeyCount"] == 7


def test_requests_that_make_no_sense(embedded_s3: EmbeddedS3, bucket: str, reader: Credentials) -> None:
    s3 = embedded_s3.client("s3", reader)
    status, code, message = refusal(s3.list_objects_v2, Bucket=bucket, ContinuationToken="rubbish")
    assert (status, code, message) == (400, "InvalidArgument", "The continuation token provided is incorrect")
    url = s3.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, "MaxKeys": 1})
    assert b"SignatureDoesNotMatch" in ask(url.replace("max-keys=1", "max-keys=one")).body


def test_strangers(embedded_s3: EmbeddedS3, bucket: str) -> None:
    url = f"{embedded_s3.endpoint_url}/{bucket}"
    for path in ("", "/cars/x", "/"):
        answer = ask(url + path)
        assert answer.status == 403
        assert b"<Code>AccessDenied</Code><Message>Access Denied</Message>" in answer.body
        assert answer.headers["x-amz-request-id"].encode() in answer.body
        assert parsedate_to_datetime(answer.headers["Date"])
    head = ask(url, "HEAD")
    assert (head.status, head.body, head.headers["x-amz-bucket-region"]) == (403, b"", "us-east-1")
    missing = ask(embedded_s3.endpoint_url + "/acme-2/x")
    assert missing.status == 404
    assert b"<Code>NoSuchBucket</Code>" in missing.body
    assert ask(embedded_s3.endpoint_url).status == 403


def test_strangers_get_what_the_bucket_policy_gives_to_everybody(embedded_s3: EmbeddedS3, bucket: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'.replace("'", '"')
    embedded_s3.admin_client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    embedded_s3.admin_client("s3").put_object(Bucket=bucket, Key="open", Body=b"to all")
    assert ask(f"{embedded_s3.endpoint_url}/{bucket}/open").body == b"to all"
    assert ask(f"{embedded_s3.endpoint_url}/{bucket}").status == 403


def test_the_access_log_tells_what_could_have_written(embedded_s3: EmbeddedS3, bucket: str) -> None:
    admin = embedded_s3.admin_client("s3")
    embedded_s3.forget_accesses()
    admin.list_objects_v2(Bucket=bucket, Prefix="cars/")
    assert refusal(admin.put_object, Bucket=bucket, Key="probe", IfMatch='"0"')[0] == 404
    admin.put_object(Bucket=bucket, Key="new", IfNoneMatch="*")
    embedded_s3.admin_client("sts").get_caller_identity()
    listing, probe, write, identity = embedded_s3.accesses
    assert (listing.method, listing.path, set(listing.query)) == (
        "GET",
        "/acme",
        {"list-type", "prefix", "encoding-type"},
    )
    assert (probe.conditions, probe.status) == (("if-match",), 404)
    assert [access.could_write for access in (listing, probe, write, identity)] == [False, False, True, False]
    assert identity.service == "sts"


def test_servers_side_by_side_know_nothing_of_each_other(embedded_s3: EmbeddedS3, bucket: str) -> None:
    with EmbeddedS3() as other:
        assert other.account_id != embedded_s3.account_id
        other.admin_client("s3").create_bucket(Bucket="elsewhere")
        assert [b["Name"] for b in embedded_s3.admin_client("s3").list_buckets()["Buckets"]] == [bucket]
        assert ask(f"{embedded_s3.endpoint_url}/elsewhere").status == 404
    assert ask(f"{embedded_s3.endpoint_url}/{bucket}").status == 403
    with EmbeddedS3() as third:
        third.admin_client("s3").create_bucket(Bucket="elsewhere")


def test_moto_is_left_as_it_was_found() -> None:
    before = settings.INITIAL_NO_AUTH_ACTION_COUNT
    with EmbeddedS3():
        assert settings.INITIAL_NO_AUTH_ACTION_COUNT == 0
    assert before == settings.INITIAL_NO_AUTH_ACTION_COUNT


def test_it_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with EmbeddedS3() as s3:
        ask(s3.endpoint_url)
        s3.admin_client("s3").list_buckets()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("minutes", "words"), [(20, "Signature expired: "), (-20, "Signature not yet current: ")])
def test_clocks_that_disagree(
    embedded_s3: EmbeddedS3, bucket: str, reader: Credentials, minutes: int, words: str
) -> None:
    embedded_s3.set_clock(minutes)
    status, code, message = refusal(embedded_s3.client("s3", reader).list_objects_v2, Bucket=bucket)
    assert (status, code) == (403, "RequestTimeTooSkewed")
    assert message == "The difference between the request time and the current time is too large."
    status, code, message = refusal(embedded_s3.client("sts", reader).get_caller_identity)
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith(words)
    told = parsedate_to_datetime(ask(embedded_s3.endpoint_url).headers["Date"])
    assert abs((told - datetime.now(timezone.utc)) / timedelta(minutes=1) - minutes) < 1


def test_fourteen_minutes_are_let_pass(embedded_s3: EmbeddedS3, bucket: str, reader: Credentials) -> None:
    embedded_s3.set_clock(14)
    assert embedded_s3.client("s3", reader).list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_a_bucket_of_another_account(embedded_s3: EmbeddedS3, bucket: str, reader: Credentials) -> None:
    s3, mine = embedded_s3.client("s3", reader), embedded_s3.account_id
    assert s3.list_objects_v2(Bucket=bucket, ExpectedBucketOwner=mine)["KeyCount"] == 1
    embedded_s3.disown(bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert refusal(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner=mine)[:2] == (403, "AccessDenied")


def test_root(embedded_s3: EmbeddedS3, reader: Credentials) -> None:
    embedded_s3.make_root(reader)
    identity = embedded_s3.client("sts", reader).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{embedded_s3.account_id}:root"
    other = embedded_s3.create_user("other", {})
    assert embedded_s3.client("sts", other).get_caller_identity()["Arn"].endswith(":user/other")
