"""What a request in an access log is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s3doctor.demo.front import Access

BY_METHOD = {
    "GET": "GetObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
    "HEAD": "HeadBucket",
    "OPTIONS": "OPTIONS",
}
BY_PARAMETER = {
    "list-type": "ListObjectsV2",
    "versioning": "GetBucketVersioning",
    "partNumber": "UploadPart",
    "uploadId": "CompleteMultipartUpload",
    "delete": "DeleteObjects",
}


def operation(access: Access) -> str:
    """AWS's name of a request."""
    if access.service == "sts":
        return "GetCallerIdentity"
    query = set(access.query)
    if access.method == "GET" and "X-Amz-Signature" in query:
        return "GetObject (presigned)"
    if "uploads" in query:
        return "CreateMultipartUpload" if access.method == "POST" else "ListMultipartUploads"
    by_parameter = (name for mark, name in BY_PARAMETER.items() if mark in query)
    return next(by_parameter, BY_METHOD.get(access.method, access.method))
