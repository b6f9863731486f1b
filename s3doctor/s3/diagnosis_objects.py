"""Objects: there, readable, whole, not archived, not encrypted out of reach (section B5 of the taxonomy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.model import Who
from s3doctor.s3.denied import PolicyKind, parse_denied
from s3doctor.s3.diagnosis_facts import base_operation
from s3doctor.s3.diagnosis_model import Known

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_KEY_STATE = ("aws kms describe-key --key-id=KEY_ARN --query=KeyMetadata.KeyState",)

CAUSES: dict[str, Known] = {
    "no-such-key": Known(
        "missing",
        "There is no object {key} in {bucket}.",
        "Look in the S3 console whether the name is spelt differently: capitals, spaces, a directory more or less. "
        "Upload the object if it is not there.",
        commands=("aws s3 ls s3://{bucket}/ --recursive",),
    ),
    "deleted-object": Known(
        "missing",
        "{key} was deleted: the bucket keeps versions, and the latest one is a delete marker.",
        "In the S3 console open {bucket}, Show versions, and delete the delete marker; or upload the object again.",
        commands=("aws s3api list-object-versions --bucket={bucket} --prefix={key}",),
    ),
    "kms-decrypt-denied": Known(
        "encryption",
        "The object is encrypted with a KMS key, and {user} may not use that key to read it.",
        "Two things are needed: the statement below in the policy of {user}, and the same permission in the policy "
        "of the KMS key, given by its administrator.",
        commands=("aws kms get-key-policy --key-id={arn} --policy-name=default --output=text",),
    ),
    "kms-generate-data-key-denied": Known(
        "encryption",
        "{bucket} encrypts every new object with a KMS key, and {user} may not use that key to write.",
        "Two things are needed: the statement below in the policy of {user}, and the same permission in the policy "
        "of the KMS key, given by its administrator.",
        commands=("aws kms get-key-policy --key-id={arn} --policy-name=default --output=text",),
    ),
    "kms-key-elsewhere": Known(
        "encryption",
        "The object is encrypted with a KMS key of another account or another region, which does not let {user} in.",
        "The administrator of that key grants kms:Decrypt to {user} in the key's policy. A key that AWS manages "
        "(aws/s3) cannot be shared: copy the objects with another key.",
        Who.BUCKET_OWNER,
        commands=("aws s3api head-object --bucket={bucket} --key={key} --query=SSEKMSKeyId",),
        confidence="likely",
        alternatives=("The key is of this account and region, and its policy does not let the user in.",),
    ),
    "kms-key-policy-deny": Known(
        "encryption",
        "The policy of the KMS key forbids {user} to use it ({action}). A Deny always wins over an Allow.",
        "The administrator of the key finds the statement with Effect Deny in the key's policy and makes an "
        "exception for {user}.",
        Who.BUCKET_OWNER,
        commands=("aws kms get-key-policy --key-id={arn} --policy-name=default --output=text",),
    ),
    "kms-key-disabled": Known(
        "encryption",
        "The KMS key that encrypts the object is disabled.",
        "The administrator of the key enables it (KMS console, the key, Key actions, Enable).",
        Who.BUCKET_OWNER,
        commands=(*_KEY_STATE, "aws kms enable-key --key-id=KEY_ARN"),
    ),
    "kms-key-unusable": Known(
        "encryption",
        "The KMS key that encrypts the object cannot be used now: most often it is about to be deleted.",
        "The administrator of the key cancels the deletion before its day comes: after that no one can read the "
        "objects.",
        Who.BUCKET_OWNER,
        commands=(*_KEY_STATE, "aws kms cancel-key-deletion --key-id=KEY_ARN"),
        confidence="likely",
    ),
    "kms-key-missing": Known(
        "encryption",
        "The KMS key that the object or the bucket names does not exist in this region.",
        "If the key was deleted, the objects are lost: upload them again with another key. If it is in another "
        "region, choose one of the bucket's own region.",
        Who.BUCKET_OWNER,
        commands=_KEY_STATE,
    ),
    "kms-key-wrong-usage": Known(
        "encryption",
        "The KMS key cannot encrypt data: it was made for signing or for another use.",
        "Choose a symmetric KMS key for the bucket's default encryption.",
        Who.BUCKET_OWNER,
        commands=_KEY_STATE,
    ),
    "sse-c-object": Known(
        "encryption",
        "{key} is encrypted with a key that its sender kept (SSE-C). Nobody can read it without that key, the "
        "platform neither.",
        "Upload the object again without SSE-C.",
        commands=("aws s3 cp LOCAL_FILE s3://{bucket}/{key}",),
    ),
    "bad-head": Known(
        "client",
        "S3 refused the request and gave no reason, as an answer to HEAD has no text.",
        "Ask again with GET: its answer says why.",
        Who.S3DOCTOR,
        confidence="possible",
        alternatives=(
            "The object is encrypted with a key that its sender kept (SSE-C).",
            "The request was signed for another region.",
            "A temporary key has expired.",
        ),
    ),
    "archived-object": Known(
        "object",
        "{key} is archived ({storage_class}). It cannot be read until it is restored.",
        "Restore the objects, or copy them to the class STANDARD. Take the dataset out of the bucket's lifecycle "
        "rule, or they will be archived again.",
        commands=("aws s3api restore-object --bucket={bucket} --key={key} --restore-request=Days=30",),
    ),
    "archive-access-tier": Known(
        "object",
        "{key} is in {storage_class} of Intelligent-Tiering. It cannot be read until it is restored.",
        "Restore the objects, and switch the archive tiers off in the bucket's Intelligent-Tiering configuration.",
        commands=("aws s3api restore-object --bucket={bucket} --key={key} --restore-request={{}}",),
    ),
    "empty-object": Known(
        "object",
        "{key} is empty: it has no bytes at all.",
        "Upload the file again.",
        commands=("aws s3 cp LOCAL_FILE s3://{bucket}/{key}",),
        confidence="likely",
    ),
    "precondition-failed": Known(
        "client",
        "The object is not in the state that the request demanded.",
        "Nothing needs to be done, if s3doctor asked for it. Else something else changes the object at the same time.",
        Who.S3DOCTOR,
    ),
    "not-modified": Known(
        "client", "The object has not changed since it was read before.", "Nothing needs to be done.", Who.S3DOCTOR
    ),
    "compressed-object": Known(
        "object",
        "{key} was uploaded compressed (Content-Encoding says so). A program that does not unpack it sees no JSON.",
        "Upload the file uncompressed and without Content-Encoding.",
        commands=("aws s3 cp LOCAL_FILE s3://{bucket}/{key} --content-type=application/json",),
        confidence="likely",
    ),
    "byte-order-mark": Known(
        "remark",
        "{key} begins with a byte order mark. Strict JSON readers refuse it.",
        "Save the file as UTF-8 without BOM and upload it again.",
    ),
    "html-instead-of-json": Known(
        "object",
        "{key} is a web page, not JSON. Most often the page of an error was saved in the place of the file.",
        "Open the file, and upload the right one.",
        commands=("aws s3 cp LOCAL_FILE s3://{bucket}/{key}",),
    ),
}

BY_CODE = {
    "NoSuchKey": "no-such-key",
    "NoSuchVersion": "no-such-key",
    "KMS.DisabledException": "kms-key-disabled",
    "KMS.InvalidKeyUsageException": "kms-key-wrong-usage",
    "KMS.KMSInvalidStateException": "kms-key-unusable",
    "KMS.NotFoundException": "kms-key-missing",
    "InvalidRange": "empty-object",
    "NotModified": "not-modified",
    "PreconditionFailed": "precondition-failed",
}
_BY_STATUS = {
    304: "not-modified",
    404: "no-such-key",
    412: "precondition-failed",
    416: "empty-object",
}
_KEY_POLICIES = (PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.UNNAMED)
_BOM = b"\xef\xbb\xbf"
_ARCHIVE_TIERS = ("ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS")


def recognise(answer: Answer, situation: Situation) -> str:
    """What is wrong with the object or with its way here, empty where nothing is known to be."""
    del situation
    if answer.code == "AccessDenied":
        return _kms(answer)
    if answer.headers.get("x-amz-delete-marker") == "true":
        return "deleted-object"
    if answer.code == "InvalidObjectState":
        return "archive-access-tier" if answer.fields.get("AccessTier") in _ARCHIVE_TIERS else "archived-object"
    if answer.code == "InvalidRequest" and "form of server side encryption" in answer.message.lower():
        return "sse-c-object"
    return BY_CODE.get(answer.code, "")


def recognise_by_status(answer: Answer) -> str:
    """What the status alone tells, for answers without an error document or with an unknown code."""
    if answer.http == 400 and base_operation(answer).startswith("Head") and not answer.code:  # noqa: PLR2004 - HTTP's number
        return "bad-head"
    return "" if answer.code else _BY_STATUS.get(answer.http or 0, "")


def remarks(answer: Answer) -> list[str]:
    """What is odd about an object that could be read."""
    if base_operation(answer) != "GetObject" or not answer.resource.lower().endswith(".json"):
        return []
    found = (
        ["compressed-object"] if answer.headers.get("content-encoding", "") in {"gzip", "br", "deflate", "zstd"} else []
    )
    start = answer.body.removeprefix(_BOM).lstrip()[:256].lower()
    if answer.body.startswith(_BOM):
        found.append("byte-order-mark")
    if start.startswith((b"<!doctype html", b"<html")):
        found.append("html-instead-of-json")
    return found


def _kms(answer: Answer) -> str:
    """Which use of a KMS key was denied; empty where it was none, or where another kind of policy denies it."""
    denied = parse_denied(answer.message)
    if not denied or not denied.action.startswith("kms:"):
        return ""
    if denied.policy is PolicyKind.ELSEWHERE:
        return "kms-key-elsewhere"
    if denied.explicit or denied.policy not in _KEY_POLICIES:
        return "kms-key-policy-deny" if denied.policy is PolicyKind.RESOURCE else ""
    return "kms-generate-data-key-denied" if denied.action == "kms:GenerateDataKey" else "kms-decrypt-denied"
