"""`s3doctor check`: examine a bucket."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from s3doctor.cli.catalogue import known_codes
from s3doctor.cli.group import Command
from s3doctor.cli.key import warn_of_history, with_key
from s3doctor.cli.options import (
    SEVERAL,
    TIMEOUT,
    Key,
    Place,
    Telling,
    connection_from,
    key_options,
    option,
    place_options,
    telling_options,
    together,
)
from s3doctor.cli.output import can_show, destination, on_terminal, say
from s3doctor.cli.planned import planned
from s3doctor.cli.progress import Progress
from s3doctor.cli.summary import summarise
from s3doctor.connection import BadInput
from s3doctor.report import FORMATS
from s3doctor.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from typing_extensions import Unpack

    from s3doctor.connection import Connection
    from s3doctor.model import Report

PICTURES = 12
"""How many images of each dataset the HTML report shows."""
PATIENCE = 10.0
"""Seconds for which further signals wait for the cleaning up after the first."""


class Reporting(Telling):
    """What decides how a report looks, and where it goes."""

    format: str
    output: str
    fail_on: str


class Given(Place, Key, Reporting):
    """All that the options of `check` give."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    no_write: bool
    timeout: float
    pictures: str
    max_objects: int | None
    dry_run: bool


report_options = together(
    option("--format", type=click.Choice(list(FORMATS)), default="table", show_default=True, help="How to report."),
    option("--output", "-o", default="", help="The report's file. Left out: standard output."),
)
run_options = together(
    report_options,
    option("--select", **SEVERAL, help="Run only these checks or families, such as CORS or CRED001; repeatable."),
    option("--ignore", **SEVERAL, help="Leave these checks or families out; repeatable."),
    option(
        "--fail-on",
        type=click.Choice(["fail", "warn"]),
        default="fail",
        show_default=True,
        help="The least that makes the exit code 1.",
    ),
    option(
        "--no-write", is_flag=True, help="Write nothing, not even the one small object that proves a right to write."
    ),
    option("--pictures", default="sample", help="How many images to open: all, none, or a sample such as sample:500."),
    option("--max-objects", type=click.IntRange(1), help="List no more images than so many. Left out: all."),
    option("--dry-run", is_flag=True, help="Ask S3 nothing; print each request that would be made, and its cost."),
    option("--timeout", type=float, default=TIMEOUT, show_default=True, help="The whole run's time limit in seconds."),
)


@click.command("check", cls=Command)
@place_options
@key_options
@run_options
@telling_options
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    """Examine a bucket as the Tenyks platform will read it.

    The access key comes from --credentials-csv, --profile, or AWS's own environment variables; on a terminal a missing
    one is asked for. Every option can also be given in the environment: --bucket as S3DOCTOR_BUCKET, and so on; several
    values there are separated by commas.
    """
    connection = connection_from(given, write=not given["no_write"], timeout=given["timeout"])
    connection = tidy(replace(connection, pictures=given["pictures"], max_objects=given["max_objects"]))
    select, ignore = known_codes("--select", given["select"]), known_codes("--ignore", given["ignore"])
    if not given["quiet"]:
        warn_of_history()
    refuse_to_overwrite_the_key(given["output"], given["credentials_csv"])
    if given["dry_run"]:
        say(planned(connection))
        return
    with destination(given["output"]) as write:
        connection = with_key(connection, given)
        with interruptible():
            report = examine(connection, select, ignore, Progress(given), pictures=pictures_in(given["format"]))
            write(rendered(report, given))
            summarise(report, given["format"])
    context.exit(report.exit_code(given["fail_on"]))


def pictures_in(format_: str) -> int:
    """How many images of each dataset a report in this format shows."""
    return PICTURES if format_ == "html" else 0


def refuse_to_overwrite_the_key(output: str, credentials_csv: str) -> None:
    """AWS gives an access key's file out only once. Raises BadInput where the report would replace it."""
    if output and credentials_csv and os.path.realpath(output) == os.path.realpath(credentials_csv):
        raise BadInput("--output and --credentials-csv name the same file: expected another file for the report")


def examine(
    connection: Connection, select: tuple[str, ...], ignore: tuple[str, ...], progress: Progress, *, pictures: int = 0
) -> Report:
    """Examine the connection, also where Ctrl-C or SIGTERM cuts it short: what was written is removed first."""
    from s3doctor.engine import Visit

    visit = Visit(connection, select, ignore, pictures=pictures)
    interrupted = False
    with progress:
        try:
            for result in visit:
                progress.add(result)
        except KeyboardInterrupt:
            interrupted = True
            visit.stop()
    report = visit.report()
    return replace(report, interrupted=True) if interrupted else report


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGINT and SIGTERM raise KeyboardInterrupt; more of them within `PATIENCE` do not disturb the cleaning up."""
    signals = (signal.SIGINT, signal.SIGTERM)
    last = -PATIENCE

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal last
        if time.monotonic() - last < PATIENCE:
            return
        last = time.monotonic()
        raise KeyboardInterrupt

    before = [signal.signal(each, interrupt) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def rendered(report: Report, given: Reporting) -> str:
    """The report in the format that was asked for; on a terminal, as wide and as coloured as that is."""
    if given["format"] == "json":
        from s3doctor.report import machine

        return machine.render(report, fail_on=given["fail_on"])
    if given["format"] != "table":
        return FORMATS[given["format"]](report)
    from s3doctor.report.table import render

    standard = given["output"] in ("", "-")
    screen = standard and on_terminal()
    return render(
        report,
        width=shutil.get_terminal_size().columns if screen else 80,
        color=colored(given["color"], screen=screen),
        ascii=standard and not can_show("✓…"),
        verbose=given["verbose"],
    )


def colored(wish: str, *, screen: bool) -> bool:
    """Whether to colour: as wished, else on a terminal that can, unless `NO_COLOR` (no-color.org) is set."""
    if wish != "auto":
        return wish == "always"
    return screen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
