"""What runs in the child process: pycocotools, on files that s3doctor's own rules found safe.

It gets one job as JSON on standard input and writes one JSON object a line to what was its standard output; what
pycocotools prints goes nowhere. Each message has one key: `phase` (what is done next), `loaded`, `score`, `refused`,
`reading`, `fault` (an exception of pycocotools), `trouble` (one that says nothing about the files) or `done`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

from s3doctor.coco.oracle import evaluation, limits
from s3doctor.coco.oracle.pairing import Pairing, pair
from s3doctor.coco.oracle.readings import forms, readings
from s3doctor.coco.oracle.tables import Dicts, Tables, sample, whole

__all__ = ["Job", "consult", "main"]

Tell = Callable[[dict[str, Any]], None]
NEAR_ZERO = 0.1
ENOUGH = 10
SHOWN = 3
CLEARLY = 1.05
LONGEST = 200


class Job(TypedDict):
    """`predictions` is empty where there are none; `pointers` are those of the rows of the two files.

    `share` is how much of the images to look at; `seconds` and `memory` (bytes) are the limits.
    """

    annotations: str
    predictions: str
    pointers: tuple[str, str]
    share: float
    seconds: float
    memory: int


def main() -> None:
    """Do the job that stands on standard input."""
    job: Job = json.load(sys.stdin)
    tell = _silenced()
    began = time.monotonic()
    try:
        import pycocotools.cocoeval  # noqa: F401 - before the limit: a library that does not fit says nothing of files
    except ImportError as fault:
        tell({"trouble": f"pycocotools cannot be imported ({type(fault).__name__})"})
        return
    limits.apply(job["memory"], job["seconds"])
    consult(job, tell)
    tell({"done": {"seconds": time.monotonic() - began, "memory": limits.peak()}})


def _silenced() -> Tell:
    """Keep standard output for messages alone: what is printed from now on, also by C code, is lost."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    return tell


def consult(job: Job, tell: Tell) -> None:
    """Load, and evaluate where there are predictions. Faults are told, not raised."""
    run = _Run(job, tell)
    try:
        run.load()
        if job["predictions"]:
            run.evaluate()
    except MemoryError:
        tell({"trouble": f"{job['memory'] >> 20:,} MiB of memory are not enough"})
    except Exception as fault:  # noqa: BLE001 - whatever pycocotools raises is what we want to know
        tell({"fault" if run.pycocotools else "trouble": _words(fault)})


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:LONGEST]


class _Run:
    """One consultation. `pycocotools` says whether it is at work, so that faults are laid at the right door."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self.job = job
        self.tell = tell
        self.pycocotools = False
        self.truth: Any = None
        self.tables = Tables()

    def phase(self, name: str, *, pycocotools: bool = True) -> None:
        self.pycocotools = pycocotools
        self.tell({"phase": name if pycocotools else ""})

    def read(self, path: str, pointer: str, known: Any = ()) -> Tables:  # noqa: ANN401 - a container of ids
        self.phase("", pycocotools=False)
        if self.job["share"] < 1:
            return sample(Path(path), pointer, self.job["share"], known)
        return whole(Path(path), pointer)

    def load(self) -> None:
        path, pointer = self.job["annotations"], self.job["pointers"][0]
        if self.job["share"] < 1:
            tables = self.read(path, pointer)
            self.phase("COCO.createIndex()")
            self.truth = evaluation.from_tables(tables)
        else:
            self.phase("COCO()")
            self.truth = evaluation.from_file(Path(path))
        found = self.truth.dataset
        self.tables = Tables(found["images"], found["categories"], found["annotations"])
        self.tell({"loaded": {"images": len(self.tables.images), "rows": len(self.tables.rows)}})

    def evaluate(self) -> None:
        guess = self.read(self.job["predictions"], self.job["pointers"][1], set(self.truth.imgs))
        pairing = pair(self.tables, guess)
        named = pairing.apply(guess.rows)
        images = evaluation.bounded(self.truth, named)
        if pairing.words == "id":
            score = self._by_id(guess.rows, images)
        else:
            refused = self._naively(guess.rows, images, pairing)
            same = not refused and len(named) == len(guess.rows) and not pairing.renumbered
            score = self._by_name(named, images, pairing) if not same else self._by_id(guess.rows, images, pairing)
        if (score.ap50 or 0) < NEAR_ZERO:
            self._read_otherwise(named, images)

    def _naively(self, rows: Dicts, images: list[Any], pairing: Pairing) -> bool:
        """As most programs do it: ids as they are. Says whether that is refused, which is no fault here."""
        if not pairing.renumbered:
            return not {row["image_id"] for row in rows} <= set(self.truth.imgs)
        try:
            self._by_id(rows, images)
        except (AssertionError, LookupError, TypeError, ValueError) as fault:
            self.tell({"refused": _words(fault)})
        return True

    def _by_id(self, rows: Dicts, images: list[Any], pairing: Pairing | None = None) -> evaluation.Score:
        known, wanted = set(self.truth.imgs), set(images)
        here = [row for row in rows if row["image_id"] in wanted or row["image_id"] not in known]
        return self._score(pairing.words if pairing else "id", here, images, pairing)

    def _by_name(self, named: Dicts, images: list[Any], pairing: Pairing) -> evaluation.Score:
        wanted = set(images)
        return self._score(pairing.words, [row for row in named if row["image_id"] in wanted], images, pairing)

    def _score(self, words: str, rows: Dicts, images: list[Any], pairing: Pairing | None) -> evaluation.Score:
        self.phase("loadRes() and COCOeval")
        score = evaluation.evaluate(self.truth, rows, images) if rows else evaluation.Score(None, None)
        counts = {"images": len(images), "of": len(self.tables.images), "rows": len(rows)}
        self.tell({"score": {"words": words, **asdict(score), **counts, **_renumbered(pairing)}})
        return score

    def _read_otherwise(self, rows: Dicts, images: list[Any]) -> None:
        """AP near 0: see whether other categories or another reading of the boxes explain it."""
        wanted = set(images)
        guess = [row for row in rows if row["image_id"] in wanted]
        truth = [row for row in self.tables.rows if row["image_id"] in wanted]
        if min(len(guess), len(truth)) < ENOUGH:
            return
        best: tuple[float, str, str] = (0.0, "", "")
        for kind, words, turned, found in self._explanations(truth, guess):
            if found:
                score = evaluation.evaluate(turned, found, images, categories=kind != "categories")
                now = (score.ap50 or 0.0, kind, words)
                best = now if now[0] > best[0] * CLEARLY else best
        self.tell({"reading": {"kind": best[1], "words": best[2], "ap50": best[0]}})

    def _explanations(self, truth: Dicts, guess: Dicts) -> Iterator[tuple[str, str, Any, Dicts]]:
        """What is tried, its kind and words, as ground truth and predictions."""
        yield "categories", "without regard to categories", self.truth, guess
        for words, turned in readings(truth, guess, self.tables.images):
            yield "predictions", words, self.truth, turned
        for words, turned in forms(truth):
            tables = Tables(self.tables.images, self.tables.categories, turned)
            yield "annotations", words, evaluation.from_tables(tables), guess


def _renumbered(pairing: Pairing | None) -> dict[str, Any]:
    """How many names have another id in the other file, and the first few with both ids."""
    both = [pairing.images.renumbered, pairing.categories.renumbered] if pairing else [(), ()]
    return {"renumbered": [len(one) for one in both], "examples": [one[:SHOWN] for one in both]}


if __name__ == "__main__":
    main()
