"""The commands that print what to paste and what to submit, called as a customer calls them."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from remedies.cases import READ_ONLY

from s3doctor.cli import main
from s3doctor.remedies.policy import documents, page_policy

if TYPE_CHECKING:
    from pathlib import Path

PLACE = ("--bucket", "pictures", "--dataset", "street", "--images", "photos")
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYnotarealke"
KEY = ("--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-access-key", SECRET)
READY = (*PLACE, *KEY, "--username", "ann", "--region", "eu-central-1")

pytestmark = pytest.mark.usefixtures("no_surroundings")
Output = pytest.CaptureFixture[str]


@pytest.fixture
def no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own AWS configuration."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "S3DOCTOR_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)


def call(capsys: Output, *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_policy_prints_what_can_be_pasted_and_nothing_else(capsys: Output) -> None:
    code, out, err = call(capsys, "policy", *PLACE)
    assert code == 0
    assert out == documents(READ_ONLY)[0].text + "\n"
    assert err == "s3doctor: tenyksReadOnlyAccess:\n"


def test_policy_takes_every_option(capsys: Output) -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
    given = ("--metadata-bucket", "notes", "--metadata-under-dataset", "--restrict-listing", "--kms-key", key)
    code, out, err = call(capsys, "policy", *PLACE, *given)
    policy, end = json.JSONDecoder().raw_decode(out)
    first, second = policy["Statement"], json.loads(out[end:])["Statement"]
    assert code == 0
    assert err.split() == ["s3doctor:", "tenyksReadOnlyAccess:", "s3doctor:", "tenyksWriteAccess:"]
    assert first[0]["Condition"] == {"StringLike": {"s3:prefix": ["street", "street/*"]}}
    assert second[1]["Resource"] == "arn:aws:s3:::notes/street/metadata/*"
    assert second[2]["Resource"] == key


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("json", "{\n"),
        ("cli", "aws iam put-user-policy --user-name=ann "),
        ("terraform", 'resource "aws_iam_policy"'),
        ("cloudformation", "AWSTemplateFormatVersion"),
    ],
)
def test_policy_in_each_form(capsys: Output, form: str, start: str) -> None:
    code, out, _ = call(capsys, "policy", *PLACE, "--username", "ann", "--as", form)
    assert code == 0
    assert out.startswith(start)


def test_policy_says_what_it_took_for_granted(capsys: Output) -> None:
    code, out, err = call(capsys, "policy", "--bucket", "s3://pictures", "--metadata-under-dataset")
    assert code == 0
    assert json.loads(out)["Statement"][1]["Resource"] == "arn:aws:s3:::pictures/*"
    assert "The bucket was given as an s3 URI" in err
    assert "no --dataset given: the policy opens the whole bucket" in err
    assert "--metadata-under-dataset changes nothing without a metadata bucket" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("policy", *PLACE, "--kms-key", "alias/mine"), "--kms-key 'alias/mine' is no key's ARN: expected arn:aws:kms"),
        (("policy", *PLACE, "--setup", "metadata-bucket"), "--setup metadata-bucket needs --metadata-bucket"),
        (("policy", *PLACE, "--as", "xml"), "'xml' is not one of"),
        (("cors", "--bucket", "b", "--origin", "example.com"), "--origin is not a web origin"),
        (("handoff", "--bucket", "b", "--images", "x", *KEY), "--dataset is missing"),
        (("handoff", "--bucket", "b", "--dataset", "x", *KEY), "--images is missing"),
        (("handoff", *READY, "--with-secret", "-"), "--with-secret - is refused"),
        (("handoff", *READY, "--with-secret", "no/such/folder/x"), "cannot be written (no such file or directory)"),
        (("handoff", *READY, "--with-secret", "a\0b"), "--with-secret a\\x00b cannot be written ("),
        (("lint-policy", *PLACE), "no FILE given: expected a policy in JSON, or - for standard input"),
        (("lint-policy", "missing.json", *PLACE), "missing.json cannot be read (no such file or directory)"),
        (("lint-policy", "a\0b", *PLACE), "cannot be read (embedded null byte)"),
        (("lint-policy", ".", *PLACE), ". cannot be read (is a directory)"),
        (("lint-policy", "x.json", "--bucket", "pictures"), "--dataset is missing"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(capsys: Output, arguments: tuple[str, ...], message: str) -> None:
    code, _, err = call(capsys, *arguments)
    assert code == 2
    assert message in err.splitlines()[-1]
    assert "Traceback" not in err


def test_cors_prints_the_rule(capsys: Output) -> None:
    code, out, err = call(capsys, "cors", "--bucket", "pictures", "--origin", "https://app.example.com/path")
    assert code == 0
    assert json.loads(out)[0]["AllowedOrigins"] == ["https://app.example.com"]
    assert "--origin was read as https://app.example.com" in err
    _, out, _ = call(capsys, "cors", *PLACE, "--metadata-bucket", "notes", "--as", "cli")
    assert out.startswith("aws s3api put-bucket-cors --bucket=notes ")


def test_lint_finds_our_own_policy_well(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(documents(READ_ONLY)[0].text)
    code, out, err = call(capsys, "lint-policy", "good.json", *PLACE)
    assert (code, err) == (0, "")
    assert out.startswith("PASS: ")


def test_lint_finds_the_page_s_policy_wanting(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text(json.dumps(page_policy(READ_ONLY)))
    code, out, _ = call(capsys, "lint-policy", "page.json", *PLACE)
    assert code == 1
    assert "out the dataset: the objects are in street" in out
    assert '"Resource": "arn:aws:s3:::pictures/street/*"' in out
    code, out, _ = call(capsys, "lint-policy", "page.json", *PLACE, "--format", "json")
    assert (code, json.loads(out)["verdict"]) == (1, "fail")


def test_lint_does_not_decide_what_depends(capsys: Output, tmp_path: Path) -> None:
    policy = json.loads(documents(READ_ONLY)[0].text)
    policy["Statement"][1]["Condition"] = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    (tmp_path / "office.json").write_text(json.dumps(policy))
    code, out, _ = call(capsys, "lint-policy", "office.json", *PLACE)
    assert code == 3
    assert out.startswith("UNKNOWN: ")


def test_lint_reads_several_files_as_one_user_s(capsys: Output, tmp_path: Path) -> None:
    place = (*PLACE, "--metadata-bucket", "notes", "--metadata-under-dataset")
    call(capsys, "policy", *place)
    from s3doctor.connection import Connection, Setup
    from s3doctor.remedies.policy import Options

    connection = Connection("pictures", datasets=("street",), setup=Setup.METADATA_BUCKET, metadata_bucket="notes")
    for document in documents(connection, options=Options(dataset_shape=True)):
        (tmp_path / document.title).write_text(document.text)
    assert call(capsys, "lint-policy", "tenyksReadOnlyAccess", "tenyksWriteAccess", *place)[0] == 0
    assert call(capsys, "lint-policy", "tenyksReadOnlyAccess", *place)[0] == 1


def test_lint_says_what_it_took_for_granted(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(documents(READ_ONLY)[0].text)
    code, _, err = call(capsys, "lint-policy", "good.json", "--bucket", "s3://pictures/street")
    assert code == 0
    assert "read as bucket pictures, dataset street" in err
    assert "no --images given: the pictures are taken to be in images/" in err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe{}", "standard input is no text in UTF-8"),
        (b"{" + b" " * 1_000_001, "standard input is too large"),
        (b"{,}", "standard input, line 1, column 2: not valid JSON"),
        (b"", "standard input: the file is empty"),
    ],
)
def test_lint_reads_standard_input(capsys: Output, monkeypatch: pytest.MonkeyPatch, data: bytes, message: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code, _, err = call(capsys, "lint-policy", "-", *PLACE)
    assert code == 2
    assert message in err


def test_policy_and_lint_fit_together_in_a_pipe() -> None:
    program = (sys.executable, "-m", "s3doctor")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "ascii"}
    made = subprocess.run([*program, "policy", *PLACE], capture_output=True, check=True, env=environment)
    judged = subprocess.run(
        [*program, "lint-policy", "-", *PLACE], input=made.stdout, capture_output=True, check=False, env=environment
    )
    assert (judged.returncode, judged.stderr) == (0, b"")
    assert judged.stdout.startswith(b"PASS: ")
    assert judged.stdout.isascii()
    assert b" What the platform asks, and whether it is granted " in judged.stdout


def test_handoff_shows_all_but_the_secret(capsys: Output) -> None:
    code, out, err = call(capsys, "handoff", *READY)
    assert code == 0
    assert json.loads(out)["access_key_id"] == "AKIA…MPLE"
    assert SECRET not in out + err
    assert "AKIAIOSFODNN7EXAMPLE" not in out + err
    assert "stands in your shell's history" in err


def test_handoff_says_what_it_read_otherwise(capsys: Output) -> None:
    code, out, err = call(capsys, "handoff", *READY[2:], "--bucket", "s3://pictures")
    assert code == 0
    assert "s3://pictures/street/photos/" in out
    assert "The bucket was given as an s3 URI" in err


def test_handoff_writes_the_secret_for_its_owner_only(capsys: Output, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        code, out, err = call(capsys, "handoff", *READY, "--with-secret", "mine.json")
    finally:
        os.umask(before)
    file = tmp_path / "mine.json"
    assert code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET in file.read_text()
    assert json.loads(file.read_text())["access_key_id"] == "AKIAIOSFODNN7EXAMPLE"
    assert SECRET not in out + err
    assert "mine.json holds the secret key" in err


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_handoff_overwrites_nothing(capsys: Output, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "mine.json"
    if kind == "file":
        target.write_text("precious")
    else:
        target.symlink_to(tmp_path / "elsewhere")
    code, _, err = call(capsys, "handoff", *READY, "--with-secret", "mine.json")
    assert code == 2
    assert "exists already: expected a new file, nothing is overwritten" in err
    assert not (tmp_path / "elsewhere").exists()
    assert kind != "file" or target.read_text() == "precious"


def test_handoff_does_not_write_what_the_platform_would_refuse(capsys: Output, tmp_path: Path) -> None:
    code, out, err = call(
        capsys, "handoff", "--bucket", "pictures", "--dataset", "my street", "--images", "photos", *KEY,
        "--with-secret", "mine.json",
    )  # fmt: skip
    assert code == 1
    assert json.loads(out)["datasets"][0]["name"] == "my street"
    assert "the name 'my street' holds ' '" in err
    assert "the user name is missing" in err
    assert "the region is missing" in err
    assert not (tmp_path / "mine.json").exists()
