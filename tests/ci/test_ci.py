"""What runs in other people's CI: the action's own script against a real server, the hook, the Dockerfile's parts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from s3doctor.cli.check import command
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.hook import main, pairs

if TYPE_CHECKING:
    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github" / "actions" / "check" / "action.yml"
SHAPES = ROOT / "fixtures" / "buckets" / "_shapes"


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return loaded


def run_step(given: dict[str, str], place: Path) -> tuple[subprocess.CompletedProcess[str], str]:
    """The action's step as a runner does it: inputs put into its environment, its script given to bash."""
    inputs = {name: each.get("default", "") for name, each in action()["inputs"].items()} | given
    [step] = [step for step in action()["runs"]["steps"] if step.get("id") == "check"]
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) }}", lambda match: inputs[match[1]], text)
        for name, text in step["env"].items()
    }
    assert not [text for text in filled.values() if "${{" in text]
    files = {name: str(place / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, **filled, **files, "RUNNER_TEMP": str(place), "PATH": paths, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env=environment, cwd=place, capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    return done, (place / "github_output").read_text()


def inputs_for(connection: Connection) -> dict[str, str]:
    key = connection.credentials
    return {
        "bucket": connection.bucket,
        "dataset": ",".join(connection.datasets),
        "endpoint-url": connection.endpoint_url,
        "access-key-id": key.access_key_id,
        "secret-access-key": key.secret_access_key.reveal(),
    }


@pytest.mark.parametrize(("name", "code"), [("healthy", 0), ("pasted-policy", 1)])
def test_the_action_examines_a_bucket(name: str, code: int, embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    done, output = run_step(inputs_for(connection), tmp_path)
    assert done.returncode == code, done.stderr
    assert "::group::" in done.stdout
    assert ("::error" in done.stdout) is bool(code)
    assert (tmp_path / "github_step_summary").read_text().startswith("# s3doctor: ")
    report = output.strip().removeprefix("report=")
    page = Path(report).read_text(encoding="utf-8")
    assert page.startswith("<!")
    secret = connection.credentials.secret_access_key.reveal()
    assert secret not in done.stdout + done.stderr + page


def test_the_action_passes_more_options_on(embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    given = inputs_for(prepare(cases.load("wrong-username"), embedded_s3))
    done, _ = run_step(given | {"arguments": "--select CRED --username somebody --verbose"}, tmp_path)
    assert done.returncode == 1
    assert "PERM001" not in done.stdout


def test_every_option_that_the_action_sets_exists() -> None:
    variables = {variable for option in command.params for variable in (option.envvar or "",) if variable}
    [step] = [step for step in action()["runs"]["steps"] if step.get("id") == "check"]
    assert {name for name in step["env"] if name != "ARGUMENTS"} <= variables
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(step["env"])))
    assert used == set(action()["inputs"])


def hook() -> dict[str, Any]:
    [one] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return dict(one)


def declared(name: str) -> Any:
    """What a program that pyproject.toml declares runs."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [value] = re.findall(rf'^{name} = "(.*)"$', text, re.MULTILINE)
    return EntryPoint(name, value, "console_scripts").load()


def test_the_hook_runs_a_program_of_ours_on_coco_files() -> None:
    assert declared(hook()["entry"]) is main
    wanted = re.compile(hook()["files"])
    assert all(wanted.search(path) for path in ("annotations.json", "voc/annotations.json", "voc/predictions.json"))
    assert not any(wanted.search(path) for path in ("my-annotations.json", "annotations.json.txt", "package.json"))


def test_the_hook_examines_each_dataset_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    for place in (good, bad):
        place.mkdir()
        for name in ("annotations.json", "predictions.json"):
            (place / name).write_bytes((SHAPES / name).read_bytes())
    paths = [str(good / "annotations.json"), str(good / "predictions.json")]
    assert pairs(paths) == [tuple(paths)]
    assert main([*paths, "--no-oracle"]) == 0
    assert capsys.readouterr().out.count("PASS: ") == 1
    (bad / "annotations.json").write_text("{")
    assert main(["--no-oracle", *paths, str(bad / "predictions.json")]) == 1
    assert "ANN001" in capsys.readouterr().out
    assert main([]) == 0


def test_the_hook_takes_other_files_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "train.json").write_bytes((SHAPES / "annotations.json").read_bytes())
    lonely = str(tmp_path / "predictions.json")
    assert pairs([str(tmp_path / "train.json"), lonely]) == [(str(tmp_path / "train.json"),), (lonely,)]
    done = subprocess.run(
        [sys.executable, "-m", "s3doctor.hook", "--no-oracle", "train.json"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("== train.json ==\n\nPASS: ")


def test_the_image_is_made_of_what_is_there() -> None:
    text = (ROOT / ".docker" / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE):
        *sources, _ = line.split()
        assert all((ROOT / source).exists() for source in sources), line
    [entry] = re.findall(r'^ENTRYPOINT \["(.*)"\]$', text, re.MULTILINE)
    assert callable(declared(entry))


def test_the_readme_s_examples_are_what_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    step, config = blocks[0][0], blocks[1][0]
    assert step["uses"] == "OWNER/s3doctor/.github/actions/check@main"
    place = text.index("put the owner and the name of your copy in place of `OWNER/s3doctor`")
    assert place < text.index(step["uses"])
    here = re.findall(r"uses: \./(\S+)`", text)
    assert [(ROOT / path / "action.yml").is_file() for path in here] == [True]
    assert set(step["with"]) <= set(action()["inputs"])
    assert config["hooks"] == [{"id": hook()["id"]}]
    assert "steps.s3doctor.outputs.report" in blocks[0][1]["with"]["path"]
    assert "report" in action()["outputs"]
