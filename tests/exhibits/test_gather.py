"""What a report shows beside words, gathered from real buckets over HTTP."""

from __future__ import annotations

import io
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from s3doctor.coco import FileExamination
from s3doctor.coco.names import ImageNames, Names
from s3doctor.demo import cases, patients
from s3doctor.engine import Visit
from s3doctor.exhibits import drawn, gather, numbers
from s3doctor.local import LocalDataset, LocalVisit
from s3doctor.spool import Spool

if TYPE_CHECKING:
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report


def examined(s3: EmbeddedS3, name: str, pictures: int = 6) -> Report:
    visit = Visit(patients.prepare(cases.load(name), s3), pictures=pictures)
    list(visit)
    return visit.report()


def test_a_healthy_bucket_shows_its_pictures_with_both_kinds_of_boxes(embedded_s3: EmbeddedS3) -> None:
    report = examined(embedded_s3, "healthy")
    assert not any("fault of s3doctor" in note for note in report.notes)
    assert dict(report.figures)["images in annotations.json"] == "12"
    assert dict(report.figures)["predictions.json"].startswith("36 predictions (")
    assert len(report.pictures) == 6
    for picture in report.pictures:
        assert picture.thumbnail.startswith("data:image/jpeg;base64,")
        assert [box.kind for box in picture.boxes] == ["annotation"] * 3 + ["prediction"] * 3
        assert all(box.label in {"circle", "square", "triangle"} for box in picture.boxes)
        assert all(box.score is not None for box in picture.boxes[3:])
        assert not picture.findings
    assert {picture.dataset for picture in report.pictures} == {"shapes"}


def test_boxes_lie_where_the_file_says(embedded_s3: EmbeddedS3) -> None:
    annotations = cases.load("healthy").objects("shapes")["shapes/annotations.json"]
    images = {row["id"]: row for row in _json(annotations)["images"]}
    rows = _json(annotations)["annotations"]
    for picture in examined(embedded_s3, "healthy", 12).pictures:
        own = [row["bbox"] for row in rows if images[row["image_id"]]["file_name"] == picture.name]
        assert [[b.x, b.y, b.width, b.height] for b in picture.boxes if b.kind == "annotation"] == own
        image = next(image for image in images.values() if image["file_name"] == picture.name)
        assert (picture.width, picture.height) == (image["width"], image["height"])


def test_images_with_findings_come_first_and_their_boxes_are_marked(embedded_s3: EmbeddedS3) -> None:
    report = examined(embedded_s3, "bad-boxes", 4)
    found = [bool(picture.findings) for picture in report.pictures]
    assert found == [True, True, False, False]
    assert "bbox-negative-size" in {box.finding for picture in report.pictures for box in picture.boxes}


def test_predictions_without_tables_use_those_of_the_ground_truth(embedded_s3: EmbeddedS3) -> None:
    report = examined(embedded_s3, "predictions-bare-list")
    predicted = [box for picture in report.pictures for box in picture.boxes if box.kind == "prediction"]
    assert len(predicted) == 18
    assert all(box.label for box in predicted)


@pytest.mark.parametrize("name", ["pasted-policy", "no-such-bucket", "no-pictures", "broken-json"])
def test_what_cannot_be_had_is_left_out(embedded_s3: EmbeddedS3, name: str) -> None:
    report = examined(embedded_s3, name)
    assert report.pictures == ()
    assert not any("fault of s3doctor" in note for note in report.notes)


def test_no_pictures_unless_asked_for(embedded_s3: EmbeddedS3) -> None:
    report = examined(embedded_s3, "healthy", 0)
    assert report.pictures == ()
    assert report.figures


def test_several_datasets_are_named(embedded_s3: EmbeddedS3) -> None:
    connection = patients.prepare(cases.load("healthy"), embedded_s3)
    visit = Visit(replace(connection, datasets=("shapes", "nothing")), pictures=1)
    list(visit)
    report = visit.report()
    assert report.figures
    assert all(name.startswith("shapes: ") for name, _ in report.figures)
    assert [picture.dataset for picture in report.pictures] == ["shapes"]


def test_nothing_is_fetched_once_the_time_is_up_or_the_run_is_stopped(embedded_s3: EmbeddedS3) -> None:
    visit = Visit(patients.prepare(cases.load("healthy"), embedded_s3))
    list(visit)
    assert gather(visit.context, 3).pictures == ()
    visit.context.stop.clear()
    assert len(gather(visit.context, 3).pictures) == 3
    visit.context.ends = 0.0
    assert gather(visit.context, 3).pictures == ()


def test_objects_that_are_gone_meanwhile_are_left_out(embedded_s3: EmbeddedS3) -> None:
    visit = Visit(patients.prepare(cases.load("healthy"), embedded_s3))
    list(visit)
    visit.context.stop.clear()
    admin = embedded_s3.admin_client("s3")
    bucket = visit.context.connection.bucket
    shown = gather(visit.context, 2).pictures
    admin.delete_object(Bucket=bucket, Key=f"shapes/images/{shown[0].name}")
    admin.delete_object(Bucket=bucket, Key="shapes/predictions.json")
    left = gather(visit.context, 2).pictures
    assert [picture.name for picture in left] == [shown[1].name]
    assert {box.kind for box in left[0].boxes} == {"annotation"}


def test_a_fault_of_our_own_costs_the_exhibits_and_says_so(embedded_s3: EmbeddedS3) -> None:
    visit = Visit(patients.prepare(cases.load("healthy"), embedded_s3))
    list(visit)
    visit.context.__dict__["_fact_datasets"].value = (object(),)
    (note,) = gather(visit.context, 1).notes
    assert note.startswith("Numbers and pictures are left out. This is a fault of s3doctor: AttributeError in known, ")


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (2_100_000_000, "2.1 GB")],
)
def test_sizes_are_told_as_people_write_them(count: int, told: str) -> None:
    assert numbers.size(count) == told


def test_sizes_have_an_end() -> None:
    assert numbers.size(10**19) == "10,000.0 PB"


def png(width: int, height: int, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "I;16"])
def test_a_thumbnail_is_small_and_knows_the_size_of_the_picture(mode: str) -> None:
    made = drawn.thumbnail(png(1000, 500, mode))
    assert made
    uri, width, height = made
    assert (width, height) == (1000, 500)
    assert len(uri) < 20_000


def test_what_is_no_picture_has_no_thumbnail() -> None:
    assert drawn.thumbnail(b"") is None
    assert drawn.thumbnail(b"<html>") is None
    assert drawn.thumbnail(png(400, 400)[:-40]) is None
    assert drawn.thumbnail(png(20_000, 10_000, "1")) is None
    assert drawn.thumbnail(png(12_000, 10_000, "1")) is None


def _json(content: bytes) -> dict[str, list[dict[str, object]]]:
    import json

    loaded: dict[str, list[dict[str, object]]] = json.loads(content)
    return loaded


def test_of_a_file_of_any_size_a_few_images_are_considered() -> None:
    names, ids = Names(), range(50_000)
    names.extend([f"{n:06}.jpg" for n in ids])
    shown = ImageNames(names, np.array(ids), np.zeros(50_000, np.int32), np.zeros(50_000, np.int32))
    truth = FileExamination("annotations", image_names=shown)
    trouble = drawn.Trouble()
    for number in range(0, 50_000, 7):
        trouble.images[number] = ["its box is turned"]
    rows = list(drawn.considered(truth, trouble, 48))
    assert rows[:48] == list(range(0, 48 * 7, 7))
    assert len(rows) == 96
    assert (rows[48], rows[95]) == (0, 47 * 1042)
    assert list(drawn.considered(FileExamination("annotations"), trouble, 48)) == []


def test_what_cannot_be_read_twice_on_this_machine_costs_its_boxes_only(tmp_path: Path) -> None:
    """Predictions through a pipe, of which no copy could be kept."""
    shapes = Path(__file__).parents[2] / "fixtures" / "buckets" / "_shapes"
    pipe = tmp_path / "predictions.json"
    os.mkfifo(pipe)
    dataset = LocalDataset(str(shapes / "annotations.json"), str(pipe), str(shapes / "images"))
    dataset.spool = Spool(100)
    feeding = threading.Thread(target=lambda: pipe.write_bytes((shapes / "predictions.json").read_bytes()))
    feeding.start()
    visit = LocalVisit(dataset, oracle=False, pictures=3)
    list(visit)
    feeding.join()
    report = visit.report()
    assert len(report.pictures) == 3
    assert {box.kind for picture in report.pictures for box in picture.boxes} == {"annotation"}
    assert any(plot.title == "Scores of the predictions" for plot in report.plots)


def test_a_picture_that_is_gone_is_none() -> None:
    assert LocalDataset("annotations.json", images="no/such/place").picture("a.jpg", 10) is None
