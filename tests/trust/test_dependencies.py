"""What is shipped and what it stands on: the wheel is under test, can be made again, and old versions are named."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from calling import PROGRAM

import s3doctor

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]


def test_the_oldest_versions_are_those_of_pyproject() -> None:
    spec = importlib.util.spec_from_file_location("oldest", ROOT / ".ci" / "oldest.py")
    assert spec is not None
    assert spec.loader is not None
    oldest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oldest)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    made = oldest.oldest(project)
    assert made == (ROOT / ".ci" / "oldest.txt").read_text("utf-8"), "run python .ci/oldest.py"
    assert f"boto3=={project['dependencies'][0].partition('>=')[2]}\n" in made
    with pytest.raises(ValueError, match=r"unbound in pyproject\.toml has no lower bound"):
        oldest.oldest({**project, "dependencies": ["unbound"]})


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="only tox installs a wheel; this is the checkout")
def test_the_wheel_is_under_test_and_not_the_checkout() -> None:
    assert ROOT not in Path(s3doctor.__file__).parents or "site-packages" in s3doctor.__file__
    assert PROGRAM[0] != sys.executable


@pytest.mark.slow
def test_two_builds_of_one_source_are_one_wheel(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="building offline takes hatchling; tox builds the wheel that it tests")
    made = [wheel(tmp_path / name) for name in ("first", "second")]
    assert made[0].name == made[1].name
    first, second = (hashlib.sha256(one.read_bytes()).hexdigest() for one in made)
    assert first == second


def wheel(folder: Path) -> Path:
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1764000000"}
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120)
    (made,) = folder.glob("*.whl")
    return made
