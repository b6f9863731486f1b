"""The facts about one dataset: what lies where, and what its two COCO files hold."""

from __future__ import annotations

import shlex
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from s3doctor.connection import ANNOTATIONS, PREDICTIONS, Setup
from s3doctor.facts import Memo, fact
from s3doctor.mapping import explore
from s3doctor.remedies.mending import Files
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from s3doctor.coco import Examination, FileExamination
    from s3doctor.coco.oracle import Consultation
    from s3doctor.connection import Connection
    from s3doctor.context import Context, Directory
    from s3doctor.inventory import Inventory
    from s3doctor.mapping import Cell
    from s3doctor.names.comparing import Comparison
    from s3doctor.pictures import Checked, Picture
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.client import S3
    from s3doctor.s3.listing import Entry, Listing
    from s3doctor.s3.reading import ObjectStream
    from s3doctor.spool import Kept

T = TypeVar("T")
DRAWN_FOR_ONE = 4
"""Names drawn for each picture to open: some have no object, and the others take their places."""
SECONDS_TO_SHOW = 5.0
"""With less time left than this, no picture is fetched to be shown."""
AFTER_LISTING, AFTER_PICTURES = 0.05, 0.02
"""The shares of the time limit that are left, at least, when images were listed and when they were opened."""
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")


def is_image(name: str) -> bool:
    """Whether the platform takes the object for an image: by these endings alone, in any case."""
    return name.lower().endswith(IMAGE_SUFFIXES)


class DatasetContext:
    """The facts about the dataset `name` of a connection. An empty name stands for: none was found."""

    def __init__(self, context: Context, name: str) -> None:
        self.context = context
        self.name = name
        self._memo = Memo()

    @property
    def connection(self) -> Connection:
        """What the customer gave us."""
        return self.context.connection

    @property
    def s3(self) -> S3:
        """The way to S3."""
        return self.context.s3

    @property
    def bucket(self) -> str:
        """The data bucket's name."""
        return self.connection.bucket

    @property
    def prefix(self) -> str:
        """The dataset's directory as a key prefix."""
        return f"{self.name}/"

    @fact
    def directory(self) -> Directory:
        """What lies directly in the dataset's directory."""
        return self.context.directory(self.bucket, self.prefix)

    @fact
    def images(self) -> str:
        """The name of the images directory: the one given, else the one that looks most like it, else empty."""
        if self.connection.images:
            return self.connection.images
        own = self.connection.metadata_dir if self.connection.setup is Setup.SINGLE_BUCKET else ""
        candidates = [name for name in self.directory.directories if name != own]
        if "images" in candidates or len(candidates) < 2:  # noqa: PLR2004 - one has no rivals
            return "images" if "images" in candidates else next(iter(candidates), "")
        holding = [name for name in candidates[:10] if self._holds_images(name)]
        return next(iter(holding or candidates))

    def _holds_images(self, name: str) -> bool:
        return any(map(is_image, self.context.directory(self.bucket, f"{self.prefix}{name}/").files))

    @property
    def images_prefix(self) -> str:
        """The images directory as a key prefix, with the slash that keeps `images_old/` out."""
        return f"{self.prefix}{self.images}/"

    @fact
    def listing(self) -> Listing | Inventory:
        """Every key below the images directory."""
        if self.connection.inventory:
            from s3doctor.inventory.facts import objects_of

            return objects_of(self.context, self.images_prefix)
        from s3doctor.s3.listing import list_keys

        self.context.location(self.bucket)
        with self.context.activity.step(f"listing {self.images_prefix}", "objects") as tell:
            return list_keys(
                self.s3.client(self.bucket),
                self.bucket,
                self.images_prefix,
                max_objects=self.connection.max_objects,
                stop=self.context.stop,
                deadline=self.context.early_end(AFTER_LISTING),
                on_progress=lambda progress: tell(progress.objects, progress.estimate),
            )

    @fact
    def image_key(self) -> str:
        """The key of one image, or empty where there is none among the first keys."""
        page = probes.list_page(self.s3, self.bucket, self.images_prefix, max_keys=100).data
        keys = [entry["Key"] for entry in page.get("Contents", ()) if entry["Size"]]
        return next(filter(is_image, keys), "")

    def reading(self, key: str) -> Answer:
        """The answer to a GET of the object's first byte."""
        self.context.location(self.bucket)
        return self._memo.get(("reading", key), lambda: probes.read(self.s3, self.bucket, key))

    def allowed(self, prefix: str, bucket: str = "") -> Answer:
        """The answer to a GET of a random name under the prefix: 404 shows that the key may read there, 403 not."""
        name = bucket or self.bucket
        self.context.location(name)
        return self._memo.get(
            ("allowed", name, prefix), lambda: probes.read(self.s3, name, prefix + probes.random_name())
        )

    def changing(self, action: str, bucket: str, prefix: str) -> Answer:
        """The answer to a write or delete of a random name under the prefix that cannot succeed."""
        probe = probes.put_impossible if action == "write" else probes.delete_impossible
        self.context.location(bucket)
        return self._memo.get(
            ("changing", action, bucket, prefix), lambda: probe(self.s3, bucket, prefix + probes.random_name())
        )

    @fact
    def permissions(self) -> tuple[Cell, ...]:
        """What the key may do where."""
        return explore(self)

    def once(self, key: tuple[object, ...], find_out: Callable[[], T]) -> T:
        """A fact with arguments, worked out when it is first asked for."""
        return self._memo.get(key, find_out)

    @property
    def files(self) -> Files:
        """The two files as they lie on this machine once they are fetched."""
        endpoint = [f"--endpoint-url={self.connection.endpoint_url}"] if self.connection.endpoint_url else []
        names = {"annotations": ANNOTATIONS, "predictions": PREDICTIONS}
        commands = {
            which: shlex.join(["aws", "s3", "cp", *endpoint, f"s3://{self.bucket}/{self.prefix}{name}", name])
            for which, name in names.items()
        }
        return Files(**names, fetch=tuple(commands.items()))

    @fact
    def annotations(self) -> FileExamination:
        """What is in annotations.json."""
        from s3doctor.coco import examine_annotations

        with self._reading(ANNOTATIONS) as source:
            return examine_annotations(source)

    def _kept(self, name: str) -> Kept:
        """The stream by which a file is examined; a copy stays on this machine until the end, for pycocotools."""
        return self._memo.get(("kept", name), lambda: self.context.spool.keep(self.stream(name)))

    def picture(self, name: str, most: int) -> bytes | None:
        """The first `most` bytes of an image, to be shown; None where they cannot be had, or time runs short."""
        from s3doctor.s3.objects import Objects

        if self.context.stop.is_set() or self.context.seconds_left() < SECONDS_TO_SHOW:
            return None
        try:
            return Objects(self.s3, self.bucket)(self.images_prefix + name)(0, most)
        except OSError:
            return None

    def stream(self, name: str) -> ObjectStream:
        """One of the two files, to be read from its first byte."""
        from s3doctor.s3.reading import ObjectStream

        self.context.location(self.bucket)
        return ObjectStream(
            self.s3.client(self.bucket),
            self.bucket,
            self.prefix + name,
            stop=self.context.stop,
            deadline=self.context.ends,
        )

    @fact
    def examination(self) -> Examination:
        """What is in both files and between them."""
        from s3doctor.coco import Examination, compare

        return Examination(self.annotations, self.predictions, compare(self.annotations, self.predictions))

    @fact
    def loading(self) -> Consultation:
        """What pycocotools says of annotations.json."""
        from s3doctor.coco import Examination

        return self._consult(Examination(self.annotations), ANNOTATIONS)

    @fact
    def evaluation(self) -> Consultation:
        """What pycocotools says of both files."""
        return self._consult(self.examination, ANNOTATIONS, PREDICTIONS)

    def _consult(self, examined: Examination, *names: str) -> Consultation:
        from s3doctor.coco.oracle import SECONDS, consult

        paths = [self._kept(name).path for name in names]
        return consult(
            *paths, examined=examined, seconds=min(SECONDS, self.context.seconds_left()), stop=self.context.stop
        )

    @fact
    def comparison(self) -> Comparison:
        """The file names in annotations.json against the keys below the images directory."""
        from s3doctor.names.comparing import compare

        names: Sequence[str] = self.annotations.image_names
        names = names if all(names) else [*filter(None, names)]
        beside = [f"{self.prefix}{name}/" for name in self.directory.directories if name != self.images]
        if self.connection.inventory and self.listing.complete:
            from s3doctor.inventory.facts import compared

            return compared(self.context, names, cast("Inventory", self.listing), beside)
        return compare(names, self.listing, self.images_prefix, folders=beside)

    @fact
    def predictions(self) -> FileExamination:
        """What is in predictions.json."""
        from s3doctor.coco import examine_predictions

        truth = self._truth
        with self._reading(PREDICTIONS) as source:
            return examine_predictions(source, truth)

    @contextmanager
    def _reading(self, name: str) -> Iterator[Kept]:
        """A file's bytes, of which it is told how many were read."""
        kept = self._kept(name)
        with self.context.activity.step(f"reading {self.prefix}{name}", "MB", lambda: (kept.count, kept.size)):
            yield kept

    @fact
    def pictures(self) -> Checked:
        """What the headers of the pictures show, of as many as were asked for."""
        from s3doctor.pictures import check_pictures
        from s3doctor.s3.objects import objects_for

        if self.connection.dask:
            return self._pictures_by_cluster()
        count, sampled = self._to_open()
        objects = objects_for(self.s3, self.bucket, count)
        with self.context.activity.step(f"opening {self.images_prefix}", "images") as tell:
            return check_pictures(
                objects,
                sampled,
                threads=objects.threads,
                stop=self.context.stop,
                deadline=self.context.early_end(AFTER_PICTURES),
                on_progress=lambda done: tell(done, count),
            )

    def _pictures_by_cluster(self) -> Checked:
        from s3doctor.cluster import check_on

        region = self.s3.regions.get(self.bucket) or self.connection.region
        count, sampled = self._to_open()
        with self.context.activity.step(f"opening {self.images_prefix}", "images") as tell:
            return check_on(
                self.context.cluster,
                replace(self.connection, region=region),
                sampled,
                seconds=max(0.0, self.context.early_end(AFTER_PICTURES) - time.monotonic()),
                stop=self.context.stop,
                on_progress=lambda done: tell(done, count),
            )

    def _to_open(self) -> tuple[int, Iterable[Picture]]:
        """How many pictures to open, and which: all of a listing are made as they are needed."""
        from s3doctor.inventory import Inventory

        if self.connection.pictures == "all" and not isinstance(self.listing, Inventory):
            from s3doctor.choosing import all_listed

            return self.comparison.present, all_listed(self.annotations.image_names, self.listing)
        sampled = self._sampled()
        return len(sampled), sampled

    def _sampled(self) -> list[Picture]:
        """The pictures to open: those of the file that are in the bucket, or a sample of them."""
        from s3doctor.names.platform import ARCHIVED
        from s3doctor.pictures import Picture, sample

        names, wanted = self.annotations.image_names, self.connection.pictures.rpartition(":")[2]
        number = int(wanted) if wanted.isdigit() else len(names)
        drawn = set(sample(names, DRAWN_FOR_ONE * number))
        rows = {name: row for row, name in enumerate(names) if name in drawn}
        keys = {self.images_prefix + name for name in rows}
        sizes = {e.key: e.size for e in self._listed(keys) if e.storage_class not in ARCHIVED}
        chosen = sample([name for name in rows if self.images_prefix + name in sizes], number)
        sizes = self._present_sizes(sizes, chosen)
        return [
            Picture(
                self.images_prefix + name,
                sizes[self.images_prefix + name],
                name,
                int(names.widths[rows[name]]) or None,
                int(names.heights[rows[name]]) or None,
            )
            for name in chosen
            if self.images_prefix + name in sizes
        ]

    def _listed(self, keys: set[str]) -> Iterable[Entry]:
        """The objects of these keys, which are some of those that the file names."""
        from s3doctor.inventory import Inventory

        listing = self.listing
        return listing.among_named(keys) if isinstance(listing, Inventory) else listing.find(keys)

    def _present_sizes(self, sizes: dict[str, int], names: list[str]) -> dict[str, int]:
        """The sizes of these images, as they are now where an inventory says what they were."""
        if not self.connection.inventory:
            return sizes
        from s3doctor.inventory.facts import sizes_now

        return sizes_now(self.context, sizes, [self.images_prefix + name for name in names])

    @property
    def _truth(self) -> FileExamination | None:
        """The ground truth, where it can be had: it lends its image sizes to the predictions."""
        from s3doctor.s3.reading import ReadError

        try:
            return self.annotations
        except ReadError:
            return None
