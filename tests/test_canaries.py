"""The net itself: a secret that got into an artefact is found, in whatever form."""

from __future__ import annotations

import base64
import json
import zipfile
from typing import TYPE_CHECKING

import canaries
import pytest

from s3doctor.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from s3doctor.demo.server import EmbeddedS3


def test_secrets_of_users_and_sessions_are_known(embedded_s3: EmbeddedS3) -> None:
    key = embedded_s3.create_user("alice", {})
    assert key.secret_access_key.reveal() in canaries.SECRETS


@pytest.mark.parametrize(
    "form", [str, lambda s: base64.b64encode(b"ab" + s.encode()).decode(), lambda s: s.encode().hex()]
)
def test_a_secret_in_a_file_is_found(embedded_s3: EmbeddedS3, tmp_path: Path, form: object) -> None:
    secret = embedded_s3.create_user("alice", {}).secret_access_key.reveal()
    text = json.dumps({"x": form(secret)})  # type: ignore[operator]
    (tmp_path / "x.key").write_text(text)
    canaries.refuse_in_files(tmp_path)
    place = tmp_path / "one"
    place.mkdir()
    with zipfile.ZipFile(place / "bundle.zip", "w") as archive:
        archive.writestr("report.txt", text)
    with pytest.raises(AssertionError, match=r"a secret got into .*bundle\.zip:report\.txt"):
        canaries.refuse_in_files(tmp_path)
    (place / "bundle.zip").unlink()


def test_the_demo_s_secrets_are_caught_too(tmp_path: Path) -> None:
    before = len(canaries.SECRETS)
    assert main(["demo", "--quiet", "temporary-key", "--format", "json", "-o", str(tmp_path / "r.json")]) in (0, 1)
    assert len(canaries.SECRETS) >= before + 4
