"""A listing that was cut short is said to be one, in each verdict that rests on it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from between import Between, Rule, stall

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.model import Status

if TYPE_CHECKING:
    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Result


def test_verdicts_say_how_much_was_looked_at(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), max_objects=5)
    found = {result.code: result for result in diagnose(connection, ["IMG"]).results}
    part = "; looked at the first 5 of at least 6 objects (the limit of 5 objects was reached)"
    told = {code: (result.status, result.outcome.summary) for code, result in found.items()}
    assert told["IMG001"] == (Status.UNKNOWN, f"of 7 file names it is not known whether they have an object{part}")
    assert told["IMG002"] == (Status.PASS, f"5 objects, all of use{part}")
    assert told["IMG003"] == (Status.PASS, f"5 pictures are as the file describes them{part}")


def test_a_whole_listing_is_not_mentioned(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), max_objects=500)
    assert not any("looked at the first" in result.outcome.summary for result in diagnose(connection, ["IMG"]).results)


def test_all_pictures_are_opened_where_all_are_asked_for(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), pictures="all")
    (result,) = diagnose(connection, ["IMG003"]).results
    assert (result.status, result.outcome.summary) == (Status.PASS, "12 pictures are as the file describes them")


@pytest.mark.slow
def test_what_was_listed_before_the_time_was_up_is_judged(embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    admin = embedded_s3.admin_client("s3")
    prefix = f"{connection.datasets[0]}/images/"
    for number in range(1100):
        admin.put_object(Bucket=connection.bucket, Key=f"{prefix}zz-{number:04}.jpg", Body=b"x")
    beyond = Rule("list-type=2.*(start-after|continuation-token)", stall(60), arrives=False)
    found = visited(replace(connection, timeout=15.0, pictures="none"), embedded_s3, beyond)
    part = "; looked at the first 1,000 of at least 1,001 objects (the time was up)"
    assert [found[code].status for code in ("IMG001", "IMG002")] == [Status.PASS, Status.WARN]
    assert found["IMG001"].outcome.summary == f"12 file names, each with its object{part}"
    assert found["IMG002"].outcome.summary.endswith(part)


@pytest.mark.slow
def test_pictures_opened_before_the_time_was_up_are_no_sample(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("healthy"), embedded_s3), timeout=10.0)
    result = visited(connection, embedded_s3, Rule("^GET .*/images/", stall(60), spare=4, arrives=False))["IMG003"]
    words = r"[0-4] of 12 pictures were opened before the time was up(, each as described)?"
    assert result.status is Status.UNKNOWN
    assert re.fullmatch(words, result.outcome.summary)
    assert result.outcome.fix is not None
    assert "longer --timeout" in result.outcome.fix.text


@pytest.mark.slow
def test_a_fault_seen_before_the_time_was_up_is_told(embedded_s3: EmbeddedS3) -> None:
    connection = replace(prepare(cases.load("pictures-resized"), embedded_s3), timeout=10.0)
    kept = embedded_s3.admin_client("s3").get_object(Bucket=connection.bucket, Key="shapes/annotations.json")
    told = [image["file_name"] for image in json.load(kept["Body"])["images"]]
    others = "|".join(map(re.escape, sorted(told)[-3:]))
    assert told[0] not in sorted(told)[-3:]
    result = visited(connection, embedded_s3, Rule(f"^GET .*/images/({others})", stall(60), arrives=False))["IMG003"]
    assert result.status is Status.FAIL
    assert "; 9 of 12 pictures were opened before the time was up" in result.outcome.summary


def visited(connection: Connection, s3: EmbeddedS3, rule: Rule) -> dict[str, Result]:
    """The results about images by a way on which the rule holds."""
    with Between(s3.endpoint_url, [rule]) as between:
        report = diagnose(replace(connection, endpoint_url=between.url), ["IMG"])
    return {result.code: result for result in report.results}
