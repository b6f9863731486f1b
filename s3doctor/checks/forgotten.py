"""What an earlier run left because it was killed: it is found again, told, and removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from s3doctor.checks.removing import remove, version_of
from s3doctor.checks.uploading import NOTE_BYTES, abandon, noted
from s3doctor.footprints import OWN_NAME, is_forgotten
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.dataset import DatasetContext
    from s3doctor.model import Outcome
    from s3doctor.s3.answer import Answer

AT_ONCE = 10


@dataclass(frozen=True)
class Forgotten:
    """What was found and removed: objects and unfinished uploads, both counted; the answers to their removal."""

    objects: int
    uploads: int
    answers: tuple[Answer, ...]

    def told_with(self, outcome: Outcome) -> Outcome:
        """The outcome, in which this is told as well."""
        counts = ((self.objects, "object"), (self.uploads, "unfinished upload"))
        things = " and ".join(f"{count} {what}{'s' * (count > 1)}" for count, what in counts if count)
        words = f"; removed {things} of an earlier run that was killed" if things else ""
        evidence = (*(answer.evidence for answer in self.answers), *outcome.evidence)
        return replace(outcome, summary=f"{outcome.summary}{words}", evidence=evidence)


def tidied_up(dataset: DatasetContext, bucket: str, prefix: str) -> Forgotten:
    """Look for what is ours and of a run that is over for certain, and remove it; what stays is left over.

    Uploads are seen by the notes that lie beside them, and where the key may list uploads in that list.
    """
    uploads = _listed(dataset, bucket, prefix)
    objects = _objects(dataset, bucket, prefix)
    uploads |= {key: noted(seen.body) for key, seen in objects.items() if noted(seen.body)}
    for key in (*uploads, *objects):
        dataset.context.footprints.planned(bucket, key)
    for key, upload in uploads.items():
        abandon(dataset, bucket, key, upload, also_object=False)
    answers = [one for key, seen in objects.items() for one in remove(dataset, bucket, key, version_of(seen))]
    return Forgotten(_removed(dataset, bucket, objects), _removed(dataset, bucket, uploads), tuple(answers))


def _listed(dataset: DatasetContext, bucket: str, prefix: str) -> dict[str, str]:
    """The ids of unfinished uploads by their keys, where the key may see them."""
    answer = probes.uploads(dataset.s3, bucket, prefix + OWN_NAME, at_most=AT_ONCE)
    found = answer.data.get("Uploads", ())
    return {entry["Key"]: entry["UploadId"] for entry in found if is_forgotten(entry["Key"])}


def _objects(dataset: DatasetContext, bucket: str, prefix: str) -> dict[str, Answer]:
    """What each object holds, by their keys."""
    page = probes.list_page(dataset.s3, bucket, prefix + OWN_NAME, max_keys=AT_ONCE)
    small = [entry["Key"] for entry in page.data.get("Contents", ()) if entry["Size"] <= NOTE_BYTES]
    ours = [key for key in small if is_forgotten(key)]
    return {key: probes.read(dataset.s3, bucket, key, last=NOTE_BYTES - 1) for key in ours}


def _removed(dataset: DatasetContext, bucket: str, keys: Iterable[str]) -> int:
    return sum(not dataset.context.footprints.keeps(bucket, key) for key in keys)
