"""The shape of a predictions file, and the ground truth's numbering of images and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s3doctor.coco.fixing.changes import UnfixableError

if TYPE_CHECKING:
    from s3doctor.coco.fixing.changes import Changes
    from s3doctor.coco.fixing.ids import Dicts

__all__ = ["ROWS", "as_list", "as_object", "match_tables", "rows_key"]

ROWS = ("predictions", "annotations", "results", "detections")
KEPT = {"images": ("id", "file_name", "width", "height"), "categories": ("id", "name")}


def rows_key(document: dict[str, Any]) -> str:
    """Under which key the predictions stand. Raises UnfixableError where there is no such list."""
    found = next((key for key in ROWS if isinstance(document.get(key), list)), None)
    if found is None:
        raise UnfixableError(f"there is no list of predictions: expected one under {', '.join(ROWS)}")
    return found


def as_object(document: Any, truth: dict[str, Any] | None, changes: Changes) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Predictions as the platform reads them: an object with images, categories and predictions.

    Raises UnfixableError where lists are missing and there is no `truth` to take them from.
    """
    found = {"predictions": document} if isinstance(document, list) else dict(document)
    key = rows_key(found)
    if key != "predictions" or isinstance(document, list):
        changes.note("key", "" if isinstance(document, list) else f"/{key}", count=len(found[key]))
        renamed = {"predictions": found.pop(key)}
        found = {**found, **renamed}
    missing = [name for name in KEPT if not isinstance(found.get(name), list)]
    if missing and truth is None:
        raise UnfixableError(
            f"the predictions have no list of {' and '.join(missing)}: give the ground truth with --annotations"
        )
    for name in missing:
        rows = (truth or {}).get(name) or []
        found[name] = [{key: row[key] for key in KEPT[name] if key in row} for row in rows]
        changes.note("tables", f"/{name}", count=len(rows))
    return {name: found[name] for name in sorted(found, key=lambda name: name == "predictions")}


def as_list(document: dict[str, Any], changes: Changes) -> Dicts:
    """Predictions as pycocotools' `loadRes` reads them."""
    changes.note("list", "/predictions", count=len(document["predictions"]))
    rows: Dicts = document["predictions"]
    return rows


def match_tables(document: dict[str, Any], truth: dict[str, Any], changes: Changes) -> None:
    """Give images and categories of predictions the ids that the ground truth has for their names.

    What the ground truth does not have gets an id above all of its own. Raises UnfixableError where a name stands twice
    in one of the files.
    """
    for table, name, key, kind in (
        ("images", "file_name", "image_id", "image-ids-matched"),
        ("categories", "name", "category_id", "category-ids-matched"),
    ):
        new = _new_ids(
            _ids(document[table], table, name, "predictions"), _ids(truth[table], table, name, "annotations")
        )
        for index, row in enumerate(document[table]):
            old = row["id"]
            row["id"] = new[old]
            if new[old] != old:
                changes.note(kind, f"/{table}/{index}/id", old, new[old])
        for row in document["predictions"]:
            reference = row.get(key)
            if type(reference) is int:
                row[key] = new.get(reference, reference)


def _ids(rows: Dicts, table: str, name: str, file: str) -> dict[Any, int]:
    """The id of each name; a row without a name stands for itself."""
    found: dict[Any, int] = {}
    for index, row in enumerate(rows):
        key = row[name] if isinstance(row.get(name), str) and row[name] else (file, row["id"])
        if key in found:
            raise UnfixableError(f"/{table}/{index} of the {file} has a {name} that stands twice: {key!r}")
        found[key] = row["id"]
    return found


def _new_ids(mine: dict[Any, int], theirs: dict[Any, int]) -> dict[int, int]:
    highest = max((0, *theirs.values(), *mine.values()))
    made = {}
    for name, old in mine.items():
        if name in theirs:
            made[old] = theirs[name]
        elif old not in theirs.values():
            made[old] = old
        else:
            highest += 1
            made[old] = highest
    return made
