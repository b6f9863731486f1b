"""Every cause has words that can be filled in, whatever is known of the answer."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.s3 import (
    diagnosis_credentials,
    diagnosis_network,
    diagnosis_objects,
    diagnosis_place,
    diagnosis_transit,
    diagnosis_writes,
)
from s3doctor.s3.answer import Answer
from s3doctor.s3.diagnosis import CAUSES, NATURES, Situation, diagnose
from s3doctor.s3.diagnosis_facts import facts, in_command, in_words, right_region

if TYPE_CHECKING:
    from types import ModuleType

MODULES = (
    diagnosis_credentials,
    diagnosis_network,
    diagnosis_objects,
    diagnosis_place,
    diagnosis_transit,
    diagnosis_writes,
)
FULL = facts(
    Answer("GetObject", "s3://photos/a; rm -rf $HOME.jpg", 403, "AccessDenied", "no"), Situation(username="an na")
)
EMPTY = facts(Answer("GetCallerIdentity", "sts"), Situation())


@pytest.mark.parametrize("kind", CAUSES)
def test_the_words_of_a_cause_can_be_filled_in(kind: str) -> None:
    known = CAUSES[kind]
    assert known.nature in NATURES
    assert known.confidence in {"certain", "likely", "possible"}
    for values in (FULL, EMPTY):
        for template in (known.text, known.fix, *known.alternatives):
            text = in_words(template, values)
            assert text
            assert "{" not in text


@pytest.mark.parametrize("kind", [kind for kind, known in CAUSES.items() if known.commands])
def test_commands_quote_strangers_names(kind: str) -> None:
    for command in CAUSES[kind].commands:
        assert "rm" not in shlex.split(in_command(command, FULL))
        assert shlex.split(in_command(command, EMPTY))


ANSWERS = st.builds(
    Answer,
    operation=st.sampled_from(
        ["GetObject", "ListObjectsV2", "HeadBucket", "Preflight", "GetCallerIdentity", "PutBucketCors"]
    ),
    resource=st.one_of(st.just("sts"), st.text(max_size=20).map(lambda key: f"s3://photos/{key}")),
    http=st.one_of(st.none(), st.integers(100, 599)),
    code=st.one_of(st.just("AccessDenied"), st.just("InvalidRequest"), st.text(max_size=10)),
    message=st.text(max_size=60),
    fault=st.text(max_size=10),
    reason=st.text(max_size=10),
    fields=st.dictionaries(st.sampled_from(["RequestTime", "ServerTime", "Endpoint", "Region"]), st.text(max_size=20)),
    headers=st.dictionaries(st.sampled_from(["content-type", "x-amz-request-id", "vary"]), st.text(max_size=20)),
    body=st.binary(max_size=20),
)
SITUATIONS = st.builds(
    Situation, region=st.text(max_size=10), origin=st.text(max_size=10), access_key_id=st.text(max_size=50)
)


@settings(deadline=None)
@given(answer=ANSWERS, situation=SITUATIONS)
def test_every_answer_has_a_diagnosis(answer: Answer, situation: Situation) -> None:
    found = diagnose(answer, situation)
    assert found.cause.kind in CAUSES
    assert found.cause.text
    assert found.fix.text


IDENTITY = (
    "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: {} "
    "because no identity-based policy allows the {} action"
)


@pytest.mark.parametrize(
    ("action", "on", "actions", "resource"),
    [
        (
            "s3:GetObject",
            ' on resource: "arn:aws:s3:::photos/a b/c*d/x.jpg"',
            "s3:GetObject",
            "arn:aws:s3:::photos/a b/c${*}d/*",
        ),
        ("s3:ListBucket", ' on resource: "arn:aws:s3:::photos"', "s3:ListBucket", "arn:aws:s3:::photos"),
        ("s3:GetObject", "", "s3:GetObject", "arn:aws:s3:::photos/street/*"),
        (
            "kms:Decrypt",
            " on resource: arn:aws:kms:eu-west-1:123456789012:key/1",
            "kms:Decrypt",
            "arn:aws:kms:eu-west-1:123456789012:key/1",
        ),
        ("kms:GenerateDataKey", " on this resource", ["kms:Decrypt", "kms:GenerateDataKey"], "KMS_KEY_ARN"),
    ],
)
def test_the_missing_statement_is_there_to_paste(action: str, on: str, actions: str | list[str], resource: str) -> None:
    answer = Answer("GetObject", "s3://photos/street/x.jpg", 403, "AccessDenied", IDENTITY.format(action + on, action))
    (document,) = diagnose(answer).fix.documents
    assert json.loads(document.text) == {"Effect": "Allow", "Action": actions, "Resource": resource}


def test_a_deny_has_no_statement_to_paste() -> None:
    message = (
        "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: s3:GetObject with an explicit deny"
    )
    assert diagnose(Answer("GetObject", "s3://photos/x", 403, "AccessDenied", message)).fix.documents == ()


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ("20261124T104300Z", "2026-11-24T11:00:00Z", "17 minutes slow"),
        ("20261124T112000Z", "2026-11-24T11:00:00Z", "20 minutes fast"),
        ("nonsense", "2026-11-24T11:00:00Z", "wrong by more than 15 minutes"),
    ],
)
def test_the_clock_is_told_by_how_much(ours: str, theirs: str, words: str) -> None:
    answer = Answer(
        "GetObject", "s3://b/k", 403, "RequestTimeTooSkewed", fields={"RequestTime": ours, "ServerTime": theirs}
    )
    assert words in diagnose(answer).cause.text


def test_a_secret_in_the_place_of_the_key_id_is_not_shown() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    situation = Situation(access_key_id=secret)
    answer = Answer("ListObjectsV2", "s3://b/", 403, "SignatureDoesNotMatch")
    assert "this key" in diagnose(answer, Situation()).cause.text
    assert secret[:4] not in repr(diagnose(answer, situation)) + repr(situation)
    assert "swapped" in diagnose(Answer("ListObjectsV2", "s3://b/", 403, "InvalidAccessKeyId"), situation).cause.text


@pytest.mark.parametrize(
    ("answer", "region"),
    [
        (Answer("a", "b", headers={"x-amz-bucket-region": "eu-west-1"}), "eu-west-1"),
        (Answer("a", "b", fields={"Region": "eu-west-1"}), "eu-west-1"),
        (Answer("a", "b", fields={"Endpoint": "photos.s3.dualstack.eu-west-1.amazonaws.com"}), "eu-west-1"),
        (Answer("a", "b", fields={"Endpoint": "photos.s3-eu-west-1.amazonaws.com"}), "eu-west-1"),
        (Answer("a", "b", fields={"Endpoint": "photos.s3.amazonaws.com"}), ""),
        (Answer("a", "b", message="the region 'us-east-1' is wrong; expecting 'us-gov-west-1'"), "us-gov-west-1"),
    ],
)
def test_the_right_region_is_read_wherever_s3_names_it(answer: Answer, region: str) -> None:
    assert right_region(answer) == region


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_code_leads_to_a_known_cause(module: ModuleType) -> None:
    tables = [value for name, value in vars(module).items() if name.lstrip("_").startswith("BY_")]
    assert tables
    assert {kind for table in tables for kind in table.values()} <= set(CAUSES)


@pytest.mark.parametrize(
    ("message", "username", "shown"),
    [
        (IDENTITY.format("s3:GetObject", "s3:GetObject"), "bert", "anna"),
        (IDENTITY.format("s3:GetObject", "s3:GetObject"), "", "anna"),
        ("Access Denied", "bert", "bert"),
        ("Access Denied", "", "the user"),
    ],
)
def test_the_user_that_aws_names_comes_first(message: str, username: str, shown: str) -> None:
    answer = Answer("PutObject", "s3://photos/street/x.jpg", 403, "AccessDenied", message)
    words = facts(answer, Situation(username=username))
    assert in_words("{user}", words) == shown
