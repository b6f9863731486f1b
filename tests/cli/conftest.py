"""A bare environment, the command line in this process, and an S3 server for all of its tests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import canaries
import pytest
from calling import BUCKET, Ran, Server

from s3doctor.cli import main
from s3doctor.connection import Credentials, Secret
from s3doctor.demo.server import EmbeddedS3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LIST = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
WRITE = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}


@pytest.fixture(autouse=True)
def bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, profile or option of whoever runs the tests gets in."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "S3DOCTOR_")) or name in ("NO_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("BOTO_CONFIG", str(tmp_path / "no-boto"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command line, called in this process."""

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        canaries.refuse(captured.out + captured.err, f"what `s3doctor {arguments[0] if arguments else ''}` said")
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for a module's tests: none of them changes it for the others. While it runs, moto enforces permissions."""
    with EmbeddedS3() as embedded:
        admin = embedded.admin_client("s3")
        admin.create_bucket(Bucket=BUCKET)
        for key in ("ds/images/a.jpg", "ds/annotations.json", "ds/predictions.json"):
            admin.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
        reader = embedded.create_user("reader", {"read": {"Version": "2012-10-17", "Statement": [LIST, READ]}})
        writer = embedded.create_user("writer", {"write": {"Version": "2012-10-17", "Statement": [LIST, READ, WRITE]}})

        def second_key() -> Credentials:
            key = embedded.admin_client("iam").create_access_key(UserName="reader")["AccessKey"]
            return Credentials(key["AccessKeyId"], Secret(key["SecretAccessKey"]))

        yield Server(embedded.endpoint_url, reader, writer, second_key)
