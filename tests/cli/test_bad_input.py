"""Bad input: one line on standard error that names the thing and says what was expected, exit code 2, no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from calling import Ran

B = ("--bucket", "b")
KEY = ("--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-access-key", "canary-secret")

WRONG = {
    "no bucket": ((), "Missing option '--bucket'"),
    "empty bucket": (("--bucket", ""), "--bucket names no bucket: expected a name"),
    "a foreign URL": (("--bucket", "https://example.com/b"), "--bucket is a URL, but not of a bucket on Amazon S3"),
    "no such option": ((*B, "--buckte", "b"), "No such option"),
    "an option without a value": ((*B, "--dataset"), "--dataset"),
    "an empty dataset": ((*B, "--dataset", "/"), "--dataset is empty: expected"),
    "a dataset that climbs": ((*B, "--dataset", "../x"), "--dataset holds a '.' or '..' step"),
    "a dataset elsewhere": ((*B, "--dataset", "s3://c/x"), "--dataset names another bucket (c)"),
    "images that climb": ((*B, "--images", "a/.."), "--images holds a '.' or '..' step"),
    "no such set-up": ((*B, "--setup", "read-onyl"), "'read-onyl' is not one of 'read-only', 'metadata-bucket'"),
    "no metadata bucket": ((*B, "--setup", "metadata-bucket"), "--setup metadata-bucket needs --metadata-bucket"),
    "a metadata bucket too many": (
        (*B, "--setup", "read-only", "--metadata-bucket", "m"),
        "--metadata-bucket does not go with --setup read-only",
    ),
    "an empty metadata directory": ((*B, "--metadata-dir", "/"), "--metadata-dir is empty"),
    "no region": ((*B, "--region", "eu west 1"), "--region is not a region's code: expected one such as"),
    "no endpoint": ((*B, "--endpoint-url", "localhost:9000"), "--endpoint-url is not an http or https URL: expected"),
    "a password in the endpoint": ((*B, "--endpoint-url", "http://u:canary@h"), "--endpoint-url holds a user name"),
    "no origin": ((*B, "--origin", "example.com"), "--origin is not a web origin: expected one such as"),
    "no time": ((*B, "--timeout", "soon"), "'soon' is not a valid float"),
    "no time left": ((*B, "--timeout", "0"), "--timeout is not a time: expected a number of seconds above 0"),
    "no such format": ((*B, "--format", "xml2"), "'xml2' is not one of"),
    "no such check": ((*B, "--select", "CRED01"), "--select: there is no check CRED01; did you mean CRED001?"),
    "nothing like a check": ((*B, "--ignore", "§§"), "--ignore: there is no check §§: expected codes or families"),
    "half a key": ((*B, "--access-key-id", "AKIA"), "--secret-access-key is missing: expected both halves"),
    "the other half": ((*B, "--secret-access-key", "canary"), "--access-key-id is missing: expected both halves"),
    "only a token": ((*B, "--session-token", "canary"), "--access-key-id is missing"),
    "no such CSV": ((*B, "--credentials-csv", "no.csv"), "no.csv cannot be read (no such file or directory): expected"),
    "no such profile": ((*B, "--profile", "nobody"), "there is no profile nobody: AWS's shared files hold no profile"),
    "words left over": ((*B, *KEY, "canary", "words"), "2 words are left over: expected only options"),
    "a word left over": ((*B, "canary"), "one word is left over: expected only options"),
    "an output without a directory": (
        (*B, *KEY, "-o", "no/such/r.txt"),
        "--output no/such/r.txt cannot be written (no",
    ),
    "a directory as output": ((*B, *KEY, "-o", "/"), "--output / cannot be written (is a directory): expected a file"),
    "an output that is no path": ((*B, *KEY, "-o", "a\0b"), "cannot be written (embedded null byte)"),
}


@pytest.mark.parametrize(("arguments", "complaint"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_in_one_line(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("check", "--quiet", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert complaint in ran.err
    assert ran.err.startswith("s3doctor: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert "canary" not in ran.err
    assert not list(tmp_path.iterdir())


def test_a_wrong_csv_is_named(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "alice_credentials.csv"
    file.write_text("User name,Password,Console login link\nalice,canary,https://x\n", encoding="utf-8")
    ran = run("check", *B, "--credentials-csv", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert f"s3doctor: {file} holds a console password, not an access key: expected the CSV file" in ran.err
    assert "canary" not in ran.err


def test_a_profile_s_name_is_compared(run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile work]\n[profile home]\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    ran = run("check", *B, "--profile", "wrok")
    assert (ran.code, ran.err) == (2, "s3doctor: there is no profile wrok: expected one of home, work\n")


def test_half_a_key_in_the_environment_is_named(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    ran = run("check", *B)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "the environment holds half a key: AWS_SECRET_ACCESS_KEY is missing" in ran.err


def test_what_cannot_be_shown_is_escaped(run: Callable[..., Ran]) -> None:
    ran = run("check", *B, "--dataset", "s3://\x1b[31mred\n\u202e/x")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "(\\x1b[31mred \\u202e)" in ran.err
