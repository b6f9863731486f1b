"""The CORS rule of the page's section 3.3, in the forms that the console, the command line and Terraform take."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from s3doctor.model import Document, Fix, Who
from s3doctor.remedies.forms import hcl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from s3doctor.connection import Connection


def rule(origins: Sequence[str] = ()) -> dict[str, Any]:
    """The page's rule for the origins given, `*` (any) without one.

    An origin is a scheme, a host and perhaps a port, without a path, as a browser sends it: `https://app.example.com`.
    """
    return {
        "AllowedHeaders": [],
        "AllowedMethods": ["GET"],
        "AllowedOrigins": list(origins) or ["*"],
        "ExposeHeaders": [],
    }


def as_console(bucket: str, origins: Sequence[str] = ()) -> Document:
    """The bare list that the S3 console's editor (Permissions, Cross-origin resource sharing) takes."""
    return Document(f"CORS rule of {bucket} (console form)", json.dumps([rule(origins)], indent=2))


def as_cli(bucket: str, origins: Sequence[str] = ()) -> Document:
    """A command for a POSIX shell; its JSON has the wrapper that the console does not take."""
    body = shlex.quote(json.dumps({"CORSRules": [rule(origins)]}))
    command = f"aws s3api put-bucket-cors --bucket={shlex.quote(bucket)} --cors-configuration {body}"
    return Document(f"CORS rule of {bucket} (AWS CLI)", command, "sh")


def as_terraform(bucket: str, origins: Sequence[str] = ()) -> Document:
    """HCL for the `hashicorp/aws` provider."""
    made = rule(origins)
    methods, allowed = _line(made["AllowedMethods"]), _line(made["AllowedOrigins"])
    text = (
        'resource "aws_s3_bucket_cors_configuration" "tenyks" {\n'
        f"  bucket = {hcl(bucket)}\n\n"
        "  cors_rule {\n"
        f"    allowed_methods = {methods}\n"
        f"    allowed_origins = {allowed}\n"
        "  }\n"
        "}"
    )
    return Document(f"CORS rule of {bucket} (Terraform)", text, "hcl")


def _line(values: Sequence[str]) -> str:
    """A list of texts in HCL, on one line."""
    return "[" + ", ".join(hcl(value) for value in values) + "]"


FORMS: dict[str, Callable[[str, Sequence[str]], Document]] = {
    "console": as_console,
    "cli": as_cli,
    "terraform": as_terraform,
}


def documents(connection: Connection, bucket: str = "", form: str = "console") -> tuple[Document, ...]:
    """The rule for a bucket, by default the one that browsers read from, in one of `FORMS`."""
    return (FORMS[form](bucket or connection.browsed_bucket, connection.origins),)


def cors_fix(connection: Connection, bucket: str = "") -> Fix:
    """Give the bucket the page's CORS rule."""
    name = bucket or connection.browsed_bucket
    text = (
        f"In the S3 console open {name}, Permissions, Cross-origin resource sharing (CORS), Edit, and paste the rule "
        "below (the console takes the bare list, the command line wants it inside CORSRules). Rules that are there "
        "already for other web sites must be kept beside it: saving replaces them all."
    )
    return Fix(
        text,
        who=Who.BUCKET_OWNER,
        documents=(as_console(name, connection.origins),),
        commands=(as_cli(name, connection.origins).text,),
    )
