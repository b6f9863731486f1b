"""In a terminal: what is missing is asked for, secrets are not echoed, Ctrl-C ends it in good order."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from calling import BUCKET, PROGRAM, Server, key_options, run_apart
from terminal import Terminal

from s3doctor.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator


F_SETPIPE_SZ = 1031  # Linux's number; Python's fcntl has it from 3.10 on where the system does


@pytest.fixture
def silent() -> Iterator[tuple[str, threading.Event]]:
    """The URL of a server that takes every connection and never answers, and an event: a request has come."""
    asked = threading.Event()
    held = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hold() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                held.append(connection)
                if connection.recv(1):
                    asked.set()

        thread = threading.Thread(target=hold, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in held:
        connection.close()


def test_a_missing_secret_is_asked_for_without_echo(server: Server) -> None:
    secret = server.reader.secret_access_key.reveal()
    arguments = (*server.place, "--access-key-id", server.reader.access_key_id, "--select", "CRED002")
    with Terminal("check", *arguments) as terminal:
        terminal.wait_for("Secret access key: ")
        terminal.type(f"{secret}\n")
        assert terminal.end() == Exit.WELL
        assert secret not in terminal.shown
        assert "reader" in terminal.shown


def test_without_any_key_both_halves_are_asked_for(server: Server) -> None:
    with Terminal("check", *server.place, "--select", "CRED002") as terminal:
        terminal.wait_for("Access key ID: ")
        terminal.type(f"{server.reader.access_key_id}\n")
        terminal.wait_for("Secret access key: ")
        terminal.type(f"{server.reader.secret_access_key.reveal()}\n")
        assert terminal.end() == Exit.WELL


def test_ctrl_c_at_the_question_ends_it() -> None:
    with Terminal("check", "--bucket", "b") as terminal:
        terminal.wait_for("Access key ID: ")
        assert terminal.interrupt() == Exit.INTERRUPTED
        assert "s3doctor: interrupted" in terminal.shown
        assert "Traceback" not in terminal.shown


def test_the_report_fits_the_terminal_and_is_coloured(server: Server) -> None:
    with Terminal("check", *server.options, "--select", "CRED001") as terminal:
        assert terminal.end() == Exit.WELL
        assert "\x1b[" in terminal.shown
        assert "─" * 60 in terminal.shown
    with Terminal("check", "--quiet", *server.options, "--select", "CRED001", NO_COLOR="1") as terminal:
        assert terminal.end() == Exit.WELL
        assert "\x1b[" not in terminal.shown


def test_what_goes_on_is_shown_in_one_line_that_is_cleared(server: Server) -> None:
    with Terminal("check", *server.options, "--select", "CRED001,CRED002") as terminal:
        terminal.end()
        before, _, report = terminal.shown.rpartition("\r\x1b[K")
        assert "asking S3" in before
        assert "2 checks done, 0 not well; last: CRED002" in before
        assert "PASS" in report


def test_ctrl_c_ends_an_examination_with_what_was_found_out(
    server: Server, silent: tuple[str, threading.Event]
) -> None:
    url, asked = silent
    options = ("--bucket", BUCKET, "--endpoint-url", url, *key_options(server.reader))
    with Terminal("check", *options, "--select", "CRED001,CRED002") as terminal:
        assert asked.wait(120)
        assert terminal.interrupt() == Exit.INTERRUPTED
        assert "INTERRUPTED" in terminal.shown
        assert "CRED001" in terminal.shown
        assert "Traceback" not in terminal.shown


def test_sigterm_ends_it_likewise_and_a_second_one_changes_nothing(
    server: Server, silent: tuple[str, threading.Event]
) -> None:
    url, asked = silent
    options = ("--bucket", BUCKET, "--endpoint-url", url, *key_options(server.reader))
    with ended(
        [*PROGRAM, "check", "--quiet", *options, "--select", "CRED001,CRED002"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert asked.wait(120)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=180)
    assert process.returncode == Exit.INTERRUPTED
    assert "INTERRUPTED" in out
    assert err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a pipe be made small")
def test_ctrl_c_is_heard_while_standard_error_is_full(server: Server) -> None:
    key = ("--access-key-id", server.reader.access_key_id)
    arguments = ("check", "--verbose", *server.place, *key, "--select", "CRED001,CRED005")
    secret = {"S3DOCTOR_SECRET_ACCESS_KEY": server.reader.secret_access_key.reveal()}
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    first, second = run_apart(*arguments, **secret).err.encode().splitlines(keepends=True)
    reading, writing = os.pipe()
    filled = fcntl.fcntl(writing, F_SETPIPE_SZ, select.PIPE_BUF) - len(first) - len(second) // 2
    os.write(writing, b"x" * filled)
    with ended(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=writing, env=plain | secret, encoding="utf-8"
    ) as process:
        until = time.monotonic() + 60
        while bytes_in(reading) == filled and time.monotonic() < until:
            time.sleep(0.05)
        assert bytes_in(reading) == filled + len(first)
        time.sleep(0.5)  # by now it tries to tell the second result, which does not fit
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=180)
    os.close(writing)
    os.close(reading)
    assert process.returncode == Exit.INTERRUPTED
    assert "INTERRUPTED" in out
    assert "CRED001" in out


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a pipe be made small")
def test_ctrl_c_is_heard_while_nobody_reads_standard_output() -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, F_SETPIPE_SZ, select.PIPE_BUF)
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with ended(
        [*PROGRAM, "explain", "--all"], stdout=writing, stderr=subprocess.PIPE, env=plain, encoding="utf-8"
    ) as process:
        until = time.monotonic() + 60
        while bytes_in(reading) < select.PIPE_BUF and time.monotonic() < until:
            time.sleep(0.05)
        assert bytes_in(reading) == select.PIPE_BUF
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=180)
    os.close(writing)
    os.close(reading)
    assert process.returncode == Exit.INTERRUPTED
    assert told.strip() == "s3doctor: interrupted"


@contextmanager
def ended(*arguments: Any, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended in the end, whatever happens."""
    with subprocess.Popen(*arguments, **more) as process:
        try:
            yield process
        finally:
            process.kill()


def bytes_in(descriptor: int) -> int:
    """How many bytes of a pipe wait to be read."""
    (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))
    return int(count)


def test_a_program_without_standard_input_is_not_asked() -> None:
    program = "import sys; sys.stdin = None; from s3doctor.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--bucket", "b", "--access-key-id", "AKIA"],
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert done.returncode == Exit.USAGE
    assert "--secret-access-key is missing" in done.stderr
