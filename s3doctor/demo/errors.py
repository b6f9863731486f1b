"""Answers of Amazon S3 that moto does not give: error documents and the headers around them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?>\n<Error>{elements}</Error>'


def request_id() -> str:
    """A request id in the form of AWS's: 16 capital letters and digits."""
    return secrets.token_hex(8).upper()


def error(status: int, code: str, message: str, fields: Mapping[str, str] | None = None) -> Response:
    """An error document of S3. `fields` are its further elements (`BucketName`, `Region`), in order."""
    identity, host = request_id(), secrets.token_hex(28)
    elements = {"Code": code, "Message": message, **(fields or {}), "RequestId": identity, "HostId": host}
    body = DOCUMENT.format(elements="".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items()))
    headers = {"x-amz-request-id": identity, "x-amz-id-2": host}
    return Response(body, status, headers, content_type="application/xml")


def access_denied(message: str = "Access Denied", fields: Mapping[str, str] | None = None) -> Response:
    """403: what S3 says when it will not say more, and to strangers."""
    return error(403, "AccessDenied", message, fields)


def no_such_bucket(bucket: str) -> Response:
    """404 for a bucket that nobody owns."""
    return error(404, "NoSuchBucket", "The specified bucket does not exist", {"BucketName": bucket})


def invalid_access_key_id(access_key_id: str) -> Response:
    """403 for a key that does not exist, or that is switched off."""
    message = "The AWS Access Key Id you provided does not exist in our records."
    return error(403, "InvalidAccessKeyId", message, {"AWSAccessKeyId": access_key_id})


def signature_does_not_match(access_key_id: str) -> Response:
    """403 for a request that another secret signed, or that was changed on its way."""
    message = "The request signature we calculated does not match the signature you provided. "
    message += "Check your key and signing method."
    return error(403, "SignatureDoesNotMatch", message, {"AWSAccessKeyId": access_key_id})


def clock_too_far_off(signed_at: datetime, now: datetime) -> Response:
    """403 of S3 for a request that was signed more than 15 minutes ago, or ahead."""
    fields = {
        "RequestTime": f"{signed_at:%Y%m%dT%H%M%SZ}",
        "ServerTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "MaxAllowedSkewMilliseconds": "900000",
    }
    message = "The difference between the request time and the current time is too large."
    return error(403, "RequestTimeTooSkewed", message, fields)


def signature_expired(signed_at: datetime, now: datetime) -> Response:
    """403 of STS and IAM for the same."""
    late = signed_at < now
    words = ("expired", "now earlier", "-") if late else ("not yet current", "still later", "+")
    limit = now + timedelta(minutes=-15 if late else 15)
    stamps = [f"{time:%Y%m%dT%H%M%SZ}" for time in (signed_at, limit, now)]
    message = f"Signature {words[0]}: {stamps[0]} is {words[1]} than {stamps[1]} ({stamps[2]} {words[2]} 15 min.)"
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>SignatureDoesNotMatch</Code><Message>{message}</Message></Error>"
        f"<RequestId>{request_id()}</RequestId></ErrorResponse>"
    )
    return Response(body, 403, content_type="text/xml")


def wrong_region(signed_for: str, bucket_region: str) -> Response:
    """400 for a request signed for another region than the bucket's."""
    message = f"The authorization header is malformed; the region '{signed_for}' is wrong; expecting '{bucket_region}'"
    return error(400, "AuthorizationHeaderMalformed", message, {"Region": bucket_region})
