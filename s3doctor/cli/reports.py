"""How an examination is reported: one or several formats, each to a file of its own or to standard output."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from s3doctor import changes
from s3doctor.cli.options import SEVERAL, SeveralOf, Telling, option, together
from s3doctor.cli.output import can_show, destination, on_terminal
from s3doctor.cli.summary import summarise
from s3doctor.connection import BadInput
from s3doctor.report import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from s3doctor.model import Report

PICTURES = 12
"""How many images of each dataset the HTML report shows."""
STANDARD = ("", "-")
"""How standard output is named in place of a file."""


class Reporting(Telling):
    """What decides how a report looks, and where it goes."""

    format: tuple[str, ...]
    output: tuple[str, ...]
    baseline: str
    fail_on: str


@dataclass(frozen=True)
class Target:
    """One format and its file; an empty `output` is standard output."""

    format: str
    output: str = ""


report_options = together(
    option(
        "--format",
        multiple=True,
        type=SeveralOf(FORMATS),
        help="How to report; repeatable, each with its --output. Left out: table.",
    ),
    option("--output", "-o", **SEVERAL, help="The report's file: the first for the first --format, and so on."),
    option(
        "--baseline",
        default="",
        help="An earlier report (--format json), with --all a directory of such: say what has changed since.",
    ),
)


def targets(given: Reporting) -> tuple[Target, ...]:
    """The formats with their files, pair by pair.

    Raises BadInput where a file has no format, or where two reports would get into each other's way.
    """
    formats, outputs = given["format"] or ("table",), given["output"]
    if len(outputs) > len(formats):
        raise BadInput(
            f"--output was given {len(outputs)} times and --format {len(given['format'])} times: expected a --format "
            "for each --output, in the same order"
        )
    pairs = zip_longest(formats, ("" if output in STANDARD else output for output in outputs), fillvalue="")
    found = tuple(Target(format_, output) for format_, output in pairs)
    _refuse_collisions(found)
    return found


def _refuse_collisions(found: tuple[Target, ...]) -> None:
    unnamed = [target.format for target in found if not target.output]
    if len(unnamed) > 1:
        raise BadInput(f"{' and '.join(unnamed)} would go to standard output: expected an --output for all but one")
    places = [_place(target.output) for target in found if target.output]
    if len(set(places)) < len(places):
        raise BadInput("--output names the same file twice: expected a file for each --format")


def refuse_to_replace(outputs: Iterable[str], path: str, name: str) -> None:
    """Raises BadInput where a report would replace the file `path` that `name` names."""
    if path and _place(path) in [_place(output) for output in outputs if output not in STANDARD]:
        raise BadInput(f"--output and {name} name the same file: expected another file for the report")


def _place(path: str) -> str:
    """Where a path leads; what can be no path leads nowhere else."""
    try:
        return os.path.realpath(path)
    except ValueError:
        return path


def pictures_in(wanted: Iterable[Target], *, bundled: bool = False) -> int:
    """How many images of each dataset the reports show: some in HTML, which a bundle holds too."""
    return PICTURES if bundled or any(target.format == "html" for target in wanted) else 0


@contextmanager
def reporting(given: Reporting, wanted: Iterable[Target]) -> Iterator[Callable[[Report], Report]]:
    """A function that writes a report in every format that was asked for, and returns it as it was written.

    Raises BadInput at once where one of the files cannot be written, or the baseline is no report; the other reports
    are written all the same.
    """
    baseline = changes.read(given["baseline"]) if given["baseline"] else None
    with ExitStack() as stack:
        writers = [(target, stack.enter_context(destination(target.output))) for target in wanted]

        def write(report: Report) -> Report:
            if baseline:
                report = replace(report, comparison=changes.compare(baseline, report.results, report.subject))
            for target, each in writers:
                each(rendered(report, given, target))
                summarise(report, target.format)
            return report

        yield write


def rendered(report: Report, given: Reporting, target: Target) -> str:
    """The report in one format; on a terminal, as wide and as coloured as that is."""
    if target.format == "json":
        from s3doctor.report import machine

        return machine.render(report, fail_on=given["fail_on"])
    if target.format != "table":
        return FORMATS[target.format](report)
    from s3doctor.report.table import render

    screen = not target.output and on_terminal()
    return render(
        report,
        width=shutil.get_terminal_size().columns if screen else 80,
        color=colored(given["color"], screen=screen),
        ascii=not target.output and not can_show("✓…"),
        verbose=given["verbose"],
    )


def colored(wish: str, *, screen: bool) -> bool:
    """Whether to colour: as wished, else on a terminal that can, unless `NO_COLOR` (no-color.org) is set."""
    if wish != "auto":
        return wish == "always"
    return screen and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
