"""What is said of a policy: mistakes, what the platform needs and gets, and what it gets and does not need."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from remedies.cases import CASES, DATASET, METADATA, READ_ONLY, SINGLE

from s3doctor.connection import Connection, Setup
from s3doctor.finding import Severity
from s3doctor.remedies import actions, telling
from s3doctor.remedies.evaluate import Effect
from s3doctor.remedies.grammar import read
from s3doctor.remedies.lint import Excess, Review, review
from s3doctor.remedies.policy import documents, page_policy

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
BUCKET = "arn:aws:s3:::pictures"


def judged(*statements: dict[str, Any], connection: Connection = READ_ONLY, **more: Any) -> Review:
    full = [{"Effect": "Allow", **statement} for statement in statements]
    text = json.dumps({"Version": "2012-10-17", "Statement": full})
    return review([read(text, "p.json")], connection, [DATASET], **more)


def allow(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Action": action, "Resource": resource, **more}


def mistakes(found: Review) -> list[tuple[str, str]]:
    return [(mistake.code, mistake.pointer) for mistake in found.mistakes]


@pytest.mark.parametrize("form", ["as it is", "with kms", "many datasets"])
@pytest.mark.parametrize("case", CASES)
def test_what_we_prescribe_we_find_well(case: str, form: str) -> None:
    connection, options = CASES[case]
    if form == "many datasets":
        connection = replace(connection, datasets=(DATASET, "night"))
    options = replace(options, kms_key_arns=(KEY,) if form == "with kms" else ())
    parsed = [read(d.text, d.title) for d in documents(connection, options=options)]
    found = review(parsed, connection, connection.datasets, dataset_shape=options.dataset_shape)
    assert (found.verdict, found.mistakes, found.excesses) == ("pass", (), ())


def test_the_page_s_own_policy() -> None:
    found = review([read(json.dumps(page_policy(READ_ONLY)), "p.json")], READ_ONLY, [DATASET])
    assert found.verdict == "fail"
    assert {(need.action, decision.effect) for need, decision in found.decisions} == {
        ("s3:ListBucket", Effect.ALLOWED),
        ("s3:GetObject", Effect.DENIED),
    }
    (mistake,) = found.mistakes
    assert (mistake.code, mistake.severity, mistake.pointer) == ("page", Severity.ERROR, "/Statement/1/Resource")
    assert "leaves out the dataset" in mistake.text
    assert "section 3.1 prints it like that" in mistake.text
    assert mistake.fix == 'write "arn:aws:s3:::pictures/street/*"'


def test_the_page_s_policy_with_the_dataset_opens_the_pictures_only() -> None:
    found = judged(allow("s3:ListBucket", BUCKET), allow("s3:GetObject", f"{BUCKET}/street/photos/*"))
    assert [need.uri for need, _ in found.having(Effect.DENIED)] == [
        "s3://pictures/street/annotations.json",
        "s3://pictures/street/predictions.json",
    ]
    assert mistakes(found) == [("beside", "/Statement/1/Resource")]
    assert found.mistakes[0].severity is Severity.WARNING


def test_several_policies_count_together() -> None:
    texts = [document.text for document in documents(METADATA)]
    parsed = [read(text, f"{number}.json") for number, text in enumerate(texts)]
    assert review(parsed, METADATA, [DATASET]).verdict == "pass"
    first = review(parsed[:1], METADATA, [DATASET])
    assert {need.uri.split("/")[2] for need, _ in first.having(Effect.DENIED)} == {"notes"}


def test_a_policy_that_iam_refuses_grants_nothing() -> None:
    found = judged(allow("s3:*", "*"), {"Effect": "allow", "Action": "s3:*", "Resource": "*"})
    assert found.verdict == "fail"
    assert not found.having(Effect.ALLOWED)
    assert not found.excesses


@pytest.mark.parametrize(
    ("statement", "code", "severity", "words", "fix"),
    [
        (
            allow("s3:ListObjects", BUCKET),
            "unknown-action",
            "error",
            "no action s3:ListObjects",
            'write "s3:ListBucket"',
        ),
        (allow("s3:HeadObject", f"{BUCKET}/street/*"), "unknown-action", "error", "s3:HeadObject", '"s3:GetObject"'),
        (allow("s3:GetObjcet", f"{BUCKET}/street/*"), "unknown-action", "error", "s3:GetObjcet", '"s3:GetObject"'),
        (allow("s3:Frobnicate", f"{BUCKET}/street/*"), "unknown-action", "warning", "that s3doctor knows", ""),
        (allow("s3:Frob*", f"{BUCKET}/street/*"), "unknown-action", "warning", "that s3doctor knows", ""),
        (allow("s3:ListBucket", f"{BUCKET}/*"), "wrong-level", "error", "about a bucket", f'add "{BUCKET}"'),
        (allow("s3:ListBucket", f"{BUCKET}/"), "wrong-level", "error", "about a bucket", f'add "{BUCKET}"'),
        (allow("s3:GetObject", BUCKET), "wrong-level", "error", "about objects", f'add "{BUCKET}/…/*"'),
        (allow("s3:GetObject", "arn:aws:s3:::{bucket}/street/*"), "placeholder", "error", "'{bucket}'", "put your own"),
        (allow("s3:GetObject", "arn:aws:s3:::<your-bucket>/*"), "placeholder", "error", "'<your-bucket>'", "put your"),
        (allow("s3:GetObject", "arn:aws:s3:::YOUR_BUCKET/*"), "placeholder", "error", "'YOUR_BUCKET'", "put your own"),
        (allow("s3:GetObject", "arn:aws:s3:::your-bucket/*"), "placeholder", "error", "'your-bucket'", "put your own"),
        (allow("s3:GetObject", "arn:aws:s3:::${bucket}/*"), "placeholder", "error", "'${bucket}'", "put your own"),
        (
            allow("s3:GetObject", f"{BUCKET}/{{your_dataset_name}}/*"),
            "placeholder",
            "error",
            "'{your_dataset_name}'",
            "put your own",
        ),
        (
            allow("s3:GetObject", "arn:aws:s3:::picturse/street/*"),
            "bucket",
            "error",
            "'picturse'",
            "did you mean 'pic",
        ),
        (
            allow("s3:GetObject", "arn:aws:s3:::Pictures/street/*"),
            "bucket",
            "error",
            "'Pictures'",
            "did you mean 'pic",
        ),
        (allow("s3:GetObject", "arn:aws:s3:::films/street/*"), "bucket", "warning", "another bucket", ""),
        (allow("s3:GetObject", f"{BUCKET}/street"), "key", "error", "the wildcard", "write"),
        (
            allow("s3:GetObject", f"{BUCKET}/street/photos/"),
            "key",
            "error",
            "the wildcard after the directory",
            "write",
        ),
        (allow("s3:GetObject", f"{BUCKET}//street/*"), "key", "error", "one slash too many", "write"),
        (allow("s3:GetObject", f"{BUCKET}/Street/*"), "key", "error", "upper and lower case", "write"),
        (
            allow("s3:GetObject", "arn:aws:s3:eu-west-1:123456789012:pictures/street/*"),
            "arn",
            "error",
            "neither region nor account",
            f'write "{BUCKET}/street/*"',
        ),
        (
            allow(["s3:ListBucket", "s3:GetObject"], "*", Condition={"StringLike": {"s3:prefix": "street/*"}}),
            "prefix-condition",
            "error",
            "s3:GetObject never has an s3:prefix",
            "make a statement of its own",
        ),
    ],
)
def test_common_mistakes(statement: dict[str, Any], code: str, severity: str, words: str, fix: str) -> None:
    (mistake,) = judged(statement).mistakes
    assert (mistake.code, mistake.severity.value) == (code, severity)
    assert words in mistake.text
    assert fix in mistake.fix


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:*", "*"),
        allow("s3:Get*", "arn:aws:s3:::*"),
        allow(["s3:ListBucket", "s3:GetObject"], [BUCKET, f"{BUCKET}/*"]),
        allow(["s3:ListBucket", "s3:GetObject"], f"{BUCKET}*"),
        allow("s3:ListBucket", "arn:aws:s3:eu-west-1:123456789012:accesspoint/views"),
        allow("s3:GetObject", "arn:aws:s3:eu-west-1:123456789012:accesspoint/views/object/street/*"),
        allow("s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefix": "street/*"}}),
        allow("s3:GetObject", "*", Condition={"StringLikeIfExists": {"s3:prefix": "street/*"}}),
        allow("s3:GetObject", "*", Condition={"StringNotLike": {"s3:prefix": "street/*"}}),
        allow("s3:GetObject", f"{BUCKET}/${{aws:username}}/*"),
        allow("s3:GetObject", f"{BUCKET}/something/else/*"),
        allow("iam:GetUser", "arn:aws:iam::123456789012:user/ann"),
        {"NotAction": "s3:Delete*", "NotResource": "arn:aws:s3:::other/*"},
        {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": f"{BUCKET}/*"},
    ],
)
def test_no_false_alarms(statement: dict[str, Any]) -> None:
    assert judged(statement).mistakes == ()


def test_names_that_only_look_like_placeholders_are_the_customer_s() -> None:
    connection = replace(READ_ONLY, bucket="your-bucket", images="MY_DATA")
    found = judged(allow("s3:GetObject", "arn:aws:s3:::your-bucket/street/MY_DATA/*"), connection=connection)
    assert [code for code, _ in mistakes(found)] == ["beside"]


def test_a_policy_of_another_partition() -> None:
    connection = replace(READ_ONLY, region="cn-north-1")
    (mistake,) = judged(allow("s3:GetObject", f"{BUCKET}/street/*"), connection=connection).mistakes
    assert mistake.code == "partition"
    assert mistake.fix == 'write "arn:aws-cn:s3:::pictures/street/*"'
    assert judged(allow("s3:GetObject", "arn:*:s3:::pictures/street/*"), connection=connection).mistakes == ()


def test_the_metadata_directory_in_the_page_s_other_place() -> None:
    write = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    under = judged(allow(write, "arn:aws:s3:::notes/street/meta/*"), connection=METADATA)
    assert [(m.code, m.fix) for m in under.mistakes] == [("key", 'write "arn:aws:s3:::notes/meta/*"')]
    assert "the page's other place" in under.mistakes[0].text
    fine = judged(allow(write, "arn:aws:s3:::notes/street/meta/*"), connection=METADATA, dataset_shape=True)
    assert fine.mistakes == ()
    above = judged(allow(write, f"{BUCKET}/meta/*"), connection=SINGLE)
    assert mistakes(above) == [("page", "/Statement/0/Resource")]
    assert "section 3.1" not in above.mistakes[0].text


PATIENTS = Path(__file__).parents[2] / "fixtures" / "buckets" / "_policies"


@pytest.mark.parametrize(
    ("name", "verdict", "codes"),
    [
        ("page-read-only", "fail", ["page"]),
        ("works-read-only", "pass", []),
        ("works-single-bucket", "warn", []),
        ("works-write-metadata", "fail", []),
    ],
)
def test_the_patients_policies(name: str, verdict: str, codes: list[str]) -> None:
    """The second policy of the metadata-bucket set-up alone lets nothing be read from the first bucket."""
    connection = Connection("acme-pictures", datasets=("shapes",))
    if name == "works-single-bucket":
        connection = replace(connection, setup=Setup.SINGLE_BUCKET)
    if name == "works-write-metadata":
        connection = replace(connection, setup=Setup.METADATA_BUCKET, metadata_bucket="acme-metadata")
    found = review([read((PATIENTS / f"{name}.json").read_text())], connection, ["shapes"])
    assert found.verdict == verdict
    assert [mistake.code for mistake in found.mistakes] == codes
    assert {need.uri.split("/")[2] for need, _ in found.having(Effect.DENIED)} <= {"acme-pictures"}


def test_what_depends_is_neither_granted_nor_refused() -> None:
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    found = judged(allow("s3:ListBucket", BUCKET), allow("s3:GetObject", f"{BUCKET}/street/*", Condition=office))
    assert found.verdict == "unknown"
    assert {need.action for need, _ in found.having(Effect.DEPENDS)} == {"s3:GetObject"}
    text = telling.table(found)
    assert text.startswith("UNKNOWN: whether the platform could work with this depends")
    assert "p.json, statement 2: allows it depending on aws:SourceIp" in text


def test_listing_of_other_prefixes_only_is_not_enough() -> None:
    other = {"StringLike": {"s3:prefix": ["night/*"]}}
    found = judged(allow("s3:ListBucket", BUCKET, Condition=other), allow("s3:GetObject", f"{BUCKET}/street/*"))
    assert [need.action for need, _ in found.having(Effect.DENIED)] == ["s3:ListBucket"]


def test_too_much_is_told_place_by_place() -> None:
    found = {excess.words: excess.actions for excess in judged(allow("s3:*", "*")).excesses}
    assert list(found) == [
        "the bucket pictures itself",
        "objects in s3://pictures/street/",
        "objects elsewhere in s3://pictures/",
        "other buckets themselves",
        "objects in other buckets",
    ]
    assert "s3:ListBucket" not in found["the bucket pictures itself"]
    assert "s3:GetObject" not in found["objects in s3://pictures/street/"]
    assert set(found["objects in other buckets"]) == actions.OBJECT_ACTIONS


def test_writing_is_too_much_where_the_set_up_only_reads() -> None:
    statements = allow("s3:ListBucket", BUCKET), allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/street/*")
    assert judged(*statements).excesses == (Excess("objects in s3://pictures/street/", ("s3:PutObject",)),)
    assert judged(*statements, connection=SINGLE).excesses == ()


def test_other_services_are_too_much() -> None:
    found = judged(allow(["iam:PassRole", "kms:Decrypt"], "*"), {"NotAction": "s3:*", "Resource": "*"})
    assert Excess("other services than S3", ("iam:PassRole", "kms:Decrypt")) in found.excesses
    assert Excess("every service", ("all but s3:*",)) in found.excesses
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    assert judged(deny).excesses == ()
    assert judged(allow("kms:Decrypt", KEY)).excesses == ()


def test_the_tables_of_actions_are_aws_s() -> None:
    """Held against the list that cfn-lint takes from AWS; a name that it lacks would be a slip of ours."""
    data = pytest.importorskip("cfnlint.data.AdditionalSpecs", reason="cfn-lint is not installed")
    from importlib.resources import files

    theirs = json.loads(files(data).joinpath("Policies.json").read_text())["s3"]["Actions"]
    assert {action.lower().removeprefix("s3:") for action in actions.S3_ACTIONS} <= set(theirs)
    for action in actions.S3_ACTIONS:
        kinds = theirs[action.lower().removeprefix("s3:")].get("Resources", [])
        assert (action in actions.OBJECT_ACTIONS) == ("object" in kinds), action
        assert (action in actions.BUCKET_ACTIONS) == ("bucket" in kinds), action


def test_every_operation_that_is_no_action_leads_to_one() -> None:
    for wrong, right in actions.OPERATIONS.items():
        assert not actions.is_known(wrong)
        assert actions.is_known(right)


def test_the_table_names_what_is_wrong_and_shows_what_works() -> None:
    found = review([read(json.dumps(page_policy(READ_ONLY)), "p.json")], READ_ONLY, [DATASET])
    text = telling.table(found, documents(READ_ONLY))
    assert text.startswith("FAIL: the platform could not work with this.\n1 of 7 requests are granted.\n")
    assert "NO   s3:GetObject   s3://pictures/street/annotations.json\n" in text
    assert "yes  s3:ListBucket  s3://pictures/street/photos/\n" in text
    assert "error: p.json /Statement/1/Resource:" in text
    assert '  write "arn:aws:s3:::pictures/street/*"\n' in text
    assert documents(READ_ONLY)[0].text in text
    assert "bucket policies, permissions boundaries" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_the_table_of_a_policy_that_is_right_or_too_much() -> None:
    right = review([read(documents(READ_ONLY)[0].text)], READ_ONLY, [DATASET])
    assert telling.table(right, documents(READ_ONLY)).startswith("PASS: the platform could work with this, and nothing")
    assert documents(READ_ONLY)[0].text not in telling.table(right, documents(READ_ONLY))
    much = telling.table(judged(allow("s3:*", "*")))
    assert much.startswith("WARN: ")
    assert "objects in other buckets: s3:GetObject, s3:PutObject, s3:DeleteObject and 41\nmore\n" in much
    few = judged(allow("s3:ListBucket", BUCKET), allow("s3:GetObject", f"{BUCKET}/*"))
    assert "objects elsewhere in s3://pictures/: s3:GetObject\n" in telling.table(few)


def test_a_mistake_may_have_no_fix() -> None:
    text = " ".join(telling.table(judged(allow("s3:GetObject", "arn:aws:s3:::films/*"))).split())
    assert "warning: p.json /Statement/0/Resource: 'films' is another bucket than 'pictures' Worked out" in text


def test_the_json_says_the_same() -> None:
    found = review([read(json.dumps(page_policy(READ_ONLY)), "p.json")], READ_ONLY, [DATASET])
    body = json.loads(telling.as_json(found))
    assert (body["schema_version"], body["verdict"]) == (1, "fail")
    assert body["requests"][0] == {
        "action": "s3:ListBucket",
        "resource": BUCKET,
        "uri": "s3://pictures/street/photos/",
        "why": "the images are found by listing",
        "decision": "allowed",
        "statement": "p.json, statement 1",
        "reason": "",
    }
    assert body["mistakes"][0]["code"] == "page"
    assert (
        json.loads(telling.as_json(judged(allow("s3:*", "*"))))["not_needed"][0]["where"]
        == "the bucket pictures itself"
    )


def test_a_stranger_s_text_does_nothing_to_a_terminal() -> None:
    found = judged(allow("s3:Get\u202eObject\x1b[31m", f"{BUCKET}/street/*"))
    assert "\x1b" not in telling.table(found)
    assert "\u202e" not in telling.table(found)
