"""The CORS rule in each of its forms, applied over HTTP, lets a browser read and do nothing else."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
from remedies.cases import METADATA, READ_ONLY

from s3doctor.remedies import cors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateway.gateway import Gateway

    from s3doctor.connection import Connection
    from s3doctor.demo.server import EmbeddedS3

ORIGIN = "https://app.example.com"
GIVEN = {"any": (), "one": (ORIGIN,), "two": ("https://other.example.com", ORIGIN)}


def from_console(connection: Connection, _folder: Path) -> Any:
    """The console puts the bare list under CORSRules itself."""
    (document,) = cors.documents(connection)
    return {"CORSRules": json.loads(document.text)}


def from_cli(connection: Connection, _folder: Path) -> Any:
    (document,) = cors.documents(connection, form="cli")
    script = f"aws() {{ printf '%s\\0' \"$@\"; }}\n{document.text}"
    found = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
    words = found.stdout.split("\0")[:-1]
    assert words[:4] == ["s3api", "put-bucket-cors", f"--bucket={connection.browsed_bucket}", "--cors-configuration"]
    return json.loads(words[4])


def from_terraform(connection: Connection, folder: Path) -> Any:
    """The block's attributes, evaluated by Terraform itself, under the names of the AWS provider."""
    if not shutil.which("terraform"):
        pytest.skip("Terraform is not installed")
    (document,) = cors.documents(connection, form="terraform")
    block = re.search(r"cors_rule \{\n(.*?)\n  \}", document.text, re.DOTALL)
    assert block
    (folder / "main.tf").write_text(f"locals {{\n rule = {{\n{block[1]}\n }}\n}}\n")
    found = subprocess.run(
        ["terraform", "console"],
        input="base64encode(jsonencode(local.rule))\n",
        cwd=folder,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    rule = json.loads(base64.b64decode(json.loads(found.stdout)))
    names = {"allowed_methods": "AllowedMethods", "allowed_origins": "AllowedOrigins"}
    return {"CORSRules": [{names[name]: value for name, value in rule.items()}]}


def preflight(url: str, origin: str, method: str) -> tuple[int, str]:
    """What a browser is told before it asks: the status, and the origin that is allowed."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    request = urllib.request.Request(f"{url}/notes/meta/a.jpg", method="OPTIONS", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers["Access-Control-Allow-Origin"]
    except HTTPError as error:
        with error:
            return error.code, ""


def tried(server: Any, configuration: Any) -> list[tuple[int, str]]:
    """Preflights after the configuration was set: reading from our origin, from another, and writing."""
    admin = server.admin_client("s3")
    admin.create_bucket(Bucket="notes")
    before = preflight(server.endpoint_url, ORIGIN, "GET")
    assert before == (403, "")
    admin.put_bucket_cors(Bucket="notes", CORSConfiguration=configuration)
    asked = [(ORIGIN, "GET"), ("https://stranger.example", "GET"), (ORIGIN, "PUT")]
    return [preflight(server.endpoint_url, origin, method) for origin, method in asked]


@pytest.mark.parametrize("form", [from_console, from_cli, from_terraform])
@pytest.mark.parametrize("origins", GIVEN)
def test_it_lets_a_browser_read_and_nothing_else(
    embedded_s3: EmbeddedS3, tmp_path: Path, origins: str, form: Callable[..., Any]
) -> None:
    connection = replace(METADATA, origins=GIVEN[origins])
    expected = [(200, "*"), (200, "*"), (403, "")] if origins == "any" else [(200, ORIGIN), (403, ""), (403, "")]
    assert tried(embedded_s3, form(connection, tmp_path)) == expected


@pytest.mark.gateway
@pytest.mark.parametrize("origins", GIVEN)
def test_it_does_so_on_the_gateway(gateway: Gateway, tmp_path: Path, origins: str) -> None:
    configuration = from_console(replace(METADATA, origins=GIVEN[origins]), tmp_path)
    statuses = [status for status, _ in tried(gateway, configuration)]
    assert statuses == ([200, 200, 403] if origins == "any" else [200, 403, 403])


def test_it_is_the_page_s_rule() -> None:
    assert cors.rule() == {
        "AllowedHeaders": [],
        "AllowedMethods": ["GET"],
        "AllowedOrigins": ["*"],
        "ExposeHeaders": [],
    }


def test_it_is_for_the_bucket_that_browsers_read_from() -> None:
    assert "--bucket=pictures " in cors.documents(READ_ONLY, form="cli")[0].text
    assert "--bucket=notes " in cors.documents(METADATA, form="cli")[0].text
    assert 'bucket = "other"' in cors.documents(METADATA, "other", form="terraform")[0].text


def test_terraform_is_laid_out_as_its_own_formatter_does(tmp_path: Path) -> None:
    if not shutil.which("terraform"):
        pytest.skip("Terraform is not installed")
    (document,) = cors.documents(replace(METADATA, origins=GIVEN["two"]), form="terraform")
    (tmp_path / "main.tf").write_text(document.text + "\n")
    found = subprocess.run(["terraform", "fmt", "-check"], cwd=tmp_path, capture_output=True, check=False)
    assert found.returncode == 0
