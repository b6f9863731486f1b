"""Ranges stay disjoint however they are cut, and cuts follow what is known of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from s3doctor.s3.listing import _cut_to
from s3doctor.s3.listing_page import page_of
from s3doctor.s3.listing_ranges import UNKNOWN, Atlas, Range
from s3doctor.s3.listing_ruler import rising
from s3doctor.s3.listing_walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.s3.listing_page import Page


def page(*keys: str) -> Page:
    return page_of(keys, [1] * len(keys), ["STANDARD"] * len(keys))


def inside(folder: str, *, until: str | None = None) -> Range:
    """A range that has seen a page of one folder."""
    part = Range("", until)
    part.take(page(*(f"{folder}{n:03}.jpg" for n in range(50))), "token", truncated=True)
    return part


def test_a_page_beyond_the_end_is_cut() -> None:
    part = Range("a", "c")
    assert part.take(page("b", "c", "d"), "token", truncated=True) == 2
    assert (part.done, part.after, part.pages[0].keys()) == (True, "c", ["b", "c"])


def test_the_last_page_ends_a_range() -> None:
    part = Range("", None)
    assert part.take(page("b"), "", truncated=False) == 1
    assert part.done


def test_an_empty_page_moves_nothing() -> None:
    part = Range("a", "c")
    assert part.take(page(), "token", truncated=True) == 0
    assert (part.done, part.after, part.token, part.sample) == (False, "a", "token", [])


def test_a_guess_that_was_too_low_is_forgotten() -> None:
    part = Range("")
    part.left = 0.5
    part.take(page("a"), "token", truncated=True)
    assert part.left == UNKNOWN


def test_cut_ranges_meet() -> None:
    part = Range("a", "z")
    new = part.cut(["f", "m"])
    assert [(one.start, one.until) for one in (part, *new)] == [("a", "f"), ("f", "m"), ("m", "z")]


def test_a_range_with_keys_tells_those_before_it_in_the_same_folder() -> None:
    part = inside("x/")
    new = part.cut(["x/1", "x/5", "y/"])
    new[1].take(page("x/7"), "token", truncated=True)
    assert [one.known_end for one in (part, *new)] == [True, True, False, False]
    new[2].take(page("y/7"), "token", truncated=True)
    assert [one.known_end for one in (part, *new)] == [True, True, False, False]


def test_folders_are_looked_into_once() -> None:
    atlas, part = Atlas(""), inside("a/b/")
    assert atlas.unexplored(part) == ("", "a0")
    atlas.explored("", "a0", ["c/", "d/"], truncated=False)
    assert atlas.unexplored(part) is None
    assert atlas.plan(part, 8) == ["c/", "d/"]
    assert part.left == 4.0


def test_a_folder_of_which_only_a_part_is_known_is_looked_into_again() -> None:
    atlas = Atlas("")
    atlas.explored("", "a0", ["c/", "d/"], truncated=True)
    assert atlas.unexplored(inside("e/f/")) == ("", "e0")
    atlas.explored("", "e0", ["g/"], truncated=False)
    assert atlas.unexplored(inside("e/f/", until="z")) is None
    assert atlas.plan(inside("a/b/"), 2) == ["c/", "g/"]


def test_where_no_folder_follows_the_range_is_in_the_last_one() -> None:
    atlas, part = Atlas(""), inside("a/b/")
    atlas.explored("", "a0", [], truncated=False)
    assert atlas.unexplored(part) == ("a/", "a/b0")
    atlas.explored("a/", "a/b0", [], truncated=False)
    assert atlas.unexplored(part) is None
    assert all(place.startswith("a/b/") for place in atlas.plan(part, 3))


def test_where_nothing_is_known_to_follow_the_rest_of_the_folder_is_cut_off() -> None:
    atlas, part = Atlas(""), inside("a/")
    atlas.explored("", "a0", [], truncated=True)
    assert atlas.plan(part, 3)[:1] < ["b"]
    other = inside("a/")
    assert Atlas("").plan(other, 3) == ["a0"]


def test_a_range_that_ends_with_its_folder_is_in_it() -> None:
    assert all(place.startswith("a/b/") for place in Atlas("").plan(inside("a/b/", until="a/b0"), 3))


def test_a_range_that_ends_where_the_next_folder_begins_is_in_the_first() -> None:
    atlas = Atlas("")
    atlas.explored("", "a0", ["c/"], truncated=True)
    assert all(place.startswith("a/") for place in atlas.plan(inside("a/", until="c/"), 3))


def test_behind_the_last_folder_known_there_may_be_more() -> None:
    atlas = Atlas("")
    atlas.explored("", "a0", [], truncated=True)
    assert atlas.plan(inside("a/", until="z"), 3) == ["a0"]


def test_what_begins_before_a_range_is_out_of_order() -> None:
    part = Range("b")
    assert [part.precedes(one) for one in (page("c"), page(), page("b"), page("a"))] == [True, True, False, False]


def test_only_rising_keys_between_two_others_are_cuts() -> None:
    assert rising("a", "d", ["a", "b", "b", "c", "d"]) == ["b", "c"]
    assert rising("a", None, ["z"]) == ["z"]


@pytest.mark.parametrize(("most", "sizes"), [(0, []), (1, [1]), (2, [2]), (3, [2, 1]), (9, [2, 2])])
def test_pages_are_cut_to_a_number(most: int, sizes: list[int]) -> None:
    assert [len(one) for one in _cut_to([page("a", "b"), page("c", "d")], most)] == sizes


def test_there_is_no_estimate_before_there_is_a_page(client: Callable[..., Any]) -> None:
    assert Walk(client("http://127.0.0.1:9"), "bucket", "", threads=4, most=None).estimate is None
