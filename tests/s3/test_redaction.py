"""What may be kept of an answer, and what may never be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.s3.redaction import LONGEST_TEXT, kept_fields, kept_headers, redacted

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ" * 3
SIGNATURE = "fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024"
PRESIGNED = (
    f"https://photos.s3.amazonaws.com/a.jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={SIGNATURE}"
    f"&X-Amz-Security-Token={TOKEN}"
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Invalid header value b'AWS4-HMAC-SHA256 Credential={SECRET}/x\\n, Signature={SIGNATURE}'", "Invalid header"),
        (f"could not get {PRESIGNED} (timeout)", "https://photos.s3.amazonaws.com/a.jpg?… (timeout)"),
        (f'Failed to connect to proxy URL: "http://anna:{SECRET}@proxy:3128"', "http://…@proxy:3128"),
        (f"Authorization: AWS AKIAIOSFODNN7EXAMPLE:{SIGNATURE}", "Authorization"),
        (
            (
                "The Canonical String for this request should have been\n'GET\n/\n\nx-amz-security-token:"
                f"{TOKEN}\n\n{SIGNATURE}'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n{SIGNATURE}'"
            ),
            "…",
        ),
        (f"aws_secret_access_key = {SECRET}", "aws_secret_access_key"),
        (f"secret={SECRET}", "secret=…"),
        (f"the secret is '{SECRET}'.", "the secret is"),
        (f"token {TOKEN}", "token …"),
        ("Credential=AKIAIOSFODNN7EXAMPLE/20261124/us-east-1/s3/aws4_request", "Credential=…"),
        ("the key AKIAIOSFODNN7EXAMPLE is inactive", "the key AKIA…MPLE is inactive"),
    ],
)
def test_secrets_go_and_the_rest_stays(text: str, kept: str) -> None:
    shown = redacted(text)
    assert kept in shown
    assert not [secret for secret in (SECRET, TOKEN[:60], SIGNATURE, "AKIAIOSFODNN7EXAMPLE") if secret in shown]


@pytest.mark.parametrize(
    "text",
    [
        "Access Denied",
        (
            "User: arn:aws:iam::123456789012:user/anna is not authorized to perform: s3:GetObject on resource: "
            '"arn:aws:s3:::photos/Dataset/images/Abcdefghijklmnopqrstuvwxyz0123456789Abcd"'
        ),
        "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
        "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled.",
        "Signature expired: 20261124T104300Z is now earlier than 20261124T104500Z (20261124T110000Z - 15 min.)",
    ],
)
def test_what_a_diagnosis_needs_stays(text: str) -> None:
    assert redacted(text) == text


@settings(deadline=None)
@given(
    before=st.text(max_size=40),
    after=st.text(max_size=40),
    secret=st.sampled_from([PRESIGNED, f"Signature={SIGNATURE}"]),
)
def test_a_signature_never_survives(before: str, after: str, secret: str) -> None:
    assert SIGNATURE not in redacted(f"{before} {secret} {after}")


@pytest.mark.parametrize("character", ["=", "a", "A", " ", "http://", "a.", "AKIA", "//x@", "Signature=", "User: "])
def test_hostile_texts_end_and_are_cut(character: str) -> None:
    assert len(redacted(character * 65536)) <= LONGEST_TEXT


def test_only_listed_fields_are_kept() -> None:
    error = {"Code": "X", "Message": "m", "Region": "eu-west-1", "Token-0": "t", "StringToSign": "s", "Condition": ""}
    assert kept_fields(error) == {"Region": "eu-west-1"}


def test_only_listed_headers_are_kept() -> None:
    ids = "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo=" * 2
    headers = {
        "X-Amz-Id-2": ids,
        "Location": f"https://u:p@x/y?X-Amz-Signature={SIGNATURE}",
        "Access-Control-Allow-Origin": "*",
        "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "Set-Cookie": "session=1",
        "Authorization": "secret",
    }
    assert kept_headers(headers) == {
        "x-amz-id-2": ids,
        "location": "https://…@x/y",
        "access-control-allow-origin": "*",
        "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-central-1:123456789012:key/1",
    }


def test_a_secret_at_the_cut_does_not_remain_in_part() -> None:
    text = f"{TOKEN * 40} " + "x " * 50
    text += "y" * (4 * LONGEST_TEXT - len(text) - 22) + f" {SECRET}"
    assert SECRET[:10] in text[: 4 * LONGEST_TEXT]
    assert SECRET[:10] not in redacted(text)
