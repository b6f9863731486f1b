"""The same on a Ceph gateway, whose answers nobody here wrote."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from trust.killing import STEPS, as_told, held, killed

from s3doctor.demo import cases
from s3doctor.demo.patients import prepare

if TYPE_CHECKING:
    from gateway.gateway import Gateway

pytestmark = pytest.mark.gateway
BUCKET = "acme-metadata"
CASES = [("metadata-bucket", step) for step in STEPS] + [("versioned-metadata", "PutObject")]


@pytest.mark.parametrize(("name", "step"), CASES)
def test_a_signal_leaves_nothing_that_is_not_told(gateway: Gateway, name: str, step: str) -> None:
    connection = prepare(cases.load(name), gateway)
    ended = killed(connection, gateway.endpoint_url, step, signal.SIGTERM, ("--select", "PERM007", "--timeout", "60"))
    assert ended.report is not None, ended.err
    assert ended.report["interrupted"] is True
    assert "Traceback" not in ended.err
    assert as_told(held(gateway.admin_client("s3"), BUCKET)) == ended.told
    assert ended.code == (4 if ended.told else 130)
