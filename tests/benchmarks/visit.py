"""How long a whole examination takes where every answer takes its time: `python tests/benchmarks/visit.py`.

The embedded S3 stands behind a proxy that holds each answer back. Prints seconds and round trips (seconds over latency)
of healthy examinations: the demo's in the three set-ups, and one of 5,000 images, 100 of them opened. Nothing is
asserted.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from between import Between, Rule
from tabulate import tabulate

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.demo.server import EmbeddedS3

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from s3doctor.connection import Connection

IMAGES = 5_000
LATENCIES = (0.0, 0.02, 0.1)


def many_images(s3: EmbeddedS3, connection: Connection) -> None:
    """Turn the healthy patient's dataset into one of 5,000 copies of its first image."""
    admin, name = s3.admin_client("s3"), connection.bucket
    picture = cases.load("healthy").objects("shapes")["shapes/images/shape_01.jpg"]
    for file in ("annotations", "predictions"):
        found = json.loads(admin.get_object(Bucket=name, Key=f"shapes/{file}.json")["Body"].read())
        first = found["images"][0]
        found["images"] = [{**first, "id": n + 1, "file_name": f"copy_{n:04}.jpg"} for n in range(IMAGES)]
        found[file] = [{**found[file][n % 3], "id": n + 1, "image_id": n + 1} for n in range(IMAGES)]
        admin.put_object(Bucket=name, Key=f"shapes/{file}.json", Body=json.dumps(found).encode())
    for entry in admin.list_objects_v2(Bucket=name, Prefix="shapes/images/")["Contents"]:
        admin.delete_object(Bucket=name, Key=entry["Key"])
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda n: admin.put_object(Bucket=name, Key=f"shapes/images/copy_{n:04}.jpg", Body=picture),
                range(IMAGES),
            )
        )


def late(latency: float) -> Callable[[socket, bytes], None]:
    """Hold the answer back for so many seconds."""

    def answer_late(client: socket, answer: bytes) -> None:
        time.sleep(latency)
        client.sendall(answer)

    return answer_late


def seconds(name: str, latency: float, *, many: bool = False) -> tuple[float, int, str]:
    """Seconds of an examination, its requests, and its verdict."""
    with EmbeddedS3() as s3:
        connection = prepare(cases.load(name), s3)
        if many:
            many_images(s3, connection)
        with Between(s3.endpoint_url, [Rule("", late(latency))]) as between:
            began = time.perf_counter()
            found = diagnose(replace(connection, endpoint_url=between.url))
            return time.perf_counter() - began, len(between.asked), found.verdict


def main() -> None:
    """Print the table."""
    rows = []
    for name, many in (*((name, False) for name in cases.HEALTHY), ("healthy", True)):
        for latency in LATENCIES:
            took, requests, verdict = seconds(name, latency, many=many)
            trips = f"{took / latency:.0f}" if latency else ""
            rows.append(
                (name + ", 5,000 images" * many, f"{latency * 1000:.0f} ms", f"{took:.2f}", trips, requests, verdict)
            )
    table = tabulate(rows, ("patient", "latency", "seconds", "round trips", "requests", "verdict"))
    sys.stdout.write(f"{table}\n")


if __name__ == "__main__":
    main()
