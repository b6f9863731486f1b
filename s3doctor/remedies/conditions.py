"""A statement's Condition, as far as it can be decided without a request: True, False, or None for "depends"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from s3doctor.remedies.patterns import all_of, any_of, matches

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPERATOR = re.compile(
    r"(?:(?P<set>ForAllValues|ForAnyValue):)?(?P<base>[A-Za-z]+?)(?P<if_exists>IfExists)?", re.IGNORECASE
)
_TEXT = {
    "stringequals": (False, False),
    "stringequalsignorecase": (False, True),
    "stringlike": (True, False),
    "arnequals": (True, False),
    "arnlike": (True, False),
    "bool": (False, True),
}
"""Operators that compare texts: (wildcards, upper and lower case alike)."""


def holds(condition: Mapping[str, Any], facts: Mapping[str, str | None], *, variables: bool = True) -> bool | None:
    """Whether a Condition block holds: all its operators and all their keys must.

    Decided are the comparisons of texts, Bool and Null for keys in `facts`, and every operator for a key that is
    known not to be in the request. Source: IAM User Guide, "Condition operators".
    """
    tests = [(operator, key, value) for operator, keys in condition.items() for key, value in keys.items()]
    return all_of(_test(operator, key, values(value), facts, variables=variables) for operator, key, value in tests)


def values(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - any JSON value
    """One value or a list of them as texts, true and false as IAM spells them."""
    found = value if isinstance(value, list) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in found)


def _test(
    operator: str, key: str, wanted: tuple[str, ...], facts: Mapping[str, str | None], *, variables: bool
) -> bool | None:
    """One operator for one key."""
    found = _OPERATOR.fullmatch(operator)
    name = key.lower()
    if found is None or name not in facts:
        return None
    base = found["base"].lower()
    negated = "not" in base
    value = facts[name]
    if base == "null":
        return (value is None) == ("true" in wanted)
    if value is None:
        return negated or bool(found["if_exists"]) or (found["set"] or "").lower() == "forallvalues"
    if (how := _TEXT.get(base.replace("not", ""))) is None:
        return None
    answer = any_of(_same(item, value, facts, how=how, variables=variables) for item in wanted)
    return answer if answer is None else answer != negated


def _same(
    pattern: str, value: str, facts: Mapping[str, str | None], *, how: tuple[bool, bool], variables: bool
) -> bool | None:
    """Whether one wanted value is the request's."""
    wild, fold = how
    left, right = (pattern.lower(), value.lower()) if fold else (pattern, value)
    return matches(left, right, facts, wild=wild, variables=variables)


def unknown_keys(condition: Mapping[str, Any], facts: Mapping[str, str | None]) -> tuple[str, ...]:
    """The condition keys of a block whose values are not known, as the policy spells them."""
    return tuple(dict.fromkeys(key for keys in condition.values() for key in keys if key.lower() not in facts))
