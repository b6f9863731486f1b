"""Writing and deleting (section B6 of the taxonomy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.model import Who
from s3doctor.s3.diagnosis_facts import base_operation
from s3doctor.s3.diagnosis_model import Known

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_REPORT = "Please report it: s3doctor sends nothing of the kind."

CAUSES: dict[str, Known] = {
    "acl-not-supported": Known(
        "write",
        "The upload came with an ACL, and {bucket} has none: its owner owns every object (Bucket owner enforced).",
        "Upload without an ACL.",
    ),
    "checksum-required": Known(
        "write",
        "{bucket} has Object Lock and takes uploads only with a checksum.",
        "Upload with a program that sends one: boto3 1.36 and later do, unless "
        "AWS_REQUEST_CHECKSUM_CALCULATION=when_required is set.",
    ),
    "invalid-encryption-algorithm": Known(
        "client", "S3 does not know the encryption that the upload asked for.", "Ask for AES256 or aws:kms. " + _REPORT
    ),
    "invalid-storage-class": Known(
        "client",
        "S3 does not know the storage class that the upload asked for.",
        "Leave the storage class out. " + _REPORT,
    ),
    "entity-too-large": Known("client", "The upload is too large for one request.", "Upload in parts. " + _REPORT),
    "key-too-long": Known(
        "client", "The name is longer than 1,024 bytes in UTF-8.", "Choose shorter names for directories and files."
    ),
    "metadata-too-large": Known("client", "The upload's metadata are larger than 2 KB.", "Leave them out. " + _REPORT),
    "object-exists": Known(
        "write",
        "There is an object of this name already, and it was not overwritten.",
        "Run s3doctor again: it takes a new name each time.",
        Who.S3DOCTOR,
    ),
    "object-locked": Known(
        "write",
        "{key} is protected by Object Lock: this version cannot be deleted before its retention ends.",
        "Use a bucket without Object Lock for the platform's metadata. The retention of this version ends by itself.",
        Who.BUCKET_OWNER,
        commands=("aws s3api get-object-retention --bucket={bucket} --key={key}",),
    ),
    "mfa-delete": Known(
        "write",
        "{bucket} deletes versions only with a code from the root user's MFA device (MFA delete).",
        "Use a bucket without MFA delete for the platform's metadata.",
        Who.BUCKET_OWNER,
        commands=("aws s3api get-bucket-versioning --bucket={bucket}",),
        confidence="likely",
    ),
    "versioned-bucket": Known(
        "remark",
        "{bucket} keeps versions: a deleted object stays behind as an old version, and costs go on.",
        "Add a lifecycle rule that removes old versions, or use a bucket without versioning for the platform's "
        "metadata.",
        Who.BUCKET_OWNER,
        commands=("aws s3api get-bucket-lifecycle-configuration --bucket={bucket}",),
    ),
    "object-lock-retention": Known(
        "remark",
        "{bucket} locks every object for a time (Object Lock): nobody can delete it before, not even the owner.",
        "Use a bucket without a default retention for the platform's metadata.",
        Who.BUCKET_OWNER,
        commands=("aws s3api get-object-lock-configuration --bucket={bucket}",),
    ),
    "delete-marker-left": Known(
        "remark",
        "The object was not removed: S3 hid it behind a delete marker, as {bucket} keeps versions.",
        "To remove it for good, delete its versions: that takes s3:DeleteObjectVersion.",
        Who.BUCKET_OWNER,
        commands=("aws s3api list-object-versions --bucket={bucket} --prefix={key}",),
    ),
}

BY_CODE = {
    "AccessControlListNotSupported": "acl-not-supported",
    "EntityTooLarge": "entity-too-large",
    "InvalidEncryptionAlgorithmError": "invalid-encryption-algorithm",
    "InvalidStorageClass": "invalid-storage-class",
    "KeyTooLongError": "key-too-long",
    "MetadataTooLarge": "metadata-too-large",
}
WRITES = ("PutObject", "CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload")


def recognise(answer: Answer, situation: Situation) -> str:
    """What is wrong with a write or a delete, empty where nothing is known to be."""
    del situation
    if answer.http == 412 and base_operation(answer) in WRITES:  # noqa: PLR2004 - HTTP's Precondition Failed
        return "object-exists" if answer.fields.get("Condition") == "If-None-Match" else "precondition-failed"
    message = answer.message.lower()
    if answer.code in {"InvalidRequest", "MissingContentMD5"} and "content-md5" in message:
        return "checksum-required"
    return BY_CODE.get(answer.code, "")


def remarks(answer: Answer) -> list[str]:
    """What a write, a read or a delete that worked tells about the bucket."""
    if base_operation(answer) == "DeleteObject":
        return ["delete-marker-left"] if answer.headers.get("x-amz-delete-marker") == "true" else []
    found = ["object-lock-retention"] if "x-amz-object-lock-mode" in answer.headers else []
    version = answer.headers.get("x-amz-version-id", "null")
    return [*found, "versioned-bucket"] if version != "null" else found
