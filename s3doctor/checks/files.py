"""From what s3doctor.coco found in a file to a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks.judging import judged, trouble
from s3doctor.model import Fix, skip, unknown
from s3doctor.s3.reading import ReadError

if TYPE_CHECKING:
    from s3doctor.coco import FileExamination
    from s3doctor.coco.oracle import Consultation
    from s3doctor.dataset import DatasetContext
    from s3doctor.model import Outcome


def judged_file(dataset: DatasetContext, which: str, groups: tuple[str, ...], sound: str) -> Outcome:
    """The verdict on the findings of these groups of rules; `sound` is a template over the file's counts."""
    from s3doctor.coco import RULES

    try:
        examined: FileExamination = getattr(dataset, which)
    except ReadError as broken:
        return trouble(dataset.context, broken.answer, f"{which}.json could not be read to its end")
    findings = [finding for finding in examined.findings if RULES[finding.code].group in groups]
    counts = {
        "size": f"{examined.size:,}",
        "shape": examined.shape,
        "images": f"{examined.images:,}",
        "categories": f"{examined.categories:,}",
        "rows": f"{examined.rows:,}",
    }
    return judged(findings, sound.format_map(counts))


def judged_across(dataset: DatasetContext, sound: str) -> Outcome:
    """The verdict on what shows only when the two files are compared."""
    return judged(dataset.examination.across, sound)


def judged_oracle(consultation: Consultation) -> Outcome:
    """The verdict of pycocotools. The platform does not need it: what could not be found out stands in nobody's way."""
    if not consultation.asked:
        return skip(consultation.summary)
    if consultation.trouble:
        retry = Fix("Run s3doctor again on a machine with more memory or less to do.")
        return unknown(f"not found out: {consultation.trouble}", fix=retry, needed=False)
    return judged(consultation.findings, consultation.summary)
