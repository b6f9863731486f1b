"""The options of all commands, each declared once; every one can also be given as `S3DOCTOR_` and its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from s3doctor.connection import DEFAULT_METADATA_DIR, Connection, Setup
from s3doctor.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

F = TypeVar("F", bound="Callable[..., Any]")
TIMEOUT = 300.0


class Place(TypedDict):
    """What `place_options` give: where the data is, and how it is shared."""

    bucket: str
    dataset: tuple[str, ...]
    images: str
    region: str
    endpoint_url: str
    setup: str | None
    metadata_bucket: str
    metadata_dir: str
    origin: tuple[str, ...]
    username: str


class Key(TypedDict):
    """What `key_options` give: an access key, or where it is."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    credentials_csv: str
    profile: str


class Telling(TypedDict):
    """What `telling_options` give: how much is said, and in which colours."""

    quiet: bool
    verbose: bool
    color: str


class Texts(click.types.StringParamType):
    """A text that may be given several times; in an environment variable they are separated by commas."""

    envvar_list_splitter = ","


class SeveralOf(click.Choice):  # type: ignore[type-arg] # generic from click 8.2 on only
    """One of some words, which may be given several times; in an environment variable they are separated by commas."""

    envvar_list_splitter = ","

    def __init__(self, choices: Iterable[str]) -> None:
        super().__init__(list(choices))


SEVERAL: dict[str, Any] = {"multiple": True, "type": Texts()}


def option(name: str, *more: str, **attributes: Any) -> Callable[[F], F]:  # noqa: ANN401 - click's own attributes
    """An option of the command line that can also be given in the environment."""
    envvar = "S3DOCTOR_" + name.lstrip("-").replace("-", "_").upper()
    return click.option(name, *more, envvar=envvar, **attributes)


def together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator; `--help` lists them in this order."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


bucket_option = option("--bucket", required=True, help="The bucket that holds the data: a name, s3:// URI, ARN or URL.")
bucket_or_name_option = option(
    "--bucket", default="", help="The bucket that holds the data: a name, s3:// URI, ARN or URL."
)
where_options = together(
    option("--dataset", **SEVERAL, help="A dataset's directory; repeatable. Left out: all are found."),
    option("--images", default="", help="The images' directory in the dataset. Left out: it is found."),
    option(
        "--setup",
        type=click.Choice([setup.value for setup in Setup]),
        help="How the bucket is shared. Left out: metadata-bucket where one is given, else read-only.",
    ),
    option("--metadata-bucket", default="", help="The second bucket, for the platform's metadata."),
    option("--metadata-dir", default=DEFAULT_METADATA_DIR, show_default=True, help="The metadata's directory."),
    option("--region", default="", help="The bucket's region, as you will submit it. Left out: it is found."),
    option("--endpoint-url", default="", help="The URL of an S3-compatible server other than Amazon's."),
    option("--origin", **SEVERAL, help="A web origin that must be able to read; repeatable. Left out: any."),
    option("--username", default="", help="The IAM user's name, as you will submit it."),
)
place_options = together(bucket_option, where_options)
key_options = together(
    option("--credentials-csv", default="", help="The access key's CSV file, as downloaded from the AWS console."),
    option("--profile", default="", help="A profile of ~/.aws that holds the access key."),
    option("--access-key-id", default="", help="The access key ID."),
    option("--secret-access-key", default="", help="The secret access key. Better left out: it is asked for."),
    option("--session-token", default="", help="The session token of a temporary key."),
)
telling_options = together(
    option("--quiet", "-q", is_flag=True, help="Say nothing on standard error but what went wrong."),
    option(
        "--verbose", "-v", is_flag=True, help="Say more: each result as it comes, and the evidence of what is well."
    ),
    option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Whether to colour the report. auto: on a terminal, unless NO_COLOR is set.",
    ),
)


def connection_from(place: Place, *, write: bool = True, timeout: float = TIMEOUT) -> Connection:
    """The connection that the options describe, tidied, without a key. Raises BadInput."""
    default = Setup.METADATA_BUCKET if place["metadata_bucket"] else Setup.READ_ONLY
    return tidy(
        Connection(
            place["bucket"],
            datasets=place["dataset"],
            images=place["images"],
            username=place["username"],
            region=place["region"],
            endpoint_url=place["endpoint_url"],
            setup=Setup(place["setup"]) if place["setup"] else default,
            metadata_bucket=place["metadata_bucket"],
            metadata_dir=place["metadata_dir"],
            origins=place["origin"],
            write=write,
            timeout=timeout,
        )
    )
