"""pycocotools' own loading and its evaluation of boxes, on as many images as can be done in short time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from s3doctor.coco.oracle.tables import Dicts, Tables

__all__ = ["Score", "bounded", "evaluate", "from_file", "from_tables", "own"]

MOST_IMAGES = 1000
MOST_ROWS = 50_000


@dataclass(frozen=True)
class Score:
    """Average precision over IoU 0.50 to 0.95 and at 0.50; None where there was nothing to evaluate."""

    ap: float | None
    ap50: float | None


def from_file(path: Path) -> Any:  # noqa: ANN401 - pycocotools publishes no types
    """`COCO(path)`, which creates its index."""
    from pycocotools.coco import COCO

    return COCO(str(path))


def from_tables(tables: Tables) -> Any:  # noqa: ANN401 - as above
    """The same of what was read already."""
    from pycocotools.coco import COCO

    truth = COCO()
    truth.dataset = tables.document()
    truth.createIndex()
    return truth


def bounded(
    truth: Any,  # noqa: ANN401 - as above
    rows: Dicts,
    *,
    most_images: int = MOST_IMAGES,
    most_rows: int = MOST_ROWS,
) -> list[Any]:
    """Ids of images to evaluate: all, or so many that neither images nor rows on them are too many."""
    found: list[Any] = []
    cost = 0
    loads: dict[Any, int] = {}
    for row in rows:
        loads[row["image_id"]] = loads.get(row["image_id"], 0) + 1
    for one in sorted(truth.getImgIds(), key=_shuffled):
        cost += loads.get(one, 0) + len(truth.imgToAnns[one])
        if len(found) >= most_images or (found and cost > most_rows):
            break
        found.append(one)
    return found


def _shuffled(one: object) -> int:
    """An order that is the same in every run and has nothing to do with that of the file."""
    return zlib.crc32(str(one).encode("utf-8", "surrogatepass"))


def own(rows: Iterable[dict[str, Any]]) -> Dicts:
    """Copies that `loadRes` may change; masks, which nobody may have validated, are left out."""
    return [{key: value for key, value in row.items() if key != "segmentation"} for row in rows]


def evaluate(truth: Any, rows: Dicts, images: list[Any], *, categories: bool = True) -> Score:  # noqa: ANN401 - as above
    """Evaluate predictions on some images with at most 100 on each; without `categories` all are one class.

    Raises whatever `loadRes` and `COCOeval` raise.
    """
    from pycocotools.cocoeval import COCOeval

    run = COCOeval(truth, truth.loadRes(own(rows)), "bbox")
    run.params.imgIds = images
    run.params.useCats = int(categories)
    run.params.areaRng, run.params.areaRngLbl = [[0, 1e10]], ["all"]
    run.params.maxDets = [100]
    run.evaluate()
    run.accumulate()
    precision = run.eval["precision"]
    return Score(_mean(precision), _mean(precision[:1]))


def _mean(precision: Any) -> float | None:  # noqa: ANN401 - an array of pycocotools
    known = precision[precision > -1]
    return round(float(known.mean()), 6) if known.size else None
