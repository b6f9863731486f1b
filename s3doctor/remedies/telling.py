"""A Review of policies as text for people and as JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from s3doctor.remedies.evaluate import Effect
from s3doctor.report.paper import Paper
from s3doctor.report.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.model import Document
    from s3doctor.remedies.lint import Excess, Review

_HEADLINES = {
    "fail": "the platform could not work with this",
    "unknown": "whether the platform could work with this depends on conditions that only a real request settles",
    "warn": "the platform could work with this; look at what is said below",
    "pass": "the platform could work with this, and nothing more is granted than it needs",
}
_WORDS = {Effect.ALLOWED: "yes", Effect.DENIED: "NO", Effect.DEPENDS: "depends"}
_LIMITS = (
    "Worked out from the text alone: bucket policies, permissions boundaries and service control policies can still "
    "deny. s3doctor check asks AWS itself."
)
_GRAVE = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:DeleteBucket", "s3:PutBucketPolicy")
SHOWN = 3
"""How many of many actions are named."""


def table(review: Review, better: Iterable[Document] = (), *, width: int = 80, color: bool = False) -> str:
    """The review for a terminal or a log; `better` are the policies that would work, shown where these would not."""
    paper = Paper(width=width, color=color)
    verdict = review.verdict
    paper.paragraph(f"{verdict.upper()}: {_HEADLINES[verdict]}.")
    paper.paragraph(f"{len(review.having(Effect.ALLOWED))} of {len(review.decisions)} requests are granted.")
    paper.title("What the platform asks, and whether it is granted")
    rows = [[_WORDS[d.effect], need.action, visible(need.uri)] for need, d in review.decisions]
    paper.lines(tabulate(rows, tablefmt="plain", disable_numparse=True))
    for reason in dict.fromkeys(f"{d.statement}: {d.why}" for _, d in review.decisions if d.statement and d.why):
        paper.paragraph(reason)
    _mistakes(paper, review)
    if review.excesses:
        paper.title("Granted, and not needed")
        for excess in review.excesses:
            paper.paragraph(f"{excess.words}: {shortened(excess)}")
    if verdict == "fail":
        for document in better:
            paper.title(f"{document.title} that works")
            paper.verbatim(document.text)
    paper.blank()
    paper.paragraph(_LIMITS)
    return paper.text()


def _mistakes(paper: Paper, review: Review) -> None:
    """What is wrong in the texts, and what to write instead."""
    if review.mistakes:
        paper.title("Mistakes")
    for mistake in review.mistakes:
        paper.paragraph(f"{mistake.severity.value}: {mistake.file} {mistake.pointer}: {mistake.text}")
        if mistake.fix:
            paper.paragraph(mistake.fix, indent=2)


def shortened(excess: Excess) -> str:
    """The actions, and how many more where there are many."""
    grave = [action for action in _GRAVE if action in excess.actions]
    known = [*grave, *(action for action in excess.actions if action not in grave)]
    more = len(known) - SHOWN
    return ", ".join(known[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def as_json(review: Review) -> str:
    """The review, field by field, ending in a newline."""
    body: dict[str, Any] = {
        "schema_version": 1,
        "verdict": review.verdict,
        "requests": [
            {
                "action": need.action,
                "resource": need.resource,
                "uri": need.uri,
                "why": need.why,
                "decision": decision.effect.value,
                "statement": decision.statement,
                "reason": decision.why,
            }
            for need, decision in review.decisions
        ],
        "mistakes": [
            {
                "code": mistake.code,
                "severity": mistake.severity.value,
                "file": mistake.file,
                "pointer": mistake.pointer,
                "text": mistake.text,
                "fix": mistake.fix,
            }
            for mistake in review.mistakes
        ],
        "not_needed": [{"where": excess.words, "actions": list(excess.actions)} for excess in review.excesses],
    }
    return json.dumps(body, indent=2) + "\n"
