"""Connections by name: the file says where a secret is, never the secret, and no message repeats a value."""

from __future__ import annotations

import _thread
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from calling import BUCKET, PROGRAM, Ran, Server, run_apart

from s3doctor.cli.exits import Exit
from s3doctor.cli.progress import Progress
from s3doctor.cli.round import SIDE_BY_SIDE, Asked, Round
from s3doctor.connection import Connection, Credentials, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CANARY = "canary-value"
TWO = ("-o", "a", "--format", "json", "-o", "b", "--format", "html")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to be in."""
    place = tmp_path / "here"
    place.mkdir()
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.chdir(place)
    return place


def table(server: Server, name: str = "acme", *more: str, key: str = "") -> str:
    """A connection to the server's bucket."""
    lines = [f"[connections.{name}]", f'bucket = "{BUCKET}"', f'endpoint-url = "{server.url}"', *more]
    return "\n".join([*lines, key or from_environment(server)]) + "\n"


def from_environment(server: Server) -> str:
    return f'access-key-id = "{server.reader.access_key_id}"\nsecret-access-key-env = "ACME_SECRET"'


@pytest.fixture
def secret(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reader's secret, in the environment variable that `table` refers to."""
    text = server.reader.secret_access_key.reveal()
    monkeypatch.setenv("ACME_SECRET", text)
    return text


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("words", [("acme",), ("--connection", "acme"), ("acme", "--connection", "acme")])
def test_a_connection_by_its_name(run: Callable[..., Ran], server: Server, words: tuple[str, ...]) -> None:
    Path("s3doctor.toml").write_text(table(server, "acme", 'select = ["CRED001", "CRED002"]', 'dataset = "ds"'))
    ran = run("check", *words, "--format", "json")
    assert (ran.code, ran.err) == (Exit.WELL, "")
    report = json.loads(ran.out)
    assert [result["code"] for result in report["results"]] == ["CRED001", "CRED002"]
    assert (report["subject"]["bucket"], report["subject"]["dataset"]) == (BUCKET, "ds")


@pytest.mark.usefixtures("secret")
def test_what_is_typed_counts_more_than_the_environment_and_that_more_than_the_file(
    run: Callable[..., Ran], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("s3doctor.toml").write_text(table(server, "acme", 'dataset = ["file"]', 'username = "file"'))
    monkeypatch.setenv("S3DOCTOR_DATASET", "environment")
    ran = run("check", "acme", "--select", "CRED001", "--format", "json")
    report = json.loads(ran.out)
    assert [result["code"] for result in report["results"]] == ["CRED001"]
    assert report["subject"]["dataset"] == "environment"


def test_the_project_s_file_and_any_other(run: Callable[..., Ran], server: Server, secret: str, here: Path) -> None:
    text = table(server, "acme", 'select = "CRED002"').replace("[connections", "[tool.s3doctor.connections")
    Path("pyproject.toml").write_text('[project]\nname = "x"\n' + text)
    assert run("check", "acme").code == Exit.WELL
    other = here / "other.toml"
    other.write_text(table(server, "beta", 'select = "CRED002"'))
    assert run("check", "beta", "--config", str(other)).code == Exit.WELL
    assert secret not in run("check", "acme", "--config", str(other)).err


def test_a_secret_comes_from_a_command(run: Callable[..., Ran], server: Server, here: Path) -> None:
    (here / "vault").write_text(f"print({server.reader.secret_access_key.reveal()!r})")
    key = f'access-key-id = "{server.reader.access_key_id}"\nsecret-access-key-command = "{sys.executable} vault"'
    Path("s3doctor.toml").write_text(table(server, "acme", 'select = "CRED002"', key=key))
    ran = run("check", "acme")
    assert (ran.code, ran.err) == (Exit.WELL, "")


def test_a_key_that_is_typed_replaces_the_file_s(run: Callable[..., Ran], server: Server, tmp_path: Path) -> None:
    file = tmp_path / "credentials.csv"
    key = server.reader
    file.write_text(f"Access key ID,Secret access key\n{key.access_key_id},{key.secret_access_key.reveal()}\n")
    Path("s3doctor.toml").write_text(table(server, "acme", 'select = "CRED002"'))
    assert run("check", "acme", "--credentials-csv", str(file)).code == Exit.WELL


def entry(*lines: str) -> str:
    return "\n".join(["[connections.acme]", 'bucket = "b"', *lines]) + "\n"


WRONG = {
    "a secret": (entry(f'secret-access-key = "{CANARY}"'), "connections.acme.secret-access-key holds a secret itself"),
    "a secret, otherwise spelled": (entry(f'aws_secret_access_key = "{CANARY}"'), "holds a secret itself"),
    "a token": (entry(f'session_token = "{CANARY}"'), "connections.acme.session-token holds a secret itself"),
    "a secret in the wrong place": (entry(f'secret-access-key-env = "{SECRET}"'), "-env holds a secret itself"),
    "a secret as profile": (entry(f'profile = "{SECRET}"'), "connections.acme.profile holds a secret itself"),
    "an unknown key": (
        entry(f'buket = "{CANARY}"'),
        "acme: a connection has no buket; did you mean bucket?",
    ),
    "a strange key": (entry(f'xyz = "{CANARY}"'), "a connection has no xyz: expected the options of `s3doctor check`"),
    "a number for a text": (entry("region = 1"), "connections.acme.region is of the wrong type: expected a text"),
    "true for a number": (entry("timeout = true"), "timeout is of the wrong type: expected a number of seconds"),
    "numbers in a list": (entry("dataset = [1]"), "dataset is of the wrong type: expected a text or a list of texts"),
    "a text for a flag": (entry(f'no-write = "{CANARY}"'), "no-write is of the wrong type: expected true or false"),
    "no such set-up": (entry('setup = "x"'), "connections.acme.setup: 'x' is not one of"),
    "a number out of range": (entry("max-objects = 0"), "connections.acme.max-objects: 0 is not in the range"),
    "a variable that is not set": (
        entry('secret-access-key-env = "CANARY"'),
        "names an environment variable that",
    ),
    "a command that is none": (entry(f'secret-access-key-command = "{CANARY}"'), "cannot be run: expected a program"),
    "a command that ends within a quote": (entry("""secret-access-key-command = "a 'b" """), "cannot be run"),
    "no command": (entry('secret-access-key-command = ""'), "cannot be run: expected a program and its arguments"),
    "a command that fails": (
        entry(f"""secret-access-key-command = "{sys.executable} -c 'import sys; sys.exit(\\"{CANARY}\\")'" """),
        "secret-access-key-command gave nothing (exit code 1): expected the secret on standard output",
    ),
    "no TOML": (f'[connections.acme\n"{CANARY}', "s3doctor.toml is not TOML (at line 1, column 18): expected tables"),
    "another table": ("[connection.acme]\n", "s3doctor.toml has the key connection: expected only tables such as"),
    "no table": ("connections = 1\n", "s3doctor.toml: connections is not a table: expected tables such as"),
    "no table within": (f'[connections]\nacme = "{CANARY}"\n', "connections.acme is not a table: expected tables"),
    "a name that is none": ('[connections."a/b"]\n', "a connection's name is not one: expected letters"),
    "another connection": (
        "[connections.acmee]\n",
        "has no connection of that name; did you mean acmee?",
    ),
    "a wholly other one": ("[connections.x]\n", "s3doctor.toml has no connection of that name: expected one of x"),
}


@pytest.mark.parametrize(("text", "complaint"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_in_one_line_without_its_value(
    run: Callable[..., Ran], here: Path, text: str, complaint: str
) -> None:
    Path("s3doctor.toml").write_text(text)
    ran = run("check", "acme", "--quiet")
    assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.USAGE, "", 1)
    assert complaint in ran.err
    assert CANARY not in ran.err
    assert SECRET not in ran.err
    assert [file.name for file in here.iterdir()] == ["s3doctor.toml"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("acme",), "there is no s3doctor.toml here: expected one (`s3doctor init` writes it), or --config FILE"),
        (("acme", "--config", "no.toml"), "no.toml cannot be read (no such file or directory): expected a file with"),
        (("acme", "--config", "."), ". cannot be read (is a directory): expected a file with tables"),
        (("--all",), "there is no s3doctor.toml here"),
        (("--all", "--config", "empty.toml"), "empty.toml has no connection: expected tables such as"),
        (("--all", "--baseline", "x", "--config", "one.toml"), "--baseline x is no directory: with --all expected"),
        (("--all", "--baseline", ".", "--config", "one.toml"), "--baseline . holds no report of these connections"),
        (("--all", "--bundle", "one.toml", "--config", "one.toml"), "--bundle one.toml exists: expected the name of"),
        (("--all", "--bucket", "b"), "--all examines what the configuration file holds: expected no connection beside"),
        (("--all", "--connection", "b"), "--all examines what the configuration file holds"),
        (
            ("--all", "--format", "json", "--config", "one.toml"),
            "--all reports in other formats than table only",
        ),
        (
            ("--all", "-o", "empty.toml", "--config", "one.toml"),
            "--output empty.toml cannot be a directory (file",
        ),
        (
            ("--all", *TWO, "--config", "one.toml"),
            "--output was given more than once",
        ),
        ((CANARY, "--bucket", "b"), "one word is left over: expected only options"),
        ((CANARY, "--all"), "one word is left over: expected only options"),
        ((CANARY, "--connection", "b"), "one word is left over"),
        ((CANARY, CANARY + "2"), "2 words are left over"),
        ((), "Missing option '--bucket': expected a bucket, or the NAME of a connection of yours"),
    ],
)
def test_a_wrong_call_is_named_in_one_line(
    run: Callable[..., Ran], here: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    (here / "empty.toml").write_text("")
    (here / "one.toml").write_text('[connections.one]\nbucket = "b"\n')
    ran = run("check", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.USAGE, "", 1)
    assert complaint in ran.err
    assert CANARY not in ran.err


def test_a_file_that_is_not_utf_8(run: Callable[..., Ran], here: Path) -> None:
    (here / "s3doctor.toml").write_bytes(b"\xff\xfe")
    assert "s3doctor.toml cannot be read (not utf-8)" in run("check", "acme").err.lower()


@pytest.mark.usefixtures("secret")
def test_all_are_examined_and_told_of_together(run: Callable[..., Ran], server: Server) -> None:
    only = 'select = ["CRED", "BUCKET003"]'
    writer = f'access-key-id = "{server.writer.access_key_id}"\nsecret-access-key-env = "NOT_SET"'
    Path("s3doctor.toml").write_text(
        table(server, "acme", only)
        + table(server, "beta", only, 'username = "somebody-else"')
        + table(server, "gamma", only, key=writer)
    )
    ran = run("check", "--all")
    assert ran.code == Exit.FAILED
    told = [line.partition(" (")[0] for line in ran.err.splitlines()]
    assert sorted(told) == ["s3doctor: acme: pass", "s3doctor: beta: fail"]
    assert ran.err.endswith(" (2 of 2 done)\n")
    rows = {line.split()[0]: line for line in ran.out.splitlines() if line[:1].isalpha()}
    assert "pass" in rows["acme"]
    assert "FAIL" in rows["beta"]
    assert "CRED003: " in rows["beta"]
    assert "NOT EXAMINED" in rows["gamma"]
    assert "Warning: acme and beta use the same access key, AKIA…" in ran.out
    assert "== beta ==\n\nFAIL: This will not work as it is.\n" in ran.out
    assert "== acme ==" not in ran.out


@pytest.mark.usefixtures("secret")
def test_all_reports_go_to_a_directory(run: Callable[..., Ran], server: Server, here: Path) -> None:
    Path("s3doctor.toml").write_text(
        table(server, "acme", 'select = "CRED"') + table(server, "beta", 'select = "CRED"', 'username = "other"')
    )
    ran = run("check", "--all", "--quiet", "-o", "out/of", "--format", "json", "--format", "table")
    assert (ran.code, ran.err) == (Exit.FAILED, "")
    assert "==" not in ran.out
    files = sorted(file.name for file in (here / "out" / "of").iterdir())
    assert files == ["acme.json", "acme.txt", "beta.json", "beta.txt"]
    assert json.loads((here / "out" / "of" / "beta.json").read_text())["verdict"] == "fail"
    (here / "out" / "of" / "acme.json").unlink()
    (here / "out" / "of" / "acme.json").mkdir()
    ran = run("check", "--all", "--quiet", "-o", "out/of", "--format", "json")
    assert ran.code == Exit.USAGE
    assert "acme.json cannot be written (is a directory): expected a directory of yours" in ran.err


@pytest.mark.usefixtures("secret")
def test_all_beside_the_reports_of_an_earlier_round(run: Callable[..., Ran], server: Server) -> None:
    only = 'select = ["CRED002", "CRED003"]'
    Path("s3doctor.toml").write_text(table(server, "acme", only) + table(server, "beta", only, 'username = "x"'))
    assert run("check", "--all", "--quiet", "-o", "monday", "--format", "json").code == Exit.FAILED
    Path("s3doctor.toml").write_text(
        table(server, "acme", only, 'username = "x"') + table(server, "beta", only) + table(server, "gamma", only)
    )
    options = ("--baseline", "monday", "-o", "monday", "--format", "json")
    ran = run("check", "--all", "--quiet", *options)
    assert ran.code == Exit.FAILED
    head, _, *rows = ran.out.splitlines()
    assert head.split() == ["connection", "verdict", "since", "then", "begin", "with"]
    assert [line.split()[:4] for line in rows if line[:1] in "abg" and line[1:2].isalpha()] == [
        ["acme", "FAIL", "1", "new"],
        ["beta", "pass", "1", "mended"],
        ["gamma", "pass", "no", "earlier"],
    ]
    assert json.loads(Path("monday/acme.json").read_text())["baseline"]["changes"][0]["kind"] == "new"
    assert json.loads(Path("monday/gamma.json").read_text())["baseline"] is None
    Path("monday/beta.json").write_text("{")
    ran = run("check", "--all", "--quiet", *options)
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "beta.json is not JSON: expected a report" in ran.err


def test_all_in_one_bundle(run: Callable[..., Ran], server: Server, secret: str) -> None:
    only = 'select = "CRED"'
    Path("s3doctor.toml").write_text(
        table(server, "acme", only) + table(server, "beta", only, key='access-key-id = "AKIAX"')
    )
    ran = run("check", "--all", "--quiet", "--bundle", "all.zip")
    assert ran.code == Exit.USAGE
    with zipfile.ZipFile("all.zip") as archive:
        names = archive.namelist()
        assert archive.read("summary.txt").decode() in ran.out
        assert not [name for name in names if secret in archive.read(name).decode()]
    assert [name for name in names if name.endswith("report.html")] == ["acme/report.html"]
    assert run("check", "--all", "--quiet", "--bundle", "strict.zip", "--redact", "strict").code == Exit.USAGE
    with zipfile.ZipFile("strict.zip") as archive:
        text = archive.read("summary.txt").decode()
        assert "acme" not in text
        assert "beta" not in text
        _, rule, *rows = text.splitlines()
        assert [row.split()[0] for row in rows[:2]] == ["connection-1", "connection-2"]
        assert rows[1].index("NOT") == rule.index(" ---") + 1


def test_the_plan_of_all_fetches_no_secret(run: Callable[..., Ran], server: Server) -> None:
    key = 'access-key-id = "AKIAX"\nsecret-access-key-command = "touch fetched"'
    Path("s3doctor.toml").write_text(table(server, "acme", key=key) + table(server, "beta", key="timeout = -1"))
    ran = run("check", "--all", "--dry-run")
    assert (ran.code, ran.err) == (Exit.USAGE, "")
    assert ran.out.index("== acme ==") < ran.out.index("Nothing was sent.") < ran.out.index("== beta ==")
    assert "expected" in ran.out[ran.out.index("== beta ==") :]
    assert not Path("fetched").exists()
    assert run("check", "acme", "--dry-run").code == Exit.WELL
    assert not Path("fetched").exists()


@pytest.mark.usefixtures("secret")
def test_each_result_of_a_round_is_told_with_its_connection(run: Callable[..., Ran], server: Server) -> None:
    Path("s3doctor.toml").write_text(table(server, "acme", 'select = "CRED002"'))
    ran = run("check", "--all", "--verbose", "-o", "out")
    assert ran.err.splitlines()[0].startswith("acme: pass CRED002 AWS knows the key")


def test_two_keys_of_one_user_are_warned_about(
    run: Callable[..., Ran], server: Server, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = server.second_key()
    monkeypatch.setenv("OTHER_SECRET", key.secret_access_key.reveal())
    other = f'access-key-id = "{key.access_key_id}"\nsecret-access-key-env = "OTHER_SECRET"'
    only = 'select = "CRED002"'
    Path("s3doctor.toml").write_text(table(server, "acme", only) + table(server, "beta", only, key=other))
    ran = run("check", "--all", "--quiet")
    assert ran.code == Exit.WELL
    assert "Warning: acme and beta use keys of the same user, arn:aws:iam::" in " ".join(ran.out.split())
    assert secret not in ran.out


@pytest.mark.usefixtures("secret")
def test_the_environment_s_options_do_not_change_which_buckets_are_examined(
    run: Callable[..., Ran], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("s3doctor.toml").write_text(table(server, "acme"))
    monkeypatch.setenv("S3DOCTOR_BUCKET", "another")
    monkeypatch.setenv("S3DOCTOR_DATASET", "another")
    ran = run("check", "--all", "--quiet", "-o", "out", "--format", "json", "--select", "CRED002")
    assert ran.code == Exit.WELL
    assert json.loads(Path("out/acme.json").read_text())["subject"]["bucket"] == BUCKET
    assert "dataset" not in json.loads(Path("out/acme.json").read_text())["subject"]


def answers(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_init_writes_a_file_that_check_reads(server: Server, secret: str, here: Path) -> None:
    given = answers(
        *("a b", "acme", "https://example.com/b", BUCKET, "../x", "ds", "", "", "reader"),
        *("env", server.reader.access_key_id, secret, "ACME_SECRET"),
    )
    ran = run_apart("init", input=given)
    assert (ran.code, ran.out) == (Exit.WELL, "")
    text = (here / "s3doctor.toml").read_text()
    assert secret not in text
    assert text == (
        "# Examine it: s3doctor check acme\n[connections.acme]\n"
        f'bucket = "{BUCKET}"\ndataset = "ds"\nsetup = "read-only"\nusername = "reader"\n'
        f'access-key-id = "{server.reader.access_key_id}"\nsecret-access-key-env = "ACME_SECRET"\n'
    )
    (here / "s3doctor.toml").write_text(f'{text}endpoint-url = "{server.url}"\nselect = "CRED"\n')
    assert run_apart("check", "acme").code == Exit.WELL


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        (("profile", "work"), 'profile = "work"'),
        (("csv", "alice.csv"), 'credentials-csv = "alice.csv"'),
        (("command", "AKIAX", "pass show x"), 'access-key-id = "AKIAX"\nsecret-access-key-command = "pass show x"'),
    ],
)
def test_init_knows_every_way_to_a_key(here: Path, key: tuple[str, ...], lines: str) -> None:
    ran = run_apart(
        "init",
        "-o",
        "x.toml",
        input=answers("a.b", "b\x07", "bb-b", "", "metadata-bucket", "meta", "eu-west-1", "", *key),
    )
    assert ran.code == Exit.WELL
    assert "characters that do not show" in ran.err
    text = (here / "x.toml").read_text()
    assert text.endswith(f'setup = "metadata-bucket"\nmetadata-bucket = "meta"\nregion = "eu-west-1"\n{lines}\n')
    assert '[connections."a.b"]' in text


def test_init_replaces_nothing(run: Callable[..., Ran], here: Path) -> None:
    (here / "s3doctor.toml").write_text("mine")
    ran = run("init")
    assert (ran.code, ran.err.count("\n")) == (Exit.USAGE, 1)
    assert "--output s3doctor.toml exists: expected a new file" in ran.err
    assert (here / "s3doctor.toml").read_text() == "mine"


def test_init_without_a_place_to_write_to() -> None:
    ran = run_apart("init", "-o", "no/such/x.toml", input=answers("a", "bbb", "", "", "", "", "profile", "p"))
    assert ran.code == Exit.USAGE
    assert "--output no/such/x.toml cannot be written (no such file or directory)" in ran.err


def test_a_command_that_does_not_end(run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("s3doctor.config.COMMAND_SECONDS", 0.1)
    command = f"{sys.executable} -c 'import time; time.sleep(60)'"
    Path("s3doctor.toml").write_text(entry(f'secret-access-key-command = "{command}"'))
    ran = run("check", "acme")
    assert (ran.code, ran.err.count("\n")) == (Exit.USAGE, 1)
    assert "secret-access-key-command did not end within 0.1 s: expected a command that asks nothing" in ran.err


def test_ctrl_c_ends_a_round_with_what_was_found_out(here: Path) -> None:
    with ExitStack() as opened, socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        more = f'endpoint-url = "{url}"\naccess-key-id = "AKIAIOSFODNN7EXAMPLE"\nsecret-access-key-env = "PATH"\n'
        only = 'select = ["CRED001", "CRED002"]\n'
        tables = [f'[connections.c{number}]\nbucket = "b{number}b"\n{more}{only}' for number in range(6)]
        (here / "s3doctor.toml").write_text("\n".join(tables))
        with subprocess.Popen(
            [*PROGRAM, "check", "--all"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        ) as process:
            try:
                silent.settimeout(60)
                held = [opened.enter_context(silent.accept()[0]) for _ in range(4)]
                process.send_signal(signal.SIGTERM)
                out, err = process.communicate(timeout=180)
            finally:
                process.kill()
    assert (process.returncode, err) == (Exit.INTERRUPTED, "")
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("c") and line[1].isdigit()] == [
        [f"c{number}", "INTERRUPTED"] for number in range(6)
    ]
    assert "✓ pass  CRED001" in out
    assert "Warning: c0 and c1 and c2 and c3 and c4 and c5 use the same access key, AKIA…MPLE" in out
    assert len(held) == 4


def test_after_a_halt_no_connection_is_begun_and_no_result_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        connection = Connection("bucket", key, endpoint_url=url, timeout=30)
        before = set(threading.enumerate())

        def halt() -> None:
            held = [silent.accept()[0] for _ in range(SIDE_BY_SIDE)]
            time.sleep(0.5)  # what needs no server is told by then
            _thread.interrupt_main()
            time.sleep(2)  # the round has noticed by then
            for connection in (silent, *held):
                connection.close()

        silent.settimeout(60)
        threading.Thread(target=halt).start()
        names = [f"c{number}" for number in range(SIDE_BY_SIDE + 2)]
        reports = Round(
            {name: Asked(connection, ("CRED001", "CRED002")) for name in names},
            Progress({"quiet": True, "verbose": False, "color": "auto"}),
        ).examine()
        for thread in set(threading.enumerate()) - before:
            thread.join(30)
    assert list(reports) == names
    assert all(report.interrupted for report in reports.values())
    assert {len(report.results) for report in reports.values()} == {0, 1}
