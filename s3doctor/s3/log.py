"""The log of an examination: every HTTP request that was sent, whoever sent it, with secrets already left out."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from s3doctor.s3.redaction import kept_headers, redacted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from s3doctor.s3.answer import Answer

MOST = 10_000
"""How many requests are kept, the latest ones."""
MARK = "s3doctor_sent"


@dataclass(frozen=True)
class Logged:
    """One request, or one try of it: `at` is when its answer came (UTC, ISO 8601), `url` is without its query.

    `http` is None where no answer came: then `fault` names the exception. `date` is what the server took the time to
    be.
    """

    at: str
    operation: str
    url: str
    http: int | None = None
    code: str = ""
    fault: str = ""
    request_id: str = ""
    date: str = ""
    milliseconds: float | None = None


class RequestLog:
    """The latest `MOST` requests in the order of their answers; `count` is how many there were. Safe among threads."""

    def __init__(self) -> None:
        self._kept: deque[Logged] = deque(maxlen=MOST)
        self._lock = threading.Lock()
        self.count = 0

    @property
    def kept(self) -> tuple[Logged, ...]:
        """What is remembered."""
        with self._lock:
            return tuple(self._kept)

    def watch(self, client: Any) -> None:  # noqa: ANN401 - boto3's clients are made at run time
        """Note every request of this client, each try by itself."""
        client.meta.events.register("request-created", _sent)
        client.meta.events.register("response-received", self._received)

    def note(self, answer: Answer, url: str) -> None:
        """Note a request that no client sent."""
        headers, fault = answer.headers, answer.fault
        self._add(answer.operation, url, answer.http, answer.code, fault, headers, answer.milliseconds)

    def _received(self, **event: Any) -> None:  # noqa: ANN401 - botocore's own arguments
        context, response, error = event["context"], event["response_dict"], event["exception"]
        url, began = context.get(MARK, ("", None))
        code = str(((event["parsed_response"] or {}).get("Error") or {}).get("Code") or "")
        self._add(
            event["event_name"].rpartition(".")[2],
            url,
            response["status_code"] if response else None,
            "" if response and code == str(response["status_code"]) else code,
            type(error).__name__ if error else "",
            kept_headers(response["headers"]) if response else {},
            None if began is None else (time.perf_counter() - began) * 1000,
        )

    def _add(  # noqa: PLR0917 - the parts of an answer, in their usual order
        self,
        operation: str,
        url: str,
        http: int | None,
        code: str,
        fault: str,
        headers: Mapping[str, str],
        milliseconds: float | None,
    ) -> None:
        logged = Logged(
            datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            operation,
            plain_url(url),
            http,
            redacted(code),
            fault,
            headers.get("x-amz-request-id", "") or headers.get("x-amzn-requestid", ""),
            headers.get("date", ""),
            milliseconds,
        )
        with self._lock:
            self._kept.append(logged)
            self.count += 1


def _sent(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's AWSRequest
    """Remember where a request goes and when, where its answer will be found."""
    request.context[MARK] = (request.url, time.perf_counter())


def plain_url(url: str) -> str:
    """The URL as people read it, without user, query and fragment: a presigned query is a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{unquote(parts.path)}" if parts.netloc else ""
