"""Beneath an exception of botocore: what really went wrong."""

from __future__ import annotations

import errno
import ssl

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, HTTPClientError

from s3doctor.s3.faults import DEEPEST, reason_of, unfold


@pytest.mark.parametrize(
    ("beneath", "reason"),
    [
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "ENETUNREACH"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "ConnectionResetError"),
        (RecursionError("maximum recursion depth exceeded"), "RecursionError"),
        (LookupError("something new"), "LookupError"),
        (OSError("nothing more"), ""),
    ],
)
def test_the_reason_is_named(beneath: Exception, reason: str) -> None:
    assert reason_of(unfold(HTTPClientError(error=beneath))) == reason


def test_a_fault_of_tls_has_openssl_s_name() -> None:
    beneath = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    beneath.reason = "WRONG_VERSION_NUMBER"
    assert reason_of(unfold(EndpointConnectionError(endpoint_url="https://x", error=beneath))) == "WRONG_VERSION_NUMBER"


def test_a_certificate_refused_for_another_reason_keeps_openssl_s_words() -> None:
    beneath = ssl.SSLCertVerificationError(1, "bad")
    beneath.verify_code, beneath.verify_message = 23, "certificate revoked"
    assert reason_of([beneath]) == "CERTIFICATE_VERIFY_FAILED: certificate revoked"


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = ConnectionClosedError(endpoint_url="https://x"), OSError()
    first.__cause__, second.__cause__ = second, first
    assert unfold(first) == (first, second)


def test_a_long_chain_is_cut() -> None:
    error = OSError()
    for _ in range(100):
        error = OSError(error)
    assert len(unfold(error)) == DEEPEST
