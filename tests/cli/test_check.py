"""`s3doctor check` on a real server: what is asked for is done, and the exit code says how it went."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest
from calling import BUCKET, PROGRAM, Ran, Server, key_options, run_apart

from s3doctor.cli.exits import MEANINGS, Exit
from s3doctor.connection import masked
from s3doctor.model import Check, Fix, Leftover, Outcome, Report, Result, Status, passed
from s3doctor.report import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable


def results(ran: Ran) -> dict[str, dict[str, Any]]:
    """The results of a report in JSON, by their codes."""
    return {result["code"]: result for result in json.loads(ran.out)["results"]}


def test_all_is_well(run: Callable[..., Ran], server: Server) -> None:
    ran = run("check", "--quiet", *server.options, "--select", "CRED")
    assert (ran.code, ran.err) == (Exit.WELL, "")
    assert "CRED001" in ran.out
    assert "PERM001" not in ran.out


def test_a_check_that_fails(run: Callable[..., Ran], server: Server) -> None:
    ran = run("check", *server.options, "--select", "CRED003", "--username", "somebody-else")
    assert ran.code == Exit.FAILED
    assert "reader" in ran.out


def test_what_could_not_be_found_out(run: Callable[..., Ran], server: Server) -> None:
    nobody = ("--bucket", BUCKET, "--endpoint-url", "http://127.0.0.1:9", *key_options(server.reader))
    assert run("check", *nobody, "--select", "CRED002").code == Exit.NOT_FOUND_OUT


def test_no_write_means_no_write(run: Callable[..., Ran], server: Server) -> None:
    options = (*server.place, *key_options(server.writer), "--setup", "single-bucket", "--dataset", "ds")
    ran = run("check", *options, "--select", "PERM007", "--no-write", "--format", "json")
    assert results(ran)["PERM007"]["summary"] == "not looked at, because of --no-write"


def test_ignored_checks_are_left_out(run: Callable[..., Ran], server: Server) -> None:
    ran = run("check", *server.options, "--select", "cred, BUCKET003", "--ignore", "CRED004", "--format", "json")
    assert list(results(ran)) == ["CRED001", "CRED002", "CRED003", "CRED005", "BUCKET003"]


def test_what_keeps_a_selected_check_from_being_asked_is_told_once(run: Callable[..., Ran], server: Server) -> None:
    wrong = (*server.place, "--access-key-id", server.reader.access_key_id, "--secret-access-key", "wrong")
    ran = run("check", *wrong, "--dataset", "ds", "--select", "PERM001,PERM002", "--format", "json")
    assert ran.code == Exit.FAILED
    told = [(result["code"], result["status"]) for result in json.loads(ran.out)["results"]]
    assert told == [("CRED002", "fail"), ("PERM001", "skip"), ("PERM002", "skip")]


def test_every_option_comes_from_the_environment_too(
    run: Callable[..., Ran], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "BUCKET": BUCKET,
        "ENDPOINT_URL": server.url,
        "ACCESS_KEY_ID": server.reader.access_key_id,
        "SECRET_ACCESS_KEY": server.reader.secret_access_key.reveal(),
        "USERNAME": "somebody-else",
        "SELECT": "CRED003,CRED001",
        "FORMAT": "json",
        "DATASET": "one,two",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"S3DOCTOR_{name}", value)
    ran = run("check")
    assert (ran.code, ran.err) == (Exit.FAILED, "")
    assert list(results(ran)) == ["CRED001", "CRED003"]


def test_a_secret_on_the_command_line_works_and_is_warned_about(run: Callable[..., Ran], server: Server) -> None:
    ran = run("check", *server.options, "--select", "CRED002")
    assert ran.code == Exit.WELL
    assert ran.err == (
        "s3doctor: warning: --secret-access-key stands in your shell's history now;"
        " better use --credentials-csv or S3DOCTOR_SECRET_ACCESS_KEY\n"
    )


@pytest.mark.parametrize("extra", [(), ("--verbose",), ("--format", "json")])
def test_the_secret_is_never_shown(run: Callable[..., Ran], server: Server, extra: tuple[str, ...]) -> None:
    ran = run("check", *server.options, *extra)
    for secret in (server.reader.secret_access_key.reveal(), server.reader.access_key_id):
        assert secret not in ran.out + ran.err
    assert masked(server.reader.access_key_id).rpartition("…")[2] in ran.out


def test_the_key_comes_from_the_console_s_file(run: Callable[..., Ran], server: Server, tmp_path: Path) -> None:
    key = server.reader
    file = tmp_path / "new_user_credentials.csv"
    file.write_text(
        "\ufeffUser name,Password,Access key ID,Secret access key,Console login link\r\n"
        f"reader,,{key.access_key_id},{key.secret_access_key.reveal()},https://x\r\n",
        encoding="utf-8",
    )
    ran = run("check", *server.place, "--credentials-csv", str(file), "--select", "CRED", "--format", "json")
    assert (ran.code, ran.err) == (Exit.WELL, "")
    assert results(ran)["CRED003"]["summary"] == "the key is that of user reader"


def test_the_key_comes_from_a_profile(
    run: Callable[..., Ran], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = server.reader
    file = tmp_path / "credentials"
    text = f"[p]\naws_access_key_id={key.access_key_id}\naws_secret_access_key={key.secret_access_key.reveal()}\n"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    assert run("check", *server.place, "--profile", "p", "--select", "CRED002").code == Exit.WELL


def test_the_key_comes_from_aws_s_environment_last(
    run: Callable[..., Ran], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", server.reader.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", server.reader.secret_access_key.reveal())
    assert run("check", *server.place, "--select", "CRED002").code == Exit.WELL
    wrong = ("--access-key-id", server.writer.access_key_id, "--secret-access-key", "wrong")
    assert run("check", *server.place, *wrong, "--select", "CRED002").code == Exit.FAILED


def test_a_typed_key_counts_more_than_a_file_and_it_is_said(run: Callable[..., Ran], server: Server) -> None:
    ran = run(
        "check", *server.options, "--credentials-csv", "x.csv", "--profile", "p", "--select", "CRED", "--format", "json"
    )
    assert "--credentials-csv and --profile passed over: the key itself was given." in json.loads(ran.out)["notes"]


def test_without_any_key_a_check_says_so(run: Callable[..., Ran], server: Server) -> None:
    ran = run("check", *server.place, "--select", "CRED001")
    assert ran.code == Exit.FAILED
    assert "no access key ID" in ran.out


def test_a_pasted_key_is_tidied_and_it_is_said(run: Callable[..., Ran], server: Server) -> None:
    key = server.reader
    swapped = ("--access-key-id", f"{key.secret_access_key.reveal()}\n", "--secret-access-key", key.access_key_id)
    ran = run("check", *server.place, *swapped, "--select", "CRED002")
    assert ran.code == Exit.WELL
    assert "swapped" in ran.out
    assert "line breaks" in ran.out


def test_a_bucket_given_as_uri_is_read_and_it_is_said(run: Callable[..., Ran], server: Server) -> None:
    options = ("--bucket", f"s3://{BUCKET}/ds", "--endpoint-url", server.url, *key_options(server.reader))
    ran = run("check", *options, "--select", "BUCKET003", "--format", "json")
    assert ran.code == Exit.WELL
    assert f"The bucket was given as an s3 URI; read as bucket {BUCKET}, dataset ds." in json.loads(ran.out)["notes"]


def test_the_set_up_follows_from_a_metadata_bucket(run: Callable[..., Ran], server: Server) -> None:
    options = (*server.options, "--select", "CRED001", "--format", "json")
    assert dict(json.loads(run("check", *options).out)["subject"])["set-up"] == "read-only"
    ran = run("check", *options, "--metadata-bucket", "other")
    assert dict(json.loads(ran.out)["subject"])["set-up"] == "metadata-bucket"


def test_the_report_goes_to_a_file(run: Callable[..., Ran], server: Server, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("an older and much longer report" * 1000, encoding="utf-8")
    ran = run("check", "--quiet", *server.options, "--select", "CRED", "--format", "json", "--output", str(file))
    assert (ran.code, ran.out, ran.err) == (Exit.WELL, "", "")
    assert json.loads(file.read_text(encoding="utf-8"))["verdict"] == "pass"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_had(run: Callable[..., Ran], server: Server, name: str) -> None:
    options = (*server.options, "--select", "CRED003", "--username", "somebody-else", "--quiet")
    ran = run("check", *options, "--format", name)
    assert (ran.code, ran.err) == (Exit.FAILED, "")
    assert "CRED003" in ran.out


def test_an_unwritable_output_is_found_out_before_anything_is_asked(run: Callable[..., Ran]) -> None:
    ran = run(
        "check", "--bucket", "b", "--timeout", "60", "--endpoint-url", "http://192.0.2.1", "--output", "/no/r.txt"
    )
    assert ran.code == Exit.USAGE
    assert "--output /no/r.txt cannot be written (no such file or directory)" in ran.err


def test_the_report_never_replaces_the_key(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "key.csv"
    file.write_text("the only copy", encoding="utf-8")
    ran = run("check", "--bucket", "b", "--credentials-csv", str(file), "--output", f"{tmp_path}/./key.csv")
    assert ran.code == Exit.USAGE
    assert "--output and --credentials-csv name the same file" in ran.err
    assert file.read_text(encoding="utf-8") == "the only copy"


def test_a_failed_run_leaves_no_empty_file(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    assert run("check", "--bucket", "b", "--output", str(file), "--profile", "nobody").code == Exit.USAGE
    assert not file.exists()
    file.write_text("older", encoding="utf-8")
    run("check", "--bucket", "b", "--output", str(file), "--profile", "nobody")
    assert file.read_text(encoding="utf-8") == "older"


def test_results_are_told_as_they_come(run: Callable[..., Ran], server: Server) -> None:
    ran = run("check", "--verbose", *server.options, "--select", "CRED001,CRED002")
    lines = ran.err.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["pass", "CRED001"], ["pass", "CRED002"]]
    assert run("check", "--verbose", "--quiet", *server.options, "--select", "CRED001").err == ""


@pytest.mark.parametrize(
    ("options", "environment", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {}, False),
    ],
)
def test_colour_is_for_terminals_or_on_demand(
    server: Server, options: tuple[str, ...], environment: dict[str, str], *, colored: bool
) -> None:
    ran = run_apart("check", *server.options, "--select", "CRED001", *options, **environment)
    assert ("\x1b[" in ran.out) is colored


def test_a_terminal_that_knows_only_ascii_gets_ascii(server: Server) -> None:
    ran = run_apart("check", *server.options, "--select", "CRED001", PYTHONIOENCODING="ascii")
    assert ran.code == Exit.WELL
    assert ran.out.isascii()
    assert masked(server.reader.access_key_id).replace("…", "...") in ran.out


def closed_pipe() -> int:
    """The end for writing of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_a_closed_pipe_is_no_fault_and_does_not_change_the_verdict(server: Server) -> None:
    arguments = ("check", "--quiet", *server.options, "--select", "CRED003", "--username", "other")
    done = process(arguments, stdout=closed_pipe(), stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (Exit.FAILED, "")


def test_nobody_needs_to_read_standard_error(server: Server) -> None:
    arguments = ("check", "--verbose", *server.options, "--select", "CRED003", "--username", "other")
    done = process(arguments, stdout=subprocess.PIPE, stderr=closed_pipe())
    assert done.returncode == Exit.FAILED
    assert "CRED003" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_is_named(server: Server) -> None:
    arguments = ("check", "--quiet", *server.options, "--select", "CRED001")
    with Path("/dev/full").open("wb") as full:
        done = process(arguments, stdout=full, stderr=subprocess.PIPE)
    message = "s3doctor: standard output cannot be written (no space left on device)\n"
    assert (done.returncode, done.stderr) == (Exit.USAGE, message)
    done = process((*arguments, "--output", "/dev/full"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == Exit.USAGE
    assert "--output /dev/full cannot be written (no space left on device)" in done.stderr


def test_without_standard_output_the_exit_code_tells(server: Server) -> None:
    program = "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"
    command = (sys.executable, "-c", program, *PROGRAM, "check", "--quiet", *server.options, "--select", "CRED001")
    done = subprocess.run(command, stderr=subprocess.PIPE, encoding="utf-8", timeout=180, check=False)
    assert (done.returncode, done.stderr) == (Exit.WELL, "")


def process(arguments: tuple[str, ...], stdout: int | BinaryIO, stderr: int) -> subprocess.CompletedProcess[str]:
    """The command line as a process with these open files."""
    done = subprocess.run(
        [*PROGRAM, *arguments], stdout=stdout, stderr=stderr, encoding="utf-8", timeout=180, check=False
    )
    for descriptor in (stdout, stderr):
        if isinstance(descriptor, int) and descriptor >= 0:
            os.close(descriptor)
    return done


def told(status: Status) -> Report:
    """A report of one check with this status."""
    check = Check("X001", "x", "x", lambda _: passed("x"))
    return Report((Result(check, Outcome(status, "x", fix=Fix("x"))),))


@pytest.mark.parametrize(
    ("report", "fail_on", "code"),
    [
        (Report(), "fail", Exit.WELL),
        (told(Status.WARN), "fail", Exit.WELL),
        (told(Status.WARN), "warn", Exit.FAILED),
        (told(Status.FAIL), "fail", Exit.FAILED),
        (told(Status.UNKNOWN), "warn", Exit.NOT_FOUND_OUT),
        (told(Status.ERROR), "fail", Exit.NOT_FOUND_OUT),
        (replace(told(Status.FAIL), interrupted=True), "fail", Exit.INTERRUPTED),
        (replace(told(Status.FAIL), leftovers=(Leftover("b", "k"),), interrupted=True), "fail", Exit.LEFT_BEHIND),
    ],
)
def test_the_report_decides_about_the_exit_code(report: Report, fail_on: str, code: Exit) -> None:
    assert report.exit_code(fail_on) == code


def test_every_exit_code_has_its_meaning() -> None:
    assert set(MEANINGS) == set(Exit)
