"""Measures reads of picture headers beside peers, each in a process of its own, from one server. It judges nothing.

python tests/benchmarks/headers.py [--count 10000] [--latency 0 20 100] [--threads 64]

Each client asks for the first 16 KiB of `--count` objects, `--threads` at once. The row `server` is the server's own
limit: plain sockets that send one and the same request and throw the answer away. `check_pictures` is the whole check
by the way that s3doctor takes for so many: what is read is judged, too, and the end of each picture is read as well.
pyarrow sends a HEAD before each GET. CPU is that of the client for one header. Peers that are not installed are left
out: pip install obstore pyarrow aiobotocore.
"""

# ruff: noqa: T201 - it prints a table
from __future__ import annotations

import argparse
import asyncio
import gc
import io
import json
import random
import resource
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
from objectserver import ObjectServer  # noqa: E402 - found by the line above

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH = 16 << 10
KEY_ID, SECRET, REGION = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"


def picture() -> bytes:
    """A JPEG of some 60 kB."""
    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGB", (300, 260), random.Random(1).randbytes(3 * 300 * 260)).save(out, "JPEG", quality=50)
    return out.getvalue()


def keys(count: int) -> list[str]:
    return [f"set/images/{number:012}.jpg" for number in range(count)]


def s3_of(url: str) -> Any:
    from s3doctor.connection import Connection, Credentials, Secret
    from s3doctor.s3.client import S3

    given = Connection("bucket", Credentials(KEY_ID, Secret(SECRET)), endpoint_url=url, region=REGION)
    return S3(given, threading.Event(), lambda: 3600.0)


def boto3_client(url: str, connections: int) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(max_pool_connections=connections, s3={"addressing_style": "path"}, signature_version="s3v4")
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        config=config,
    )


def side_by_side(read: Callable[[str], bytes], count: int, threads: int) -> int:
    with ThreadPoolExecutor(threads) as pool:
        return sum(len(part) == LENGTH for part in pool.map(read, keys(count)))


def many(url: str, count: int, threads: int) -> int:
    from s3doctor.s3.many import ManyObjects

    objects = ManyObjects(s3_of(url), "bucket")
    return side_by_side(lambda key: objects(key)(0, LENGTH), count, threads)


def few(url: str, count: int, threads: int) -> int:
    from s3doctor.s3.objects import Objects

    objects = Objects(s3_of(url), "bucket")
    return side_by_side(lambda key: objects(key)(0, LENGTH), count, threads)


def whole_check(url: str, count: int, threads: int) -> int:
    from s3doctor.pictures import Picture, check_pictures
    from s3doctor.s3.many import ManyObjects

    size = len(picture())
    pictures = [Picture(key, size, key, 300, 260) for key in keys(count)]
    return check_pictures(ManyObjects(s3_of(url), "bucket"), pictures, threads=threads).looked_at


def plain_boto3(url: str, count: int, threads: int) -> int:
    client = boto3_client(url, threads)
    asked = {"Bucket": "bucket", "Range": f"bytes=0-{LENGTH - 1}"}
    return side_by_side(lambda key: client.get_object(Key=key, **asked)["Body"].read(), count, threads)


def presigned(url: str, count: int, threads: int) -> int:
    import urllib3

    client, pool = boto3_client(url, threads), urllib3.PoolManager(maxsize=threads)

    def read(key: str) -> bytes:
        signed = client.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": key})
        return pool.request("GET", signed, headers={"Range": f"bytes=0-{LENGTH - 1}"}).data

    return side_by_side(read, count, threads)


def obstore(url: str, count: int, threads: int) -> int:
    from obstore.store import S3Store

    store = S3Store(
        "bucket",
        endpoint=url,
        client_options={"allow_http": True},
        virtual_hosted_style_request=False,
        region=REGION,
        access_key_id=KEY_ID,
        secret_access_key=SECRET,
    )

    async def run() -> int:
        gate = asyncio.Semaphore(threads)

        async def read(key: str) -> bool:
            async with gate:
                return len(await store.get_range_async(key, start=0, length=LENGTH)) == LENGTH

        return sum(await asyncio.gather(*map(read, keys(count))))

    return asyncio.run(run())


def aiobotocore(url: str, count: int, threads: int) -> int:
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    async def run() -> int:
        gate = asyncio.Semaphore(threads)
        config = AioConfig(max_pool_connections=threads, s3={"addressing_style": "path"})
        session = get_session()
        session.set_credentials(KEY_ID, SECRET)
        async with session.create_client("s3", region_name=REGION, endpoint_url=url, config=config) as client:

            async def read(key: str) -> bool:
                async with gate:
                    got = await client.get_object(Bucket="bucket", Key=key, Range=f"bytes=0-{LENGTH - 1}")
                    async with got["Body"] as body:
                        return len(await body.read()) == LENGTH

            return sum(await asyncio.gather(*map(read, keys(count))))

    return asyncio.run(run())


def pyarrow(url: str, count: int, threads: int) -> int:
    import pyarrow as pa
    from pyarrow.fs import S3FileSystem

    pa.set_io_thread_count(threads)
    address = url.removeprefix("http://")
    files = S3FileSystem(access_key=KEY_ID, secret_key=SECRET, region=REGION, endpoint_override=address, scheme="http")

    def read(key: str) -> bytes:
        with files.open_input_file(f"bucket/{key}") as file:
            return bytes(file.read_at(LENGTH, 0))

    return side_by_side(read, count, threads)


def server(url: str, count: int, threads: int) -> int:
    """What the server can do: one request again and again by plain sockets, the answers thrown away."""
    address = url.removeprefix("http://").split(":")
    asked = f"GET /bucket/a.jpg HTTP/1.1\r\nHost: x\r\nRange: bytes=0-{LENGTH - 1}\r\n\r\n".encode()

    def fetch() -> None:
        with socket.create_connection((address[0], int(address[1]))) as one:
            buffer, length = bytearray(1 << 16), 0
            for _ in range(count // threads):
                one.sendall(asked)
                left = length - one.recv_into(buffer)
                if not length:
                    length = buffer.index(b"\r\n\r\n") + 4 + LENGTH
                    left += length
                while left > 0:
                    left -= one.recv_into(buffer)

    workers = [threading.Thread(target=fetch) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return count // threads * threads


CLIENTS: dict[str, Callable[[str, int, int], int]] = {
    "server": server,
    "s3doctor, many": many,
    "s3doctor, few": few,
    "boto3": plain_boto3,
    "presigned, urllib3": presigned,
    "obstore": obstore,
    "aiobotocore": aiobotocore,
    "pyarrow": pyarrow,
    "check_pictures": whole_check,
}


def serve(latency: float) -> None:
    """Serve for ever; prints the port once ready."""

    async def run() -> None:
        one = ObjectServer(default=picture(), latency=latency)
        gc.freeze()
        gc.disable()
        listening = await one.listen()
        print(one.port, flush=True)
        await listening.serve_forever()

    asyncio.run(run())


def measure(name: str, url: str, *, count: int, threads: int) -> None:
    """Read once and print headers read, seconds, CPU seconds, and peak memory in MB."""
    CLIENTS[name](url, threads, threads)  # loading is not reading
    began, before = time.perf_counter(), time.process_time()
    got = CLIENTS[name](url, count, threads)
    seconds, cpu = time.perf_counter() - began, time.process_time() - before
    print(json.dumps([got, seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def child(*arguments: str) -> list[str]:
    return [sys.executable, __file__, *arguments]


def table(latency: float, count: int, threads: int, names: list[str]) -> None:
    """One table: every client at one latency."""
    print(f"\n{count:,} headers, {threads} at once, {latency:g} ms added", flush=True)
    print(f"{'':20}{'headers/s':>10}{'times boto3':>13}{'CPU ms':>8}{'peak MB':>9}", flush=True)
    rows: dict[str, tuple[float, float, float]] = {}
    process = subprocess.Popen(child("--serve", str(latency / 1000)), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    for name in names:
        asked = child("--measure", name, f"http://127.0.0.1:{port}", "--count", str(count), "--threads", str(threads))
        got, seconds, cpu, peak = json.loads(subprocess.run(asked, stdout=subprocess.PIPE, check=True).stdout)
        if got < count - threads:
            print(f"{name}: {got} of {count} headers")
        rows[name] = (got / seconds, cpu / got * 1000, peak)
    process.kill()
    process.wait()
    base = rows.get("boto3", (float("nan"),))[0]
    for name, (rate, cpu, peak) in rows.items():
        print(f"{name:20}{rate:10,.0f}{rate / base:13.1f}{cpu:8.2f}{peak:9.0f}", flush=True)


def main() -> None:
    installed = [name for name in CLIENTS if name not in {"obstore", "aiobotocore", "pyarrow"} or find_spec(name)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 20, 100])
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--clients", nargs="+", default=installed, choices=CLIENTS)
    parser.add_argument("--serve", type=float)
    parser.add_argument("--measure", nargs=2)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
    elif options.measure:
        measure(options.measure[0], options.measure[1], count=options.count, threads=options.threads)
    else:
        for latency in options.latency:
            table(latency, options.count, options.threads, options.clients)


if __name__ == "__main__":
    main()
