"""The questions put to S3: each sends one request and brings back its Answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from s3doctor.footprints import own_name
from s3doctor.s3.asking import unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from s3doctor.s3.answer import Answer
    from s3doctor.s3.client import S3

IMPOSSIBLE_ETAG = '"00000000000000000000000000000000-s3doctor"'
PRESIGNED_SECONDS = 60
NO_BODY = b""
REFUSED = 403


def random_name() -> str:
    """The name of an object that does not exist and never will."""
    return own_name(0)


def uri(bucket: str, key: str = "") -> str:
    """An s3 URI."""
    return f"s3://{bucket}/{key}"


def identity(s3: S3) -> Answer:
    """Whose key is it? Needs no permission at all, and works even under an explicit deny (AWS, GetCallerIdentity)."""
    region = s3.connection.region or "us-east-1"
    return s3.ask("GetCallerIdentity", "sts", lambda: s3.service("sts", region).get_caller_identity())


def head_anonymously(s3: S3, bucket: str) -> Answer:
    """Is there such a bucket, and where? HeadBucket tells the region whether or not one has access (AWS)."""
    region = s3.connection.region or "us-east-1"
    return s3.ask("HeadBucket", uri(bucket), lambda: s3.service("s3", region, signed=False).head_bucket(Bucket=bucket))


def list_page(
    s3: S3,
    bucket: str,
    prefix: str = "",
    *,
    delimiter: str = "",
    max_keys: int = 1000,
    token: str = "",
    owner: str = "",
    payer: bool = False,
) -> Answer:
    """One page of ListObjectsV2; refused if the account `owner` is given and another owns the bucket.

    Each of its `Contents` has a `Key` and a `Size`, each of its `CommonPrefixes` a `Prefix`, and all begin with
    `prefix`: an answer where one has not is none that AWS sends, and tells nothing.
    """
    optional = {
        "Delimiter": delimiter,
        "ContinuationToken": token,
        "ExpectedBucketOwner": owner,
        "RequestPayer": payer and "requester",
    }
    parameters: dict[str, Any] = {name: value for name, value in optional.items() if value}
    answer = s3.ask(
        "ListObjectsV2",
        uri(bucket, prefix),
        lambda: s3.client(bucket).list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=max_keys, **parameters),
    )
    return answer if not answer.ok or _is_page(answer.data, prefix) else unreadable(answer)


def _is_page(data: Mapping[str, Any], prefix: str) -> bool:
    """Whether it is a page, and none that broke off before its body: each says whether it is the last."""
    if "IsTruncated" not in data:
        return False
    entries, folders = data.get("Contents", ()), data.get("CommonPrefixes", ())
    names = [*(entry.get("Key") for entry in entries), *(folder.get("Prefix") for folder in folders)]
    return all("Size" in entry for entry in entries) and all(
        isinstance(name, str) and name.startswith(prefix) for name in names
    )


def read(s3: S3, bucket: str, key: str, *, first: int = 0, last: int = 0) -> Answer:
    """Bytes first to last (inclusive) of an object, in `body`. An empty object answers 416 InvalidRange."""
    return s3.ask(
        "GetObject",
        uri(bucket, key),
        lambda: s3.client(bucket).get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{last}"),
        body_limit=last - first + 1,
    )


def put_impossible(s3: S3, bucket: str, key: str) -> Answer:
    """May the key write here? A PUT that cannot succeed: of a random name, on the condition of an ETag nobody has.

    403: it may not. 404 or 412: it may, and nothing was written (AWS, conditional writes; Ceph answers 412).
    """
    return s3.ask(
        "PutObject",
        uri(bucket, key),
        lambda: s3.client(bucket).put_object(Bucket=bucket, Key=key, Body=NO_BODY, IfMatch=IMPOSSIBLE_ETAG),
    )


def delete_impossible(s3: S3, bucket: str, key: str) -> Answer:
    """May the key delete here? A DELETE of a random name that does not exist, on the condition that it exists.

    403: it may not. 404 or 412: it may, and nothing changed (AWS, conditional deletes).
    """
    return s3.ask(
        "DeleteObject", uri(bucket, key), lambda: s3.client(bucket).delete_object(Bucket=bucket, Key=key, IfMatch="*")
    )


def put_new(s3: S3, bucket: str, key: str, body: bytes) -> Answer:
    """Create an object, on the condition that there is none of that name."""
    return s3.ask(
        "PutObject",
        uri(bucket, key),
        lambda: s3.client(bucket, once=True).put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*"),
    )


def delete(s3: S3, bucket: str, key: str, version_id: str = "") -> Answer:
    """Remove an object of our own; with a version id, that version for good. Works after a stop, too."""
    version = {"VersionId": version_id} if version_id else {}
    return s3.ask(
        "DeleteObject",
        uri(bucket, key),
        lambda: s3.client(bucket).delete_object(Bucket=bucket, Key=key, **version),
        tidying=True,
    )


def delete_batch(s3: S3, bucket: str, key: str) -> Answer:
    """Remove an object of our own with the request for many; a refusal of the one key comes as that refusal.

    S3 begins such an answer with 200 whatever becomes of the key: what does not name it is no answer.
    """
    call = {"Bucket": bucket, "Delete": {"Objects": [{"Key": key}], "Quiet": False}}
    answer = s3.ask("DeleteObjects", uri(bucket, key), lambda: s3.client(bucket).delete_objects(**call), tidying=True)
    for error in answer.data.get("Errors", ()):
        refused = REFUSED if error.get("Code") == "AccessDenied" else answer.http
        return replace(answer, http=refused, code=error.get("Code", ""), message=error.get("Message", ""))
    return answer if not answer.ok or answer.data.get("Deleted") else unreadable(answer)


def begin_upload(s3: S3, bucket: str, key: str) -> Answer:
    """Begin a multipart upload; its id is `data["UploadId"]`."""
    return s3.ask(
        "CreateMultipartUpload",
        uri(bucket, key),
        lambda: s3.client(bucket, once=True).create_multipart_upload(Bucket=bucket, Key=key),
    )


def upload_part(s3: S3, bucket: str, key: str, upload_id: str, body: bytes, *, tidying: bool = False) -> Answer:
    """Send the one part of an upload, which as the last may be small."""
    part = {"Bucket": bucket, "Key": key, "UploadId": upload_id, "PartNumber": 1, "Body": body}
    return s3.ask("UploadPart", uri(bucket, key), lambda: s3.client(bucket).upload_part(**part), tidying=tidying)


def complete_upload(s3: S3, bucket: str, key: str, upload_id: str, etag: str, *, tidying: bool = False) -> Answer:
    """Make the object of the part sent."""
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    whole = {"Bucket": bucket, "Key": key, "UploadId": upload_id, "MultipartUpload": parts}
    return s3.ask(
        "CompleteMultipartUpload",
        uri(bucket, key),
        lambda: s3.client(bucket, once=True).complete_multipart_upload(**whole),
        tidying=tidying,
    )


def abort_upload(s3: S3, bucket: str, key: str, upload_id: str) -> Answer:
    """Throw an upload away. Works after a stop, too."""
    upload = {"Bucket": bucket, "Key": key, "UploadId": upload_id}
    return s3.ask(
        "AbortMultipartUpload",
        uri(bucket, key),
        lambda: s3.client(bucket).abort_multipart_upload(**upload),
        tidying=True,
    )


def uploads(s3: S3, bucket: str, prefix: str, *, at_most: int) -> Answer:
    """Which uploads have begun and not ended? Not among the documented permissions: a refusal is no finding."""
    where = {"Bucket": bucket, "Prefix": prefix, "MaxUploads": at_most}
    return s3.ask(
        "ListMultipartUploads", uri(bucket, prefix), lambda: s3.client(bucket).list_multipart_uploads(**where)
    )


def buckets(s3: S3) -> Answer:
    """Which buckets may the key see the names of? Not among the documented permissions: it should be refused."""
    region = s3.connection.region or "us-east-1"
    return s3.ask("ListBuckets", "s3://", lambda: s3.service("s3", region).list_buckets(MaxBuckets=10))


def versioning(s3: S3, bucket: str) -> Answer:
    """Does the bucket keep versions? Not among the documented permissions: a refusal is no finding."""
    return s3.ask("GetBucketVersioning", uri(bucket), lambda: s3.client(bucket).get_bucket_versioning(Bucket=bucket))


def cors_rules(s3: S3, bucket: str) -> Answer:
    """The bucket's CORS rules themselves. Not among the documented permissions: a refusal is no finding."""
    return s3.ask("GetBucketCors", uri(bucket), lambda: s3.client(bucket).get_bucket_cors(Bucket=bucket))


def preflight(s3: S3, bucket: str, key: str, origin: str, *, method: str = "GET") -> Answer:
    """What a browser asks before it fetches from another origin: an OPTIONS without credentials."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    url = _presigned(s3, bucket, key).partition("?")[0]
    return s3.fetch("Preflight", uri(bucket, key), "OPTIONS", url, asked)


def presigned_get(s3: S3, bucket: str, key: str, origin: str) -> Answer:
    """What a browser gets: a presigned GET with an Origin. The URL is a secret for a minute and stays here."""
    url = _presigned(s3, bucket, key)
    return s3.fetch("GetObject (presigned)", uri(bucket, key), "GET", url, {"Origin": origin})


def _presigned(s3: S3, bucket: str, key: str) -> str:
    parameters = {"Bucket": bucket, "Key": key}
    url: str = s3.client(bucket).generate_presigned_url("get_object", parameters, ExpiresIn=PRESIGNED_SECONDS)
    return url
