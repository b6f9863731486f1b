"""What policies would say to a request, worked out offline: allowed, denied, or it depends."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from s3doctor.remedies.conditions import holds, unknown_keys
from s3doctor.remedies.patterns import all_of, any_of, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Effect(str, Enum):
    """DEPENDS is what a policy alone does not tell: a condition on something that only the request knows."""

    ALLOWED = "allowed"
    DENIED = "denied"
    DEPENDS = "depends"


@dataclass(frozen=True)
class Statement:
    """One statement of an identity policy. `place` names it: `policy.json, statement 2 (ReadObjects)`.

    `except_actions` and `except_resources` say that the lists are a NotAction and a NotResource. `variables`: whether
    `${…}` are variables (only in version 2012-10-17).
    """

    place: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    except_actions: bool = False
    except_resources: bool = False
    condition: Mapping[str, Any] = field(default_factory=dict)
    variables: bool = True

    def covers(self, action: str, resource: str, facts: Mapping[str, str | None]) -> bool | None:
        """Whether the statement speaks of this action on this resource, its condition left aside."""
        named = any(matches(a.lower(), action.lower(), {}, variables=False) for a in self.actions)
        if named is self.except_actions:
            return False
        where = any_of(matches(r, resource, facts, variables=self.variables) for r in self.resources)
        return where if where is None else where is not self.except_resources

    def applies(self, action: str, resource: str, facts: Mapping[str, str | None]) -> bool | None:
        """Whether the statement decides this request."""
        covers = self.covers(action, resource, facts)
        return covers if covers is False else all_of([covers, holds(self.condition, facts, variables=self.variables)])


@dataclass(frozen=True)
class Decision:
    """What the policies say: `statement` names the one that decides, empty where none speaks of the request."""

    effect: Effect
    statement: str = ""
    why: str = ""


def evaluate(
    statements: Iterable[Statement], action: str, resource: str, facts: Mapping[str, str | None] | None = None
) -> Decision:
    """Decide as IAM does: an explicit Deny wins, then an Allow; what nothing allows is denied.

    `action` is `s3:GetObject`, `resource` an ARN, `facts` what is known of the request (see `patterns.Facts`). Bucket
    policies, permissions boundaries and service control policies are not looked at. Source: IAM User Guide, "Policy
    evaluation logic".
    """
    known = facts or {}
    found = [(s, answer) for s in statements if (answer := s.applies(action, resource, known)) is not False]
    for allows, sure in ((False, True), (True, True), (True, None)):
        first = next((s for s, answer in found if s.allows is allows and answer is sure), None)
        if first is None:
            continue
        if not allows:
            return Decision(Effect.DENIED, first.place, "an explicit Deny wins over every Allow")
        doubt = next((s for s, answer in found if not s.allows), None)
        if sure and doubt is None:
            return Decision(Effect.ALLOWED, first.place)
        return _depends(doubt or first, known)
    return Decision(Effect.DENIED, why="no statement allows it")


def _depends(statement: Statement, facts: Mapping[str, str | None]) -> Decision:
    """It hangs on what the policy asks of the request."""
    keys = ", ".join(unknown_keys(statement.condition, facts)) or "a policy variable or an operator"
    verb = "allows it" if statement.allows else "denies it"
    return Decision(Effect.DEPENDS, statement.place, f"{verb} depending on {keys}")
