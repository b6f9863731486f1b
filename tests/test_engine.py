from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from s3doctor.connection import Connection, Credentials, Secret, Setup
from s3doctor.engine import Visit, choose
from s3doctor.model import Check, Family, Fix, Outcome, Report, Status, check, fail, passed, unknown, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.context import Context
    from s3doctor.dataset import DatasetContext

FIX = Fix("Mend it.")


def make(code: str, outcome: Outcome | Callable[[Context], Outcome], **declared: object) -> Check:
    def run(context: Context) -> Outcome:
        """Why it matters."""
        return outcome if isinstance(outcome, Outcome) else outcome(context)

    return check(code, f"the title of {code}", **declared)(run)  # type: ignore[arg-type]


def visit(*checks: Check, connection: Connection | None = None, **chosen: Any) -> Visit:
    prefixes = dict.fromkeys(one.code[:1] for one in checks)
    families = tuple(Family(p, p, tuple(one for one in checks if one.code[0] == p)) for p in prefixes)
    return Visit(connection or Connection("acme", datasets=("street",)), families=families, **chosen)


def report(*checks: Check, connection: Connection | None = None, **chosen: tuple[str, ...]) -> Report:
    visited = visit(*checks, connection=connection, **chosen)
    for _ in visited:
        pass
    return visited.report()


def statuses(found: Report) -> dict[str, Status]:
    return {result.code: result.status for result in found.results}


def test_results_come_in_the_order_of_the_catalogue_whoever_is_ready_first() -> None:
    def slow(_: Context) -> Outcome:
        time.sleep(0.1)
        return passed("late")

    found = report(make("A1", slow), make("A2", passed("early")), make("B1", passed("early")))
    assert [result.code for result in found.results] == ["A1", "A2", "B1"]


def test_what_does_not_depend_on_each_other_runs_side_by_side() -> None:
    together = threading.Barrier(3, timeout=60)

    def meet(_: Context) -> Outcome:
        together.wait()
        return passed("met")

    assert report(*(make(f"A{n}", meet) for n in range(3))).verdict == "pass"


def test_a_skip_names_the_first_cause_however_deep() -> None:
    first = make("A1", fail("ill", fix=FIX))
    second = make("A2", passed("well"), needs=[first])
    third = make("A3", passed("well"), needs=[second])
    found = report(first, second, third)
    assert [result.blocked_by for result in found.results] == ["", "A1", "A1"]
    assert statuses(found) == {"A1": Status.FAIL, "A2": Status.SKIP, "A3": Status.SKIP}


def test_a_warning_blocks_nothing_and_an_unknown_does() -> None:
    warned, unsure = make("A1", warn("look", fix=FIX)), make("A2", unknown("?"))
    after = [make("B1", passed("well"), needs=[warned]), make("B2", passed("well"), needs=[unsure])]
    assert statuses(report(warned, unsure, *after)) == {
        "A1": Status.WARN,
        "A2": Status.UNKNOWN,
        "B1": Status.PASS,
        "B2": Status.SKIP,
    }


def test_some_checks_are_barred_only_by_a_known_failure() -> None:
    unsure, ill = make("A1", unknown("?")), make("A2", fail("ill", fix=FIX))
    after = [
        make("B1", passed("well"), unless_failed=[unsure]),
        make("B2", passed("well"), unless_failed=[ill]),
    ]
    found = statuses(report(unsure, ill, *after))
    assert (found["B1"], found["B2"]) == (Status.PASS, Status.SKIP)


def test_what_nobody_expected_is_an_error_of_ours_and_the_run_goes_on() -> None:
    def broken(_: Context) -> Outcome:
        raise LookupError("AKIASECRET")

    found = report(make("A1", broken), make("A2", passed("well")))
    assert statuses(found) == {"A1": Status.ERROR, "A2": Status.PASS}
    outcome = found.results[0].outcome
    assert outcome.fix is not None
    assert "LookupError in broken" in outcome.fix.text
    assert "AKIASECRET" not in repr(found)
    assert found.exit_code() == 3


def test_dataset_checks_are_asked_once_for_each_dataset() -> None:
    def named(dataset: DatasetContext) -> Outcome:
        return passed(dataset.name)

    once = make("A1", passed("well"))
    each = check("A2", "each", needs=[once], per_dataset=True)(named)
    found = report(once, each, connection=Connection("acme", datasets=("street", "sea")))
    assert [(r.code, r.dataset, r.outcome.summary) for r in found.results] == [
        ("A1", "", "well"),
        ("A2", "street", "street"),
        ("A2", "sea", "sea"),
    ]


def test_one_datasets_failure_does_not_block_another() -> None:
    def odd(dataset: DatasetContext) -> Outcome:
        return passed("well") if dataset.name == "sea" else fail("ill", fix=FIX)

    first = check("A1", "first", per_dataset=True)(odd)
    second = make("A2", passed("well"), needs=[first], per_dataset=True)
    found = report(first, second, connection=Connection("acme", datasets=("street", "sea")))
    assert [r.status for r in found.results] == [Status.FAIL, Status.PASS, Status.SKIP, Status.PASS]


def test_where_the_datasets_cannot_be_found_out_the_checks_that_need_them_say_why() -> None:
    each = make("A1", fail("there is no dataset", fix=FIX), per_dataset=True)
    assert statuses(report(each, connection=Connection("acme"))) == {"A1": Status.FAIL}


def test_the_needs_of_a_selected_check_run_and_stay_out_of_the_report() -> None:
    asked: list[str] = []

    def need(_: Context) -> Outcome:
        asked.append("A1")
        return passed("well")

    first = make("A1", need)
    found = report(first, make("B1", passed("well"), needs=[first]), select=("B",))
    assert (statuses(found), asked) == ({"B1": Status.PASS}, ["A1"])


def test_checks_of_other_set_ups_are_not_in_the_report() -> None:
    only = make("A1", passed("well"), setups=[Setup.SINGLE_BUCKET])
    assert statuses(report(only)) == {}
    single = Connection("acme", datasets=("street",), setup=Setup.SINGLE_BUCKET)
    assert statuses(report(only, connection=single)) == {"A1": Status.PASS}


@pytest.mark.parametrize(
    ("select", "ignore", "left"),
    [
        ((), (), ["A1", "A2", "B1"]),
        (("A",), (), ["A1", "A2"]),
        (("A", "B1"), ("A1",), ["A2", "B1"]),
        ((), ("A",), ["B1"]),
    ],
)
def test_codes_and_families_are_selected_and_ignored(
    select: tuple[str, ...], ignore: tuple[str, ...], left: list[str]
) -> None:
    checks = [make(code, passed("well")) for code in ("A1", "A2", "B1")]
    families = (Family("A", "A", tuple(checks[:2])), Family("B", "B", tuple(checks[2:])))
    assert [one.code for one in choose(select, ignore, families)] == left


def test_at_the_time_limit_the_rest_is_unknown() -> None:
    never = threading.Event()

    def hang(_: Context) -> Outcome:
        never.wait(60)
        return passed("late")

    began = time.monotonic()
    found = report(
        make("A1", passed("well")),
        make("A2", hang),
        connection=Connection("acme", datasets=("street",), timeout=2),
    )
    never.set()
    assert time.monotonic() - began < 30
    assert statuses(found) == {"A1": Status.PASS, "A2": Status.UNKNOWN}
    assert "2 s" in found.results[1].outcome.summary


def test_ctrl_c_ends_with_what_is_known_marked_as_partial() -> None:
    never = threading.Event()

    def hang(_: Context) -> Outcome:
        never.wait(60)
        return passed("late")

    visited = visit(make("A1", passed("well")), make("A2", hang))
    main = threading.main_thread().ident
    assert main is not None
    seen: list[str] = []
    for result in visited:
        seen.append(result.code)
        threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
    never.set()
    found = visited.report()
    assert (seen, found.interrupted, found.exit_code()) == (["A1"], True, 130)
    assert visited.context.stop.is_set()


def test_a_report_says_what_was_examined_without_the_secret() -> None:
    found = report(make("A1", passed("well")))
    assert ("bucket", "acme") in found.subject
    assert found.seconds > 0


def test_where_nothing_may_be_asked_any_more_the_datasets_stay_unknown() -> None:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("x" * 40))
    each = make("A1", passed("asked of no dataset"), per_dataset=True)
    visited = visit(each, connection=Connection("acme", credentials=key, endpoint_url="http://127.0.0.1:1"))
    visited.context.stop.set()
    assert [result.dataset for result in visited] == [""]
