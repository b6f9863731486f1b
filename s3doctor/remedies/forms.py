"""One policy in the forms in which people keep it: JSON, a shell command, Terraform and CloudFormation."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from s3doctor.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INLINE_LIMIT = 2048
"""Characters, white space not counted, that all inline policies of one user may have together (IAM quotas)."""

_YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
"""Words that YAML 1.1 takes for other things than texts, in upper and lower case."""

NO_USER = '"${USER_NAME:?put the name of the IAM user here}"'


@dataclass(frozen=True)
class Policy:
    """A policy: the name that the platform's page gives it, and its statements."""

    name: str
    document: dict[str, Any]

    @property
    def compact(self) -> str:
        """The document on one line, as IAM counts its size."""
        return json.dumps(self.document, separators=(",", ":"))


def as_json(policies: tuple[Policy, ...], username: str = "") -> tuple[Document, ...]:
    """The form for the IAM console's JSON editor."""
    del username  # a policy's own text names no user
    return tuple(Document(policy.name, json.dumps(policy.document, indent=2)) for policy in policies)


def as_cli(policies: tuple[Policy, ...], username: str = "") -> tuple[Document, ...]:
    """Commands for a POSIX shell. Without a user name they ask for the variable USER_NAME.

    Inline policies, because setting one again replaces it; managed ones where they would be too long for that.
    """
    user = shlex.quote(username) if username else NO_USER
    command = _inline if sum(len(policy.compact) for policy in policies) <= INLINE_LIMIT else _managed
    return tuple(Document(policy.name, command(policy, user), "sh") for policy in policies)


def _inline(policy: Policy, user: str) -> str:
    """Set an inline policy of the user."""
    body = shlex.quote(policy.compact)
    return f"aws iam put-user-policy --user-name={user} --policy-name {policy.name} --policy-document {body}"


def _managed(policy: Policy, user: str) -> str:
    """Create a managed policy and attach it to the user."""
    body = shlex.quote(policy.compact)
    create = f"aws iam create-policy --policy-name {policy.name} --policy-document {body}"
    return f'aws iam attach-user-policy --user-name={user} --policy-arn "$({create} --query Policy.Arn --output text)"'


def as_terraform(policies: tuple[Policy, ...], username: str = "") -> tuple[Document, ...]:
    """HCL for the `hashicorp/aws` provider. Without a user name it takes `var.user_name`."""
    user = _hcl_text(username) if username else "var.user_name"
    return tuple(Document(policy.name, _terraform(policy, user), "hcl") for policy in policies)


def _terraform(policy: Policy, user: str) -> str:
    """A managed policy and its attachment."""
    label = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", policy.name).lower()
    return (
        f'resource "aws_iam_policy" "{label}" {{\n'
        f'  name = "{policy.name}"\n'
        f"  policy = jsonencode({hcl(policy.document, 1)})\n"
        "}\n\n"
        f'resource "aws_iam_user_policy_attachment" "{label}" {{\n'
        f"  user       = {user}\n"
        f"  policy_arn = aws_iam_policy.{label}.arn\n"
        "}"
    )


def hcl(value: Any, depth: int = 0) -> str:  # noqa: ANN401 - any JSON value
    """A JSON value as an HCL expression, laid out as `terraform fmt` does it."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        runs = groupby(value.items(), key=lambda pair: _nested(pair[1]))
        return "{\n" + "".join(_hcl_run(list(run), depth + 1) for _, run in runs) + f"{outer}}}"
    if isinstance(value, list):
        return "[\n" + "".join(f"{inner}{hcl(item, depth + 1)},\n" for item in value) + f"{outer}]"
    return _hcl_text(value) if isinstance(value, str) else json.dumps(value)


def _hcl_run(pairs: list[tuple[str, Any]], depth: int) -> str:
    """Attributes that follow each other: those of one line are aligned, those of several are not."""
    names = [key if key.isidentifier() else _hcl_text(key) for key, _ in pairs]
    width = 0 if _nested(pairs[0][1]) else max(map(len, names))
    lines = (f"{name:<{width}} = {hcl(item, depth)}" for name, (_, item) in zip(names, pairs, strict=True))
    return "".join(f"{'  ' * depth}{line}\n" for line in lines)


def _nested(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a value takes several lines."""
    return isinstance(value, (dict, list))


def _hcl_text(text: str) -> str:
    """A text as an HCL string; `${` and `%{` would be templates."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def as_cloudformation(policies: tuple[Policy, ...], username: str = "") -> tuple[Document, ...]:
    """One YAML template with all policies. Without a user name it takes the parameter `UserName`."""
    user: Any = username or {"Ref": "UserName"}
    resources = {
        policy.name[0].upper() + policy.name[1:]: {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"ManagedPolicyName": policy.name, "Users": [user], "PolicyDocument": policy.document},
        }
        for policy in policies
    }
    parameters = {} if username else {"Parameters": {"UserName": {"Type": "String"}}}
    template = {"AWSTemplateFormatVersion": "2010-09-09", **parameters, "Resources": resources}
    return (Document(" and ".join(policy.name for policy in policies), yaml(template), "yaml"),)


def yaml(value: Mapping[str, Any] | list[Any], depth: int = 0) -> str:
    """A JSON object or list as block YAML. Names must be letters and colons, as those of policies are."""
    indent = "  " * depth
    pairs = value.items() if not isinstance(value, list) else (("-", item) for item in value)
    return "\n".join(f"{indent}{_yaml_pair(key, item, depth)}" for key, item in pairs)


def _yaml_pair(key: str, item: Any, depth: int) -> str:  # noqa: ANN401 - any JSON value
    """One line, or one line and the block below it."""
    plain = re.fullmatch("[A-Za-z]+", key) and key.lower() not in _YAML_WORDS
    name = "-" if key == "-" else f"{key if plain else json.dumps(key)}:"
    if not _nested(item):
        return f"{name} {_yaml_text(item) if isinstance(item, str) else json.dumps(item)}"
    block = yaml(item, depth + 1)
    return f"- {block.lstrip()}" if key == "-" else f"{name}\n{block}"


def _yaml_text(text: str) -> str:
    """A text as a double-quoted YAML scalar; unlike JSON, YAML has no pairs of escapes for one character."""
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[^ -~]", lambda found: f"\\U{ord(found.group()):08X}", quoted)


FORMS: dict[str, Callable[[tuple[Policy, ...], str], tuple[Document, ...]]] = {
    "json": as_json,
    "cli": as_cli,
    "terraform": as_terraform,
    "cloudformation": as_cloudformation,
}
