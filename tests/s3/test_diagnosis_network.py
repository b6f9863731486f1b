"""What happens before an answer, made to happen: refused ports, dead proxies, bad certificates, silence, no key.

The class names the row's section in the taxonomy, the test the cause.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from certificates import Authority
from replay import S3_HEADERS, Replay, answer, error

from s3doctor.s3.answer import Answer
from s3doctor.s3.asking import ask
from s3doctor.s3.diagnosis import CAUSES, Diagnosis, Situation, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems fail in other ways, or not at all")


def get(client: Any, bucket: str = "photos", key: str = "a.jpg") -> Answer:
    return ask("GetObject", f"s3://{bucket}/{key}", lambda: client.get_object(Bucket=bucket, Key=key))


def assert_cause(found: Diagnosis, kind: str) -> None:
    assert found.cause.kind == kind
    assert found.nature == CAUSES[kind].nature
    assert found.conclusive is (found.nature not in {"network", "temporary", "not-s3"})


@contextmanager
def greeting(words: bytes, *, then_reset: bool = False) -> Iterator[int]:
    """A port that says something as soon as somebody connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            connection.sendall(words)
            if then_reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


@contextmanager
def full_queue() -> Iterator[int]:
    """A port whose queue is full: Linux then drops whoever knocks, as a firewall does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)  # noqa: FBT003 - the standard library's interface
            one.connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for one in waiting:
            one.close()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


class TestB7Connection:
    def test_host_not_found(self, client: Callable[..., Any]) -> None:
        assert_cause(diagnose(get(client("http://s3.invalid"))), "host-not-found")

    def test_region_misspelt(self, client: Callable[..., Any]) -> None:
        found = diagnose(get(client("http://s3.eu-west1.invalid")), Situation(region="eu-west1"))
        assert_cause(found, "region-misspelt")
        assert "eu-west-1" in found.cause.text

    def test_host_not_found_in_a_region_that_exists(self, client: Callable[..., Any]) -> None:
        assert_cause(diagnose(get(client("http://s3.invalid")), Situation(region="eu-west-1")), "host-not-found")

    def test_host_not_found_in_a_region_that_may_be_new(self, client: Callable[..., Any]) -> None:
        assert_cause(diagnose(get(client("http://s3.invalid")), Situation(region="eu-west-9")), "host-not-found")

    def test_connection_refused(self, client: Callable[..., Any], free_port: int) -> None:
        assert_cause(diagnose(get(client(f"http://127.0.0.1:{free_port}"))), "connection-refused")

    @ON_LINUX
    def test_unreachable(self, client: Callable[..., Any]) -> None:
        found = diagnose(get(client("http://255.255.255.255")))
        assert_cause(found, "unreachable")
        assert "(ENETUNREACH)" in found.cause.text

    @ON_LINUX
    def test_connect_timeout(self, client: Callable[..., Any]) -> None:
        with full_queue() as port:
            asked = client(f"http://127.0.0.1:{port}", config={"connect_timeout": 1})
            assert_cause(diagnose(get(asked)), "connect-timeout")

    def test_read_timeout(self, client: Callable[..., Any]) -> None:
        with Replay(None) as server:
            assert_cause(diagnose(get(client(server.url, config={"read_timeout": 1}))), "read-timeout")

    def test_connection_closed(self, client: Callable[..., Any]) -> None:
        with Replay(b"") as server:
            assert_cause(diagnose(get(client(server.url))), "connection-closed")

    def test_connection_reset(self, client: Callable[..., Any]) -> None:
        with greeting(b"", then_reset=True) as port:
            assert_cause(diagnose(get(client(f"http://127.0.0.1:{port}"))), "connection-closed")

    def test_nonsense_instead_of_http(self, client: Callable[..., Any]) -> None:
        with greeting(b"SSH-2.0-OpenSSH_9.9\r\n") as port:
            assert_cause(diagnose(get(client(f"http://127.0.0.1:{port}"))), "connection-closed")

    def test_proxy_unreachable(
        self, client: Callable[..., Any], free_port: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", f"http://anna:hunter2@127.0.0.1:{free_port}")
        found = diagnose(answered := get(client("http://s3.invalid")))
        assert_cause(found, "proxy-unreachable")
        assert "HTTP_PROXY" in found.cause.text
        assert "hunter2" not in repr(answered) + repr(found)

    def test_sts_unreachable_while_s3_answers(self, client: Callable[..., Any], free_port: int) -> None:
        sts = client(f"http://127.0.0.1:{free_port}", "sts")
        found = diagnose(ask("GetCallerIdentity", "sts", sts.get_caller_identity), Situation(s3_answers=True))
        assert_cause(found, "sts-unreachable")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


class TestB7Certificates:
    @pytest.mark.parametrize(
        ("kind", "options"),
        [
            ("certificate-expired", {"days": (-20, -10)}),
            ("certificate-not-yet-valid", {"days": (10, 20)}),
            ("certificate-hostname", {"ip": "10.0.0.1"}),
            ("certificate-refused", {"for_servers": False}),
        ],
    )
    def test_certificate(
        self, client: Callable[..., Any], authority: Authority, kind: str, options: dict[str, Any]
    ) -> None:
        with Replay(answer(200), tls=authority.server(**options)) as server:
            assert_cause(diagnose(get(client(server.url, verify=authority.file))), kind)

    def test_certificate_is_fine(self, client: Callable[..., Any], authority: Authority) -> None:
        with Replay(answer(200), tls=authority.server()) as server:
            assert_cause(diagnose(get(client(server.url, verify=authority.file))), "works")

    def test_certificate_unknown_ca(self, client: Callable[..., Any], authority: Authority) -> None:
        with Replay(answer(200), tls=authority.server()) as server:
            assert_cause(diagnose(get(client(server.url))), "certificate-unknown-ca")

    def test_dotted_bucket(self, client: Callable[..., Any], authority: Authority) -> None:
        with Replay(answer(200), tls=authority.server(ip="10.0.0.1")) as server:
            found = diagnose(get(client(server.url, verify=authority.file), "my.photos"))
        assert_cause(found, "dotted-bucket")

    @pytest.mark.parametrize("content", [None, "", "no certificate"])
    def test_ca_bundle_missing(
        self, client: Callable[..., Any], authority: Authority, tmp_path: Path, content: str | None
    ) -> None:
        if content is not None:
            (tmp_path / "ca.pem").write_text(content)
        with Replay(answer(200), tls=authority.server()) as server:
            found = diagnose(get(client(server.url, verify=str(tmp_path / "ca.pem"))))
        assert_cause(found, "ca-bundle-missing")

    def test_tls_failed(self, client: Callable[..., Any]) -> None:
        with greeting(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
            assert_cause(diagnose(get(client(f"https://127.0.0.1:{port}"))), "tls-failed")

    def test_old_tls_only(self, client: Callable[..., Any], authority: Authority) -> None:
        context = authority.server()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
        with Replay(answer(200), tls=context) as server:
            assert_cause(diagnose(get(client(server.url, verify=authority.file))), "works")


class TestB5BrokenAnswers:
    def test_truncated_body(self, client: Callable[..., Any]) -> None:
        with Replay(answer(200, b"x", {**S3_HEADERS, "Content-Length": "9"})) as server:
            assert_cause(diagnose(get(client(server.url))), "truncated-body")

    def test_stream_broken(self, client: Callable[..., Any]) -> None:
        headers = {**S3_HEADERS, "Transfer-Encoding": "chunked", "Content-Length": ""}
        broken = answer(200, b"5\r\nhel", headers).replace(b"Content-Length: \r\n", b"")
        with Replay(broken) as server:
            assert_cause(diagnose(get(client(server.url))), "stream-broken")

    def test_what_is_found_while_reading_on(self) -> None:
        """The answers are made to happen in tests/trust/test_reading_on.py."""
        for fault, kind in (("ObjectChanged", "object-changed"), ("RangeIgnored", "range-ignored")):
            found = diagnose(Answer("GetObject", "s3://bucket/key", fault=fault, reason="206"))
            assert_cause(found, kind)
            assert not found.conclusive

    def test_checksum_mismatch(self, client: Callable[..., Any]) -> None:
        headers = {**S3_HEADERS, "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-type": "FULL_OBJECT"}
        with Replay(answer(200, b"picture", headers)) as server:
            assert_cause(diagnose(get(client(server.url))), "checksum-mismatch")


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No key and no configuration anywhere."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


def fresh(**options: Any) -> Answer:
    """List with a new session, as a program does that has been told nothing."""

    def call() -> dict[str, Any]:
        import boto3

        client: Any = boto3.session.Session(**options).client("s3", "us-east-1", endpoint_url="http://127.0.0.1:1")
        found: dict[str, Any] = client.list_objects_v2(Bucket="photos")
        return found

    return ask("ListObjectsV2", "s3://photos/", call)


class TestB3Keys:
    @pytest.mark.usefixtures("alone")
    def test_no_credentials(self) -> None:
        assert_cause(diagnose(fresh()), "no-credentials")

    def test_partial_credentials(self, alone: pytest.MonkeyPatch) -> None:
        alone.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        found = diagnose(fresh())
        assert_cause(found, "partial-credentials")
        assert "AWS_SECRET_ACCESS_KEY" in found.cause.text

    @pytest.mark.usefixtures("alone")
    def test_profile_not_found(self) -> None:
        assert_cause(diagnose(fresh(profile_name="nobody")), "profile-not-found")

    @pytest.mark.usefixtures("alone")
    def test_config_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "config").write_text("[default\n")
        assert_cause(diagnose(fresh()), "config-unreadable")

    def test_key_has_line_break(self, client: Callable[..., Any], free_port: int) -> None:
        s3 = client(f"http://127.0.0.1:{free_port}", aws_access_key_id="AKIAIOSFODNN7EXAMPLE\n")
        found = diagnose(answered := get(s3))
        assert_cause(found, "key-has-line-break")
        assert "IOSFODNN7" not in repr(answered) + repr(found)

    def test_login_expired(self, alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
        alone.setenv("HOME", str(tmp_path))
        (tmp_path / "config").write_text(
            "[default]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
            "sso_account_id = 123456789012\nsso_role_name = reader\n"
        )
        assert_cause(diagnose(fresh()), "login-expired")


class TestB4Names:
    @pytest.mark.parametrize("bucket", ["my photos", "s3://photos", "photos/street", "x" * 256])
    def test_bucket_name(self, client: Callable[..., Any], free_port: int, bucket: str) -> None:
        assert_cause(diagnose(get(client(f"http://127.0.0.1:{free_port}"), bucket)), "bucket-name")

    def test_bucket_arn(self, client: Callable[..., Any], free_port: int) -> None:
        assert_cause(diagnose(get(client(f"http://127.0.0.1:{free_port}"), "arn:aws:s3:::photos")), "bucket-name")

    def test_region_with_a_space(self, client: Callable[..., Any], free_port: int) -> None:
        found = ask(
            "ListObjectsV2", "s3://b/", lambda: client(f"http://127.0.0.1:{free_port}", region_name="eu-west-1 ")
        )
        assert_cause(diagnose(found, Situation(region="eu-west-1 ")), "region-misspelt")

    def test_parameter_refused(self, client: Callable[..., Any], free_port: int) -> None:
        assert_cause(diagnose(get(client(f"http://127.0.0.1:{free_port}"), key="")), "parameter-refused")

    def test_request_failed(self, session: Any) -> None:
        found = diagnose(ask("Nothing", "s3://photos/", lambda: session.client("nothing")))
        assert_cause(found, "request-failed")
        assert "(UnknownServiceError)" in found.cause.text

    def test_redirect_loop(self, session: Any) -> None:
        with Replay(error(301, "PermanentRedirect", "Elsewhere.")) as server:
            following = session.client(
                "s3",
                endpoint_url=server.url,
                region_name="us-east-1",
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="x",
            )
            found = diagnose(get(following))
        assert_cause(found, "redirect-loop")
