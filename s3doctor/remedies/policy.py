"""The least-privilege policies with which the platform's set-ups work, filled in for one Connection."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from s3doctor.connection import BadInput, Connection, Setup
from s3doctor.model import Document, Fix, Who
from s3doctor.remedies import forms
from s3doctor.remedies.arn import bucket_arn, literal, object_arn
from s3doctor.remedies.grammar import MANAGED_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

READ_ONLY = "tenyksReadOnlyAccess"
WRITE = "tenyksWriteAccess"
FULL_BUCKET = "tenyksFullBucketAccess"

READ_ACTIONS = ("s3:GetObject",)
WRITE_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")

_KMS_KEY = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):\d{12}:key/[A-Za-z0-9-]+")


@dataclass(frozen=True)
class Options:
    """How the policies may differ from the plain ones.

    `kms_key_arns`: keys that the objects are encrypted with. `dataset_shape`: in a metadata bucket the platform
    writes to `{dataset}/{metadata_dir}/` instead of `{metadata_dir}/` (the page shows both). `restrict_listing`:
    allow listing below the opened directories only. It is off by default, as on the page: with such a condition a key
    can neither be told from outside to have a missing object (S3 says 403 for 404) nor answer HeadBucket, and how the
    platform looks for new datasets is not known. Names below other prefixes are then visible, their contents are not.
    """

    kms_key_arns: tuple[str, ...] = ()
    dataset_shape: bool = False
    restrict_listing: bool = False

    def __post_init__(self) -> None:
        """Raises BadInput for a KMS key that is not given by its key ARN: a policy cannot name it otherwise."""
        for key in self.kms_key_arns:
            if not _KMS_KEY.fullmatch(key):
                expected = "arn:aws:kms:REGION:ACCOUNT:key/ID (a policy cannot name a key by its alias)"
                raise BadInput(f"--kms-key {key!r} is no key's ARN: expected {expected}")


def policies(
    connection: Connection, *, datasets: Sequence[str] | None = None, options: Options | None = None
) -> tuple[forms.Policy, ...]:
    """The policies to attach to the user: one, or two in the metadata-bucket set-up; more only for very many datasets.

    `datasets` are the datasets to open, by default the connection's own; without any, the whole bucket is opened.
    """
    options = options or Options()
    names = tuple(datasets if datasets is not None else connection.datasets)
    whole = _directories("", names)
    if connection.setup is Setup.SINGLE_BUCKET:
        return _numbered(_fitting(connection, options, FULL_BUCKET, keys=whole, writes=True))
    read = _numbered(_fitting(connection, options, READ_ONLY, keys=whole, writes=False))
    if connection.setup is Setup.READ_ONLY:
        return read
    inner = _directories(connection.metadata_dir, names if options.dataset_shape else ())
    return (*read, *_numbered(_fitting(connection, options, WRITE, keys=inner, writes=True)))


def _fitting(
    connection: Connection, options: Options, name: str, *, keys: tuple[str, ...], writes: bool
) -> tuple[forms.Policy, ...]:
    """One policy, or several where IAM would not take one that long."""
    made = _policy(connection, options, name, keys=keys, writes=writes)
    if len(made.compact) <= MANAGED_LIMIT or len(keys) == 1:
        return (made,)
    half = len(keys) // 2
    first = _fitting(connection, options, name, keys=keys[:half], writes=writes)
    return (*first, *_fitting(connection, options, name, keys=keys[half:], writes=writes))


def _numbered(made: tuple[forms.Policy, ...]) -> tuple[forms.Policy, ...]:
    """Several policies of one name, with numbers from the second on."""
    return tuple(
        replace(policy, name=f"{policy.name}{n}" if n > 1 else policy.name) for n, policy in enumerate(made, 1)
    )


def _directories(directory: str, datasets: Iterable[str]) -> tuple[str, ...]:
    """The directories to open, as a policy spells them: one for each dataset, `""` for the whole bucket."""
    parts: list[tuple[str, ...]] = [(dataset, directory) for dataset in dict.fromkeys(datasets)] or [(directory,)]
    return tuple("/".join(literal(name) for name in part if name) for part in parts)


def _policy(
    connection: Connection, options: Options, name: str, *, keys: tuple[str, ...], writes: bool
) -> forms.Policy:
    """One policy: list the bucket, read (and write) below the directories `keys`, use the KMS keys where given."""
    bucket = connection.metadata_bucket if name == WRITE else connection.bucket
    patterns = [f"{key}/*" if key else "*" for key in keys]
    listing: dict[str, Any] = {
        "Sid": "ListBucket",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": bucket_arn(bucket, connection.region),
    }
    if options.restrict_listing:
        listing["Condition"] = {"StringLike": {"s3:prefix": [*filter(None, keys), *patterns]}}
    objects = {
        "Sid": "ReadWriteObjects" if writes else "ReadObjects",
        "Effect": "Allow",
        "Action": _one_or_list(WRITE_ACTIONS if writes else READ_ACTIONS),
        "Resource": _one_or_list([object_arn(bucket, pattern, connection.region) for pattern in patterns]),
    }
    kms = [_kms(options.kms_key_arns, writes=writes)] if options.kms_key_arns else []
    return forms.Policy(name, {"Version": "2012-10-17", "Statement": [listing, objects, *kms]})


def _one_or_list(values: Sequence[str]) -> str | list[str]:
    """A single value as IAM lets one write it, more as a list."""
    return values[0] if len(values) == 1 else list(values)


def _kms(keys: tuple[str, ...], *, writes: bool) -> dict[str, Any]:
    """Decrypt, and encrypt where the set-up writes, through S3 in the keys' own regions only.

    The service's name ends in `.cn` in China in some of AWS's texts and not in others; both are allowed there.
    """
    regions = dict.fromkeys(found["region"] for key in keys if (found := _KMS_KEY.fullmatch(key)))
    via = [f"s3.{region}.amazonaws.com" for region in regions]
    via += [f"s3.{region}.amazonaws.com.cn" for region in regions if region.startswith("cn-")]
    return {
        "Sid": "UseKmsKeyThroughS3",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"] if writes else "kms:Decrypt",
        "Resource": _one_or_list(keys),
        "Condition": {"StringEquals": {"kms:ViaService": _one_or_list(via)}},
    }


def documents(
    connection: Connection,
    *,
    dataset: str = "",
    kms_key_arns: Sequence[str] = (),
    form: str = "json",
    options: Options | None = None,
) -> tuple[Document, ...]:
    """The policies of `policies` as texts to paste, in one of `forms.FORMS`.

    The connection's datasets and `dataset` are all opened: a policy replaces what was there. Raises BadInput for a
    KMS key that is not an ARN.
    """
    options = options or Options()
    options = replace(options, kms_key_arns=(*options.kms_key_arns, *kms_key_arns))
    datasets = tuple(dict.fromkeys([*connection.datasets, *([dataset] if dataset else [])]))
    found = policies(connection, datasets=datasets, options=options)
    return forms.FORMS[form](found, connection.username)


def page_policy(connection: Connection, *, images: str = "") -> dict[str, Any]:
    """The policy of the page's section 3.1 as its text stands: the images directory without the dataset before it.

    It lets the key list the bucket and read nothing that the platform needs. For recognising it, never for pasting.
    """
    directory = images or connection.images or "images"
    statements = [
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [bucket_arn(connection.bucket, connection.region)],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": [object_arn(connection.bucket, f"{directory}/*", connection.region)],
        },
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def policy_fix(connection: Connection, dataset: str = "", *, kms_key_arns: Sequence[str] = ()) -> Fix:
    """Replace the user's policy by the one that works."""
    made = documents(connection, dataset=dataset, kms_key_arns=kms_key_arns)
    commands = documents(connection, dataset=dataset, kms_key_arns=kms_key_arns, form="cli")
    who = f"the user {connection.username}" if connection.username else "the user"
    names = " and ".join(document.title for document in made)
    own, has = ("its own text", "both") if len(made) > 1 else ("the text", "it")
    text = (
        f"In the IAM console open Policies, edit (or create) {names}, choose JSON, replace all that stands there by "
        f"{own} below, save, and see that {who} has {has} attached. A change may take a minute to arrive everywhere."
    )
    return Fix(
        text,
        who=Who.CUSTOMER,
        documents=made,
        commands=tuple(document.text for document in commands),
    )
