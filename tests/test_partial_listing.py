"""A listing that was cut short is said to be one, in each verdict that rests on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.model import Status

if TYPE_CHECKING:
    from s3doctor.demo.server import EmbeddedS3


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
