"""`s3doctor fix-coco`: a mended copy, a list of changes, and no file in danger."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cocofiles
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from calling import Ran

VOC = Path(__file__).parents[2] / ".." / "shared" / "data" / "voc100"


@pytest.fixture
def ill(tmp_path: Path) -> Path:
    document = cocofiles.truth()
    for row in document["annotations"]:
        row["id"] -= 1
        del row["area"]
    return cocofiles.saved(tmp_path / "in.json", document)


def test_the_copy_passes_and_every_change_is_listed(run: Callable[..., Ran], ill: Path, tmp_path: Path) -> None:
    out, before = tmp_path / "out.json", ill.read_bytes()
    ran = run("fix-coco", str(ill), str(out))
    assert (ran.code, ran.err) == (0, "")
    assert "       80  ids numbered anew from 1 (first: /annotations/0/id: 0 → 1)\n" in ran.out
    assert "       80  area computed from the box (first: /annotations/0/area: nothing → " in ran.out
    assert f"{out} is written: annotations, {out.stat().st_size:,} bytes" in ran.out
    assert json.loads(out.read_text(encoding="utf-8")) == cocofiles.truth()
    assert ill.read_bytes() == before
    assert run("coco", str(out), "--no-oracle", "--target", "both", "--fail-on", "warn").code == 0


def test_a_sound_file_is_copied(run: Callable[..., Ran], tmp_path: Path) -> None:
    path = cocofiles.saved(tmp_path / "in.json", cocofiles.truth())
    ran = run("fix-coco", str(path), str(tmp_path / "out.json"))
    assert "nothing to change" in ran.out
    assert (tmp_path / "out.json").read_bytes() == path.read_bytes()


def test_a_byte_order_mark_is_taken_away(run: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text(json.dumps(cocofiles.truth()), encoding="utf-8-sig")
    ran = run("fix-coco", str(path), str(tmp_path / "out.json"))
    assert "        1  byte order mark taken away\n" in ran.out


def test_as_json_for_programs(run: Callable[..., Ran], ill: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    told = json.loads(run("fix-coco", str(ill), str(out), "--format", "json").out)
    assert (told["written"], told["role"]) == (str(out), "annotations")
    assert {change["kind"]: change["count"] for change in told["changes"]} == {"row-ids": 80, "areas": 80}
    assert told["changes"][0]["text"] == "ids numbered anew from 1"
    assert all(finding["severity"] != "error" for finding in told["remaining"])


def test_what_has_no_one_right_answer_is_named_and_nothing_written(
    run: Callable[..., Ran], ill: Path, tmp_path: Path
) -> None:
    document = json.loads(ill.read_text(encoding="utf-8"))
    document["annotations"][7]["bbox"] = [1, 2, 0, 4]
    out = tmp_path / "out.json"
    ran = run("fix-coco", str(cocofiles.saved(ill, document)), str(out))
    assert ran.code == 1
    assert "not written, for this has no one right answer: bbox-zero-size: " in ran.err
    assert "first at /annotations/7/bbox" in ran.err
    assert "is not written, and nothing is changed" in ran.out
    assert not out.exists()
    told = json.loads(run("fix-coco", str(ill), str(out), "--format", "json").out)
    assert told["written"] is None
    assert [one["code"] for one in told["remaining"] if one["severity"] == "error"] == ["bbox-zero-size"]
    assert told["remaining"][0]["where"] == ["/annotations/7/bbox"]


def test_sizes_come_from_the_pictures_in_a_directory_and_from_nowhere_else(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    document = cocofiles.truth()
    for image in document["images"]:
        del image["width"], image["height"]
    for name in ("pic_01.jpg", "pic_02.jpg"):
        Image.new("RGB", (640, 480)).save(folder / name)
    Image.new("RGB", (640, 480)).save(tmp_path / "secret.jpg")
    (folder / "pic_03.jpg").write_bytes(b"no picture")
    (folder / "pic_04.jpg").symlink_to(tmp_path / "secret.jpg")
    for index, name in ((4, "../secret.jpg"), (5, str(tmp_path / "secret.jpg")), (6, "a\0b.jpg")):
        document["images"][index]["file_name"] = name
    path = cocofiles.saved(tmp_path / "in.json", document)
    ran = run("fix-coco", str(path), str(tmp_path / "out.json"), "--images", str(folder), "--format", "json")
    (change,) = json.loads(ran.out)["changes"]
    assert (change["kind"], change["count"], change["where"]) == ("sizes", 2, "/images/0")
    assert (change["before"], change["after"]) == ([None, None], [640, 480])


def test_predictions_get_the_ids_of_the_annotations(run: Callable[..., Ran], tmp_path: Path) -> None:
    if not VOC.exists():
        pytest.skip(f"the real data in {VOC} is not here")
    out = tmp_path / "out.json"
    truth, guess = str(VOC / "annotations.json"), str(VOC / "detections.json")
    ran = run("fix-coco", guess, str(out), "--annotations", truth)
    assert ran.code == 0
    assert "452  list of predictions put under the key predictions (/annotations)" in ran.out
    ran = run("coco", truth, str(out), "--format", "json")
    summary = next(one["summary"] for one in json.loads(ran.out)["results"] if one["code"] == "PRED007")
    assert ran.code == 0
    assert "AP 0.347 (AP50 0.610) on 100 images, matched by file name and category name" in summary
    assert "by id" not in summary


def test_standard_input_is_mended(
    run: Callable[..., Ran], ill: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ill.read_bytes())))
    assert run("fix-coco", "-", str(tmp_path / "out.json")).code == 0
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == cocofiles.truth()


def test_corners_are_refused_until_it_is_said_what_they_are(run: Callable[..., Ran], tmp_path: Path) -> None:
    document = cocofiles.truth()
    for row in document["annotations"]:
        x, y, width, height = row["bbox"]
        row["bbox"] = [x, y, x + width, y + height]
    path, out = cocofiles.saved(tmp_path / "in.json", document), tmp_path / "out.json"
    ran = run("fix-coco", str(path), str(out))
    assert (ran.code, out.exists()) == (2, False)
    assert "say --xyxy if they are [x1, y1, x2, y2], --xywh if they are" in ran.err
    assert run("fix-coco", str(path), str(out), "--xyxy").code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == cocofiles.truth()
    assert run("fix-coco", str(path), str(out), "--xywh", "--force").code == 0


@pytest.mark.parametrize("kind", ["itself", "symlink", "hardlink"])
def test_the_input_is_never_overwritten_not_even_by_force(
    run: Callable[..., Ran], ill: Path, tmp_path: Path, kind: str
) -> None:
    out = {"itself": ill}.get(kind, tmp_path / "out.json")
    if kind == "symlink":
        out.symlink_to(ill)
    elif kind == "hardlink":
        os.link(ill, out)
    before = ill.read_bytes()
    ran = run("fix-coco", str(ill), str(out), "--force")
    assert (ran.code, ill.read_bytes()) == (2, before)
    assert "is the same file as" in ran.err


def test_an_existing_file_needs_force(run: Callable[..., Ran], ill: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("somebody's", encoding="utf-8")
    ran = run("fix-coco", str(ill), str(out))
    assert (ran.code, out.read_text(encoding="utf-8")) == (2, "somebody's")
    assert "exists: expected a new file, or --force" in ran.err
    assert run("fix-coco", str(ill), str(out), "--force").code == 0
    assert json.loads(out.read_text(encoding="utf-8")) == cocofiles.truth()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.json", "out.json"], "IN nowhere.json cannot be read (no such file or directory)"),
        (["{ill}", "."], "OUT . is a directory: expected the name of a new file"),
        (["{ill}", "-"], "only IN can be - (standard input)"),
        (["{ill}", "nowhere/out.json"], "OUT nowhere/out.json cannot be written (no such file or directory)"),
        (["{ill}", "out.json", "--annotations", "nowhere.json"], "--annotations nowhere.json cannot be read"),
        (["{ill}", "{ill}2", "--annotations", "{ill}"], "cannot be mended"),
        (["{ill}", "out.json", "--images", "nowhere"], "--images nowhere cannot be listed"),
        (["{ill}", "out.json", "--xyxy", "--xywh"], "--xyxy and --xywh contradict each other"),
        (["{ill}", "out.json", "--strip-prefix", "train/"], "no file_name begins with 'train/'"),
        (["{ill}"], "Missing argument 'OUT'"),
    ],
)
def test_a_mistake_is_answered_in_one_line(
    run: Callable[..., Ran], ill: Path, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if words == "cannot be mended":
        cocofiles.saved(ill, [7])
    monkeypatch.chdir(ill.parent)
    ran = run("fix-coco", *(argument.format(ill=ill) for argument in arguments))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert words in ran.err
    assert [one.name for one in ill.parent.iterdir()] == ["in.json"]


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    from s3doctor.cli.fix_coco import save
    from s3doctor.connection import BadInput

    (tmp_path / "out.json").write_text("somebody's", encoding="utf-8")
    with pytest.raises(BadInput, match="exists: expected a new file"):
        save(str(tmp_path / "out.json"), b"new", force=False)


def test_files_that_are_too_large_or_unreadable_are_refused(run: Callable[..., Ran], tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate((1 << 30) + 1)
    ran = run("fix-coco", str(huge), str(tmp_path / "out.json"))
    assert ran.code == 2
    assert "is larger than 1,024 MiB" in ran.err
    if Path("/proc/self/mem").exists():
        ran = run("fix-coco", "/proc/self/mem", str(tmp_path / "out.json"))
        assert "IN /proc/self/mem cannot be read to its end (input/output error)" in ran.err


def test_an_id_of_many_digits_is_shown_and_a_stranger_s_name_is_made_visible(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    document: dict[str, Any] = cocofiles.truth()
    document["images"][0]["file_name"] = "a\x1b[31m.jpg"
    path = cocofiles.saved(tmp_path / "in.json", document)
    ran = run("fix-coco", str(path), str(tmp_path / "out.json"), "--add-prefix", "x/")
    assert "\x1b" not in ran.out
    assert "\\u001b[31m" in ran.out
