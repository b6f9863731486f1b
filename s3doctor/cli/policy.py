"""`s3doctor policy`: the IAM policy that works for a set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from s3doctor.cli.group import Command
from s3doctor.cli.options import SEVERAL, Place, connection_from, option, place_options
from s3doctor.cli.output import tell
from s3doctor.cli.pasting import offer
from s3doctor.connection import Setup
from s3doctor.remedies import forms
from s3doctor.remedies.policy import Options, documents

if TYPE_CHECKING:
    from typing_extensions import Unpack

under_dataset_option = option(
    "--metadata-under-dataset",
    is_flag=True,
    help="In the metadata bucket, the metadata's directory lies below each dataset's (the page shows both places).",
)


class Given(Place):
    """All that the options of `policy` give."""

    kms_key: tuple[str, ...]
    restrict_listing: bool
    metadata_under_dataset: bool
    form: str


@click.command("policy", cls=Command)
@place_options
@option("--kms-key", **SEVERAL, help="The ARN of a KMS key that the objects are encrypted with; repeatable.")
@option("--restrict-listing", is_flag=True, help="Allow listing below the datasets' directories only.")
@under_dataset_option
@option(
    "--as", "form", type=click.Choice(list(forms.FORMS)), default="json", show_default=True, help="What you will paste."
)
def command(**given: Unpack[Given]) -> None:
    """Print the IAM policy that works for your set-up, and grants nothing else.

    Nothing is asked of AWS. Standard output holds only what is to be pasted; which policy it is stands on standard
    error.
    """
    connection = connection_from(given)
    for note in connection.notes:
        tell(note)
    if not connection.datasets:
        tell("no --dataset given: the policy opens the whole bucket")
    if given["metadata_under_dataset"] and connection.setup is not Setup.METADATA_BUCKET:
        tell("--metadata-under-dataset changes nothing without a metadata bucket")
    options = Options(given["kms_key"], given["metadata_under_dataset"], given["restrict_listing"])
    offer(documents(connection, form=given["form"], options=options))
