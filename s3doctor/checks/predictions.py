"""Are the predictions sound, and do they fit the ground truth? The rules live in s3doctor.coco."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import annotations as ground_truth
from s3doctor.checks.files import judged_across, judged_file, judged_oracle, mending_predictions
from s3doctor.checks.layout import predictions_exist
from s3doctor.checks.reading import reads_predictions
from s3doctor.model import Family, Outcome, check

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext

NEEDS = (predictions_exist, reads_predictions)


@check("PRED001", "predictions.json is JSON", needs=NEEDS, section="2", per_dataset=True)
def readable(dataset: DatasetContext) -> Outcome:
    """The file must be plain JSON in UTF-8: not compressed, not cut short, not an error page that was saved in its
    place."""
    return judged_file(dataset, "predictions", ("file",), "{size} bytes of valid JSON")


@check("PRED002", "predictions.json has the platform's shape", needs=[readable], section="2", per_dataset=True)
def structure(dataset: DatasetContext) -> Outcome:
    """The platform reads one object with the lists images, categories and predictions. The bare list that pycocotools
    calls results is something else."""
    return judged_file(dataset, "predictions", ("top", "images", "categories"), "{shape}")


@check("PRED003", "the predictions belong to images and categories", needs=[readable], section="2", per_dataset=True)
def references(dataset: DatasetContext) -> Outcome:
    """Every prediction names an image and a category of the file, and has a score between 0 and 1. A missing score
    silently becomes 1."""
    return judged_file(dataset, "predictions", ("annotations", "predictions"), "{rows} predictions")


@check("PRED004", "the predicted boxes and masks are sound", needs=[readable], section="2", per_dataset=True)
def boxes(dataset: DatasetContext) -> Outcome:
    """A box is [x, y, width, height] in pixels, from the image's top left corner."""
    return judged_file(dataset, "predictions", ("boxes", "masks", "keypoints"), "{rows} boxes")


@check("PRED005", "the numbers as a whole are plausible", needs=[readable], section="2", per_dataset=True)
def plausible(dataset: DatasetContext) -> Outcome:
    """Some mistakes show only over many predictions: one score for all, scores in percent, boxes in another scale."""
    return judged_file(dataset, "predictions", ("statistics",), "the boxes and scores look like a model's")


@check(
    "PRED006",
    "the predictions fit the ground truth",
    needs=[readable, ground_truth.readable],
    section="2",
    per_dataset=True,
)
def fits(dataset: DatasetContext) -> Outcome:
    """Both files must mean the same images and the same categories by the same ids; otherwise all is read without an
    error, and every number that comes of it is wrong."""
    return judged_across(dataset, "images and categories agree in both files")


@check(
    "PRED007",
    "pycocotools evaluates the predictions",
    needs=[readable, ground_truth.readable],
    section="2",
    per_dataset=True,
)
def evaluates(dataset: DatasetContext) -> Outcome:
    """An average precision near zero though the boxes are good shows that the two files do not mean the same: permuted
    ids, other categories, boxes in another form. pycocotools evaluates up to 1,000 images, matched by file name and
    category name."""
    consultation = dataset.evaluation
    return judged_oracle(consultation, mending_predictions(dataset, consultation.findings))


FAMILY = Family("PRED", "predictions.json", (readable, structure, references, boxes, plausible, fits, evaluates))
