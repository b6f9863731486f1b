"""`s3doctor check --all`: every connection of the configuration file is prepared, examined side by side, reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from s3doctor import bundle, changes
from s3doctor.cli.check import Given, interruptible, what_is_asked
from s3doctor.cli.exits import Exit, worst
from s3doctor.cli.key import with_key
from s3doctor.cli.named import merged
from s3doctor.cli.output import say
from s3doctor.cli.planned import planned
from s3doctor.cli.progress import Progress
from s3doctor.cli.reports import Target, pictures_in, targets
from s3doctor.cli.round import Asked, Examined, Round, directory, publish, shared_keys, summary
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import click

    from s3doctor.changes import Baseline
    from s3doctor.config import Config
    from s3doctor.engine import Visit
    from s3doctor.model import Report

COUPLE = 2


def examine_all(context: click.Context, given: Given, found: Config) -> int:
    """Examine every connection of the file and report; the worst exit code.

    One that cannot be examined, for a key that is not there or a value that is none, is a row of the summary.
    """
    if given["dry_run"]:
        return plan_all(context, given, found)
    wanted = targets(given) if len(given["format"]) < COUPLE else tuple(map(Target, given["format"]))
    baselines = earlier(given["baseline"], found.connections)
    if given["bundle"]:
        bundle.refuse_unwritable(given["bundle"])
    place = directory(given, wanted)
    prepared = {name: _prepared(context, given, found, name) for name in found.connections}
    asked = {name: one for name, one in prepared.items() if isinstance(one, Asked)}
    faults = {name: str(fault) for name, fault in prepared.items() if isinstance(fault, BadInput)}
    with interruptible():
        pictures = pictures_in(wanted, bundled=bool(given["bundle"]))
        packing = bundle.Packing(given["redact"], found.connections) if given["bundle"] else None

        def keep(name: str, report: Report, visit: Visit) -> None:
            if packing is not None:
                packing.add(name, _compared(report, baselines.get(name)), visit)

        visits = Round(asked, Progress(given), pictures=pictures, keep=keep)
        reports = {name: _compared(report, baselines.get(name)) for name, report in visits.examine().items()}
        faults |= visits.faults
        examined = [
            Examined(name, reports.get(name), faults.get(name, ""), since=_since(given, reports.get(name)))
            for name in found.connections
        ]
        notes = shared_keys({name: each.connection for name, each in asked.items() if name in reports}, reports)
        publish(examined, notes, given, place, wanted)
        if packing is not None:
            packing.write(given["bundle"], summary(examined, notes, packing.told))
    return worst(each.exit_code(given["fail_on"]) for each in examined)


def _prepared(context: click.Context, given: Given, found: Config, name: str) -> Asked | BadInput:
    """One connection of the file with its key, or what is wrong with it."""
    try:
        options = cast("Given", merged(context, given, found, name))
        asked = what_is_asked(options)
        return replace(asked, connection=with_key(asked.connection, options))
    except BadInput as fault:
        return fault


def plan_all(context: click.Context, given: Given, found: Config) -> int:
    """Print what would be asked of each connection; no secret is fetched for it."""
    code = Exit.WELL
    for name in found.connections:
        try:
            asked = what_is_asked(cast("Given", merged(context, given, found, name, secrets=False)))
            text = planned(asked.connection)
        except BadInput as fault:
            text, code = f"{fault}\n", Exit.USAGE
        say(f"== {name} ==\n\n{text}\n")
    return code


def earlier(path: str, names: Iterable[str]) -> Mapping[str, Baseline]:
    """The earlier reports by their connections' names: `NAME.json` of the directory that an earlier run wrote.

    Raises BadInput for what is no directory, holds none of them, or holds one that is no report.
    """
    if not path:
        return {}
    if not Path(path).is_dir():
        raise BadInput(f"--baseline {path} is no directory: with --all expected the --output of an earlier run")
    files = {name: Path(path, f"{name}.json") for name in names}
    there = {name: changes.read(str(file)) for name, file in files.items() if file.exists()}
    if not there:
        raise BadInput(f"--baseline {path} holds no report of these connections: expected NAME.json (--format json)")
    return there


def _compared(report: Report, baseline: Baseline | None) -> Report:
    if baseline is None:
        return report
    return replace(report, comparison=changes.compare(baseline, report.results, report.subject))


def _since(given: Given, report: Report | None) -> str:
    """What has changed with a connection, for the summary; empty where nobody asked."""
    if not given["baseline"] or report is None:
        return ""
    return report.comparison.headline if report.comparison else "no earlier report"
