"""Arbitrary input: an answer or a mistake that is named, never an exception, and the same answer as others give.

`@example` lines are cases that were found, or that somebody thought of; all runs are alike (derandomized).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from botocore.handlers import decode_list_object_v2
from botocore.parsers import ResponseParserError, create_parser
from botocore.session import get_session
from figures import FUZZED
from hypothesis import example, given, settings
from hypothesis import strategies as st

from s3doctor import config
from s3doctor.coco import examine
from s3doctor.connection import BadInput, Connection, Setup
from s3doctor.key_file import csv_key
from s3doctor.remedies.grammar import UnreadablePolicyError, read
from s3doctor.remedies.lint import review
from s3doctor.s3.answer import Answer
from s3doctor.s3.asking import answer_from_response
from s3doctor.s3.diagnosis import NATURES, Situation, diagnose
from s3doctor.s3.listing_request import answered, parsed

SECRET = "c4n4ry/KxQ7vT2+mZ9LwpY5sD8fGhJ3bNrE6uAaz"
COLUMNS = ("Access key ID", "Secret access key", "User name", "Password", "Console login link", "\ufeff", "sep=;", "")
cells = st.one_of(st.sampled_from((*COLUMNS, SECRET, "AKIAIOSFODNN7EXAMPLE", '"', "#REF!")), st.text(max_size=12))


@settings(max_examples=FUZZED["key files"], derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.lists(cells, max_size=5).map(",".join), max_size=4).map("\r\n".join).map(str.encode),
        st.text(max_size=100).map(lambda text: text.encode("utf-16", "surrogatepass")),
    )
)
@example(b"\xff\xfe")
@example(b",")
@example(b"\xef\xbb\xbfsep=;\r\nAccess key ID;Secret access key\r\n;")
@example(f"Access key ID,Secret access key\n{SECRET}".encode())
@example(f'Access key ID,Secret access key\n"{SECRET}'.encode())
@example(b"Access key ID,Secret access key\r" + b"a," * 40_000)
def test_any_file_is_a_key_or_refused_in_one_line_that_does_not_quote_it(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.csv"
        path.write_bytes(content)
        try:
            key, _ = csv_key(str(path))
        except BadInput as fault:
            told = str(fault)
        else:
            told = f"{key.access_key_id}: {len(key.secret_access_key.reveal())}"
    assert "\n" not in told
    assert SECRET not in told


keys_of_entries = st.sampled_from((*config.KINDS, "secret-access-key", "session-token", "bukcet", "x y", ""))
toml_values = st.one_of(
    st.sampled_from((SECRET, f"env:{SECRET}", "single-bucket", "all", "../key.csv", "\x1b[2J")).map(json.dumps),
    st.text(max_size=8).map(json.dumps),
    st.sampled_from(("1", "-1e400", "true", "[]", '["a", 1]', "{ a = 1 }", "1979-05-27", "nan", "''", f"'{SECRET}'")),
)
entries = st.lists(st.builds("{} = {}".format, keys_of_entries, toml_values), max_size=5).map("\n".join)
heads = st.sampled_from(("[connections.acme]", '[connections."a b"]', "[[connections]]", "[connections]", "[x]", ""))
tables = st.lists(st.builds("{}\n{}".format, heads, entries), max_size=3).map("\n".join)


@settings(max_examples=FUZZED["configuration files"], derandomize=True)
@given(st.one_of(st.binary(max_size=120), tables.map(lambda text: text.encode("utf-8", "surrogatepass"))))
@example(f'[connections.acme]\nbucket = "{SECRET}'.encode())
@example(f'[connections.acme]\nsecret-access-key = "{SECRET}"'.encode())
@example(f'[connections.acme]\nprofile = "{SECRET}"'.encode())
@example(f'{{"connections": "{SECRET}"}}'.encode())
@example(b"[connections.a]\nx" + b"[" * 5_000)
@example(b"\xff\xfe[")
def test_any_configuration_is_read_or_refused_in_one_line_that_does_not_quote_it(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s3doctor.toml"
        path.write_bytes(content)
        try:
            found = config.read(str(path))
        except BadInput as fault:
            told = str(fault)
        else:
            told = ", ".join(found.connections)
    assert "\n" not in told
    assert SECRET not in told


words = st.one_of(
    st.sampled_from(
        (
            *("Allow", "Deny", "*", "s3:*", "s3:GetObject", "s3:ListBucket", "s3:Get*", "iam:PassRole", "2012-10-17"),
            *("arn:aws:s3:::acme", "arn:aws:s3:::acme/*", "arn:aws:s3:::acme/${aws:username}/?", "arn:aws:s3:::*"),
            *("StringLike", "s3:prefix", "Bool", "aws:SecureTransport", "true", "Null", "IpAddress", "10.0.0.0/8"),
        )
    ),
    st.text(max_size=8),
)
values = st.recursive(
    st.one_of(words, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=8,
)
ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "effect", "X")
statements = st.dictionaries(st.sampled_from(ELEMENTS), values, max_size=6)
policies = st.one_of(
    st.fixed_dictionaries(
        {"Statement": st.one_of(statements, st.lists(statements, max_size=3), values)},
        optional={"Version": values, "Id": values},
    ).map(json.dumps),
    values.map(json.dumps),
    st.text(max_size=60),
)


@settings(max_examples=FUZZED["policies"], derandomize=True)
@given(policies, st.sampled_from(Setup))
@example("[" * 100_000, Setup.READ_ONLY)
@example('{"Statement": {"Effect": "Allow", "Action": "' + "*" * 500 + '", "Resource": "*"}}', Setup.SINGLE_BUCKET)
@example('{"Statement": 1' + "0" * 5_000 + "}", Setup.READ_ONLY)
@example('{"Statement": "\\ud800"}', Setup.READ_ONLY)
def test_any_text_as_a_policy_is_judged_or_refused_in_a_line(text: str, setup: Setup) -> None:
    connection = Connection("acme", datasets=("ds",), setup=setup, metadata_bucket="side")
    try:
        policy = read(text)
    except UnreadablePolicyError as fault:
        told = str(fault)
    else:
        found = review([policy], connection, ["ds"], images="images")
        assert found.verdict in {"pass", "warn", "unknown", "fail"}
        assert all(mistake.text for mistake in found.mistakes)
        told = "policy"
    assert told.startswith("policy")


names = st.one_of(st.sampled_from(("id", "image_id", "category_id", "bbox", "segmentation", "file_name")), st.text())
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)
rows = st.lists(st.one_of(st.dictionaries(names, anything, max_size=6), anything), max_size=4)
documents = st.one_of(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("images", "annotations", "categories", "predictions"), rows)),
    anything,
)


@settings(max_examples=FUZZED["COCO files"], derandomize=True)
@given(documents, documents)
@example({"images": [{"id": 1, 'a"b\\c\x1b': 2}] * 3}, {"predictions": [{"\n": 1}]})
@example({"images": [{"id": 1, "\ud800": 2}]}, [])
def test_any_document_as_coco_gives_findings(truth: Any, guess: Any) -> None:
    found = examine(json.dumps(truth).encode(), json.dumps(guess).encode(), target="both")
    assert found.annotations is not None
    assert found.predictions is not None
    assert all(each.count >= 1 for each in found.annotations.findings)


SHAPE = get_session().get_service_model("s3").shape_for("ListObjectsV2Output")
PARSER = create_parser("rest-xml")
keys = st.one_of(
    st.sampled_from(("a", "b%2Fc", "%zz", "a+b", "&amp;", "\n", "é", "]]", "%0A", "<![CDATA[y]]>")), st.just("")
)
contents = st.builds(
    "<Contents>{1}<Key>{0}</Key>{2}</Contents>".format,
    keys,
    st.sampled_from(
        ("", "<Size>7</Size>", "<Owner><ID>k</ID></Owner>", "<!-- c -->", "<StorageClass>GLACIER</StorageClass>")
    ),
    st.sampled_from(("<Size>7</Size>", "<Size>007</Size>", "<Size>-1</Size>", "<Size>1e3</Size>", "<Size/>", "\n")),
)
TOKEN = "<NextContinuationToken>x&amp;y</NextContinuationToken>"
TWO_SIZES = "<Contents><Size>7</Size><Key>a</Key><Size>-1</Size></Contents>"
ONE_TOO_FEW = "<Contents><Key>a</Key></Contents>" + TWO_SIZES.replace("-1", "7")
IN_COMMENT = "<!-- <Key>x</Key> --><Contents><Key></Key><Size>7</Size></Contents>"
ENCODED = "<EncodingType>url</EncodingType><Contents><Key>b%2Fc+d</Key><Size>7</Size></Contents>"
pieces = st.one_of(
    contents,
    st.sampled_from(
        (
            *(
                "<IsTruncated>true</IsTruncated>",
                "<IsTruncated>false</IsTruncated>",
                "<EncodingType>url</EncodingType>",
            ),
            *(TOKEN, "<Contents/>"),
            *("<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>", "<CommonPrefixes/>", "<!-- <Key>x</Key> -->"),
        )
    ),
)
START = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
pages = st.lists(pieces, max_size=9).map(lambda parts: f"{START}{''.join(parts)}</ListBucketResult>".encode())


@settings(max_examples=FUZZED["pages of listings"], derandomize=True)
@given(st.one_of(pages, st.binary(max_size=60)))
@example(f"{START}<Contents><Key>a</Key><Size>5</Size></Contents><Contents/></ListBucketResult>".encode())
@example(f"{START}{'<IsTruncated>true</IsTruncated>' * 2}</ListBucketResult>".encode())
@example(f"{START}<IsTruncated>true</IsTruncated><CommonPrefixes/></ListBucketResult>".encode())
@example(f"{START}<IsTruncated>true</IsTruncated>{TOKEN}</ListBucketResult>".encode())
@example(f"{START}<IsTruncated>true</IsTruncated>{ENCODED}</ListBucketResult>".encode())
@example(f"{START}<IsTruncated>true</IsTruncated>{IN_COMMENT}</ListBucketResult>".encode())
@example(f"{START}<IsTruncated>true</IsTruncated>{TWO_SIZES}</ListBucketResult>".encode())
@example(f"{START}<IsTruncated>true</IsTruncated>{ONE_TOO_FEW}</ListBucketResult>".encode())
def test_our_parser_of_pages_says_what_botocore_s_says_or_nothing(body: bytes) -> None:
    ours = parsed(body)
    if ours is None:
        return
    try:
        data = PARSER.parse({"status_code": 200, "headers": {}, "body": body}, SHAPE)
        decode_list_object_v2(data, {"encoding_type_auto_set": True})
        theirs = answered(data)
    except (ResponseParserError, ValueError) as fault:
        raise AssertionError(body) from fault
    assert theirs is not None
    assert list(ours.page.entries()) == list(theirs.page.entries())
    assert (ours.token, ours.truncated) == (theirs.token, theirs.truncated)


HEADERS = (
    *(
        "x-amz-request-id",
        "x-amz-bucket-region",
        "Location",
        "Server",
        "Content-Type",
        "x-amz-id-2",
        "x-amz-version-id",
    ),
    *("Access-Control-Allow-Origin", "Retry-After", "Date", "x-amz-server-side-encryption-aws-kms-key-id", "Vary"),
)
CODES = (
    *("AccessDenied", "NoSuchBucket", "NoSuchKey", "PermanentRedirect", "SlowDown", "InternalError", "InvalidRange"),
    *("RequestTimeTooSkewed", "InvalidAccessKeyId", "SignatureDoesNotMatch", "KMS.DisabledException", "<x>", ""),
)
SENTENCES = (
    "User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject on resource: {0} because no",
    "is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext",
    "with an explicit deny in a service control policy",
    "{uri} {} {0.__class__} %s %(x)s",
)
SITUATIONS = (
    Situation(),
    Situation("acme", "eu-central-1", "ASIAIOSFODNN7EXAMPLE", "tenyks", has_token=True, sts="ok", s3_answers=True),
    Situation(sts="InvalidClientTokenId", endpoint_url="http://127.0.0.1:9", list_allowed=False, listed=True),
)
NOT_IMPLEMENTED = 501
"""Of all codes of 500 and more the one that is no fault: the server will not know the request tomorrow either."""
OPERATIONS = ("GetObject", "PutObject", "ListObjectsV2", "HeadBucket", "Preflight", "GetCallerIdentity", "?")
texts = st.one_of(st.sampled_from(SENTENCES), st.text(max_size=40))
STRANGE = st.one_of(st.text(max_size=30), st.sampled_from(("*", "text/html", "AmazonS3", "https://x/{y}?z", "0", "-1")))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    status = draw(st.one_of(st.sampled_from((None, 301, 400, 403, 404, 412, 500, 503)), st.integers(200, 599)))
    error = status is None or status >= 300
    return Answer(
        draw(st.sampled_from(OPERATIONS)),
        draw(st.sampled_from(("s3://acme/ds/images/ü {0}.jpg", "s3://acme", "sts", "s3:///", ""))),
        status,
        draw(st.one_of(st.sampled_from(CODES), st.text(max_size=10))) if error else "",
        draw(texts) if error else "",
        draw(st.sampled_from(("EndpointConnectionError", "ReadTimeoutError", "SSLError", "Odd"))) if not status else "",
        draw(st.sampled_from(("", "NameResolutionError", "CERTIFICATE_VERIFY_FAILED: expired", "Odd"))),
        headers={
            name.lower(): value for name, value in draw(st.dictionaries(st.sampled_from(HEADERS), STRANGE)).items()
        },
    )


@settings(max_examples=FUZZED["answers to diagnose"], derandomize=True)
@given(answers(), st.sampled_from(SITUATIONS))
@example(Answer("GetObject", "s3://acme/k", 503, "AccessDenied", "Access Denied"), SITUATIONS[0])
@example(Answer("GetObject", "s3://acme/k", 500, "NoSuchBucket", ""), SITUATIONS[1])
@example(Answer("GetObject", "s3://acme/k", None, "NoSuchKey", "", "ClientError"), SITUATIONS[0])
def test_any_answer_gets_a_diagnosis_and_no_fault_of_a_server_is_evidence(answer: Answer, situation: Situation) -> None:
    found = diagnose(answer, situation)
    assert found.nature in NATURES
    assert found.cause.text
    if not answer.ok:
        assert found.fix.text
    if answer.http is None or (answer.http >= 500 and answer.http != NOT_IMPLEMENTED):
        assert not found.conclusive, found.cause.kind


@settings(max_examples=FUZZED["HTTP answers"], derandomize=True)
@given(st.integers(200, 599), st.dictionaries(st.sampled_from(HEADERS), STRANGE), st.binary(max_size=200))
@example(403, {}, b"<Error>" * 5_000)
@example(403, {}, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Error><Code>&a;</Code></Error>')
@example(200, {}, b"<html>")
def test_any_http_answer_is_kept_and_told(status: int, headers: dict[str, str], body: bytes) -> None:
    answer = answer_from_response("GetObject", "s3://acme/k", status, headers, body, 1.0)
    assert answer.http == status
    assert diagnose(answer).cause.text
