"""`s3doctor lint-policy`: what IAM policies would let the platform do, before anybody uses them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from s3doctor.cli.exits import Exit
from s3doctor.cli.options import Place, connection_from, option, place_options
from s3doctor.cli.output import can_show, reason, say, tell
from s3doctor.cli.policy import under_dataset_option
from s3doctor.connection import BadInput
from s3doctor.remedies.grammar import Parsed, read
from s3doctor.remedies.lint import review
from s3doctor.remedies.needs import ANY_IMAGES
from s3doctor.remedies.policy import Options, documents
from s3doctor.remedies.telling import as_json, table
from s3doctor.report.paper import RULE
from s3doctor.report.text import ascii_only

if TYPE_CHECKING:
    from typing_extensions import Unpack

LIMIT = 1_000_000
"""Characters; a policy in IAM may have 6,144."""
EXITS = {"fail": Exit.FAILED, "unknown": Exit.NOT_FOUND_OUT}


class Given(Place):
    """All that the arguments and options of `lint-policy` give."""

    files: tuple[str, ...]
    metadata_under_dataset: bool
    format: str


@click.command("lint-policy")
@click.argument("files", nargs=-1, metavar="FILE...")
@place_options
@under_dataset_option
@option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to report.")
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    """Judge IAM policies offline: what the platform needs, request by request, what is missing, what is too much.

    Several FILEs are judged as if all of them were attached to one user; - is standard input. What `aws iam
    get-policy-version`, `get-user-policy` and their like print is taken as it is. The exit code is 1 where a needed
    action is not granted, 2 for a FILE that is no policy, 3 where a condition leaves it open.
    """
    if not given["files"]:
        raise BadInput("no FILE given: expected a policy in JSON, or - for standard input")
    connection = connection_from(given)
    for note in connection.notes:
        tell(note)
    if not connection.datasets:
        raise BadInput("--dataset is missing: expected the directory of a dataset, whose keys are tried")
    if not connection.images:
        tell(f"no --images given: the pictures are taken to be in {ANY_IMAGES}/")
    shape = given["metadata_under_dataset"]
    found = review([_parsed(file) for file in given["files"]], connection, connection.datasets, dataset_shape=shape)
    if given["format"] == "json":
        say(as_json(found))
    else:
        text = table(found, documents(connection, options=Options(dataset_shape=shape)))
        say(text if can_show(RULE) else ascii_only(text))
    context.exit(EXITS.get(found.verdict, Exit.WELL))


def _parsed(file: str) -> Parsed:
    """One policy from a file or standard input. Raises BadInput."""
    name = "standard input" if file == "-" else file
    try:
        data = sys.stdin.buffer.read(LIMIT + 1) if file == "-" else _head(Path(file))
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{name} is no text in UTF-8: expected a policy in JSON") from None
    except (OSError, ValueError) as fault:
        raise BadInput(f"{name} cannot be read ({reason(fault)}): expected a policy in JSON") from None
    if len(data) > LIMIT:
        raise BadInput(f"{name} is too large: expected a policy in JSON, which IAM limits to 6,144 characters")
    return read(text, name)


def _head(path: Path) -> bytes:
    """The first bytes of a file, one more than may be."""
    with path.open("rb") as stream:
        return stream.read(LIMIT + 1)
