"""How IAM compares texts: wildcards, policy variables, and `None` for what cannot be decided from here."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TOKEN = re.compile(r"\$\{(?P<variable>[^}]*)\}|(?P<text>[^$]+|\$)")
_NAME_AND_DEFAULT = re.compile(r"(?P<name>[^,]*?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?")

Facts = dict[str, "str | None"]
"""What is known of a request: condition keys (lower case) to values; None: known not to be in the request."""


def matches(
    pattern: str, text: str, facts: Mapping[str, str | None], *, wild: bool = True, variables: bool = True
) -> bool | None:
    """Whether `text` matches `pattern`, or None where that depends on a variable of unknown value.

    `*` and `?` are wildcards if `wild`; `${name}` is a policy variable if `variables` (not in policies of version
    2008-10-17). `${*}`, `${?}` and `${$}` are the characters themselves.
    """
    sure, made = True, ""
    for found in _TOKEN.finditer(pattern if variables else pattern.replace("$", "${$}")):
        if (variable := found["variable"]) is None:
            made += _glob(found["text"], wild=wild)
        elif (value := _value(variable, facts)) is None:
            made, sure = made + "*", False
        else:
            made += _glob(value, wild=False)
    if _compiled(made).match(text) is None:
        return False
    return True if sure else None


def _glob(text: str, *, wild: bool) -> str:
    """A text in the language of `fnmatch`, in which brackets are special too."""
    special = "[" if wild else "[*?"
    return "".join(f"[{character}]" if character in special else character for character in text)


@lru_cache(maxsize=4096)
def _compiled(glob: str) -> re.Pattern[str]:
    """A pattern of `fnmatch`, whose regular expressions never take long; kept, as the same few come again and again."""
    return re.compile(fnmatch.translate(glob))


def _value(variable: str, facts: Mapping[str, str | None]) -> str | None:
    """A variable's value in the request; None where unknown. A variable without a value or default never matches."""
    if variable in {"*", "?", "$"}:
        return variable
    found = _NAME_AND_DEFAULT.fullmatch(variable)
    name = (found["name"] if found else variable).strip().lower()
    if name not in facts:
        return None
    default = found["default"] if found else None
    return facts[name] or default or "\0"


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """True if one is True, else None if one is None, else False."""
    seen = set(answers)
    return True if True in seen else None if None in seen else False


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """False if one is False, else None if one is None, else True."""
    seen = set(answers)
    return False if False in seen else None if None in seen else True
