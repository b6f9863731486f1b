"""An S3 on loopback with IAM enforced: moto behind the layer of `front`, one account for each server."""

from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, cast, final

from moto import settings
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from moto.sts.models import sts_backends
from werkzeug.serving import WSGIRequestHandler, make_server

from s3doctor.connection import Credentials, Secret
from s3doctor.demo.front import Front
from s3doctor.demo.identity import PARTITION, find_caller

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from s3doctor.demo.front import Access

REGION = "us-east-1"
ADMIN = "administrator"
OTHER_ACCOUNT = "999999999999"
STOP_WITHIN = 0.02  # seconds
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class _Handler(WSGIRequestHandler):
    """Tells the server's own time, and logs nothing: the terminal belongs to the report, and paths hold signatures."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's own name
        """Nothing is written."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The server's time, for the Date header."""
        ahead = cast("Front", self.server.app).ahead.total_seconds()
        return super().date_time_string((timestamp or time.time()) + ahead)


class _Enforcement:
    """Moto's switch for IAM, which is one for the whole process: on while any server runs."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._servers = 0
        self._before: float = 0

    def enter(self) -> None:
        with self._lock:
            if not self._servers:
                self._before, settings.INITIAL_NO_AUTH_ACTION_COUNT = settings.INITIAL_NO_AUTH_ACTION_COUNT, 0
            self._servers += 1

    def leave(self) -> None:
        with self._lock:
            self._servers -= 1
            if not self._servers:
                settings.INITIAL_NO_AUTH_ACTION_COUNT = self._before


_enforcement = _Enforcement()


@final
class EmbeddedS3:
    """S3, IAM and STS over HTTP on a free loopback port, with permissions enforced from the first request.

    Used as a context manager. Several may run in one process, each with an account of its own; bucket names are shared
    between them, as they are on AWS. What a server held is gone when it ends.
    """

    def __init__(self) -> None:
        self.account_id = f"{secrets.randbelow(9 * 10**11) + 10**11}"
        iam = iam_backends[self.account_id][PARTITION]
        iam.create_user(REGION, ADMIN)
        iam.put_user_policy(ADMIN, ADMIN, json.dumps(EVERYTHING))
        key = iam.create_access_key(ADMIN)
        self._admin = Credentials(key.access_key_id, Secret(key.secret_access_key), source="the embedded S3")
        caller = find_caller(self.account_id, key.access_key_id)
        assert caller, "the administrator was made three lines above"  # noqa: S101 - for the type checker
        self._front = Front(DomainDispatcherApplication(create_backend_app), self.account_id, caller)
        self._server = make_server("127.0.0.1", 0, self._front, threaded=True, request_handler=_Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(STOP_WITHIN,), daemon=True)

    def __enter__(self) -> EmbeddedS3:
        _enforcement.enter()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        _forget(self.account_id)
        _enforcement.leave()

    @property
    def endpoint_url(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def accesses(self) -> tuple[Access, ...]:
        """Every request so far, in order of their answers."""
        return tuple(self._front.accesses)

    def forget_accesses(self) -> None:
        """Empty the access log: what comes after is the doctor's."""
        self._front.accesses.clear()

    def make_root(self, credentials: Credentials) -> None:
        """Let the key be that of the account's root user, who may do everything."""
        self._front.root_key = credentials.access_key_id

    def set_clock(self, minutes: float) -> None:
        """Let the server's clock be ahead of this computer's."""
        self._front.ahead = timedelta(minutes=minutes)

    def disown(self, bucket: str) -> None:
        """Let the bucket belong to another account, whose policy lets everybody of this one in."""
        s3_backends[self.account_id][PARTITION].buckets[bucket].account_id = OTHER_ACCOUNT

    def client(self, service: str, credentials: Credentials, region: str = REGION) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A boto3 client (`s3`, `iam`, `sts`) of this server, with the given key; the user's profile does not count."""
        import boto3
        import botocore.session
        from botocore.config import Config

        session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        return boto3.session.Session(botocore_session=session).client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=region,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key.reveal(),
            aws_session_token=credentials.session_token.reveal() or None,
            config=Config(signature_version="s3v4" if service == "s3" else "v4", proxies={}),
        )

    def admin_client(self, service: str, region: str = REGION) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """A boto3 client that may do everything: to make buckets, objects, users and policies with."""
        return self.client(service, self._admin, region)

    def create_user(self, name: str, policies: Mapping[str, Mapping[str, Any]]) -> Credentials:
        """An IAM user with these inline policies (name to document), and its access key."""
        iam = self.admin_client("iam")
        iam.create_user(UserName=name)
        for policy, document in policies.items():
            iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], Secret(key["SecretAccessKey"]), source="the embedded S3")


def _forget(account_id: str) -> None:
    """Remove an account's buckets and users from moto, which keeps them for the whole process."""
    for bucket in s3_backends[account_id][PARTITION].buckets.values():
        for key in list(bucket.keys):
            bucket.keys.setlist(key, [])  # closes the files that hold the versions
        s3_backends.bucket_accounts.pop(bucket.name, None)
    for backends in (s3_backends, iam_backends, sts_backends):
        backends.pop(account_id, None)
