"""What takes long is told while it lasts: how far, how fast, how long still; in one line where it is no terminal."""

from __future__ import annotations

import io
import itertools
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from keyspaces import flat
from listserver import ListServer, Manners

from s3doctor.activity import Activity, Joined, Step
from s3doctor.cli.progress import Progress
from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.context import Context
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.engine import Visit
from s3doctor.local import LocalDataset, LocalVisit

if TYPE_CHECKING:
    from s3doctor.cli.options import Telling
    from s3doctor.demo.server import EmbeddedS3

TELLING: Telling = {"quiet": False, "verbose": False, "color": "auto"}


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (
            Step("listing a/", "objects", 12_000, 40_000, 4.0),
            "listing a/: 12,000 of about 40,000 objects, 3,000 a second, about 9 s left",
        ),
        (
            Step("reading a.json", "MB", 1_500_000, 601_500_000, 1.0),
            "reading a.json: 1.5 of about 601.5 MB, 1.5 a second, about 7 min left",
        ),
        (Step("listing a/", "objects", 0, None, 1.0), "listing a/: 0 objects"),
        (Step("listing a/", "objects", 10, None, 0.0), "listing a/: 10 objects"),
        (Step("listing a/", "objects", 50, 40, 10.0), "listing a/: 50 objects, 5 a second"),
        (Step("opening a/", "images", 0, 100, 3.0), "opening a/: 0 of about 100 images"),
    ],
)
def test_a_step_in_words(step: Step, text: str) -> None:
    assert step.text == text


def test_steps_are_under_way_until_they_end() -> None:
    activity = Activity()
    with activity.step("one", "objects") as tell, activity.step("two", "MB", lambda: (7, 9)):
        tell(3, None)
        assert [(step.what, step.done, step.total) for step in activity.steps] == [("one", 3, None), ("two", 7, 9)]
        assert activity.steps[0].seconds >= 0
    assert activity.steps == ()


@pytest.mark.parametrize(
    ("more", "patience", "told"),
    [
        ({}, 0.0, ["s3doctor: reading a: 7.0 of about 9.0 MB"]),
        ({}, 60.0, []),
        ({"quiet": True}, 0.0, []),
        ({"verbose": True}, 0.0, ["s3doctor: reading a: 7.0 of about 9.0 MB"]),
    ],
)
def test_a_long_step_is_told_of_once_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], more: dict[str, bool], patience: float, told: list[str]
) -> None:
    activity = Activity()
    progress = Progress({**TELLING, **more}, tick=0.01, patience=patience)  # type: ignore[typeddict-item]
    looked = threading.Semaphore(0)

    def so_far() -> tuple[int, int]:
        looked.release()
        return 7_000_000, 9_000_000

    with activity.step("reading a", "MB", so_far), progress:
        progress.watch(activity)
        for _ in range(0 if "quiet" in more else 3):
            assert looked.acquire(timeout=60)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(", ")[0] for line in lines] == told


def test_the_steps_of_an_examination_are_seen_while_they_last(embedded_s3: EmbeddedS3) -> None:
    visit = Visit(prepare(cases.load("healthy"), embedded_s3))
    seen: list[str] = []
    wanted = visit.context.activity
    begin = wanted.step

    class Noting(Activity):
        def step(self, what: str, unit: str, *more: object) -> object:  # type: ignore[override]
            seen.append(f"{what} ({unit})")
            return begin(what, unit, *more)  # type: ignore[arg-type]

    visit.context.activity = Noting()
    list(visit)
    assert sorted(seen) == [
        "listing shapes/images/ (objects)",
        "opening shapes/images/ (images)",
        "reading shapes/annotations.json (MB)",
        "reading shapes/predictions.json (MB)",
    ]
    assert wanted.steps == ()


def test_a_long_listing_says_how_far_it_is() -> None:
    keys = [f"ds/{key}" for key in flat(40_000)]
    with ListServer(keys, Manners(latency=0.1)) as server:
        key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40))
        connection = Connection("pictures", key, ("ds",), "images", endpoint_url=f"http://127.0.0.1:{server.port}")
        context = Context(connection)
        thread = threading.Thread(target=lambda: context.dataset("ds").listing)
        thread.start()
        seen = set()
        while thread.is_alive():
            seen |= {(step.what, step.done) for step in context.activity.steps}
            time.sleep(0.01)
    assert {what for what, _ in seen} == {"listing ds/images/"}
    assert len(seen) > 2
    assert context.activity.steps == ()


def test_on_a_terminal_the_line_changes_with_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    numbers = itertools.count(1_000_000, 1_000_000)
    activity = Activity()
    progress = Progress(TELLING, tick=0.01)
    with activity.step("reading a", "MB", lambda: (next(numbers), None)), progress:
        progress.watch(activity)
        until = time.monotonic() + 60
        while "3.0 MB" not in screen.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert "\r\x1b[Kreading a: 1.0 MB, " in screen.getvalue()
    assert "\r\x1b[Kreading a: 3.0 MB, " in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_files_on_this_machine_are_told_of_while_they_are_read(tmp_path: Path) -> None:
    """The predictions come through a pipe that is held up half way."""
    shapes = Path(__file__).parents[1] / "fixtures" / "buckets" / "_shapes"
    content, pipe = (shapes / "predictions.json").read_bytes(), tmp_path / "predictions.json"
    os.mkfifo(pipe)
    dataset = LocalDataset(str(shapes / "annotations.json"), str(pipe), str(shapes / "images"))
    visit = LocalVisit(dataset)
    seen: set[str] = set()
    held, go_on = threading.Event(), threading.Event()

    def feed() -> None:
        with pipe.open("wb", buffering=0) as file:
            file.write(content[:3000])
            held.set()
            go_on.wait(30)
            file.write(content[3000:])

    def look() -> None:
        while thread.is_alive():
            seen.update(f"{step.what}, {step.done} {step.unit}" for step in dataset.activity.steps)
            if held.is_set() and f"reading {pipe}, 3000 MB" in seen:
                go_on.set()
            time.sleep(0.002)

    thread = threading.Thread(target=lambda: list(visit))
    for each in (threading.Thread(target=feed), thread):
        each.start()
    look()
    assert f"reading {pipe}, 3000 MB" in seen
    assert "asking pycocotools, 0 " in seen
    assert dataset.activity.steps == ()
    assert visit.report().verdict == "pass"


def test_a_step_in_which_nothing_can_be_counted_says_how_long_it_lasts() -> None:
    assert Step("asking pycocotools", "", 0, None, 42.2).text == "asking pycocotools, for 42 s until now"


def test_steps_of_several_are_told_with_their_names() -> None:
    one, two = Activity(), Activity()
    joined = Joined(lambda: {"acme": one, "beta": two})
    with one.step("listing a/", "objects") as tell, two.step("reading b", "MB"):
        tell(7, 9)
        assert [(step.what, step.done, step.total) for step in joined.steps] == [
            ("acme: listing a/", 7, 9),
            ("beta: reading b", 0, None),
        ]
    assert joined.steps == ()


def test_a_line_that_stays_does_not_stand_in_the_one_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    with Progress(
        TELLING, begin="reading 日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語"
    ) as progress:
        progress.note("acme: pass")
    assert (
        screen.getvalue()
        == (
            "\r\x1b[Kreading " + "日本語" * 11 + "日本"  # 78 columns
            "\r\x1b[Ks3doctor: acme: pass\n\r\x1b[K"
        )
    )
