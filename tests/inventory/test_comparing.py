"""Comparing by a join says word for word what comparing the same listing says."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inventory import made

from s3doctor.inventory import Inventory, compare_inventory, load, open_source
from s3doctor.inventory.table import FEW_KEYS
from s3doctor.inventory.today import Again, Seen
from s3doctor.names.comparing import compare

PREFIX = "ds/images/"
STEMS = st.sampled_from(
    [
        "1",
        "01",
        "a",
        "A",
        "a b",
        "a_b",
        "a/b",
        "a+b",
        "é",
        "e\u0301",
        "e",
        "ß",
        "SS",
        "ss",
        "._a",
        ".a",
        "K",
        "k",
        "\u212a",
        "ds/images/a",
        "x.y",
        "xy",
        ".s3doctor-1",
        "Thumbs",
        "a.jpg",
    ]
)
ENDINGS = st.sampled_from([".jpg", ".JPG", ".jpeg", ".png", ".txt", "", "/", ".jpg/"])
NAMES = st.one_of(st.builds(str.__add__, STEMS, ENDINGS), st.text("aA1é./", max_size=4), st.just("\ud800.jpg"))
KEYS = NAMES.map(lambda name: name.encode(errors="replace").decode())
OBJECTS = st.tuples(KEYS, st.sampled_from([0, 9]), st.sampled_from(["STANDARD", "GLACIER", "GLACIER_IR"]))


def inventory_of(objects: list[tuple[str, int, str]]) -> Inventory:
    """An inventory of these objects under the prefix, and of one beside it."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [(PREFIX + name, size, storage) for name, size, storage in objects]
        return load(open_source(str(made.written(Path(folder), [*rows, ("other", 1, "STANDARD")])), "pictures"), PREFIX)


@given(st.lists(NAMES, max_size=12), st.lists(OBJECTS, max_size=12, unique_by=lambda one: one[0]), st.booleans())
@settings(max_examples=15)
def test_the_same_as_a_listing(
    names: list[str],
    objects: list[tuple[str, int, str]],
    all_named: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    if all_named:
        names = [*names, *(name for name, _, _ in objects)]
    inventory = inventory_of(objects)
    try:
        got, again = compare_inventory(names, inventory, folders=["ds/images_old/"])
        assert got == compare(names, inventory, PREFIX, folders=["ds/images_old/"])
        assert again == replace(Again(), lacks=again.lacks)
        assert {entry.key for entry in inventory.named()} == {PREFIX + name for name, _, _ in objects if name in names}
    finally:
        inventory.close()


def test_what_is_well_never_reaches_python() -> None:
    inventory = inventory_of([(f"{number:05}.jpg", 9, "STANDARD") for number in range(500)])
    got, _ = compare_inventory([f"{number:05}.jpg" for number in range(500)], inventory)
    assert (got.names, got.keys, got.pictures, got.present, got.findings) == (500, 500, 500, 500, ())
    assert inventory.cursor().execute("SELECT count(*) FROM residue").fetchone() == (1,)
    inventory.close()


def test_what_has_come_since_is_not_missing() -> None:
    """One of two names without an object has come, so that nothing is known of names that were not looked for."""
    asked = []

    def look(key: str) -> Seen:
        asked.append(key)
        return Seen(there=key.endswith("0.jpg"), size=0)

    inventory = inventory_of([("a.jpg", 9, "STANDARD")])
    names = ["a.jpg", *(f"{number}.jpg" for number in range(150))]
    got, again = compare_inventory(names, inventory, look=look)
    inventory.close()
    assert len(asked) == 75
    assert (again.lacks, again.gone, again.come, again.unsure) == (150, 60, 15, 0)
    assert (got.present, got.missing, got.unjudged) == (16, 60, 75)
    assert [finding.code for finding in got.findings] == ["f-missing", "f-zero-bytes"]
    assert again.words == (
        "Of 150 names that the inventory lacks, 75 were looked for again: 60 are still missing, 15 have come since."
    )


def test_where_all_that_were_looked_for_are_missing_all_are() -> None:
    inventory = inventory_of([("a.jpg", 9, "STANDARD")])
    names = [f"{number}.jpg" for number in range(150)]
    got, again = compare_inventory(names, inventory, look=lambda _: Seen(there=False))
    inventory.close()
    assert (got.missing, got.unjudged, again.gone) == (150, 0, 75)


def test_where_it_cannot_be_told_nothing_is_missing_but_what_can_be_no_key() -> None:
    inventory = inventory_of([("a.jpg", 9, "STANDARD")])
    got, again = compare_inventory(["a.jpg", "b.jpg", "\ud800.jpg"], inventory, look=lambda _: Seen(there=None))
    inventory.close()
    assert (got.present, got.missing, got.unjudged) == (1, 1, 1)
    assert [finding.examples[0].where for finding in got.findings] == ["\ud800.jpg"]
    assert again.words.endswith("0 are still missing, 0 have come since, of 1 it could not be told.")


ILL: list[made.Row] = [
    ("cold.jpg", 9, "GLACIER"),
    ("empty.jpg", 0, "STANDARD"),
    ("well.jpg", 9, "STANDARD"),
]
FULL, EMPTY, COLD = Seen(there=True, size=9), Seen(there=True), Seen(there=True, size=9, storage_class="DEEP_ARCHIVE")
GONE, UNSURE = Seen(there=False), Seen(there=None)


@pytest.mark.parametrize(
    ("cold", "empty", "codes", "still"),
    [
        (COLD, EMPTY, ["f-zero-bytes", "f-archived"], 2),
        (FULL, EMPTY, ["f-zero-bytes"], 1),
        (COLD, FULL, ["f-archived"], 1),
        (EMPTY, COLD, ["f-zero-bytes", "f-archived"], 0),
        (GONE, FULL, ["f-missing"], 0),
        (UNSURE, EMPTY, ["f-zero-bytes"], 1),
    ],
)
def test_pictures_that_were_empty_or_archived_are_looked_at_again(
    cold: Seen, empty: Seen, codes: list[str], still: int
) -> None:
    inventory = inventory_of(ILL)
    seen = {PREFIX + "cold.jpg": cold, PREFIX + "empty.jpg": empty}
    got, again = compare_inventory([name for name, _, _ in ILL], inventory, look=seen.__getitem__)
    inventory.close()
    assert [finding.code for finding in got.findings] == codes
    assert (again.ill, again.reviewed, again.still) == (2, 2, still)
    assert again.words == (
        f"Of 2 pictures that it has as empty or archived, 2 were looked at again: {still} are so still."
    )


@pytest.mark.parametrize(("mended", "count"), [(False, 150), (True, 74)])
def test_of_many_empty_pictures_some_are_looked_at(mended: bool, count: int) -> None:  # noqa: FBT001 - a case
    """Where one of those was uploaded again, nothing is said of those that were not looked at."""
    inventory = inventory_of([(f"{number:03}.jpg", 0, "STANDARD") for number in range(150)])
    got, again = compare_inventory(
        [f"{number:03}.jpg" for number in range(150)],
        inventory,
        look=lambda key: FULL if mended and key.endswith("000.jpg") else EMPTY,
    )
    inventory.close()
    assert [(finding.code, finding.count) for finding in got.findings] == [("f-zero-bytes", count)]
    assert (again.ill, again.reviewed) == (150, 75)


def test_nothing_lost_needs_no_words() -> None:
    assert Again().words == ""


def test_very_many_keys_are_looked_for_among_the_names() -> None:
    objects = [(f"{number}.jpg", 5, "STANDARD") for number in range(3)]
    inventory = inventory_of(objects)
    compare_inventory(["0.jpg", "2.jpg"], inventory)
    few = [PREFIX + "2.jpg", PREFIX + "none.jpg"]
    many = [*few, *(f"{PREFIX}x{number}.jpg" for number in range(FEW_KEYS))]
    for keys in (few, many):
        assert [entry.key for entry in inventory.among_named(set(keys))] == [PREFIX + "2.jpg"]
    inventory.close()
