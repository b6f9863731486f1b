"""`--format github` fills the step summary that the workflow names, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.cli.summary import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from calling import Ran, Server


def test_the_step_summary_gets_the_report(
    run: Callable[..., Ran], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv(VARIABLE, str(summary))
    ran = run("check", *server.options, "--select", "CRED001", "--format", "github")
    assert "::group::The report of s3doctor" in ran.out
    assert summary.read_text(encoding="utf-8").startswith("before\n# s3doctor: PASS\n")


def test_other_formats_leave_it_alone(
    run: Callable[..., Ran], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "summary.md"))
    run("check", *server.options, "--select", "CRED001")
    assert not (tmp_path / "summary.md").exists()


def test_a_summary_that_cannot_be_written_is_told_of(
    run: Callable[..., Ran], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    ran = run("check", "--quiet", *server.options, "--select", "CRED001", "--format", "github")
    assert ran.code == 0
    assert ran.err.startswith("s3doctor: the step summary ")


def test_html_shows_pictures_where_there_are_any(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert run("demo", "healthy", "--quiet", "--format", "html", "--output", str(file)).code == 0
    page = file.read_text(encoding="utf-8")
    assert page.count('<figure class="picture') == 12
    assert 'id="data"' in page
