"""A Dask cluster opens the pictures and finds what this machine finds; nothing that others can see holds a secret."""

from __future__ import annotations

import json
import pickle
import socket
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from distributed import Client, LocalCluster

from s3doctor.cli import main
from s3doctor.cli.exits import Exit
from s3doctor.cluster import Cluster, ClusterError, LostKeyError, RemoteReader, check_on, lend, take_back
from s3doctor.connection import BadInput, Connection, Secret
from s3doctor.demo.server import EmbeddedS3
from s3doctor.engine import Visit
from s3doctor.model import Status
from s3doctor.pictures import Checked, Picture, check_pictures
from s3doctor.s3.client import S3
from s3doctor.s3.objects import Objects, UnreadableError
from s3doctor.tidy import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
FORGET_ALL = "import s3doctor.cluster; s3doctor.cluster._lent.clear()"  # as a worker that died and was started again
COUNT = 40
NAMES = [f"{number:02}.png" for number in range(COUNT)]


@pytest.fixture(scope="module")
def s3() -> Iterator[EmbeddedS3]:
    with EmbeddedS3() as server:
        admin = server.admin_client("s3")
        admin.create_bucket(Bucket="pictures")
        for number, name in enumerate(NAMES):
            admin.put_object(Bucket="pictures", Key=f"ds/images/{name}", Body=PNG[:-5] if number % 9 == 1 else PNG)
        images = [{"id": n, "file_name": name, "width": 1 + n % 2, "height": 1} for n, name in enumerate(NAMES, 1)]
        box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1, "iscrowd": 0}
        document = {"images": images, "annotations": [box], "categories": [{"id": 1, "name": "thing"}]}
        admin.put_object(Bucket="pictures", Key="ds/annotations.json", Body=json.dumps(document).encode())
        yield server


@pytest.fixture(scope="module")
def connection(s3: EmbeddedS3) -> Connection:
    allow = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}
    key = s3.create_user("reader", {"read": {"Version": "2012-10-17", "Statement": [allow]}})
    return Connection(
        "pictures",
        key,
        datasets=("ds",),
        region="us-east-1",
        endpoint_url=s3.endpoint_url,
        pictures="all",
        timeout=120,
    )


@pytest.fixture(scope="module")
def dask() -> Iterator[LocalCluster]:
    """One worker in a process of its own: what reaches it was pickled."""
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=True, dashboard_address=":0") as cluster:  # type: ignore[no-untyped-call]
        yield cluster


@pytest.fixture
def cluster(dask: LocalCluster) -> Iterator[Cluster]:
    made = Cluster(dask.scheduler_address)
    yield made
    made.close()


def pictures() -> list[Picture]:
    sizes = [len(PNG) - 5 * (number % 9 == 1) for number in range(COUNT)]
    found = [Picture(f"ds/images/{name}", size, name, 1, 1) for name, size in zip(NAMES, sizes, strict=True)]
    return [*found, Picture("ds/images/gone.png", 9, "gone.png"), Picture("ds/images/00.png", 9_999, "long.png")]


def locally(connection: Connection) -> Checked:
    s3 = S3(connection, threading.Event(), lambda: 60.0)
    return check_pictures(Objects(s3, "pictures"), pictures())


def comparable(checked: Checked) -> tuple[object, ...]:
    errors = [
        (key, error.answer.http, error.answer.code)
        for key, error in checked.errors
        if isinstance(error, UnreadableError)
    ]
    return replace(checked, seconds=0, errors=()), errors


def by(cluster: Cluster, connection: Connection, seconds: float = 60.0) -> Checked:
    return check_on(cluster, connection, pictures(), seconds=seconds, stop=threading.Event())


def held(dask: LocalCluster) -> list[int]:
    """How many keys each worker holds."""

    def count() -> int:
        from s3doctor import cluster

        return len(cluster._lent)  # noqa: SLF001 - what must be empty

    with Client(dask) as client:  # type: ignore[no-untyped-call]
        return list(client.run(count).values())


def test_the_cluster_finds_what_this_machine_finds(
    cluster: Cluster, connection: Connection, dask: LocalCluster
) -> None:
    found = by(cluster, connection)
    assert comparable(found) == comparable(locally(connection))
    assert (found.looked_at, found.unread) == (COUNT + 1, 1)
    assert [finding.code for finding in found.findings] == ["h-truncated"]
    assert held(dask) == [0]


def test_nothing_that_others_can_look_at_holds_the_secret(
    cluster: Cluster, connection: Connection, dask: LocalCluster, tmp_path: Path
) -> None:
    """The whole state of scheduler and workers, dumped while tasks wait, with their arguments, logs and stories."""
    key = connection.credentials
    dumps: list[bytes] = []
    with Client(dask) as client, cluster.reading(connection, 60) as (reader, executor, threads):  # type: ignore[no-untyped-call]

        def look_around(_done: int) -> None:
            if not dumps:
                client.dump_cluster_state(str(tmp_path / "dump"), format="yaml")
                dumps.extend(path.read_bytes() for path in tmp_path.iterdir())
                dumps.append(client.run_on_scheduler(everything))
                dumps.append(str((client.get_scheduler_logs(), client.get_worker_logs())).encode())

        got = check_pictures(reader, pictures() * 4, executor=executor, threads=threads * 8, on_progress=look_around)
        dumps.append(client.run_on_scheduler(everything))
        dumps.extend([pickle.dumps((reader, pictures())), repr((reader, executor, cluster, connection)).encode()])
    assert got.looked_at == 4 * (COUNT + 1)
    assert b"look-" in dumps[0]
    assert b"00.png" in b"".join(dumps)
    for secret in (key.secret_access_key.reveal(), key.access_key_id):
        assert not any(secret.encode() in dump for dump in dumps)


def everything(dask_scheduler: Any) -> bytes:
    """What a scheduler keeps of tasks and events: the arguments in pickled form, keys, stories, the transition log."""
    tasks = [
        (key, task.run_spec and pickle.dumps(task.run_spec), dask_scheduler.story(key))
        for key, task in dask_scheduler.tasks.items()
    ]
    kept = (tasks, list(dask_scheduler.transition_log), dask_scheduler.get_events(), dask_scheduler.identity())
    plugins = (dask_scheduler.plugins, dask_scheduler.worker_plugins, dask_scheduler.nanny_plugins)
    return repr((kept, plugins)).encode() + b"".join(task[1] or b"" for task in tasks)


def test_a_session_token_travels_too(cluster: Cluster, connection: Connection) -> None:
    """A key with a wrong token is refused by the server, as it is from here."""
    wrong = replace(connection, credentials=replace(connection.credentials, session_token=Secret("wrong")))
    assert comparable(by(cluster, wrong)) == comparable(locally(wrong))


def test_the_time_limit_holds(cluster: Cluster, connection: Connection, dask: LocalCluster) -> None:
    found = by(cluster, connection, seconds=0.0)
    assert found.stopped == "the time was up"
    assert held(dask) == [0]


def test_leaving_the_cluster_takes_every_key_back(connection: Connection, dask: LocalCluster) -> None:
    """As when Ctrl-C ends an examination while its pictures are still being read."""
    cluster = Cluster(dask.scheduler_address)
    with cluster.reading(connection, 60):
        assert held(dask) == [1]
        cluster.close()
        assert held(dask) == [0]


def test_workers_that_cannot_read(cluster: Cluster, connection: Connection, dask: LocalCluster) -> None:
    """Dask logs the arguments of what fails on a worker: they do not show the key."""
    with pytest.raises(ClusterError, match=r"no worker of .* can read \(ValueError\): they need s3doctor"):
        by(cluster, replace(connection, endpoint_url="no URL"))
    with Client(dask) as client:  # type: ignore[no-untyped-call]
        logs = str(client.get_worker_logs())
    assert "Run Failed" in logs
    assert connection.credentials.access_key_id not in logs
    assert connection.credentials.secret_access_key.reveal() not in logs


def test_a_key_is_forgotten_when_the_time_is_over(connection: Connection) -> None:
    lend("token", connection, 0.05)
    time.sleep(0.5)
    with pytest.raises(LostKeyError, match="holds no access key"):
        RemoteReader("token")("ds/images/00.png")(0, 1)


def test_reading_with_a_key_that_is_held(connection: Connection) -> None:
    lend("token", connection, 60)
    assert RemoteReader("token")("ds/images/00.png")(1, 3) == b"PNG"
    with pytest.raises(UnreadableError) as caught:
        RemoteReader("token")("no")(0, 1)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.answer) == (str(caught.value), caught.value.answer)
    take_back("token")


def test_workers_that_lose_the_key(cluster: Cluster, connection: Connection) -> None:
    def some() -> Iterator[Picture]:
        yield from pictures()[:4]
        with Client(cluster.address) as client:  # type: ignore[no-untyped-call]
            client.run(exec, FORGET_ALL, {})
        yield from pictures()

    with pytest.raises(ClusterError, match="lost the access key before all images were read"):
        check_on(cluster, connection, some(), seconds=60, stop=threading.Event())


def test_an_examination_by_the_cluster(dask: LocalCluster, connection: Connection) -> None:
    address = dask.scheduler_address
    visit = Visit(replace(connection, dask=address), select=["IMG003"])
    (result,) = visit
    (local,) = Visit(connection, select=["IMG003"])
    assert (result.status, result.outcome) == (Status.FAIL, local.outcome)
    assert any(f"goes to the Dask workers at {address} unencrypted" in note for note in visit.report().notes)
    assert held(dask) == [0]


def test_a_cluster_without_workers(connection: Connection) -> None:
    with LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty:  # type: ignore[no-untyped-call]
        (result,) = Visit(replace(connection, dask=empty.scheduler_address), select=["IMG003"])
    assert result.status is Status.UNKNOWN
    assert "can read (it has none): they need s3doctor" in result.outcome.summary


def test_a_cluster_that_dies(connection: Connection) -> None:
    with LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as dying:  # type: ignore[no-untyped-call]
        cluster = Cluster(dying.scheduler_address)

        def some() -> Iterator[Picture]:
            yield from pictures()[:4]
            dying.close()
            yield from pictures()

        with pytest.raises(ClusterError, match=r"the Dask cluster at .* lost a task"):
            check_on(cluster, connection, some(), seconds=60, stop=threading.Event())
        cluster.close()


def test_no_scheduler(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        options = ["--bucket", "pictures", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-access-key", "x" * 40]
        code = main(["check", *options, "--timeout", "1", "--pictures", "all", "--dask", address])
    assert code == Exit.USAGE
    assert f"--dask {address}: no scheduler answers" in capsys.readouterr().err


def test_encrypted_or_not() -> None:
    cluster = object.__new__(Cluster)
    for address, encrypted in (("tcp://host:1", False), ("tls://host:1", True), ("wss://host:1", True)):
        cluster.address = address
        assert cluster.encrypted is encrypted


@pytest.mark.parametrize("given", ["host:8786", "tcp://host", "http://host:8786", "tcp://user:secret@host:8786"])
def test_what_is_no_address(given: str) -> None:
    with pytest.raises(BadInput, match="--dask is not the address of a Dask scheduler") as caught:
        tidy(Connection("pictures", pictures="all", dask=given))
    assert given not in str(caught.value)


def test_a_sample_is_not_handed_out() -> None:
    with pytest.raises(BadInput, match="--dask hands out what --pictures all has to open"):
        tidy(Connection("pictures", dask="tcp://host:8786"))


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"needs Dask's distributed: .*pip install 's3doctor\[dask\]'"):
        Cluster("tcp://127.0.0.1:1")
