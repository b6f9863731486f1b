"""Refusals of one action, or without a reason (sections B2, B5 and B6 of the taxonomy)."""

from __future__ import annotations

from s3doctor.model import Who
from s3doctor.s3.diagnosis_model import Known
from s3doctor.s3.diagnosis_policies import BUCKET_POLICY, NEXT, POLICIES_OF_USER

CAUSES: dict[str, Known] = {
    "explicit-deny": Known(
        "denied",
        "A policy forbids {action} outright, and AWS does not say which one.",
        "Look for statements with Effect Deny in the policies of {user}, in the bucket policy, and in the rules of "
        "your organisation. " + NEXT,
        commands=(*POLICIES_OF_USER, *BUCKET_POLICY),
        confidence="likely",
    ),
    "access-denied-unexplained": Known(
        "denied",
        "S3 refused {action} and did not say why. It explains a refusal only to callers of the same account or "
        "organisation.",
        "First compare the policy of {user} with the one that s3doctor policy prints. Then ask the owner of {bucket} "
        "whether the bucket policy lets the user in.",
        commands=POLICIES_OF_USER,
        alternatives=(
            "The bucket belongs to another account, outside your organisation.",
            "The object does not exist, and the key may not list: S3 then says Access Denied instead of Not Found.",
            "The requester pays in this bucket.",
            "The object belongs to another account.",
            "A VPC endpoint's policy refuses.",
        ),
        confidence="possible",
    ),
    "not-authorised": Known(
        "denied",
        "{user} is not allowed to do {action}, and AWS does not say by which policy.",
        "Add the statement below to the policy of {user}. " + NEXT,
        commands=POLICIES_OF_USER,
        confidence="likely",
    ),
    "unsigned-request": Known(
        "credentials",
        "The request reached S3 without a signature: S3 took it for an anonymous one.",
        "See that a proxy on the way does not remove the Authorization header, and that a key is given to s3doctor.",
        confidence="likely",
    ),
    "presigned-expired": Known(
        "credentials",
        "The presigned address has expired, or this machine's clock is wrong.",
        "Check the clock of this machine; then run s3doctor again.",
        confidence="likely",
    ),
    "list-not-allowed": Known(
        "denied",
        "No policy of {user} allows listing {bucket}. Most often the policy names only the objects ({bucket}/*): "
        "listing needs the bucket itself, without /*.",
        "Add the statement below to the policy of {user}: s3:ListBucket on the bucket's own ARN. (There is no action "
        "s3:ListObjects.)",
        commands=POLICIES_OF_USER,
    ),
    "prefix-scoped-list": Known(
        "remark",
        "The key may list below the dataset, and not the whole bucket. That is enough for the platform.",
        "Nothing needs to be done.",
    ),
    "object-path-not-allowed": Known(
        "denied",
        "The key may list {bucket}, but no policy of {user} allows reading {key}. Most often the policy's Resource "
        "names another path: the dataset's name is left out, a directory is spelt differently, or /* is missing at "
        "the end.",
        "Change the Resource in the policy of {user} as in the statement below. s3doctor policy prints the whole "
        "policy.",
        commands=POLICIES_OF_USER,
        confidence="likely",
    ),
    "missing-or-denied": Known(
        "denied",
        "S3 refused to read {key}. As the key may not list the bucket, S3 says so both for an object that is "
        "forbidden and for one that does not exist.",
        "Grant s3:ListBucket on {bucket} to {user} first; then s3doctor can tell the two apart.",
        confidence="possible",
        alternatives=("The object does not exist.", "The policy does not allow reading it."),
    ),
    "object-differs": Known(
        "object",
        "The key may read other objects in this directory, and not {key}. Something about this object is different.",
        "Compare this object with one that can be read: its owner, its encryption key, its tags.",
        Who.BUCKET_OWNER,
        commands=("aws s3api get-object-attributes --bucket={bucket} --key={key} --object-attributes=StorageClass",),
        confidence="likely",
        alternatives=(
            "The object belongs to another account that uploaded it.",
            "It is encrypted with another KMS key.",
            "A policy depends on tags of the object (s3:ExistingObjectTag).",
            "A Deny holds for a part of the directory.",
        ),
    ),
    "foreign-object": Known(
        "object",
        "{key} belongs to another account that uploaded it, and that account did not share it.",
        "In the S3 console open {bucket}, Permissions, Object Ownership, and choose Bucket owner enforced. Else the "
        "account that uploaded it copies the object again.",
        Who.BUCKET_OWNER,
    ),
    "write-not-allowed": Known(
        "denied",
        "No policy of {user} allows writing {arn}. Either only the read-only policy is attached, or the Resource names "
        "another path.",
        "Attach the policy for the read/write set-up: s3doctor policy prints it. The missing statement is below.",
        commands=POLICIES_OF_USER,
    ),
    "delete-not-allowed": Known(
        "denied",
        "No policy of {user} allows deleting {arn}. The platform could write files and never remove them.",
        "Add s3:DeleteObject to the policy of {user}, as in the statement below.",
        commands=POLICIES_OF_USER,
    ),
    "upload-conditions": Known(
        "denied",
        "The policy of {bucket} forbids this upload. Most often it demands something of each upload: an encryption "
        "header, a certain KMS key, TLS, a storage class, tags, or an ACL that gives the bucket's owner full "
        "control.",
        "The owner of {bucket} reads the Deny statement in the bucket policy. Either the bucket's default "
        "encryption takes the place of the header that it demands, or the user {user} is excepted.",
        Who.BUCKET_OWNER,
        commands=BUCKET_POLICY,
        confidence="likely",
        alternatives=("The deny holds for all writers, or only from this network.",),
    ),
}
