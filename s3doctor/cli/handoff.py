"""`s3doctor handoff`: what to submit to the platform."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from s3doctor.cli.exits import Exit
from s3doctor.cli.group import Command
from s3doctor.cli.key import warn_of_history, with_key
from s3doctor.cli.options import Key, Place, connection_from, key_options, option, place_options
from s3doctor.cli.output import reason, tell
from s3doctor.cli.pasting import offer
from s3doctor.cli.policy import under_dataset_option
from s3doctor.connection import BadInput
from s3doctor.remedies.handoff import handoff, key_faults, uri_faults

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from s3doctor.connection import Connection


class Given(Place, Key):
    """All that the options of `handoff` give."""

    metadata_under_dataset: bool
    with_secret: str


@click.command("handoff", cls=Command)
@place_options
@key_options
@under_dataset_option
@option("--with-secret", default="", help="Also write all, the secret key with it, to this new file (mode 600).")
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    """Print what to submit to the platform: the user, the key ID, the region, and where each part of a dataset is.

    The key ID is masked and the secret key left out, so that the text may be shown; --with-secret writes the complete
    one to a file that only you can read. Nothing is asked of AWS. The exit code is 1 where the platform would refuse
    what is submitted; then no file is written.
    """
    warn_of_history()
    connection = with_key(connection_from(given), given)
    for note in (*connection.notes, *connection.credentials.notes):
        tell(note)
    for name, value in (("--dataset", connection.datasets), ("--images", connection.images)):
        if not value:
            raise BadInput(f"{name} is missing: expected a directory's name, which is part of what is submitted")
    shape = given["metadata_under_dataset"]
    offer([handoff(connection, dataset_shape=shape)])
    faults = [*key_faults(connection)]
    for name in connection.datasets:
        faults += uri_faults(connection, name, connection.images, dataset_shape=shape)
    for fault in dict.fromkeys(faults):
        tell(fault)
    if faults:
        context.exit(Exit.FAILED)
    if given["with_secret"]:
        _write(given["with_secret"], connection, dataset_shape=shape)


def _write(path: str, connection: Connection, *, dataset_shape: bool) -> None:
    """All of it to a new file that only its owner may read. Raises BadInput; an existing file is never touched."""
    text = handoff(connection, dataset_shape=dataset_shape, secret=True).text
    if path == "-":
        raise BadInput("--with-secret - is refused: expected a new file, the secret is never printed")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text + "\n")
    except FileExistsError:
        raise BadInput(f"--with-secret {path} exists already: expected a new file, nothing is overwritten") from None
    except (OSError, ValueError) as fault:
        raise BadInput(
            f"--with-secret {path} cannot be written ({reason(fault)}): expected a new file of yours"
        ) from None
    tell(f"{path} holds the secret key: send it on a safe way, then delete it")
