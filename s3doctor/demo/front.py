"""A thin layer in front of moto that answers as AWS does where moto does not.

What it adds: CORS from the bucket's rules, presigned URLs, strangers, regions, the expected owner, the clock, keys that
are switched off, the limit of 1,000 keys a page, 403 for a missing key where the caller may not list, `HEAD` of a
bucket by whoever may list it, S3's sentences about refused requests, and the headers that every answer of S3 carries.
All else, permissions above all, is moto's answer.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import s3_backends
from werkzeug.wrappers import Request, Response

from s3doctor.demo import cors, errors, identity, signature
from s3doctor.demo.identity import PARTITION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from s3doctor.demo.identity import Caller

PAGE = 1000
EXPECTED_OWNER = "x-amz-expected-bucket-owner"
SIGV4_ONLY = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
BAD_TOKEN = "The continuation token provided is incorrect"  # noqa: S105 - a message of S3's
OWN_HEADERS = ("access-control-", "vary", "x-amzn-requestid", "server", "date")


@dataclass(frozen=True)
class Access:
    """One request that came in, for tests to look at: no header values, no parameter values, no body.

    `query` holds the names of its parameters, `conditions` the names of its `If-…` headers; `status` is the answer's.
    """

    method: str
    path: str
    query: tuple[str, ...]
    conditions: tuple[str, ...]
    service: str
    status: int

    @property
    def could_write(self) -> bool:
        """Whether it could have changed a bucket; an `If-Match` on a name that does not exist holds a write back."""
        return self.service == "s3" and self.method in ("PUT", "POST", "DELETE") and "if-match" not in self.conditions


class Front:
    """The WSGI application: moto's, with the layer in front. `admin` is the key that may do everything.

    `ahead` is how far the server's clock is ahead of this computer's, `root_key` the ID of a key that STS calls root's.
    """

    def __init__(self, app: WSGIApplication, account_id: str, admin: Caller) -> None:
        self.accesses: list[Access] = []
        self.ahead = timedelta(0)
        self.root_key = ""
        self._app = app
        self._account = account_id
        self._admin = admin

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request and note it down."""
        request = Request({**environ, "HTTP_X_MOTO_ACCOUNT_ID": self._account})
        service = ([*signature.scope(request), "", "", "", "s3"])[3]
        response = self._s3(request) if service == "s3" else self._other(request)
        self.accesses.append(_access(request, service, response))
        return response(environ, start_response)

    def _other(self, request: Request) -> Response:
        """IAM and STS: moto's own answer, but a key that is switched off is as good as none, and clocks count."""
        if signed_at := signature.too_far_off(request, self._now):
            return errors.signature_expired(signed_at, self._now)
        if self._switched_off(request):
            absent = request.headers["Authorization"].replace(signature.scope(request)[0], "AKIA" + "A" * 16)
            request.environ["HTTP_AUTHORIZATION"] = absent
        response = self._ask(request.environ)
        if self.root_key and self.root_key == signature.scope(request)[0]:
            response.data = re.sub(rb":user/[^<]*", b":root", response.data)
        return response

    def _s3(self, request: Request) -> Response:
        bucket, key = _target(request)
        stored = s3_backends[self._account][PARTITION].buckets.get(bucket)
        rules = stored.cors if stored else None
        if request.method == "OPTIONS":
            return cors.preflight(request, rules, "OBJECT" if key else "BUCKET")
        response = self._by_signature(request, stored)
        for name in [name for name, _ in response.headers if name.lower().startswith(OWN_HEADERS)]:
            del response.headers[name]
        response.headers.setdefault("x-amz-request-id", errors.request_id())
        response.headers.setdefault("x-amz-id-2", secrets.token_hex(28))
        if stored and not key:
            response.headers["x-amz-bucket-region"] = stored.region_name
        if "Origin" in request.headers:
            response.headers.update(cors.headers(rules or (), request))
        return response

    def _by_signature(self, request: Request, stored: Any) -> Response:  # noqa: ANN401 - moto's bucket
        if "AWSAccessKeyId" in request.args:
            return errors.error(400, "InvalidRequest", SIGV4_ONLY)
        if not signature.scope(request):
            return self._stranger(request, stored)
        refused = self._refused(request, stored)
        if refused:
            return refused
        return self._signed(request) if "Authorization" in request.headers else self._presigned(request)

    def _refused(self, request: Request, stored: Any) -> Response | None:  # noqa: ANN401 - moto's bucket
        """What AWS refuses whatever the policies say, and moto does not."""
        access_key_id, _, region, _, _ = signature.scope(request)
        if signed_at := signature.too_far_off(request, self._now):
            return errors.clock_too_far_off(signed_at, self._now)
        if self._switched_off(request):
            return errors.invalid_access_key_id(access_key_id)
        if stored and region != stored.region_name:
            return errors.wrong_region(region, stored.region_name)
        if stored and request.headers.get(EXPECTED_OWNER, stored.account_id) != stored.account_id:
            return errors.access_denied()
        return None

    def _stranger(self, request: Request, stored: Any) -> Response:  # noqa: ANN401 - moto's bucket
        """A request without a key: what the bucket's policy gives to everybody, and nothing else."""
        bucket, key = _target(request)
        if stored is None:
            return errors.no_such_bucket(bucket) if bucket else errors.access_denied()
        action = identity.action(request.method, key, request.args)
        if stored.get_permission(action, identity.arn(bucket, key)) is not PermissionResult.PERMITTED:
            return errors.access_denied()
        return self._as_admin(request, stored.region_name)

    def _presigned(self, request: Request) -> Response:
        """A presigned URL: checked here, then handed to moto as a request signed in its header."""
        access_key_id, _, region, _, _ = signature.scope(request)
        caller = self._caller(access_key_id, request.args.get("X-Amz-Security-Token", ""))
        if caller is None:
            return errors.invalid_access_key_id(access_key_id)
        fault = signature.presigned_fault(request, caller.key, self._now)
        if fault:
            return fault
        environ = signature.signed_again(request, caller.key, region, ("X-Amz-",))
        return self._corrected(request, caller, self._ask(environ))

    def _signed(self, request: Request) -> Response:
        """A request signed in its header: moto checks key, signature and permission."""
        access_key_id, _, region, _, _ = signature.scope(request)
        caller = self._caller(access_key_id, request.headers.get("X-Amz-Security-Token", ""))
        response = self._ask(request.environ)
        if caller is None:
            return response
        bucket, key = _target(request)
        lists = bucket and not key and caller.may("s3:ListBucket", identity.arn(bucket))
        if lists and request.method == "HEAD" and signature.matches(request, caller.key):
            return self._as_admin(request, region)
        if lists and response.status_code == HTTPStatus.OK and _page(request) > PAGE:
            environ = signature.signed_again(request, caller.key, region, ("max-keys",), f"max-keys={PAGE}")
            return self._ask(environ)
        return self._corrected(request, caller, response)

    def _corrected(self, request: Request, caller: Caller, response: Response) -> Response:
        """Moto's answer, but for the refusals that AWS words otherwise."""
        bucket, key = _target(request)
        exists = bucket in s3_backends[self._account][PARTITION].buckets
        reads, lists = request.method in ("GET", "HEAD"), caller.may("s3:ListBucket", identity.arn(bucket))
        if _denied(request, response):
            return self._denial(request, caller, exists=exists)
        if response.status_code == HTTPStatus.NOT_FOUND and exists and key and reads and not lists:
            return errors.access_denied(caller.refusal("s3:ListBucket", identity.arn(bucket)))
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR and "continuation-token" in request.args:
            return errors.error(400, "InvalidArgument", BAD_TOKEN, {"ArgumentName": "continuation-token"})
        return response

    def _denial(self, request: Request, caller: Caller, *, exists: bool) -> Response:
        """404 where there is no such bucket, else 403 with S3's sentence."""
        bucket, key = _target(request)
        action = identity.action(request.method, key, request.args) if bucket else "s3:ListAllMyBuckets"
        if bucket and not exists and action != "s3:CreateBucket":
            return errors.no_such_bucket(bucket)
        return errors.access_denied(caller.refusal(action, identity.arn(bucket or "*", key)))

    def _as_admin(self, request: Request, region: str) -> Response:
        return self._ask(signature.signed_again(request, self._admin.key, region, ("X-Amz-",)))

    def _ask(self, environ: WSGIEnvironment) -> Response:
        """Moto's answer; its own breakdowns as S3 would word them."""
        try:
            return Response.from_app(self._app, environ, buffered=True)
        except Exception:  # noqa: BLE001 - whatever breaks in moto is a 500, as it is in any server
            return errors.error(500, "InternalError", "We encountered an internal error. Please try again.")

    @property
    def _now(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead

    def _caller(self, access_key_id: str, token: str) -> Caller | None:
        return identity.find_caller(self._account, access_key_id, token)

    def _switched_off(self, request: Request) -> bool:
        return identity.is_inactive(self._account, signature.scope(request)[0])


def _target(request: Request) -> tuple[str, str]:
    """Bucket and key that a path-style URL names."""
    bucket, _, key = request.path[1:].partition("/")
    return bucket, key


def _denied(request: Request, response: Response) -> bool:
    """Whether moto refused the request for want of permission; the answer to a HEAD does not say."""
    words = request.method == "HEAD" or b"<Code>AccessDenied<" in response.data
    return response.status_code == HTTPStatus.FORBIDDEN and words


def _page(request: Request) -> int:
    """How many keys a listing asks for; 0 where it does not say."""
    text = request.args.get("max-keys", "")
    return int(text) if text.isdecimal() else 0


def _access(request: Request, service: str, response: Response) -> Access:
    conditions = tuple(sorted(name.lower() for name in dict(request.headers) if name.lower().startswith("if-")))
    query = tuple(request.args)
    return Access(request.method, request.path, query, conditions, service, response.status_code)
