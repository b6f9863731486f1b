"""No secret leaves: not on either stream, not in a log, a report, an exception, a process's arguments or a file."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import sys
import traceback
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import canaries
import pytest
from between import Between, Rule, say
from calling import PROGRAM
from replay import S3_HEADERS, answer
from trust.killing import start

from s3doctor import diagnose
from s3doctor.connection import Credentials, Secret
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.report import FORMATS
from s3doctor.s3.hushed import TALKATIVE, hush

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen

    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

CANARY = "c4n4ry/KxQ7vT2+mZ9LwpY5sD8fGhJ3bNrE6uAaz"
"""Forty characters of the alphabet of secret access keys."""
TOKEN = "IQoJb3JpZ2luX2Vj" + "Ab+/9xYz" * 40 + "=="
PIECE = 12
LOUD = """
import logging, sys
logging.basicConfig(level=1)
from s3doctor.cli import main
sys.exit(main())
"""
PROGRAMS = {"as it is installed": PROGRAM, "with all logs": (sys.executable, "-c", LOUD)}
SIGNED = re.compile("X-Amz-Signature=[0-9a-f]{8}")


def spellings(secret: str) -> set[str]:
    """The secret in every encoding that something between us and the reader may have applied."""
    raw = secret.encode()
    inner = base64.b64encode(b"xx" + raw).decode()[4:-4]  # as it is inside of something longer
    escaped = secret.replace("&", "&amp;").replace("<", "&lt;")
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        repr(secret)[1:-1],
        escaped,
        escaped.replace('"', "&quot;"),
        escaped.replace('"', "&#34;"),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        inner,
        raw.hex(),
        raw.hex().upper(),
        secret[::-1],
        *canaries.encoded(secret),
        *pieces(secret),
    }


def pieces(secret: str) -> list[str]:
    """Parts of it: what is cut, wrapped or masked may still tell too much."""
    return [secret[start : start + PIECE] for start in range(len(secret) - PIECE + 1)]


def found_in(text: str, *secrets: str) -> list[str]:
    return [spelling for secret in secrets if secret for spelling in spellings(secret) if spelling in text]


def test_the_search_finds_what_it_is_for() -> None:
    for text in (CANARY, json.dumps({"a": CANARY}), quote(CANARY, safe=""), CANARY.encode().hex(), CANARY[5:20]):
        assert found_in(f"before {text} after", CANARY)
    assert found_in(base64.b64encode(f"xx{CANARY}yy".encode()).decode(), CANARY)
    assert not found_in("nothing", CANARY)


def echoing(*secrets: str) -> bytes:
    """What a server, or whatever stands before it, might send back: all that it was told, and more."""
    words = f"{' '.join(secrets)} https://b.s3.amazonaws.com/k?X-Amz-Signature={'0' * 64}"
    fields = {"Code": "AccessDenied", "Message": f"Not with this: {words}", "StringToSign": words, "Token-0": words}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return answer(403, f"<?xml version='1.0'?><Error>{inner}</Error>", S3_HEADERS)


class Everything(logging.Handler):
    """Keeps every record of every logger but the test's own server, as a formatter would write it."""

    def __init__(self) -> None:
        super().__init__(0)
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("moto", "werkzeug")):
            self.lines.append((record.name, self.format(record)))


@pytest.fixture
def logged() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("name", ["temporary-key", "single-bucket"])
def test_no_log_at_level_debug_and_no_report_holds_a_secret(
    embedded_s3: EmbeddedS3, logged: Everything, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    secret, token = secrets_of(connection)
    logged.lines.clear()
    report = diagnose(connection)
    reset = Rule("X-Amz-Signature", lambda client, _: client.close())
    with Between(embedded_s3.endpoint_url, [reset]) as between:
        diagnose(replace(connection, endpoint_url=between.url), ["CORS"])
    seen = {logger for logger, _ in logged.lines}
    assert set(TALKATIVE) <= seen | {"botocore.httpsession"}, "each of them is put to the test"
    leaks = [
        (logger, line[:300]) for logger, line in logged.lines if found_in(line, secret, token) or SIGNED.search(line)
    ]
    assert leaks == []
    streams = capfd.readouterr()
    for text in (streams.out, streams.err, repr(report), repr(connection), *(f(report) for f in FORMATS.values())):
        assert not found_in(text, secret, token)
        assert not SIGNED.search(text)


def secrets_of(connection: Connection) -> tuple[str, str]:
    key = connection.credentials
    return key.secret_access_key.reveal(), key.session_token.reveal()


def test_other_peoples_records_pass(logged: Everything) -> None:
    hush()
    logging.getLogger("botocore.auth").debug("plain %s", "words")
    try:
        int(f"https://b.s3.amazonaws.com/k?X-Amz-Signature={'0' * 64}")
    except ValueError:
        logging.getLogger("botocore.httpsession").debug("it broke", exc_info=True)
    assert ("botocore.auth", "plain words") in logged.lines
    assert "https://b.s3.amazonaws.com/k?…" in logged.lines[-1][1]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_server_that_says_again_what_it_was_told_is_not_repeated(embedded_s3: EmbeddedS3, format_: str) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    rules = [Rule("list-type", say(echoing(CANARY, TOKEN)))]
    with Between(embedded_s3.endpoint_url, rules) as between:
        given = replace(connection, endpoint_url=between.url, timeout=30)
        report = diagnose(given, ["PERM001"])
    text = FORMATS[format_](report)
    assert "Not with this" in repr(report)
    assert not found_in(text, CANARY, TOKEN)
    assert not SIGNED.search(text)
    assert "0" * 64 not in text


def test_neither_text_nor_form_of_credentials_or_their_exceptions_shows_them() -> None:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret(CANARY), Secret(TOKEN))
    try:
        raise RuntimeError(key, key.secret_access_key, {"key": key})  # noqa: TRY301 - as somebody else's code might
    except RuntimeError as fault:
        told = "".join(traceback.format_exception(fault))
    for text in (told, repr(key), str(key), f"{key.secret_access_key}", f"{key.secret_access_key!r}", "%s" % key):  # noqa: UP031 - every way to write it
        assert not found_in(text, CANARY, TOKEN)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_whole_run_leaves_no_secret_on_this_machine(embedded_s3: EmbeddedS3, tmp_path: Path, program: str) -> None:
    connection = prepare(cases.load("single-bucket"), embedded_s3)
    secret, _ = secrets_of(connection)
    outputs = [(name, tmp_path / "out" / f"report.{name}") for name in FORMATS]
    for folder in ("out", "temporary"):
        (tmp_path / folder).mkdir()
    bundle, temporary = tmp_path / "out" / "support.zip", tmp_path / "temporary"
    more = [word for name, path in outputs for word in ("--format", name, "--output", str(path))]
    options = ("--verbose", "--bundle", str(bundle), *more)
    seen: dict[str, str] = {}
    started = start(connection, embedded_s3.endpoint_url, *options, temporary=str(temporary), program=PROGRAMS[program])
    with started as run, ThreadPoolExecutor(1) as pool:
        streams = pool.submit(run.communicate)  # or it waits for whoever reads what it says
        while run.poll() is None:
            look_around(run, temporary, seen)
        out, err = streams.result()
    assert run.returncode == 0, err
    assert ("DEBUG:botocore" in err) is (program == "with all logs")
    texts = {"stdout": out, "stderr": err, **{name: path.read_text("utf-8") for name, path in outputs}, **seen}
    with zipfile.ZipFile(bundle) as packed:
        texts |= {f"bundle:{name}": packed.read(name).decode("utf-8") for name in packed.namelist()}
    assert [name for name in seen if name.startswith("environment of a child")], "pycocotools runs in a child"
    assert [name for name in seen if str(temporary) in name], "a copy of a file lies there for a while"
    assert not {name for name, text in texts.items() if found_in(text, secret) or SIGNED.search(text)}
    assert not list(temporary.iterdir())


def look_around(run: Popen[str], temporary: Path, seen: dict[str, str]) -> None:
    """Note what anybody on the machine can see of the run just now; what is gone meanwhile is not to be seen."""
    processes = {f"{run.pid}": "the run"}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        words = read(stat).rpartition(")")[2].split()
        if len(words) > 1 and words[1] in processes:
            processes[stat.parent.name] = "a child"
    own = read(Path("/proc") / f"{run.pid}" / "cmdline")
    for pid, who in processes.items():
        arguments = read(Path("/proc") / pid / "cmdline")
        keep(seen, f"arguments of {who} {pid}", arguments)
        if who == "a child" and arguments not in {"", own}:  # else it is still the run's fork, or no more
            keep(seen, f"environment of {who} {pid}", read(Path("/proc") / pid / "environ"))
    for folder, _, names in os.walk(temporary):
        for name in names:
            keep(seen, str(Path(folder) / name), read(Path(folder) / name))


def keep(seen: dict[str, str], name: str, text: str) -> None:
    """Everything that it ever was: a process that has ended shows nothing, a file may be written anew."""
    if text:
        seen[f"{name} #{hash(text):x}"] = text


def read(path: Path) -> str:
    try:
        return path.read_bytes().decode("latin-1")
    except OSError:
        return ""
