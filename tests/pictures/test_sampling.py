"""A sample is the same each time, fair to every folder, and its confidence is exact."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from s3doctor.pictures import at_most, confidence, sample

NAMES = [f"{folder}/{n}.jpg" for folder, count in (("a", 700), ("b", 200), ("c", 99), ("d", 1)) for n in range(count)]


def test_each_folder_has_its_share() -> None:
    taken = sample(NAMES, 100)
    assert Counter(name[0] for name in taken) == {"a": 70, "b": 20, "c": 10}
    assert len(set(taken)) == 100
    assert taken == sorted(taken, key=NAMES.index)
    assert taken == sample(NAMES, 100)


def test_it_is_not_the_beginning_only() -> None:
    assert max(int(name[2:-4]) for name in sample(NAMES, 100) if name[0] == "a") > 600


@pytest.mark.parametrize("n", [1, 3, 17, 999])
def test_there_are_as_many_as_asked_for(n: int) -> None:
    assert len(sample(NAMES, n)) == n


def test_few_are_all() -> None:
    assert sample(NAMES, 1000) == NAMES
    assert sample([], 5) == []


@pytest.mark.parametrize(("wrong", "of"), [(0, 10), (0, 500), (1, 10), (5, 100), (50, 100), (9, 10), (99, 100)])
def test_beyond_the_bound_so_few_would_be_seen_once_in_twenty(wrong: int, of: int) -> None:
    share = at_most(wrong, of)
    chance = sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(wrong + 1))
    assert chance == pytest.approx(0.05, abs=1e-9)


def test_the_rule_of_three() -> None:
    assert at_most(0, 500) == pytest.approx(1 - 0.05 ** (1 / 500))
    assert at_most(10, 10) == 1.0


def test_the_bound_of_a_large_sample() -> None:
    assert 0.1 < at_most(1000, 10_000) < 0.106


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0, 500, 9000), "500 of 9,000 pictures opened, each as described; 95 % sure that under 0.6 % of all are not"),
        (
            (3, 500, 9000),
            "3 of 500 pictures opened are not as described; 95 % sure that of all 9,000 it is under 1.6 %",
        ),
        ((2, 300, 300), "2 of 300 pictures are not as described"),
        ((0, 300, 300), "300 pictures are as the file describes them"),
        ((0, 1, 1), "1 picture is as the file describes it"),
        ((0, 0, 300), "none of 300 pictures was opened"),
    ],
)
def test_words(numbers: tuple[int, int, int], text: str) -> None:
    assert confidence(*numbers) == text
