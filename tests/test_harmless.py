"""The net itself: a request that could have written is noticed, from a run that may not write."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import harmless
import pytest
from calling import run_apart
from replay import Replay, error

from s3doctor.connection import Connection, Setup
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.footprints import own_name
from s3doctor.s3 import probes
from s3doctor.s3.client import S3

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.s3.answer import Answer

BUCKET, OWN = "acme-pictures", f"shapes/{own_name(0)}"
HARMFUL: dict[str, Callable[[S3, str], Answer]] = {
    "PUT": lambda s3, key: probes.put_new(s3, BUCKET, key, b"x"),
    "DELETE": lambda s3, key: probes.delete(s3, BUCKET, key),
    "POST": lambda s3, key: probes.begin_upload(s3, BUCKET, key),
}


def asking(connection: Connection) -> S3:
    return S3(connection, threading.Event(), lambda: 60.0)


def told() -> list[str]:
    found, harmless.BROKEN[:] = list(harmless.BROKEN), []
    return found


@pytest.mark.parametrize("method", HARMFUL)
def test_a_write_of_a_run_that_may_not_is_noticed(embedded_s3: EmbeddedS3, method: str) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    HARMFUL[method](asking(connection), OWN)
    HARMFUL[method](asking(replace(connection, setup=Setup.SINGLE_BUCKET, write=False)), OWN)
    first, second = told()
    assert first.startswith(f"{method} /{BUCKET}/{OWN}")
    assert second.endswith("of a run that writes nothing")


def test_a_write_of_what_is_not_its_own_is_noticed_in_any_run(embedded_s3: EmbeddedS3) -> None:
    s3 = asking(replace(prepare(cases.load("healthy"), embedded_s3), setup=Setup.SINGLE_BUCKET))
    HARMFUL["PUT"](s3, OWN)
    assert told() == []
    HARMFUL["PUT"](s3, "shapes/annotations.json")
    assert told() == [f"PUT /{BUCKET}/shapes/annotations.json? of a run that may write"]


def test_other_servers_of_these_tests_notice_it_too() -> None:
    with Replay(error(403, "AccessDenied", "Access Denied")) as server:
        s3 = asking(Connection(BUCKET, endpoint_url=server.url, region="us-east-1"))
        probes.put_impossible(s3, BUCKET, OWN)
        probes.list_page(s3, BUCKET)
        assert told() == []
        HARMFUL["PUT"](s3, OWN)
    assert len(told()) == 1


def test_requests_of_other_processes_are_looked_at(embedded_s3: EmbeddedS3) -> None:
    key = prepare(cases.load("healthy"), embedded_s3).credentials
    before = dict(harmless.WATCHED)
    place = ("--bucket", BUCKET, "--endpoint-url", embedded_s3.endpoint_url, "--select", "PERM001")
    secret = {"S3DOCTOR_SECRET_ACCESS_KEY": key.secret_access_key.reveal()}
    ran = run_apart("check", *place, S3DOCTOR_ACCESS_KEY_ID=key.access_key_id, **secret)
    assert ran.code == 0, ran.err
    assert harmless.WATCHED[False] > before[False]
    assert harmless.WATCHED[True] == before[True]
