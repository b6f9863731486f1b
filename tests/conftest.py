"""Servers to test against: an embedded S3 (always), a Ceph gateway and a browser (where they are installed)."""

from __future__ import annotations

from shutil import which
from typing import TYPE_CHECKING

import canaries
import harmless
import pytest
from gateway.gateway import Gateway, why_not
from hypothesis import HealthCheck, settings

from s3doctor.demo.server import EmbeddedS3

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("busy", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # a machine that has other work too is no fault of the code


@pytest.fixture(scope="session", autouse=True)
def secrets_are_caught() -> Iterator[None]:
    """Every secret that moto hands out is known to `canaries`, from the first on."""
    with canaries.caught():
        yield


@pytest.fixture(autouse=True)
def no_secret_in_artefacts(request: pytest.FixtureRequest) -> Iterator[None]:
    """No report or bundle that a test leaves in its directory holds a secret of this run."""
    yield
    place = request.node.funcargs.get("tmp_path")
    if place is not None:
        canaries.refuse_in_files(place)


@pytest.fixture(scope="session", autouse=True)
def requests_are_watched() -> Iterator[None]:
    """Every request to an embedded S3 is looked at, from whichever process it comes."""
    with harmless.watched():
        yield


@pytest.fixture(autouse=True)
def no_write_where_none_may_be() -> Iterator[None]:
    """No run that may only read has sent a request that could have written; none has aimed at what is not its own."""
    yield
    broken, harmless.BROKEN[:] = list(harmless.BROKEN), []
    assert not broken


@pytest.fixture
def embedded_s3() -> Iterator[EmbeddedS3]:
    """A new S3 over HTTP, IAM enforced, for this test alone: it starts in milliseconds."""
    with EmbeddedS3() as s3:
        yield s3


@pytest.fixture(scope="session")
def gateway_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A Ceph gateway for the whole run, where the programs for it are installed."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    server = Gateway(tmp_path_factory.mktemp("ceph"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def gateway(gateway_server: Gateway) -> Iterator[Gateway]:
    """The gateway, empty but for its administrator. Mark such tests `gateway`."""
    yield gateway_server
    gateway_server.empty()


@pytest.fixture(scope="session")
def browser() -> str:
    """The program of a headless Chromium. Mark such tests `browser`."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := which(name))), None)
    if found is None:
        pytest.skip("a browser test needs Chromium: apt-get install chromium chromium-driver")
    return found
