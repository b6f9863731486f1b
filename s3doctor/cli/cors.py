"""`s3doctor cors`: the CORS rule that works for a set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from s3doctor.cli.group import Command
from s3doctor.cli.options import Place, connection_from, option, place_options
from s3doctor.cli.output import tell
from s3doctor.cli.pasting import offer
from s3doctor.remedies.cors import FORMS, documents

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Given(Place):
    """All that the options of `cors` give."""

    form: str


@click.command("cors", cls=Command)
@place_options
@option(
    "--as", "form", type=click.Choice(list(FORMS)), default="console", show_default=True, help="What you will paste."
)
def command(**given: Unpack[Given]) -> None:
    """Print the CORS rule for the bucket that browsers read from: the metadata bucket where there is one.

    Nothing is asked of AWS. The S3 console takes the bare list, the AWS CLI wants it inside CORSRules: --as tells
    which you get. Setting a rule replaces all that the bucket has.
    """
    connection = connection_from(given)
    for note in connection.notes:
        tell(note)
    offer(documents(connection, form=given["form"]))
