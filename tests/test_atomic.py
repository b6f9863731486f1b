"""A new file: whole or not at all, and never in place of another by mistake."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from s3doctor.atomic import refuse_to_lose, write_whole
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.json"
    path.write_bytes(b"precious")
    return path


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("kind", ["same", "symlink", "hardlink", "detour", "through a link of a directory"])
def test_an_input_is_never_overwritten_by_whatever_name(source: Path, kind: str, *, force: bool) -> None:
    out = source.parent / "out.json"
    if kind == "same":
        out = source
    elif kind == "symlink":
        out.symlink_to(source)
    elif kind == "hardlink":
        os.link(source, out)
    elif kind == "detour":
        (source.parent / "below").mkdir()
        out = source.parent / "below" / ".." / "in.json"
    else:
        (source.parent / "linked").symlink_to(source.parent)
        out = source.parent / "linked" / "in.json"
    with pytest.raises(BadInput, match="is the same file as"):
        refuse_to_lose(str(out), [str(source)], force=force)


def test_a_file_needs_force_and_a_directory_is_never_replaced(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    refuse_to_lose(str(out), [str(source)], force=False)
    out.symlink_to(tmp_path / "nowhere")
    with pytest.raises(BadInput, match=r"exists: expected a new file, or --force"):
        refuse_to_lose(str(out), [str(source)], force=False)
    refuse_to_lose(str(out), [str(source)], force=True)
    with pytest.raises(BadInput, match="is a directory"):
        refuse_to_lose(str(tmp_path), [str(source)], force=True)


def test_a_file_is_written_whole_with_usual_rights_and_leaves_no_draft(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    write_whole(str(out), b"new", force=False)
    assert out.read_bytes() == b"new"
    (tmp_path / "usual").write_bytes(b"")
    assert out.stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out.json", "usual"]


def test_a_file_that_appeared_meanwhile_stays_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_bytes(b"somebody's")
    with pytest.raises(FileExistsError):
        write_whole(str(out), b"new", force=False)
    assert out.read_bytes() == b"somebody's"
    write_whole(str(out), b"new", force=True)
    assert out.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["out.json"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other, out = tmp_path / "other.json", tmp_path / "out.json"
    other.write_bytes(b"other")
    out.symlink_to(other)
    write_whole(str(out), b"new", force=True)
    assert (other.read_bytes(), out.read_bytes(), out.is_symlink()) == (b"other", b"new", False)


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(str(tmp_path / "nowhere" / "out.json"), b"new", force=False)
    assert list(tmp_path.iterdir()) == []
