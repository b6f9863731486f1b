"""What the customer gave us: a key, a bucket, a dataset and the set-up that they followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

DEFAULT_METADATA_DIR = "metadata"
ANNOTATIONS = "annotations.json"
PREDICTIONS = "predictions.json"


class BadInput(ValueError):  # noqa: N818 - not s3doctor's error but what was given to it
    """What was given cannot be used. The message is one line that names the thing and says what was expected."""


class Setup(str, Enum):
    """The three set-ups of the platform's page: its sections 3.1, 3.1 + 3.2.1 and 3.2.2."""

    READ_ONLY = "read-only"
    METADATA_BUCKET = "metadata-bucket"
    SINGLE_BUCKET = "single-bucket"

    @property
    def writes(self) -> bool:
        """Whether the platform keeps its metadata in a bucket of the customer's."""
        return self is not Setup.READ_ONLY


class Secret:
    """A text that no repr, log or format shows."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for signing only."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)


def masked(access_key_id: str) -> str:
    """An access key ID as reports may show it: its first four and last four characters."""
    return f"{access_key_id[:4]}…{access_key_id[-4:]}" if len(access_key_id) > 8 else "…"  # noqa: PLR2004


@dataclass(frozen=True)
class Credentials:
    """An access key. `source` says in words where it came from; `notes` what was tidied up on the way."""

    access_key_id: str = ""
    secret_access_key: Secret = field(default_factory=lambda: Secret(""))
    session_token: Secret = field(default_factory=lambda: Secret(""))
    source: str = ""
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Credentials({masked(self.access_key_id)}, source={self.source!r})"


@dataclass(frozen=True)
class Connection:
    """All that an examination needs to know. `timeout` is in seconds and holds for the whole run.

    `datasets` and `images` are names without slashes at the ends; empty means: find out. `origins` are the web
    origins that must be able to read; empty means any (`*`). `write` False forbids every write. `pictures` tells how
    many images are opened: `all`, `none`, or `sample:N`. `max_objects` ends the listing of images early.
    `inventory` is the manifest of an S3 Inventory to read in the place of a listing: an s3 URI or a path. `dask` is the
    address of a Dask scheduler whose workers open the images.
    """

    bucket: str
    credentials: Credentials = field(default_factory=Credentials)
    datasets: tuple[str, ...] = ()
    images: str = ""
    username: str = ""
    region: str = ""
    endpoint_url: str = ""
    setup: Setup = Setup.READ_ONLY
    metadata_bucket: str = ""
    metadata_dir: str = DEFAULT_METADATA_DIR
    origins: tuple[str, ...] = ()
    write: bool = True
    timeout: float = 300.0
    pictures: str = "sample:100"
    max_objects: int | None = None
    inventory: str = ""
    dask: str = ""
    notes: tuple[str, ...] = ()

    @property
    def browsed_bucket(self) -> str:
        """The bucket that holds the metadata; the data bucket where there is no other."""
        return self.metadata_bucket if self.setup is Setup.METADATA_BUCKET else self.bucket

    def metadata_prefix(self, dataset: str) -> str:
        """Where the platform writes: `{metadata_dir}/` in a metadata bucket, else `{dataset}/{metadata_dir}/`."""
        if self.setup is Setup.METADATA_BUCKET:
            return f"{self.metadata_dir}/"
        return f"{dataset}/{self.metadata_dir}/"
