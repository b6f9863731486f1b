"""A connection as people type it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from s3doctor.connection import BadInput, Connection, Credentials, Secret, Setup, masked
from s3doctor.names_given import Named, bucket_named, endpoint_named
from s3doctor.tidy import tidy

REGION = "eu-central-1"
ENDPOINT = "http://localhost:9000/store"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("my-bucket", Named("my-bucket")),
        ("  my-bucket\n", Named("my-bucket")),
        ("'my-bucket'", Named("my-bucket")),
        ("My_Bucket", Named("My_Bucket")),
        ("my-bucket/", Named("my-bucket", form="a path")),
        ("my-bucket/ds/", Named("my-bucket", "ds", form="a path")),
        ("s3://my-bucket", Named("my-bucket", form="an s3 URI")),
        ("S3://my-bucket/a/b/", Named("my-bucket", "a/b", form="an s3 URI")),
        ("s3a://my-bucket/ds/annotations.json", Named("my-bucket", "ds", form="an s3 URI")),
        ("s3://my-bucket/predictions.json", Named("my-bucket", form="an s3 URI")),
        ("arn:aws:s3:::my-bucket", Named("my-bucket", form="an ARN")),
        ("arn:aws-cn:s3:::my-bucket/ds/*", Named("my-bucket", "ds", form="an ARN")),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/x", Named("arn:aws:s3:eu-west-1:123456789012:accesspoint/x")),
        ("https://my-bucket.s3.eu-central-1.amazonaws.com/ds/", Named("my-bucket", "ds", REGION, "a URL")),
        ("my-bucket.s3.eu-central-1.amazonaws.com", Named("my-bucket", "", REGION, "a URL")),
        ("https://my.dotted.bucket.s3.amazonaws.com", Named("my.dotted.bucket", form="a URL")),
        ("http://my-bucket.s3-eu-central-1.amazonaws.com/a%20b", Named("my-bucket", "a b", REGION, "a URL")),
        ("https://my-bucket.s3.dualstack.eu-central-1.amazonaws.com", Named("my-bucket", "", REGION, "a URL")),
        ("https://my-bucket.s3-website.eu-central-1.amazonaws.com", Named("my-bucket", "", REGION, "a URL")),
        ("https://my-bucket.s3.cn-north-1.amazonaws.com.cn", Named("my-bucket", "", "cn-north-1", "a URL")),
        ("https://s3.us-gov-west-1.amazonaws.com/my-bucket/ds", Named("my-bucket", "ds", "us-gov-west-1", "a URL")),
        ("https://s3.amazonaws.com/my-bucket?X-Amz-Signature=canary", Named("my-bucket", form="a URL")),
        (
            "https://eu-west-1.console.aws.amazon.com/s3/buckets/my-bucket?region=eu-central-1&prefix=my+ds/&tab=objects",
            Named("my-bucket", "my ds", REGION, "an address of the AWS console"),
        ),
        (
            "https://s3.console.aws.amazon.com/s3/object/my-bucket?prefix=ds/annotations.json",
            Named("my-bucket", "ds", "", "an address of the AWS console"),
        ),
        (
            "https://123456789012-abc.us-east-1.console.aws.amazon.com/s3/buckets/my-bucket",
            Named("my-bucket", "", "", "an address of the AWS console"),
        ),
        ("http://localhost:9000/store/my-bucket/ds", Named("my-bucket", "ds", "", "a URL")),
    ],
)
def test_a_bucket_is_read_from_every_form(text: str, named: Named) -> None:
    assert bucket_named(text, endpoint_url=ENDPOINT) == named


@pytest.mark.parametrize(
    "text", ["", " \u200b", "s3://", "s3:///ds", "arn:aws:s3:::", "/ds", "https://s3.amazonaws.com/"]
)
def test_what_names_no_bucket_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--bucket names no bucket: expected a name such as my-bucket"):
        bucket_named(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/my-bucket?secret=canary",
        "http://localhost:9000/my-bucket",
        "https://[::1/x",
        "https://console.aws.amazon.com/iam/home",
        "https://",
    ],
)
def test_a_url_of_something_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadInput, match="--bucket is a URL, but not of a bucket on Amazon S3: expected") as fault:
        bucket_named(text)
    assert "canary" not in str(fault.value)


@pytest.mark.parametrize(
    "text", ["http://localhost:9000", "https://s3.example.com/store", "http://[::1]:80", "HTTP://h"]
)
def test_an_endpoint_is_a_url(text: str) -> None:
    assert endpoint_named(f" {text}/ ") == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("localhost:9000", "is not an http or https URL"),
        ("ftp://localhost", "is not an http or https URL"),
        ("http://", "is not an http or https URL"),
        ("http://:80", "names no host and port"),
        ("http://host:0", "names no host and port"),
        ("http://host:70000", "names no host and port"),
        ("http://host:port", "names no host and port"),
        ("http://a b", "names no host and port"),
        ("http://[::1", "names no host and port"),
        ("http://user:canary@host", "holds a user name or password"),
        ("http://host/?x=canary", "goes on after its path"),
        ("http://host/#x", "goes on after its path"),
    ],
)
def test_what_is_no_endpoint_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint) as fault:
        endpoint_named(text)
    assert "expected a URL such as https://s3.example.com" in str(fault.value)
    assert "canary" not in str(fault.value)


def test_a_plain_connection_is_left_as_it_is() -> None:
    connection = Connection("my-bucket", datasets=("ds",), images="images", region="eu-central-1", username="alice")
    assert tidy(connection) == connection


def test_dataset_and_region_come_from_the_bucket_s_url_and_it_is_said() -> None:
    connection = tidy(Connection("https://my-bucket.s3.eu-central-1.amazonaws.com/ds"))
    assert (connection.bucket, connection.datasets, connection.region) == ("my-bucket", ("ds",), "eu-central-1")
    assert connection.notes == (
        "The bucket was given as a URL; read as bucket my-bucket, dataset ds, region eu-central-1.",
    )


def test_what_is_given_beside_the_url_counts_more() -> None:
    connection = tidy(Connection("https://b.s3.eu-central-1.amazonaws.com/ds", datasets=("other",), region="eu-west-1"))
    assert (connection.bucket, connection.datasets, connection.region) == ("b", ("other",), "eu-west-1")
    assert connection.notes == ("The bucket was given as a URL; read as bucket b; its path ds was left out.",)


@pytest.mark.parametrize(
    ("given", "metadata_dir", "expected"),
    [
        ("meta", "metadata", ("meta", "metadata", ())),
        ("s3://meta", "own", ("meta", "own", ("The metadata bucket was given as an s3 URI; read as bucket meta.",))),
        (
            "s3://meta/dir/",
            "metadata",
            ("meta", "dir", ("The metadata bucket was given as an s3 URI; read as bucket meta, directory dir.",)),
        ),
    ],
)
def test_a_metadata_bucket_is_read_likewise(given: str, metadata_dir: str, expected: tuple[object, ...]) -> None:
    connection = tidy(Connection("b", setup=Setup.METADATA_BUCKET, metadata_bucket=given, metadata_dir=metadata_dir))
    assert (connection.metadata_bucket, connection.metadata_dir, connection.notes) == expected


def test_datasets_lose_their_slashes_and_doubles() -> None:
    connection = tidy(Connection("b", datasets=("/a/", "a", "s3://b/c/", "d/e", "f/annotations.json")))
    assert connection.datasets == ("a", "c", "d/e", "f")
    assert connection.notes == tuple(f"The dataset was read as {name}." for name in ("a", "c", "f"))


def test_directories_lose_their_slashes() -> None:
    connection = tidy(Connection("b", images="/images/", metadata_dir=" meta/ "))
    assert (connection.images, connection.metadata_dir) == ("images", "meta")
    assert connection.notes == ("--images was read as images.", "--metadata-dir was read as meta.")


def test_a_region_is_written_small_on_aws_only() -> None:
    assert tidy(Connection("b", region=" EU-West-1 ")).region == "eu-west-1"
    assert tidy(Connection("b", region="Default", endpoint_url="http://localhost")).region == "Default"


def test_aws_s_own_endpoint_is_no_other_server() -> None:
    connection = tidy(Connection("b", endpoint_url="https://s3.eu-central-1.amazonaws.com/"))
    assert (connection.endpoint_url, connection.region) == ("", "eu-central-1")
    assert connection.notes == (
        "--endpoint-url is Amazon S3's own; the bucket is examined on AWS, where it needs none.",
    )
    assert tidy(Connection("b", endpoint_url="https://b.s3.amazonaws.com")).endpoint_url == ""
    vpc = "https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com"
    assert tidy(Connection("b", endpoint_url=vpc)).endpoint_url == vpc


def test_a_user_s_arn_ends_in_the_name() -> None:
    connection = tidy(Connection("b", username="arn:aws:iam::123456789012:user/team/alice"))
    assert connection.username == "alice"
    assert connection.notes == ("--username was read as alice.",)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("*", "*"),
        ("https://app.example.com", "https://app.example.com"),
        ("https://App.Example.com/login?x=1", "https://app.example.com"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_scheme_host_and_port(given: str, origin: str) -> None:
    connection = tidy(Connection("b", origins=(given, origin)))
    assert connection.origins == (origin,)
    assert connection.notes == ((f"--origin was read as {origin}.",) if given != origin else ())


PLAIN = Connection("b")


@pytest.mark.parametrize(
    ("connection", "complaint"),
    [
        (replace(PLAIN, datasets=("/",)), "--dataset is empty: expected a directory's name"),
        (replace(PLAIN, datasets=("a/../b",)), r"--dataset holds a '\.' or '\.\.' step"),
        (replace(PLAIN, datasets=("./a",)), r"--dataset holds a '\.' or '\.\.' step"),
        (replace(PLAIN, datasets=("s3://other/a",)), r"--dataset names another bucket \(other\) than --bucket \(b\)"),
        (replace(PLAIN, images="/"), "--images is empty"),
        (replace(PLAIN, images=".."), "--images holds a"),
        (replace(PLAIN, metadata_dir=""), "--metadata-dir is empty"),
        (replace(PLAIN, region="eu central"), "--region is not a region's code: expected one such as eu-central-1"),
        (replace(PLAIN, region="fränkfurt"), "--region is not a region's code"),
        (replace(PLAIN, origins=("app.example.com",)), "--origin is not a web origin: expected one such as https"),
        (replace(PLAIN, setup=Setup.METADATA_BUCKET), "--setup metadata-bucket needs --metadata-bucket"),
        (replace(PLAIN, metadata_bucket="m"), "--metadata-bucket does not go with --setup read-only"),
        (
            replace(PLAIN, setup=Setup.SINGLE_BUCKET, metadata_bucket="m"),
            "--metadata-bucket does not go with --setup single-bucket",
        ),
        *((replace(PLAIN, timeout=time), "--timeout is not a time") for time in (0, -1, math.nan, math.inf)),
    ],
)
def test_what_cannot_be_meant_is_refused(connection: Connection, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint) as fault:
        tidy(connection)
    assert "\n" not in str(fault.value)


def test_a_secret_shows_in_no_representation() -> None:
    secret = Secret("canary-secret")
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", secret, secret, "here")
    connection = Connection("b", credentials=credentials)
    for text in (repr(secret), str(secret), f"{secret}", repr(credentials), repr(connection), str(connection)):
        assert "canary" not in text
        assert "AKIAIOSFODNN7EXAMPLE" not in text
    assert "AKIA…MPLE" in repr(credentials)
    assert secret.reveal() == "canary-secret"


def test_secrets_are_compared_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a") != "a"
    assert not Secret("")


def test_a_short_key_id_is_masked_whole() -> None:
    assert masked("AKIA1234") == "…"
    assert masked("AKIA12345") == "AKIA…2345"


def test_where_the_platform_writes_depends_on_the_set_up() -> None:
    single = Connection("b", setup=Setup.SINGLE_BUCKET)
    second = Connection("b", setup=Setup.METADATA_BUCKET, metadata_bucket="m")
    assert (single.browsed_bucket, single.metadata_prefix("ds")) == ("b", "ds/metadata/")
    assert (second.browsed_bucket, second.metadata_prefix("ds")) == ("m", "metadata/")
    assert [setup.writes for setup in Setup] == [False, True, True]


def test_a_bucket_s_arn_names_nothing_else() -> None:
    connection = tidy(Connection("arn:aws:s3:::b"))
    assert (connection.bucket, connection.datasets) == ("b", ())
    assert connection.notes == ("The bucket was given as an ARN; read as bucket b.",)
