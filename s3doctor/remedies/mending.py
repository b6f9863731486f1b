"""The commands that mend a COCO file, where its faults have one right answer."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.finding import Finding

__all__ = ["Files", "mending"]


@dataclass(frozen=True)
class Files:
    """Where the files are: paths on this machine, empty where unknown; `fetch` are commands that bring them there."""

    annotations: str = ""
    predictions: str = ""
    images: str = ""
    fetch: tuple[tuple[str, str], ...] = ()


def mending(findings: Sequence[Finding], every: Sequence[Finding], which: str, files: Files) -> tuple[str, ...]:
    """Commands for a POSIX shell that write a mended copy of the annotations or the predictions.

    Empty where `fix-coco` mends none of the `findings`, or would refuse because of what else is wrong with the file
    (`every` finding about it), or would lack something for it.
    """
    from s3doctor.coco.fixing.mends import ANNOTATIONS, IMAGES, MENDS, XYXY

    if not any(one.code in MENDS and _serious(one) for one in findings) or any(map(_stands_in_the_way, every)):
        return ()
    needs = {MENDS[one.code] for one in every if one.code in MENDS and _serious(one)}
    path: str = getattr(files, which)
    lacking = (ANNOTATIONS in needs and not files.annotations) or (IMAGES in needs and not files.images)
    if not path or lacking:
        return ()
    options = [
        *(["--annotations", files.annotations] if ANNOTATIONS in needs else []),
        *(["--images", files.images] if IMAGES in needs else []),
        *(["--xyxy"] if XYXY in needs else []),
    ]
    wanted = {which, *(["annotations"] if ANNOTATIONS in needs else [])}
    fetch = [command for name, command in files.fetch if name in wanted]
    return (*fetch, shlex.join(["s3doctor", "fix-coco", *options, "--", path, _copy(path)]))


def _serious(finding: Finding) -> bool:
    return finding.severity is not Severity.INFO


def _stands_in_the_way(finding: Finding) -> bool:
    """Whether `fix-coco` writes nothing because of it."""
    from s3doctor.coco.fixing.mends import DOUBTFUL, MENDS

    return finding.code not in MENDS and (finding.severity is Severity.ERROR or finding.code in DOUBTFUL)


def _copy(path: str) -> str:
    """The name of the mended copy: beside the file, with `.mended` before the ending."""
    stem, dot, ending = path.rpartition(".")
    return f"{stem}.mended.{ending}" if dot and "/" not in ending and stem else f"{path}.mended"
