"""`s3doctor check`: examine a bucket."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import click
from click.core import ParameterSource

from s3doctor.bundle import LEVELS, refuse_unwritable
from s3doctor.cli.catalogue import known_codes
from s3doctor.cli.exits import Exit
from s3doctor.cli.group import Command
from s3doctor.cli.key import warn_of_history, with_key
from s3doctor.cli.named import Naming, meant, merged, naming_options
from s3doctor.cli.options import (
    SEVERAL,
    TIMEOUT,
    Key,
    Place,
    bucket_or_name_option,
    connection_from,
    key_options,
    option,
    telling_options,
    together,
    where_options,
)
from s3doctor.cli.output import say
from s3doctor.cli.planned import planned
from s3doctor.cli.progress import Progress
from s3doctor.cli.reports import (
    Reporting,
    pictures_in,
    refuse_to_replace,
    report_options,
    reporting,
    targets,
)
from s3doctor.cli.round import Asked
from s3doctor.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from typing_extensions import Unpack

    from s3doctor.connection import Connection
    from s3doctor.engine import Visit
    from s3doctor.model import Report

PATIENCE = 10.0
"""Seconds for which further signals wait for the cleaning up after the first."""


class Given(Naming, Place, Key, Reporting):
    """All that the options of `check` give."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    no_write: bool
    timeout: float
    pictures: str
    max_objects: int | None
    inventory: str
    dask: str
    dry_run: bool
    bundle: str
    redact: str


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
    option(
        "--inventory",
        default="",
        help="Read the manifest.json of an S3 Inventory (s3:// or a path) instead of listing.",
    ),
    option("--dask", default="", help="Have a Dask cluster open the images of --pictures all: tcp://scheduler:8786."),
    option("--bundle", default="", help="A new zip file for the platform's support: reports and the log of requests."),
    option(
        "--redact",
        type=click.Choice(LEVELS),
        default="standard",
        show_default=True,
        help="What to leave out of the bundle. standard: secrets. strict: all that names you as well.",
    ),
    option("--dry-run", is_flag=True, help="Ask S3 nothing; print each request that would be made, and its cost."),
    option("--timeout", type=float, default=TIMEOUT, show_default=True, help="The whole run's time limit in seconds."),
)


@click.command("check", cls=Command, context_settings={"max_content_width": 100})
@naming_options
@bucket_or_name_option
@where_options
@key_options
@run_options
@telling_options
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    r"""Examine a bucket as the Tenyks platform will read it, and say what to do where it will not work.

    Say which bucket with --bucket, or with the NAME of a connection in s3doctor.toml. The access key comes from
    --credentials-csv, --profile, or AWS's own environment variables; on a terminal a missing one is asked for.

    \b
    s3doctor check --bucket my-bucket --credentials-csv alice_accessKeys.csv
    s3doctor check --bucket my-bucket --format html --output report.html
    s3doctor check acme

    Every option can also be given in the environment: --bucket as S3DOCTOR_BUCKET, and so on; several values there are
    separated by commas.
    """
    if not given["quiet"]:
        warn_of_history()
    found, name = meant(context, given)
    if given["all"]:
        from s3doctor.cli.everyone import examine_all

        context.exit(examine_all(context, given, found))
    if name:
        given = cast("Given", merged(context, given, found, name, secrets=not given["dry_run"]))
    context.exit(examine_one(context, given))


def examine_one(context: click.Context, given: Given) -> int:
    """Examine one connection and report; the exit code."""
    if not given["bucket"] and context.get_parameter_source("bucket") is ParameterSource.DEFAULT:
        raise click.UsageError("Missing option '--bucket': expected a bucket, or the NAME of a connection of yours")
    asked = what_is_asked(given)
    wanted = targets(given)
    refuse_to_replace(given["output"], given["credentials_csv"], "--credentials-csv")
    if given["dry_run"]:
        say(planned(asked.connection))
        return Exit.WELL
    if given["bundle"]:
        refuse_to_replace(given["output"], given["bundle"], "--bundle")
        refuse_unwritable(given["bundle"])
    with reporting(given, wanted) as write:
        asked = replace(asked, connection=with_key(asked.connection, given))
        with interruptible():
            report = _reported(asked, given, pictures_in(wanted, bundled=bool(given["bundle"])), write)
    return report.exit_code(given["fail_on"])


def _reported(asked: Asked, given: Given, pictures: int, write: Callable[[Report], Report]) -> Report:
    """Examine, report, and pack the bundle where one is asked for."""
    from s3doctor import bundle
    from s3doctor.engine import Visit

    visit = Visit(asked.connection, asked.select, asked.ignore, pictures=pictures)
    report = write(attended(visit, Progress(given)))
    if given["bundle"]:
        bundle.write(given["bundle"], report, visit, given["redact"])
    return report


def what_is_asked(given: Given) -> Asked:
    """The connection that the options describe, without its key, and the checks. Raises BadInput."""
    connection = connection_from(given, write=not given["no_write"], timeout=given["timeout"])
    connection = replace(connection, pictures=given["pictures"], max_objects=given["max_objects"])
    connection = tidy(replace(connection, inventory=given["inventory"], dask=given["dask"]))
    return Asked(connection, known_codes("--select", given["select"]), known_codes("--ignore", given["ignore"]))


def examine(
    connection: Connection, select: tuple[str, ...], ignore: tuple[str, ...], progress: Progress, *, pictures: int = 0
) -> Report:
    """Examine the connection, also where Ctrl-C or SIGTERM cuts it short: what was written is removed first."""
    from s3doctor.engine import Visit

    return attended(Visit(connection, select, ignore, pictures=pictures), progress)


def attended(visit: Visit, progress: Progress) -> Report:
    """The report of a visit; see `examine`."""
    interrupted = False
    with progress:
        progress.watch(visit.context.activity)
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
