"""What to submit: complete, masked where it is shown, and only what the platform takes."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remedies.cases import METADATA, READ_ONLY, SINGLE

from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.remedies.handoff import handoff, key_faults, locations, uri_faults

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYnotarealkey"
KEY = Credentials("AKIAIOSFODNN7EXAMPLE", Secret(SECRET))
READY = replace(READ_ONLY, credentials=KEY, region="eu-central-1")


def test_locations_of_each_set_up() -> None:
    read = {
        "images": "s3://pictures/street/photos/",
        "annotations": "s3://pictures/street/annotations.json",
        "predictions": "s3://pictures/street/predictions.json",
    }
    assert locations(READ_ONLY, "street", "photos") == read
    assert locations(METADATA, "street", "photos") == {**read, "metadata": "s3://notes/meta/"}
    shaped = locations(METADATA, "street", "photos", dataset_shape=True)
    assert shaped["metadata"] == "s3://notes/street/meta/"
    assert locations(SINGLE, "street", "photos")["metadata"] == "s3://pictures/street/meta/"


def test_what_is_shown_holds_no_secret() -> None:
    document = handoff(READY)
    body = json.loads(document.text)
    assert SECRET not in document.text
    assert "AKIAIOSFODNN7EXAMPLE" not in document.text
    assert (body["user_name"], body["access_key_id"], body["region_name"]) == ("ann", "AKIA…MPLE", "eu-central-1")
    (dataset,) = body["datasets"]
    assert dataset["name"] == "street"
    assert dataset["images_location"] == {
        "type": "aws_s3",
        "s3_uri": "s3://pictures/street/photos/",
        "credentials": {"aws_access_key_id": "AKIA…MPLE", "region_name": "eu-central-1"},
    }
    assert "metadata_location" not in dataset


def test_what_is_written_is_complete() -> None:
    connection = replace(METADATA, credentials=KEY, region="eu-central-1", datasets=("street", "night"))
    datasets = json.loads(handoff(connection, secret=True).text)["datasets"]
    assert [dataset["name"] for dataset in datasets] == ["street", "night"]
    credentials = {
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": SECRET,
        "region_name": "eu-central-1",
    }
    for dataset in datasets:
        parts = [value for name, value in dataset.items() if name != "name"]
        assert len(parts) == 4
        assert all(part["credentials"] == credentials for part in parts)


def test_a_session_token_belongs_to_a_temporary_key() -> None:
    temporary = replace(READY, credentials=replace(KEY, session_token=Secret("token")))
    (dataset,) = json.loads(handoff(temporary, "other", secret=True).text)["datasets"]
    assert dataset["images_location"]["credentials"]["aws_session_token"] == "token"
    assert dataset["images_location"]["s3_uri"] == "s3://pictures/street/other/"


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (READY, []),
        (replace(READY, username=""), ["the user name is missing"]),
        (replace(READY, region=""), ["the region is missing"]),
        (replace(READY, credentials=Credentials()), ["the access key is missing"]),
        (replace(READY, credentials=replace(KEY, access_key_id="ASIAIOSFODNN7EXAMPLE")), ["is a temporary one"]),
        (replace(READY, credentials=replace(KEY, session_token=Secret("x"))), ["is a temporary one"]),
        (replace(READY, username="", region=""), ["the user name is missing", "the region is missing"]),
    ],
)
def test_what_identifies_the_customer(connection: Connection, words: list[str]) -> None:
    faults = key_faults(connection)
    assert len(faults) == len(words)
    assert all(word in fault for word, fault in zip(words, faults, strict=True))


@pytest.mark.parametrize(
    ("connection", "dataset", "images", "words"),
    [
        (READY, "street", "photos", []),
        (READY, "a/b.c_d-e", "x/y", []),
        (READY, "my street", "photos", ["'my street' holds ' '"]),
        (READY, "street", "photos (1)+", ["'photos (1)+' holds ' ' '(' ')' '+'"]),
        (READY, "straße", "photos", ["'straße' holds 'ß'"]),
        (READY, "street", "a//b", ["'' is empty: there are two slashes in a row"]),
        (replace(READY, bucket="Pictures"), "street", "photos", ["the bucket 'Pictures' is no name"]),
        (replace(READY, bucket="pi"), "street", "photos", ["the bucket 'pi'"]),
        (replace(READY, bucket="a..b"), "street", "photos", ["the bucket 'a..b'"]),
        (replace(READY, bucket="192.168.1.1"), "street", "photos", ["the bucket '192.168.1.1'"]),
        (replace(METADATA, metadata_dir="my meta"), "street", "photos", ["'my meta' holds ' '"]),
    ],
)
def test_what_the_platform_would_refuse(connection: Connection, dataset: str, images: str, words: list[str]) -> None:
    faults = uri_faults(connection, dataset, images)
    assert len(faults) == len(words)
    assert all(word in fault for word, fault in zip(words, faults, strict=True))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6))
def test_faults_are_exactly_the_parts_that_the_pattern_refuses(dataset: str, images: str) -> None:
    good = all(re.fullmatch(r"[a-zA-Z0-9._-]+", part) for part in [*dataset.split("/"), *images.split("/")])
    ends_in_slash = images.endswith("/")  # `images//` has an empty part
    assert (uri_faults(READY, dataset, images) == ()) == (good and not ends_in_slash)
