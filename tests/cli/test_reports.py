"""Several reports of one run: the nth --format goes to the nth --output, and nothing gets into another's way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from calling import Ran, Server, run_apart

from s3doctor.cli.exits import Exit
from s3doctor.cli.summary import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

COCO = str(Path(__file__).parents[2] / "fixtures" / "buckets" / "_shapes" / "annotations.json")


def test_each_format_goes_to_its_own_file_and_one_to_standard_output(
    run: Callable[..., Ran], server: Server, tmp_path: Path
) -> None:
    json_file, xml_file = tmp_path / "report.json", tmp_path / "report.xml"
    pairs = ("--format", "json", "-o", str(json_file), "--format", "junit", "-o", str(xml_file), "--format", "markdown")
    ran = run("check", "--quiet", *server.options, "--select", "CRED", *pairs)
    assert (ran.code, ran.err) == (Exit.WELL, "")
    assert ran.out.startswith("# s3doctor: PASS\n")
    assert json.loads(json_file.read_text(encoding="utf-8"))["verdict"] == "pass"
    assert xml_file.read_text(encoding="utf-8").startswith("<?xml")


def test_a_dash_is_standard_output(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    pairs = ("--format", "table", "-o", "-", "--format", "html", "-o", str(file))
    ran = run("demo", "--quiet", *pairs)
    assert ran.out.startswith("PASS: ")
    assert file.read_text(encoding="utf-8").count('<figure class="picture') == 12


def test_coco_reports_likewise(run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv(VARIABLE, str(summary))
    file = tmp_path / "report.txt"
    ran = run("coco", COCO, "--no-oracle", "--quiet", "--format", "table", "-o", str(file), "--format", "github")
    assert ran.code == Exit.WELL
    assert "::group::" in ran.out
    assert file.read_text(encoding="utf-8").startswith("PASS: ")
    assert summary.read_text(encoding="utf-8").startswith("# s3doctor: PASS")


def test_formats_and_files_come_from_the_environment_too(server: Server, tmp_path: Path) -> None:
    files = [tmp_path / "report.json", tmp_path / "report.md"]
    ran = run_apart(
        *("check", *server.options, "--select", "CRED"),
        S3DOCTOR_FORMAT="json,markdown",
        S3DOCTOR_OUTPUT=",".join(map(str, files)),
    )
    assert (ran.code, ran.out) == (Exit.WELL, "")
    assert files[0].read_text(encoding="utf-8").startswith("{")
    assert files[1].read_text(encoding="utf-8").startswith("# s3doctor")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
@pytest.mark.parametrize("first_is_full", [True, False])
def test_a_full_disk_costs_only_its_own_report(run: Callable[..., Ran], tmp_path: Path, *, first_is_full: bool) -> None:
    file = tmp_path / "report.json"
    pairs = [("--format", "json", "-o", str(file)), ("--format", "table", "-o", "/dev/full")]
    ran = run("coco", COCO, "--no-oracle", "--quiet", *pairs[first_is_full], *pairs[not first_is_full])
    assert ran.code == Exit.USAGE
    assert "--output /dev/full cannot be written (no space left on device)" in ran.err
    assert json.loads(file.read_text(encoding="utf-8"))["verdict"] == "pass"


WRONG = {
    "a file too many": (
        ("--format", "json", "-o", "a", "-o", "b"),
        "--output was given 2 times and --format 1 times: expected a --format for each --output, in the same order",
    ),
    "files without formats": (("-o", "a", "-o", "b"), "--output was given 2 times and --format 0 times"),
    "two on standard output": (
        ("--format", "json", "--format", "html"),
        "json and html would go to standard output: expected an --output for all but one",
    ),
    "one file for two": (
        ("--format", "json", "-o", "a", "--format", "html", "-o", "./a"),
        "--output names the same file twice: expected a file for each --format",
    ),
}


@pytest.mark.parametrize("command", [("check", "--bucket", "b"), ("demo",), ("coco", COCO)], ids=lambda c: c[0])
@pytest.mark.parametrize(("options", "complaint"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_before_anything_is_asked(  # noqa: PLR0917 - pytest's parameters
    run: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    options: tuple[str, ...],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(*command, *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.USAGE, "", 1)
    assert complaint in ran.err
    assert not list(tmp_path.iterdir())


def test_a_baseline_says_what_has_changed_and_leaves_the_exit_code_alone(
    run: Callable[..., Ran], server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "before.json"
    options = ("check", "--quiet", *server.options, "--select", "CRED")
    run(*options, "--format", "json", "-o", str(file))
    ran = run(*options, "--username", "somebody-else", "--baseline", str(file))
    assert ran.code == Exit.FAILED
    assert "1 new." in ran.out
    assert "new     CRED003: " in ran.out
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    ran = run("check", "--bucket", "b", "--endpoint-url", "http://192.0.2.1", "--baseline", str(broken))
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert f"--baseline {broken} is not JSON: expected a report" in ran.err
