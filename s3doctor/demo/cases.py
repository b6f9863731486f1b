"""The folders of `fixtures/buckets/`: what is in an account, how the doctor is called, and what it must say."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_WHEEL = Path(__file__).parent / "buckets"
IN_CHECKOUT = Path(__file__).parents[2] / "fixtures" / "buckets"
CASES = IN_WHEEL if IN_WHEEL.is_dir() else IN_CHECKOUT
SHAPES = "_shapes"
HEALTHY = ("healthy", "metadata-bucket", "single-bucket")
FIRST = (*HEALTHY, "pasted-policy")


class Bucket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One bucket: the shared dataset goes under the name `dataset`; `cors` is a list of rules in AWS's spelling.

    A `foreign` bucket belongs to another account.
    """

    dataset: str = ""
    foreign: bool = False
    region: str = "us-east-1"
    versioning: bool = False
    cors: list[dict[str, Any]] = []


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose key the doctor is given; `policies` name JSON files.

    `key` says what is wrong with it: none, wrong-secret, unknown, inactive, temporary, temporary-without-token, root.
    """

    name: str
    policies: list[str]
    key: str = "good"


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the doctor must say. See Case."""

    exit_code: int
    statuses: dict[str, str] = {}
    skip: dict[str, list[str]] = {}
    says: dict[str, str] = {}
    begin_with: str = ""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One patient. `doctor` holds fields of a Connection; the server's clock is `clock_minutes` ahead of the doctor's.

    `expect` holds an `exit_code`, the checks that do not pass with their status, and under `skip` what is not looked
    at: the code of the first cause, with a list of codes or of families (`ANN`: all but those of the family that are
    named otherwise). `says` holds words that a check's summary, cause or fix must contain. `begin_with` is the code of
    the check that the report says to begin with, where it matters.

    What is changed of the shared dataset in the first bucket, in this order: `remove` (patterns), `rename` (old key:
    new key), `put` (key: file of the folder), `edit` (key: JSON pointer: new value), `truncate` (key: bytes left),
    `storage_class` (pattern: class).
    """

    title: str
    teaches: str
    buckets: dict[str, Bucket]
    user: User
    doctor: dict[str, Any]
    expect: Expected
    like: str = ""
    clock_minutes: int = 0
    name: str = ""
    remove: list[str] = []
    rename: dict[str, str] = {}
    put: dict[str, str] = {}
    edit: dict[str, dict[str, Any]] = {}
    truncate: dict[str, int] = {}
    storage_class: dict[str, str] = {}

    def file(self, name: str) -> bytes:
        """A file of the case's folder."""
        return (CASES / self.name / name).read_bytes()

    def policy(self, name: str) -> Any:  # noqa: ANN401 - a JSON document
        """A policy document: `NAME.json` in the case's folder, else in `_policies/`."""
        path = CASES / self.name / f"{name}.json"
        return json.loads((path if path.exists() else CASES / "_policies" / f"{name}.json").read_text())

    def objects(self, dataset: str) -> dict[str, bytes]:
        """Key to content: the shared dataset under this name, with the case's changes."""
        found = {f"{dataset}/{name}": content for name, content in _shapes().items()}
        for pattern in self.remove:
            found = {key: content for key, content in found.items() if not fnmatchcase(key, pattern)}
        for old, new in self.rename.items():
            found[new] = found.pop(old)
        for key, name in self.put.items():
            found[key] = self.file(name)
        for key, values in self.edit.items():
            found[key] = _edited(found[key], values)
        for key, length in self.truncate.items():
            found[key] = found[key][:length]
        return found

    def class_of(self, key: str) -> str:
        """The storage class that an object gets."""
        return next((name for pattern, name in self.storage_class.items() if fnmatchcase(key, pattern)), "STANDARD")


def names() -> list[str]:
    """All patients: the healthy ones, then the page's own mistake, then the others by name."""
    found = sorted(path.parent.name for path in CASES.glob("*/case.toml"))
    return [*FIRST, *(name for name in found if name not in FIRST)]


def load(name: str) -> Case:
    """The case of one of the `names`. Raises msgspec.ValidationError where its file says what no case can."""
    return msgspec.convert({**_table(name), "name": name}, Case)


def _table(name: str) -> dict[str, Any]:
    """The case's TOML over that of the case it is like. Expectations and changes are its own."""
    table = msgspec.toml.decode((CASES / name / "case.toml").read_bytes())
    expect = table["expect"]
    whole = {key: expect.pop(key) for key in ("exit_code", "skip", "says", "begin_with") if key in expect}
    table["expect"] = {**whole, "statuses": expect}
    return _over(_table(table["like"]), table) if "like" in table else table


def _over(base: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**base, **table}
    for key in ("buckets", "user", "doctor"):
        merged[key] = {**base[key], **table.get(key, {})}
    for bucket in base["buckets"]:
        merged["buckets"][bucket] = {**base["buckets"][bucket], **merged["buckets"][bucket]}
    return merged


def _shapes() -> dict[str, bytes]:
    """The shared dataset: its pictures and both COCO files, by their names under the dataset's directory."""
    root = CASES / SHAPES
    files = [root / "annotations.json", root / "predictions.json", *root.glob("images/**/*.*g")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(files)}


def _edited(content: bytes, values: Mapping[str, Any]) -> bytes:
    """A JSON document with new values at these JSON pointers."""
    document = json.loads(content)
    for pointer, value in values.items():
        *path, last = pointer.split("/")[1:]
        place = document
        for step in path:
            place = place[int(step) if isinstance(place, list) else step]
        place[int(last) if isinstance(place, list) else last] = value
    return json.dumps(document).encode()
