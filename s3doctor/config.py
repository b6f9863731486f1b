"""Connections by name, from `s3doctor.toml` or `[tool.s3doctor]` of `pyproject.toml`; secrets only by reference."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s3doctor.connection import BadInput

FILE = "s3doctor.toml"
PROJECT = "pyproject.toml"
COMMAND_SECONDS = 60.0
"""How long a command that gives a secret may take."""

REFERENCES = {
    "secret-access-key-env": "secret-access-key",
    "secret-access-key-command": "secret-access-key",
    "session-token-env": "session-token",
    "session-token-command": "session-token",
}
"""What says where a secret is, and the option of `check` that it stands for."""
PATHS = ("images", "metadata-dir", "credentials-csv", "inventory")
TEXTS = (
    *("bucket", *PATHS, "setup", "metadata-bucket", "region", "endpoint-url", "username", "profile"),
    *("access-key-id", "pictures", "inventory", "dask", *REFERENCES),
)
LISTS = ("dataset", "origin", "select", "ignore")
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(TEXTS, ((str,), "a text")),
    **dict.fromkeys(LISTS, ((str, list), "a text or a list of texts")),
    "timeout": ((int, float), "a number of seconds"),
    "max-objects": ((int,), "a whole number"),
    "no-write": ((bool,), "true or false"),
}
"""The keys of a connection: the options of `check`, with the types that their values may have, also in words."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_SECRETIVE = re.compile(r"secret|token|password|passwd", re.IGNORECASE)
_LIKE_A_SECRET = re.compile(r"(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9/+=]{40}|[A-Za-z0-9/+=]{100,}")
_LINE = re.compile(r"\(at .*\)$")
_ADVICE = "a reference: profile, credentials-csv, secret-access-key-env or secret-access-key-command"

Entry = Mapping[str, Any]
"""A connection's options by their names (`metadata-bucket`)."""


@dataclass(frozen=True)
class Config:
    """A file's connections by name. `path` is empty where there is no file."""

    path: str
    connections: Mapping[str, Entry]


def read(path: str = "") -> Config:
    """The connections of the file; without a path those of `s3doctor.toml`, else `pyproject.toml`, of this directory.

    Raises BadInput for a file that cannot be read or is no TOML, for keys and types that no connection has, and for a
    secret that stands in the file itself; no message repeats a value.
    """
    if not path:
        path = next((name for name in (FILE, PROJECT) if Path(name).is_file()), "")
    if not path:
        return Config(path, {})
    document = _parsed(path)
    if Path(path).name == PROJECT:
        document = _table(_table(document.get("tool", {}), path, "tool").get("s3doctor", {}), path, "tool.s3doctor")
    strange = next((key for key in document if key != "connections"), "")
    if strange:
        raise BadInput(f"{path} has the key {strange}: expected only tables such as [connections.NAME]")
    named = _table(document.get("connections", {}), path, "connections")
    return Config(path, {name: _entry(path, name, table) for name, table in named.items()})


def _parsed(path: str) -> dict[str, Any]:
    from msgspec import DecodeError, toml

    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        return toml.decode(text, type=dict[str, Any])
    except DecodeError as fault:
        place = _LINE.search(str(fault))
        raise BadInput(
            f"{path} is not TOML {place[0] if place else ''}: expected tables such as [connections.NAME]"
        ) from None
    except (OSError, ValueError) as fault:
        why = (getattr(fault, "strerror", None) or "not UTF-8").lower()
        raise BadInput(
            f"{path} cannot be read ({why}): expected a file with tables such as [connections.NAME]"
        ) from fault


def _table(value: object, path: str, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(f"{path}: {name} is not a table: expected tables such as [connections.NAME]")
    return value


def _entry(path: str, name: str, value: object) -> Entry:
    """One connection, checked key by key."""
    try:
        checked_name(name)
    except BadInput as fault:
        raise BadInput(f"{path}: {fault}") from None
    where = f"{path}: connections.{name}"
    table = {key.replace("_", "-"): item for key, item in _table(value, path, f"connections.{name}").items()}
    for key, item in table.items():
        _refuse_literal(f"{where}.{key}", key, item)
        _refuse_unknown(where, key)
        _refuse_type(f"{where}.{key}", key, item)
    return table


def checked_name(name: str) -> str:
    """The name, if it is one that a connection can have. Raises BadInput."""
    if not _NAME.fullmatch(name):
        raise BadInput("a connection's name is not one: expected letters, digits, '-', '_' and '.'")
    return name


def looks_secret(text: str) -> bool:
    """Whether a text has the shape of a secret access key or session token."""
    return bool(_LIKE_A_SECRET.fullmatch(text))


def _refuse_literal(where: str, key: str, value: object) -> None:
    """Raises BadInput for a secret in the file: it would be committed, copied and backed up."""
    literal = bool(_SECRETIVE.search(key)) and key not in KINDS
    if literal or (isinstance(value, str) and key not in PATHS and looks_secret(value)):
        raise BadInput(f"{where} holds a secret itself: expected {_ADVICE}")


def _refuse_unknown(where: str, key: str) -> None:
    if key not in KINDS:
        close = difflib.get_close_matches(key, KINDS, n=1)
        hint = f"; did you mean {close[0]}?" if close else ": expected the options of `s3doctor check`"
        raise BadInput(f"{where}: a connection has no {key}{hint}")


def _refuse_type(where: str, key: str, value: object) -> None:
    types, words = KINDS[key]
    fits = isinstance(value, types) and (bool in types or not isinstance(value, bool))
    if not fits or (isinstance(value, list) and not all(isinstance(item, str) for item in value)):
        raise BadInput(f"{where} is of the wrong type: expected {words}")


def resolved(entry: Entry, where: str) -> dict[str, Any]:
    """The entry with each reference replaced by the secret that it leads to, under the option's own name.

    Raises BadInput where the variable is not set, or the command fails or says nothing. Messages name the key, `where`
    and, of what went wrong, its kind; never what a variable holds or a command wrote.
    """
    found = {key: value for key, value in entry.items() if key not in REFERENCES}
    for key, option in REFERENCES.items():
        if key in entry:
            fetch = _from_variable if key.endswith("-env") else _from_command
            found[option] = fetch(entry[key], f"{where}.{key}")
    return found


def _from_variable(name: str, where: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise BadInput(f"{where} names an environment variable that is not set here")
    return value


def _from_command(command: str, where: str) -> str:
    """What a command writes, without a shell; what it writes to standard error is thrown away."""
    try:
        words = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - the customer's own command, from the customer's own file
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
        text = done.stdout.decode().strip()
    except subprocess.TimeoutExpired:
        raise BadInput(
            f"{where} did not end within {COMMAND_SECONDS:g} s: expected a command that asks nothing"
        ) from None
    except (OSError, ValueError, IndexError):
        raise BadInput(f"{where} cannot be run: expected a program and its arguments, without a shell") from None
    if done.returncode or not text:
        raise BadInput(f"{where} gave nothing (exit code {done.returncode}): expected the secret on standard output")
    return text
