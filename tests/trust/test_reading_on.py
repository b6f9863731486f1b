"""A file that cannot be read to its end, for a reason of the moment, is not blamed for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from between import Between, Rule, cut, say
from replay import S3_HEADERS
from replay import answer as http

from s3doctor import diagnose
from s3doctor.checks.annotations import structure
from s3doctor.checks.judging import situation
from s3doctor.context import Context
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.model import Status
from s3doctor.s3.client import Stopped

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

BUCKET, KEY = "acme-pictures", "shapes/annotations.json"
READ = f"^GET /{BUCKET}/{KEY}$"


@pytest.fixture
def connection(embedded_s3: EmbeddedS3) -> Connection:
    return prepare(cases.load("single-bucket"), embedded_s3)


def half_and_then(done: Callable[[], object]) -> Callable[[socket.socket, bytes], None]:
    """Half of the answer, and something that happens before the rest is asked for."""

    def harm(client: socket.socket, answer: bytes) -> None:
        done()
        cut(0.6)(client, answer)

    return harm


def test_a_file_that_is_written_meanwhile(connection: Connection, embedded_s3: EmbeddedS3) -> None:
    admin = embedded_s3.admin_client("s3")

    def rewrite() -> None:
        before = admin.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
        admin.put_object(Bucket=BUCKET, Key=KEY, Body=before + b"\n")

    with Between(embedded_s3.endpoint_url, [Rule(READ, half_and_then(rewrite), times=1, spare=1)]) as between:
        report = diagnose(replace(connection, endpoint_url=between.url), ["ANN001"])
    (found,) = report.results
    assert found.outcome.cause is not None
    assert (found.status, found.outcome.cause.kind) == (Status.UNKNOWN, "object-changed")
    assert found.outcome.summary == f"not found out: {KEY} was written or deleted while it was being read."
    assert found.outcome.fix is not None
    assert "Wait until nothing writes to acme-pictures" in found.outcome.fix.text
    (finding,) = found.outcome.findings
    assert (finding.code, finding.examples[0].where) == ("object-changed", KEY)
    assert finding.examples[0].offset
    assert "ObjectChanged (412 PreconditionFailed)" in found.outcome.evidence[0].text


def test_a_server_that_does_not_read_on(connection: Connection, embedded_s3: EmbeddedS3) -> None:
    kept = embedded_s3.admin_client("s3").get_object(Bucket=BUCKET, Key=KEY)
    whole = http(200, kept["Body"].read(), {**S3_HEADERS, "ETag": kept["ETag"]})
    rules = [Rule(READ, cut(0.6), times=1, spare=1), Rule(READ, say(whole), spare=1)]
    with Between(embedded_s3.endpoint_url, rules) as between:
        (found,) = diagnose(replace(connection, endpoint_url=between.url), ["ANN001"]).results
    assert found.outcome.cause is not None
    assert (found.status, found.outcome.cause.kind) == (Status.UNKNOWN, "range-ignored")
    assert found.outcome.findings == ()


def test_a_file_that_takes_too_long(connection: Connection, embedded_s3: EmbeddedS3) -> None:
    with Between(embedded_s3.endpoint_url, [Rule(READ, cut(0.6))]) as between:
        context = Context(replace(connection, endpoint_url=between.url, timeout=1.5))
        context.prepare()
        dataset = context.dataset("shapes")
        situation(context)
        with pytest.raises(Stopped):
            structure.run(dataset)
    context.spool.close()
