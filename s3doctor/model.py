"""What the rooms hand to each other: a Check makes an Outcome, the engine a Result, a Report holds them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Any

from s3doctor.exhibits.shapes import Box, Picture, Plot
from s3doctor.finding import Example, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from s3doctor.changes import Comparison
    from s3doctor.connection import Setup

__all__ = [
    "Box",
    "Cause",
    "Check",
    "Document",
    "Evidence",
    "Example",
    "Family",
    "Finding",
    "Fix",
    "Leftover",
    "Outcome",
    "PermissionMap",
    "Picture",
    "Plot",
    "Report",
    "Result",
    "Severity",
    "Status",
    "Who",
    "check",
    "fail",
    "passed",
    "skip",
    "unknown",
    "warn",
]


class Status(str, Enum):
    """FAIL is knowledge, UNKNOWN is ignorance, ERROR is s3doctor's own fault."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    UNKNOWN = "unknown"
    ERROR = "error"


class Who(str, Enum):
    """Whose hand a fix needs."""

    CUSTOMER = "customer"
    BUCKET_OWNER = "bucket owner"
    ORGANISATION_ADMIN = "organisation admin"
    PLATFORM = "platform"
    S3DOCTOR = "s3doctor"


@dataclass(frozen=True)
class Document:
    """A text to paste as it is: a policy, a CORS rule. `language` is json, hcl, yaml, sh or text."""

    title: str
    text: str
    language: str = "json"


@dataclass(frozen=True)
class Fix:
    """A remedy: who does it, the words, what to paste, and how to see that it worked."""

    text: str
    who: Who = Who.CUSTOMER
    documents: tuple[Document, ...] = ()
    commands: tuple[str, ...] = ()
    verify: str = "Run s3doctor again."


@dataclass(frozen=True)
class Evidence:
    """One thing seen. `text` says it all in a line; the other fields are set where it was an answer of S3.

    `operation` is AWS's name of the request (`GetObject`), `resource` an s3 URI, `http` the status code,
    `milliseconds` the time that the answer took.
    """

    text: str
    operation: str = ""
    resource: str = ""
    http: int | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
    host_id: str = ""
    milliseconds: float | None = None


@dataclass(frozen=True)
class Cause:
    """Why: `kind` is a stable name, `confidence` one of certain, likely, possible."""

    kind: str
    text: str
    confidence: str = "certain"
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What one check found out. `needed` is False where the set-up works without the answer (see exit code 3)."""

    status: Status
    summary: str
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    cause: Cause | None = None
    fix: Fix | None = None
    needed: bool = True

    def __post_init__(self) -> None:
        """A verdict that asks somebody to act says how: rule 2 of the design."""
        if self.status in (Status.WARN, Status.FAIL) and self.fix is None:
            raise ValueError(f"an outcome that is {self.status.value} needs a fix: {self.summary}")


def passed(summary: str, *, evidence: Iterable[Evidence] = (), findings: Iterable[Finding] = ()) -> Outcome:
    """All that the check looks at is as it should be."""
    return Outcome(Status.PASS, summary, tuple(evidence), tuple(findings))


def warn(
    summary: str,
    *,
    fix: Fix,
    evidence: Iterable[Evidence] = (),
    findings: Iterable[Finding] = (),
    cause: Cause | None = None,
) -> Outcome:
    """It works, yet somebody should look at it."""
    return Outcome(Status.WARN, summary, tuple(evidence), tuple(findings), cause, fix)


def fail(
    summary: str,
    *,
    fix: Fix,
    evidence: Iterable[Evidence] = (),
    findings: Iterable[Finding] = (),
    cause: Cause | None = None,
) -> Outcome:
    """It is known not to work."""
    return Outcome(Status.FAIL, summary, tuple(evidence), tuple(findings), cause, fix)


def unknown(
    summary: str,
    *,
    fix: Fix | None = None,
    evidence: Iterable[Evidence] = (),
    findings: Iterable[Finding] = (),
    cause: Cause | None = None,
    needed: bool = True,
) -> Outcome:
    """It could not be found out; `fix` is the step that would settle it."""
    return Outcome(Status.UNKNOWN, summary, tuple(evidence), tuple(findings), cause, fix, needed)


def skip(summary: str, *, evidence: Iterable[Evidence] = ()) -> Outcome:
    """There is nothing to look at in this set-up."""
    return Outcome(Status.SKIP, summary, tuple(evidence), needed=False)


@dataclass(frozen=True)
class Check:
    """One question of the catalogue. `per_dataset` checks are asked once for each dataset.

    `explanation` is the docstring: why it matters. `actions` are the AWS actions that it uses, `section` the section
    of the platform's set-up page that it rests on. A check runs only when all its `needs` came out well, and not when
    one of `unless_failed` is known to have failed. `setups` are the set-ups that it applies to; empty means all.
    """

    code: str
    title: str
    explanation: str
    run: Callable[[Any], Outcome] = field(repr=False, compare=False)
    needs: tuple[Check, ...] = field(default=(), repr=False, compare=False)
    unless_failed: tuple[Check, ...] = field(default=(), repr=False, compare=False)
    section: str = ""
    actions: tuple[str, ...] = ()
    per_dataset: bool = False
    setups: tuple[Setup, ...] = ()

    def applies(self, setup: Setup) -> bool:
        """Whether this set-up has what the check looks at."""
        return not self.setups or setup in self.setups


def check(
    code: str,
    title: str,
    *,
    needs: Sequence[Check] = (),
    unless_failed: Sequence[Check] = (),
    section: str = "",
    actions: Sequence[str] = (),
    per_dataset: bool = False,
    setups: Sequence[Setup] = (),
) -> Callable[[Callable[[Any], Outcome]], Check]:
    """Declare a check; the decorated function's docstring is the explanation shown to users."""

    def declare(function: Callable[[Any], Outcome]) -> Check:
        explanation = " ".join((function.__doc__ or "").split())
        return Check(
            code,
            title,
            explanation,
            function,
            tuple(needs),
            tuple(unless_failed),
            section,
            tuple(actions),
            per_dataset,
            tuple(setups),
        )

    return declare


@dataclass(frozen=True)
class Family:
    """Checks with one prefix, in the order of the report."""

    prefix: str
    title: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Result:
    """A check's outcome in one examination. `blocked_by` is the code of the first cause of a skip."""

    check: Check
    outcome: Outcome
    dataset: str = ""
    blocked_by: str = ""
    milliseconds: float = 0.0

    @property
    def code(self) -> str:
        """The check's code."""
        return self.check.code

    @property
    def status(self) -> Status:
        """The outcome's status."""
        return self.outcome.status


@dataclass(frozen=True)
class Leftover:
    """An object of s3doctor's own that it could not remove."""

    bucket: str
    key: str
    version_id: str = ""


@dataclass(frozen=True)
class PermissionMap:
    """What the key may do where: `rows` are (prefix, one of allowed, denied, unknown, not asked for each action)."""

    actions: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Report:
    """One examination. `subject` names what was examined as (name, value) pairs, without secrets.

    `figures` are sizes and counts as (name, value) pairs, ready to read (`("images", "1,203 (2.1 GB)")`); `plots` and
    `pictures` are what the HTML page draws. `comparison` says what has changed since an
    earlier report.
    """

    results: tuple[Result, ...] = ()
    subject: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    started: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    seconds: float = 0.0
    interrupted: bool = False
    leftovers: tuple[Leftover, ...] = ()
    permissions: tuple[PermissionMap, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    plots: tuple[Plot, ...] = ()
    pictures: tuple[Picture, ...] = ()
    comparison: Comparison | None = None

    def count(self, status: Status) -> int:
        """How many results have this status."""
        return sum(result.status is status for result in self.results)

    @property
    def undetermined(self) -> bool:
        """Whether something that the set-up needs could not be found out."""
        unsure = (Status.UNKNOWN, Status.ERROR)
        return any(r.status in unsure and r.outcome.needed for r in self.results)

    @property
    def verdict(self) -> str:
        """One of interrupted, fail, unknown, warn, pass: the first that applies."""
        if self.interrupted:
            return "interrupted"
        if self.count(Status.FAIL):
            return Status.FAIL.value
        if self.undetermined:
            return Status.UNKNOWN.value
        return Status.WARN.value if self.count(Status.WARN) else Status.PASS.value

    def exit_code(self, fail_on: str = "fail") -> int:
        """Rule 10 of the design: 130 interrupted, 4 left something, 1 failed, 3 not found out, 0 well."""
        if self.leftovers:
            return 4
        if self.interrupted:
            return 130
        if self.count(Status.FAIL) or (fail_on == "warn" and self.count(Status.WARN)):
            return 1
        return 3 if self.undetermined else 0
