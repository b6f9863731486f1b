"""A Ceph object gateway on loopback: an S3 server in production at many places, whose answers nobody here wrote.

Needs root and Debian's `radosgw ceph-mon ceph-osd ceph-common` (Ceph 16.2 in Debian 12). Nothing is kept on disk but
logs; it starts in about a second.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from s3doctor.connection import Credentials, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool")
ADMIN = "administrator"
CAPS = "users=*;buckets=*;user-policy=*"
STARTS_WITHIN = 60.0  # seconds


def why_not() -> str:
    """Why no gateway can run here; empty where one can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"a Ceph gateway needs {', '.join(missing)}: apt-get install radosgw ceph-mon ceph-osd ceph-common"
    return "" if os.geteuid() == 0 else "a Ceph gateway needs root"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Gateway:
    """A running gateway. Users are made with `radosgw-admin`, their policies over the IAM interface."""

    def __init__(self, folder: Path) -> None:
        for name in ("mon", "osd", "run", "log"):
            (folder / name).mkdir(parents=True)
        self._folder, self._port = folder, _free_port()
        self._users: list[str] = []
        text = (Path(__file__).parent / "ceph.conf").read_text()
        fields = {"fsid": str(uuid.uuid4()), "folder": str(folder), "port": self._port, "mon_port": _free_port()}
        for name, value in fields.items():
            text = text.replace(f"{{{name}}}", str(value))
        self._conf = folder / "ceph.conf"
        self._conf.write_text(text)
        self._fields = fields

    def start(self) -> None:
        """Make the monitor and the OSD, start all three daemons and wait until the gateway answers."""
        monmap, osd = self._folder / "monmap", str(uuid.uuid4())
        address = f"[v2:127.0.0.1:{self._fields['mon_port']}]"
        self._run("monmaptool", "--create", "--fsid", str(self._fields["fsid"]), "--addv", "a", address, str(monmap))
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", str(monmap), "--keyring", os.devnull)
        self._run("ceph-mon", "-i", "a")
        self._run("ceph", "osd", "new", osd, "0")
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._run("ceph-osd", "-i", "0")
        self._run("radosgw", "-n", "client.rgw")
        self._wait()
        self._admin = self._new_user(ADMIN)
        self._run("radosgw-admin", "-n", "client.rgw", "caps", "add", "--uid", ADMIN, "--caps", CAPS)

    def stop(self) -> None:
        """End the daemons that `start` started, by the process ids that they wrote down."""
        for pid in (self._folder / "run").glob("*.pid"):
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.kill(int(pid.read_text()), signal.SIGKILL)

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def client(self, service: str, credentials: Credentials) -> Any:
        """A boto3 client of this server, with the given key."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name="default",
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key.reveal(),
            config=Config(
                signature_version="s3v4" if service == "s3" else "v4", request_checksum_calculation="when_required"
            ),
        )

    def admin_client(self, service: str, region: str = "default") -> Any:  # noqa: ARG002 - it has but one region
        """A boto3 client of the owner of all buckets, who may also set policies."""
        return self.client(service, self._admin)

    def presign(self, credentials: Credentials, bucket: str, key: str) -> str:
        """A link to an object that this key signed."""
        s3 = self.client("s3", credentials)
        return str(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=60))

    def create_user(self, name: str, policies: Mapping[str, Mapping[str, Any]]) -> Credentials:
        """A user with these inline policies, and its key."""
        credentials = self._new_user(name)
        self._users.append(name)
        for policy, document in policies.items():
            self.admin_client("iam").put_user_policy(
                UserName=name, PolicyName=policy, PolicyDocument=json.dumps(document)
            )
        return credentials

    def make_root(self, credentials: Credentials) -> None:  # noqa: ARG002 - part of what a host can be asked
        """It has no root user."""
        pytest.skip("a gateway has no root user")

    def set_clock(self, minutes: float) -> None:  # noqa: ARG002 - likewise
        """It has the clock of this machine."""
        pytest.skip("a gateway's clock is this machine's")

    def disown(self, bucket: str) -> None:  # noqa: ARG002 - likewise
        """It knows no accounts."""
        pytest.skip("a gateway has no accounts as AWS has them")

    def empty(self) -> None:
        """Remove every bucket and every user but the administrator."""
        s3 = self.admin_client("s3")
        for bucket in [item["Name"] for item in s3.list_buckets()["Buckets"]]:
            self._run("radosgw-admin", "-n", "client.rgw", "bucket", "rm", "--bucket", bucket, "--purge-objects")
        while self._users:
            self._run("radosgw-admin", "-n", "client.rgw", "user", "rm", "--uid", self._users.pop())

    def _new_user(self, name: str) -> Credentials:
        key, secret = f"AKIA{secrets.token_hex(8).upper()}", secrets.token_hex(20)
        options = ("--uid", name, "--display-name", name, "--access-key", key, "--secret-key", secret)
        self._run("radosgw-admin", "-n", "client.rgw", "user", "create", *options)
        return Credentials(key, Secret(secret), source="the Ceph gateway")

    def _run(self, program: str, *arguments: str) -> None:
        conf = () if program == "monmaptool" else ("-c", str(self._conf))
        subprocess.run(
            [program, *conf, *arguments],
            check=True,
            timeout=STARTS_WITHIN,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _wait(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(0.05)
        raise TimeoutError(f"the gateway did not answer within {STARTS_WITHIN:.0f} seconds; see {self._folder}/log")
