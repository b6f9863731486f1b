"""From a text to statements: what IAM would refuse to save is found here, with its place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from s3doctor.connection import BadInput
from s3doctor.finding import Severity
from s3doctor.remedies.conditions import values
from s3doctor.remedies.evaluate import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

MANAGED_LIMIT = 6144
"""Characters, white space not counted, that a managed policy may have (IAM quotas); an inline one has less."""

_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")
_TOP = ("Version", "Id", "Statement")
_ELEMENTS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
_BUCKET_POLICY = ("Principal", "NotPrincipal")
_ENVELOPES = (("PolicyVersion", "Document"), ("PolicyDocument",), ("Policy", "PolicyDocument"), ("Document",))
_HINTS = (
    (r"^\s*resource\s+\"", "this looks like Terraform: lint the JSON that it produces"),
    (r"^\s*(AWSTemplateFormatVersion|Version|Resources)\s*:", "this looks like YAML: a policy is pasted as JSON"),
    (r"^\s*<", "this looks like XML or HTML: a policy is JSON"),
    (
        "[\u201c-\u201e\u2018\u2019]",
        "it has typographic quotation marks, as word processors and web pages make them: use plain ones",
    ),
    (r",\s*[\]}]", 'there is a comma before a closing "]" or "}"'),
    (r"^\s*(//|#|/\*)", "JSON has no comments"),
    (r"[{\[,]\s*'", "JSON wants double quotation marks: \"Action\", not 'Action'"),
)


class UnreadablePolicyError(BadInput):
    """A text that is no JSON, or no policy at all. The message is one line and names the place."""


@dataclass(frozen=True)
class Mistake:
    """Something wrong in a policy. `pointer` is a JSON pointer into the document, `fix` what to write instead.

    An ERROR is what IAM refuses or what can never grant anything; a WARNING is probably not what was meant.
    """

    code: str
    severity: Severity
    file: str
    pointer: str
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Parsed:
    """A policy as read. With `refused`, IAM would not save it and it grants nothing: `statements` is empty then."""

    file: str
    document: dict[str, Any]
    statements: tuple[Statement, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def refused(self) -> bool:
        """Whether IAM would refuse to save the document."""
        return any(mistake.code == "refused" for mistake in self.mistakes)


def read(text: str, file: str = "policy") -> Parsed:
    """Read one policy: the document itself, or what `aws iam get-policy-version` and its like print around it.

    Raises UnreadablePolicyError where there is no JSON or no policy in it.
    """
    twice: list[str] = []
    document = _unwrap(_json(text, file, twice), file)
    doubled = tuple(_doubled(name, file) for name in dict.fromkeys(twice))
    mistakes = (*doubled, *_document_mistakes(document, file))
    parsed = Parsed(file, document, (), mistakes)
    return parsed if parsed.refused else Parsed(file, document, tuple(_statements(document, file)), mistakes)


def _doubled(name: str, file: str) -> Mistake:
    """A name that stands twice in one object."""
    text = f'"{name}" stands twice in one object: only the last one counts, and IAM may refuse the policy'
    return Mistake("twice", Severity.WARNING, file, "", text, "make two statements, or one list of values")


def _json(text: str, file: str, twice: list[str]) -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value of a text; names that stand twice in one object are added to `twice`."""

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        names = [name for name, _ in pairs]
        twice.extend(name for name in made if names.count(name) > 1)
        return made

    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=collect)
    except json.JSONDecodeError as error:
        place = f"{file}, line {error.lineno}, column {error.colno}"
        if not text.strip():
            raise UnreadablePolicyError(f"{file}: the file is empty, expected a policy in JSON") from None
        hint = next((f"; {hint}" for pattern, hint in _HINTS if re.search(pattern, text, re.MULTILINE)), "")
        raise UnreadablePolicyError(f"{place}: not valid JSON ({error.msg}){hint}") from None
    except ValueError:
        raise UnreadablePolicyError(f"{file}: a number of thousands of digits, expected a policy in JSON") from None
    except RecursionError:
        raise UnreadablePolicyError(f"{file}: nested far too deeply for a policy") from None


def _unwrap(value: Any, file: str) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """The policy in a JSON value."""
    rules = value.get("CORSRules") if isinstance(value, dict) else value
    if isinstance(rules, list) and any(isinstance(rule, dict) and "AllowedMethods" in rule for rule in rules):
        where = "it belongs into the bucket: Permissions, Cross-origin resource sharing"
        raise UnreadablePolicyError(f"{file}: this is a CORS configuration, not a policy; {where}")
    for path in _ENVELOPES:
        inner = value
        for name in path:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(inner, str) and inner.lstrip().startswith("{"):
            inner = _json(inner, file, [])
        if isinstance(inner, dict):
            return inner
    if not isinstance(value, dict) or not _looks_like_policy(value):
        raise UnreadablePolicyError(f'{file}: not a policy, expected an object with "Version" and "Statement"')
    return value


def _looks_like_policy(value: dict[str, Any]) -> bool:
    """Whether anything in it has to do with a policy, however spelled."""
    return any(get_close_matches(key.lower(), ("statement", "version"), cutoff=0.75) for key in value)


def _document_mistakes(document: dict[str, Any], file: str) -> Iterator[Mistake]:
    """What is wrong with the document and the shape of its statements."""
    yield from _unexpected(document, _TOP, file, "")
    version = document.get("Version")
    if version is None:
        text = 'there is no "Version": IAM takes 2008-10-17, in which ${…} is no variable'
        yield Mistake("version", Severity.WARNING, file, "", text, 'add "Version": "2012-10-17"')
    elif version not in _VERSIONS:
        text = f'"Version" is {version!r}: it is the version of the policy language, not a date of yours'
        yield _refused(file, "/Version", text, 'write "Version": "2012-10-17"')
    if (size := len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))) > MANAGED_LIMIT:
        text = f"the policy has {size:,} characters without white space, IAM allows {MANAGED_LIMIT:,}"
        yield _refused(file, "", text, "make two policies of it")
    if not (statements := _listed(document)):
        yield _refused(file, "/Statement", "there is no statement", "add one")
    sids = [s.get("Sid") for s in statements if isinstance(s, dict) and s.get("Sid")]
    for sid in sorted({str(sid) for sid in sids if sids.count(sid) > 1}):
        yield _refused(file, "/Statement", f'"Sid" {sid!r} is used more than once', "give every statement its own")
    for index, statement in enumerate(statements):
        yield from _statement_mistakes(statement, file, f"/Statement/{index}")


def _listed(document: dict[str, Any]) -> list[Any]:
    """The statements: one may stand without a list."""
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def _refused(file: str, pointer: str, text: str, fix: str = "") -> Mistake:
    """A mistake for which IAM does not save the policy (MalformedPolicyDocument)."""
    return Mistake("refused", Severity.ERROR, file, pointer, text, fix)


def _unexpected(found: dict[str, Any], expected: tuple[str, ...], file: str, pointer: str) -> Iterator[Mistake]:
    """Names that a policy does not have, with the one that was probably meant."""
    lower = {name.lower(): name for name in expected}
    for name in found:
        if name not in expected:
            near = get_close_matches(name.lower(), lower, n=1, cutoff=0.7)
            fix = f'write "{lower[near[0]]}"' if near else f"expected only {', '.join(expected)}"
            yield _refused(file, f"{pointer}/{name}", f'there is no element "{name}" in a policy', fix)


def _statement_mistakes(statement: Any, file: str, pointer: str) -> Iterator[Mistake]:  # noqa: ANN401 - any JSON value
    """What IAM would refuse in one statement."""
    if not isinstance(statement, dict):
        yield _refused(
            file, pointer, "a statement must be an object", 'write {"Effect": …, "Action": …, "Resource": …}'
        )
        return
    for name in _BUCKET_POLICY:
        if name in statement:
            text = f'"{name}" belongs into a bucket policy: the policy of a user has none'
            yield _refused(file, f"{pointer}/{name}", text, "remove it, or paste this under the bucket's Permissions")
    yield from _unexpected(statement, (*_ELEMENTS, *_BUCKET_POLICY), file, pointer)
    if (effect := statement.get("Effect")) not in _EFFECTS:
        yield _refused(
            file, f"{pointer}/Effect", f'"Effect" is {effect!r}', 'write "Allow" or "Deny", spelled like that'
        )
    if not re.fullmatch(r"[A-Za-z0-9]*", str(statement.get("Sid", ""))):
        yield _refused(file, f"{pointer}/Sid", '"Sid" may have letters and digits only')
    for name in ("Action", "Resource"):
        yield from _pair_mistakes(statement, name, file, pointer)
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        yield _refused(file, f"{pointer}/Condition", "expected an operator, in it a key, in it the values")


def _pair_mistakes(statement: dict[str, Any], name: str, file: str, pointer: str) -> Iterator[Mistake]:
    """Action or NotAction, Resource or NotResource: exactly one, of texts of the right form."""
    present = [key for key in (name, f"Not{name}") if key in statement]
    if len(present) != 1:
        text = f'there is no "{name}"' if not present else f'"{name}" and "Not{name}" exclude each other'
        yield _refused(file, pointer, text)
        return
    key = present[0]
    found = statement[key] if isinstance(statement[key], list) else [statement[key]]
    if not found or not all(isinstance(item, str) for item in found):
        yield _refused(file, f"{pointer}/{key}", f'"{key}" must be a text or a list of texts, and not empty')
        return
    for index, item in enumerate(found):
        if words := _FORM[name](item):
            at = f"{pointer}/{key}/{index}" if isinstance(statement[key], list) else f"{pointer}/{key}"
            yield _refused(file, at, *words)


def _action_form(item: str) -> tuple[str, str] | None:
    """An action is `service:Name` or `*`."""
    if item == "*" or re.fullmatch(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+", item):
        return None
    bare = item.strip().removeprefix("s3:").removeprefix("S3:")
    good = re.fullmatch(r"[A-Za-z*?]+", bare)
    return f"{item!r} is no action: it must be service:Name", f'write "s3:{bare}"' if good else 'such as "s3:GetObject"'


def _resource_form(item: str) -> tuple[str, str] | None:
    """A resource is an ARN or `*`."""
    if item == "*" or re.match(r"arn:[^:]*:[^:]+:[^:]*:[^:]*:.", item):
        return None
    bare = re.sub(r"^(s3:/*|https?://|arn:(aws:?)?(s3:*)?:*)", "", item.strip()).strip("/")
    return f"{item!r} is no ARN", f'write "arn:aws:s3:::{bare}"' if bare else 'such as "arn:aws:s3:::bucket/*"'


_FORM = {"Action": _action_form, "Resource": _resource_form}


def _statements(document: dict[str, Any], file: str) -> Iterator[Statement]:
    """The statements of a document in which IAM finds nothing to refuse."""
    for number, statement in enumerate(_listed(document), 1):
        name = f" ({statement['Sid']})" if statement.get("Sid") else ""
        yield Statement(
            f"{file}, statement {number}{name}",
            statement["Effect"] == "Allow",
            values(statement.get("Action", statement.get("NotAction"))),
            values(statement.get("Resource", statement.get("NotResource"))),
            "NotAction" in statement,
            "NotResource" in statement,
            statement.get("Condition", {}),
            document.get("Version") == _VERSIONS[0],
        )
