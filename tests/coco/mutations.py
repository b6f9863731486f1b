"""One fault for every rule: how to put it into a sound pair of files, and what cannot but come along with it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coco.made import compressed, runs, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from coco.made import Doc, Pair

ABSENT = object()
MUTATIONS: dict[str, Mutation] = {}


@dataclass(frozen=True)
class Mutation:
    """`change` alters the pair, or returns the bytes of the ground truth, or those of both files."""

    change: Callable[[Pair], Any]
    along: frozenset[str] = frozenset()
    target: str = "platform"
    results: bool = False

    def applied(self, pair: Pair) -> tuple[bytes, bytes]:
        """The bytes of both files."""
        made = self.change(pair)
        if isinstance(made, tuple):
            return made[0], made[1]
        guess = pair.guess["predictions"] if self.results and isinstance(pair.guess, dict) else pair.guess
        return made if isinstance(made, bytes) else written(pair.truth), written(guess)


def fault(
    code: str, *along: str, target: str = "platform", results: bool = False
) -> Callable[[Callable[[Pair], Any]], Callable[[Pair], Any]]:
    """Register a mutation. `results`: the predictions are a bare list."""

    def register(change: Callable[[Pair], Any]) -> Callable[[Pair], Any]:
        MUTATIONS[code] = Mutation(change, frozenset(along), target, results)
        return change

    return register


def put(place: Doc, name: str, value: object) -> None:
    """Set or remove a field."""
    if value is ABSENT:
        del place[name]
    else:
        place[name] = value


def on_row(code: str, name: str, value: object, *along: str, target: str = "platform") -> None:
    """A fault of one field of one annotation."""
    fault(code, *along, target=target)(lambda pair: put(pair.row(), name, value))


def on_image(code: str, name: str, value: object, *along: str) -> None:
    """A fault of one field of one image of the ground truth. The two files then differ in that name."""
    fault(code, *along)(lambda pair: put(pair.image(), name, value))


def on_category(code: str, name: str, value: object, *along: str) -> None:
    """A fault of one field of one category of the ground truth."""
    fault(code, *along)(lambda pair: put(pair.rng.choice(pair.truth["categories"]), name, value))


def on_guess(code: str, name: str, value: object, *along: str, target: str = "platform", results: bool = False) -> None:
    """A fault of one field of one prediction."""
    fault(code, *along, target=target, results=results)(
        lambda pair: put(pair.rng.choice(pair.guess["predictions"]), name, value)
    )


def on_mask(code: str, change: Callable[[Pair, Doc, Doc], object], *along: str) -> None:
    """A fault of the run lengths of one annotation, `change` gets the mask and its image."""

    def alter(pair: Pair) -> None:
        row = pair.row()
        image = pair.image_of(row)
        row |= {"segmentation": runs(row, image), "iscrowd": 1, "area": row["bbox"][2] * row["bbox"][3]}
        made = change(pair, row["segmentation"], image)
        if made is not None:
            row["segmentation"] = made

    fault(code, *along)(alter)


def bytewise(code: str, change: Callable[[bytes], bytes], *along: str) -> None:
    """A fault of the bytes of the ground truth."""
    fault(code, *along)(lambda pair: change(written(pair.truth)))


NAMES = (
    "x-image-ids-disagree",
    "x-extra-images",
    "x-missing-images",
    "x-no-overlap",
    "img-unannotated",
    "ann-image-orphan",
)

# The file and its JSON
bytewise("json-empty", lambda _: b" \n ")
bytewise("json-gzip", gzip.compress)
bytewise("json-encoding", lambda data: data.replace(b"thing", b"th\xefng", 1))
bytewise("json-bom", lambda data: b"\xef\xbb\xbf" + data)
bytewise("json-not-json", lambda _: b"<Error><Code>AccessDenied</Code></Error>")
bytewise("json-syntax", lambda data: data.replace(b'"id": ', b'"id" ', 1))
bytewise("json-lines", lambda data: data + b"\n" + data)
bytewise("json-nonfinite", lambda data: data.replace(b'"iscrowd": 0', b'"iscrowd": 0, "x": NaN', 1))
bytewise("json-duplicate-key", lambda data: data.replace(b'"iscrowd": 0', b'"iscrowd": 0, "iscrowd": 0', 1))
bytewise(
    "json-unread", lambda data: data.replace(b'"iscrowd": 0', b'"iscrowd": 0, "x": "' + b"y" * 4_200_000 + b'"', 1)
)
bytewise("top-duplicate-key", lambda data: data[:-1] + b', "info": {}}')
bytewise("json-too-deep-or-big", lambda data: data[:-1] + b', "tags": [' + b"[" * 99_999 + b"]" * 99_999 + b"]}")

# The top level
fault("top-type", *NAMES)(lambda pair: written([pair.truth]))
fault("top-missing-key", "cat-unused", "ann-category-orphan", "x-categories-disagree")(
    lambda pair: pair.truth.pop("categories") and None
)
bytewise("top-list-type", lambda data: data.replace(b'"categories": [', b'"categories": [7, ', 1))
fault("top-empty-images", *NAMES)(lambda pair: pair.truth["images"].clear())
fault("top-empty-annotations", "x-missing-images", "x-extra-categories")(lambda pair: pair.truth["annotations"].clear())
fault("top-empty-categories", "ann-category-orphan", "x-categories-disagree")(
    lambda pair: pair.truth["categories"].clear()
)
fault("top-unknown-key")(lambda pair: pair.truth.update(annotation=[]))


@fault("top-swapped-files", "x-box-scale", "pred-equals-gt")
def _swapped(pair: Pair) -> None:
    for row in pair.rows:
        row["score"] = 0.5


@fault("top-wrong-format", *NAMES, "x-extra-categories")
def _captions(pair: Pair) -> None:
    pair.truth["annotations"] = [{"id": row["id"], "image_id": row["image_id"], "caption": "a"} for row in pair.rows]


# Images
on_image("img-id-missing", "id", ABSENT, *NAMES)
on_image("img-id-type", "id", "seven", *NAMES)
on_image("img-filename-missing", "file_name", None, *NAMES)
for _code, _name in {
    "img-filename-absolute": "s3://bucket/x.jpg",
    "img-filename-backslash": "dir\\x.jpg",
    "img-filename-dotdot": "a/../x.jpg",
    "img-filename-encoded": "x%20y.jpg",
    "img-filename-extension": "x.webp",
    "img-filename-uppercase-extension": "x.JPG",
    "img-filename-nonascii-key": "x (1).jpg",
}.items():
    on_image(_code, "file_name", _name, *NAMES)
on_image("img-size-missing", "width", ABSENT, "img-size-missing-masks")
on_image("img-size-type", "height", -1)


@fault("img-size-missing-masks")
def _unsized(pair: Pair) -> None:
    del pair.image()["height"]


@fault("img-size-missing", "seg-empty")
def _unsized_without_masks(pair: Pair) -> None:
    del pair.image()["height"]
    for row in pair.rows:
        row |= {"segmentation": [], "area": row["bbox"][2] * row["bbox"][3], "iscrowd": 0}


@fault("img-id-duplicate", *NAMES)
def _same_image_id(pair: Pair) -> None:
    images = pair.truth["images"]
    images.append({**images[0], "file_name": "another.jpg"})


@fault("img-filename-duplicate", *NAMES)
def _same_name(pair: Pair) -> None:
    images = pair.truth["images"]
    images[1]["file_name"] = images[0]["file_name"]


@fault("img-key-collision", *NAMES)
def _collision(pair: Pair) -> None:
    images = pair.truth["images"]
    images[0]["file_name"], images[1]["file_name"] = "a/b.jpg", "a_b.png"


@fault("img-unannotated", "x-extra-images")
def _bare(pair: Pair) -> None:
    pair.truth["images"].append({"id": 999_999, "file_name": "bare.jpg", "width": 300, "height": 200})


# Categories
on_category("cat-id-missing", "id", ABSENT, "ann-category-orphan", "x-extra-categories", "x-categories-disagree")
on_category(
    "cat-id-type", "id", "one", "ann-category-orphan", "x-extra-categories", "x-categories-disagree", "cat-unused"
)
on_category("cat-name-missing", "name", "", "x-categories-disagree", "x-extra-categories")


@fault("cat-id-duplicate", "x-categories-disagree", "cat-unused")
def _same_category_id(pair: Pair) -> None:
    kinds = pair.truth["categories"]
    kinds.append({"id": kinds[0]["id"], "name": "another"})


@fault("cat-name-duplicate", "cat-unused", "x-categories-disagree")
def _same_category_name(pair: Pair) -> None:
    kinds = pair.truth["categories"]
    kinds.append({"id": 999, "name": " " + kinds[0]["name"]})


@fault("cat-name-variant", "cat-unused")
def _variant(pair: Pair) -> None:
    kinds = pair.truth["categories"]
    kinds.append({"id": 999, "name": kinds[0]["name"].upper() + "_"})


@fault("cat-id-zero")
def _zero(pair: Pair) -> None:
    for file, rows in ((pair.truth, "annotations"), (pair.guess, "predictions")):
        old = pair.truth["categories"][0]["id"] or pair.guess["categories"][0]["id"]
        for row in file[rows]:
            row["category_id"] = 0 if row["category_id"] == old else row["category_id"]
        file["categories"][0]["id"] = 0


fault("cat-unused")(lambda pair: pair.truth["categories"].append({"id": 999, "name": "unicorn"}))


@fault("cat-numeric-names", "x-categories-disagree", "x-extra-categories")
def _numbers(pair: Pair) -> None:
    for number, kind in enumerate(pair.truth["categories"]):
        kind["name"] = f"class_{number}"


# Annotations and their references
on_row("ann-id-missing", "id", ABSENT)
on_row("ann-id-type", "id", "a-b-c")
on_row("ann-id-zero", "id", 0)
on_row("ann-image-orphan", "image_id", 999_999, "img-unannotated", "x-missing-images")
on_row("ann-category-orphan", "category_id", None, "cat-unused", "x-extra-categories")
on_row("score-in-gt", "score", 0.5)
on_row("ignore-field", "ignore", 0)


@fault("ann-id-duplicate")
def _same_id(pair: Pair) -> None:
    pair.rows[-1]["id"] = pair.rows[0]["id"]


@fault("ann-exact-duplicate")
def _copy(pair: Pair) -> None:
    pair.rows.append({**pair.row(), "id": 999_999})


@fault("ann-near-duplicate")
def _near_copy(pair: Pair) -> None:
    row = pair.row()
    x, y, w, h = row["bbox"]
    pair.rows.append({**row, "id": 999_999, "bbox": [x, y + 0.25, w, h]})


@fault("ann-cross-class-duplicate")
def _other_label(pair: Pair) -> None:
    row = pair.row()
    other = next(kind["id"] for kind in pair.truth["categories"] if kind["id"] != row["category_id"])
    pair.rows.append({**row, "id": 999_999, "category_id": other})


# Boxes, areas, crowds
on_row("bbox-missing", "bbox", None)
on_row("bbox-shape", "bbox", [1, 2, 3])
on_row("bbox-negative-size", "bbox", [10, 20, -3, 40])
on_row("bbox-zero-size", "bbox", [10, 20, 3, 0])
on_row("bbox-subpixel", "bbox", [10, 20, 3, 0.5], "seg-vs-bbox", "area-mismatch", "bbox-tiny")
on_row("bbox-outside", "bbox", [2000, 20, 60, 70], "seg-vs-bbox", "area-mismatch")
on_row("bbox-tiny", "bbox", [10, 20, 2, 2], "seg-vs-bbox", "area-mismatch")
on_row("bbox-aspect", "bbox", [10, 20, 4, 90], "seg-vs-bbox", "area-mismatch")
on_row("area-missing", "area", ABSENT)
on_row("area-value", "area", -1)
on_row("area-zero", "area", 0)
on_row("area-mismatch", "area", 1)
on_row("iscrowd-missing", "iscrowd", ABSENT)
on_row("iscrowd-value", "iscrowd", "0")


def beyond(code: str, by: Callable[[Doc], float], *along: str) -> None:
    """A box that reaches out of its image to the right."""

    def alter(pair: Pair) -> None:
        row = pair.row()
        image = pair.image_of(row)
        x, y, w, h = 100, 20, image["width"] - 100, 90
        row |= {
            "bbox": [x, y, w + by(image), h],
            "segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]],
            "area": w * h,
        }

    fault(code, *along)(alter)


beyond("bbox-overflow", lambda _: 30, "seg-vs-bbox")
beyond("bbox-overflow-slight", lambda image: image["width"] * 0.015)
beyond("bbox-overflow-rounding", lambda _: 0.75)


@fault("bbox-huge")
def _huge(pair: Pair) -> None:
    row = pair.row()
    w, h = (pair.image_of(row)[side] for side in ("width", "height"))
    row |= {"bbox": [0, 0, w, h], "segmentation": [[0, 0, w, 0, w, h, 0, h]], "area": w * h}


@fault("iscrowd-all", "rle-crowd-mix")
def _all_crowds(pair: Pair) -> None:
    for row in pair.rows:
        row["iscrowd"] = 1


# Masks
on_row("seg-type", "segmentation", [1, 2, 3, 4, 5, 6], "area-mismatch")
on_row("seg-empty-among-masks", "segmentation", [[]], "area-mismatch")
on_row("seg-short", "segmentation", [[1, 2, 3, 4]], "area-mismatch")
on_row("seg-odd", "segmentation", [[1, 2, 3, 4, 5, 6, 7]], "area-mismatch")
on_row("seg-nonfinite", "segmentation", [[1, 2, 3, 4e9, 5, 6]])


@fault("seg-empty")
def _no_masks(pair: Pair) -> None:
    for row in pair.rows:
        row |= {"segmentation": [], "area": row["bbox"][2] * row["bbox"][3], "iscrowd": 0}


def shifted(code: str, by: float, *along: str) -> None:
    """A mask moved to the left."""

    def alter(pair: Pair) -> None:
        row = pair.row()
        flat = row["segmentation"][0]
        row["segmentation"] = [[value - by if at % 2 == 0 else value for at, value in enumerate(flat)]]

    fault(code, *along)(alter)


shifted("seg-outside-wholly", 900, "seg-vs-bbox")


@fault("seg-outside", "bbox-overflow")
def _mask_overflows(pair: Pair) -> None:
    row = pair.row()
    _, y, w, h = row["bbox"]
    row |= {"bbox": [-30, y, w, h], "segmentation": [[-30, y, w - 30, y, w - 30, y + h, -30, y + h]], "area": w * h}


@fault("seg-vs-bbox")
def _elsewhere(pair: Pair) -> None:
    row = pair.row()
    row["bbox"] = [row["bbox"][0], row["bbox"][1], row["bbox"][2] + 9, row["bbox"][3]]


@fault("seg-degenerate", "area-mismatch")
def _line(pair: Pair) -> None:
    row = pair.row()
    x, y, w, h = row["bbox"]
    row["segmentation"] = [[x, y, x + w, y + h, x, y]]


@fault("seg-self-intersecting", "seg-degenerate")
def _crossed(pair: Pair) -> None:
    row = pair.row()
    x, y, w, h = row["bbox"]
    row["segmentation"] = [[x, y, x + w, y + h, x + w, y, x, y + h]]


@fault("seg-rectangle-all", "bbox-tiny", "ann-exact-duplicate")
def _rectangles(pair: Pair) -> None:
    for row in [*pair.rows]:
        x, y, w, h = row["bbox"]
        row |= {"segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]], "area": w * h, "iscrowd": 0}
        pair.rows.append(json.loads(json.dumps(row)) | {"id": row["id"] + 100_000})


on_mask("rle-keys", lambda _, mask, __: mask.pop("size") and None, "area-mismatch")
on_mask("rle-size", lambda _, mask, __: mask.update(size=mask["size"][::-1]), "seg-vs-bbox")
on_mask("rle-counts-type", lambda _, mask, __: mask.update(counts=[-1, *mask["counts"]]))
on_mask("rle-sum", lambda _, mask, __: mask["counts"].append(7))
on_mask("rle-empty", lambda _, mask, image: mask.update(counts=[image["width"] * image["height"]]), "area-mismatch")
on_mask("rle-huge", lambda *_: {"size": [10**6, 10**6], "counts": [10**12]})


@fault("rle-crowd-mix")
def _single_object_with_runs(pair: Pair) -> None:
    row = pair.row()
    row |= {"segmentation": runs(row, pair.image_of(row)), "area": row["bbox"][2] * row["bbox"][3]}


# Keypoints
def person(code: str, change: Callable[[Doc], object], *along: str, names: int = 17) -> None:
    """A fault of the keypoints of the one annotation that has some."""

    def alter(pair: Pair) -> None:
        kind = pair.truth["categories"][0]
        kind |= {"keypoints": [f"k{one}" for one in range(names)], "skeleton": [[1, 2]]}
        row = next(row for row in pair.rows if row["category_id"] == kind["id"])
        x, y, _, _ = row["bbox"]
        row |= {"keypoints": [x + 1, y + 1, 2] * (names - 1) + [0, 0, 0], "num_keypoints": names - 1}
        change(row)
        kind |= row.pop("_kind", {})

    fault(code, *along)(alter)


person("kpt-length", lambda row: row["keypoints"].pop())
person("kpt-not-17", lambda _: None, names=5)
person("kpt-visibility", lambda row: row["keypoints"].__setitem__(2, 3))
person("kpt-unlabelled", lambda row: row["keypoints"].__setitem__(-2, 5))
person("kpt-num", lambda row: row.update(num_keypoints=3))
person("kpt-outside", lambda row: row["keypoints"].__setitem__(0, 5000))
person("kpt-category", lambda row: row.update(_kind={"skeleton": [[1, 99]]}))

# Predictions
fault("pred-shape-list", "pred-own-tables")(lambda pair: (written(pair.truth), written(pair.guess["predictions"])))
fault("pred-shape-object", target="pycocotools", results=True)(lambda pair: (written(pair.truth), written(pair.guess)))


@fault("pred-shape-annotations")
def _other_key(pair: Pair) -> None:
    pair.guess["annotations"] = pair.guess.pop("predictions")


fault("pred-shape", "x-missing-images")(lambda pair: (written(pair.truth), b'{"7": [{"bbox": [1, 2, 3, 4]}]}'))
fault("pred-empty", "x-missing-images", "cat-unused")(lambda pair: pair.guess["predictions"].clear())
fault("pred-own-tables")(lambda pair: pair.guess.pop("images") and None)
on_guess("pred-score-missing", "score", ABSENT)
on_guess("pred-score-type", "score", None)
on_guess("pred-score-range", "score", 87.5)


@fault("pred-bbox-missing")
def _mask_only(pair: Pair) -> None:
    row = pair.guess["predictions"][0]
    row["segmentation"] = [[1, 2, 30, 2, 30, 40]]
    del row["bbox"]


@fault("pred-rle-uncompressed")
def _lists(pair: Pair) -> None:
    row = pair.guess["predictions"][0]
    row["bbox"] = [int(side) for side in row["bbox"]]
    row["segmentation"] = runs(row, pair.image_of(row))


@fault("pred-duplicate")
def _twice(pair: Pair) -> None:
    pair.guess["predictions"].append(pair.guess["predictions"][0])


@fault("pred-near-duplicate")
def _unsuppressed(pair: Pair) -> None:
    for row in [*pair.guess["predictions"]]:
        x, y, w, h = row["bbox"]
        pair.guess["predictions"].append({**row, "bbox": [x, y + 0.25, w, h]})


@fault("pred-over-100", "bbox-tiny", "x-box-scale", "pred-score-thresholded")
def _many(pair: Pair) -> None:
    row = pair.guess["predictions"][0]
    pair.guess["predictions"] += [{**row, "bbox": [one % 20 * 10, one // 20 * 20, 9, 19]} for one in range(120)]


@fault("pred-score-constant", "pred-duplicate")
def _constant(pair: Pair) -> None:
    pair.guess["predictions"] *= 2
    for row in pair.guess["predictions"]:
        row["score"] = 1.0


@fault("pred-score-thresholded", "pred-duplicate")
def _thresholded(pair: Pair) -> None:
    pair.guess["predictions"] = [dict(row) for row in pair.guess["predictions"] * 5]
    for number, row in enumerate(pair.guess["predictions"]):
        row["score"] = 0.5 + number / 1000


# The two files together
on_guess("pred-image-orphan", "image_id", 999_999, "x-missing-images", target="pycocotools", results=True)
on_guess("pred-category-orphan", "category_id", 999_999, target="pycocotools", results=True)


@fault("x-image-ids-disagree")
def _permuted_images(pair: Pair) -> None:
    images = pair.guess["images"]
    images[0]["file_name"], images[1]["file_name"] = images[1]["file_name"], images[0]["file_name"]
    for one in images[:2]:
        one |= {"width": 400, "height": 280}
    for one in pair.truth["images"][:2]:
        one |= {"width": 400, "height": 280}
    for row in pair.rows:
        if isinstance(row["segmentation"], dict):
            row |= {"segmentation": runs(row, pair.image_of(row))}


@fault("x-categories-disagree")
def _permuted_categories(pair: Pair) -> None:
    kinds = pair.guess["categories"]
    kinds[0]["name"], kinds[1]["name"] = kinds[1]["name"], kinds[0]["name"]


@fault("x-category-shift", "pred-category-orphan", "cat-id-zero", target="pycocotools", results=True)
def _shifted(pair: Pair) -> None:
    numbers = {kind["id"]: at for at, kind in enumerate(pair.truth["categories"])}
    for row in pair.guess["predictions"]:
        row["category_id"] = numbers[row["category_id"]]
    for row in pair.rows:
        row["category_id"] = numbers[row["category_id"]] + 1
    for kind in pair.truth["categories"]:
        kind["id"] = numbers[kind["id"]] + 1


@fault("x-id-type", "x-missing-images", target="pycocotools", results=True)
def _text_ids(pair: Pair) -> None:
    for row in pair.guess["predictions"]:
        row["image_id"] = str(row["image_id"])


@fault("x-missing-images")
def _some_images(pair: Pair) -> None:
    lost = pair.truth["images"][0]["id"]
    pair.guess["predictions"] = [row for row in pair.guess["predictions"] if row["image_id"] != lost]


@fault("x-extra-images")
def _more_images(pair: Pair) -> None:
    pair.guess["images"].append({"id": 999_999, "file_name": "more.jpg", "width": 300, "height": 200})


@fault("x-extra-categories", "cat-unused")
def _more_categories(pair: Pair) -> None:
    for file in (pair.truth, pair.guess):
        file["categories"].append({"id": 999, "name": "unicorn"})
    pair.guess["predictions"][0]["category_id"] = 999


@fault("x-box-scale", "bbox-tiny", "pred-duplicate", "ann-exact-duplicate", "bbox-subpixel", "stat-scale")
def _smaller(pair: Pair) -> None:
    pair.truth["annotations"] = [{**row, "id": at + 1} for at, row in enumerate(pair.rows * 2)]
    for row in pair.guess["predictions"]:
        row["bbox"] = [side / 4 for side in row["bbox"]]
    pair.guess["predictions"] *= 2


@fault("x-width-height")
def _other_size(pair: Pair) -> None:
    pair.guess["images"][0]["width"] += 1


@fault("pred-equals-gt")
def _same_boxes(pair: Pair) -> None:
    for row, guess in zip(pair.rows, pair.guess["predictions"], strict=True):
        guess["bbox"] = row["bbox"]


@fault("x-no-overlap")
def _other_dataset(pair: Pair) -> None:
    for image in pair.guess["images"]:
        image["file_name"] = "other_" + image["file_name"].replace("/", "_")


# What the numbers suggest
def everywhere(code: str, change: Callable[[list[float], Doc], list[float]], *along: str) -> None:
    """All boxes of the predictions written in another way."""

    def alter(pair: Pair) -> None:
        for row in pair.guess["predictions"]:
            row["bbox"] = change(row["bbox"], pair.image_of(row))

    fault(code, *along)(alter)


MISFITS = (
    "bbox-overflow",
    "bbox-overflow-slight",
    "bbox-overflow-rounding",
    "bbox-outside",
    "bbox-huge",
    "x-box-scale",
)
everywhere("stat-xyxy", lambda b, _: [b[0], b[1], b[0] + b[2], b[1] + b[3]], *MISFITS)
everywhere("stat-cxcywh", lambda b, _: [b[0] + b[2] / 2, b[1] + b[3] / 2, b[2], b[3]], *MISFITS)
everywhere(
    "stat-normalised",
    lambda b, image: [b[0] / image["width"], b[1] / image["height"], b[2] / image["width"], b[3] / image["height"]],
    "bbox-subpixel",
    "bbox-tiny",
    "x-box-scale",
)


@fault("stat-xyxy-unsized", "img-size-missing", "img-size-missing-masks", "pred-duplicate", "x-box-scale")
def _corners_unsized(pair: Pair) -> None:
    for image in (*pair.truth["images"], *pair.guess["images"]):
        del image["width"]
    rows = pair.guess["predictions"] * 3
    pair.guess["predictions"] = [{**row, "bbox": [x, y, x + w, y + h]} for row in rows for x, y, w, h in [row["bbox"]]]


@fault(
    "stat-yxhw",
    *MISFITS,
    "ann-exact-duplicate",
    "ann-cross-class-duplicate",
    "seg-vs-bbox",
    "area-mismatch",
    "pred-duplicate",
)
def _swapped_axes(pair: Pair) -> None:
    for image in (*pair.truth["images"], *pair.guess["images"]):
        image |= {"width": 800, "height": 300}
    for row in pair.rows:
        row |= {"bbox": [600, 100, 150, 90], "segmentation": [], "area": 13500, "iscrowd": 0}
    for row in pair.guess["predictions"]:
        row["bbox"] = [100, 600, 90, 150]


MUTATIONS["stat-yxhw"] = Mutation(
    _swapped_axes, MUTATIONS["stat-yxhw"].along | {"seg-empty", "x-box-scale", "stat-constant-size"}
)


@fault(
    "stat-bottom-origin",
    *MISFITS,
    "pred-duplicate",
    "pred-near-duplicate",
    "ann-exact-duplicate",
    "ann-cross-class-duplicate",
    "seg-empty",
    "stat-scale",
    "stat-constant-size",
)
def _from_below(pair: Pair) -> None:
    for image in (*pair.truth["images"], *pair.guess["images"]):
        image |= {"width": 800, "height": 300}
    for row in pair.rows:
        row |= {"bbox": [20, 10, 30, 90], "segmentation": [], "area": 2700, "iscrowd": 0}
    for number, row in enumerate(pair.guess["predictions"]):
        row["bbox"] = [500, 290 - number % 3, 30, 90 + number]


def many_images(pair: Pair, count: int) -> None:
    """The same annotations on many more images."""
    for file, name in ((pair.truth, "annotations"), (pair.guess, "predictions")):
        image, row = file["images"][0], next(row for row in file[name] if not row.get("iscrowd"))
        more = range(1000, 1000 + count)
        file["images"] += [{**image, "id": one, "file_name": f"more_{one}.jpg"} for one in more]
        file[name] += [{**row, "id": one * 1000, "image_id": one, "bbox": row["bbox"]} for one in more]


@fault("stat-scale", "x-missing-images", "img-unannotated", "pred-near-duplicate", "pred-duplicate")
def _small_copy(pair: Pair) -> None:
    many_images(pair, 30)
    for image in (*pair.truth["images"], *pair.guess["images"]):
        image |= {"width": 1600, "height": 1200}
    for row in pair.rows:
        row |= {"segmentation": [], "area": row["bbox"][2] * row["bbox"][3], "iscrowd": 0}


MUTATIONS["stat-scale"] = Mutation(_small_copy, MUTATIONS["stat-scale"].along | {"seg-empty", "bbox-tiny"})


@fault("stat-constant-size", "stat-scale", "x-box-scale", "x-missing-images", "img-unannotated", "bbox-tiny")
def _placeholders(pair: Pair) -> None:
    many_images(pair, 30)
    for number, row in enumerate(pair.guess["predictions"]):
        row["bbox"] = [number, 40 + number, 60, 50]


@fault(
    "cls-imbalance",
    "stat-scale",
    "x-missing-images",
    "img-unannotated",
    "pred-score-thresholded",
    "pred-score-constant",
)
def _uneven(pair: Pair) -> None:
    many_images(pair, 900)


fault("cls-rare")(lambda _: None)


@fault("cls-one", "x-categories-disagree", "x-extra-categories")
def _one_class(pair: Pair) -> None:
    for file, name in ((pair.truth, "annotations"), (pair.guess, "predictions")):
        del file["categories"][1:]
        for row in file[name]:
            row["category_id"] = file["categories"][0]["id"]


@fault("img-crowding", "bbox-tiny", "x-box-scale")
def _crowd(pair: Pair) -> None:
    for image in (*pair.truth["images"], *pair.guess["images"]):
        image |= {"width": 500, "height": 400}
    row = {**pair.row()}
    for old in pair.rows:
        old |= {"segmentation": [], "area": old["bbox"][2] * old["bbox"][3], "iscrowd": 0}
    many_images(pair, 30)
    row |= {"segmentation": [], "area": 25, "iscrowd": 0}
    pair.truth["annotations"] += [
        {**row, "id": 10**7 + one, "bbox": [one % 60 * 8, one // 60 * 8, 5, 5]} for one in range(1500)
    ]


MUTATIONS["img-crowding"] = Mutation(
    _crowd, frozenset({"bbox-tiny", "x-box-scale", "seg-empty", "cls-imbalance", "stat-scale", "cls-rare"})
)

__all__ = ["MUTATIONS", "Mutation", "compressed"]
