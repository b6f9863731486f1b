"""Runs the catalogue: what does not depend on each other side by side, the Results in the catalogue's order."""

from __future__ import annotations

import threading
import time
import traceback
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from s3doctor.checks import FAMILIES
from s3doctor.context import Context
from s3doctor.dataset import DatasetContext
from s3doctor.exhibits import Exhibits, gather
from s3doctor.model import Check, Evidence, Family, Fix, Outcome, Report, Result, Status, Who, skip, unknown
from s3doctor.s3.client import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from s3doctor.connection import Connection

T = TypeVar("T")
SIDE_BY_SIDE = 8
GOOD = (Status.PASS, Status.WARN)


def choose(
    select: Iterable[str] = (), ignore: Iterable[str] = (), families: tuple[Family, ...] = FAMILIES
) -> tuple[Check, ...]:
    """The catalogue's checks whose code or family prefix is selected (all, if none is) and not ignored."""
    wanted, unwanted = tuple(select), tuple(ignore)
    return tuple(
        check
        for family in families
        for check in family.checks
        if (not wanted or _named(check, family.prefix, wanted)) and not _named(check, family.prefix, unwanted)
    )


def _named(check: Check, prefix: str, names: tuple[str, ...]) -> bool:
    return check.code in names or prefix in names


@dataclass(frozen=True)
class _Task:
    """One check to be asked of the connection or of one dataset."""

    check: Check
    context: Context | DatasetContext

    @property
    def dataset(self) -> str:
        return self.context.name if isinstance(self.context, DatasetContext) else ""


class Visit:
    """One examination: iterate over it for Results as they come, then ask for the report.

    A check that others need runs even where it is not selected; its result is then left out of the report, unless it
    is why a selected one could not be looked at.
    """

    def __init__(
        self,
        connection: Connection,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        families: tuple[Family, ...] = FAMILIES,
        *,
        pictures: int = 0,
    ) -> None:
        """`select` and `ignore` take check codes and family prefixes.

        `pictures` says how many images of each dataset the report shall hold, with the boxes upon them.
        """
        self.context = Context(connection)
        chosen = choose(select, ignore, families)
        self._selected = tuple(check for check in chosen if check.applies(connection.setup))
        self._futures: dict[tuple[str, str], Future[Result]] = {}
        self._lock = threading.RLock()
        self._slots = threading.Semaphore(SIDE_BY_SIDE)
        self._results: list[Result] = []
        self._interrupted = False
        self._pictures = pictures
        self._exhibits = Exhibits()
        self._began = time.monotonic()

    def __iter__(self) -> Iterator[Result]:
        """The Results in the catalogue's order; at the time limit the rest come as unknown.

        Raises BadInput where something that the connection names cannot be used.
        """
        try:
            self.context.prepare()
            for task in self._tasks():
                result = self._await(task)
                for each in (*self._untold_cause(result), result):
                    self._results.append(each)
                    yield each
            self._exhibits = gather(self.context, self._pictures)
        except KeyboardInterrupt:
            self._interrupted = True
        finally:
            self.stop()

    def _untold_cause(self, result: Result) -> tuple[Result, ...]:
        """What kept a check from being looked at, where it was not selected itself: no verdict may go without it."""
        code, selected = result.blocked_by, {check.code for check in self._selected}
        told = {(each.code, each.dataset) for each in self._results}
        futures = (self._futures.get((code, dataset)) for dataset in {result.dataset, ""} if code not in selected)
        causes = (future.result() for future in futures if future is not None and future.done())
        return tuple(
            each for each in causes if each.status is not Status.SKIP and (each.code, each.dataset) not in told
        )

    def stop(self) -> None:
        """Ask for nothing more, give what was written the time to be removed, and remove the copies of files."""
        self.context.stop.set()
        self.context.footprints.wait()
        self.context.spool.close()
        self.context.closing.close()

    def report(self) -> Report:
        """What has been found out so far; everything, once the iteration is over."""
        return Report(
            tuple(self._results),
            subject=self.context.subject,
            notes=(*self.context.notes, *self._exhibits.notes),
            started=self.context.started,
            seconds=time.monotonic() - self._began,
            interrupted=self._interrupted,
            leftovers=self.context.footprints.leftovers,
            permissions=tuple(self.context.permission_maps.values()),
            figures=self._exhibits.figures,
            plots=self._exhibits.plots,
            pictures=self._exhibits.pictures,
        )

    def _tasks(self) -> Iterator[_Task]:
        """Every selected question in the order of the report; all that can start is started first."""
        alone = [check for check in self._selected if not check.per_dataset]
        for check in alone:
            self._start(_Task(check, self.context))
        datasets = self._datasets() if len(alone) < len(self._selected) else ()
        for dataset in datasets:
            for check in self._selected:
                if check.per_dataset:
                    self._start(_Task(check, dataset))
        for check in self._selected:
            for context in datasets if check.per_dataset else (self.context,):
                yield _Task(check, context)

    def _datasets(self) -> tuple[DatasetContext, ...]:
        """The datasets to look at, found out in a thread so that the time limit and Ctrl-C hold meanwhile."""
        found: Future[tuple[DatasetContext, ...]] = Future()

        def find() -> None:
            try:
                found.set_result(self.context.datasets)
            except Exception as error:  # noqa: BLE001 - raised again below, where it is waited for
                found.set_exception(error)

        threading.Thread(target=find, daemon=True).start()
        try:
            return _wait(found, self.context.seconds_left)
        except Exception:  # noqa: BLE001 - the checks that need the datasets' names tell what is wrong
            return (self.context.dataset(""),)

    def _start(self, task: _Task) -> Future[Result]:
        """Have the question asked as soon as what it needs is known; once, however often it is needed."""
        with self._lock:
            key = (task.check.code, task.dataset if task.check.per_dataset else "")
            if key in self._futures:
                return self._futures[key]
            future: Future[Result] = Future()
            self._futures[key] = future
            needs = [self._start(self._need(task, need)) for need in task.check.needs]
            bars = [self._start(self._need(task, need)) for need in task.check.unless_failed]
        work = threading.Thread(target=self._ask, args=(task, needs, bars, future), daemon=True)
        work.start()
        return future

    def _need(self, task: _Task, need: Check) -> _Task:
        return _Task(need, task.context if need.per_dataset else self.context)

    def _ask(
        self, task: _Task, needs: list[Future[Result]], bars: list[Future[Result]], future: Future[Result]
    ) -> None:
        unmet = [r for r in (need.result() for need in needs) if r.status not in GOOD]
        unmet += [r for r in (bar.result() for bar in bars) if r.status is Status.FAIL]
        if unmet:
            future.set_result(_blocked(task, unmet[0]))
            return
        with self._slots:
            began = time.monotonic()
            outcome = _outcome(task)
        took = (time.monotonic() - began) * 1000
        future.set_result(Result(task.check, outcome, task.dataset, milliseconds=took))

    def _await(self, task: _Task) -> Result:
        future = self._start(task)
        try:
            return _wait(future, self.context.seconds_left)
        except NotYet:
            return Result(task.check, _too_late(self.context.connection), task.dataset)


def _wait(future: Future[T], seconds_left: Callable[[], float]) -> T:
    """The future's result, or NotYet; wakes often, for a waiting main thread gets no Ctrl-C on some systems."""
    while True:
        left = seconds_left()
        try:
            return future.result(timeout=max(0.0, min(left, 0.2)))
        except NotYet:
            if left <= 0:
                raise


def _blocked(task: _Task, cause: Result) -> Result:
    """A skip that names the first cause, however deep."""
    first = cause.blocked_by or cause.code
    outcome = skip(f"not looked at: {first} comes first")
    return Result(task.check, outcome, task.dataset, blocked_by=first)


def _outcome(task: _Task) -> Outcome:
    """The check's own answer; where it raises what nobody expected, an error to send to us."""
    try:
        return task.check.run(task.context)
    except Stopped:
        return _too_late(task.context.connection)
    except Exception as error:  # noqa: BLE001 - the run goes on, whatever one check does
        return _crashed(task.check, error)


def _too_late(connection: Connection) -> Outcome:
    """The time was over before the answer came."""
    limit = f"{connection.timeout:g} s"
    retry = Fix(f"Run s3doctor again with a longer --timeout than {limit}.", Who.CUSTOMER)
    return unknown(f"the time limit of {limit} was over before this was found out", fix=retry)


def _crashed(check: Check, error: Exception) -> Outcome:
    """Names the place and the kind of the error, never its text: that may hold a secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
    report = Fix(f"This is a fault of s3doctor. Please report it with this line: {check.code}: {place}.", Who.S3DOCTOR)
    summary = "s3doctor itself broke here; the other checks are not affected"
    return Outcome(Status.ERROR, summary, (Evidence(place),), fix=report)


def diagnose(connection: Connection, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Report:
    """Examine the connection with all checks (or the selected ones) and say what was found."""
    visit = Visit(connection, select, ignore)
    for _ in visit:
        pass
    return visit.report()
