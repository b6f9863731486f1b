"""`s3doctor coco`: examine COCO files on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from s3doctor.cli.check import interruptible
from s3doctor.cli.options import option, telling_options, together
from s3doctor.cli.output import reason
from s3doctor.cli.progress import Progress
from s3doctor.cli.reports import Reporting, pictures_in, refuse_to_replace, report_options, reporting, targets
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from s3doctor.local import LocalVisit
    from s3doctor.model import Report

STDIN = "-"
TARGETS = ("platform", "pycocotools", "both")


class Given(Reporting):
    """All that the arguments and options of `coco` give."""

    annotations: str
    predictions: str
    images: str
    target: str
    no_oracle: bool


coco_options = together(
    click.argument("annotations", metavar="ANNOTATIONS"),
    click.argument("predictions", metavar="[PREDICTIONS]", default=""),
    click.option("--images", default="", help="The directory that holds the pictures: names are held against it."),
    option(
        "--target",
        type=click.Choice(TARGETS),
        default="platform",
        show_default=True,
        help="The reader to judge for.",
    ),
    option("--no-oracle", is_flag=True, help="Do not ask pycocotools, which is asked last, in a process of its own."),
    report_options,
    option(
        "--fail-on",
        type=click.Choice(["fail", "warn"]),
        default="fail",
        show_default=True,
        help="The least that makes the exit code 1.",
    ),
)


@click.command("coco")
@coco_options
@telling_options
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    """Examine COCO files on this machine: ground truth, and predictions if given. - is standard input.

    The findings, formats and exit codes are those of `s3doctor check`.
    """
    refuse_unreadable(given)
    wanted = targets(given)
    with reporting(given, wanted) as write, interruptible():
        report = examine(given, pictures_in(wanted))
        write(report)
    context.exit(report.exit_code(given["fail_on"]))


def refuse_unreadable(given: Given) -> None:
    """Raises BadInput, before anything is read, for what is no readable file or directory, or would be overwritten."""
    sources = {"ANNOTATIONS": given["annotations"], "PREDICTIONS": given["predictions"]}
    if list(sources.values()).count(STDIN) > 1:
        raise BadInput("only one of the two files can come from standard input: expected a path for the other")
    for name, path in sources.items():
        if path and path != STDIN:
            refuse_file(name, path)
            refuse_to_replace(given["output"], path, name)
    if given["images"]:
        refuse_directory(given["images"])


def refuse_file(name: str, path: str) -> None:
    """Raises BadInput for what cannot be read as a file."""
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        raise BadInput(f"{name} {path} is a directory: expected a COCO file such as annotations.json")
    try:
        if Path(path).is_file():
            Path(path).open("rb").close()
        else:
            Path(path).stat()
    except (OSError, ValueError) as fault:
        raise BadInput(f"{name} {path} cannot be read ({reason(fault)}): expected a COCO file") from fault


def refuse_directory(path: str) -> None:
    """Raises BadInput for what is no directory that can be listed."""
    try:
        os.scandir(path).close()
    except (OSError, ValueError) as fault:
        raise BadInput(f"--images {path} cannot be listed ({reason(fault)}): expected a directory") from fault


def examine(given: Given, pictures: int = 0) -> Report:
    """Examine the files, also where Ctrl-C or SIGTERM cuts it short. Raises BadInput where one cannot be read on."""
    from s3doctor.local import LocalDataset, LocalVisit

    dataset = LocalDataset(given["annotations"], given["predictions"], given["images"], given["target"])
    visit = LocalVisit(dataset, oracle=not given["no_oracle"], pictures=pictures)
    try:
        return _attended(visit, Progress(given, begin="reading …"))
    except OSError as fault:
        name = fault.filename or given["annotations"]
        raise BadInput(f"{name} cannot be read to its end ({reason(fault)}): expected a COCO file") from fault


def _attended(visit: LocalVisit, progress: Progress) -> Report:
    try:
        with progress:
            progress.watch(visit.dataset.activity)
            for result in visit:
                progress.add(result)
    except KeyboardInterrupt:
        return visit.report(interrupted=True)
    return visit.report()
