"""COCO files on this machine, under the names by which the checks know a dataset, and the checks that fit them."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from s3doctor.activity import Activity
from s3doctor.exhibits import Exhibits, gather_local
from s3doctor.facts import fact
from s3doctor.model import Report, Result, Status, skip
from s3doctor.remedies.mending import Files
from s3doctor.s3.listing_page import Entry
from s3doctor.spool import Kept, Spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from s3doctor.coco import Examination, FileExamination
    from s3doctor.coco.oracle import Consultation
    from s3doctor.coco.source import Source
    from s3doctor.model import Check
    from s3doctor.names.comparing import Comparison

__all__ = ["Folder", "LocalDataset", "LocalVisit"]

STDIN = "-"
GOOD = (Status.PASS, Status.WARN)


@dataclass(frozen=True)
class Folder:
    """The files below a directory as a listing: keys begin with the directory's own name and a slash."""

    path: Path
    error: None = None
    complete: bool = True
    seen: list[int] = field(default_factory=lambda: [0], compare=False)
    """How many files the latest walk has come upon until now."""

    @property
    def prefix(self) -> str:
        """The directory's name with a slash."""
        return f"{self.path.resolve().name}/"

    def __iter__(self) -> Iterator[tuple[str, int, str]]:
        """Key, size in bytes and an empty storage class of each file; a directory met twice is not entered again."""
        for number, entry in enumerate(self._files(), 1):
            self.seen[0] = number
            yield entry

    def _files(self) -> Iterator[tuple[str, int, str]]:
        entered: set[tuple[int, int]] = set()
        for place, folders, files in os.walk(self.path, followlinks=True):
            here = Path(place).stat()
            if (here.st_dev, here.st_ino) in entered:
                folders.clear()
                continue
            entered.add((here.st_dev, here.st_ino))
            folders.sort()
            below = Path(place).relative_to(self.path)
            for name in sorted(files):
                yield self.prefix + (below / name).as_posix(), _size(Path(place, name)), ""

    @cached_property
    def _sizes(self) -> tuple[int, int]:
        sizes = [size for _, size, _ in self]
        return len(sizes), sum(sizes)

    @property
    def count(self) -> int:
        """How many files there are."""
        return self._sizes[0]

    @property
    def size(self) -> int:
        """How many bytes they have together."""
        return self._sizes[1]

    def find(self, keys: Iterable[str]) -> Iterator[Entry]:
        """Those of the keys that are files below the directory; a key that leads out of it is none."""
        for key in keys:
            name = key.removeprefix(self.prefix)
            if name and not {"", ".", ".."} & set(name.split("/")) and (file := self.path / name).is_file():
                yield Entry(key, _size(file), "")

    def covers(self, key: str) -> bool:  # noqa: ARG002 - as a listing of S3 has it
        """Whether a file of this key, had it existed, would be here: yes."""
        return True


def _size(path: Path) -> int:
    """A file's size in bytes, 0 for a link that leads nowhere."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class _Counted:
    """An open file that knows how many of its bytes were read, and where it can be read again."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.path, self.count, self.size = path, 0, path.stat().st_size
        self._file = file

    def read(self, n: int, /) -> bytes:
        """At most n bytes; none at the end."""
        block = self._file.read(n)
        self.count += len(block)
        return block


@contextmanager
def _counted(path: Path) -> Iterator[_Counted]:
    with path.open("rb", buffering=0) as file:
        yield _Counted(file, path)


class LocalDataset:
    """The facts about files on this machine. Paths are as given, `-` is standard input; empty means not given.

    Facts raise OSError where a file cannot be read.
    """

    def __init__(self, annotations: str, predictions: str = "", images: str = "", target: str = "platform") -> None:
        self.paths = {"annotations": annotations, "predictions": predictions}
        self.images_path = images
        self.target = target
        self.spool = Spool()
        self.activity = Activity()
        self._kept: dict[str, Kept] = {}
        self._opened = ExitStack()

    def _source(self, which: str) -> Source:
        """A file as it is; what can be read only once as a stream of which a copy is kept."""
        given = self.paths[which]
        path = Path(given)
        if given != STDIN and path.is_file():
            return path
        stream = sys.stdin.buffer if given == STDIN else self._opened.enter_context(path.open("rb", buffering=0))
        self._kept[which] = self.spool.keep(stream)
        return self._kept[which]

    @contextmanager
    def _reading(self, which: str) -> Iterator[Source]:
        """A file to read, of which it is told how far it is read."""
        source = self._source(which)
        with ExitStack() as opened:
            counted = source if isinstance(source, Kept) else opened.enter_context(_counted(Path(self.paths[which])))
            opened.enter_context(
                self.activity.step(f"reading {self.paths[which]}", "MB", lambda: (counted.count, counted.size))
            )
            yield counted

    name = ""
    """A dataset on this machine needs no name: it is the only one."""

    @property
    def images(self) -> str:
        """The name of the images' directory."""
        return self.listing.prefix.rstrip("/")

    def stream(self, name: str) -> Source:
        """One of the two files, as `annotations.json` or `predictions.json`, whatever it is called here."""
        which = name.removesuffix(".json")
        if which in self._kept:
            return self._kept[which].path or b""
        return Path(self.paths[which])

    def picture(self, name: str, most: int) -> bytes | None:
        """The first `most` bytes of an image; None where it cannot be read."""
        try:
            with (Path(self.images_path) / name).open("rb") as file:
                return file.read(most)
        except OSError:
            return None

    def _path(self, which: str) -> Path | None:
        """The file itself, or the copy of what could be read only once."""
        return self._kept[which].path if which in self._kept else Path(self.paths[which])

    def close(self) -> None:
        """Let files go, and remove copies."""
        self._opened.close()
        self.spool.close()

    @property
    def files(self) -> Files:
        """Where the files are, as they were given; standard input is nowhere."""
        annotations, predictions = (path if path != STDIN else "" for path in self.paths.values())
        return Files(annotations, predictions, self.images_path)

    @fact
    def annotations(self) -> FileExamination:
        """What is in the annotations."""
        from s3doctor.coco import examine_annotations

        with self._reading("annotations") as source:
            return examine_annotations(source, target=self.target)

    @fact
    def predictions(self) -> FileExamination:
        """What is in the predictions."""
        from s3doctor.coco import examine_predictions

        truth = self.annotations
        with self._reading("predictions") as source:
            return examine_predictions(source, truth, target=self.target)

    @fact
    def examination(self) -> Examination:
        """What is in both files and between them."""
        from s3doctor.coco import Examination, compare

        across = compare(self.annotations, self.predictions, target=self.target)
        return Examination(self.annotations, self.predictions, across)

    @property
    def images_prefix(self) -> str:
        """The images' directory as a prefix of keys."""
        return self.listing.prefix

    @fact
    def listing(self) -> Folder:
        """The files below the images' directory."""
        return Folder(Path(self.images_path))

    @fact
    def comparison(self) -> Comparison:
        """The file names in the annotations against the files below the images' directory."""
        from s3doctor.names.comparing import compare

        names = [name for name in self.annotations.image_names if name]
        files = self.listing
        with self.activity.step(f"looking through {self.images_path}", "files", lambda: (files.seen[0], None)):
            return compare(names, files, self.images_prefix)

    @fact
    def loading(self) -> Consultation:
        """What pycocotools says of the annotations."""
        from s3doctor.coco import Examination
        from s3doctor.coco.oracle import consult

        with self.activity.step("asking pycocotools", ""):
            return consult(self._path("annotations"), examined=Examination(self.annotations))

    @fact
    def evaluation(self) -> Consultation:
        """What pycocotools says of both files."""
        from s3doctor.coco.oracle import consult

        examined = self.examination
        with self.activity.step("asking pycocotools", ""):
            return consult(self._path("annotations"), self._path("predictions"), examined=examined)


class LocalVisit:
    """One examination of local files: iterate over it for Results as they come, then ask for the report."""

    def __init__(self, dataset: LocalDataset, *, oracle: bool = True, pictures: int = 0) -> None:
        """`pictures` says how many images the report shall hold, with the boxes upon them."""
        self.dataset = dataset
        self._pictures = pictures
        self._exhibits = Exhibits()
        self._checks = tuple(_checks(dataset, oracle=oracle))
        self._results: dict[str, Result] = {}
        self._started = datetime.now(timezone.utc)
        self._began = time.monotonic()

    def __iter__(self) -> Iterator[Result]:
        """The Results in the catalogue's order. Raises OSError where a file cannot be read."""
        try:
            for check in self._checks:
                result = self._ask(check)
                self._results[check.code] = result
                yield result
            self._exhibits = gather_local(self.dataset, self._pictures)
        finally:
            self.dataset.close()

    def _ask(self, check: Check) -> Result:
        """The check's answer, or a skip that names the first cause; needs that only a bucket has are left out."""
        known = [self._results[need.code] for need in check.needs if need.code in self._results]
        unmet = next((result for result in known if result.status not in GOOD), None)
        if unmet is None:
            began = time.monotonic()
            outcome = check.run(self.dataset)
            return Result(check, outcome, milliseconds=(time.monotonic() - began) * 1000)
        first = unmet.blocked_by or unmet.code
        return Result(check, skip(f"not looked at: {first} comes first"), blocked_by=first)

    def report(self, *, interrupted: bool = False) -> Report:
        """What has been found out so far; everything, once the iteration is over."""
        paths = {**self.dataset.paths, "images": self.dataset.images_path, "target": self.dataset.target}
        return Report(
            tuple(self._results.values()),
            subject=tuple((name, "standard input" if path == STDIN else path) for name, path in paths.items() if path),
            started=self._started,
            seconds=time.monotonic() - self._began,
            interrupted=interrupted,
            notes=self._exhibits.notes,
            figures=self._exhibits.figures,
            plots=self._exhibits.plots,
            pictures=self._exhibits.pictures,
        )


def _checks(dataset: LocalDataset, *, oracle: bool) -> Iterator[Check]:
    """The checks of the catalogue that need no bucket."""
    from s3doctor.checks import annotations, images, predictions

    families = [annotations.FAMILY] + ([predictions.FAMILY] if dataset.paths["predictions"] else [])
    for family in families:
        yield from (one for one in family.checks if oracle or one not in (annotations.loads, predictions.evaluates))
    if dataset.images_path:
        yield images.names_have_objects
        yield images.objects_are_useful
