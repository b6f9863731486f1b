"""Are dataset, images, annotations.json and predictions.json where they belong?"""

from __future__ import annotations

import re
from difflib import get_close_matches
from shlex import quote
from typing import TYPE_CHECKING

from s3doctor.checks.judging import trouble
from s3doctor.checks.listing import lists
from s3doctor.connection import ANNOTATIONS, PREDICTIONS, Setup
from s3doctor.dataset import is_image
from s3doctor.model import Cause, Evidence, Family, Fix, Outcome, check, fail, passed, unknown
from s3doctor.remedies.handoff import uri_faults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.dataset import DatasetContext

SHOWN = 8


@check("LAYOUT001", "the dataset is there", needs=[lists], section="2", actions=["s3:ListBucket"], per_dataset=True)
def dataset_exists(dataset: DatasetContext) -> Outcome:
    """A dataset is a directory at the top of the bucket. It holds the images directory and the two JSON files."""
    if dataset.name and dataset.directory.exists:
        return passed(f"{dataset.prefix} is there", evidence=[dataset.directory.answer.evidence])
    if dataset.name and not dataset.directory.answer.ok:
        return trouble(dataset.context, dataset.directory.answer, f"{dataset.prefix} could not be listed")
    top = dataset.context.directory(dataset.bucket, "")
    if not dataset.name and not top.answer.ok:
        return trouble(dataset.context, top.answer, f"what is in {dataset.bucket} could not be listed")
    empty = dataset.name in top.directories
    missing = f"there is nothing below {dataset.prefix}" if dataset.name else "there is no dataset in the bucket"
    there = "only an empty place holder" if empty else _there(top.directories, top.files, "the bucket is empty")
    fix = Fix(
        f"{_did_you_mean(dataset.name, top.directories)}Upload the dataset as {dataset.bucket}/<dataset>/<images>/ "
        f"with {ANNOTATIONS} and {PREDICTIONS} beside the images directory.",
        commands=(f"aws s3 ls s3://{dataset.bucket}/",),
    )
    return fail(
        f"{missing}; {there}",
        evidence=[top.answer.evidence],
        fix=fix,
        cause=Cause("no-dataset", "S3 lists no object whose key starts with that name and a slash."),
    )


@check(
    "LAYOUT002",
    "the images are there",
    needs=[dataset_exists],
    section="2",
    actions=["s3:ListBucket"],
    per_dataset=True,
)
def images_exist(dataset: DatasetContext) -> Outcome:
    """The images lie in a directory of their own inside the dataset's. The platform takes what ends in .jpg, .jpeg or
    .png and passes over all else without a word."""
    inside = dataset.directory
    if dataset.images not in inside.directories and not inside.complete and not _begins(dataset):
        return unknown(f"{dataset.prefix} holds more than was looked at", evidence=[inside.answer.evidence])
    if dataset.images not in inside.directories and inside.complete:
        wanted = dataset.images
        fix = Fix(
            f"{_did_you_mean(wanted, inside.directories)}Give the directory's true name, or upload the images to "
            f"{dataset.bucket}/{dataset.prefix}{wanted or 'images'}/."
        )
        what = f"no directory {wanted}/" if wanted else "no images directory"
        return fail(
            f"{what} in {dataset.prefix}; {_there(inside.directories, inside.files)}",
            evidence=[inside.answer.evidence],
            fix=fix,
            cause=Cause("no-images-directory", "S3 lists no object in a directory of that name."),
        )
    if dataset.image_key:
        return passed(f"images are in {dataset.images_prefix}")
    if any(map(is_image, dataset.listing.keys())):
        return passed(f"images are in {dataset.images_prefix}")
    if not dataset.listing.complete:
        return unknown(f"no image was seen in {dataset.images_prefix}, and not all of it: {dataset.listing.stopped}")
    fix = Fix(f"Upload images that end in .jpg, .jpeg or .png to {dataset.bucket}/{dataset.images_prefix}.")
    return fail(
        f"{dataset.images_prefix} holds no image that the platform would take",
        evidence=[inside.answer.evidence],
        fix=fix,
        cause=Cause("no-images", "The platform takes only what ends in .jpg, .jpeg or .png."),
    )


def _begins(dataset: DatasetContext) -> bool:
    """Whether there is an object in the images directory, where that is known by name."""
    return bool(dataset.images and dataset.image_key)


@check("LAYOUT003", "annotations.json is there", needs=[dataset_exists], section="2", per_dataset=True)
def annotations_exist(dataset: DatasetContext) -> Outcome:
    """The ground truth lies directly in the dataset's directory, under exactly this name."""
    return _file_exists(dataset, ANNOTATIONS)


@check("LAYOUT004", "predictions.json is there", needs=[dataset_exists], section="2", per_dataset=True)
def predictions_exist(dataset: DatasetContext) -> Outcome:
    """The model's predictions lie directly in the dataset's directory, under exactly this name."""
    return _file_exists(dataset, PREDICTIONS)


def _file_exists(dataset: DatasetContext, name: str) -> Outcome:
    inside = dataset.directory
    if name in inside.files:
        return passed(f"{dataset.prefix}{name} is there")
    if not inside.complete:
        answer = dataset.reading(dataset.prefix + name)
        if answer.ok:
            return passed(f"{dataset.prefix}{name} is there", evidence=[answer.evidence])
        return unknown(f"{dataset.prefix} holds more files than were looked at", evidence=[answer.evidence])
    near = _near(name, inside.files)
    place = f"s3://{dataset.bucket}/{dataset.prefix}"
    command = f"aws s3 mv {quote(place + near[0])}" if near else f"aws s3 cp {name}"
    advice = "Rename it" if near else "Upload it"
    fix = Fix(
        f"{_did_you_mean(name, inside.files)}The file must be called {name}, in lower case, and lie directly in "
        f"{dataset.prefix}. {advice}.",
        commands=(f"{command} {quote(place + name)}",),
    )
    return fail(
        f"no {name} in {dataset.prefix}; {_there(inside.directories, inside.files)}",
        evidence=[inside.answer.evidence],
        fix=fix,
        cause=Cause("file-missing", f"S3 lists no object {dataset.prefix}{name}."),
    )


@check(
    "LAYOUT005",
    "the metadata directory has a place of its own",
    needs=[dataset_exists],
    section="3.2",
    per_dataset=True,
    setups=[Setup.METADATA_BUCKET, Setup.SINGLE_BUCKET],
)
def metadata_apart(dataset: DatasetContext) -> Outcome:
    """The platform writes thumbnails to the metadata directory. If it were the images directory, or inside it, they
    would be taken for images of the dataset."""
    prefix = dataset.connection.metadata_prefix(dataset.name)
    where = f"{dataset.connection.browsed_bucket}/{prefix}"
    same = dataset.connection.browsed_bucket == dataset.bucket
    if not same or not dataset.images or not prefix.startswith(dataset.images_prefix):
        return passed(f"metadata goes to {where}")
    return fail(
        f"metadata would go to {where}, among the images",
        fix=Fix(
            "Choose another name for the metadata directory, beside the images directory, and give it in the policy."
        ),
        cause=Cause("metadata-among-images", "Thumbnails would appear as images of the dataset."),
    )


@check("LAYOUT006", "the platform accepts these names", needs=[images_exist], section="2", per_dataset=True)
def names_accepted(dataset: DatasetContext) -> Outcome:
    """When you submit a connection, the platform takes only locations whose every part is made of letters from a to z,
    digits, dots, hyphens and underscores."""
    faults = uri_faults(dataset.connection, dataset.name, dataset.images)
    if not faults:
        return passed("the platform takes all locations of this dataset")
    return fail(
        f"the platform would refuse a location: {faults[0]}",
        evidence=map(Evidence, faults),
        fix=Fix(f"Copy the dataset to a place with plain names, such as {_plain(dataset)}, and submit that one."),
        cause=Cause("name-refused", "The platform checks each location against a pattern before it looks at S3."),
    )


def _plain(dataset: DatasetContext) -> str:
    """Where the images might lie instead: the same names, with `_` for all that the platform does not take."""
    names = [re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_") for name in dataset.images_prefix.split("/") if name]
    return "/".join(name or "images" for name in names) + "/"


def _near(wanted: str, names: Iterable[str]) -> list[str]:
    """Names that are likely meant: those that differ only in case first. A name that has its own place is not meant."""
    by_fold = {name.casefold(): name for name in names if name not in (wanted, ANNOTATIONS, PREDICTIONS)}
    return [by_fold[fold] for fold in get_close_matches(wanted.casefold(), by_fold, cutoff=0.6)]


def _did_you_mean(wanted: str, names: Iterable[str]) -> str:
    near = _near(wanted, names)
    return f"Did you mean {near[0]}? " if near else ""


def _there(directories: tuple[str, ...], files: tuple[str, ...], nothing: str = "it is empty") -> str:
    names = [f"{name}/" for name in directories] + list(files)
    if not names:
        return nothing
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"there are: {', '.join(names[:SHOWN])}{more}"


FAMILY = Family(
    "LAYOUT",
    "The layout",
    (dataset_exists, images_exist, annotations_exist, predictions_exist, metadata_apart, names_accepted),
)
