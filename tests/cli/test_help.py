"""Finding the way: help, version, and what is answered to a wrong word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from calling import Ran, run_apart

import s3doctor
from s3doctor.cli import COMMANDS
from s3doctor.cli.check import command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAVY = ("boto3", "botocore", "numpy", "moto", "PIL", "pycocotools", "msgspec", "jinja2")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"], ["explain", "--help"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from s3doctor.cli import main; code = main(sys.argv[1:]);"
        f"heavy = sorted(set({HEAVY}) & set(sys.modules)); sys.exit(', '.join(heavy) or code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, encoding="utf-8", timeout=180, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_version(run: Callable[..., Ran]) -> None:
    assert run("--version").out == f"s3doctor, version {s3doctor.__version__}\n"


def test_help_lists_every_command_with_a_line(run: Callable[..., Ran]) -> None:
    out = run("--help").out
    assert all(f"  {name} " in out for name in ("check", "checks", "explain"))
    assert COMMANDS["check"][1] in out


def test_a_long_list_of_options_has_headings_and_every_option_once() -> None:
    out = run_apart("check", "--help").out
    headings = re.findall(r"^(\S.*):$", out, re.MULTILINE)
    assert headings == [
        *("What to examine", "How the bucket is shared", "The access key", "The report", "What is looked at"),
        *("Large buckets", "Other options"),
    ]
    listed = re.findall(r"^  (?:-\w, )?(--[\w-]+)", out, re.MULTILINE)
    assert sorted(listed) == sorted(
        {option.opts[0] for option in command.params if option.param_type_name == "option"} | {"--help"}
    )
    assert max(map(len, out.splitlines())) <= 80
    assert "Options:" in run_apart("explain", "--help").out
    policy = run_apart("policy", "--help").out
    assert "How the bucket is shared:" in policy
    assert "The report:" not in policy


def test_without_a_command_the_help_is_shown_as_wrong_usage(run: Callable[..., Ran]) -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("chek", "there is no command chek; did you mean check?"),
        ("frobnicate", "there is no command frobnicate: expected one of check, checks, explain"),
        ("--versoin", "No such option"),
        ("-- --frobnicate", "--frobnicate"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(run: Callable[..., Ran], word: str, answer: str) -> None:
    ran = run(*word.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert answer in ran.err


def test_python_m_is_the_same_program() -> None:
    ran = run_apart("chek")
    assert (ran.code, ran.err) == (2, "s3doctor: there is no command chek; did you mean check?\n")


def test_the_shell_completes_commands_and_options() -> None:
    script = run_apart(_S3DOCTOR_COMPLETE="bash_source")
    assert script.code == 0
    assert "_s3doctor_completion" in script.out
    completed = run_apart(_S3DOCTOR_COMPLETE="bash_complete", COMP_WORDS="s3doctor ch", COMP_CWORD="1")
    assert completed.out.split() == ["plain,check", "plain,checks"]
    completed = run_apart(_S3DOCTOR_COMPLETE="bash_complete", COMP_WORDS="s3doctor check --set", COMP_CWORD="2")
    assert completed.out.split() == ["plain,--setup"]


def test_a_fault_of_s3doctor_itself_is_no_verdict_and_tells_no_secret(tmp_path: Path) -> None:
    (tmp_path / "tabulate.py").write_text("raise RuntimeError('canary')", encoding="utf-8")
    ran = run_apart(
        "check", "--bucket", "b", "--select", "CRED001", PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path])
    )
    assert (ran.code, ran.out) == (3, "")
    assert re.fullmatch(
        rf"s3doctor: a fault of s3doctor {s3doctor.__version__} itself: RuntimeError at report/\w+\.py line \d+; .*\n",
        ran.err,
    )
    assert "canary" not in ran.err
