"""A value out of a file can be anything; JSON gets something that every reader understands."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s3doctor.report.values import plain, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (-(10**500), "a whole number of about 501 digits"),
        (1.5, 1.5),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (b"\xff\x00a", "\\xff\x00a"),
        (bytearray(b"abc"), "abc"),
        ("lone\ud800", "lone\\ud800"),
        ((1, [2]), [1, [2]]),
        ({1: {None: "x"}}, {"1": {"None": "x"}}),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.array([1, 2]), [1, 2]),
        (object(), "<object>"),
        (np.array, "<builtin_function_or_method>"),
    ],
)
def test_plain(value: Any, expected: Any) -> None:
    assert plain(value) == expected


def test_long_values_are_cut_and_say_so() -> None:
    assert plain("a" * 1001) == "a" * 1000 + "… (1,001 characters)"
    assert plain(list(range(102)))[-2:] == [99, "… 2 more"]
    assert plain({n: n for n in range(103)})["…"] == "3 more"
    assert len(plain({n: n for n in range(100)})) == 100


def test_a_value_that_holds_itself_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert json.dumps(plain(loop)).count("[") == 12


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()) | st.integers(), inner),
)


@settings(deadline=None)
@given(ANYTHING)
def test_any_value_is_valid_json_and_one_line(value: Any) -> None:
    text = json.dumps(plain(value), allow_nan=False, ensure_ascii=False)
    assert json.loads(text.encode()) == plain(value)
    assert len(shown(value, 40)) <= 40
    assert shown(value).isprintable()
