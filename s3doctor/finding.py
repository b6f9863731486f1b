"""A fault found many times is one Finding: counted in full, shown by a few exact places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Severity(str, Enum):
    """How much a finding matters to whoever will read the data."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Example:
    """One exact place where a fault was seen.

    `where` is a JSON pointer (`/annotations/17/bbox`), an object key or a file name. `offset` is in bytes and `line`
    counts from 1, both within the file; None where unknown. `ids` holds pairs such as `("image_id", 7)`.
    """

    where: str
    text: str = ""
    value: Any = None
    offset: int | None = None
    line: int | None = None
    ids: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Finding:
    """A fault with its number, its first places, what comes of it, and what to do.

    `consequence` says what pycocotools and the platform would do with the data as it is. `follows` is the code of
    another finding that explains this one: once that is mended, this is likely to be gone.
    """

    code: str
    severity: Severity
    count: int
    summary: str
    examples: tuple[Example, ...] = ()
    consequence: str = ""
    fix: str = ""
    follows: str = ""


def counted(count: int, one: str, several: str) -> str:
    """A number with its words: `1 picture has no bytes`, `2,997 pictures have no bytes`."""
    return f"{count:,} {one if count == 1 else several}"


def times(finding: Finding) -> str:
    """How often a fault was found: `once`, `2,997 times`; empty where the summary says the number itself."""
    number = f"{finding.count:,}"
    if re.search(rf"(?<![\d.,]){number}(?![\d]|[.,]\d)", finding.summary):
        return ""
    return "once" if finding.count == 1 else f"{number} times"
