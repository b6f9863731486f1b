"""pycocotools as the oracle: what it says of files in which the rules found nothing that it would not survive."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from s3doctor.coco.oracle import safety
from s3doctor.coco.oracle.process import run
from s3doctor.coco.oracle.wording import Verdict, findings_of, summary_of, trouble_of, verdicts_of

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from s3doctor.coco.examination import Examination
    from s3doctor.coco.oracle.child import Job
    from s3doctor.finding import Finding

__all__ = ["Consultation", "Verdict", "consult"]

SECONDS = 60.0
MEMORY = 2 << 30
READING = 20_000_000
"""Bytes that take a second more where a file is read for a sample."""


@dataclass(frozen=True)
class Consultation:
    """What came of asking pycocotools.

    `asked` is False where it was not asked, for a reason that `summary` names; `trouble` is not empty where it was
    asked and nothing was found out (time, memory). `summary` is one line for people.
    """

    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    summary: str = ""
    asked: bool = True
    trouble: str = ""


def consult(
    annotations: Path | None,
    predictions: Path | None = None,
    *,
    examined: Examination,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    stop: threading.Event | None = None,
) -> Consultation:
    """Have pycocotools load the annotations and, where predictions were examined, evaluate their boxes.

    The paths are those of the files, None for one of which no copy could be kept. `examined` is what
    `s3doctor.coco.examine` said of the same files; with faults that pycocotools does not survive it is not asked. It
    runs in a child process, which is killed after `seconds` (and one more for each 20 MB to read), or when `stop` is
    set, and has `memory` bytes. Of files above 20 MB or 200,000 rows it gets a sample of whole images. Raises nothing
    that the files could cause.
    """
    truth, guess = examined.annotations, examined.predictions
    if truth is None:
        return _not_asked("there is no ground truth")
    files = [file for file in (truth, guess) if file]
    for file in files:
        codes = safety.stoppers(file)
        if codes:
            known = ", ".join(codes[:3]) + (" and more" if len(codes) > 3 else "")  # noqa: PLR2004 - as many are shown
            return _not_asked(f"it does not survive what is wrong with the {file.role} ({known})")
    if annotations is None or (guess and predictions is None):
        return _not_asked("the files are too large to be kept; s3doctor coco asks it about a sample of a copy")
    job: Job = {
        "annotations": str(annotations.absolute()),
        "predictions": str(predictions.absolute()) if predictions else "",
        "pointers": (truth.rows_pointer, guess.rows_pointer if guess else ""),
        "share": safety.share(*files),
        "seconds": seconds + sum(file.size for file in files) / READING,
        "memory": memory,
    }
    ran = run(job, stop)
    name = f"pycocotools {version('pycocotools')}"
    verdicts = verdicts_of(ran, sampled=job["share"] < 1)
    findings = findings_of(ran, foreseen=safety.foreseen(examined))
    return Consultation(findings, verdicts, summary_of(name, verdicts, ran), trouble=trouble_of(ran, findings))


def _not_asked(reason: str) -> Consultation:
    return Consultation(summary=f"pycocotools was not asked: {reason}", asked=False)
