"""Counting rows by id: the same result whichever way an id is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from s3doctor.coco.ids import ABSENT, not_found
from s3doctor.coco.names import ImageNames
from s3doctor.coco.tally import Tally

LARGE = 1 << 40
IDS = st.sampled_from([ABSENT, -7, 0, 1, 2, 3, 40, 1 << 20, LARGE, LARGE + 1])


class Table:
    """Some ids in any order, as the images of a file."""

    def __init__(self, ids: list[int]) -> None:
        self._names = ImageNames(ids=np.array(ids, np.int64))

    def table(self) -> ImageNames:
        return self._names

    def lookup(self, wanted: np.ndarray) -> np.ndarray:
        ids = self._names.ids.tolist()
        return np.array([ids.index(one) if one in ids and one != ABSENT else -1 for one in wanted.tolist()], np.intp)


def counted(parts: list[list[int]], start: int = 0) -> list[tuple[int, int, int]]:
    """Code, count and first row, by code: said in plain Python."""
    rows = [code for part in parts for code in part]
    return [(code, rows.count(code), start + rows.index(code)) for code in sorted(set(rows) - {ABSENT})]


def tallied(tally: Tally) -> list[tuple[int, int, int]]:
    found = tally.result()
    return list(zip(found.codes.tolist(), found.counts.tolist(), found.first.tolist(), strict=True))


@given(st.lists(st.lists(IDS, max_size=6), max_size=5), st.lists(IDS, unique=True, max_size=8), st.integers(0, 5))
def test_ids_of_a_known_table_are_counted_as_any_others(parts: list[list[int]], table: list[int], known: int) -> None:
    tally, start = Tally(), 0
    for number, part in enumerate(parts):
        if number == known:
            tally.use(Table(table))
        tally.add(np.array(part, np.int64), np.arange(start, start + len(part)))
        start += len(part)
    assert tallied(tally) == counted(parts)
    assert tallied(tally) == counted(parts), "it may be asked again"


@pytest.mark.parametrize("first", [0, (1 << 31) - 2, 1 << 31, 1 << 40])
def test_rows_may_have_any_number(first: int) -> None:
    parts = [[3, 1, LARGE], [LARGE + 1, 2, 40], [LARGE, 40]]
    for table in ([], [40, LARGE, 3]):
        tally, start = Tally(), first
        if table:
            tally.use(Table(table))
        for part in parts:
            tally.add(np.array(part, np.int64), np.arange(start, start + len(part)))
            start += len(part)
        assert tallied(tally) == counted(parts, first)


def test_a_result_in_the_middle_changes_nothing() -> None:
    tally = Tally()
    tally.use(Table([2, 1]))
    tally.add(np.array([1, 2, LARGE]), np.arange(3))
    assert tallied(tally) == counted([[1, 2, LARGE]])
    tally.add(np.array([2, 5, LARGE]), np.arange(3, 6))
    assert tallied(tally) == counted([[1, 2, LARGE, 2, 5, LARGE]])


def test_what_a_table_does_not_have_is_found_wherever_it_stands() -> None:
    wanted = np.arange(200_000)
    assert not_found(wanted, wanted[::2]).tolist() == list(range(1, 200_000, 2))
    assert not not_found(wanted[:0], wanted).size
