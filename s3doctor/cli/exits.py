"""The exit codes, in one place."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exit(IntEnum):
    """What the exit code says. It depends on the verdict, never on the report's format."""

    WELL = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND_OUT = 3
    LEFT_BEHIND = 4
    INTERRUPTED = 130


MEANINGS = {
    Exit.WELL: "nothing failed; there may be warnings",
    Exit.FAILED: "a check failed (with `--fail-on warn`: or warned)",
    Exit.USAGE: "s3doctor was called wrongly and examined nothing, or the report could not be written",
    Exit.NOT_FOUND_OUT: "nothing failed, but something that the set-up needs could not be found out",
    Exit.LEFT_BEHIND: "an object that s3doctor wrote could not be removed; the report names it",
    Exit.INTERRUPTED: "interrupted by Ctrl-C or SIGTERM; the report holds what was found out until then",
}
"""The words for users: the README's table is made of them."""

WORST = (Exit.INTERRUPTED, Exit.LEFT_BEHIND, Exit.FAILED, Exit.USAGE, Exit.NOT_FOUND_OUT, Exit.WELL)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several examinations: the worst of any."""
    return min(codes, key=WORST.index, default=Exit.WELL)
