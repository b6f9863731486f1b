"""Sound COCO files of many shapes: what no rule may complain about."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from s3doctor.finding import Example

Doc = dict[str, Any]
ELEMENT = re.compile(r"/?(images|annotations|categories|predictions|)/(\d+)(/|$)")
NAMES = ("car", "bus", "bicycle", "person", "traffic light", "Hund")


@dataclass
class Pair:
    """A ground truth and predictions for it; `rng` lets a mutation pick its victim."""

    truth: Doc
    guess: Any
    rng: random.Random = field(repr=False)

    @property
    def rows(self) -> list[Doc]:
        """The annotations."""
        rows: list[Doc] = self.truth["annotations"]
        return rows

    def row(self) -> Doc:
        """Any annotation with a polygon."""
        return self.rng.choice([row for row in self.rows if isinstance(row["segmentation"], list)])

    def image(self) -> Doc:
        """Any image."""
        picked: Doc = self.rng.choice(self.truth["images"])
        return picked

    def image_of(self, row: Doc) -> Doc:
        """The image of an annotation."""
        return next(image for image in self.truth["images"] if image["id"] == row["image_id"])


def runs(row: Doc, image: Doc) -> Doc:
    """Uncompressed run lengths of the whole box."""
    x, y, w, h = (int(side) for side in row["bbox"])
    counts = [x * image["height"] + y, *[h, image["height"] - h] * (w - 1), h]
    return {
        "size": [image["height"], image["width"]],
        "counts": [*counts, image["height"] * image["width"] - sum(counts)],
    }


def compressed(counts: list[int]) -> str:
    """COCO's text form of run lengths (maskApi.c, rleToString)."""
    text = ""
    for index, count in enumerate(counts):
        rest = count - counts[index - 2] if index > 2 else count
        more = True
        while more:
            bits = rest & 0x1F
            rest >>= 5
            more = rest != (-1 if bits & 0x10 else 0)
            text += chr(48 + (bits | 0x20 if more else bits))
    return text


def make(  # noqa: PLR0917 - hypothesis fills them in
    seed: int, images: int, categories: int, step: int, indent: int | None, order: str
) -> Pair:
    """A sound pair. `step` spaces the ids, `order` says which list comes first."""
    rng = random.Random(seed)
    truth = _truth(rng, images, categories, step)
    truth = {key: truth[key] for key in (order, *(one for one in truth if one != order))}
    pair = Pair(truth, _guess(rng, truth), rng)
    pair.truth["info"] = {"indent": indent}
    return pair


def _truth(rng: random.Random, images: int, categories: int, step: int) -> Doc:
    pictures = [
        {
            "id": (one + 1) * step,
            "file_name": f"{rng.choice(['a', 'sub/b'])}_{one:03d}.jpg",
            "width": rng.randint(300, 400),
            "height": rng.randint(200, 280),
        }
        for one in range(images)
    ]
    kinds = [{"id": (one + 1) * step, "name": NAMES[one], "supercategory": "thing"} for one in range(categories)]
    rows: list[Doc] = []
    for picture in pictures:
        for place in range(rng.randint(max(1, -(-12 // images)), 4)):
            rows.append(_row(rng, picture, (len(rows) % categories + 1) * step, len(rows) + 1, place))
    return {"images": pictures, "annotations": rows, "categories": kinds}


def _row(rng: random.Random, picture: Doc, category: int, number: int, place: int) -> Doc:
    """A box in its own quarter of the picture, with a mask that fills most of it."""
    left, top = (place % 2) * picture["width"] // 2, (place // 2) * picture["height"] // 2
    w, h = rng.randint(60, picture["width"] // 2 - 20), rng.randint(50, picture["height"] // 2 - 20)
    x, y = left + rng.randint(2, 15), top + rng.randint(2, 15)
    row: Doc = {
        "id": number * 3,
        "image_id": picture["id"],
        "category_id": category,
        "bbox": [x, y, w, h],
        "iscrowd": 0,
    }
    if place == 3 and rng.random() < 0.7:
        mask = runs(row, picture)
        mask["counts"] = compressed(mask["counts"]) if rng.random() < 0.5 else mask["counts"]
        row |= {"segmentation": mask, "area": w * h, "iscrowd": 1}
    else:
        row |= {
            "segmentation": [[x, y + h / 4, x + w / 4, y, x + w, y, x + w, y + h, x, y + h]],
            "area": w * h - w * h / 32,
        }
    return row


def _guess(rng: random.Random, truth: Doc) -> Doc:
    """Predictions as the platform reads them: an object with its own tables."""
    rows = [
        {
            "id": number,
            "image_id": row["image_id"],
            "category_id": row["category_id"],
            "bbox": [side + rng.choice([1.25, 1.5, 2]) for side in row["bbox"]],
            "score": round(rng.uniform(0.01, 0.99), 3),
        }
        for number, row in enumerate(truth["annotations"], 1)
    ]
    images = [dict(image) for image in truth["images"]]
    return {"images": images, "categories": [dict(one) for one in truth["categories"]], "predictions": rows}


def sound() -> st.SearchStrategy[Pair]:
    """Sound pairs of many shapes."""
    return st.builds(
        make,
        seed=st.integers(0, 10_000),
        images=st.integers(3, 6),
        categories=st.integers(2, 5),
        step=st.integers(1, 7),
        indent=st.sampled_from([None, None, 1]),
        order=st.sampled_from(["images", "annotations", "categories"]),
    )


def written(document: Any, indent: int | None = None) -> bytes:
    """The bytes of a document."""
    if isinstance(document, bytes):
        return document
    return json.dumps(document, indent=indent).encode()


def holds(data: bytes, example: Example) -> bool:
    """Whether the element to which the pointer leads stands at the offset, and the line is its line."""
    assert example.offset is not None, example
    found = ELEMENT.match(example.where)
    assert found, example
    document = json.loads(data)
    element = (document[found[1]] if found[1] else document)[int(found[2])]
    stands, _ = json.JSONDecoder().raw_decode(data.decode()[example.offset :])
    return stands == element and example.line == data.count(b"\n", 0, example.offset) + 1
