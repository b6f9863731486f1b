"""The doctor as a process of its own, which is sent a signal while a chosen request of its is under way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import canaries
from between import Between, Rule
from calling import PROGRAM

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

    from s3doctor.connection import Connection

ENDS_WITHIN = 180.0  # seconds, on a machine that has other work too
AFTERWARDS = 1.0
"""Seconds between the signal and the answer: long enough for the signal to be heard first."""
STEPS = {
    "PutObject": r"^PUT [^?]*\.s3doctor-[^?]*$",
    "GetObject": r"^GET /acme-metadata/metadata/\.s3doctor-[^?]*$",
    "DeleteObject": r"^DELETE [^?]*\.s3doctor-[^?]*(\?versionId=.*)?$",
    "CreateMultipartUpload": r"^POST .*\?uploads",
    "PutObject of the note": r"^PUT [^?]*\.s3doctor-[^?]*$",
    "UploadPart": r"^PUT .*partNumber",
    "CompleteMultipartUpload": r"^POST .*uploadId",
    "DeleteObjects": r"^POST .*\?delete",
}
"""The round trip, in its order; probes on a condition that cannot hold come before and are not meant (see `Step`)."""
SPARED = {"PutObject of the note": 1}
"""Requests of the same form that come before."""
ONE_BY_ONE = tuple(STEPS)[:3]
ROUND_TRIP = ("--select", "PERM007", "--timeout", "60")
CASES = [*(("metadata-bucket", step) for step in STEPS), *(("versioned-metadata", step) for step in ONE_BY_ONE)]
"""Where the bucket keeps versions, the first answer shows it, and the upload is not begun."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)
LATER = 120
"""Seconds; by then every killed run must be over."""
LATER_RUN = f"""
import sys, time
now = time.time
time.time = lambda: now() + {LATER}
from s3doctor.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Ended:
    """How a run ended: exit code, the report as JSON (None where there was none), stderr, seconds since the signal."""

    code: int
    report: dict[str, Any] | None
    err: str
    seconds: float

    @property
    def told(self) -> set[tuple[str, str]]:
        """The leftovers of the report, as key and version."""
        found = (self.report or {}).get("leftovers", ())
        return {(left["key"], left.get("version_id") or "") for left in found}


def start(
    connection: Connection, endpoint: str, *more: str, temporary: str = "", program: Iterable[str] = PROGRAM
) -> subprocess.Popen[str]:
    """`s3doctor check` on this connection through `endpoint`, reporting as JSON."""
    given = connection
    datasets = [word for name in given.datasets for word in ("--dataset", name)]
    side = ["--metadata-bucket", given.metadata_bucket] if given.metadata_bucket else []
    key = {
        "S3DOCTOR_ACCESS_KEY_ID": given.credentials.access_key_id,
        "S3DOCTOR_SECRET_ACCESS_KEY": given.credentials.secret_access_key.reveal(),
        "S3DOCTOR_SESSION_TOKEN": given.credentials.session_token.reveal(),
    }
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "S3DOCTOR_"))}
    directories = ("--metadata-dir", given.metadata_dir, "--images", given.images)
    words = ("--quiet", "--bucket", given.bucket, "--setup", given.setup.value, *datasets, *side, *directories)
    return subprocess.Popen(
        [*program, "check", *words, "--region", given.region, "--endpoint-url", endpoint, *more],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=bare | {name: value for name, value in key.items() if value} | ({"TMPDIR": temporary} if temporary else {}),
    )


class Step(Rule):
    """A rule for one step of the round trip: requests on the condition of an ETag or of existence are let through."""

    def takes(self, asked: Any) -> bool:
        """Whether this request is that step."""
        return b"\nif-match:" not in asked.head.lower() and super().takes(asked)


def killed(
    connection: Connection, upstream: str, step: str, number: int, more: Iterable[str] = (), *, answer: bool = True
) -> Ended:
    """Run the doctor; when `step` has been done by the server, send it signal `number`, then give it the answer.

    Without `answer` the connection stays silent until the process has ended.
    """
    heard: list[float] = []
    running: list[subprocess.Popen[str]] = []

    def signal_it(client: socket.socket, true: bytes) -> None:
        heard.append(time.monotonic())
        running[0].send_signal(number)
        time.sleep(AFTERWARDS)
        if answer:
            client.sendall(true)
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running[0].wait(ENDS_WITHIN)

    rule = Step(STEPS.get(step, step), signal_it, times=1, spare=SPARED.get(step, 0))
    with Between(upstream, [rule]) as between:
        running.append(start(connection, between.url, "--format", "json", *more))
        with running[0] as process:
            try:
                out, err = process.communicate(timeout=ENDS_WITHIN)
            finally:
                process.kill()
    canaries.refuse(out + err, f"what a run that was sent signal {number} said")
    assert heard, f"{step} was never asked: {err}{out}"
    return Ended(process.returncode, json.loads(out) if out else None, err, time.monotonic() - heard[0])


def held(admin: Any, bucket: str) -> set[tuple[str, str, str]]:
    """All versions, markers and unfinished uploads of a bucket: which of these, key, and version or upload id."""
    found = admin.list_object_versions(Bucket=bucket)
    found["Uploads"] = admin.list_multipart_uploads(Bucket=bucket).get("Uploads", ())
    return {
        (kind, entry["Key"], entry.get("VersionId") or entry["UploadId"])
        for kind in ("Versions", "DeleteMarkers", "Uploads")
        for entry in found.get(kind, ())
    }


def as_told(things: Iterable[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """How a report names these: delete markers by the version that they hide."""
    return {
        (f"{key} (multipart upload {ident})", "") if kind == "Uploads" else (key, ident.replace("null", ""))
        for kind, key, ident in things
        if kind != "DeleteMarkers"
    }


def later_run(connection: Connection, endpoint: str) -> dict[str, Any]:
    """The report of another run, once the killed ones must be over: its clock is ahead."""
    program = (sys.executable, "-c", LATER_RUN)
    with start(connection, endpoint, "--format", "json", *ROUND_TRIP, program=program) as process:
        out, err = process.communicate(timeout=ENDS_WITHIN)
    report: dict[str, Any] = json.loads(out)
    assert process.returncode == (4 if report["leftovers"] else 0), err
    return report
