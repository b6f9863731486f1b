"""The command that a report gives for a COCO file mends it; where none would, none is given."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from coco.made import Pair, make, written
from coco.mutations import MUTATIONS
from PIL import Image

from s3doctor.cli import main
from s3doctor.coco import RULES, examine
from s3doctor.coco.fixing.mends import DOUBTFUL, IMAGES, MENDS
from s3doctor.finding import Finding, Severity
from s3doctor.local import LocalDataset, LocalVisit
from s3doctor.remedies.mending import Files, mending

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = [code for code in MENDS if RULES[code].severity("platform") is not Severity.INFO]
BY_TABLE = [code for code in SHOWN if code in MUTATIONS and MENDS[code] != IMAGES]


def finding(code: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code, severity, 1, "", fix="Mend it.")


def commands_of(directory: Path) -> list[str]:
    """All commands that the report on the two files in a directory gives."""
    dataset = LocalDataset(str(directory / "annotations.json"), str(directory / "predictions.json"))
    found = [result.outcome.fix for result in LocalVisit(dataset) if result.outcome.fix]
    return list(dict.fromkeys(command for fix in found for command in fix.commands))


def named(pair: Pair) -> tuple[bytes, bytes]:
    """Files whose images and categories have names for ids, in the tables and in the rows."""
    for document, rows in ((pair.truth, "annotations"), (pair.guess, "predictions")):
        for row in (*document["images"], *document["categories"]):
            row["id"] = f"number {row['id']}"
        for row in document[rows]:
            row |= {key: f"number {row[key]}" for key in ("image_id", "category_id")}
    return written(pair.truth), written(pair.guess)


@pytest.mark.parametrize("code", BY_TABLE)
def test_the_command_mends_the_fault(code: str, tmp_path: Path) -> None:
    mutation = MUTATIONS[code]
    pair = make(seed=1, images=5, categories=3, step=1, indent=None, order="images")
    truth, guess = named(pair) if code in ("img-id-type", "cat-id-type") else mutation.applied(pair)
    which = "annotations" if code in {one.code for one in examine(truth).findings} else "predictions"
    (tmp_path / "annotations.json").write_bytes(truth)
    (tmp_path / "predictions.json").write_bytes(guess)
    (command,) = [one for one in commands_of(tmp_path) if one.endswith(f"{which}.mended.json")]
    program, *arguments = shlex.split(command)
    assert program == "s3doctor"
    assert main(arguments) == 0
    mended = (tmp_path / f"{which}.mended.json").read_bytes()
    after = examine(mended) if which == "annotations" else examine(truth, mended)
    assert code not in {one.code for one in after.findings}


def test_every_fault_that_is_said_to_be_mended_is_a_rule() -> None:
    assert set(MENDS) <= set(RULES)
    assert set(DOUBTFUL) <= set(RULES)
    assert set(SHOWN) - set(BY_TABLE) == {"img-size-missing", "img-size-missing-masks", "oracle-ids-permuted"}


def test_sizes_are_read_from_the_images(tmp_path: Path) -> None:
    pair = make(seed=1, images=5, categories=3, step=1, indent=None, order="images")
    for image in pair.truth["images"]:
        path = tmp_path / "pictures" / image["file_name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (image.pop("width"), image.pop("height"))).save(path)
    path = tmp_path / "it's.json"
    path.write_bytes(written(pair.truth))
    assert not mending([finding("img-size-missing")], [finding("img-size-missing")], "annotations", Files(str(path)))
    dataset = LocalDataset(str(path), images=str(tmp_path / "pictures"))
    found = {result.code: result.outcome for result in LocalVisit(dataset)}
    assert found["ANN003"].fix
    (command,) = found["ANN003"].fix.commands
    assert main(shlex.split(command)[1:]) == 0
    assert not [one for one in examine(tmp_path / "it's.mended.json").findings if one.code.startswith("img-size")]


def test_nothing_is_promised_that_would_be_refused() -> None:
    files = Files("a.json", "p.json")
    mendable, other, doubtful = finding("ann-id-duplicate"), finding("ann-image-orphan"), finding("stat-cxcywh")
    given = mending([mendable], [mendable], "annotations", files)
    assert given == ("s3doctor fix-coco -- a.json a.mended.json",)
    assert not mending([mendable], [mendable, other], "annotations", files)
    assert not mending([mendable], [mendable, doubtful], "annotations", files)
    assert not mending([other], [mendable], "annotations", files)
    assert not mending([finding("ann-id-type", Severity.INFO)], [], "annotations", files)
    assert not mending([mendable], [mendable], "annotations", Files())
    assert not mending([finding("pred-own-tables")], [finding("pred-own-tables")], "predictions", Files("", "p.json"))


@pytest.mark.parametrize(
    ("path", "copy"),
    [
        pytest.param("a.json", "a.mended.json", id="ending"),
        pytest.param("d.x/a", "d.x/a.mended", id="no ending"),
        pytest.param(".a", ".a.mended", id="hidden"),
        pytest.param("-a b'.json", "'-a b'\"'\"'.mended.json'", id="odd letters"),
    ],
)
def test_the_copy_stands_beside_the_file(path: str, copy: str) -> None:
    fault = [finding("json-bom", Severity.WARNING)]
    (command,) = mending(fault, fault, "annotations", Files(path))
    assert command == f"s3doctor fix-coco -- {shlex.quote(path)} {copy}"


def test_files_in_a_bucket_are_fetched_first() -> None:
    fault = [finding("pred-shape-list")]
    fetch = (("annotations", "get a"), ("predictions", "get p"))
    commands = mending(fault, fault, "predictions", Files("a.json", "p.json", fetch=fetch))
    assert commands[:2] == ("get a", "get p")
    assert commands[2] == "s3doctor fix-coco --annotations a.json -- p.json p.mended.json"
    assert mending([finding("json-gzip")], [], "predictions", Files("a", "p", fetch=fetch))[:-1] == ("get p",)
