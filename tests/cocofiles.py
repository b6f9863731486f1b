"""Small COCO files for tests: a sound pair, to be changed in one way."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

IMAGES, EACH = 20, 4
WIDTH, HEIGHT = 640, 480
NAMES = ("cat", "dog", "cow")


def truth() -> dict[str, Any]:
    """Sound ground truth: 20 images, 80 boxes of 3 categories that do not touch each other."""
    dice = random.Random(4)
    images = [
        {"id": one, "file_name": f"pic_{one:02}.jpg", "width": WIDTH, "height": HEIGHT} for one in range(1, IMAGES + 1)
    ]
    rows = []
    for number in range(IMAGES * EACH):
        width, height = dice.randint(40, 90), dice.randint(50, 160)
        box = [150 * (number % EACH) + dice.randint(0, 40), dice.randint(200, 300), width, height]
        rows.append(
            {
                "id": number + 1,
                "image_id": number // EACH + 1,
                "category_id": number % len(NAMES) + 1,
                "bbox": box,
                "area": width * height,
                "iscrowd": 0,
            }
        )
    categories = [{"id": number, "name": name} for number, name in enumerate(NAMES, 1)]
    return {"images": images, "annotations": rows, "categories": categories}


def guess() -> dict[str, Any]:
    """Predictions for it in the platform's shape: the same boxes, a pixel off, with scores; some are missing."""
    made = truth()
    dice = random.Random(5)
    rows = [
        {
            "id": number,
            "image_id": row["image_id"],
            "category_id": row["category_id"],
            "bbox": [row["bbox"][0] + 1, *row["bbox"][1:]],
            "score": round(dice.uniform(0.05, 0.99), 3),
        }
        for number, row in enumerate(made["annotations"][::2] + made["annotations"][1::4], 1)
    ]
    return {
        "images": [{"id": one["id"], "file_name": one["file_name"]} for one in made["images"]],
        "categories": made["categories"],
        "predictions": rows,
    }


def saved(path: Path, document: Any) -> Path:
    """The document as a file."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
