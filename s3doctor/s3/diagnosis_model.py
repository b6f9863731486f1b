"""What a diagnosis is made of: what is known besides the answer, a known cause, and the cause that was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from s3doctor.model import Cause, Fix, Who

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.s3.answer import Answer

NATURES = (
    "account",  # AWS has closed something that no policy opens
    "browser",  # the object can be read, but not by a web page
    "bucket",  # the bucket's name or kind
    "client",  # the request was wrong in itself: our own fault or the caller's
    "credentials",  # the key
    "denied",  # a policy, or something that S3 calls a denial
    "encryption",  # a KMS key or a customer's own key
    "missing",  # there is no such thing
    "network",  # no answer came
    "not-s3",  # something else answered
    "object",  # the object itself
    "region",  # the right bucket was asked for in the wrong place
    "remark",  # nothing is wrong, something is worth knowing
    "temporary",  # asking again may help
    "unknown",  # S3 refused in words that nobody has documented
    "works",  # nothing is wrong
    "write",  # writing and deleting
)
"""The natures of a cause, and what each means. `network`, `not-s3` and `temporary` prove nothing about a connection."""


@dataclass(frozen=True)
class Situation:
    """What is known besides the answer. All of it is optional and helps to tell causes apart.

    `bucket`, `region`, `username`, `endpoint_url`: as configured. `access_key_id` is only ever shown masked.
    `has_token`: a session token is in use. `sts`: what GetCallerIdentity answered with this key: `ok`, an error code,
    or empty if nobody asked or it did not answer. `list_allowed`: whether the key may list the bucket;
    `prefix_list_allowed`: whether it may list below the dataset. `listed`: whether a listing showed the object.
    `reads_beside`: whether a missing object beside it gave 404, which means that reading is allowed there.
    `other_owner`: the listing says that another account owns the object. `expected_owner`: the request named the
    account that must own the bucket, and the same request without it was answered. `requester_pays_works`,
    `works_later`, `works_elsewhere`: the same request was answered when it said that the requester pays, when it was
    asked again, or from another network. `s3_answers`: S3 itself was reached. `origin`: the `Origin` that was sent;
    `method` and `asked_headers`: what a preflight asked for.
    """

    bucket: str = ""
    region: str = ""
    access_key_id: str = field(default="", repr=False)
    username: str = ""
    has_token: bool = False
    endpoint_url: str = ""
    sts: str = ""
    list_allowed: bool | None = None
    prefix_list_allowed: bool | None = None
    listed: bool | None = None
    reads_beside: bool | None = None
    other_owner: bool = False
    expected_owner: bool = False
    requester_pays_works: bool = False
    works_later: bool = False
    works_elsewhere: bool = False
    s3_answers: bool = False
    origin: str = ""
    method: str = "GET"
    asked_headers: str = ""


@dataclass(frozen=True)
class Known:
    """A cause that may be found: everything about it that does not depend on the answer at hand.

    `text`, `fix`, `commands` and `alternatives` may hold the names of `diagnosis_facts.facts` in braces.
    """

    nature: str
    text: str
    fix: str
    who: Who = Who.CUSTOMER
    commands: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    confidence: str = "certain"
    verify: str = "Run s3doctor again."

    @property
    def temporary(self) -> bool:
        """Whether asking again may help, without anybody mending anything."""
        return self.nature == "temporary"


@dataclass(frozen=True)
class Diagnosis:
    """A cause, who can mend it and how. `nature` is one of NATURES; `temporary` means that asking again may help."""

    cause: Cause
    fix: Fix
    nature: str
    temporary: bool = False

    @property
    def who(self) -> Who:
        """Whose hand the fix needs."""
        return self.fix.who

    @property
    def conclusive(self) -> bool:
        """Whether the answer proves anything about the connection: if not, a check says unknown, never fail."""
        return self.nature not in {"network", "not-s3", "temporary"}


if TYPE_CHECKING:
    Recogniser = Callable[[Answer, Situation], str]
