"""Ranges of objects by the hundred thousand: signed by botocore, sent by urllib3, without what boto3 does between.

Making the parameters of a request, finding its endpoint and parsing its answer cost boto3 more than signing and sending
take. Here endpoint and signer are asked for once. The signature stays in a header, as boto3 has it: in a presigned URL
it would be in the logs of every proxy on the way.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from s3doctor.s3.answer import Answer
from s3doctor.s3.asking import BODY_LIMIT, answer_from_fault, error_document
from s3doctor.s3.objects import Objects
from s3doctor.s3.probes import uri
from s3doctor.s3.redaction import kept_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from s3doctor.s3.client import S3

PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers that are asked for again, once, as boto3's client does."""
LONGEST_PAUSE = 1.0
LOGGED = ("x-amz-request-id", "date")
REFUSED = 300
_SAFE = "/~"
"""What botocore leaves as it is in a key."""


class ManyObjects(Objects):
    """As Objects, for very many of them: it answers alike, with half the work or less for each."""

    threads = 64

    def __init__(self, s3: S3, bucket: str) -> None:
        from botocore.parsers import create_parser

        super().__init__(s3, bucket)
        client = s3.client(bucket)
        self._place = s3.place(bucket)
        self._agent = client.meta.config.user_agent
        self._shape = client.meta.service_model.operation_model("GetObject").output_shape
        self._parser = create_parser("rest-xml")
        self._signer = s3.signer(bucket)
        self._http = s3.http(self._place, self.threads)

    def _ask(self, key: str, first: int, last: int) -> Answer:
        return self._s3.ask(
            "GetObject", uri(self._bucket, key), lambda: self._got(key, first, last), body_limit=last - first + 1
        )

    def _got(self, key: str, first: int, last: int) -> Mapping[str, Any]:
        """What `get_object` gives, or raises."""
        from botocore.exceptions import ClientError
        from botocore.response import StreamingBody

        status, headers, raw, body = self._sent(key, first, last)
        if status >= REFUSED:
            answered = {"status_code": status, "headers": headers, "body": body}
            raise ClientError(self._parser.parse(answered, self._shape), "GetObject")
        metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
        return {"Body": StreamingBody(raw, cast("int", headers.get("content-length"))), "ResponseMetadata": metadata}

    def _sent(self, key: str, first: int, last: int) -> tuple[int, Mapping[str, str], Any, bytes]:
        """Status, headers and body, the body's bytes only of a refusal; what passes by itself is asked for again."""
        from botocore.exceptions import ConnectionError as Unreached
        from botocore.exceptions import HTTPClientError

        try:
            sent = self._once(key, first, last)
        except (HTTPClientError, Unreached):
            sent = None
        if sent is None or sent[0] in PASSING:
            self._s3.pause(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - so that not all come again at once
            sent = self._once(key, first, last)
        return sent

    def _once(self, key: str, first: int, last: int) -> tuple[int, Mapping[str, str], Any, bytes]:
        """One try, noted in the log."""
        from botocore.exceptions import BotoCoreError

        url = self._place + quote(key, safe=_SAFE)
        began = time.perf_counter()
        try:
            response = self._http.send(self._signed(url, first, last))
        except BotoCoreError as error:
            self._s3.log.note(answer_from_fault("GetObject", uri(self._bucket, key), error, _since(began)), url)
            raise
        status, headers = response.status_code, response.headers
        body = b"" if status < REFUSED else _drained(response.raw)
        told = kept_headers({name: headers[name] for name in LOGGED if name in headers})
        code = error_document(body).get("Code", "") if body else ""
        answer = Answer("GetObject", "", status, code, headers=told, milliseconds=_since(began))
        self._s3.log.note(answer, url)
        return status, headers, response.raw, body

    def _signed(self, url: str, first: int, last: int) -> Any:  # noqa: ANN401 - botocore publishes no types
        from botocore.awsrequest import AWSRequest

        headers = {"Range": f"bytes={first}-{last}", "User-Agent": self._agent}
        request = AWSRequest("GET", url, headers=headers, stream_output=True)
        self._signer.add_auth(request)
        return request.prepare()


def _drained(raw: Any) -> bytes:  # noqa: ANN401 - urllib3's response
    """The body of a refusal; the connection is free again, or closed. Raises what botocore would where it broke off."""
    try:
        body = bytes(raw.read(BODY_LIMIT))
        raw.read(1)  # up to 1.43, botocore has urllib3 compare the length, which it does at the end only
    finally:
        raw.close()
    return body


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
