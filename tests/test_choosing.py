"""All pictures of a file that are there, one after the other."""

from __future__ import annotations

import numpy as np

from s3doctor.choosing import all_listed
from s3doctor.coco.names import ImageNames, Names
from s3doctor.pictures import Picture
from s3doctor.s3.listing import Listing
from s3doctor.s3.listing_page import page_of

P = "set/images/"


def named(*names: str) -> ImageNames:
    kept, count = Names(), len(names)
    kept.extend(names)
    rows = np.arange(count, dtype=np.int32)
    return ImageNames(kept, np.arange(count), rows * 10, rows + 5)


def test_each_named_object_is_chosen_once_with_its_row() -> None:
    pages = (
        page_of([P, P + "a.jpg", P + "b/c.jpg"], [0, 11, 12], ["STANDARD"] * 3),
        page_of(
            [P + "cold.jpg", P + "twice.jpg", P + "unlisted.jpg"], [13, 14, 15], ["GLACIER", "STANDARD", "STANDARD"]
        ),
    )
    names = named("b/c.jpg", "gone.jpg", "", "a.jpg", "twice.jpg", "cold.jpg", "twice.jpg", "zzz.jpg")
    assert list(all_listed(names, Listing("bucket", P, pages))) == [
        Picture(P + "a.jpg", 11, "a.jpg", 30, 8),
        Picture(P + "b/c.jpg", 12, "b/c.jpg", None, 5),
        Picture(P + "twice.jpg", 14, "twice.jpg", 40, 9),
    ]


def test_without_names_nothing_is_chosen() -> None:
    page = page_of([P + "a.jpg"], [1], ["STANDARD"])
    assert list(all_listed(named(), Listing("bucket", P, (page,)))) == []


def test_a_million_names_cost_little() -> None:
    """No picture is made before it is asked for."""
    names = named(*(f"{number:06}.jpg" for number in range(2000)))
    pages = tuple(
        page_of([f"{P}{n:06}.jpg" for n in range(start, start + 500)], [9] * 500, ["STANDARD"] * 500)
        for start in range(0, 2000, 500)
    )
    chosen = all_listed(names, Listing("bucket", P, pages))
    assert next(chosen).file_name == "000000.jpg"
    assert sum(1 for _ in chosen) == 1999
