"""An upload in parts: making one, and getting rid of one that was not ended, with no more rights than it took."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from s3doctor.checks.removing import left_nothing, remove, version_of
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

THROTTLED, DENIED = 503, 403
NOTE = "s3doctor is uploading an object of this name in parts, and removes it at once. UploadId: {}\n"
NOTE_BYTES = 2048
"""More than any object of ours has."""
_NOTED = re.compile(re.escape(NOTE).replace(r"\{\}", r"(\S{1,1900})").encode())
LAST_WORD = b"s3doctor"
"""What an upload is ended with where it may not be aborted."""


def in_parts(dataset: DatasetContext, bucket: str, key: str, body: bytes) -> list[Answer]:
    """An upload of one part, and the batch request to delete: what the platform does with more than 8 MiB.

    Until it is complete, an object of the same name notes its id: a run that is killed leaves an upload which no
    documented action lists, and the next run finds it by that note.
    """
    steps: list[Answer] = []
    notes: list[Answer] = []
    dataset.context.footprints.planned(bucket, key)
    try:
        steps.append(probes.begin_upload(dataset.s3, bucket, key))
        if upload := steps[0].data.get("UploadId", ""):
            notes.append(probes.put_new(dataset.s3, bucket, key, NOTE.format(upload).encode()))
            steps.append(probes.upload_part(dataset.s3, bucket, key, upload, body))
        if etag := steps[-1].data.get("ETag", ""):
            steps.append(probes.complete_upload(dataset.s3, bucket, key, upload, etag))
    finally:
        steps += _clear(dataset, bucket, key, steps, notes)
    return steps


def _clear(dataset: DatasetContext, bucket: str, key: str, steps: list[Answer], notes: list[Answer]) -> list[Answer]:
    """Remove what the steps of an upload made, as far as they came: the object, the parts, or whichever it may be."""
    footprints = dataset.context.footprints
    if not steps or left_nothing(steps[0]) or steps[0].http == THROTTLED:
        footprints.gone(bucket, key)
        return []
    last, upload = steps[-1], steps[0].data.get("UploadId", "")
    if not upload:
        footprints.kept(bucket, key, what="a multipart upload, if it began: no answer gave its id")
        return []
    completing = last.operation == "CompleteMultipartUpload"
    if completing and last.ok:
        return remove(dataset, bucket, key, version_of(last), probes.delete_batch)
    made = [*notes, last] if completing and last.code != "NoSuchUpload" else notes
    there = any(not left_nothing(answer) for answer in made) or last.code == "NoSuchUpload"
    abandon(dataset, bucket, key, upload, also_object=there)
    return []


def abandon(dataset: DatasetContext, bucket: str, key: str, upload: str, *, also_object: bool) -> None:
    """Throw an unfinished upload of ours away, then the object of that name. What stays is noted as left over.

    Aborting is not among the documented permissions. Where it is refused the upload is ended instead, which takes no
    more than writing, and the object that comes of it removed.
    """
    footprints = dataset.context.footprints
    answer = probes.abort_upload(dataset.s3, bucket, key, upload)
    if answer.http == DENIED:
        answer = _ended(dataset, bucket, key, upload)
        also_object = also_object or not left_nothing(answer)
    if not answer.ok and answer.code != "NoSuchUpload":
        footprints.kept(bucket, key, what=f"multipart upload {upload}")
    if also_object:
        remove(dataset, bucket, key, version_of(answer))
    footprints.gone(bucket, key)


def _ended(dataset: DatasetContext, bucket: str, key: str, upload: str) -> Answer:
    """Make an object of the upload; the answer is that of the step at which it ended."""
    part = probes.upload_part(dataset.s3, bucket, key, upload, LAST_WORD, tidying=True)
    if not part.ok:
        return part
    return probes.complete_upload(dataset.s3, bucket, key, upload, part.data.get("ETag", ""), tidying=True)


def noted(body: bytes) -> str:
    """The id of the upload that an object of ours notes; empty where it notes none."""
    found = _NOTED.fullmatch(body)
    return found[1].decode("ascii", "ignore") if found else ""
