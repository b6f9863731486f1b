"""One request and what came back, with everything secret already left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from s3doctor.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping


_MARKS = frozenset({"x-amz-request-id", "x-amz-id-2", "x-amz-bucket-region", "x-amzn-requestid", "etag"})


@dataclass(frozen=True)
class Answer:
    """What S3, or whatever stood in its place, answered to one request.

    `operation` is AWS's name of the request (`GetObject`; `Preflight` for an OPTIONS), `resource` an s3 URI.
    `http` is None where no HTTP answer came: then `fault` is the name of the exception (`EndpointConnectionError`) and
    `reason` that of what lay beneath it (`NameResolutionError`, `ConnectionRefusedError`, `CERTIFICATE_VERIFY_FAILED:
    expired`; see `faults.reason_of`).
    `code` and `message` are S3's `Error.Code` and `Error.Message`, empty where there was no error document;
    `fields` the other fields of the error document that may be kept, `headers` the response headers that may be kept
    (lower-case names). `data` is the parsed answer of a success, `body` the first bytes of a body that was read.
    """

    operation: str
    resource: str
    http: int | None = None
    code: str = ""
    message: str = ""
    fault: str = ""
    reason: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    milliseconds: float = 0.0
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the request did what it asked for (a 2xx answer of S3)."""
        return not self.foreign and self.http is not None and 200 <= self.http < 300  # noqa: PLR2004 - HTTP's own numbers

    @property
    def foreign(self) -> bool:
        """Whether a web page without any mark of S3 came in its place, as from a proxy or a login page.

        An object may be a web page, too; but S3 sends its ETag.
        """
        return "html" in self.headers.get("content-type", "") and _MARKS.isdisjoint(self.headers)

    @property
    def from_s3(self) -> bool:
        """Whether an S3 server answered: only those send a request id."""
        return "x-amz-request-id" in self.headers

    @property
    def evidence(self) -> Evidence:
        """This answer as a line of a report."""
        got = f"{self.http} {self.code}".strip() if self.http is not None else self.fault
        if self.reason:
            got += f" ({self.reason})"
        return Evidence(
            f"{self.operation} {self.resource}: {got}",
            self.operation,
            self.resource,
            self.http,
            self.code,
            self.message,
            self.headers.get("x-amz-request-id", ""),
            self.headers.get("x-amz-id-2", ""),
            self.milliseconds,
        )
