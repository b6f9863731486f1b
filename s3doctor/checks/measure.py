"""Is it too much? What the key may do beyond what the set-up needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor import mapping
from s3doctor.checks import bucket, credentials
from s3doctor.checks.judging import policy
from s3doctor.checks.layout import dataset_exists
from s3doctor.connection import Setup
from s3doctor.model import Cause, Evidence, Outcome, check, passed, unknown, warn

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.mapping import Cell

SURPLUS = "A policy of the user names more objects or actions than this set-up needs."
VERBS = {"list": "list", "read": "read", "write": "write to", "delete": "delete from"}


@check(
    "PERM008",
    "the key may do no more than the set-up needs",
    needs=[credentials.valid, bucket.exists],
    unless_failed=[dataset_exists],
    section="3",
    actions=["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    per_dataset=True,
)
def no_more(dataset: DatasetContext) -> Outcome:
    """A key that is handed over should open what is needed and nothing else. What it may do is asked in each place with
    requests that change nothing; the table of permissions shows the answers."""
    cells = dataset.permissions
    dataset.context.permission_maps[dataset.name] = mapping.table(cells)
    evidence = [cell.answer.evidence for cell in cells if cell.answer is not None and _too_much(dataset, cell)]
    surplus = [f"{VERBS[cell.action]} {cell.place.shown}" for cell in cells if _too_much(dataset, cell)]
    others = _other_buckets(dataset)
    surplus += [f"see the names of other buckets ({', '.join(others)})"] if others else []
    if not surplus and _in_the_dark(cells):
        return unknown("without the permission to list, S3 does not say what else the key may read", needed=False)
    if not surplus:
        return passed("the key opens what is needed and nothing else that was tried", evidence=[_tried(cells)])
    return warn(
        f"the key may also {'; '.join(surplus)}",
        evidence=evidence,
        cause=Cause("too-much", f"Nothing is in the way of the platform. {SURPLUS}"),
        fix=policy(dataset.context, dataset.name),
    )


def _too_much(dataset: DatasetContext, cell: Cell) -> bool:
    """Reading or writing outside the dataset; in one bucket for all, the page's own policy opens the whole bucket."""
    if cell.verdict != mapping.ALLOWED or dataset.connection.setup is Setup.SINGLE_BUCKET:
        return False
    if cell.place.name == "metadata":
        return False
    if cell.action in ("write", "delete"):
        return cell.place.name in ("root", "outside")
    return cell.action == "read" and cell.place.name == "outside"


def _other_buckets(dataset: DatasetContext) -> list[str]:
    """Names of buckets that are not of this set-up, where the key may see such; any S3 but AWS shows a key its own."""
    if dataset.connection.endpoint_url:
        return []
    listed = dataset.context.all_buckets.data.get("Buckets", ())
    names = [str(entry["Name"]) for entry in listed if entry["Name"] not in dataset.context.buckets]
    return names[:3]


def _in_the_dark(cells: tuple[Cell, ...]) -> bool:
    """Whether the key may not even list: then a refusal to read may be one to list."""
    outside = {cell.action: cell.verdict for cell in cells if cell.place.name == "outside"}
    return outside["list"] == mapping.DENIED and outside["read"] == mapping.UNKNOWN


def _tried(cells: tuple[Cell, ...]) -> Evidence:
    asked = [cell for cell in cells if cell.verdict in (mapping.ALLOWED, mapping.DENIED)]
    return Evidence(f"{len(asked)} questions answered in {len({cell.place for cell in cells})} places")


CHECKS = (no_more,)
