"""`s3doctor init`: write a configuration file by asking. No secret is asked for, and no file is replaced."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from s3doctor import config
from s3doctor.atomic import write_whole
from s3doctor.cli.group import Command
from s3doctor.cli.output import reason, tell
from s3doctor.connection import BadInput, Connection, Setup
from s3doctor.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = {
    "profile": "a profile of ~/.aws",
    "csv": "the CSV file from the AWS console",
    "env": "an environment variable with the secret",
    "command": "a command that prints the secret",
}
"""The ways to say where the key is."""


@click.command("init", cls=Command)
@click.option("--output", "-o", default=config.FILE, show_default=True, help="The new file.")
def command(output: str) -> None:
    """Write a configuration file by asking.

    Afterwards `s3doctor check NAME` examines the connection, and `s3doctor check --all` all that you add to the file.
    No secret is asked for: the file says only where it is. A file that is there already stays as it is.
    """
    if os.path.lexists(output):
        raise BadInput(f"--output {output} exists: expected a new file; add a table [connections.NAME] to it yourself")
    name = _asked("A name for the connection", config.checked_name)
    entry = asked_entry()
    try:
        write_whole(output, as_toml(name, entry).encode(), force=False)
    except (OSError, ValueError) as fault:
        raise BadInput(f"--output {output} cannot be written ({reason(fault)}): expected a new file") from fault
    tell(f"{output} is written. Now: s3doctor check {name}")


def asked_entry() -> dict[str, Any]:
    """A connection's options, one question each, each answer judged at once."""
    entry: dict[str, Any] = {"bucket": _asked("Bucket", lambda text: tidy(Connection(text)))}
    bucket = entry["bucket"]
    if dataset := _optional("Dataset (empty: all are found)", lambda t: tidy(Connection(bucket, datasets=(t,)))):
        entry["dataset"] = dataset
    entry["setup"] = click.prompt("Set-up", type=click.Choice([s.value for s in Setup]), default="read-only", err=True)
    if entry["setup"] == Setup.METADATA_BUCKET.value:
        entry["metadata-bucket"] = _asked("Metadata bucket", lambda text: tidy(Connection(text)))
    if region := _optional("Region (empty: it is found)", lambda text: tidy(Connection(bucket, region=text))):
        entry["region"] = region
    if user := _optional("Name of the IAM user (empty: not compared)", lambda text: text):
        entry["username"] = user
    return {**entry, **_asked_key()}


def _asked_key() -> dict[str, str]:
    """Where the key is, in the file's words."""
    for word, meaning in KEYS.items():
        click.echo(f"  {word:<8} {meaning}", err=True)
    way = click.prompt("Where is the access key", type=click.Choice(list(KEYS)), default="profile", err=True)
    if way == "profile":
        return {"profile": _asked("Profile", _no_secret)}
    if way == "csv":
        return {"credentials-csv": _asked("CSV file", lambda text: text)}
    asked = {"env": "Name of the variable", "command": "Command"}[way]
    key_id = _asked("Access key ID", _no_secret)
    return {"access-key-id": key_id, f"secret-access-key-{way}": _asked(asked, _no_secret)}


def _no_secret(text: str) -> None:
    """Raises BadInput for what looks like a secret: none gets into the file."""
    if config.looks_secret(text):
        raise BadInput("this looks like the secret itself: expected only where it is")


def _asked(question: str, judge: Callable[[str], object]) -> str:
    """An answer that is fit to use; what is wrong with one that is not is said, and it is asked again."""
    while True:
        text = str(click.prompt(question, err=True)).strip()
        if _fits(text, judge):
            return text


def _optional(question: str, judge: Callable[[str], object]) -> str:
    """Likewise, where the answer may be left out."""
    while True:
        text = str(click.prompt(question, default="", show_default=False, err=True)).strip()
        if not text or _fits(text, judge):
            return text


def _refuse_unseen(text: str) -> None:
    if not text.isprintable():
        raise BadInput("this holds characters that do not show: expected plain text")


def _fits(text: str, judge: Callable[[str], object]) -> bool:
    try:
        _refuse_unseen(text)
        judge(text)
    except BadInput as fault:
        tell(str(fault))
        return False
    return True


def as_toml(name: str, entry: dict[str, str]) -> str:
    """The file: one table. JSON's way to write a text is one of TOML's too."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    table = json.dumps(name) if "." in name else name
    return "\n".join(["# Examine it: s3doctor check " + name, f"[connections.{table}]", *lines]) + "\n"
