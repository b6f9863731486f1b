"""`s3doctor check --all`: many connections side by side, one summary, then the report of each that is not well."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from s3doctor.activity import Joined
from s3doctor.cli.exits import Exit
from s3doctor.cli.output import reason, say
from s3doctor.cli.reports import Target, rendered
from s3doctor.connection import BadInput, masked
from s3doctor.model import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from s3doctor.cli.progress import Progress
    from s3doctor.cli.reports import Reporting
    from s3doctor.connection import Connection
    from s3doctor.engine import Visit
    from s3doctor.model import Result

    Keep = Callable[[str, Report, Visit], None]

SIDE_BY_SIDE = 4
"""How many connections are examined at a time."""
ENDINGS = {"table": "txt", "json": "json", "markdown": "md", "junit": "xml", "github": "log", "html": "html"}
TICK = 0.2


@dataclass(frozen=True)
class Examined:
    """What became of one connection: a report, or in `fault` why there is none. `since` says what has changed."""

    name: str
    report: Report | None = None
    fault: str = ""
    since: str = ""

    @property
    def verdict(self) -> str:
        """The report's verdict in capitals where somebody should look at it."""
        if self.report is None:
            return "NOT EXAMINED"
        verdict = self.report.verdict
        return verdict if verdict == "pass" else verdict.upper()

    @property
    def first(self) -> str:
        """The first thing to do, or what is in the way."""
        from s3doctor.report.wording import first_step, titled

        step = first_step(self.report) if self.report else None
        return f"{titled(step)}: {step.outcome.summary}" if step else self.fault

    def exit_code(self, fail_on: str) -> int:
        """That of the report."""
        return self.report.exit_code(fail_on) if self.report else Exit.USAGE


@dataclass(frozen=True)
class Asked:
    """One connection to examine, with the checks that are selected and ignored."""

    connection: Connection
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Round:
    """Examines connections, `SIDE_BY_SIDE` at a time, and tells of each that is done, of which it keeps the report.

    Results that come after it was halted are not taken: they say no more than that.
    """

    def __init__(
        self, asked: Mapping[str, Asked], progress: Progress, *, pictures: int = 0, keep: Keep | None = None
    ) -> None:
        """`pictures` says how many images of each dataset the reports shall hold.

        `keep` is given the name, report and visit of each connection that was examined, before the visit is forgotten.
        """
        self._asked = asked
        self._pictures, self._progress, self._keep = pictures, progress, keep
        self._waiting = deque(asked)
        self._halted = threading.Event()
        self._visits: dict[str, Visit] = {}
        self._taken: dict[str, list[Result]] = {}
        self._done: dict[str, Report] = {}
        self.faults: dict[str, str] = {}

    def examine(self) -> dict[str, Report]:
        """All the reports; after Ctrl-C or SIGTERM, with what was found out until then.

        There is none where what a connection names cannot be used: `faults` then says why.
        """
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(SIDE_BY_SIDE)]
        with self._progress:
            self._progress.watch(Joined(lambda: {n: v.context.activity for n, v in list(self._visits.items())}))
            try:
                for thread in threads:
                    thread.start()
                while any(thread.is_alive() for thread in threads):
                    self._halted.wait(TICK)
            except KeyboardInterrupt:
                self._halted.set()
                for visit in list(self._visits.values()):
                    visit.stop()
        return {name: self._report(name) for name in self._asked if name not in self.faults}

    def _work(self) -> None:
        """Examine one connection after the other until none is waiting."""
        while not self._halted.is_set():
            try:
                name = self._waiting.popleft()
            except IndexError:
                return
            self._go(name)

    def _go(self, name: str) -> None:
        from s3doctor.engine import Visit

        asked = self._asked[name]
        taken = self._taken[name] = []
        visit = self._visits[name] = Visit(asked.connection, asked.select, asked.ignore, pictures=self._pictures)
        try:
            for result in visit:
                if self._halted.is_set():
                    return
                taken.append(result)
                self._progress.add(result, name)
        except BadInput as fault:
            self.faults[name] = str(fault)
            return
        self._done[name] = self._kept(name, visit, visit.report())
        del self._visits[name], self._taken[name]
        done = f"{len(self._done)} of {len(self._asked)} done"
        self._progress.note(f"{name}: {self._done[name].verdict} ({done})")

    def _kept(self, name: str, visit: Visit, report: Report) -> Report:
        if self._keep is not None:
            self._keep(name, report, visit)
        return report

    def _report(self, name: str) -> Report:
        if name in self._done:
            return self._done[name]
        visit = self._visits.get(name)
        begun = visit.report() if visit else Report()
        report = replace(begun, results=tuple(self._taken.get(name, ())), interrupted=True)
        return self._kept(name, visit, report) if visit else report


def shared_keys(connections: Mapping[str, Connection], reports: Mapping[str, Report]) -> list[str]:
    """A line for connections that use one key, or one user: neither customer's key is that customer's own."""
    ids = {name: each.credentials.access_key_id for name, each in connections.items()}
    owners = {name: dict(reports[name].subject).get("key of", "") for name in connections}
    lines = [
        f"{' and '.join(names)} use the same access key, {masked(key)}: each needs one of its own."
        for key, names in _groups(ids).items()
    ]
    return lines + [
        f"{' and '.join(names)} use keys of the same user, {owner}: each needs a user of its own."
        for owner, names in _groups(owners).items()
        if len({ids[name] for name in names}) > 1
    ]


def _groups(values: Mapping[str, str]) -> dict[str, list[str]]:
    """The names that share a value, by that value."""
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value, []).append(name)
    return {value: names for value, names in groups.items() if value and len(names) > 1}


def directory(given: Reporting, wanted: Sequence[Target]) -> Path | None:
    """Where all reports go, made if it is not there; None where there is only standard output.

    Raises BadInput where it cannot be, and for a format that needs a file for each connection.
    """
    if len(given["output"]) > 1:
        raise BadInput("--output was given more than once: with --all expected one directory for all reports")
    if not given["output"]:
        if any(target.format != "table" for target in wanted):
            raise BadInput("--all reports in other formats than table only to files: expected --output DIRECTORY")
        return None
    place = Path(given["output"][0])
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as fault:
        raise BadInput(
            f"--output {place} cannot be a directory ({reason(fault)}): expected one for all reports"
        ) from fault
    return place


def summary(examined: Iterable[Examined], notes: Iterable[str], told: Callable[[str], str] = str) -> str:
    """One row for each connection: its name, its verdict, and the first thing to do; `told` replaces names in them."""
    from tabulate import tabulate

    from s3doctor.report.text import visible

    examined = tuple(examined)
    head, widths = ["connection", "verdict", "begin with"], [None, None, 60]
    rows = [[told(each.name), each.verdict, visible(told(each.first))] for each in examined]
    if any(each.since for each in examined):
        head, widths = [*head[:2], "since then", head[2]], [None, None, 20, 40]
        rows = [[*row[:2], each.since, row[2]] for row, each in zip(rows, examined, strict=True)]
    table = tabulate(rows, head, maxcolwidths=widths, disable_numparse=True)
    return "\n".join([table, *(f"\nWarning: {told(note)}" for note in notes)]) + "\n"


def publish(
    examined: Sequence[Examined], notes: Sequence[str], given: Reporting, place: Path | None, wanted: Sequence[Target]
) -> None:
    """The summary on standard output, then the reports of those that are not well, or all of them as files."""
    say(summary(examined, notes))
    for each in examined:
        if each.report is None:
            continue
        if place:
            _save(each.name, each.report, given, place, wanted)
        elif each.report.verdict != "pass":
            say(f"\n== {each.name} ==\n\n{rendered(each.report, given, Target('table'))}")


def _save(name: str, report: Report, given: Reporting, place: Path, wanted: Iterable[Target]) -> None:
    for target in wanted:
        file = place / f"{name}.{ENDINGS[target.format]}"
        text = rendered(report, given, Target(target.format, str(file)))
        try:
            file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        except OSError as fault:
            raise BadInput(
                f"--output {file} cannot be written ({reason(fault)}): expected a directory of yours"
            ) from fault
