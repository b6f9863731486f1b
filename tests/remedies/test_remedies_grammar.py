"""Reading a policy: what is no JSON, what is no policy, and what IAM would refuse to save."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remedies.cases import READ_ONLY

from s3doctor.finding import Severity
from s3doctor.remedies import telling
from s3doctor.remedies.grammar import UnreadablePolicyError, read
from s3doctor.remedies.lint import review

GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def document(*statements: Any, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements or [GOOD]), **more})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "p.json: the file is empty"),
        (" \n", "p.json: the file is empty"),
        ('{"Version": "2012-10-17",\n "Statement": [],}', "p.json, line 2, column 1"),
        ('{"Statement": [1,],}', 'there is a comma before a closing "]" or "}"'),
        ("{\u201cVersion\u201d: 1}", "typographic quotation marks"),
        ("{'Version': 1}", "JSON wants double quotation marks"),
        ('// mine\n{"Version": 1}', "JSON has no comments"),
        ('resource "aws_iam_policy" "x" {}', "this looks like Terraform"),
        ("Version: 2012-10-17\nStatement: []", "this looks like YAML"),
        ("<html></html>", "this looks like XML or HTML"),
        ('{"Version": ', "p.json, line 1, column 13: not valid JSON (Expecting value)"),
        ("[" * 100_000, "p.json: nested far too deeply for a policy"),
        ("[]", 'p.json: not a policy, expected an object with "Version" and "Statement"'),
        ("3", "p.json: not a policy"),
        ('{"name": 1}', "p.json: not a policy"),
        ('[{"AllowedMethods": ["GET"]}]', "p.json: this is a CORS configuration, not a policy"),
        ('{"CORSRules": [{"AllowedMethods": ["GET"]}]}', "p.json: this is a CORS configuration, not a policy"),
    ],
)
def test_what_is_no_policy_is_named_in_one_line(text: str, message: str) -> None:
    with pytest.raises(UnreadablePolicyError) as caught:
        read(text, "p.json")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda policy: policy,
        lambda policy: {"PolicyVersion": {"Document": policy, "VersionId": "v1"}},
        lambda policy: {"UserName": "ann", "PolicyName": "p", "PolicyDocument": policy},
        lambda policy: {"UserName": "ann", "PolicyDocument": json.dumps(policy)},
    ],
)
def test_what_the_aws_cli_prints_around_a_policy_is_taken_off(wrap: Any) -> None:
    policy = json.loads(document())
    parsed = read("\ufeff" + json.dumps(wrap(policy)), "p")
    assert parsed.document == policy
    assert [s.place for s in parsed.statements] == ["p, statement 1"]
    assert parsed.mistakes == ()


def test_a_statement_may_stand_without_a_list() -> None:
    parsed = read(json.dumps({"Version": "2012-10-17", "Statement": {**GOOD, "Sid": "Read"}}), "p")
    assert [s.place for s in parsed.statements] == ["p, statement 1 (Read)"]


@pytest.mark.parametrize(
    ("text", "pointer", "words", "fix"),
    [
        (document({**GOOD, "Effect": "allow"}), "/Statement/0/Effect", '"Effect" is', 'write "Allow" or "Deny"'),
        (document({**GOOD, "Effect": []}), "/Statement/0/Effect", '"Effect" is []', 'write "Allow" or "Deny"'),
        (document({"Effect": "Allow", "Action": "s3:*"}), "/Statement/0", 'there is no "Resource"', ""),
        (document({**GOOD, "Actions": "s3:*"}), "/Statement/0/Actions", 'no element "Actions"', 'write "Action"'),
        (document({**GOOD, "Ressource": "*"}), "/Statement/0/Ressource", 'no element "Ressource"', 'write "Resource"'),
        (document({**GOOD, "Zebra": "*"}), "/Statement/0/Zebra", 'no element "Zebra"', "expected only Sid, Effect"),
        (document(statement=[]), "/statement", 'no element "statement"', 'write "Statement"'),
        (document({**GOOD, "NotAction": "s3:*"}), "/Statement/0", '"Action" and "NotAction" exclude each other', ""),
        (document({**GOOD, "Action": []}), "/Statement/0/Action", "not empty", ""),
        (document({**GOOD, "Resource": [1]}), "/Statement/0/Resource", "a text or a list of texts", ""),
        (document({**GOOD, "Action": "GetObject"}), "/Statement/0/Action", "is no action", 'write "s3:GetObject"'),
        (document({**GOOD, "Action": ["s3:*", "s3:Get Object"]}), "/Statement/0/Action/1", "is no action", "such as"),
        (document({**GOOD, "Resource": "b/*"}), "/Statement/0/Resource", "no ARN", 'write "arn:aws:s3:::b/*"'),
        (document({**GOOD, "Resource": "s3://b/x"}), "/Statement/0/Resource", "no ARN", 'write "arn:aws:s3:::b/x"'),
        (document({**GOOD, "Resource": "arn:aws:s3::b"}), "/Statement/0/Resource", "no ARN", 'write "arn:aws:s3:::b"'),
        (document({**GOOD, "Resource": ["*", ""]}), "/Statement/0/Resource/1", "no ARN", "such as"),
        (document({**GOOD, "Sid": "my policy"}), "/Statement/0/Sid", "letters and digits only", ""),
        (document({**GOOD, "Sid": "A"}, {**GOOD, "Sid": "A"}), "/Statement", "more than once", "give every"),
        (document({**GOOD, "Principal": "*"}), "/Statement/0/Principal", "belongs into a bucket policy", "remove it"),
        (document({**GOOD, "Condition": []}), "/Statement/0/Condition", "expected an operator", ""),
        (document({**GOOD, "Condition": {"Bool": 1}}), "/Statement/0/Condition", "expected an operator", ""),
        (document("x"), "/Statement/0", "must be an object", "write"),
        ('{"Version": "2012-10-17"}', "/Statement", "there is no statement", "add one"),
        (document(Version="2026-11-24"), "/Version", "not a date of yours", 'write "Version": "2012-10-17"'),
    ],
)
def test_what_iam_would_refuse(text: str, pointer: str, words: str, fix: str) -> None:
    parsed = read(text, "p.json")
    assert parsed.refused
    assert parsed.statements == ()
    (mistake,) = [m for m in parsed.mistakes if m.pointer == pointer]
    assert (mistake.file, mistake.severity) == ("p.json", Severity.ERROR)
    assert words in mistake.text
    assert mistake.fix.startswith(fix)


def test_a_missing_version_is_taken_as_the_old_one() -> None:
    parsed = read(json.dumps({"Statement": [GOOD]}))
    (mistake,) = parsed.mistakes
    assert (mistake.code, mistake.severity) == ("version", Severity.WARNING)
    assert not parsed.refused
    assert not parsed.statements[0].variables


def test_a_name_that_stands_twice_is_told() -> None:
    text = document().replace('"Effect"', '"Action": "s3:PutObject", "Effect"')
    (mistake,) = read(text).mistakes
    assert (mistake.code, mistake.severity) == ("twice", Severity.WARNING)
    assert '"Action" stands twice' in mistake.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Sid", "NotAction", "x"]
            ),
            inner | st.sampled_from(["Allow", "Deny", "*", "s3:*", "arn:aws:s3:::b/*", "2012-10-17"]),
            max_size=6,
        )
    ),
    max_leaves=12,
)


ARNS = st.sampled_from(["*", "arn:aws:s3:::pictures/street/*", "arn:aws:s3:::", "arn:aws:s3:::/", "arn:*:*:*:*:*"])
NAMES = st.sampled_from(["*", "s3:*", "s3:GetObject", "s3:Lis?Bucket", "kms:Decrypt", "S3:X"])
KEYS = st.sampled_from(["s3:prefix", "aws:SourceIp", "aws:username", "${x}", ""])
OPERATORS = st.sampled_from(
    ["StringLike", "Null", "ForAllValues:StringNotEqualsIfExists", "Bool", "IpAddress", "", "é"]
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]) | JSON},
    optional={
        "Sid": st.sampled_from(["A", "", "a b"]) | JSON,
        "Action": NAMES | st.lists(NAMES) | JSON,
        "NotAction": NAMES | JSON,
        "Resource": ARNS | st.lists(ARNS) | JSON,
        "NotResource": ARNS | JSON,
        "Condition": st.dictionaries(OPERATORS, st.dictionaries(KEYS, JSON)) | JSON,
    },
)
POLICIES = st.fixed_dictionaries(
    {"Statement": STATEMENTS | st.lists(STATEMENTS, max_size=3)},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17"]) | JSON},
)


@settings(deadline=None)
@given(POLICIES | JSON | st.text(max_size=40))
def test_no_text_breaks_it(value: Any) -> None:
    """Whatever the text, it is read or refused in one line; nothing else is raised."""
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        parsed = read(text)
    except UnreadablePolicyError as fault:
        lines = str(fault).splitlines()
    else:
        lines = ["read"]
        assert parsed.refused or parsed.statements
        assert json.loads(telling.as_json(review([parsed], READ_ONLY, ["street"])))["requests"]
    assert len(lines) == 1
