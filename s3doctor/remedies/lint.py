"""What policies would let the platform do, worked out before any user exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.remedies import mistakes
from s3doctor.remedies.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from s3doctor.remedies.evaluate import Decision, Effect, Statement, evaluate
from s3doctor.remedies.needs import Need, Place, needed, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from s3doctor.connection import Connection
    from s3doctor.remedies.grammar import Mistake, Parsed


@dataclass(frozen=True)
class Excess:
    """Actions that the policies allow in a place where the platform does not need them."""

    words: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """Policies as if all of them were attached to one user, held against one set-up."""

    decisions: tuple[tuple[Need, Decision], ...]
    excesses: tuple[Excess, ...]
    mistakes: tuple[Mistake, ...]

    def having(self, effect: Effect) -> tuple[tuple[Need, Decision], ...]:
        """The needs that were decided so."""
        return tuple(pair for pair in self.decisions if pair[1].effect is effect)

    @property
    def verdict(self) -> str:
        """`fail` where a needed action is not granted, `unknown` where it depends, else `warn` or `pass`."""
        if self.having(Effect.DENIED):
            return "fail"
        if self.having(Effect.DEPENDS):
            return "unknown"
        return "warn" if self.excesses or self.mistakes else "pass"


def review(
    policies: Sequence[Parsed],
    connection: Connection,
    datasets: Sequence[str],
    *,
    images: str = "",
    dataset_shape: bool = False,
) -> Review:
    """Hold the policies against what the set-up needs for these datasets."""
    statements = [statement for policy in policies for statement in policy.statements]
    requests = [
        need for name in datasets for need in needed(connection, name, images=images, dataset_shape=dataset_shape)
    ]
    decisions = [(need, evaluate(statements, need.action, need.resource, need.facts)) for need in requests]
    found = [m for policy in policies for m in policy.mistakes]
    for policy in policies:
        if not policy.refused:
            for name in datasets:
                found += mistakes.find(policy, connection, name, images, dataset_shape=dataset_shape)
    spots = [place for name in datasets for place in places(connection, name, dataset_shape=dataset_shape)]
    excesses = dict.fromkeys([*_excesses(statements, dict.fromkeys(spots)), *_services(statements)])
    return Review(tuple(decisions), tuple(excesses), tuple(dict.fromkeys(found)))


def _excesses(statements: Sequence[Statement], spots: Iterable[Place]) -> Iterator[Excess]:
    """S3 actions that are allowed, for certain or on a condition, where nobody needs them."""
    for place in spots:
        candidates = OBJECT_ACTIONS if place.holds_objects else BUCKET_ACTIONS
        extra = sorted(
            action
            for action in candidates - place.needed
            if evaluate(statements, action, place.resource).effect is not Effect.DENIED
        )
        if extra:
            yield Excess(place.words, tuple(extra))


def _services(statements: Sequence[Statement]) -> Iterator[Excess]:
    """Actions of other services than S3. KMS is left out where a key is named: encrypted objects need it."""
    for statement in statements:
        if not statement.allows:
            continue
        if statement.except_actions:
            yield Excess("every service", (f"all but {', '.join(statement.actions)}",))
        keys = all(":key/" in resource for resource in statement.resources)
        extra = [a for a in statement.actions if not a.lower().startswith("s3:") and not (_is_kms(a) and keys)]
        if extra and not statement.except_actions:
            yield Excess("other services than S3", tuple(extra))


def _is_kms(action: str) -> bool:
    """Whether it is one of the two KMS actions that reading and writing encrypted objects take."""
    return action.lower() in {"kms:decrypt", "kms:generatedatakey"}
