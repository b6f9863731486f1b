"""The support bundle: all that support needs, and in no form any secret; in `strict` no name either."""

from __future__ import annotations

import base64
import json
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from canaries import encoded

from s3doctor.bundle import refuse_unwritable, write
from s3doctor.bundle.environment import CERTIFICATES, clock_offset, facts, proxy, version_of
from s3doctor.bundle.names import strings
from s3doctor.bundle.pseudonyms import Pseudonyms
from s3doctor.bundle.secrets import forms, secrets_of, without
from s3doctor.cli import main
from s3doctor.connection import BadInput, Connection, Credentials, Secret
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.engine import Visit
from s3doctor.finding import Example, Finding, Severity
from s3doctor.s3.answer import Answer
from s3doctor.s3.log import MOST, Logged, RequestLog, plain_url

if TYPE_CHECKING:
    from pathlib import Path

    from s3doctor.demo.server import EmbeddedS3

PATIENTS = (
    "healthy",
    "pasted-policy",
    "metadata-bucket",
    "windows-paths",
    "missing-images",
    "too-powerful",
    "wrong-secret",
)


def packed(connection: Connection, tmp_path: Path, level: str) -> dict[str, str]:
    """The files of a bundle made of a visit with pictures."""
    visit = Visit(connection, pictures=3)
    for _ in visit:
        pass
    file = tmp_path / f"{level}.zip"
    write(str(file), visit.report(), visit, level)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("level", ["standard", "strict"])
@pytest.mark.parametrize("name", PATIENTS)
def test_no_secret_is_in_any_form_in_any_file(
    name: str, level: str, embedded_s3: EmbeddedS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://alice:canary-password@127.0.0.1:9")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "canary-token-of-somebody-else")
    connection = prepare(cases.load(name), embedded_s3)
    files = packed(connection, tmp_path, level)
    assert list(files) == [
        *("README.txt", "report.txt", "report.html", "report.json", "requests.jsonl", "environment.json")
    ]
    key = connection.credentials
    secrets = [key.secret_access_key.reveal(), key.access_key_id, "canary-password", "canary-token-of-somebody-else"]
    for file, text in files.items():
        assert not [form for secret in secrets for form in encoded(secret) if form in text], file


def names_of(connection: Connection, embedded_s3: EmbeddedS3) -> set[str]:
    """Every name that a customer of this patient has: account, user, buckets, datasets, directories, files."""
    s3 = embedded_s3.admin_client("s3")
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    keys = [entry["Key"] for bucket in buckets for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    names = {embedded_s3.account_id, connection.username, connection.bucket, *connection.datasets, *buckets}
    names |= {part for key in keys for part in key.split("/")}
    key = f"{connection.datasets[0]}/annotations.json"
    document = json.loads(s3.get_object(Bucket=connection.bucket, Key=key)["Body"].read())
    names |= {image["file_name"] for image in document["images"]}
    return names - {"images", "annotations.json", "predictions.json", "metadata", ""}


@pytest.mark.parametrize("name", [name for name in PATIENTS if name != "missing-images"])
def test_strict_leaves_no_name(name: str, embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    files = packed(connection, tmp_path, "strict")
    names = names_of(connection, embedded_s3)
    assert len(names) > 20
    found = {(file, each) for file, text in files.items() for each in names for form in encoded(each) if form in text}
    assert found == set()
    report = json.loads(files["report.json"])
    assert (report["pictures"], report["plots"]) == ([], [])
    assert report["subject"]["bucket"] == "bucket-1"
    assert report["subject"]["dataset"] == "dataset-1"


def test_a_pseudonym_is_the_same_everywhere(embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    files = packed(prepare(cases.load("pasted-policy"), embedded_s3), tmp_path, "strict")
    [sentence] = [line for line in files["report.txt"].splitlines() if "Begin with PERM002" in line]
    key = sentence.rpartition(" ")[2]
    assert key.startswith("dataset-1/images/dir-")
    assert key.endswith(".png")
    urls = {json.loads(line)["url"].partition("bucket-1/")[2] for line in files["requests.jsonl"].splitlines()}
    assert key in urls
    assert f'"{"arn:aws:s3:::bucket-1/dataset-1/*"}"' in files["report.txt"]
    assert "user-1ReadOnlyAccess" in files["report.txt"]


def test_the_log_has_every_request_that_the_server_saw(embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    embedded_s3.forget_accesses()
    files = packed(connection, tmp_path, "standard")
    rows = [json.loads(line) for line in files["requests.jsonl"].splitlines()]
    assert len(rows) == len(embedded_s3.accesses) == json.loads(files["environment.json"])["requests"]
    operations = {row["operation"] for row in rows}
    assert {"GetCallerIdentity", "ListObjectsV2", "GetObject", "HeadBucket", "Preflight"} <= operations
    assert all(row["url"].startswith(embedded_s3.endpoint_url) and "?" not in row["url"] for row in rows)
    assert all(row["http"] and row["milliseconds"] > 0 for row in rows)
    denied = [row for row in rows if row["http"] == 403]
    assert denied
    assert {row["code"] for row in denied} <= {"AccessDenied", ""}


def test_the_clock_is_told_from_the_servers_answers(embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    files = packed(prepare(cases.load("clock-off"), embedded_s3), tmp_path, "standard")
    offset = json.loads(files["environment.json"])["clock offset in seconds"]
    assert offset == pytest.approx(cases.load("clock-off").clock_minutes * 60, abs=5)


def test_what_no_server_answered_is_in_the_log(tmp_path: Path) -> None:
    connection = Connection(
        "nowhere", Credentials("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40)), endpoint_url="http://127.0.0.1:9", timeout=10
    )
    files = packed(connection, tmp_path, "strict")
    rows = [json.loads(line) for line in files["requests.jsonl"].splitlines()]
    assert {row["fault"] for row in rows if row["operation"] == "GetCallerIdentity"} == {"EndpointConnectionError"}
    assert all(row["http"] is None for row in rows)
    assert "127.0.0.1" not in files["requests.jsonl"]
    assert json.loads(files["environment.json"])["clock offset in seconds"] is None


def test_the_log_is_bounded() -> None:
    log = RequestLog()
    for number in range(MOST + 5):
        log.note(Answer("GetObject", "", 200), f"http://h/{number}")
    assert (log.count, len(log.kept), log.kept[-1].url) == (MOST + 5, MOST, f"http://h/{MOST + 4}")


def test_urls_are_kept_without_what_opens_doors() -> None:
    assert plain_url("https://u:p@h:1/a%20b/c?X-Amz-Signature=x#y") == "https://h:1/a b/c"
    assert plain_url("") == ""


@pytest.mark.parametrize(
    ("given", "standard", "strict"),
    [
        ("http://alice:secret@proxy.acme.com:3128", "http://…@proxy.acme.com:3128", "http://…@…:3128"),
        ("proxy.acme.com:3128", "proxy.acme.com:3128", "…:3128"),
        ("https://proxy.acme.com/", "https://proxy.acme.com", "https://…"),
        ("http://h:port", "not a URL", "not a URL"),
    ],
)
def test_a_proxy_is_told_without_its_password(given: str, standard: str, strict: str) -> None:
    assert (proxy(given, strict=False), proxy(given, strict=True)) == (standard, strict)


def test_the_environment_tells_no_values_of_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*CERTIFICATES, "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("NO_PROXY", "intranet.acme.com")
    standard, strict = facts((), strict=False), facts((), strict=True)
    assert "canary" not in str(standard)
    assert "AWS_SECRET_ACCESS_KEY" in standard["variables that are set"]
    assert standard["certificates"] == {
        "AWS_CA_BUNDLE": f"{tmp_path} (is there)",
        "SSL_CERT_FILE": f"{tmp_path / 'none'} (is not there)",
    }
    assert strict["certificates"] == {"AWS_CA_BUNDLE": "set, is there", "SSL_CERT_FILE": "set, is not there"}
    assert "acme" not in str(strict)
    assert standard["proxy exceptions"] == {"NO_PROXY": "intranet.acme.com"}
    assert standard["libraries"]["boto3"][0].isdigit()


def test_a_date_that_is_none_does_not_count() -> None:
    at = "2026-11-24T12:00:00.000+00:00"
    log = [Logged(at, "X", "u", date=date) for date in ("", "yesterday", "Tue, 24 Nov 2026 12:15:00 GMT")]
    assert clock_offset(log) == 900.0


def test_the_net_catches_every_form() -> None:
    secret = "a/b+c=d:é" * 3
    documents = [secret, quote(secret, safe=""), secret.encode().hex(), secret.encode().hex().upper()]
    documents += [base64.b64encode(b"{" * before + secret.encode() + b"}").decode() for before in range(5)]
    for document in documents:
        cut = without(f"before {document} after", [secret])
        assert "***" in cut
        assert not [form for form in encoded(secret) if form in cut]
    assert len(set(forms(secret))) >= 6
    assert secrets_of(Connection("b", Credentials("AKIA", Secret("short")))) == ()


def test_check_packs_a_bundle(
    embedded_s3: EmbeddedS3, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", connection.credentials.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", connection.credentials.secret_access_key.reveal())
    file = tmp_path / "bundle.zip"
    options = ("check", "--quiet", "--bucket", connection.bucket, "--endpoint-url", connection.endpoint_url)
    assert main([*options, "--select", "CRED", "--bundle", str(file), "--redact", "strict"]) == 0
    with zipfile.ZipFile(file) as archive:
        assert connection.bucket not in archive.read("report.html").decode()
    assert main([*options, "--bundle", str(tmp_path / "x"), "--output", str(tmp_path / "x")]) == 2
    assert "--output and --bundle name the same file: expected another" in capsys.readouterr().err
    assert main([*options, "--bundle", str(file)]) == 2
    assert f"--bundle {file} exists: expected the name of a new file" in capsys.readouterr().err


def test_what_cannot_be_written_is_said_beforehand_and_afterwards(embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written: expected a new file in a directory of yours"):
        refuse_unwritable(str(tmp_path / "no" / "b.zip"))
    refuse_unwritable(str(tmp_path / "b.zip"))
    visit = Visit(prepare(cases.load("no-key"), embedded_s3), ["CRED001"])
    list(visit)
    with pytest.raises(BadInput, match=r"--bundle .* cannot be written \(no such file or directory\)"):
        write(str(tmp_path / "no" / "b.zip"), visit.report(), visit)


def test_names_of_every_kind_are_found_in_every_part_of_a_report() -> None:
    rename = Pseudonyms()
    for kind, name in (("bucket", "acme"), ("dataset", "ds"), ("user", "alice"), ("acct", "123456789012"), ("dir", "")):
        rename.add(kind, name)
    for key in (
        "ds/images/my cat.jpg",
        "ds/images/IMG_0001.JPG",
        "ds/nuit d'\u00e9t\u00e9/b.png",
        "images/",
        "ds/images/my cat.jpg",
    ):
        rename.add_key(key)
    example = Example(
        "ds/images/my cat.jpg",
        "IMG_0001.JPG.",
        {"file_name": ["IMG_0001.JPG", 7, None]},
        ids=(("image_id", 7), ("name", "IMG_0001")),
    )
    finding = Finding("acme", Severity.ERROR, 1, "arn:aws:s3:::acme/ds/images/my%20cat.jpg of alice", (example,))
    assert rename.everywhere(finding) == Finding(
        "acme",
        Severity.ERROR,
        1,
        "arn:aws:s3:::bucket-1/dataset-1/images/key-1.jpg of user-1",
        (
            Example(
                "dataset-1/images/key-1.jpg",
                "key-2.JPG.",
                {"file_name": ["key-2.JPG", 7, None]},
                ids=(("image_id", 7), ("name", "key-2")),
            ),
        ),
    )
    assert rename.text("aliceReadOnlyAccess, alicent, metads, ds") == "user-1ReadOnlyAccess, alicent, metads, dataset-1"
    assert rename.text("ds/nuit d'\u00e9t\u00e9/b.png") == "dataset-1/dir-1/key-3.png"
    assert Pseudonyms().text("nothing to replace") == "nothing to replace"
    assert set(strings(finding)) >= {"file_name", "ds/images/my cat.jpg", "IMG_0001"}


def test_a_library_that_is_not_installed_is_named_as_such() -> None:
    assert version_of("s3doctor-has-no-such-library") == "not installed"
