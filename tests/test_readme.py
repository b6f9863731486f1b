"""What the README tells people to type does what it says."""

from __future__ import annotations

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


def test_the_python_example_runs(embedded_s3: EmbeddedS3, capsys: pytest.CaptureFixture[str]) -> None:
    embedded_s3.admin_client("s3").create_bucket(Bucket="my-bucket")
    key = embedded_s3.create_user("alice", {})
    (example, *_) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    for shown, real in (
        ('"AKIA…"', repr(key.access_key_id)),
        ('"…"', repr(key.secret_access_key.reveal())),
        ('Connection("my-bucket"', f'Connection("my-bucket", endpoint_url={embedded_s3.endpoint_url!r}'),
    ):
        assert shown in example
        example = example.replace(shown, real)
    exec(example, {})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "fail"
    assert any(line.startswith("PERM001 fail ") for line in printed)


def test_the_configuration_example_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "s3doctor.toml"
    file.write_text(example, encoding="utf-8")
    assert list(read(str(file)).connections) == ["acme", "beta"]
