"""Policies as commands and templates: what a shell, Terraform and CloudFormation make of them is the same policy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from remedies.cases import METADATA, READ_ONLY

from s3doctor.remedies import forms
from s3doctor.remedies.policy import documents

if TYPE_CHECKING:
    from pathlib import Path

NASTY = ["o'hara", 'say "hi"', "$(touch pwned)", "`id`", "a b", "-x", "\\", "${aws:username}", "%{if}", "é+=,.@", "#"]


def argv(command: str, **environment: str) -> list[str]:
    """The words that a POSIX shell makes of a command."""
    script = f"aws() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    found = subprocess.run(["sh", "-euc", script], capture_output=True, check=True, env={**os.environ, **environment})
    return found.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("name", NASTY)
def test_any_name_survives_the_shell(name: str, tmp_path: Path) -> None:
    connection = replace(READ_ONLY, username=name, datasets=(name,))
    (document,) = documents(connection, form="cli")
    words = argv(f"cd {tmp_path}; {document.text}")
    assert words[:4] == ["iam", "put-user-policy", f"--user-name={name}", "--policy-name"]
    assert words[6:] == [words[6]]
    assert json.loads(words[6]) == json.loads(documents(connection)[0].text)
    assert not list(tmp_path.iterdir())


def test_without_a_user_name_the_command_stops_and_says_so() -> None:
    (document,) = documents(replace(READ_ONLY, username=""), form="cli")
    found = subprocess.run(["sh", "-c", document.text], capture_output=True, text=True, check=False)
    assert found.returncode
    assert "put the name of the IAM user here" in found.stderr
    assert argv(document.text, USER_NAME="o'hara")[2] == "--user-name=o'hara"


def test_policies_too_long_for_inline_ones_are_managed() -> None:
    """IAM allows 2,048 characters for all inline policies of one user together."""
    connection = replace(READ_ONLY, datasets=tuple(f"dataset-number-{n:03}" for n in range(60)))
    (document,) = documents(connection, form="cli")
    script = (
        "aws() { if [ $2 = create-policy ]; then printf arn:made; printf '%s' \"$6\" >&2; "
        "else printf '%s\\n' \"$@\"; fi; }\n" + document.text
    )
    found = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines() == ["iam", "attach-user-policy", "--user-name=ann", "--policy-arn", "arn:made"]
    assert json.loads(found.stderr) == json.loads(documents(connection)[0].text)
    (short,) = documents(replace(connection, datasets=connection.datasets[:30]), form="cli")
    assert "put-user-policy" in short.text


def test_terraform_is_laid_out_as_its_own_formatter_does(tmp_path: Path) -> None:
    if not shutil.which("terraform"):
        pytest.skip("Terraform is not installed")
    key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
    made = [
        d for u in ("ann", "") for d in documents(replace(METADATA, username=u), form="terraform", kms_key_arns=[key])
    ]
    for index, document in enumerate(made):
        (tmp_path / f"{index}.tf").write_text(document.text + "\n")
    found = subprocess.run(
        ["terraform", "fmt", "-check", "-diff"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_terraform_text() -> None:
    (document,) = documents(replace(READ_ONLY, username="", datasets=("a$b",)), form="terraform")
    assert document.language == "hcl"
    assert document.text == (
        'resource "aws_iam_policy" "tenyks_read_only_access" {\n'
        '  name = "tenyksReadOnlyAccess"\n'
        "  policy = jsonencode({\n"
        '    Version = "2012-10-17"\n'
        "    Statement = [\n"
        "      {\n"
        '        Sid      = "ListBucket"\n'
        '        Effect   = "Allow"\n'
        '        Action   = "s3:ListBucket"\n'
        '        Resource = "arn:aws:s3:::pictures"\n'
        "      },\n"
        "      {\n"
        '        Sid      = "ReadObjects"\n'
        '        Effect   = "Allow"\n'
        '        Action   = "s3:GetObject"\n'
        '        Resource = "arn:aws:s3:::pictures/a$${$}b/*"\n'
        "      },\n"
        "    ]\n"
        "  })\n"
        "}\n\n"
        'resource "aws_iam_user_policy_attachment" "tenyks_read_only_access" {\n'
        "  user       = var.user_name\n"
        "  policy_arn = aws_iam_policy.tenyks_read_only_access.arn\n"
        "}"
    )


def test_cloudformation_takes_the_user_as_a_parameter_where_it_is_not_known() -> None:
    (document,) = documents(replace(METADATA, username=""), form="cloudformation")
    template = yaml.safe_load(document.text)
    assert template["Parameters"] == {"UserName": {"Type": "String"}}
    users = [resource["Properties"]["Users"] for resource in template["Resources"].values()]
    assert users == [[{"Ref": "UserName"}], [{"Ref": "UserName"}]]


@pytest.mark.parametrize("username", ["ann", ""])
def test_cloudformation_is_well_formed_for_its_own_linter(tmp_path: Path, username: str) -> None:
    cfnlint = pytest.importorskip("cfnlint.api", reason="cfn-lint is not installed")
    (document,) = documents(replace(METADATA, username=username), form="cloudformation")
    assert cfnlint.lint(document.text, regions=["eu-central-1"], config=None) == []
    del tmp_path


NAMES = st.from_regex(r"[A-Za-z:]{1,12}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(NAMES, inner, min_size=1),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@example({"Null": {"on": "no", "Yes": [True, "true", [1, ["1"]]]}})
@given(st.dictionaries(NAMES, VALUES, min_size=1))
def test_yaml_says_the_same_as_json(value: dict[str, Any]) -> None:
    assert yaml.safe_load(forms.yaml(value)) == value
