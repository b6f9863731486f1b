"""`s3doctor demo`: examine a patient on an S3 server that starts for it."""

from __future__ import annotations

import os
import shlex
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from s3doctor.cli.check import examine, interruptible
from s3doctor.cli.group import Command, did_you_mean
from s3doctor.cli.options import telling_options
from s3doctor.cli.output import mutter, say, tell
from s3doctor.cli.progress import Progress
from s3doctor.cli.reports import Reporting, pictures_in, report_options, reporting, targets
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from s3doctor.connection import Connection
    from s3doctor.demo.cases import Case

PROXIES = ("no_proxy", "NO_PROXY")


class Given(Reporting):
    """All that the options of `demo` give."""

    patient: str
    show_list: bool
    keep: bool


@click.command("demo", cls=Command)
@click.argument("patient", default="healthy")
@click.option("--list", "show_list", is_flag=True, help="List the patients, and examine none.")
@click.option("--keep", is_flag=True, help="Leave the server running afterwards, and print a `check` command to try.")
@report_options
@telling_options
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    """Examine a patient on an S3 server that starts for it.

    PATIENT is the name of a bucket that is ill in one way (see --list), or `healthy`, which is examined if you name
    none. The server runs in this process and ends with it; nothing leaves this computer, and no key is needed.
    """
    cases = the_cases()
    if given["show_list"]:
        say(listed([cases.load(name) for name in cases.names()]))
        return
    if given["patient"] not in cases.names():
        hint = did_you_mean(given["patient"], cases.names()) or ": `s3doctor demo --list` names them"
        raise BadInput(f"there is no patient {given['patient']}{hint}")
    given["fail_on"] = "fail"
    context.exit(visit(cases.load(given["patient"]), given))


def the_cases() -> Any:  # noqa: ANN401 - a module
    """The patients. Raises BadInput where what the demo needs is not installed."""
    try:
        import flask  # noqa: F401 - part of moto's server
        import moto  # noqa: F401 - as above

        from s3doctor.demo import cases
    except ImportError as missing:
        raise BadInput(f"the demo needs {missing.name}, which is not installed: pip install 's3doctor[demo]'") from None
    return cases


def listed(cases: list[Case]) -> str:
    """One line for each patient: its name and its title."""
    width = max(len(case.name) for case in cases)
    return "".join(f"{case.name:<{width}}  {case.title}\n" for case in cases)


def visit(case: Case, given: Given) -> int:
    """Start the server, put the patient on it, examine and report; the exit code is that of the report."""
    from s3doctor.demo.patients import prepare
    from s3doctor.demo.server import EmbeddedS3

    wanted = targets(given)
    if not given["quiet"]:
        tell(f"patient {case.name}: {case.title}")
    with interruptible(), without_proxy(), EmbeddedS3() as s3:
        connection = prepare(case, s3)
        with reporting(given, wanted) as write:
            report = examine(connection, (), (), Progress(given), pictures=pictures_in(wanted))
            write(report)
        if given["keep"] and not report.interrupted:
            stay(connection)
    return report.exit_code()


@contextmanager
def without_proxy() -> Iterator[None]:
    """The patient is on this computer: no proxy of the environment leads to it."""
    before = {name: os.environ.get(name) for name in PROXIES}
    os.environ.update(dict.fromkeys(PROXIES, "*"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stay(connection: Connection) -> None:
    """Wait for Ctrl-C. The key is printed: it opens this server only, and is gone with it."""
    say(f"\nTo examine this patient yourself, in another terminal:\n\n{check_command(connection)}\n\n")
    mutter("The server runs until Ctrl-C.\n")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        mutter("\n")


def check_command(connection: Connection) -> str:
    """The `s3doctor check` command line for this connection, with its key in the environment (POSIX shell)."""
    key = connection.credentials
    environment = {
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key.reveal(),
        "AWS_SESSION_TOKEN": key.session_token.reveal(),
    }
    options = [
        ("--bucket", connection.bucket),
        *(("--dataset", name) for name in connection.datasets),
        ("--images", connection.images),
        ("--setup", connection.setup.value),
        ("--metadata-bucket", connection.metadata_bucket),
        ("--metadata-dir", connection.metadata_dir if connection.setup.writes else ""),
        ("--username", connection.username),
        ("--region", connection.region),
        *(("--origin", origin) for origin in connection.origins),
        ("--endpoint-url", connection.endpoint_url),
    ]
    words = [f"{name}={shlex.quote(value)}" for name, value in environment.items() if value]
    words += ["s3doctor check", *(f"{name} {shlex.quote(value)}" for name, value in options if value)]
    return " \\\n  ".join(words)
