"""What the README tells people to type does what it says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from s3doctor.config import read

if TYPE_CHECKING:
    from s3doctor.demo.server import EmbeddedS3

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "command"),
    [("run", "python -m pip install '.[demo]' && s3doctor demo"), ("test", "python -m pip install tox && tox")],
)
def test_the_two_commands_are_one_line_each(name: str, command: str) -> None:
    assert f"<!-- {name} command -->\n```sh\n{command}\n```\n" in README


def test_ci_runs_the_readme_s_own_test_command() -> None:
    (extraction,) = re.findall(r"test_command=\$\((.*)\)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    done = subprocess.run(["bash", "-c", extraction], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "python -m pip install tox && tox\n"


EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("number", [0, 1])
def test_the_python_examples_run(embedded_s3: EmbeddedS3, capsys: pytest.CaptureFixture[str], number: int) -> None:
    embedded_s3.admin_client("s3").create_bucket(Bucket="my-bucket")
    key = embedded_s3.create_user("alice", {})
    example = EXAMPLES[number]
    for shown, real in (
        ('"AKIA…"', repr(key.access_key_id)),
        ('"…"', repr(key.secret_access_key.reveal())),
        ('Connection("my-bucket"', f'Connection("my-bucket", endpoint_url={embedded_s3.endpoint_url!r}'),
    ):
        assert shown in example
        example = example.replace(shown, real)
    exec(example, {})
    printed = capsys.readouterr().out.splitlines()
    assert ("fail" if number == 0 else "# s3doctor: FAIL") in printed
    assert any(line.startswith("PERM001 fail") for line in printed)


def test_the_coco_example_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = ROOT / "fixtures" / "buckets" / "_shapes"
    document = json.loads((shapes / "annotations.json").read_text(encoding="utf-8"))
    document["annotations"][0]["image_id"] = 10**9
    (tmp_path / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "predictions.json").write_bytes((shapes / "predictions.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(EXAMPLES[2], {})
    printed = capsys.readouterr().out
    assert printed.startswith("error ")
    assert "   /annotations/0/image_id" in printed


def test_the_configuration_example_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "s3doctor.toml"
    file.write_text(example, encoding="utf-8")
    assert list(read(str(file)).connections) == ["acme", "beta"]
