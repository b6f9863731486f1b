"""What is kept of a run's requests does not grow with what was in them, nor without end."""

from __future__ import annotations

import threading

from replay import S3_HEADERS, Replay, answer

from s3doctor.connection import Connection, Credentials, Secret
from s3doctor.s3 import probes
from s3doctor.s3.client import KMS_KEY, MOST_REQUESTS, S3

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def s3_at(url: str) -> S3:
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    return S3(Connection("pictures", key, endpoint_url=url, region="us-east-1"), threading.Event(), lambda: 60.0)


def test_bodies_are_handed_out_and_not_remembered() -> None:
    picture = b"\xff\xd8" * 8192
    with Replay(answer(206, picture, {**S3_HEADERS, KMS_KEY: ARN})) as server:
        s3 = s3_at(server.url)
        assert probes.read(s3, "pictures", "a.jpg", last=len(picture) - 1).body == picture
        (kept,) = s3.requests
        assert (kept.operation, kept.http, kept.body, dict(kept.data)) == ("GetObject", 206, b"", {})
        assert kept.headers["x-amz-request-id"] == S3_HEADERS["x-amz-request-id"]
        assert picture[:100].decode("latin-1") not in repr(s3.log.kept)
        assert s3.kms_keys == (ARN,)


def test_the_first_answers_are_remembered_and_the_keys_of_all() -> None:
    answers = [answer(404)] * MOST_REQUESTS
    with Replay(*answers, answer(206, b"x", {**S3_HEADERS, KMS_KEY: ARN})) as server:
        s3 = s3_at(server.url)
        for _ in range(MOST_REQUESTS + 2):
            probes.read(s3, "pictures", "a.jpg")
        assert len(s3.requests) == MOST_REQUESTS
        assert {kept.http for kept in s3.requests} == {404}
        assert (s3.log.count, s3.kms_keys) == (MOST_REQUESTS + 2, (ARN,))
