"""What the key may do where, found out with requests that change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s3doctor.connection import ANNOTATIONS, PREDICTIONS
from s3doctor.crew import Crew
from s3doctor.model import PermissionMap
from s3doctor.s3 import probes
from s3doctor.s3.denied import refuses

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

ACTIONS = ("list", "read", "write", "delete")
ALLOWED, DENIED, UNKNOWN, NOT_ASKED = "allowed", "denied", "unknown", "not asked"
AT_ONCE = 6
REFUSED, MISSING, PRECONDITION = 403, 404, 412


@dataclass(frozen=True)
class Place:
    """Somewhere in a bucket: a prefix that ends in a slash, the root (an empty key), or one of the two files."""

    name: str
    bucket: str
    key: str

    @property
    def is_file(self) -> bool:
        """Whether it is one object, not all below a prefix."""
        return bool(self.key) and not self.key.endswith("/")

    @property
    def shown(self) -> str:
        """The place as a report names it."""
        return f"{self.bucket}/{'(elsewhere)/' if self.name == 'outside' else self.key}"


@dataclass(frozen=True)
class Cell:
    """What the key may do in one place: `verdict` is allowed, denied, unknown or not asked."""

    place: Place
    action: str
    verdict: str
    answer: Answer | None = None


def places(dataset: DatasetContext) -> tuple[Place, ...]:
    """Where to look: all that the set-up needs, both shapes of the metadata directory, and what it does not need."""
    given, name = dataset.connection, dataset.bucket
    rows = [
        Place("root", name, ""),
        Place("dataset", name, dataset.prefix),
        Place("images", name, dataset.images_prefix),
        Place("annotations", name, dataset.prefix + ANNOTATIONS),
        Place("predictions", name, dataset.prefix + PREDICTIONS),
        Place("outside", name, f"{probes.random_name()}/"),
    ]
    if not dataset.images:
        rows.pop(2)
    if given.setup.writes:
        side = given.browsed_bucket
        shapes = (
            given.metadata_prefix(dataset.name),
            f"{given.metadata_dir}/",
            f"{dataset.prefix}{given.metadata_dir}/",
        )
        rows += [Place("metadata", side, key) for key in dict.fromkeys(shapes)]
    return tuple(rows)


def explore(dataset: DatasetContext) -> tuple[Cell, ...]:
    """Every cell of the map, asked several at once."""
    questions = [(place, action) for place in places(dataset) for action in ACTIONS]
    with Crew(AT_ONCE, "mapping") as pool:
        return tuple(pool.map(lambda question: _cell(dataset, *question), questions))


def _cell(dataset: DatasetContext, place: Place, action: str) -> Cell:
    if action == "list":
        return _list(dataset, place)
    return _read(dataset, place) if action == "read" else _change(dataset, place, action)


def _list(dataset: DatasetContext, place: Place) -> Cell:
    if place.is_file:
        return Cell(place, "list", NOT_ASKED)
    answer = dataset.context.listed(place.bucket, place.key)
    return Cell(place, "list", ALLOWED if answer.ok else _refusal(answer), answer)


def _read(dataset: DatasetContext, place: Place) -> Cell:
    """A missing name answers 404 where reading is allowed, and 403 where it is not, if the key may list there."""
    object_of = place.key if place.is_file else dataset.image_key if place.name == "images" else ""
    answer = dataset.reading(object_of) if object_of else dataset.allowed(place.key, place.bucket)
    if answer.ok or (answer.http == MISSING and dataset.context.server.tells_by_missing_keys):
        return Cell(place, "read", ALLOWED, answer)
    lists = place.is_file or dataset.context.listed(place.bucket, place.key).ok
    return Cell(place, "read", _refusal(answer) if lists or refuses(answer, "s3:GetObject") else UNKNOWN, answer)


def _change(dataset: DatasetContext, place: Place, action: str) -> Cell:
    """Asked only of random names: on a server that ignored the condition, nothing of the customer's would be hit."""
    server = dataset.context.server
    safe = server.honours_put_condition if action == "write" else server.honours_delete_condition
    if place.is_file or not dataset.connection.write:
        return Cell(place, action, NOT_ASKED)
    if not safe:
        return Cell(place, action, UNKNOWN)
    answer = dataset.changing(action, place.bucket, place.key)
    allowed = answer.http in (MISSING, PRECONDITION) and answer.code != "NoSuchBucket"
    return Cell(place, action, ALLOWED if allowed else _refusal(answer), answer)


def _refusal(answer: Answer) -> str:
    return DENIED if answer.http == REFUSED else UNKNOWN


def table(cells: tuple[Cell, ...]) -> PermissionMap:
    """The cells as the report shows them."""
    rows: dict[str, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell.place.shown, []).append(cell.verdict)
    return PermissionMap(ACTIONS, tuple((place, tuple(verdicts)) for place, verdicts in rows.items()))
