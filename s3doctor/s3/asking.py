"""Ask once, never raise: a request becomes an Answer whether it worked, was refused or never arrived."""

from __future__ import annotations

import sys
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from s3doctor.s3.answer import Answer
from s3doctor.s3.faults import reason_of, unfold
from s3doctor.s3.redaction import kept_fields, kept_headers, redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from botocore.exceptions import ClientError
    from urllib3 import BaseHTTPResponse

READERS = ("botocore.parsers", "botocore.handlers")
"""Modules of botocore that read answers."""
NOT_AWS = "the answer is not one that AWS sends"
BODY_LIMIT = 65536
"""Bytes read of a body, unless the caller says otherwise; also the longest error document that is parsed."""


def ask(
    operation: str,
    resource: str,
    call: Callable[[], Mapping[str, Any] | None],
    *,
    body_limit: int | None = BODY_LIMIT,
) -> Answer:
    """Run one boto3 call and turn its success, or any exception of boto3, botocore or urllib3, into an Answer.

    `operation` is AWS's name of the request, `resource` an s3 URI, `call` a function without arguments such as
    `lambda: client.head_bucket(Bucket=name)`. A streaming `Body` is read up to `body_limit` bytes into `Answer.body`
    and closed; with None it is left open in `data["Body"]` for the caller to read and to close. Exceptions of
    anything else (our own mistakes, KeyboardInterrupt) pass.
    """
    before, started = sys.exc_info()[1], time.perf_counter()
    try:
        data = dict(call() or {})
        body = _read(data, body_limit)
    except _theirs() as error:
        return answer_from_fault(operation, resource, error, _since(started), outside=before)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if not _from_parser(error):
            raise
        return unreadable(Answer(operation, resource, milliseconds=_since(started)))
    metadata = data.pop("ResponseMetadata", {})
    return Answer(
        operation,
        resource,
        metadata.get("HTTPStatusCode", 200),
        headers=kept_headers(metadata.get("HTTPHeaders", {})),
        milliseconds=_since(started),
        data=data,
        body=body,
    )


def ask_http(
    operation: str, resource: str, call: Callable[[], BaseHTTPResponse], *, body_limit: int = BODY_LIMIT
) -> Answer:
    """Like `ask` for a plain HTTP request: `call` returns a urllib3 response made with `preload_content=False`.

    For what boto3 does not do: preflight, anonymous and presigned requests. At most `body_limit` bytes are read.
    """
    before, started = sys.exc_info()[1], time.perf_counter()
    try:
        response = call()
        try:
            body = response.read(body_limit)
        finally:
            response.close()
        _raise_if_cut_short(response, body, body_limit)
    except _theirs() as error:
        return answer_from_fault(operation, resource, error, _since(started), outside=before)
    return answer_from_response(operation, resource, response.status, response.headers, body, _since(started))


def answer_from_response(  # noqa: PLR0917 - the parts of a response, in their usual order
    operation: str, resource: str, status: int, headers: Mapping[str, str], body: bytes, ms: float
) -> Answer:
    """An Answer from a raw HTTP response; `ms` is the time it took in milliseconds.

    The body is kept of a success only: an error document holds strings to sign, and a page of a proxy may hold the
    address that was asked for.
    """
    ok = 200 <= status < 300  # noqa: PLR2004 - HTTP's own numbers
    error = {} if ok else error_document(body)
    return Answer(
        operation,
        resource,
        status,
        redacted(error.get("Code", "")),
        redacted(error.get("Message", "")),
        fields=kept_fields(error),
        headers=kept_headers(headers),
        milliseconds=ms,
        body=body if ok else b"",
    )


def answer_from_fault(
    operation: str, resource: str, error: BaseException, ms: float, *, outside: BaseException | None = None
) -> Answer:
    """An Answer from an exception; `outside` is one that was being handled before and is not part of the story."""
    chain = unfold(error, outside)
    refusal = _refusal(chain)
    if refusal is not None:
        return _answer_from_refusal(operation, resource, refusal, ms)
    return Answer(
        operation,
        resource,
        fault="IncompleteReadError" if _is_cut_short(chain) else type(error).__name__,
        reason=reason_of(chain),
        message=_words(error),
        milliseconds=ms,
    )


def error_document(body: bytes) -> dict[str, str]:
    """The fields of S3's XML error document, or of the one that other AWS services send; empty if it is neither.

    Strangers write these bytes: documents longer than BODY_LIMIT, with a DTD or with entities are not read.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if not body.strip() or len(body) > BODY_LIMIT:
        return {}
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    if _name(root.tag) == "ErrorResponse":
        root = next((child for child in root if _name(child.tag) == "Error"), root)
    if _name(root.tag) != "Error":
        return {}
    return {_name(child.tag): (child.text or "").strip() for child in root}


def _answer_from_refusal(operation: str, resource: str, refusal: ClientError, ms: float) -> Answer:
    """An Answer from an HTTP answer that botocore has parsed.

    Where there was no error document, botocore puts the status number in the place of the code: that is left out.
    """
    response = cast("Mapping[str, Any]", refusal.response)
    metadata, error = response.get("ResponseMetadata", {}), response.get("Error", {})
    status, code = metadata.get("HTTPStatusCode"), str(error.get("Code") or "")
    bodyless = code == str(status)
    return Answer(
        operation,
        resource,
        status,
        "" if bodyless else redacted(code),
        "" if bodyless else redacted(str(error.get("Message") or "")),
        fault="" if status is not None else type(refusal).__name__,
        fields=kept_fields(error),
        headers=kept_headers(metadata.get("HTTPHeaders", {})),
        milliseconds=ms,
    )


def _words(error: BaseException) -> str:
    """What the exception says, without the page that a stranger sent in the place of XML."""
    if type(error).__name__ == "ResponseParserError":
        return "The answer is not XML."
    return redacted(str(error))


def _refusal(chain: Iterable[BaseException]) -> ClientError | None:
    from botocore.exceptions import ClientError

    return next((error for error in chain if isinstance(error, ClientError)), None)


def _from_parser(error: Exception) -> bool:
    """Whether botocore stumbled over an answer that is no answer of AWS: it trusts in the shape of a 200."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and last.tb_frame.f_globals.get("__name__") in READERS


def unreadable(answer: Answer) -> Answer:
    """What is left of an answer that is none that AWS sends."""
    return Answer(
        answer.operation,
        answer.resource,
        fault="ResponseParserError",
        message=NOT_AWS,
        milliseconds=answer.milliseconds,
    )


@lru_cache(maxsize=1)
def _theirs() -> tuple[type[Exception], ...]:
    """The exceptions that boto3 and the libraries beneath it raise of their own.

    RecursionError is among them: botocore follows redirects that lead in circles until the stack is full.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    return (ClientError, BotoCoreError, Boto3Error, ResponseParserError, HTTPError, RecursionError)


def _read(data: dict[str, Any], limit: int | None) -> bytes:
    """Take the first bytes of a streaming `Body` out of the answer and close the stream.

    botocore compares length and checksum with what was announced only when it is asked for more than there is.
    """
    if limit is None or not hasattr(data.get("Body"), "read"):
        return b""
    body, chunks, missing = data.pop("Body"), [], limit
    try:
        while missing > 0 and (chunk := body.read(missing)):
            chunks.append(chunk)
            missing -= len(chunk)
    finally:
        body.close()
    return b"".join(chunks)


def _raise_if_cut_short(response: BaseHTTPResponse, body: bytes, limit: int) -> None:
    """Raise botocore's IncompleteReadError where a body broke off: urllib3 is not always asked to look."""
    from botocore.exceptions import IncompleteReadError

    announced = response.headers.get("content-length", "")
    expected = min(int(announced), limit) if announced.isdecimal() and "content-encoding" not in response.headers else 0
    if 0 < len(body) < expected:
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=expected)


def _is_cut_short(chain: Iterable[BaseException]) -> bool:
    """Whether a body broke off: up to 1.43, botocore lets urllib3 say so, in the words of a broken connection."""
    from urllib3.exceptions import IncompleteRead

    return any(isinstance(error, IncompleteRead) for error in chain)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _name(tag: str) -> str:
    """An XML tag without its namespace."""
    return tag.rpartition("}")[2]
