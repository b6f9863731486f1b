"""Where an access key comes from, and in what state people bring it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from s3doctor.connection import BadInput, Credentials, Secret
from s3doctor.credentials import environment_key, profile_key, typed_key
from s3doctor.key_file import MOST_BYTES, csv_key

if TYPE_CHECKING:
    from pathlib import Path

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NEW = f"Access key ID,Secret access key\r\n{KEY_ID},{SECRET}\r\n"
OLD_HEADER = "User name,Password,Access key ID,Secret access key,Console login link"
OLD = f"{OLD_HEADER}\r\nalice,,{KEY_ID},{SECRET},https://123456789012.signin.aws.amazon.com/console\r\n"


@pytest.fixture
def aws_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of AWS's shared files, and an environment without a key."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "DEFAULT_PROFILE"):
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("BOTO_CONFIG", str(tmp_path / "boto"))
    return tmp_path


def is_the_key(credentials: Credentials | None) -> bool:
    return credentials is not None and (credentials.access_key_id, credentials.secret_access_key.reveal()) == (
        KEY_ID,
        SECRET,
    )


@pytest.mark.parametrize("text", [NEW, OLD, NEW.replace("\r\n", "\n"), NEW.replace("\r\n", "\r"), NEW.rstrip()])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_console_s_files_are_read_in_every_form(tmp_path: Path, text: str, encoding: str, separator: str) -> None:
    file = tmp_path / "alice_accessKeys.csv"
    file.write_bytes(text.replace(",", separator).encode(encoding))
    credentials, _ = csv_key(str(file))
    assert is_the_key(credentials)
    assert credentials.source == "the file alice_accessKeys.csv"
    assert not credentials.notes


@pytest.mark.parametrize(
    "text",
    [
        f'"Access key ID","Secret access key"\n"{KEY_ID}","{SECRET}"\n',
        f"sep=;\nAccess key ID;Secret access key\n{KEY_ID};{SECRET}\n",
        f"access_key_id , SECRET ACCESS KEY\n\n{KEY_ID},{SECRET}\n,\n\n",
        f"Secret access key,Access key ID\n{SECRET},{KEY_ID}\n",
    ],
    ids=["quoted", "sep line", "other spelling and empty rows", "other order"],
)
def test_what_spreadsheets_and_editors_change_does_no_harm(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key.csv"
    file.write_text(text, encoding="utf-8")
    assert is_the_key(csv_key(str(file))[0])


def test_a_file_in_utf_16_of_the_other_byte_order_is_read(tmp_path: Path) -> None:
    file = tmp_path / "key.csv"
    file.write_bytes(b"\xfe\xff" + NEW.encode("utf-16-be"))
    assert is_the_key(csv_key(str(file))[0])


def test_only_the_older_form_names_the_user(tmp_path: Path) -> None:
    file = tmp_path / "new_user_credentials.csv"
    file.write_text(OLD, encoding="utf-8")
    assert csv_key(str(file))[1] == "alice"
    file.write_text(NEW, encoding="utf-8")
    assert csv_key(str(file))[1] == ""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "is empty"),
        (b"User name,Password,Console login link\r\nalice,canary-secret,https://x\r\n", "a console password"),
        (b"Access key ID,Created\r\nAKIAIOSFODNN7EXAMPLE,today\r\n", "has no column Secret access key"),
        (b"name,canary-secret\r\n1,2\r\n", "has other columns"),
        (b"AKIAIOSFODNN7EXAMPLE,canary-secret\r\n", "has other columns"),
        (NEW.encode() + b"AKIAIOSFODNN7EXAMPL2,canary-secret\r\n", "holds 2 access keys"),
        (b"Access key ID,Secret access key\r\n", "holds 0 access keys"),
        (b"Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,\r\n", "no access key in them"),
        (b"Access key ID,Secret access key\r\ncanary-secret\r\n", "no access key in them"),
        (b"Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,#NAME?\r\n", "a spreadsheet's error"),
        (OLD_HEADER.encode() + b"\r\nalice,canary-secret,,,https://x\r\n", "no access key in them"),
        (b"PK\x03\x04\xff\xfe\x80canary-secret", "is not a text file"),
        (b"\x00\x01canary-secret", "is not a text file"),
        (b"x" * (MOST_BYTES + 1), "is too big"),
    ],
)
def test_any_other_file_is_refused_in_a_line_that_does_not_quote_it(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "key.csv"
    file.write_bytes(content)
    with pytest.raises(BadInput) as fault:
        csv_key(str(file))
    message = str(fault.value)
    assert complaint in message
    assert message.startswith(str(file))
    assert "expected" in message or "create one" in message
    assert "\n" not in message
    assert "canary" not in message
    assert "AKIA" not in message


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    import csv

    file = tmp_path / "key.csv"
    file.write_text(NEW + '"' + "x" * 5000, encoding="utf-8")
    limit = csv.field_size_limit(1000)
    try:
        with pytest.raises(BadInput, match="is not a CSV file"):
            csv_key(str(file))
    finally:
        csv.field_size_limit(limit)


@pytest.mark.parametrize(("name", "reason"), [("missing.csv", "no such file"), (".", "is a directory")])
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason) as fault:
        csv_key(str(tmp_path / name))
    assert str(tmp_path) in str(fault.value)


@pytest.mark.parametrize(
    "mess", [" {}", "{}\n", "\u200b{}", "{}\ufeff", "\xa0{}\u2028", '"{}"', "{}\r\n\t", "\u202e{}"]
)
def test_what_pasting_adds_is_left_out_and_said(mess: str) -> None:
    credentials = typed_key(mess.format(KEY_ID), mess.format(SECRET), mess.format("token"), source="here")
    assert is_the_key(credentials)
    assert credentials.session_token.reveal() == "token"
    assert [note.split(" held ")[0] for note in credentials.notes] == [
        "The access key ID",
        "The secret access key",
        "The session token",
    ]
    assert not any(KEY_ID in note or SECRET in note for note in credentials.notes)


def test_a_line_break_in_the_middle_is_left_out_too() -> None:
    assert is_the_key(typed_key(KEY_ID, f"{SECRET[:20]}\n  {SECRET[20:]}", source="here"))


def test_halves_the_wrong_way_round_are_swapped_and_it_is_said() -> None:
    credentials = typed_key(SECRET, KEY_ID, source="here")
    assert is_the_key(credentials)
    assert "swapped" in credentials.notes[0]
    assert KEY_ID not in repr(credentials)


def test_keys_of_other_servers_are_left_as_they_are() -> None:
    credentials = typed_key("minioadmin", "minioadmin", source="here")
    assert credentials == Credentials("minioadmin", Secret("minioadmin"), Secret(""), "here")


def test_a_profile_s_key_is_found(aws_files: Path) -> None:
    (aws_files / "credentials").write_text(
        f"[work]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET}\naws_session_token=tok\n",
        encoding="utf-8",
    )
    credentials = profile_key("work")
    assert is_the_key(credentials)
    assert credentials.session_token == Secret("tok")
    assert credentials.source == "the profile work (shared-credentials-file)"


def test_a_profile_comes_before_the_environment(aws_files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHEROTHEROTHER1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other")
    (aws_files / "config").write_text(
        f"[profile work]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET}\n", encoding="utf-8"
    )
    assert is_the_key(profile_key("work"))


@pytest.mark.parametrize(
    ("profile", "complaint"),
    [
        ("wrok", "there is no profile wrok: expected one of empty, half, work"),
        ("empty", "the profile empty holds no access key"),
        ("half", "the profile half holds half a key: aws_secret_access_key is missing"),
    ],
)
def test_a_profile_that_cannot_be_used_is_named(aws_files: Path, profile: str, complaint: str) -> None:
    (aws_files / "credentials").write_text(
        f"[work]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET}\n"
        f"[empty]\n[half]\naws_access_key_id={KEY_ID}\n",
        encoding="utf-8",
    )
    with pytest.raises(BadInput, match=complaint):
        profile_key(profile)


@pytest.mark.usefixtures("aws_files")
def test_without_any_profile_the_message_says_so() -> None:
    with pytest.raises(BadInput, match="there is no profile work: AWS's shared files hold no profile at all"):
        profile_key("work")


def test_a_broken_configuration_file_is_named(aws_files: Path) -> None:
    (aws_files / "config").write_text("canary-secret\n[[", encoding="utf-8")
    with pytest.raises(BadInput, match="config is not an AWS configuration file") as fault:
        profile_key("work")
    assert "canary" not in str(fault.value)


def test_a_profile_that_gives_its_key_by_a_failing_program_says_so(aws_files: Path) -> None:
    (aws_files / "config").write_text("[profile work]\ncredential_process = false canary-secret\n", encoding="utf-8")
    with pytest.raises(BadInput, match="the profile work gave no key") as fault:
        profile_key("work")
    assert "canary" not in str(fault.value)


@pytest.mark.usefixtures("aws_files")
def test_the_environment_s_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    credentials = environment_key()
    assert is_the_key(credentials)
    assert credentials is not None
    assert credentials.source == "the environment (env)"


@pytest.mark.usefixtures("aws_files")
def test_without_a_key_anywhere_there_is_none_and_no_role_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/")
    assert environment_key() is None


@pytest.mark.usefixtures("aws_files")
def test_half_a_key_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    with pytest.raises(BadInput, match="the environment holds half a key: AWS_SECRET_ACCESS_KEY is missing"):
        environment_key()


@pytest.mark.usefixtures("aws_files")
def test_a_wrong_profile_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "wrok")
    with pytest.raises(BadInput, match="there is no profile wrok"):
        environment_key()
