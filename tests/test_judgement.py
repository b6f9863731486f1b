"""Answers that no patient gives: what a faulty or foreign server makes of the verdicts."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from between import Between, Rule, say, stall
from replay import answer, error

from s3doctor import diagnose
from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.model import Outcome, Status
from s3doctor.s3.client import S3
from s3doctor.s3.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report, Result

ACCESS_DENIED = error(403, "AccessDenied", "Access Denied")
SLOW_DOWN = error(503, "SlowDown", "Please reduce your request rate.")
NO_STS = error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
STRANGE = Rule("", lambda client, got: client.sendall(re.sub(rb"(?i)server: [^\r]*", b"Server: Strange", got)))
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
    connection = prepare(cases.load("healthy"), embedded_s3)
    with Between(embedded_s3.endpoint_url, [STRANGE]) as between:
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
    assert found["IMG003"].outcome.summary.startswith("2 of 12 images could not be read, shapes/images/shape_0")
    assert kind(found["IMG003"]) == "object-differs"


def test_one_object_that_is_refused_among_others_is_not_blamed_on_the_policy(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("^GET /acme-pictures/shapes/annotations.json", say(ACCESS_DENIED))
    found = seen(embedded_s3, "healthy", rule, select=("PERM003", "PERM004"))
    assert (found["PERM003"].status, found["PERM004"].status) == (Status.FAIL, Status.PASS)
    assert kind(found["PERM003"]) == "object-differs"
    assert [one.http for one in found["PERM003"].outcome.evidence] == [403, 404]
    assert "s3:GetObject" not in str(found["PERM003"].outcome.fix)


def test_pictures_may_be_left_alone(embedded_s3: EmbeddedS3) -> None:
    none = seen(embedded_s3, "healthy", select=("IMG003",), pictures="none")
    assert none["IMG003"].status is Status.SKIP


def test_a_listing_that_breaks_off_is_no_list_of_missing_images(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("prefix=shapes%2Fimages%2F&.*max-keys=1000|max-keys=1000.*prefix=shapes%2Fimages%2F", say(SLOW_DOWN))
    found = seen(embedded_s3, "healthy", rule, select=("IMG001",))
    assert found["IMG001"].status is Status.UNKNOWN


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


@pytest.fixture
def as_aws(embedded_s3: EmbeddedS3, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Result]]:
    """Examine a patient as if its server were Amazon's own: boto3 is led there by AWS's own variable."""

    def examined(name: str, *rules: Rule, select: tuple[str, ...] = (), **changes: object) -> dict[str, Result]:
        connection = prepare(cases.load(name), embedded_s3)
        with Between(embedded_s3.endpoint_url, list(rules)) as between:
            monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
            found = diagnose(replace(connection, endpoint_url="", **changes), select)  # type: ignore[arg-type]
        return {result.code: result for result in found.results}

    return examined


def test_a_bucket_where_the_requester_pays_is_found_by_offering_to_pay(
    as_aws: Callable[..., dict[str, Result]],
) -> None:
    rule = Rule("list-type", say(ACCESS_DENIED), unless=b"x-amz-request-payer")
    found = as_aws("healthy", rule, select=("PERM001",))
    assert (found["PERM001"].status, kind(found["PERM001"])) == (Status.FAIL, "requester-pays")
    assert found["PERM001"].outcome.fix is not None
    assert "Payer=BucketOwner" in found["PERM001"].outcome.fix.commands[0]


def test_a_key_that_sees_other_buckets_is_too_powerful(as_aws: Callable[..., dict[str, Result]]) -> None:
    body = (
        '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets><Bucket><Name>payroll</Name>'
        "</Bucket><Bucket><Name>acme-pictures</Name></Bucket></Buckets></ListAllMyBucketsResult>"
    )
    found = as_aws("healthy", Rule("max-buckets", say(answer(200, body))), select=("PERM008",))
    assert found["PERM008"].status is Status.WARN
    assert "other buckets (payroll)" in found["PERM008"].outcome.summary


def test_on_aws_a_healthy_one_is_healthy(as_aws: Callable[..., dict[str, Result]]) -> None:
    found = as_aws("healthy")
    assert {result.status for result in found.values()} == {Status.PASS}


def test_on_aws_the_region_has_to_be_told(as_aws: Callable[..., dict[str, Result]]) -> None:
    silent = answer(403, "", {"x-amz-request-id": "1", "Server": "AmazonS3"})
    found = as_aws("healthy", Rule("^HEAD /", say(silent)), select=("BUCKET004",))
    assert found["BUCKET004"].status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("bucket", "status", "cause"),
    [
        ("pictures--use1-az4--x-s3", Status.FAIL, "special-bucket"),
        ("pictures.acme.example", Status.WARN, "dotted-name"),
        ("pictures", Status.PASS, ""),
    ],
)
def test_names_that_mean_something(bucket: str, status: Status, cause: str) -> None:
    found = diagnose(Connection(bucket), ["BUCKET001"]).results[0]
    assert (found.status, kind(found)) == (status, cause)


def test_the_id_of_a_user_is_not_that_of_a_key() -> None:
    key = Credentials("AIDAIOSFODNN7EXAMPLE", Secret("x" * 40))
    found = diagnose(Connection("acme", credentials=key), ["CRED001"]).results[0]
    assert found.status is Status.WARN


def test_sts_may_know_better_than_s3_that_the_key_is_bad(embedded_s3: EmbeddedS3) -> None:
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        "<Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message>"
        "</Error><RequestId>1</RequestId></ErrorResponse>"
    )
    bad = answer(403, body, {"Content-Type": "text/xml"})
    rules = (Rule("^POST /$", say(bad)), Rule("list-type", say(SLOW_DOWN)))
    found = seen(embedded_s3, "healthy", *rules, select=("CRED002",))
    assert found["CRED002"].status is Status.FAIL


def test_a_file_that_breaks_off_is_compared_with_nothing(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("^GET /acme-pictures/shapes/predictions.json", say(SLOW_DOWN), spare=1)
    found = seen(embedded_s3, "healthy", rule, select=("PRED001", "PRED006"))
    assert statuses(found, "PRED001", "PRED006") == ["unknown", "skip"]
    assert found["PRED006"].blocked_by == "PRED001"


def test_a_dataset_that_cannot_be_listed_is_unknown(embedded_s3: EmbeddedS3) -> None:
    rule = Rule("delimiter=%2F.*prefix=shapes%2F|prefix=shapes%2F.*delimiter=%2F", say(SLOW_DOWN))
    found = seen(embedded_s3, "healthy", rule, select=("LAYOUT001",))
    assert found["LAYOUT001"].status is Status.UNKNOWN


def test_no_key_at_an_address_that_is_not_s3(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "healthy", Rule("", say(HTML)), select=("BUCKET002",), credentials=Credentials())
    assert found["BUCKET002"].status is Status.UNKNOWN


def test_a_clock_that_is_a_little_off_is_a_warning(embedded_s3: EmbeddedS3) -> None:
    a_while_ago = format_datetime(datetime.now(timezone.utc) - timedelta(minutes=5), usegmt=True)
    headers = {"x-amz-request-id": "1", "x-amz-bucket-region": "us-east-1", "Date": a_while_ago}
    found = seen(embedded_s3, "healthy", Rule("^HEAD /", say(answer(403, "", headers))), select=("BUCKET008",))
    assert (found["BUCKET008"].status, kind(found["BUCKET008"])) == (Status.WARN, "clock")


def test_without_an_image_a_strange_server_shows_nothing(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "no-pictures", STRANGE, select=("PERM002",))
    assert found["PERM002"].status is Status.UNKNOWN


def test_an_unknown_server_is_only_asked_to_write_what_is_removed_again(embedded_s3: EmbeddedS3) -> None:
    found = seen(embedded_s3, "single-bucket", STRANGE, select=("PERM007", "PERM008"))
    summary = found["PERM007"].outcome.summary
    assert summary.startswith("wrote, read and deleted in"), "moto's refusal of the batch proves nothing about S3"
    left = embedded_s3.admin_client("s3").list_objects_v2(Bucket="acme-pictures")["Contents"]
    assert not [entry["Key"] for entry in left if ".s3doctor-" in entry["Key"]]


def test_versions_that_show_beforehand_keep_the_doctor_from_writing(embedded_s3: EmbeddedS3) -> None:
    on = answer(
        200,
        '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status>'
        "</VersioningConfiguration>",
    )
    found = seen(embedded_s3, "metadata-bucket", Rule(r"\?versioning", say(on)), select=("PERM007",))
    assert (found["PERM007"].status, kind(found["PERM007"])) == (Status.WARN, "versioned")


def test_a_version_of_another_object_shows_it_too(embedded_s3: EmbeddedS3) -> None:
    versioned = Rule(
        "^GET /acme-pictures/shapes/annotations.json",
        lambda client, got: client.sendall(got.replace(b"\r\n\r\n", b"\r\nx-amz-version-id: v1\r\n\r\n", 1)),
    )
    found = seen(embedded_s3, "single-bucket", versioned, select=("PERM007",))
    assert (found["PERM007"].status, kind(found["PERM007"])) == (Status.WARN, "versioned")


def test_an_upload_that_cannot_be_thrown_away_is_left_over(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    rules = [Rule("^PUT .*partNumber", say(ACCESS_DENIED)), Rule("^DELETE .*uploadId", say(ACCESS_DENIED))]
    with Between(embedded_s3.endpoint_url, rules) as between:
        found = diagnose(replace(connection, endpoint_url=between.url), ["PERM007"])
    assert found.exit_code() == 4
    assert "(multipart upload " in found.leftovers[0].key


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, Status.FAIL),
        ({"Access-Control-Allow-Origin": "https://page.example"}, Status.PASS),
    ],
)
def test_what_a_web_page_may_use(embedded_s3: EmbeddedS3, headers: dict[str, str], status: Status) -> None:
    got = Rule("X-Amz-Signature", say(answer(200, "{}", {"x-amz-request-id": "1", **headers})))
    origins = ("https://page.example",)
    found = seen(embedded_s3, "single-bucket", got, select=("CORS",), origins=origins)
    assert found["CORS002"].status is status
    assert [one.code for one in found["CORS002"].outcome.findings] == (["cors-vary"] if headers else [])


@pytest.mark.parametrize(("http", "status"), [(404, Status.UNKNOWN), (500, Status.UNKNOWN)])
def test_a_link_that_leads_nowhere_shows_nothing(embedded_s3: EmbeddedS3, http: int, status: Status) -> None:
    got = Rule("X-Amz-Signature", say(error(http, "NoSuchKey" if http == 404 else "InternalError", "No.")))
    assert seen(embedded_s3, "single-bucket", got, select=("CORS",))["CORS002"].status is status


@pytest.mark.parametrize(
    ("preflight", "rules", "cause"),
    [
        (answer(200, "", {"x-amz-request-id": "1"}), None, "no-cors-answer"),
        (error(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed."), None, "cors-other-origin"),
        (error(403, "AccessDenied", ""), None, "cors-refused"),
        (error(403, "AccessDenied", ""), error(404, "NoSuchCORSConfiguration", "None."), "no-cors-rule"),
        (
            error(403, "AccessDenied", ""),
            answer(
                200,
                '<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule><AllowedMethod>GET'
                "</AllowedMethod><AllowedOrigin>https://elsewhere.example</AllowedOrigin></CORSRule></CORSConfiguration>",
            ),
            "cors-other-origin",
        ),
    ],
)
def test_why_a_preflight_is_refused(embedded_s3: EmbeddedS3, preflight: bytes, rules: bytes | None, cause: str) -> None:
    between = [Rule("^OPTIONS", say(preflight)), *([Rule(r"\?cors", say(rules))] if rules else [])]
    assert kind(seen(embedded_s3, "single-bucket", *between, select=("CORS001",))["CORS001"]) == cause


def test_many_datasets_and_directories_are_bounded_and_told(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    admin = embedded_s3.admin_client("s3")
    for number in range(11):
        admin.put_object(Bucket="acme-pictures", Key=f"more{number:02}/annotations.json", Body=b"{}")
    for name in ("raw", "night"):
        admin.put_object(Bucket="acme-pictures", Key=f"more00/{name}/x.txt", Body=b"x")
    admin.put_object(Bucket="acme-pictures", Key="more00/night/a.jpg", Body=b"x")
    found = diagnose(replace(connection, datasets=(), images=""), ["LAYOUT002"])
    assert any("12 datasets were found and the first 10 examined" in note for note in found.notes)
    assert [r.status for r in found.results if r.dataset == "more00"] == [Status.PASS]


def test_a_directory_of_thousands_of_files_is_not_read_to_its_end(embedded_s3: EmbeddedS3) -> None:
    page = answer(
        200,
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>acme-pictures</Name>'
        "<Prefix>shapes/</Prefix><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        "<Contents><Key>shapes/a.txt</Key><Size>1</Size></Contents></ListBucketResult>",
    )
    rule = Rule("delimiter=%2F.*prefix=shapes%2F|prefix=shapes%2F.*delimiter=%2F", say(page))
    found = seen(embedded_s3, "missing-predictions", rule, select=("LAYOUT003", "LAYOUT004"))
    assert statuses(found, "LAYOUT003", "LAYOUT004") == ["pass", "unknown"]


def test_images_behind_many_other_files_are_found(embedded_s3: EmbeddedS3) -> None:
    none = answer(
        200, '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>n</Name></ListBucketResult>'
    )
    found = seen(embedded_s3, "healthy", Rule("max-keys=100&", say(none)), select=("LAYOUT002",))
    assert found["LAYOUT002"].status is Status.PASS


def test_where_the_datasets_are_not_found_in_time_the_checks_say_so(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("datasets-found"), embedded_s3)
    with Between(embedded_s3.endpoint_url, [Rule("delimiter", stall(3), arrives=False)]) as between:
        found = diagnose(replace(connection, endpoint_url=between.url, timeout=1.0), ["LAYOUT001"])
    assert {result.status for result in found.results} <= {Status.UNKNOWN, Status.SKIP}


def test_an_empty_picture_is_read_as_no_bytes(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    embedded_s3.admin_client("s3").put_object(Bucket="acme-pictures", Key="shapes/images/shape_01.jpg", Body=b"")
    objects = Objects(S3(connection, threading.Event(), lambda: 60.0), "acme-pictures")
    assert objects("shapes/images/shape_01.jpg")(0, 10) == b""


def test_an_outcome_that_asks_somebody_to_act_says_how() -> None:
    with pytest.raises(ValueError, match="needs a fix"):
        Outcome(Status.FAIL, "ill")


def test_a_write_that_is_refused_after_all_leaves_nothing(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("metadata-bucket"), embedded_s3)
    rule = Rule("^PUT [^?]*$", say(ACCESS_DENIED), unless=b"\r\nif-match")
    with Between(embedded_s3.endpoint_url, [rule]) as between:
        found = diagnose(replace(connection, endpoint_url=between.url), ["PERM007"])
    assert "may not write" in found.results[0].outcome.summary
    assert not found.leftovers
