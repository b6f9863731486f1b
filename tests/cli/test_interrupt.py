"""Ctrl-C and SIGTERM, in whichever moment they come."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from s3doctor.cli.check import attended, interruptible
from s3doctor.cli.progress import Progress
from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.engine import Visit

if TYPE_CHECKING:
    from s3doctor.model import Result


def test_one_raises_and_more_do_not_disturb_the_cleaning_up() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with interruptible():
        for number in (signal.SIGINT, signal.SIGTERM):
            assert signal.getsignal(number) is not before
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
    assert signal.getsignal(signal.SIGTERM) is before


def test_one_that_comes_while_a_result_is_told_ends_the_examination_too() -> None:
    class Deaf(Progress):
        def add(self, result: Result, connection: str = "") -> None:  # noqa: ARG002 - whatever it is
            raise KeyboardInterrupt

    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("s" * 40))
    visit = Visit(Connection("acme", key, endpoint_url="http://127.0.0.1:9", timeout=60), ["CRED001", "CRED002"])
    report = attended(visit, Deaf({"quiet": True, "verbose": False, "color": "never"}))
    assert report.interrupted
    assert [result.code for result in report.results] == ["CRED001"]
    assert visit.context.stop.is_set()
