"""Does every name in the files have its object, and is it the picture the file describes?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from s3doctor.checks import annotations as ground_truth
from s3doctor.checks import pictures
from s3doctor.checks.judging import judged, trouble
from s3doctor.checks.layout import images_exist
from s3doctor.model import Family, Fix, Outcome, check, unknown

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.finding import Finding

ABOUT_NAMES = ("f-missing", "f-prefix", "f-case", "f-extension", "f-unicode", "f-ambiguous")


@check(
    "IMG001",
    "every image named in annotations.json is in the bucket",
    needs=[images_exist, ground_truth.structure],
    section="2",
    actions=["s3:ListBucket"],
    per_dataset=True,
)
def names_have_objects(dataset: DatasetContext) -> Outcome:
    """The platform joins the images directory and the file name to a key. S3 compares keys byte by byte: a capital
    letter, a directory too many or another form of an accent is another key."""
    return _judged(dataset, "{names} file names, each with its object", named=True)


@check(
    "IMG002",
    "every object in the images directory is of use",
    needs=[images_exist, ground_truth.structure],
    section="2",
    actions=["s3:ListBucket"],
    per_dataset=True,
)
def objects_are_useful(dataset: DatasetContext) -> Outcome:
    """The platform takes every object that ends in .jpg, .jpeg or .png and passes over the others without a word.
    Objects in an archive storage class cannot be read until they are restored."""
    return _judged(dataset, "{keys} objects, all of use", named=False)


def _judged(dataset: DatasetContext, sound: str, *, named: bool) -> Outcome:
    listing = dataset.listing
    if listing.error is not None:
        return trouble(dataset.context, listing.error, f"{dataset.images_prefix} could not be listed to its end")
    if not listing.complete and not listing.count:
        return unknown(f"the objects under {dataset.images_prefix} are not known: {listing.stopped}")
    try:
        compared = dataset.comparison
    except OSError as error:
        return unknown(str(error))
    part = pictures.partly(listing)
    counts = {"names": f"{compared.names:,}", "keys": f"{compared.keys:,}"}
    findings = _about(compared.findings, named=named)
    if named and compared.unjudged and not findings:
        fix = Fix("Run s3doctor again with all objects listed, or a newer inventory.")
        words = f"of {compared.unjudged:,} file names it is not known whether they have an object"
        return unknown(words + part, fix=fix)
    outcome = judged(findings, sound.format_map(counts))
    manifest = getattr(listing, "manifest", None)
    by = part if manifest is None else f", by {manifest.words}"
    return replace(outcome, summary=outcome.summary + by)


def _about(findings: tuple[Finding, ...], *, named: bool) -> list[Finding]:
    return [finding for finding in findings if (finding.code in ABOUT_NAMES) is named]


FAMILY = Family("IMG", "The images", (names_have_objects, objects_are_useful, *pictures.CHECKS))
