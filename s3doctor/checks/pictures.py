"""Is each object the picture that the file describes? Told from the first and last bytes of a sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from s3doctor.checks import annotations as ground_truth
from s3doctor.checks.judging import DENIED, judged, trouble
from s3doctor.checks.layout import images_exist
from s3doctor.checks.reading import readable_beside, reads_images
from s3doctor.model import Fix, Outcome, Status, check, passed, skip, unknown
from s3doctor.s3.objects import UnreadableError

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.inventory import Inventory
    from s3doctor.pictures import Checked
    from s3doctor.s3.listing import Listing


@check(
    "IMG003",
    "the images are the pictures that the file describes",
    needs=[images_exist, reads_images, ground_truth.structure],
    section="2",
    actions=["s3:GetObject"],
    per_dataset=True,
)
def pictures_as_described(dataset: DatasetContext) -> Outcome:
    """Boxes are in pixels. If the file and the picture disagree about width and height, or the browser turns the
    picture, every box sits in the wrong place. Only the first and last bytes of a picture are read, and where there
    are many, of a sample."""
    from s3doctor.cluster import ClusterError
    from s3doctor.pictures import confidence

    if dataset.connection.pictures == "none":
        return skip("not looked at, because of --pictures none")
    try:
        of = dataset.comparison.present
        if not of:
            return _nothing_to_open(dataset)
        checked = dataset.pictures
    except ClusterError as fault:
        return unknown(str(fault), fix=Fix("Run s3doctor again without --dask, or with a cluster that works."))
    except OSError as fault:
        return unknown(str(fault))
    refused = [(key, error) for key, error in checked.errors if isinstance(error, UnreadableError)]
    if refused:
        summary = f"{checked.unread:,} of {checked.unread + checked.looked_at:,} images could not be read"
        (key, error), *_ = refused
        beside = readable_beside(dataset, key) if error.answer.http == DENIED else None
        return trouble(dataset.context, error.answer, f"{summary}, {key} among them", beside=beside)
    whole = confidence(checked.wrong, checked.looked_at, of)
    outcome = _in_part(checked, of) if checked.stopped else judged(checked.findings, whole)
    return replace(outcome, summary=outcome.summary + partly(dataset.listing))


def _in_part(checked: Checked, of: int) -> Outcome:
    """The verdict where time ran out: those that were reached are no sample, so nothing follows for the others."""
    reached = f"{checked.looked_at:,} of {of:,} pictures were opened before {checked.stopped}"
    outcome = judged(checked.findings, reached)
    if outcome.status is not Status.PASS:
        return replace(outcome, summary=f"{outcome.summary}; {reached}")
    words = f"{reached}, each as described" if checked.looked_at else reached
    fix = Fix("Run s3doctor again with a longer --timeout, or with fewer pictures: --pictures sample:20.")
    return unknown(words, fix=fix, findings=outcome.findings)


def partly(listing: Listing | Inventory) -> str:
    """How much of the objects was looked at, to be added to a sentence; nothing where it was all."""
    return "" if listing.complete else f"; looked at {listing.text}"


def _nothing_to_open(dataset: DatasetContext) -> Outcome:
    if not dataset.listing.complete:
        return unknown(f"it is not known which images are in the bucket: {dataset.listing.stopped}")
    return passed("no image of the file is in the bucket, so there is nothing to compare")


CHECKS = (pictures_as_described,)
