"""Answers that no patient gives: what a faulty or foreign server makes of the verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from between import Between, Rule, say
from replay import answer, error

from s3doctor import diagnose
from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.model import Status

if TYPE_CHECKING:
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report, Result

ACCESS_DENIED = error(403, "AccessDenied", "Access Denied")
SLOW_DOWN = error(503, "SlowDown", "Please reduce your request rate.")
NO_STS = error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
HTML = answer(200, "<html>Welcome to the hotel</html>", {"Content-Type": "text/html"})


def seen(s3: EmbeddedS3, name: str, *rules: Rule, select: tuple[str, ...] = (), **changes: object) -> dict[str, Result]:
    """The results by code when these rules stand between the doctor and the case's server."""
    connection = prepare(cases.load(name), s3)
    with Between(s3.endpoint_url, list(rules)) as between:
        found = diagnose(replace(connection, endpoint_url=between.url, **changes), select)  # type: ignore[arg-type]
    return {result.code: result for result in found.results}


def statuses(found: dict[str, Result], *codes: str) -> list[str]:
    return [found[code].status.value for code in codes]


def kind(result: Result) -> str:
    return result.outcome.cause.kind if result.outcome.cause else ""


def test_nothing_between_changes_nothing(embedded_s3: EmbeddedS3) -> None:
    assert {result.status for result in seen(embedded_s3, "healthy").values()} == {Status.PASS}


def test_without_sts_the_key_is_judged_by_s3_and_its_user_is_unknown_and_not_needed(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "healthy", Rule("^POST /$", say(NO_STS)), select=("CRED", "BUCKET007"))
    assert statuses(found, "CRED002", "CRED003", "CRED004", "BUCKET007") == ["pass", "unknown", "unknown", "unknown"]
    assert not any(found[code].outcome.needed for code in ("CRED003", "CRED004", "BUCKET007"))


def test_throttling_is_never_a_failure(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "healthy", Rule("list-type", say(SLOW_DOWN)))
    assert Status.FAIL not in {result.status for result in found.values()}
    assert found["PERM001"].status is Status.UNKNOWN


def test_a_key_that_nobody_can_judge_is_unknown(embedded_s3: EmbeddedS3) -> None:
    rules = (Rule("^POST /$", say(SLOW_DOWN)), Rule("list-type", say(SLOW_DOWN)))
    assert seen(embedded_s3, "healthy", *rules, select=("CRED002",))["CRED002"].status is Status.UNKNOWN


def test_a_root_key_is_refused_and_told_to_be_deleted(embedded_s3: EmbeddedS3) -> None:
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    rule = Rule("^POST /$", say(answer(200, body, {"Content-Type": "text/xml"})))
    found = seen(embedded_s3, "healthy", rule, select=("CRED",), username="")
    assert (found["CRED004"].status, kind(found["CRED004"])) == (Status.FAIL, "root-key")
    assert "arn:aws:iam::123456789012:root" in found["CRED003"].outcome.summary


def test_what_is_not_s3_is_not_judged(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "healthy", Rule("", say(HTML)))
    assert Status.FAIL not in {result.status for result in found.values()}
    assert statuses(found, "BUCKET002", "CRED002") == ["unknown", "unknown"]
    assert found["PERM001"].blocked_by in ("CRED002", "BUCKET002")


def test_a_server_that_tells_strangers_nothing_is_asked_with_the_key(embedded_s3: EmbeddedS3) -> None:
    broken = answer(500, "<html>Internal Server Error</html>", {"Content-Type": "text/html"})
    found = seen(embedded_s3, "healthy", Rule("^HEAD /", say(broken)), select=("BUCKET", "PERM001"))
    assert statuses(found, "BUCKET002", "BUCKET003", "BUCKET004", "PERM001") == ["pass"] * 4
    assert "names no region" in found["BUCKET004"].outcome.summary


def test_a_missing_bucket_shows_to_the_key_where_strangers_are_told_nothing(embedded_s3: EmbeddedS3) -> None:
    broken = answer(500, "<html>Internal Server Error</html>", {"Content-Type": "text/html"})
    missing = seen(embedded_s3, "no-such-bucket", Rule("^HEAD /", say(broken)), select=("BUCKET003",))
    assert kind(missing["BUCKET003"]) == "no-such-bucket"


def test_a_bucket_that_nobody_speaks_of_is_unknown(embedded_s3: EmbeddedS3) -> None:
    rules = (
        Rule("^HEAD /", say(answer(503, "", {"x-amz-request-id": "1", "Server": "AmazonS3"}))),
        Rule("list-type", say(SLOW_DOWN)),
    )
    found = seen(embedded_s3, "healthy", *rules, select=("BUCKET003", "BUCKET004"))
    assert statuses(found, "BUCKET003", "BUCKET004") == ["unknown", "skip"]


def test_a_foreign_bucket_is_a_warning(embedded_s3: EmbeddedS3) -> None:
    other = Rule("max-keys=1&", say(ACCESS_DENIED), spare=1)
    found = seen(embedded_s3, "healthy", other, select=("BUCKET007",))
    assert (found["BUCKET007"].status, kind(found["BUCKET007"])) == (Status.WARN, "foreign-bucket")


def test_an_owner_that_cannot_be_told_is_unknown_and_not_needed(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "healthy", Rule("max-keys=1&", say(SLOW_DOWN), spare=1), select=("BUCKET007",))
    assert (found["BUCKET007"].status, found["BUCKET007"].outcome.needed) == (Status.UNKNOWN, False)


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("Tue, 24 Nov 2020 11:00:00 GMT", Status.FAIL),
        ("", Status.UNKNOWN),
    ],
)
def test_the_clock_is_held_against_the_servers(embedded_s3: EmbeddedS3, date: str, status: Status) -> None:
    headers = {"x-amz-request-id": "1", "x-amz-bucket-region": "us-east-1", **({"Date": date} if date else {})}
    found = seen(embedded_s3, "healthy", Rule("^HEAD /", say(answer(403, "", headers))), select=("BUCKET008",))
    assert found["BUCKET008"].status is status


def test_a_bucket_in_another_region_needs_its_own(embedded_s3: EmbeddedS3) -> None:
    headers = {"x-amz-request-id": "1", "x-amz-bucket-region": "eu-central-1"}
    found = seen(embedded_s3, "healthy", Rule("^HEAD /", say(answer(403, "", headers))), select=("BUCKET004",))
    assert "eu-central-1" in found["BUCKET004"].outcome.summary
    assert kind(found["BUCKET004"]) == "wrong-region"


def test_the_metadata_buckets_region_may_be_unknown(embedded_s3: EmbeddedS3) -> None:
    headers = {"x-amz-request-id": "1", "Server": "Werkzeug"}
    rule = Rule("^HEAD /acme-metadata", say(answer(403, "", headers)))
    found = seen(embedded_s3, "metadata-bucket", rule, select=("BUCKET006",))
    assert found["BUCKET006"].outcome.summary == "this server names no region"


def test_an_unknown_server_is_not_asked_to_write(embedded_s3: EmbeddedS3) -> None:
    strange = {"x-amz-request-id": "1", "Server": "Strange"}
    rule = Rule("^HEAD /", say(answer(403, "", strange)))
    connection = prepare(cases.load("healthy"), embedded_s3)
    with Between(embedded_s3.endpoint_url, [rule]) as between:
        found = diagnose(replace(connection, endpoint_url=between.url), ["PERM005", "PERM008"])
    assert not [asked for asked in between.asked if asked.method in ("PUT", "DELETE")]
    assert {result.code: result.status for result in found.results}["PERM005"] is Status.UNKNOWN


def test_a_write_that_cannot_be_judged_is_unknown(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "healthy", Rule("^PUT /", say(SLOW_DOWN)), select=("PERM005",))
    assert (found["PERM005"].status, found["PERM005"].outcome.needed) == (Status.UNKNOWN, False)


def test_a_file_that_breaks_off_for_good_is_unknown(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("^GET /acme-pictures/shapes/annotations.json", say(SLOW_DOWN), spare=1)
    found = seen(embedded_s3, "healthy", rule, select=("ANN001", "PRED006"))
    assert statuses(found, "ANN001") == ["unknown"]


def test_images_that_cannot_be_opened_are_told_with_the_reason(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("^GET /acme-pictures/shapes/images/shape_0[12]", say(ACCESS_DENIED))
    found = seen(embedded_s3, "healthy", rule, select=("IMG003",))
    assert found["IMG003"].status is Status.FAIL
    assert "2 of 12 images could not be read" in found["IMG003"].outcome.summary


def test_pictures_may_be_left_alone(embedded_s3: EmbeddedS3) -> None:
    none = seen(embedded_s3, "healthy", select=("IMG003",), pictures="none")
    assert none["IMG003"].status is Status.SKIP


def test_a_listing_that_breaks_off_is_no_list_of_missing_images(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("prefix=shapes%2Fimages%2F&.*max-keys=1000|max-keys=1000.*prefix=shapes%2Fimages%2F", say(SLOW_DOWN))
    found = seen(embedded_s3, "healthy", rule, select=("IMG001",))
    assert found["IMG001"].status is Status.UNKNOWN


def test_requester_pays_is_found_by_offering_to_pay() -> None:
    from s3doctor.checks.listing import lists

    assert "s3:ListBucket" in lists.actions


def test_no_network_is_unknown_all_the_way() -> None:
    nobody = Connection(
        "acme",
        credentials=Credentials("AKIAIOSFODNN7EXAMPLE", Secret("x" * 40)),
        datasets=("street",),
        endpoint_url="http://127.0.0.1:1",
        timeout=20,
    )
    found: Report = diagnose(nobody)
    assert {result.status for result in found.results} <= {Status.PASS, Status.UNKNOWN, Status.SKIP}
    assert found.exit_code() == 3
