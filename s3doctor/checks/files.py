"""From what s3doctor.coco found in a file to a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from s3doctor.checks.judging import judged, trouble
from s3doctor.finding import Example, Finding, Severity
from s3doctor.model import Fix, skip, unknown
from s3doctor.remedies.mending import mending
from s3doctor.s3.client import Stopped
from s3doctor.s3.reading import ObjectChangedError, ReadError, ReadStoppedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.coco import FileExamination
    from s3doctor.coco.oracle import Consultation
    from s3doctor.dataset import DatasetContext
    from s3doctor.model import Outcome


def judged_file(dataset: DatasetContext, which: str, groups: tuple[str, ...], sound: str) -> Outcome:
    """The verdict on the findings of these groups of rules; `sound` is a template over the file's counts."""
    from s3doctor.coco import RULES

    try:
        examined: FileExamination = getattr(dataset, which)
    except ReadStoppedError:
        raise Stopped from None
    except ReadError as broken:
        outcome = trouble(dataset.context, broken.answer, f"{which}.json could not be read to its end")
        return replace(outcome, findings=_changed(broken, dataset.prefix + f"{which}.json"))
    findings = [finding for finding in examined.findings if RULES[finding.code].group in groups]
    counts = {
        "size": f"{examined.size:,}",
        "shape": examined.shape,
        "images": f"{examined.images:,}",
        "categories": f"{examined.categories:,}",
        "rows": f"{examined.rows:,}",
    }
    commands = mending(findings, examined.findings, which, dataset.files)
    return judged(findings, sound.format_map(counts), commands)


def _changed(broken: ReadError, key: str) -> tuple[Finding, ...]:
    """That somebody wrote or deleted the file while it was being read, if so: whoever reads it now gets another one."""
    if not isinstance(broken, ObjectChangedError):
        return ()
    place = Example(key, f"{broken.answer.reason} for the rest of what was begun", offset=broken.offset)
    return (
        Finding(
            "object-changed",
            Severity.WARNING,
            1,
            "the file was written or deleted while it was being read",
            (place,),
            "The platform would have read it in pieces of two files, or not at all.",
            "Wait until nothing writes there any more, and run s3doctor again.",
        ),
    )


def judged_across(dataset: DatasetContext, sound: str) -> Outcome:
    """The verdict on what shows only when the two files are compared."""
    across = dataset.examination.across
    return judged(across, sound, mending_predictions(dataset, across))


def mending_predictions(dataset: DatasetContext, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The commands that make the predictions fit the ground truth, if that mends any of the findings."""
    if not findings:
        return ()
    examined = dataset.examination
    own = examined.predictions.findings if examined.predictions else ()
    return mending(findings, (*own, *examined.across, *findings), "predictions", dataset.files)


def judged_oracle(consultation: Consultation, commands: tuple[str, ...] = ()) -> Outcome:
    """The verdict of pycocotools. The platform does not need it: what could not be found out stands in nobody's way."""
    if not consultation.asked:
        return skip(consultation.summary)
    if consultation.trouble:
        retry = Fix("Run s3doctor again on a machine with more memory or less to do.")
        return unknown(f"not found out: {consultation.trouble}", fix=retry, needed=False)
    return judged(consultation.findings, consultation.summary, commands)
