"""Mends in COCO files what has one right answer, says what it changed, and passes nothing that is still broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from s3doctor.coco.fixing import images, rows, shapes
from s3doctor.coco.fixing.changes import Change, Changes, UnfixableError
from s3doctor.coco.fixing.ids import fix_ids, fix_row_ids, refer
from s3doctor.coco.fixing.mends import DOUBTFUL
from s3doctor.coco.fixing.reading import LARGEST, read
from s3doctor.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LARGEST", "Change", "Fixed", "Options", "UnfixableError", "fix"]

LISTS = ("images", "annotations", "categories")


@dataclass(frozen=True)
class Options:
    """How to mend.

    `role` is annotations, predictions, or empty: told by the file. `target` is the reader to write for, platform or
    pycocotools. `boxes` says what they are: xywh, xyxy (corners), or empty: xywh, unless they look otherwise. `strip`
    and `add` are prefixes of file names. `size_of` gives the width and height of a picture by its file name, None where
    it is not known.
    """

    role: str = ""
    target: str = "platform"
    boxes: str = ""
    strip: str = ""
    add: str = ""
    size_of: Callable[[str], tuple[int, int] | None] | None = None


@dataclass(frozen=True)
class Fixed:
    """A mended file: its bytes, its role, what was changed, and the findings of the examination that remain.

    `sound` says whether nothing is left that `s3doctor coco` would fail.
    """

    data: bytes
    role: str
    changes: tuple[Change, ...]
    remaining: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The faults that are left and have no one right answer."""
        return tuple(one for one in self.remaining if one.severity is Severity.ERROR)

    @property
    def sound(self) -> bool:
        """Whether there are no such faults."""
        return not self.errors


def fix(data: bytes, options: Options | None = None, annotations: bytes | None = None) -> Fixed:
    """Mend the bytes of a file; `annotations` are the ground truth's, for predictions.

    Nothing is guessed: a fault without one right answer stays, and is among what `remaining` tells. Raises
    UnfixableError where the file cannot be read as COCO at all, or where ids are ambiguous.
    """
    options, changes = options or Options(), Changes()
    document = read(data, changes)
    role = options.role or _role(document)
    if role == "annotations":
        document = _annotations(document, options, changes)
    else:
        document = _predictions(document, options, annotations, changes)
    made = tuple(changes)
    text = _written(document) if made else data
    return Fixed(text, role, made, _examined(text, role, options.target, annotations))


def _role(document: Any) -> str:  # noqa: ANN401 - a value of JSON
    """What the file is: rows that all have a score are predictions, under whatever key they stand."""
    if isinstance(document, list) or not isinstance(document, dict) or "predictions" in document:
        return "predictions"
    found = document.get("annotations")
    scored = isinstance(found, list) and found and all(isinstance(row, dict) and "score" in row for row in found)
    return "predictions" if scored or found is None else "annotations"


def _refuse_other(value: Any, where: str) -> None:  # noqa: ANN401 - a value of JSON
    """Raises UnfixableError for what is not a list of objects."""
    if not isinstance(value, list):
        raise UnfixableError(f"{where} is not a list")
    wrong = next((index for index, one in enumerate(value) if not isinstance(one, dict)), None)
    if wrong is not None:
        raise UnfixableError(f"{where}/{wrong} is not an object")


def _annotations(document: Any, options: Options, changes: Changes) -> Any:  # noqa: ANN401 - a value of JSON
    if not isinstance(document, dict):
        raise UnfixableError("the file is not an object with images, annotations and categories")
    for name in LISTS:
        _refuse_other(document.get(name), f"/{name}")
    found = document["annotations"]
    _tables(document, found, "/annotations", options, changes)
    fix_row_ids(found, "/annotations", changes)
    _boxes(document, found, "/annotations", options, changes)
    rows.fix_areas(found, "/annotations", changes)
    rows.fix_crowds(found, "/annotations", changes)
    return document


def _tables(document: Any, found: Any, pointer: str, options: Options, changes: Changes) -> None:  # noqa: ANN401 - JSON
    """Images and categories, and the references of the rows."""
    images.fix_prefix(document["images"], options.strip, options.add, changes)
    if options.size_of:
        images.fill_sizes(document["images"], options.size_of, changes)
    for table, key in (("images", "image_id"), ("categories", "category_id")):
        refer(found, key, fix_ids(document[table], table, changes), pointer, changes)


def _boxes(document: Any, found: Any, pointer: str, options: Options, changes: Changes) -> None:  # noqa: ANN401 - JSON
    if options.boxes == "xyxy":
        rows.from_corners(found, pointer, changes)
    elif not options.boxes:
        _refuse_doubtful(document, pointer)
    rows.clip(found, document["images"], pointer, changes)


def _refuse_doubtful(document: Any, pointer: str) -> None:  # noqa: ANN401 - JSON
    """Raises UnfixableError where boxes look like something else: cutting them off would hide that."""
    from s3doctor.coco import examine_annotations, examine_predictions

    examine = examine_annotations if pointer == "/annotations" else examine_predictions
    for finding in examine(_written(document)).findings:
        if finding.code in DOUBTFUL:
            raise UnfixableError(
                f"{finding.summary}; say --xyxy if they are [x1, y1, x2, y2], --xywh if they are [x, y, width, height]"
            )


def _predictions(document: Any, options: Options, annotations: bytes | None, changes: Changes) -> Any:  # noqa: ANN401 - JSON
    truth = None if annotations is None else _truth(annotations)
    if isinstance(document, list):
        _refuse_other(document, "")
    elif not isinstance(document, dict):
        raise UnfixableError("the file is neither an object nor a list of predictions")
    elif options.target == "pycocotools" and truth is None:
        document = {"images": [], "categories": [], **document}
    bare = isinstance(document, list)
    if bare and options.target == "pycocotools" and truth is None:
        document = {"images": [], "categories": [], "predictions": document}
    else:
        document = as_platform(document, truth, Changes() if options.target == "pycocotools" else changes)
    found = document["predictions"]
    _tables(document, found, "/predictions", options, changes)
    if truth:
        shapes.match_tables(document, truth, changes)
    fix_row_ids_if_any(found, changes)
    _boxes(document, found, "/predictions", options, changes)
    if options.target != "pycocotools":
        return document
    return found if bare else shapes.as_list(document, changes)


def as_platform(document: Any, truth: dict[str, Any] | None, changes: Changes) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The platform's shape, each of its lists being one of objects. Raises UnfixableError."""
    made = shapes.as_object(document, truth, changes)
    for name in ("images", "categories", "predictions"):
        _refuse_other(made[name], f"/{name}")
    return made


def fix_row_ids_if_any(found: list[dict[str, Any]], changes: Changes) -> None:
    """Number predictions where any has an id, as they need none."""
    if any("id" in row for row in found):
        fix_row_ids(found, "/predictions", changes)


def _truth(data: bytes) -> dict[str, Any]:
    """The ground truth's tables, which must be sound: only its ids are taken. Raises UnfixableError."""
    try:
        document = read(data, Changes())
        if not isinstance(document, dict):
            raise UnfixableError("it is not an object")  # noqa: TRY301 - told with the file's name below
        for name in ("images", "categories"):
            _refuse_other(document.get(name), f"/{name}")
            changes = Changes()
            fix_ids(document[name], name, changes)
            if tuple(changes):
                raise UnfixableError(f"ids of its {name} are no whole numbers")  # noqa: TRY301 - as above
    except UnfixableError as fault:
        raise UnfixableError(f"the annotations must be mended first: {fault}") from fault
    return document


def _written(document: Any) -> bytes:  # noqa: ANN401 - a value of JSON
    """JSON in UTF-8; text that UTF-8 cannot hold (lone surrogates) stays escaped. Raises UnfixableError."""
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(document, allow_nan=False).encode()
    except RecursionError as fault:
        raise UnfixableError("values are nested too deeply to be written") from fault


def _examined(data: bytes, role: str, target: str, annotations: bytes | None) -> tuple[Finding, ...]:
    """All findings about the file as it is now, and between it and the ground truth."""
    from s3doctor.coco import examine

    if role == "annotations":
        return examine(data, target=target).findings
    examined = examine(annotations, data, target=target)
    return (*(examined.predictions.findings if examined.predictions else ()), *examined.across)
