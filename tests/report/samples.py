"""Reports to render: one of every state, an empty one, and one whose every name is hostile."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from PIL import Image

from s3doctor.model import (
    Box,
    Cause,
    Check,
    Document,
    Evidence,
    Example,
    Finding,
    Fix,
    Leftover,
    Outcome,
    PermissionMap,
    Picture,
    Plot,
    Report,
    Result,
    Severity,
    Status,
    Who,
    fail,
    passed,
    skip,
    unknown,
    warn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTED = datetime(2026, 11, 24, 9, 30, 15, tzinfo=timezone.utc)
POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadObjects",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": ["arn:aws:s3:::fleet-cameras/voc/images/*", "arn:aws:s3:::fleet-cameras/voc/annotations.json"]
    }
  ]
}
"""
COMMAND = (
    "aws iam put-user-policy --user-name tenyks --policy-name tenyksReadOnlyAccess --policy-document file://policy.json"
)
POLICY_FIX = Fix(
    "Replace the policy tenyksReadOnlyAccess by this one.",
    Who.CUSTOMER,
    (Document("The policy that works", POLICY),),
    (COMMAND,),
    "Wait a minute, then run s3doctor again.",
)
DENIED = Evidence(
    "GetObject s3://fleet-cameras/voc/images/2007_000027.jpg: 403 AccessDenied",
    "GetObject",
    "s3://fleet-cameras/voc/images/2007_000027.jpg",
    403,
    "AccessDenied",
    "User: arn:aws:iam::123456789012:user/tenyks is not authorized to perform: s3:GetObject",
    "TX000001",
    "aGVsbG8=",
    41.6,
)
BOXES = Finding(
    "box-outside-image",
    Severity.WARNING,
    2997,
    "boxes reach outside their image",
    (
        Example("/annotations/17/bbox", "right edge 512 of 500", [400, 10, 112, 5], 48_213, 3, (("image_id", 7),)),
        Example("/annotations/18/bbox", value=[1.5, math.nan, 10**30, None]),
    ),
    "The platform keeps them as they are; they are drawn past the edge.",
    "Cut the boxes at the edges of the image and upload the file again.",
)
ODD = Finding("category-unused", Severity.INFO, 1, "a category is never used", (Example("/categories/4", "tram"),))
KEYS = Finding("image-missing", Severity.ERROR, 2, "images have no object", (Example("voc/images/2007_000033.jpg"),))


def checked(code: str, title: str, outcome: Outcome, **more: Any) -> Result:
    """A result of a check that nobody runs."""
    return Result(Check(code, title, "Why it matters.", lambda _: outcome), outcome, **more)


def every_state() -> Report:
    """A report with every status, and everything else that a report can hold."""
    return Report(
        results=(
            checked("CRED001", "there is an access key", passed("the key AKIA…4XYZ comes from the CSV file")),
            checked(
                "CRED002",
                "the key belongs to the user that you named",
                unknown(
                    "AWS did not tell whose key this is",
                    fix=Fix("Allow a connection to sts.amazonaws.com, or ask for the owner.", Who.ORGANISATION_ADMIN),
                    evidence=[Evidence("GetCallerIdentity: EndpointConnectionError (NameResolutionError)")],
                    needed=False,
                ),
            ),
            checked("BUCKET001", "the bucket is there", passed("fleet-cameras is in eu-west-1"), milliseconds=12.5),
            checked(
                "PERM001",
                "the key may read an image",
                fail(
                    "the key may list the bucket, but it may not read images",
                    fix=POLICY_FIX,
                    evidence=[DENIED],
                    cause=Cause(
                        "pasted-policy",
                        "The policy was pasted from the set-up page as it stands. It leaves out the dataset's folder.",
                        "likely",
                        ("The bucket's own policy forbids it.",),
                    ),
                ),
                dataset="voc",
            ),
            checked(
                "PERM002",
                "the key may read annotations.json",
                fail("the key may not read annotations.json", fix=POLICY_FIX, evidence=[DENIED]),
                dataset="voc",
            ),
            checked(
                "ANN001",
                "the annotations are sound",
                warn(
                    "2,997 boxes reach outside their image",
                    fix=Fix("Correct the boxes in the tool that wrote the file."),
                    findings=[BOXES, KEYS],
                ),
                dataset="voc",
            ),
            checked("ANN002", "pycocotools reads the file", skip("not looked at"), dataset="voc", blocked_by="PERM002"),
            checked("ANN003", "the categories are in use", passed("3 of 4 categories are used", findings=[ODD])),
            checked(
                "IMG001",
                "every image is a picture",
                Outcome(
                    Status.ERROR,
                    "s3doctor broke off: ZeroDivisionError in images.py, line 12",
                    fix=Fix("Please send the report to the makers of s3doctor.", Who.S3DOCTOR),
                ),
            ),
            checked("CORS001", "a browser may read the metadata", skip("there is no metadata in this set-up")),
        ),
        subject=(("bucket", "fleet-cameras"), ("dataset", "voc"), ("dataset", "kitti"), ("set-up", "read-only")),
        notes=("The bucket was given as s3://fleet-cameras/voc and read as bucket fleet-cameras, dataset voc.",),
        started=STARTED,
        seconds=4.25,
        leftovers=(Leftover("fleet-meta", "meta/s3doctor-1f6e", "v1"), Leftover("fleet-meta", "meta/s3doctor-2a7b")),
        permissions=(
            PermissionMap(
                ("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
                (
                    ("s3://fleet-cameras/", ("allowed", "denied", "not asked", "not asked")),
                    ("s3://fleet-cameras/voc/images/", ("allowed", "denied", "unknown", "unknown")),
                ),
            ),
        ),
        figures=(("images", "1,203 (2.1 GB)"), ("annotations", "15,522")),
    )


def healthy() -> Report:
    """A report with nothing but pass."""
    good = passed("fleet-cameras is in eu-west-1")
    return Report((checked("BUCKET001", "the bucket is there", good),), (("bucket", "fleet-cameras"),), started=STARTED)


def empty() -> Report:
    """An examination stopped before its first check."""
    return Report(started=STARTED, interrupted=True)


HOSTILE = (
    "<script>alert(1)</script>",
    "\"'`><img src=x onerror=alert(2)>",
    "a\x1b[31mred\x07",
    "\u202egpj.exe",
    "lone\ud800half",
    "pipe|star*under_score[link](javascript:alert(3))",
    "@octocat #12 https://example.org www.example.org",
    "two\nlines\r\n::error::forged",
    "]]> &amp; % %0A {{ 7*7 }} ${x} $(x)",
    "\ufffe\x00\u00a0日本 café",
)


def hostile() -> Report:
    """Every text that a stranger can choose is one of HOSTILE, in turn."""
    return Report(
        results=tuple(_hostile_result(text, number) for number, text in enumerate(HOSTILE)),
        subject=tuple((text, text) for text in HOSTILE),
        notes=HOSTILE,
        started=STARTED,
        leftovers=tuple(Leftover(text, text, text) for text in HOSTILE),
        permissions=(PermissionMap(("s3:GetObject",), tuple((text, ("denied",)) for text in HOSTILE)),),
        figures=tuple((text, text) for text in HOSTILE),
    )


def _hostile_result(text: str, number: int) -> Result:
    example = Example(text, text, {text: [text, number, text.encode("utf-8", "surrogatepass")]}, ids=((text, text),))
    finding = Finding(text, Severity.ERROR, 3, text, (example,), text, text)
    fix = Fix(text, Who.CUSTOMER, (Document(text, text, text),), (text,), text)
    evidence = Evidence(text, text, text, 403, text, text, text, text, 1.0)
    outcome = fail(text, fix=fix, evidence=[evidence], findings=[finding], cause=Cause(text, text, "likely", (text,)))
    return checked(f"EVIL{number:03}", text, outcome, dataset=text)


def texts(report: Report) -> Iterator[str]:
    """All that a reader of any format must find: every summary, cause, fix, finding, place and leftover."""
    for result in report.results:
        outcome = result.outcome
        yield from (result.code, outcome.summary)
        yield from (evidence.text for evidence in outcome.evidence if result.status is not Status.PASS)
        if outcome.cause:
            yield from (outcome.cause.text, *outcome.cause.alternatives)
        if outcome.fix:
            yield from (outcome.fix.text, outcome.fix.verify, *outcome.fix.commands)
            yield from (text for d in outcome.fix.documents for text in (d.title, *d.text.splitlines()))
        for finding in outcome.findings:
            yield from (finding.code, finding.summary, finding.consequence, finding.fix, f"{finding.count:,}")
            yield from (text for example in finding.examples for text in (example.where, example.text))
    yield from report.notes
    yield from (text for pair in report.subject + report.figures for text in pair)
    yield from (text for left in report.leftovers for text in (left.bucket, left.key, left.version_id))
    yield from (answer for p in report.permissions for where, row in p.rows for answer in (where, *row))


def thumbnail(color: str, size: tuple[int, int] = (250, 188)) -> str:
    """A picture of one colour as a `data:` URI."""
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def pictured() -> Report:
    """A report with plots and pictures: sound boxes, faulty ones, and some that nobody can draw."""
    boxes = (
        Box(52, 40, 180, 120, "tram"),
        Box(50, 44, 176, 122, "tram", 0.93, "prediction"),
        Box(300, 200, 240, 150, "car", finding="box-outside-image"),
        Box(1.5, math.nan, 3, 4, "car", 0.5, "prediction"),
        Box(10, 10, -3, 4, "car"),
        Box(10, 10, 3e9, 4, "car"),
    )
    trouble = ("One box reaches 40 pixels beyond the right edge.",)
    return replace(
        every_state(),
        plots=(
            Plot(
                "Boxes in an image",
                "histogram",
                (0, 1, 2, 5, 10, 20, 50),
                (12, 340, 410, 330, 90, 21),
                "boxes",
                "images",
            ),
            Plot(
                "Categories",
                "bars",
                ("car", "tram", "a very long name of a category"),
                (9211, 482, 3),
                "",
                "boxes",
                "Three of four are used.",
                "voc",
            ),
        ),
        pictures=(
            Picture("2007_000027.jpg", thumbnail("#4a6b8a"), 500, 375, boxes[:2], dataset="voc"),
            Picture("2007_000032.jpg", thumbnail("#7a5c3a"), 500, 375, boxes, trouble, "voc"),
        ),
    )
