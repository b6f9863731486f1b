"""Which pictures to look at where not all can be, and what that lets one say of the rest."""

from __future__ import annotations

import math
from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

from s3doctor.finding import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

SURE = 0.95


def sample(names: Sequence[str], n: int) -> list[str]:
    """`n` of the names, drawn from each folder in proportion to its size, the same ones each time.

    A folder has its share rounded down or up; which of its names are taken is left to a generator with a fixed seed.
    All of them, in their order, where there are no more than `n`.
    """
    if n >= len(names):
        return list(names)
    folders: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        folders[name.rpartition("/")[0]].append(position)
    draw = Random(len(names))  # noqa: S311 - a sample is no secret
    taken: list[int] = []
    for members, share in zip(folders.values(), _shares([len(f) for f in folders.values()], n), strict=True):
        taken += draw.sample(members, share)
    return [names[position] for position in sorted(taken)]


def _shares(sizes: Sequence[int], n: int) -> list[int]:
    """How many to take of each folder: n in all, by the method of the largest remainder."""
    total = sum(sizes)
    shares = [size * n // total for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda i: (-(sizes[i] * n % total), i))
    for i in by_remainder[: n - sum(shares)]:
        shares[i] += 1
    return shares


def at_most(wrong: int, looked_at: int, sure: float = SURE) -> float:
    """The share of wrong ones in all that is not exceeded with this confidence: Clopper and Pearson's upper bound.

    With `wrong` 0 it is the exact form of the rule of three: 1 - (1 - sure) ** (1 / looked_at).
    """
    if wrong >= looked_at:
        return 1.0
    low, high = wrong / looked_at, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _no_more_than(wrong, looked_at, middle) > 1 - sure else (low, middle)
    return high


def _no_more_than(wrong: int, looked_at: int, share: float) -> float:
    """The probability of so many wrong ones or fewer, if each is wrong with probability `share`."""
    log_share, log_rest = math.log(share), math.log1p(-share)
    term = math.lgamma(looked_at + 1)
    return math.fsum(
        math.exp(
            term - math.lgamma(k + 1) - math.lgamma(looked_at - k + 1) + k * log_share + (looked_at - k) * log_rest
        )
        for k in range(wrong + 1)
    )


def confidence(wrong: int, looked_at: int, of: int) -> str:
    """What was seen and what follows: `all 12 pictures are as the file describes them`."""
    if not looked_at:
        return f"none of {of:,} pictures was opened"
    if looked_at >= of:
        whole = counted(of, "picture is as the file describes it", "pictures are as the file describes them")
        return f"{wrong:,} of {of:,} pictures are not as described" if wrong else whole
    share = f"{math.ceil(at_most(wrong, looked_at) * 1000) / 10:.1f} %"
    if wrong:
        opened = f"{wrong:,} of {looked_at:,} pictures opened are not as described"
        return f"{opened}; 95 % sure that of all {of:,} it is under {share}"
    return f"{looked_at:,} of {of:,} pictures opened, each as described; 95 % sure that under {share} of all are not"
