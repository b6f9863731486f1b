"""A Connection as people type it, made into one as the checks expect it; what was changed is said in its notes."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from s3doctor.connection import DEFAULT_METADATA_DIR, BadInput, Connection, Setup
from s3doctor.names_given import amazon_region, bucket_named, directory, endpoint_named, tidied


def tidy(connection: Connection) -> Connection:
    """The same connection with every name tidied, URLs taken apart and contradictions refused.

    Raises BadInput, whose message names the command line's option for the field in question.
    """
    for step in (
        _endpoint,
        _bucket,
        _metadata_bucket,
        _datasets,
        _directories,
        _region,
        _origins,
        _username,
        _pictures,
        _inventory,
        _dask,
    ):
        connection = step(connection)
    _refuse_contradictions(connection)
    return connection


def _noted(connection: Connection, note: str) -> Connection:
    return replace(connection, notes=(*connection.notes, note))


def _endpoint(connection: Connection) -> Connection:
    """An endpoint that is AWS's own is no other server: its region is kept, and AWS is examined as AWS."""
    if not connection.endpoint_url:
        return connection
    endpoint = endpoint_named(connection.endpoint_url)
    region = amazon_region(endpoint)
    if region is None:
        return replace(connection, endpoint_url=endpoint)
    connection = replace(connection, endpoint_url="", region=connection.region or region)
    return _noted(connection, "--endpoint-url is Amazon S3's own; the bucket is examined on AWS, where it needs none.")


def _bucket(connection: Connection) -> Connection:
    named = bucket_named(connection.bucket, endpoint_url=connection.endpoint_url)
    if not named.form:
        return replace(connection, bucket=named.bucket)
    datasets = connection.datasets or ((named.path,) if named.path else ())
    region = connection.region or named.region
    note = f"The bucket was given as {named.form}; read as bucket {named.bucket}"
    if named.path:
        note += f", dataset {named.path}" if not connection.datasets else f"; its path {named.path} was left out"
    if named.region and not connection.region:
        note += f", region {named.region}"
    return _noted(replace(connection, bucket=named.bucket, datasets=datasets, region=region), f"{note}.")


def _metadata_bucket(connection: Connection) -> Connection:
    if not connection.metadata_bucket:
        return connection
    named = bucket_named(connection.metadata_bucket, option="--metadata-bucket", endpoint_url=connection.endpoint_url)
    if not named.form:
        return replace(connection, metadata_bucket=named.bucket)
    note = f"The metadata bucket was given as {named.form}; read as bucket {named.bucket}"
    metadata_dir = connection.metadata_dir
    if named.path and metadata_dir == DEFAULT_METADATA_DIR:
        metadata_dir = named.path
        note += f", directory {named.path}"
    return _noted(replace(connection, metadata_bucket=named.bucket, metadata_dir=metadata_dir), f"{note}.")


def _pictures(connection: Connection) -> Connection:
    """`sample` alone is a sample of the usual size."""
    given = connection.pictures.strip().lower()
    if given == "sample":
        return replace(connection, pictures=Connection.pictures)
    if given not in ("all", "none") and not re.fullmatch(r"sample:[1-9][0-9]{0,8}", given):
        raise BadInput(
            f"--pictures is {connection.pictures!r}: expected all, none, sample, or a number as in sample:500"
        )
    return replace(connection, pictures=given)


def _inventory(connection: Connection) -> Connection:
    """A manifest's s3 URI or path."""
    given = connection.inventory.strip()
    if given.startswith("s3://") and not re.fullmatch(r"s3://[^/]+/.*[^/]", given):
        raise BadInput(f"--inventory is {given!r}: expected s3://bucket/path/manifest.json or a file's path")
    if given and connection.max_objects is not None:
        raise BadInput("--inventory does not go with --max-objects, for nothing is listed: leave one of them out")
    return replace(connection, inventory=given)


def _dask(connection: Connection) -> Connection:
    """The address of a Dask scheduler, as Dask writes it."""
    given = connection.dask.strip()
    if given and not re.fullmatch(r"(?:tcp|tls|wss?)://(?:[\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}", given, re.ASCII):
        raise BadInput("--dask is not the address of a Dask scheduler: expected one such as tcp://scheduler:8786")
    if given and connection.pictures != "all":
        raise BadInput("--dask hands out what --pictures all has to open: expected both, or neither")
    return replace(connection, dask=given)


def _datasets(connection: Connection) -> Connection:
    """Datasets without slashes at their ends, each once."""
    names = []
    for given in connection.datasets:
        name = _dataset(given, connection)
        if name != given:
            connection = _noted(connection, f"The dataset was read as {name}.")
        names.append(name)
    return replace(connection, datasets=tuple(dict.fromkeys(names)))


def _dataset(given: str, connection: Connection) -> str:
    name = tidied(given)
    if "://" in name or name.startswith("arn:"):
        named = bucket_named(name, option="--dataset", endpoint_url=connection.endpoint_url)
        if named.bucket != connection.bucket:
            raise BadInput(f"--dataset names another bucket ({named.bucket}) than --bucket ({connection.bucket})")
        name = named.path
    return _safe("--dataset", directory(name), "my-dataset")


def _directories(connection: Connection) -> Connection:
    images = tidied(connection.images).strip("/")
    if connection.images:
        _safe("--images", images, "images")
    metadata_dir = _safe("--metadata-dir", tidied(connection.metadata_dir).strip("/"), "metadata")
    if images != connection.images:
        connection = _noted(connection, f"--images was read as {images}.")
    if metadata_dir != connection.metadata_dir:
        connection = _noted(connection, f"--metadata-dir was read as {metadata_dir}.")
    return replace(connection, images=images, metadata_dir=metadata_dir)


def _safe(option: str, name: str, example: str) -> str:
    if not name:
        raise BadInput(f"{option} is empty: expected a directory's name such as {example}, or leave it out")
    if {".", ".."} & set(name.split("/")):
        raise BadInput(
            f"{option} holds a '.' or '..' step, which S3 does not follow: expected a name such as {example}"
        )
    return name


def _region(connection: Connection) -> Connection:
    region = tidied(connection.region)
    if not connection.endpoint_url:
        region = region.lower()
    if not re.fullmatch(r"[\w-]*", region, re.ASCII):
        raise BadInput("--region is not a region's code: expected one such as eu-central-1")
    if region == connection.region:
        return connection
    return _noted(replace(connection, region=region), f"--region was read as {region}.")


def _origins(connection: Connection) -> Connection:
    """Web origins are scheme, host and port (RFC 6454): a path after them is left out."""
    origins = []
    for given in connection.origins:
        origin = _origin(tidied(given))
        if origin != given:
            connection = _noted(connection, f"--origin was read as {origin}.")
        origins.append(origin)
    return replace(connection, origins=tuple(dict.fromkeys(origins)))


def _origin(text: str) -> str:
    if text == "*":
        return text
    match = re.match(r"(?P<origin>https?://(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?)(?:[/?#]|$)", text, re.IGNORECASE)
    if not match:
        raise BadInput("--origin is not a web origin: expected one such as https://app.example.com, or *")
    return urlsplit(match["origin"]).geturl().lower()


def _username(connection: Connection) -> Connection:
    """A user name; an ARN of a user ends in it."""
    name = tidied(connection.username)
    if name.startswith("arn:"):
        name = name.rpartition("/")[2]
    if name == connection.username:
        return connection
    return _noted(replace(connection, username=name), f"--username was read as {name}.")


def _refuse_contradictions(connection: Connection) -> None:
    if connection.setup is Setup.METADATA_BUCKET and not connection.metadata_bucket:
        raise BadInput("--setup metadata-bucket needs --metadata-bucket: expected the name of the second bucket")
    if connection.setup is not Setup.METADATA_BUCKET and connection.metadata_bucket:
        raise BadInput(f"--metadata-bucket does not go with --setup {connection.setup.value}: leave one of them out")
    if not 0 < connection.timeout < float("inf"):
        raise BadInput("--timeout is not a time: expected a number of seconds above 0, such as 300")
