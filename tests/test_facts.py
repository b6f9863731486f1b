from __future__ import annotations

import threading
import time

import pytest

from s3doctor.facts import Memo, fact


class Thing:
    def __init__(self) -> None:
        self.asked = 0

    @fact
    def answer(self) -> int:
        """The answer."""
        self.asked += 1
        time.sleep(0.02)
        return 42

    @fact
    def trouble(self) -> int:
        self.asked += 1
        raise LookupError("no")


def test_a_fact_is_found_out_once_whoever_asks() -> None:
    thing = Thing()
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(thing.answer)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [42] * 8
    assert thing.asked == 1


def test_two_objects_have_facts_of_their_own() -> None:
    first, second = Thing(), Thing()
    assert (first.answer, second.answer) == (42, 42)
    assert (first.asked, second.asked) == (1, 1)


def test_an_error_is_remembered_too() -> None:
    thing = Thing()
    for _ in range(2):
        with pytest.raises(LookupError):
            _ = thing.trouble
    assert thing.asked == 1


def test_the_fact_itself_keeps_its_docstring() -> None:
    assert Thing.answer.__doc__ == "The answer."


def test_a_memo_keeps_one_value_for_each_key() -> None:
    memo = Memo()
    assert [memo.get(("a",), lambda: 1), memo.get(("a",), lambda: 2), memo.get(("b",), lambda: 3)] == [1, 1, 3]
