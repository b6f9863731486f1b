"""Section B6: write and delete."""

from __future__ import annotations

from replay import error
from s3.answers import DELETE, DOCTOR, KMS_KEY, OWNER, PUT, Row, denied, deny, no, ok

B6 = (
    Row("B6-put-denied", PUT, no("identity-based policy", "s3:PutObject"), "write-not-allowed"),
    Row("B6-put-bucket-policy", PUT, deny("a resource-based policy", "s3:PutObject"), "upload-conditions", who=OWNER),
    Row(
        "B6-kms-generate-data-key",
        PUT,
        denied(
            "because no identity-based policy allows the kms:GenerateDataKey action",
            "kms:GenerateDataKey",
            f" on resource: {KMS_KEY}",
        ),
        "kms-generate-data-key-denied",
    ),
    Row(
        "B6-acl-not-supported",
        PUT,
        error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs"),
        "acl-not-supported",
    ),
    Row(
        "B6-content-md5-required",
        PUT,
        error(
            400,
            "InvalidRequest",
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
            "parameters",
        ),
        "checksum-required",
    ),
    Row(
        "B6-invalid-encryption-algorithm",
        PUT,
        error(400, "InvalidEncryptionAlgorithmError", "The encryption request you specified is not valid."),
        "invalid-encryption-algorithm",
    ),
    Row(
        "B6-invalid-storage-class",
        PUT,
        error(400, "InvalidStorageClass", "The storage class you specified is not valid"),
        "invalid-storage-class",
    ),
    Row(
        "B6-entity-too-large",
        PUT,
        error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."),
        "entity-too-large",
    ),
    Row("B6-key-too-long", PUT, error(400, "KeyTooLongError", "Your key is too long"), "key-too-long"),
    Row(
        "B6-metadata-too-large",
        PUT,
        error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"),
        "metadata-too-large",
    ),
    Row(
        "B6-conditional-request-conflict",
        PUT,
        error(
            409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation."
        ),
        "concurrent-write",
    ),
    Row(
        "B6-exists",
        PUT,
        error(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            "<Condition>If-None-Match</Condition>",
        ),
        "object-exists",
        who=DOCTOR,
    ),
    Row(
        "B6-delete-version-denied",
        DELETE,
        deny("a resource-based policy", "s3:DeleteObjectVersion"),
        "resource-policy-deny",
        who=OWNER,
    ),
    Row("B6-delete-denied", DELETE, no("identity-based policy", "s3:DeleteObject"), "delete-not-allowed"),
    Row(
        "B6-object-lock",
        DELETE,
        error(403, "AccessDenied", "Access Denied because object protected by object lock."),
        "object-locked",
        who=OWNER,
    ),
    Row(
        "B6-mfa-delete",
        DELETE,
        error(403, "AccessDenied", "Mfa Authentication must be used for this request"),
        "mfa-delete",
        who=OWNER,
    ),
    Row("B6-put-ok", PUT, ok({}, b""), "works"),
)
