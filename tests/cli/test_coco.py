"""`s3doctor coco`: files on this machine, with the findings, formats and exit codes of `check`."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cocofiles
import pytest
from calling import PROGRAM, Ran

from s3doctor.report import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES = Path(__file__).parents[2] / "fixtures" / "buckets" / "_shapes"


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    return cocofiles.saved(tmp_path / "annotations.json", cocofiles.truth())


@pytest.fixture
def guess(tmp_path: Path) -> Path:
    return cocofiles.saved(tmp_path / "predictions.json", cocofiles.guess())


def results(ran: Ran) -> dict[str, Any]:
    return {result["code"]: result for result in json.loads(ran.out)["results"]}


def test_a_sound_dataset_passes_every_check(run: Callable[..., Ran]) -> None:
    ran = run(
        "coco",
        str(SHAPES / "annotations.json"),
        str(SHAPES / "predictions.json"),
        "--images",
        str(SHAPES / "images"),
        "--format",
        "json",
    )
    found = results(ran)
    assert (ran.code, ran.err) == (0, "")
    assert {result["status"] for result in found.values()} == {"pass"}
    assert {"ANN001", "ANN009", "PRED001", "PRED007", "IMG001", "IMG002"} <= set(found)
    assert "AP 0.668 (AP50 1.000) on 12 images" in found["PRED007"]["summary"]


def shown(run: Callable[..., Ran], *arguments: str) -> dict[str, Any]:
    """The report in JSON of a run that shows pictures, as HTML does."""
    ran = run("coco", "--quiet", *arguments, "--format", "html", "-o", "report.html", "--format", "json")
    document: dict[str, Any] = json.loads(ran.out)
    page = Path("report.html").read_text(encoding="utf-8")
    assert page.count('<figure class="plot">') == len(document["plots"])
    assert page.count("data:image/jpeg;base64,") == len(document["pictures"])
    return document


def test_html_shows_plots_and_the_pictures_of_this_machine(
    run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = (str(SHAPES / "annotations.json"), str(SHAPES / "predictions.json"))
    document = shown(run, *files, "--images", str(SHAPES / "images"))
    rows = json.loads((SHAPES / "annotations.json").read_text(encoding="utf-8"))
    names = {image["file_name"]: image for image in rows["images"]}
    assert {picture["name"] for picture in document["pictures"]} == set(names)
    for picture in document["pictures"]:
        own = [row["bbox"] for row in rows["annotations"] if row["image_id"] == names[picture["name"]]["id"]]
        assert [box["bbox"] for box in picture["boxes"] if box["kind"] == "annotation"] == own
        assert sum(box["kind"] == "prediction" for box in picture["boxes"]) == 3
    assert len(document["plots"]) == 9
    assert document["figures"]["objects in images/"] == "12 (23.9 kB)"
    without = shown(run, *files)
    assert (without["pictures"], len(without["plots"])) == ([], 9)


def test_a_name_that_leads_out_of_the_directory_is_not_opened(
    run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture = (SHAPES / "images" / "shape_01.jpg").read_bytes()
    (tmp_path / "images").mkdir()
    (tmp_path / "private.jpg").write_bytes(picture)
    (tmp_path / "images" / "a.jpg").write_bytes(picture)
    (tmp_path / "images" / "broken.jpg").write_bytes(b"no picture")
    document = cocofiles.truth()
    for image, name in zip(
        document["images"],
        ["../private.jpg", "a.jpg", "broken.jpg", "./a.jpg", str(tmp_path / "private.jpg")],
        strict=False,
    ):
        image["file_name"] = name
    cocofiles.saved(tmp_path / "annotations.json", document)
    assert [p["name"] for p in shown(run, "annotations.json", "--images", "images")["pictures"]] == ["a.jpg"]


def test_only_what_is_given_is_examined(run: Callable[..., Ran], truth: Path) -> None:
    found = results(run("coco", str(truth), "--no-oracle", "--format", "json"))
    assert list(found) == [f"ANN00{number}" for number in range(1, 9)]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_the_fault_and_the_exit_code_is_the_same(
    run: Callable[..., Ran], tmp_path: Path, name: str
) -> None:
    document = cocofiles.truth()
    document["annotations"][3]["bbox"] = [1, 2, 3]
    path = cocofiles.saved(tmp_path / "a.json", document)
    ran = run("coco", str(path), "--format", name)
    assert ran.code == 1
    assert "bbox" in ran.out
    assert "ANN006" in ran.out


def test_the_finding_has_code_severity_count_and_place(run: Callable[..., Ran], tmp_path: Path) -> None:
    document = cocofiles.truth()
    document["annotations"][3]["bbox"] = [1, 2, 3]
    ran = run("coco", str(cocofiles.saved(tmp_path / "a.json", document)), "--format", "json")
    (finding,) = results(ran)["ANN006"]["findings"]
    assert (finding["code"], finding["severity"], finding["count"]) == ("bbox-shape", "error", 1)
    assert finding["examples"][0]["where"] == "/annotations/3/bbox"
    assert results(ran)["ANN009"]["status"] == "skip"


def test_what_depends_on_a_broken_file_is_skipped_after_the_first_cause(
    run: Callable[..., Ran], tmp_path: Path, guess: Path
) -> None:
    broken = tmp_path / "a.json"
    broken.write_text('{"images": [', encoding="utf-8")
    ran = run("coco", str(broken), str(guess), "--images", str(tmp_path), "--format", "json")
    found = results(ran)
    assert ran.code == 1
    assert (found["ANN001"]["status"], found["PRED001"]["status"]) == ("fail", "pass")
    for code in ("ANN002", "ANN009", "PRED006", "PRED007", "IMG001"):
        assert (found[code]["status"], found[code]["blocked_by"]) == ("skip", "ANN001")


@pytest.mark.parametrize(("target", "code"), [("platform", 0), ("pycocotools", 1), ("both", 1)])
def test_the_target_decides_what_is_a_fault(
    run: Callable[..., Ran], truth: Path, guess: Path, target: str, code: int
) -> None:
    assert run("coco", str(truth), str(guess), "--no-oracle", "--target", target).code == code


def test_warnings_fail_where_asked(run: Callable[..., Ran], tmp_path: Path) -> None:
    document = cocofiles.truth()
    document["annotations"][0]["area"] = 7
    path = str(cocofiles.saved(tmp_path / "a.json", document))
    assert run("coco", path, "--no-oracle").code == 0
    assert run("coco", path, "--no-oracle", "--fail-on", "warn").code == 1


def test_the_report_goes_to_a_file_but_never_over_an_input(
    run: Callable[..., Ran], truth: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.md"
    assert run("coco", str(truth), "--no-oracle", "--format", "markdown", "--output", str(out)).out == ""
    assert "ANN001" in out.read_text(encoding="utf-8")
    ran = run("coco", str(truth), "--output", str(truth))
    assert ran.code == 2
    assert "--output and ANNOTATIONS name the same file" in ran.err
    assert json.loads(truth.read_text(encoding="utf-8")) == cocofiles.truth()


def test_standard_input_is_examined_and_given_to_pycocotools(
    run: Callable[..., Ran], truth: Path, guess: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(guess.read_bytes())))
    ran = run("coco", str(truth), "-", "--format", "json")
    assert ran.code == 0
    assert "on 20 images" in results(ran)["PRED007"]["summary"]
    assert json.loads(ran.out)["subject"]["predictions"] == "standard input"


def test_a_pipe_with_a_name_is_read_once(run: Callable[..., Ran], truth: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = truth.read_bytes()
    writer = threading.Thread(target=lambda: pipe.write_bytes(data))
    writer.start()
    ran = run("coco", str(pipe), "--format", "json")
    writer.join(20)
    assert ran.code == 0
    assert "loads it: 20 images" in results(ran)["ANN009"]["summary"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.json"], "ANNOTATIONS nowhere.json cannot be read (no such file or directory)"),
        (["."], "ANNOTATIONS . is a directory: expected a COCO file"),
        (["{truth}", "nowhere.json"], "PREDICTIONS nowhere.json cannot be read"),
        (["-", "-"], "only one of the two files can come from standard input"),
        (["{truth}", "--images", "nowhere"], "--images nowhere cannot be listed (no such file or directory)"),
        (["{truth}", "--images", "{truth}"], "cannot be listed (not a directory)"),
        (["a\0b"], "cannot be read"),
        ([], "Missing argument 'ANNOTATIONS'"),
        (["{truth}", "--target", "tenyks"], "'tenyks' is not one of 'platform', 'pycocotools', 'both'"),
    ],
)
def test_a_mistake_is_answered_in_one_line(
    run: Callable[..., Ran], truth: Path, arguments: list[str], words: str
) -> None:
    ran = run("coco", *(argument.format(truth=truth) for argument in arguments))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert words in ran.err


def test_a_file_that_cannot_be_read_on_is_named(run: Callable[..., Ran]) -> None:
    mem = Path("/proc/self/mem")
    if not mem.exists():
        pytest.skip("only Linux has a file that can be opened and not read: /proc/self/mem")
    ran = run("coco", str(mem))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "/proc/self/mem cannot be read to its end (input/output error)" in ran.err


def test_compressed_files_are_named_as_such(run: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(gzip.compress(b"{}", mtime=0))
    assert "json-gzip" in run("coco", str(path), "--format", "json").out


def test_images_are_compared_with_the_directory(run: Callable[..., Ran], tmp_path: Path) -> None:
    document = cocofiles.truth()
    document["images"][0]["file_name"] = "Night/pic_01.jpg"
    folder = tmp_path / "images"
    (folder / "night").mkdir(parents=True)
    (folder / "loop").symlink_to(folder)
    (folder / "gone.jpg").symlink_to(tmp_path / "nowhere")
    (folder / "night" / "pic_01.jpg").write_bytes(b"x")
    for image in document["images"][1:-1]:
        (folder / image["file_name"]).write_bytes(b"x")
    path = cocofiles.saved(tmp_path / "a.json", document)
    found = results(run("coco", str(path), "--no-oracle", "--images", str(folder), "--format", "json"))
    about_names = {finding["code"]: finding for finding in found["IMG001"]["findings"]}
    assert about_names["f-case"]["count"] == 1
    assert about_names["f-missing"]["count"] == 1
    assert about_names["f-missing"]["examples"][0]["value"] == "images/pic_20.jpg"
    about_objects = {finding["code"]: finding for finding in found["IMG002"]["findings"]}
    assert about_objects["f-unlisted"]["count"] == 1
    assert about_objects["f-zero-bytes"]["count"] == 1


def test_ctrl_c_ends_it_with_what_was_found_out(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*PROGRAM, "coco", str(pipe), "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with pipe.open("wb") as file:
        file.write(b'{"images": [')
        file.flush()
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=180)
    assert process.returncode == 130, err
    assert json.loads(out)["interrupted"] is True
