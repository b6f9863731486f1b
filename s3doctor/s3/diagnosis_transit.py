"""What passes by itself: a server that is busy, an answer that broke on its way (sections B5 and B6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.s3.diagnosis_model import Known

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_RETRY = "Run s3doctor again in a minute."

CAUSES: dict[str, Known] = {
    "truncated-body": Known(
        "network",
        "The answer broke off before its end: fewer bytes came than were announced.",
        _RETRY + " If it stays so, look for a proxy between this machine and S3 that cuts answers off.",
        verify=_RETRY,
    ),
    "stream-broken": Known(
        "network",
        "The connection broke while the object was being read.",
        _RETRY + " If it stays so, look for a proxy or a weak network between this machine and S3.",
        verify=_RETRY,
    ),
    "checksum-mismatch": Known(
        "network",
        "What arrived is not what was sent: the checksum does not fit.",
        _RETRY
        + " If it stays so, something on the way changes the data, or the server is no Amazon S3 and does not know the "
        "checksums of boto3 1.36 and later (set AWS_REQUEST_CHECKSUM_CALCULATION=when_required).",
        verify=_RETRY,
        confidence="likely",
    ),
    "range-ignored": Known(
        "network",
        "The server sends a whole object where a part of it was asked for, so that what broke off cannot be read on.",
        _RETRY + " Amazon S3 does send parts: if it stays so, look at what stands between this machine and S3, or "
        "whether --endpoint-url names a server that does less than S3.",
        verify=_RETRY,
    ),
    "object-changed": Known(
        "temporary",
        "{key} was written or deleted while it was being read.",
        "Wait until nothing writes to {bucket} any more, and run s3doctor again.",
    ),
    "throttled": Known(
        "temporary",
        "S3 asks us to slow down: too many requests at once, or very many versions of one object.",
        _RETRY + " If it stays so, see what else reads from {bucket}, and whether a key has millions of versions.",
        verify=_RETRY,
    ),
    "service-unavailable": Known("temporary", "S3 is not available at this moment.", _RETRY, verify=_RETRY),
    "internal-error": Known("temporary", "S3 had an error of its own.", _RETRY, verify=_RETRY),
    "request-timeout": Known(
        "temporary",
        "S3 gave up waiting for the rest of the request.",
        _RETRY + " If it stays so, the network is very slow.",
        verify=_RETRY,
    ),
    "operation-aborted": Known("temporary", "Something else changes {bucket} at this moment.", _RETRY, verify=_RETRY),
    "concurrent-write": Known(
        "temporary",
        "Something else wrote the same object at the same moment.",
        "Run s3doctor again.",
    ),
}

BY_CODE = {
    "BadDigest": "checksum-mismatch",
    "ConditionalRequestConflict": "concurrent-write",
    "InternalError": "internal-error",
    "InternalFailure": "internal-error",
    "OperationAborted": "operation-aborted",
    "RequestLimitExceeded": "throttled",
    "RequestTimeout": "request-timeout",
    "ServiceUnavailable": "service-unavailable",
    "SlowDown": "throttled",
    "Throttling": "throttled",
    "ThrottlingException": "throttled",
    "TooManyRequests": "throttled",
    "XAmzContentChecksumMismatch": "checksum-mismatch",
}
BY_FAULT = {
    "ChecksumError": "checksum-mismatch",
    "FlexibleChecksumError": "checksum-mismatch",
    "IncompleteReadError": "truncated-body",
    "ObjectChanged": "object-changed",
    "ProtocolError": "stream-broken",
    "RangeIgnored": "range-ignored",
    "ResponseStreamingError": "stream-broken",
}
BY_STATUS = {429: "throttled", 500: "internal-error"}


def recognise(answer: Answer, situation: Situation) -> str:
    """What passes by itself, empty for what does not. A status of 500 or above is always the server's own fault."""
    del situation
    if answer.http is None:
        return BY_FAULT.get(answer.fault, "")
    return BY_CODE.get(answer.code, "") or recognise_by_status(answer)


def recognise_by_status(answer: Answer) -> str:
    """The same, by the status alone."""
    status = answer.http or 0
    late = "service-unavailable" if status > 500 and status != 501 else ""  # noqa: PLR2004 - HTTP's own numbers
    return BY_STATUS.get(status, late)
