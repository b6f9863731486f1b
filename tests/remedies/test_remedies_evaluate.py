"""The offline evaluator, rule by rule of AWS's evaluation logic."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3doctor.remedies.evaluate import Effect, evaluate
from s3doctor.remedies.grammar import read

BUCKET, KEY = "arn:aws:s3:::b", "arn:aws:s3:::b/street/a.jpg"
ALLOWED, DENIED, DEPENDS = Effect.ALLOWED, Effect.DENIED, Effect.DEPENDS


def statement(effect: str = "Allow", **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"Effect": effect}
    base |= {} if "NotAction" in more else {"Action": "s3:GetObject"}
    base |= {} if "NotResource" in more else {"Resource": "arn:aws:s3:::b/street/*"}
    return base | more


def decided(
    *statements: dict[str, Any],
    action: str = "s3:GetObject",
    resource: str = KEY,
    facts: dict[str, str | None] | None = None,
    version: str = "2012-10-17",
) -> Effect:
    parsed = read(json.dumps({"Version": version, "Statement": list(statements)}))
    assert not parsed.refused, parsed.mistakes
    return evaluate(parsed.statements, action, resource, facts).effect


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3:GetObject", ALLOWED),
        ("S3:getobject", ALLOWED),
        ("s3:Get*", ALLOWED),
        ("s3:?etObject", ALLOWED),
        ("s3:*", ALLOWED),
        ("*", ALLOWED),
        ("s3:GetObjectVersion", DENIED),
        ("s3:GetObjec", DENIED),
    ],
)
def test_actions(pattern: str, expected: Effect) -> None:
    assert decided(statement(Action=["s3:ListBucket", pattern])) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:s3:::b/street/*", ALLOWED),
        ("arn:aws:s3:::b/*.jpg", ALLOWED),
        ("arn:aws:s3:::b/street/?.jpg", ALLOWED),
        ("arn:aws:s3:::*", ALLOWED),
        ("*", ALLOWED),
        ("arn:aws:s3:::b/Street/*", DENIED),
        ("arn:aws:s3:::b/street/", DENIED),
        ("arn:aws:s3:::b", DENIED),
        ("arn:aws:s3:::b/street/a.jp.", DENIED),
        ("arn:aws:s3:::b/str${*}et/*", DENIED),
    ],
)
def test_resources(pattern: str, expected: Effect) -> None:
    assert decided(statement(Resource=pattern)) is expected


def test_a_wildcard_that_is_spelled_out_is_the_character() -> None:
    allow = statement(Resource="arn:aws:s3:::b/a${*}b${?}c${$}d/*")
    assert decided(allow, resource="arn:aws:s3:::b/a*b?c$d/x") is ALLOWED
    assert decided(allow, resource="arn:aws:s3:::b/aXb?c$d/x") is DENIED


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    deny = statement("Deny", Resource="arn:aws:s3:::b/street/a*")
    assert decided(deny, statement()) is DENIED
    assert decided(statement(), deny) is DENIED
    assert decided(statement(), deny, resource="arn:aws:s3:::b/street/b.jpg") is ALLOWED
    parsed = read(json.dumps({"Version": "2012-10-17", "Statement": [statement(), deny]}), "p.json")
    decision = evaluate(parsed.statements, "s3:GetObject", KEY)
    assert (decision.statement, decision.why) == ("p.json, statement 2", "an explicit Deny wins over every Allow")


def test_nothing_said_is_denied() -> None:
    decision = evaluate([], "s3:GetObject", KEY)
    assert (decision.effect, decision.statement, decision.why) == (DENIED, "", "no statement allows it")


def test_not_action_and_not_resource_turn_the_list_round() -> None:
    assert decided(statement(NotAction="iam:*")) is ALLOWED
    assert decided(statement(NotAction="s3:Get*")) is DENIED
    assert decided(statement(NotResource="arn:aws:s3:::b/secret/*")) is ALLOWED
    assert decided(statement(NotResource="arn:aws:s3:::b/street/*")) is DENIED
    deny = statement("Deny", NotResource=["arn:aws:s3:::b", "arn:aws:s3:::b/*"], Action="s3:*")
    assert decided(statement(Resource="*"), deny) is ALLOWED
    assert decided(statement(Resource="*"), deny, resource="arn:aws:s3:::other/x") is DENIED


def listing(prefix: str | None, condition: dict[str, Any], effect: str = "Allow") -> Effect:
    conditional = statement(effect, Action="s3:ListBucket", Resource=BUCKET, Condition=condition)
    allow = [statement(Action="s3:ListBucket", Resource=BUCKET)] if effect == "Deny" else []
    return decided(conditional, *allow, action="s3:ListBucket", resource=BUCKET, facts={"s3:prefix": prefix})


@pytest.mark.parametrize(
    ("condition", "prefix", "expected"),
    [
        ({"StringLike": {"s3:prefix": "street/*"}}, "street/", ALLOWED),
        ({"StringLike": {"S3:Prefix": ["x", "street/*"]}}, "street/images/", ALLOWED),
        ({"StringLike": {"s3:prefix": "street/*"}}, "other/", DENIED),
        ({"StringLike": {"s3:prefix": "street/*"}}, None, DENIED),
        ({"StringEquals": {"s3:prefix": "street/*"}}, "street/x", DENIED),
        ({"StringEquals": {"s3:prefix": "street/"}}, "street/", ALLOWED),
        ({"StringEqualsIgnoreCase": {"s3:prefix": "STREET/"}}, "street/", ALLOWED),
        ({"StringNotEquals": {"s3:prefix": "street/"}}, "street/", DENIED),
        ({"StringNotEquals": {"s3:prefix": "street/"}}, None, ALLOWED),
        ({"StringNotLike": {"s3:prefix": "st*"}}, "x/", ALLOWED),
        ({"StringEqualsIfExists": {"s3:prefix": "street/"}}, None, ALLOWED),
        ({"ForAllValues:StringEquals": {"s3:prefix": "street/"}}, None, ALLOWED),
        ({"ForAnyValue:StringEquals": {"s3:prefix": "street/"}}, None, DENIED),
        ({"Null": {"s3:prefix": "true"}}, None, ALLOWED),
        ({"Null": {"s3:prefix": False}}, None, DENIED),
        ({"Null": {"s3:prefix": False}}, "x", ALLOWED),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "street/", DEPENDS),
        ({"NumericLessThan": {"s3:prefix": "10"}}, "street/", DEPENDS),
        ({"Wrong-Operator": {"s3:prefix": "10"}}, "street/", DEPENDS),
        ({"StringLike": {"s3:prefix": "street/*"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "street/", DEPENDS),
        ({"StringLike": {"s3:prefix": "street/*"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "x", DENIED),
    ],
)
def test_conditions(condition: dict[str, Any], prefix: str | None, expected: Effect) -> None:
    assert listing(prefix, condition) is expected


def test_a_conditional_deny_leaves_it_open() -> None:
    assert listing("x", {"Bool": {"aws:SecureTransport": "false"}}, "Deny") is DEPENDS
    assert listing("x", {"StringEquals": {"s3:prefix": "x"}}, "Deny") is DENIED
    assert listing("y", {"StringEquals": {"s3:prefix": "x"}}, "Deny") is ALLOWED
    both = [
        statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        statement("Deny", Condition={"StringEquals": {"aws:SourceVpce": "v"}}),
    ]
    assert decided(*both) is DEPENDS


def test_the_multi_factor_guard_denies_a_long_lived_key() -> None:
    """The usual guard: without the key in the request, BoolIfExists holds, and the Deny applies."""
    facts: dict[str, str | None] = {"aws:multifactorauthpresent": None}
    absent = {"aws:MultiFactorAuthPresent": False}
    guard = statement("Deny", Action="*", Resource="*", Condition={"BoolIfExists": absent})
    assert decided(statement(), guard, facts=facts) is DENIED
    guard["Condition"] = {"Bool": absent}
    assert decided(statement(), guard, facts=facts) is ALLOWED


def test_it_says_on_what_it_depends() -> None:
    policy = {"Statement": statement(Sid="Office", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})}
    decision = evaluate(read(json.dumps({"Version": "2012-10-17", **policy}), "p").statements, "s3:GetObject", KEY)
    assert decision.statement == "p, statement 1 (Office)"
    assert decision.why == "allows it depending on aws:SourceIp"


def test_brackets_and_backslashes_are_plain_characters() -> None:
    assert decided(statement(Resource="arn:aws:s3:::b/[ab]!\\x/*"), resource="arn:aws:s3:::b/[ab]!\\x/1") is ALLOWED
    assert decided(statement(Resource="arn:aws:s3:::b/[ab]/*"), resource="arn:aws:s3:::b/a/1") is DENIED
    assert decided(statement(Resource="arn:aws:s3:::b/x*"), resource="arn:aws:s3:::b/x\ny") is ALLOWED


def test_a_pattern_made_to_take_long_does_not() -> None:
    """A naive regular expression would try more ways than there are atoms."""
    for pattern in ("*" * 3000 + "x", "*a" * 1000, "?*" * 1000):
        assert (
            decided(statement(Resource=f"arn:aws:s3:::b/{pattern}"), resource=f"arn:aws:s3:::b/{'a' * 500}!") is DENIED
        )


VARIABLE = "arn:aws:s3:::b/${aws:username}/*"


@pytest.mark.parametrize(
    ("pattern", "facts", "expected"),
    [
        (VARIABLE, {"aws:username": "street"}, ALLOWED),
        (VARIABLE, {"aws:username": "ann"}, DENIED),
        (VARIABLE, {"aws:username": "str*"}, DENIED),
        (VARIABLE, {"aws:username": None}, DENIED),
        (VARIABLE, {}, DEPENDS),
        ("arn:aws:s3:::other/${aws:username}/*", {}, DENIED),
        ("arn:aws:s3:::b/${aws:username, 'street'}/*", {"aws:username": None}, ALLOWED),
        ("arn:aws:s3:::b/${aws:username, 'street'}/*", {"aws:username": "ann"}, DENIED),
        ("arn:aws:s3:::b/${a'b}/*", {}, DEPENDS),
    ],
)
def test_variables(pattern: str, facts: dict[str, str | None], expected: Effect) -> None:
    assert decided(statement(Resource=pattern), facts=facts) is expected


def test_a_variable_of_unknown_value_is_named_where_it_decides() -> None:
    parsed = read(
        json.dumps({"Version": "2012-10-17", "Statement": [statement("Deny", Resource=VARIABLE), statement()]})
    )
    assert (
        evaluate(parsed.statements, "s3:GetObject", KEY).why
        == "denies it depending on a policy variable or an operator"
    )


def test_old_policies_have_no_variables() -> None:
    facts: dict[str, str | None] = {"aws:username": "street"}
    assert decided(statement(Resource=VARIABLE), facts=facts, version="2008-10-17") is DENIED
    literal = "arn:aws:s3:::b/${aws:username}/x"
    assert decided(statement(Resource=VARIABLE), resource=literal, facts=facts, version="2008-10-17") is ALLOWED
    assert decided(statement(Resource="arn:aws:s3:::b/street/*"), facts=facts, version="2008-10-17") is ALLOWED
