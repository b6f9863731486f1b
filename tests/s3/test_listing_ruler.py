"""Guesses where to cut a stretch of keys lie within it, and near to what an even division would be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.s3.listing_ruler import BOLD, DEPTH, LAST, LEAPS, Ruler, after_all, common, cuts

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)


@pytest.mark.parametrize(
    ("prefix", "end"),
    [("", LAST), ("a/", "a0"), ("a", "b"), ("\ud7ff", "\ue000"), ("a" + LAST, "b"), (LAST + LAST, LAST)],
)
def test_the_end_of_a_prefix(prefix: str, end: str) -> None:
    assert after_all(prefix) == end


@settings(deadline=None)
@given(TEXT, TEXT, TEXT)
def test_the_end_of_a_prefix_divides_all_keys(prefix: str, rest: str, other: str) -> None:
    end = after_all(prefix)
    if end != LAST:
        assert prefix + rest < end
        assert not (prefix + rest < other < end) or other.startswith(prefix)


@pytest.mark.parametrize(
    ("one", "other", "length"), [("", "a", 0), ("ab", "ab", 2), ("ab", "abc", 2), ("abx", "aby", 2)]
)
def test_what_two_keys_share(one: str, other: str, length: int) -> None:
    assert common(one, other) == length


def test_leading_zeros_become_digits_and_words_stay() -> None:
    ruler = Ruler(0, [f"img_{n:05}.jpg" for n in range(100)])
    assert ["".join(letters) for letters in ruler.letters[:6]] == ["i", "m", "g", "_", "0123456789", "0123456789"]
    assert ruler.measure("img_50000.jpg") == pytest.approx(0.5)
    assert ruler.text(0.5, 0.01) == "img_50"


def test_numbers_are_cut_evenly_where_the_end_is_known() -> None:
    page = [f"i/{n:06}" for n in range(0, 1000, 10)]
    left, found = cuts("i/", "i/100000", page, 4, leaps=0)
    assert left == pytest.approx(100, rel=0.02)
    assert [round(int(key[2:].ljust(6, "0")), -4) for key in found] == [20_000, 40_000, 60_000, 80_000]


def test_cuts_lie_ever_farther_apart_where_the_end_is_not_known() -> None:
    page = [f"i/{n:06}" for n in range(0, 1000, 10)]
    _, found = cuts("i/", None, page, 8, leaps=BOLD)
    places = [int(key[2:].ljust(6, "0")) for key in found]
    assert places[0] < 5000
    assert places[-1] > 200_000


def test_nothing_is_cut_where_little_is_left() -> None:
    page = [f"{n:03}" for n in range(0, 900, 10)]
    assert cuts("", "999", page, 8, leaps=0)[1] == []
    assert cuts("", "890", page, 8, leaps=0) == (0.0, [])
    assert cuts("", None, ["a"], 8, leaps=BOLD) == (0.0, [])


@settings(deadline=None)
@given(
    st.lists(TEXT, min_size=2, max_size=12),
    st.none() | TEXT,
    st.integers(1, 16),
    st.sampled_from([0, 1, LEAPS, BOLD]),
)
def test_cuts_rise_within_the_stretch(keys: list[str], until: str | None, most: int, leaps: int) -> None:
    page = sorted(keys)
    if until is not None and until <= page[-1]:
        return
    left, found = cuts("", until, page, most, leaps=leaps)
    assert left >= 0
    assert len(found) <= most
    edges = [page[-1], *found, *([] if until is None else [until])]
    assert edges == sorted(set(edges))


def test_only_so_many_positions_are_measured() -> None:
    ruler = Ruler(0, ["x" * 60])
    assert ruler.measure("x" * 60) == 0.0
    assert ruler.text(0.5, 0.0) == "x" * DEPTH
