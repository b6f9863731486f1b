"""The facts that checks share: each is fetched once, and only when a check asks for it."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from s3doctor.activity import Activity
from s3doctor.connection import ANNOTATIONS, PREDICTIONS, masked
from s3doctor.dataset import DatasetContext
from s3doctor.facts import Memo, fact, known
from s3doctor.footprints import Footprints
from s3doctor.s3 import probes
from s3doctor.s3.client import S3
from s3doctor.s3.servers import Server, recognise
from s3doctor.spool import Spool

if TYPE_CHECKING:
    from s3doctor.cluster import Cluster
    from s3doctor.connection import Connection
    from s3doctor.inventory import Inventory, Source
    from s3doctor.model import PermissionMap
    from s3doctor.s3.answer import Answer

MANY_DATASETS = 10
DIRECTORY_PAGES = 5
MARKED = 20
"""How many answers are looked at for the marks of a known server."""
VANTAGE = (
    "This holds for this network and this minute. A policy may treat other addresses differently, and a change in IAM "
    "takes a minute or more to arrive everywhere."
)
ONLY_THE_PLATFORM = (
    "Only the platform itself can show that its own network reaches the bucket and that its import accepts the data."
)
CANDIDATES = 50
MOST_SECONDS_SHARED = 600.0


@dataclass(frozen=True)
class Location:
    """What an anonymous HEAD tells of a bucket. `exists` is None and `region` empty where it tells nothing."""

    bucket: str
    answer: Answer
    exists: bool | None
    region: str


@dataclass(frozen=True)
class Caller:
    """Whose key it is, from GetCallerIdentity: account id, ARN, and user name (empty for what is no IAM user)."""

    account: str
    arn: str

    @property
    def user(self) -> str:
        """The name of the IAM user, without its path."""
        return self.arn.rpartition("/")[2] if ":user/" in self.arn else ""

    @property
    def is_root(self) -> bool:
        """Whether it is the account's root user."""
        return self.arn.endswith(":root")


@dataclass(frozen=True)
class Directory:
    """One level of the bucket below `prefix`: names of directories and of files, without the prefix.

    `complete` is False where there was more than was looked at; `answer` is the last page's.
    """

    prefix: str
    directories: tuple[str, ...]
    files: tuple[str, ...]
    complete: bool
    answer: Answer

    @property
    def exists(self) -> bool:
        """Whether there is anything at all."""
        return bool(self.directories or self.files)


class Context:
    """The facts about one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.stop = threading.Event()
        self.started = datetime.now(timezone.utc)
        self.footprints = Footprints()
        self.activity = Activity()
        self.spool = Spool()
        self.closing = ExitStack()
        self.permission_maps: dict[str, PermissionMap] = {}
        self.ends = time.monotonic() + connection.timeout
        self._memo = Memo()
        self._noticed: list[str] = []
        self.s3 = S3(connection, self.stop, self.seconds_left)

    def seconds_left(self) -> float:
        """How much of the time limit is left, in seconds; negative once it is over."""
        return self.ends - time.monotonic()

    def early_end(self, share: float) -> float:
        """A value of `time.monotonic()`: when to stop so that this share of the time limit is left to judge by.

        Of a limit of more than ten minutes it is the share of ten minutes.
        """
        return self.ends - share * min(self.connection.timeout, MOST_SECONDS_SHARED)

    @property
    def subject(self) -> tuple[tuple[str, str], ...]:
        """What is examined, as names and values to show."""
        given = self.connection
        pairs = [
            ("bucket", given.bucket),
            ("dataset", ", ".join(given.datasets)),
            ("set-up", given.setup.value),
            ("metadata bucket", given.metadata_bucket),
            ("endpoint", given.endpoint_url),
            ("access key ID", masked(given.credentials.access_key_id) if given.credentials.access_key_id else ""),
            ("key of", self._owner_of_key),
        ]
        return tuple((name, value) for name, value in pairs if value)

    @property
    def _owner_of_key(self) -> str:
        """The ARN of the key's user, if the examination came to ask for it."""
        told: Answer | None = known(self, "identity")
        return str(told.data.get("Arn", "")) if told is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the verdicts."""
        return (*self.connection.notes, *self.connection.credentials.notes, *self._noticed, VANTAGE, ONLY_THE_PLATFORM)

    def notice(self, note: str) -> None:
        """Have the report tell this beside the verdicts."""
        self._noticed.append(note)

    def prepare(self) -> None:
        """Open what the connection names besides the bucket. Raises BadInput where it cannot be used."""
        if self.connection.inventory:
            with suppress(OSError):  # the checks that need it say so
                self.inventory  # noqa: B018 - found out once, and remembered
        if self.connection.dask:
            self.cluster  # noqa: B018 - as above

    @fact
    def inventory(self) -> Source:
        """The S3 Inventory that stands in the place of listings."""
        from s3doctor.inventory.facts import source_of

        return source_of(self)

    @fact
    def inventories(self) -> dict[str, Inventory]:
        """The inventory's objects below the images of each dataset, by that prefix."""
        from s3doctor.inventory.facts import loaded

        return loaded(self)

    @fact
    def cluster(self) -> Cluster:
        """The Dask cluster whose workers open the images. Raises BadInput where there is none."""
        from s3doctor.cluster import Cluster

        cluster = Cluster(self.connection.dask, self.seconds_left())
        self.closing.callback(cluster.close)
        warning = (
            f"The access key goes to the Dask workers at {cluster.address} unencrypted; over networks that others "
            "share, use a cluster with tls://."
        )
        self._noticed += [] if cluster.encrypted else [warning]
        return cluster

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets of the set-up, the data bucket first."""
        extra = self.connection.metadata_bucket
        return (
            (self.connection.bucket, extra) if extra and extra != self.connection.bucket else (self.connection.bucket,)
        )

    @fact
    def identity(self) -> Answer:
        """The answer to GetCallerIdentity."""
        return probes.identity(self.s3)

    @property
    def caller(self) -> Caller | None:
        """Whose key it is; None where nobody told."""
        data = self.identity.data
        return Caller(data["Account"], data["Arn"]) if self.identity.ok and "Arn" in data else None

    @fact
    def all_buckets(self) -> Answer:
        """The answer to ListBuckets, which a key for the platform should not be allowed."""
        return probes.buckets(self.s3)

    def location(self, bucket: str) -> Location:
        """Whether and where the bucket is, as far as a HEAD without credentials tells."""
        return self._memo.get(("location", bucket), lambda: self._locate(bucket))

    def _locate(self, bucket: str) -> Location:
        answer = probes.head_anonymously(self.s3, bucket)
        region = answer.headers.get("x-amz-bucket-region", "")
        if region:
            self.s3.regions[bucket] = region
        exists = {200: True, 301: True, 400: True, 403: True, 404: False}.get(answer.http or 0)
        return Location(bucket, answer, exists if answer.from_s3 or region else None, region)

    @property
    def server(self) -> Server:
        """Which S3 server answers, by the marks on any of its answers."""
        endpoint = self.connection.endpoint_url
        answers = (self.location(self.connection.bucket).answer, *self.s3.requests[:MARKED])
        known = (recognise(answer, endpoint) for answer in answers)
        return next((server for server in known if server is not Server.OTHER), Server.OTHER)

    def listed(self, bucket: str, prefix: str) -> Answer:
        """One key under the prefix: shows whether the key may list there."""
        self.location(bucket)
        return self._memo.get(("listed", bucket, prefix), lambda: probes.list_page(self.s3, bucket, prefix, max_keys=1))

    def directory(self, bucket: str, prefix: str) -> Directory:
        """What lies directly under the prefix, up to some thousand names."""
        self.location(bucket)
        return self._memo.get(("directory", bucket, prefix), lambda: self._look_into(bucket, prefix))

    def _look_into(self, bucket: str, prefix: str) -> Directory:
        directories: list[str] = []
        files: list[str] = []
        token = ""
        for _ in range(DIRECTORY_PAGES):
            answer = probes.list_page(self.s3, bucket, prefix, delimiter="/", token=token)
            page = answer.data
            directories += [entry["Prefix"][len(prefix) :].rstrip("/") for entry in page.get("CommonPrefixes", ())]
            files += [entry["Key"][len(prefix) :] for entry in page.get("Contents", ())]
            token = page.get("NextContinuationToken", "")
            if not token:
                break
        complete = answer.ok and not answer.data.get("IsTruncated")
        return Directory(prefix, tuple(directories), tuple(filter(None, files)), complete, answer)

    @fact
    def found(self) -> tuple[str, ...]:
        """The names of the datasets in the bucket: directories that hold one of the two files, or else any."""
        top = self.directory(self.connection.bucket, "")
        own = self.connection.metadata_dir
        names = [name for name in top.directories if name != own][:CANDIDATES]
        if len(names) < 2:  # noqa: PLR2004 - one directory has no rivals
            return tuple(names)
        holding = [name for name in names if self._holds_a_file(name)]
        return tuple(holding or names)

    def _holds_a_file(self, name: str) -> bool:
        files = self.directory(self.connection.bucket, f"{name}/").files
        return any(file.lower() in (ANNOTATIONS, PREDICTIONS) for file in files)

    @fact
    def datasets(self) -> tuple[DatasetContext, ...]:
        """The datasets to examine: those named, else those found; one without a name where there is none."""
        names = self.connection.datasets
        if not names and self.connection.credentials.access_key_id:
            names = self.found[:MANY_DATASETS]
            if len(self.found) > MANY_DATASETS:
                self._noticed.append(
                    f"{len(self.found)} datasets were found and the first {MANY_DATASETS} examined; "
                    "name others with --dataset."
                )
        return tuple(self.dataset(name) for name in names or ("",))

    def dataset(self, name: str) -> DatasetContext:
        """The facts about one dataset."""
        return self._memo.get(("dataset", name), lambda: DatasetContext(self, name))
