"""Section B5: list, read, object."""

from __future__ import annotations

from replay import answer, error
from s3.answers import DOCTOR, GET, HEAD, KEY, KMS_KEY, LIST, OWNER, PLAIN, PUT, Row, denied, no, ok

from s3doctor.s3.diagnosis import Situation

B5 = (
    Row("B5-list-denied", LIST, no("identity-based policy", "s3:ListBucket"), "list-not-allowed"),
    Row(
        "B5-list-root-denied-prefix-allowed",
        LIST,
        no("identity-based policy", "s3:ListBucket"),
        "prefix-scoped-list",
        Situation(prefix_list_allowed=True),
    ),
    Row(
        "B5-list-200-get-403",
        GET,
        no("identity-based policy"),
        "object-path-not-allowed",
        Situation(list_allowed=True),
    ),
    Row("B5-get-403-plain-not-listed", GET, PLAIN, "missing-or-denied", Situation(list_allowed=False)),
    Row(
        "B5-no-such-key",
        GET,
        error(404, "NoSuchKey", "The specified key does not exist.", f"<Key>{KEY}</Key>"),
        "no-such-key",
    ),
    Row("B5-no-such-key-head", HEAD, answer(404), "no-such-key"),
    Row(
        "B5-delete-marker",
        GET,
        error(404, "NoSuchKey", "The specified key does not exist.", headers={"x-amz-delete-marker": "true"}),
        "deleted-object",
    ),
    Row("B5-some-objects-foreign", GET, PLAIN, "foreign-object", Situation(listed=True, other_owner=True), OWNER),
    Row("B5-some-objects-denied", GET, PLAIN, "object-differs", Situation(listed=True, reads_beside=True), OWNER),
    Row(
        "B5-kms-decrypt",
        GET,
        denied(
            "because no identity-based policy allows the kms:Decrypt action",
            "kms:Decrypt",
            f" on resource: {KMS_KEY}",
        ),
        "kms-decrypt-denied",
    ),
    Row(
        "B5-kms-disabled",
        GET,
        error(400, "KMS.DisabledException", f"{KMS_KEY} is disabled."),
        "kms-key-disabled",
        who=OWNER,
    ),
    Row(
        "B5-kms-pending-deletion",
        GET,
        error(400, "KMS.KMSInvalidStateException", f"{KMS_KEY} is pending deletion."),
        "kms-key-unusable",
        who=OWNER,
    ),
    Row(
        "B5-kms-not-found",
        PUT,
        error(400, "KMS.NotFoundException", "Key 'arn' does not exist"),
        "kms-key-missing",
        who=OWNER,
    ),
    Row(
        "B5-kms-invalid-key-usage",
        PUT,
        error(400, "KMS.InvalidKeyUsageException", "Wrong key usage."),
        "kms-key-wrong-usage",
        who=OWNER,
    ),
    Row(
        "B5-sse-c",
        GET,
        error(
            400,
            "InvalidRequest",
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
            "retrieve the object.",
        ),
        "sse-c-object",
    ),
    Row("B5-sse-c-head", HEAD, answer(400), "bad-head", who=DOCTOR),
    Row(
        "B5-glacier",
        GET,
        error(
            403,
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
            "<StorageClass>GLACIER</StorageClass>",
        ),
        "archived-object",
    ),
    Row(
        "B5-intelligent-tiering-archive",
        GET,
        error(
            403,
            "InvalidObjectState",
            "The operation is not valid for the object's access tier",
            "<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier>",
        ),
        "archive-access-tier",
    ),
    Row(
        "B5-invalid-range",
        GET,
        error(
            416,
            "InvalidRange",
            "The requested range is not satisfiable",
            "<RangeRequested>bytes=0-0</RangeRequested><ActualObjectSize>0</ActualObjectSize>",
        ),
        "empty-object",
    ),
    Row(
        "B5-precondition-failed",
        GET,
        error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"),
        "precondition-failed",
        who=DOCTOR,
    ),
    Row("B5-not-modified", GET, answer(304), "not-modified", who=DOCTOR),
    Row(
        "B5-bad-digest",
        PUT,
        error(400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."),
        "checksum-mismatch",
    ),
    Row("B5-gzip", GET, ok({"Content-Encoding": "gzip"}), "compressed-object", key="street/annotations.json"),
    Row(
        "B5-html-body",
        GET,
        ok({}, b"\xef\xbb\xbf\n<!DOCTYPE html>"),
        "html-instead-of-json",
        key="street/annotations.json",
    ),
    Row("B5-json", GET, ok({}, b'{"images": []}'), "works", key="street/annotations.json"),
    Row("B5-slow-down", GET, error(503, "SlowDown", "Please reduce your request rate."), "throttled"),
    Row(
        "B5-service-unavailable",
        GET,
        error(503, "ServiceUnavailable", "Reduce your request rate."),
        "service-unavailable",
    ),
    Row(
        "B5-internal-error",
        GET,
        error(500, "InternalError", "We encountered an internal error. Please try again."),
        "internal-error",
    ),
    Row(
        "B5-request-timeout",
        PUT,
        error(400, "RequestTimeout", "Your socket connection to the server was not read from or written to in time."),
        "request-timeout",
    ),
    Row(
        "B5-operation-aborted",
        "PutBucketPolicy",
        error(409, "OperationAborted", "A conflicting conditional operation is currently in progress. Try again."),
        "operation-aborted",
    ),
    Row("B5-head-503", HEAD, answer(503), "service-unavailable"),
    Row("B5-head-500", HEAD, answer(500), "internal-error"),
    Row("B5-head-429", HEAD, answer(429), "throttled"),
)
