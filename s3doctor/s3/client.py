"""The one way to S3: boto3 clients with bounded patience that never follow a redirect behind our back."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from s3doctor import __version__
from s3doctor.facts import fact
from s3doctor.s3.asking import ask, ask_http
from s3doctor.s3.hushed import hush
from s3doctor.s3.log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from s3doctor.connection import Connection
    from s3doctor.s3.answer import Answer

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
DEFAULT_REGION = "us-east-1"
KEPT_BODY = 1 << 16
CONNECTIONS = 64
MOST_REQUESTS = 1_000
"""Answers that are remembered, the first ones."""
KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


class Stopped(Exception):  # noqa: N818 - a state, not an error
    """The examination is over: nothing more may be asked."""


class S3:
    """Asks one question at a time, and knows the region of every bucket it was told of.

    `requests` are the first Answers that checks asked for, in order, without what was in them: a million headers of
    pictures would fill the memory; `log` has the latest of all requests that were sent. All methods may be called
    from several threads.
    """

    def __init__(self, connection: Connection, stop: threading.Event, seconds_left: Callable[[], float]) -> None:
        self.connection = connection
        self.requests: list[Answer] = []
        self._kms_keys: dict[str, None] = {}
        self.log = RequestLog()
        self.regions: dict[str, str] = {}
        self._stop = stop
        self._seconds_left = seconds_left
        self._clients: dict[tuple[str, str, bool, bool], Any] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        operation: str,
        resource: str,
        call: Callable[[], Mapping[str, Any]],
        *,
        body_limit: int = KEPT_BODY,
        tidying: bool = False,
    ) -> Answer:
        """The answer to one request, noted in the log. Tidying up goes on after a stop.

        Raises Stopped once the examination is over.
        """
        if not tidying:
            self._raise_if_over()
        answer = ask(operation, resource, call, body_limit=body_limit)
        self._remember(answer)
        return answer

    def _remember(self, answer: Answer) -> None:
        """Keep what an answer tells beside what was asked for."""
        key = answer.headers.get(KMS_KEY, "")
        if key.startswith("arn:"):
            self._kms_keys[key] = None
        if len(self.requests) < MOST_REQUESTS:
            self.requests.append(replace(answer, data={}, body=b""))

    @property
    def kms_keys(self) -> tuple[str, ...]:
        """The ARNs of the KMS keys that encrypt what was read so far."""
        return tuple(self._kms_keys)

    def client(self, bucket: str, *, once: bool = False) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes at run time
        """The signing S3 client for this bucket's region.

        One that asks only `once` is for requests that make something: a second one could not tell what the first left.
        """
        return self.service("s3", self._region_of(bucket), once=once)

    def service(self, name: str, region: str, *, signed: bool = True, once: bool = False) -> Any:  # noqa: ANN401 - as above
        """A client of an AWS service in a region; unsigned ones send no credentials at all."""
        with self._lock:
            key = (name, region, signed, once)
            if key not in self._clients:
                self._clients[key] = self._make(name, region, signed=signed, attempts=1 if once else 2)
                self.log.watch(self._clients[key])
            return self._clients[key]

    def fetch(self, operation: str, resource: str, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a plain HTTP request, sent as a browser would: nothing signed, no redirect followed."""
        from botocore.awsrequest import AWSRequest

        self._raise_if_over()
        request = AWSRequest(method=method, url=url, headers=dict(headers), stream_output=True).prepare()
        answer = ask_http(operation, resource, lambda: self._http.send(request).raw, body_limit=KEPT_BODY)
        self._remember(answer)
        self.log.note(answer, url)
        return answer

    def place(self, bucket: str) -> str:
        """The URL before the keys of this bucket's objects, as the signing client has it; nothing is sent for that."""
        from io import BytesIO

        from botocore.awsrequest import AWSResponse

        found: list[str] = []

        def answer(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's AWSPreparedRequest
            found.append(request.url)
            return AWSResponse(request.url, 200, cast("Any", {}), BytesIO())

        client = self._make("s3", self._region_of(bucket), signed=True, attempts=1)
        client.meta.events.register("before-send.s3.GetObject", answer)
        client.get_object(Bucket=bucket, Key="x")
        return found[0].removesuffix("x")

    def signer(self, bucket: str) -> Any:  # noqa: ANN401 - botocore publishes no types
        """What signs requests for this bucket's objects: `add_auth(request)` puts the signature into a header."""
        from botocore.auth import S3SigV4Auth

        return S3SigV4Auth(self._session.get_credentials(), "s3", self._region_of(bucket))

    def http(self, url: str, connections: int) -> Any:  # noqa: ANN401 - as above
        """What sends prepared requests, with the proxies, CA bundle and patience of the clients."""
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        verify = self._session._session.get_config_variable("ca_bundle") or True  # noqa: SLF001 - its only door
        return URLLib3Session(
            verify, get_environ_proxies(url), cast("Any", self._patience), max_pool_connections=connections
        )

    def pause(self, seconds: float) -> None:
        """Wait, unless the examination is stopped."""
        self._stop.wait(max(0.0, min(seconds, self._seconds_left())))

    def _region_of(self, bucket: str) -> str:
        return self.regions.get(bucket) or self.connection.region or DEFAULT_REGION

    def _raise_if_over(self) -> None:
        if self._stop.is_set() or self._seconds_left() <= 0:
            raise Stopped

    @fact
    def _session(self) -> Any:  # noqa: ANN401 - boto3 publishes no types
        import boto3
        import botocore.session

        hush()
        given = self.connection.credentials
        session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        session.set_config_variable("sts_regional_endpoints", "regional")
        session.register_component("data_loader", _loader(session.get_config_variable("data_path") or ""))
        token = given.session_token.reveal() or None
        session.set_credentials(given.access_key_id, given.secret_access_key.reveal(), token)
        return boto3.session.Session(botocore_session=session)

    @fact
    def _http(self) -> Any:  # noqa: ANN401 - botocore publishes no types
        return self.http(self.connection.endpoint_url or "https://s3.amazonaws.com", CONNECTIONS)

    @property
    def _patience(self) -> tuple[float, float]:
        """Seconds to wait for a connection, and for the next byte."""
        limit = max(1.0, self.connection.timeout)
        return min(CONNECT_SECONDS, limit), min(READ_SECONDS, limit)

    @property
    def _mode(self) -> str:
        """What this run may do: in the user agent, for whoever reads the server's log."""
        given = self.connection
        return "writes-own-objects" if given.write and given.setup.writes else "reads-only"

    def _make(self, name: str, region: str, *, signed: bool, attempts: int) -> Any:  # noqa: ANN401 - as above
        from botocore import UNSIGNED
        from botocore.config import Config

        connect, read = self._patience
        given = self.connection.endpoint_url
        config = Config(
            connect_timeout=connect,
            read_timeout=read,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if given else "auto"},
            user_agent_extra=f"s3doctor/{__version__} s3doctor-mode/{self._mode}",
            signature_version=_signature(name) if signed else UNSIGNED,
        )
        client = self._session.client(name, region_name=region, endpoint_url=given or None, config=config)
        client.meta.events.register("before-call.s3", _follow_no_redirect)
        return client


@lru_cache(maxsize=1)
def _loader(path: str) -> Any:  # noqa: ANN401 - botocore publishes no types
    """Reads botocore's descriptions of services, once for all examinations of this process: they are large."""
    from botocore.loaders import create_loader

    return create_loader(path)


def _signature(service: str) -> str:
    """Signature version 4 everywhere: left to itself, boto3 presigns some URLs with version 2."""
    return "s3v4" if service == "s3" else "v4"


def _follow_no_redirect(context: dict[str, Any], **_: object) -> None:
    """Makes botocore show us a redirect instead of following it, for the redirect is what we want to know."""
    context.setdefault("s3_redirect", {})["redirected"] = True
