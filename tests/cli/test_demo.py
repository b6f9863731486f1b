"""`s3doctor demo`: a report without a bucket of one's own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from calling import PROGRAM, Ran
from terminal import Terminal

from s3doctor.cli.demo import check_command
from s3doctor.cli.exits import Exit
from s3doctor.connection import Connection, Credentials, Secret, Setup
from s3doctor.demo import cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_healthy_is_examined_where_none_is_named(run: Callable[..., Ran]) -> None:
    ran = run("demo", "--format", "json")
    assert ran.code == Exit.WELL
    assert ran.err == "s3doctor: patient healthy: A read-only connection as it should be\n"
    report = json.loads(ran.out)
    assert {result["status"] for result in report["results"]} == {"pass"}


def test_a_patient_by_name(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    ran = run("demo", "--quiet", "pasted-policy", "--output", str(file))
    assert ran == Ran(Exit.FAILED, "", "")
    text = " ".join(file.read_text().split())
    assert "This is the policy of the set-up page as it stands there." in text
    assert '"Resource": "arn:aws:s3:::acme-pictures/shapes/*"' in text


def test_the_list_has_the_healthy_first_and_the_pages_own_mistake_next(run: Callable[..., Ran]) -> None:
    ran = run("demo", "--list")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (Exit.WELL, "")
    assert [line.split()[0] for line in lines[:4]] == ["healthy", "metadata-bucket", "single-bucket", "pasted-policy"]
    assert lines[3].endswith("  The page's policy, pasted as it stands")
    assert len(lines) == len(cases.names())
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("name", "hint"), [("pasted-polcy", "; did you mean pasted-policy?"), ("x", ": `s3doctor demo --list` names them")]
)
def test_an_unknown_patient(run: Callable[..., Ran], name: str, hint: str) -> None:
    assert run("demo", name) == Ran(Exit.USAGE, "", f"s3doctor: there is no patient {name}{hint}\n")


@pytest.mark.parametrize("missing", ["moto", "flask"])
def test_without_the_extra(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    line = f"s3doctor: the demo needs {missing}, which is not installed: pip install 's3doctor[demo]'\n"
    assert run("demo") == Ran(Exit.USAGE, "", line)


def test_neither_proxy_nor_profile_get_in_the_way(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("AWS_PROFILE", "there-is-none")
    assert run("demo", "--quiet", "--format", "json").code == Exit.WELL
    assert os.environ["no_proxy"] == "example.org"
    assert "NO_PROXY" not in os.environ


def test_kept_until_ctrl_c_with_a_command_that_works() -> None:
    with Terminal("demo", "--keep", "wrong-username") as terminal:
        terminal.wait_for("until Ctrl-C")
        text = terminal.shown.replace("\r\n", "\n").partition("in another terminal:\n\n")[2].partition("\n\n")[0]
        command = text.replace("s3doctor check", f"{shlex.join(PROGRAM)} check") + " --format json"
        done = subprocess.run(command, shell=True, capture_output=True, timeout=180, check=False)
        failed = [result["code"] for result in json.loads(done.stdout)["results"] if result["status"] == "fail"]
        assert (done.returncode, failed) == (Exit.FAILED, ["CRED003"])
        assert terminal.interrupt() == Exit.FAILED


def test_the_command_says_all_that_the_connection_says() -> None:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("a/b+c"), Secret("it's"))
    connection = Connection(
        "acme", key, ("a", "b c"), "images", "tenyks", "us-east-1", "http://127.0.0.1:1", Setup.METADATA_BUCKET, "meta",
        origins=("https://app.example",),
    )  # fmt: skip
    words = shlex.split(check_command(connection).replace("\\\n", ""))
    assert words == [
        *("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=a/b+c", "AWS_SESSION_TOKEN=it's"),
        *("s3doctor", "check", "--bucket", "acme", "--dataset", "a", "--dataset", "b c", "--images", "images"),
        *("--setup", "metadata-bucket", "--metadata-bucket", "meta", "--metadata-dir", "metadata"),
        *("--username", "tenyks", "--region", "us-east-1", "--origin", "https://app.example"),
        *("--endpoint-url", "http://127.0.0.1:1"),
    ]
    assert check_command(Connection("acme")) == "s3doctor check \\\n  --bucket acme \\\n  --setup read-only"
