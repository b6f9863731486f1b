"""The threads that work side by side, and never keep the process from ending."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError

import pytest

from s3doctor.crew import Crew


def test_results_come_in_order_whoever_is_first() -> None:
    with Crew(3, "test") as crew:
        assert list(crew.map(lambda number: number * 2, range(20))) == list(range(0, 40, 2))


def test_what_is_raised_is_raised_where_the_result_is_asked_for() -> None:
    with Crew(1, "test") as crew, pytest.raises(ZeroDivisionError):
        crew.submit(lambda: 1 / 0).result()


def test_no_more_work_at_once_than_the_crew_is_large() -> None:
    def at_work() -> int:
        return sum(thread.name == "two at most" for thread in threading.enumerate())

    gate = threading.Event()
    crew = Crew(2, "two at most")
    futures = [crew.submit(gate.wait) for _ in range(9)]
    assert at_work() == 2
    gate.set()
    assert all(future.result() for future in futures)
    crew.shutdown()
    assert at_work() == 0


def test_what_waits_may_be_cancelled() -> None:
    gate, begun = threading.Event(), threading.Event()
    crew = Crew(1, "test")

    def held_up() -> bool:
        begun.set()
        return gate.wait()

    first = crew.submit(held_up)
    cancelled, waiting = crew.submit(int), crew.submit(int)
    begun.wait(60)
    assert cancelled.cancel()
    gate.set()
    assert first.result()
    assert waiting.result() == 0
    gate.clear()
    begun.clear()
    second, last = crew.submit(held_up), crew.submit(int)
    begun.wait(60)
    crew.shutdown(wait=False, cancel_futures=True)
    crew.shutdown(wait=False, cancel_futures=True)
    gate.set()
    assert second.result()
    with pytest.raises(CancelledError):
        last.result()


def test_a_process_ends_although_a_thread_hangs() -> None:
    program = "import threading; from s3doctor.crew import Crew; Crew(1, 'x').submit(threading.Event().wait); print(1)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=180, check=False)
    assert (done.returncode, done.stdout.split()) == (0, [b"1"])
