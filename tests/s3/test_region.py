"""Regions, partitions and names of buckets."""

from __future__ import annotations

import pytest

from s3doctor.s3.region import (
    bucket_name_faults,
    did_you_mean,
    is_dotted,
    known_regions,
    may_be_region,
    partition_of,
    special_kind,
)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("eu-west1", "eu-west-1"),
        ("EU-WEST-1", "eu-west-1"),
        ("euwest1", "eu-west-1"),
        ("us_east_1", "us-east-1"),
        (" us-east-1 ", "us-east-1"),
        ("eu-central-1b", "eu-central-1"),
        ("eu-centrl-1", "eu-central-1"),
        ("Frankfurt", "eu-central-1"),
        ("us-gov-west1", "us-gov-west-1"),
        ("eu-west-9", ""),
        ("nowhere", ""),
        ("", ""),
        ("eu-west-1", ""),
    ],
)
def test_a_misspelt_region_is_recognised(given: str, meant: str) -> None:
    assert did_you_mean(given) == meant


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("eu-west-77", "aws", "amazonaws.com"),
        ("nowhere", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_a_region_belongs_to_a_partition(region: str, partition: str, suffix: str) -> None:
    assert (partition_of(region).name, partition_of(region).dns_suffix) == (partition, suffix)


@pytest.mark.parametrize(
    ("region", "may"), [("eu-west-1", True), ("eu-west-9", True), ("eu-west1", False), ("nowhere", False), ("", False)]
)
def test_the_shape_of_a_region(region: str, *, may: bool) -> None:
    assert may_be_region(region) is may


def test_known_regions_have_descriptions_and_no_pseudo_regions() -> None:
    assert known_regions()["eu-west-1"] == "Europe (Ireland)"
    assert not [name for name in known_regions() if name.endswith("global")]


@pytest.mark.parametrize("name", ["abc", "my-bucket.2", "a" * 63, "clients-an", "1bucket", "x--x-s3", "x-s3alias"])
def test_a_legal_or_special_name_has_no_fault(name: str) -> None:
    assert bucket_name_faults(name) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "0 long"),
        ("ab", "2 long"),
        ("a" * 64, "64 long"),
        ("MyBucket", "'M', 'B'"),
        ("my bucket", "' '"),
        ("my_bucket", "'_'"),
        ("my/bucket", "'/'"),
        ("büro-bucket", "'ü'"),
        ("bucket\n", r"'\n'"),
        ("-bucket", "begin and end"),
        ("bucket-", "begin and end"),
        ("my..bucket", "Two dots"),
        ("192.168.5.4", "IP address"),
        ("xn--bucket", "xn--"),
        ("sthree-bucket", "sthree-"),
        ("amzn-s3-demo-bucket", "amzn-s3-demo-"),
    ],
)
def test_each_rule_for_names_is_kept(name: str, words: str) -> None:
    assert [fault for fault in bucket_name_faults(name) if words in fault] == bucket_name_faults(name)
    assert len(bucket_name_faults(name)) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("my-bucket", ""),
        ("data--use1-az4--x-s3", "directory bucket"),
        ("my-ap-hash-s3alias", "access point alias"),
        ("my-ap-hash--ol-s3", "Object Lambda access point alias"),
        ("mfzwi23gnjvgw.mrap", "Multi-Region Access Point alias"),
        ("x--table-s3", "table bucket"),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/my-ap", "access point"),
        ("arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap", "Multi-Region Access Point"),
        ("arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/my-ap", "Object Lambda access point"),
        ("arn:aws:s3-outposts:eu-west-1:123456789012:outpost/op-1/accesspoint/ap", "Outposts access point"),
        ("arn:aws:s3tables:eu-west-1:123456789012:bucket/b", "table bucket"),
        ("arn:aws:s3:::my-bucket", ""),
    ],
)
def test_special_names_are_named(name: str, kind: str) -> None:
    assert special_kind(name) == kind


@pytest.mark.parametrize(("name", "dotted"), [("a.b", True), ("ab", False), ("x.mrap", False)])
def test_a_dot_matters_for_browsers(name: str, *, dotted: bool) -> None:
    assert is_dotted(name) is dotted
