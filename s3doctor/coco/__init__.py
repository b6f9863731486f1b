"""COCO files and what can be wrong with them. Usable alone: it knows nothing of S3."""

from __future__ import annotations

from s3doctor.coco.across import compare
from s3doctor.coco.examination import Examination, FileExamination, Histogram, RowsById, Summary
from s3doctor.coco.names import ImageNames
from s3doctor.coco.rule import TARGETS, Rule
from s3doctor.coco.rules import GROUPS, RULES
from s3doctor.coco.session import Session
from s3doctor.coco.source import Source
from s3doctor.names.platform import platform_key

__all__ = [
    "GROUPS",
    "RULES",
    "TARGETS",
    "Examination",
    "FileExamination",
    "Histogram",
    "ImageNames",
    "RowsById",
    "Rule",
    "Source",
    "Summary",
    "compare",
    "examine",
    "examine_annotations",
    "examine_predictions",
    "platform_key",
]

BLOCK_SIZE = 1 << 20


def examine(
    annotations: Source | None,
    predictions: Source | None = None,
    *,
    target: str = "platform",
    examples: int = 5,
    block_size: int = BLOCK_SIZE,
) -> Examination:
    """Examine annotations, predictions, or both, and what is wrong between them.

    A source is a path, bytes, or anything with `read(n) -> bytes`; files of any size are read once, in blocks of
    `block_size` bytes, in bounded memory. `target` is the reader to judge for: platform, pycocotools or both.
    `examples` is how many places of each fault are kept. Raises OSError where a path cannot be read, ValueError for an
    unknown target; nothing that a file holds raises.
    """
    options = {"target": target, "examples": examples, "block_size": block_size}
    truth = None if annotations is None else examine_annotations(annotations, **options)  # type: ignore[arg-type]
    guess = None if predictions is None else examine_predictions(predictions, truth, **options)  # type: ignore[arg-type]
    across = compare(truth, guess, target=target, examples=examples) if truth and guess else ()
    return Examination(truth, guess, across)


def examine_annotations(
    source: Source, *, target: str = "platform", examples: int = 5, block_size: int = BLOCK_SIZE
) -> FileExamination:
    """Examine a file of ground truth. Arguments and errors are those of `examine`."""
    return Session("annotations", _known(target), examples, block_size).run(source)


def examine_predictions(
    source: Source,
    against: FileExamination | None = None,
    *,
    target: str = "platform",
    examples: int = 5,
    block_size: int = BLOCK_SIZE,
) -> FileExamination:
    """Examine a file of predictions. Arguments and errors are those of `examine`.

    `against`, the examined ground truth, lends its image sizes to predictions that have none of their own. What is
    wrong between the two files is for `compare` to say.
    """
    return Session("predictions", _known(target), examples, block_size, against).run(source)


def _known(target: str) -> str:
    if target not in TARGETS:
        raise ValueError(f"unknown target {target!r}: expected one of {', '.join(TARGETS)}")
    return target
