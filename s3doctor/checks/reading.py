"""May the key read the images and the two files, and if not, which mistake of the policy is it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import bucket, credentials
from s3doctor.checks.judging import DENIED, EMPTY, MISSING, policy, trouble
from s3doctor.checks.layout import dataset_exists
from s3doctor.connection import ANNOTATIONS, PREDICTIONS
from s3doctor.model import Cause, Evidence, Fix, Outcome, check, fail, passed, unknown
from s3doctor.s3.denied import PolicyKind, parse_denied, refuses

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

NEEDS = (credentials.valid, bucket.exists)


@check(
    "PERM002",
    "the key may read the images",
    needs=NEEDS,
    unless_failed=[dataset_exists],
    section="3.1",
    actions=["s3:GetObject"],
    per_dataset=True,
)
def reads_images(dataset: DatasetContext) -> Outcome:
    """The platform opens every image with s3:GetObject, and so do the links that it gives to browsers."""
    if not dataset.name:
        return _no_dataset()
    if dataset.image_key:
        return _reads(dataset, dataset.image_key)
    if not dataset.images:
        return unknown("no images directory to try it on was found", needed=False)
    return _probed(dataset, dataset.images_prefix)


@check(
    "PERM003",
    "the key may read annotations.json",
    needs=NEEDS,
    unless_failed=[dataset_exists],
    section="3.1",
    actions=["s3:GetObject"],
    per_dataset=True,
)
def reads_annotations(dataset: DatasetContext) -> Outcome:
    """The file lies beside the images directory, not in it: a policy that names only the images directory does not
    open it."""
    return _reads(dataset, dataset.prefix + ANNOTATIONS)


@check(
    "PERM004",
    "the key may read predictions.json",
    needs=NEEDS,
    unless_failed=[dataset_exists],
    section="3.1",
    actions=["s3:GetObject"],
    per_dataset=True,
)
def reads_predictions(dataset: DatasetContext) -> Outcome:
    """The file lies beside the images directory, not in it: a policy that names only the images directory does not
    open it."""
    return _reads(dataset, dataset.prefix + PREDICTIONS)


def _no_dataset() -> Outcome:
    return unknown("no dataset to try it on is known", needed=False)


def _reads(dataset: DatasetContext, key: str) -> Outcome:
    if not dataset.name:
        return _no_dataset()
    answer = dataset.reading(key)
    if answer.ok or answer.http == EMPTY:
        return passed(f"may read {key}{_encryption(answer)}", evidence=[answer.evidence])
    if answer.http == MISSING and answer.code != "NoSuchBucket":
        return passed(f"may read here; {key} itself is not there", evidence=[answer.evidence])
    return _refused(dataset, key, answer)


def _encryption(answer: Answer) -> str:
    """How the object is encrypted, where a key of KMS is needed to read it."""
    key = answer.headers.get("x-amz-server-side-encryption-aws-kms-key-id", "")
    return f", which is encrypted with the KMS key {key}" if key else ""


def _probed(dataset: DatasetContext, prefix: str) -> Outcome:
    answer = dataset.allowed(prefix)
    if answer.http != MISSING:
        return _refused(dataset, prefix, answer)
    if not dataset.context.server.tells_by_missing_keys:
        return unknown(f"there is no image below {prefix} to try it on", evidence=[answer.evidence])
    return passed(f"may read below {prefix}", evidence=[answer.evidence])


def _refused(dataset: DatasetContext, key: str, answer: Answer) -> Outcome:
    """The decision table: which objects can be read besides tells which mistake it is."""
    summary = f"may not read {key}"
    if answer.http != DENIED or answer.code != "AccessDenied" or "kms:" in answer.message:
        return trouble(dataset.context, answer, summary)
    lists = dataset.context.listed(dataset.bucket, dataset.prefix).ok
    if not lists and not refuses(answer, "s3:GetObject"):
        fix = policy(dataset.context, dataset.name)
        text = f"{key} is refused, but without the permission to list S3 does not say whether it is there"
        return unknown(text, evidence=[answer.evidence], fix=fix)
    beside = readable_beside(dataset, key)
    if beside is not None:
        return trouble(dataset.context, answer, summary, beside=beside)
    shape = _policy_shape(dataset)
    if shape is None:
        return trouble(dataset.context, answer, summary, fix=_open_all(dataset, answer), lists=lists)
    fix = policy(dataset.context, dataset.name)
    return fail(summary, cause=shape, fix=fix, evidence=[answer.evidence, *_tried(dataset)])


def readable_beside(dataset: DatasetContext, key: str) -> Answer | None:
    """The answer that shows that the key may read beside a refused object: then the policy is not at fault."""
    if key.endswith("/") or not dataset.context.server.tells_by_missing_keys:
        return None
    answer = dataset.allowed(key[: key.rfind("/") + 1])
    return answer if answer.http == MISSING else None


def _open_all(dataset: DatasetContext, answer: Answer) -> Fix | None:
    """The policy that works, unless AWS says that something other than the user's policy is in the way."""
    denied = parse_denied(answer.message)
    if denied is not None and (denied.explicit or denied.policy is not PolicyKind.IDENTITY):
        return None
    return policy(dataset.context, dataset.name)


def _tried(dataset: DatasetContext) -> list[Evidence]:
    """The answers that told the mistakes apart."""
    return [answer.evidence for answer in (_image(dataset), *_elsewhere(dataset))]


def _image(dataset: DatasetContext) -> Answer:
    """Whether an image, or where there is none what would lie beside it, may be read."""
    return dataset.reading(dataset.image_key) if dataset.image_key else dataset.allowed(dataset.images_prefix)


def _elsewhere(dataset: DatasetContext) -> tuple[Answer, Answer]:
    """Whether one may read in a directory at the top of the bucket that is called as the images', and at the top."""
    return dataset.allowed(f"{dataset.images}/"), dataset.allowed("")


def _policy_shape(dataset: DatasetContext) -> Cause | None:
    """Which of the page's two mistakes it is, told by what can be read in the images directory and where it is not."""
    if not dataset.images:
        return None
    image, (pasted, top) = _image(dataset), _elsewhere(dataset)
    tells = dataset.context.server.tells_by_missing_keys
    if image.ok or (image.http == MISSING and tells):
        return Cause(
            "policy-without-json",
            f"Your policy opens {dataset.images_prefix}, but the two JSON files lie beside that directory, in "
            f"{dataset.prefix}, and stay closed.",
        )
    if pasted.http == MISSING and (top.http != MISSING or not tells):
        return Cause(
            "pasted-policy",
            f"This is the policy of the set-up page as it stands there. It opens {dataset.images}/ at the top of the "
            f"bucket, but your objects lie in {dataset.prefix}: the dataset's name is missing from its Resource. The "
            "mistake is the page's, not yours.",
            "certain" if tells else "likely",
            () if tells else ("No policy of the user allows s3:GetObject in this bucket at all.",),
        )
    return None


CHECKS = (reads_images, reads_annotations, reads_predictions)
