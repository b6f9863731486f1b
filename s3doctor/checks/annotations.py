"""Is the ground truth sound? The rules live in s3doctor.coco; here their findings become verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks.files import judged_file, judged_oracle
from s3doctor.checks.layout import annotations_exist
from s3doctor.checks.reading import reads_annotations
from s3doctor.model import Family, Outcome, check

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext

NEEDS = (annotations_exist, reads_annotations)


@check("ANN001", "annotations.json is JSON", needs=NEEDS, section="2", per_dataset=True)
def readable(dataset: DatasetContext) -> Outcome:
    """The file must be plain JSON in UTF-8: not compressed, not cut short, not an error page that was saved in its
    place."""
    return judged_file(dataset, "annotations", ("file",), "{size} bytes of valid JSON")


@check("ANN002", "annotations.json is a COCO file", needs=[readable], section="2", per_dataset=True)
def structure(dataset: DatasetContext) -> Outcome:
    """The platform expects one object with the lists images, annotations and categories."""
    return judged_file(dataset, "annotations", ("top",), "{shape}")


@check("ANN003", "the images are described well", needs=[readable], section="2", per_dataset=True)
def images(dataset: DatasetContext) -> Outcome:
    """Every image needs a whole number as id, a file name relative to the images directory, and its size in pixels.
    The platform makes its own key from the file name; two names that give one key overwrite each other."""
    return judged_file(dataset, "annotations", ("images",), "{images} images")


@check("ANN004", "the categories are sound", needs=[readable], section="2", per_dataset=True)
def categories(dataset: DatasetContext) -> Outcome:
    """Every category needs an id and a name of its own; the order of the list matters to the platform."""
    return judged_file(dataset, "annotations", ("categories",), "{categories} categories")


@check("ANN005", "the annotations belong to images and categories", needs=[readable], section="2", per_dataset=True)
def references(dataset: DatasetContext) -> Outcome:
    """An annotation that names an image or a category which is not in the file stops the platform's import."""
    return judged_file(dataset, "annotations", ("annotations", "predictions"), "{rows} annotations")


@check("ANN006", "the boxes lie in their images", needs=[readable], section="2", per_dataset=True)
def boxes(dataset: DatasetContext) -> Outcome:
    """A box is [x, y, width, height] in pixels, from the image's top left corner. The platform cuts off what lies to
    the left and above, and keeps what lies beyond the right and bottom edges."""
    return judged_file(dataset, "annotations", ("boxes",), "{rows} boxes")


@check("ANN007", "the masks and keypoints are sound", needs=[readable], section="2", per_dataset=True)
def masks(dataset: DatasetContext) -> Outcome:
    """A mask is a list of polygons or a run-length code. A faulty one can crash whatever reads it, or hang it for
    ever."""
    return judged_file(dataset, "annotations", ("masks", "keypoints"), "no fault in any mask or keypoint")


@check("ANN008", "the numbers as a whole are plausible", needs=[readable], section="2", per_dataset=True)
def plausible(dataset: DatasetContext) -> Outcome:
    """Some mistakes show only over many boxes: corners instead of widths, fractions instead of pixels, another
    scale."""
    return judged_file(dataset, "annotations", ("statistics",), "the boxes look like [x, y, width, height] in pixels")


@check("ANN009", "pycocotools reads annotations.json", needs=[readable], section="2", per_dataset=True)
def loads(dataset: DatasetContext) -> Outcome:
    """Most programs read COCO with pycocotools. It is asked in a process of its own, with limits of time and memory,
    once nothing is left in the file that would crash or hang it."""
    return judged_oracle(dataset.loading)


FAMILY = Family(
    "ANN",
    "annotations.json",
    (readable, structure, images, categories, references, boxes, masks, plausible, loads),
)
