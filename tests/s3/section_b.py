"""What AWS is documented to answer, and what each answer means: one row for each row of the taxonomy's section B."""

from __future__ import annotations

import sys

from replay import answer, error
from s3.answers import DELETE, GET, HEAD, OWNER, PLATFORM, PREFLIGHT, PRESIGNED, PUT, Row, ok
from s3.b2_policies import B2
from s3.b3_keys import B3
from s3.b4_place import B4
from s3.b5_objects import B5
from s3.b6_writes import B6
from s3.b8_browser import ALLOW, B7, B8, PAGE, VARY
from tabulate import tabulate

from s3doctor.model import Who

OTHER = (
    Row("unknown-code", GET, error(400, "SomethingNew", "Nobody knows."), "unexplained"),
    Row(
        "unknown-put-cors",
        "PutBucketCors",
        error(400, "SomethingNew", "Nobody knows."),
        "unexplained",
        who=Who.CUSTOMER,
    ),
    Row("unknown-head", "HeadBucket", answer(418), "unexplained"),
)

ROWS = (*B2, *B3, *B4, *B5, *B6, *B7, *B8, *OTHER)

REMARKS = (
    Row("B5-byte-order-mark", GET, ok({}, b"\xef\xbb\xbf{}"), "byte-order-mark", key="street/annotations.json"),
    Row("B6-versioned", PUT, ok({"x-amz-version-id": "3HL4kqtJlcpXroDTDmJ"}, b""), "versioned-bucket", who=OWNER),
    Row(
        "B6-object-lock-mode",
        HEAD,
        ok({"x-amz-object-lock-mode": "COMPLIANCE"}, b""),
        "object-lock-retention",
        who=OWNER,
    ),
    Row("B6-delete-marker", DELETE, ok({"x-amz-delete-marker": "true"}, b""), "delete-marker-left", who=OWNER),
    Row(
        "B8-cached-without-vary",
        PRESIGNED,
        ok({**ALLOW, "Access-Control-Expose-Headers": "ETag"}),
        "cors-cached",
        PAGE,
        PLATFORM,
    ),
    Row("B8-expose-headers-empty", PRESIGNED, ok({**ALLOW, **VARY}), "cors-headers-hidden", PAGE),
    Row(
        "B8-any-origin",
        PREFLIGHT,
        ok({"Access-Control-Allow-Origin": "*", **VARY}, b""),
        "cors-any-origin",
        PAGE,
        OWNER,
    ),
)
"""Answers that worked, and the one thing that is worth saying about each."""


def table() -> str:
    """The rows and what each must be diagnosed as: `PYTHONPATH=tests:. python tests/s3/section_b.py` prints it."""
    lines = [
        (row.name, row.operation, row.answer.split(b" ", 2)[1].decode(), row.kind, row.who.value)
        for row in (*ROWS, *REMARKS)
    ]
    return tabulate(lines, ["row of section B, and test", "request", "HTTP", "cause", "who mends it"], "github")


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
