"""For any policy and any fault, the bucket is afterwards as it was, or the report says what differs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from between import Between, Rule, close, cut, reset, say
from figures import SITUATIONS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from replay import error
from trust.killing import STEPS, Step, as_told, held

from s3doctor import diagnose
from s3doctor.connection import Setup
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.demo.server import EmbeddedS3

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.demo.cases import Case

BUCKET = "acme-metadata"
ACTIONS = ("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject")
ALSO = ("s3:AbortMultipartUpload", "s3:DeleteObjectVersion", "s3:GetBucketVersioning")
PREFIXES = ("", "metadata/", "metadata/.s3doctor-")
HARMS: dict[str, Callable[[str], Rule]] = {
    "none": lambda _: Rule("^NOTHING", close),
    "never arrives": lambda pattern: Step(pattern, reset, arrives=False),
    "once not arriving": lambda pattern: Step(pattern, reset, arrives=False, times=1),
    "answer lost": lambda pattern: Step(pattern, reset),
    "answer lost once": lambda pattern: Step(pattern, close, times=1),
    "answer cut": lambda pattern: Step(pattern, cut(0.5)),
    "500 though done": lambda pattern: Step(pattern, say(error(500, "InternalError", "We encountered an error."))),
    "503": lambda pattern: Step(pattern, say(error(503, "SlowDown", "Reduce your rate.")), arrives=False),
    "403": lambda pattern: Step(pattern, say(error(403, "AccessDenied", "Access Denied")), arrives=False),
}


@dataclass(frozen=True)
class Situation:
    """What the key may do (each action below each prefix: allowed or denied), and the harm done to one step."""

    allowed: frozenset[tuple[str, str]]
    denied: frozenset[tuple[str, str]]
    versioned: bool
    step: str
    harm: str


rights = st.frozensets(st.tuples(st.sampled_from((*ACTIONS, *ALSO)), st.sampled_from(PREFIXES)))
situations = st.builds(
    Situation,
    st.one_of(rights, st.just(frozenset((action, "") for action in ACTIONS))),
    st.one_of(st.just(frozenset()), st.frozensets(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PREFIXES)))),
    st.booleans(),
    st.sampled_from(list(STEPS)),
    st.sampled_from(list(HARMS)),
)
DOCUMENTED = frozenset((action, "") for action in ACTIONS)
ALL = frozenset((action, "") for action in (*ACTIONS, *ALSO))


def everything(step: str, harm: str, *, versioned: bool = False, allowed: frozenset[Any] = DOCUMENTED) -> Situation:
    return Situation(allowed, frozenset(), versioned, step, harm)


@settings(max_examples=SITUATIONS, derandomize=True)
@example(everything("PutObject", "answer lost once"))
@example(everything("PutObject", "500 though done", versioned=True))
@example(everything("CreateMultipartUpload", "answer lost"))
@example(everything("UploadPart", "never arrives", allowed=ALL))
@example(everything("UploadPart", "never arrives"))
@example(everything("CompleteMultipartUpload", "answer lost once"))
@example(everything("CompleteMultipartUpload", "503", allowed=ALL))
@example(everything("DeleteObject", "403"))
@example(everything("DeleteObjects", "answer lost", allowed=ALL))
@example(everything("DeleteObjects", "answer cut"))
@given(situations)
def test_the_bucket_is_as_it_was_or_the_report_says_what_differs(situation: Situation) -> None:
    with EmbeddedS3() as s3:
        connection = prepare(case(versioned=situation.versioned), s3)
        admin = s3.admin_client("s3")
        admin.put_object(Bucket=BUCKET, Key="metadata/theirs", Body=b"x")
        document = policy(situation)
        iam = s3.admin_client("iam")
        iam.put_user_policy(UserName="tenyks", PolicyName="any", PolicyDocument=json.dumps(document))
        before = held(admin, BUCKET)
        rule = HARMS[situation.harm](STEPS[situation.step])
        with Between(s3.endpoint_url, [rule]) as between:
            given_ = replace(connection, endpoint_url=between.url, timeout=20)
            found = diagnose(given_, ["PERM007"])
        after = held(admin, BUCKET)
    told = {(left.key, left.version_id) for left in found.leftovers}
    assert before <= after
    missing = as_told(after - before) - told
    assert all(kept_somehow(one, told) for one in missing), (missing, told)
    assert (found.exit_code() == 4) is bool(told)
    if situation.harm in ("none", "403") or not asked(between, situation):
        assert {key.split(" ")[0] for key, _ in told} == {key for _, key, _ in after - before}


def asked(between: Between, situation: Situation) -> bool:
    """Whether the step that was to be harmed came at all."""
    rule = Step(STEPS[situation.step], close)
    return any(rule.takes(one) for one in between.asked)


def kept_somehow(one: tuple[str, str], told: set[tuple[str, str]]) -> bool:
    """Where the answer with the id was lost, the report names the key and says that it does not know the id."""
    key = one[0].split(" ")[0]
    return any(named.split(" ")[0] == key and not version for named, version in told)


def case(*, versioned: bool) -> Case:
    """A metadata bucket without policies."""
    found = cases.load("versioned-metadata" if versioned else "metadata-bucket")
    assert found.doctor["setup"] == Setup.METADATA_BUCKET.value
    from msgspec.structs import replace as with_

    return with_(found, user=with_(found.user, policies=["works-read-only"]))


def policy(situation: Situation) -> dict[str, Any]:
    statements = [
        {"Effect": effect, "Action": action, "Resource": resource(action, prefix)}
        for effect, pairs in (("Allow", situation.allowed), ("Deny", situation.denied))
        for action, prefix in sorted(pairs)
    ]
    nothing = {"Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [*statements, nothing]}


def resource(action: str, prefix: str) -> str:
    on_bucket = action in ("s3:ListBucket", "s3:GetBucketVersioning")
    return f"arn:aws:s3:::{BUCKET}" if on_bucket else f"arn:aws:s3:::{BUCKET}/{prefix}*"
