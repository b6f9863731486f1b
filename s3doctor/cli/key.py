"""Which access key is used: what is typed comes before the CSV file, the profile, and AWS's own environment."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from s3doctor.cli.output import tell
from s3doctor.connection import BadInput, Connection, Credentials
from s3doctor.credentials import environment_key, profile_key, typed_key
from s3doctor.key_file import csv_key

if TYPE_CHECKING:
    from s3doctor.cli.options import Key

SECRETS = ("secret_access_key", "session_token")


def with_key(connection: Connection, given: Key) -> Connection:
    """The connection with the key that the options name. On a terminal, what is missing is asked for.

    Without any key the connection stays without: that is for a check to judge. Raises BadInput for half a key, and for
    a file or profile that cannot be used.
    """
    if given["access_key_id"] or given["secret_access_key"] or given["session_token"]:
        return replace(connection, credentials=_typed(given))
    if given["credentials_csv"]:
        credentials, username = csv_key(given["credentials_csv"])
        return replace(connection, credentials=credentials, username=connection.username or username)
    if given["profile"]:
        return replace(connection, credentials=profile_key(given["profile"]))
    credentials = environment_key() or (_typed(given) if _terminal() else Credentials())
    return replace(connection, credentials=credentials)


def _typed(given: Key) -> Credentials:
    key_id = given["access_key_id"] or _asked("Access key ID", "--access-key-id", hidden=False)
    secret = given["secret_access_key"] or _asked("Secret access key", "--secret-access-key", hidden=True)
    credentials = typed_key(key_id, secret, given["session_token"], source="the command line")
    passed_over = [f"--{name.replace('_', '-')}" for name in ("credentials_csv", "profile") if given[name]]
    if not passed_over:
        return credentials
    note = f"{' and '.join(passed_over)} passed over: the key itself was given."
    return replace(credentials, notes=(*credentials.notes, note))


def _asked(prompt: str, option: str, *, hidden: bool) -> str:
    if not _terminal():
        raise BadInput(f"{option} is missing: expected both halves of the access key, or --credentials-csv alone")
    return str(click.prompt(prompt, hide_input=hidden, err=True))


def _terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def warn_of_history() -> None:
    """Say it where a secret stands on the command line: the shell keeps it, and other users see it."""
    context = click.get_current_context()
    for name in SECRETS:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            option, variable = f"--{name.replace('_', '-')}", f"S3DOCTOR_{name.upper()}"
            tell(f"warning: {option} stands in your shell's history now; better use --credentials-csv or {variable}")
