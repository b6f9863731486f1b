"""A bucket full of hostile names and files: what the doctor says of it is bounded, and inert in every format."""

from __future__ import annotations

import json
import re
import struct
import time
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml import ElementTree
from moto.s3.models import s3_backends
from trust.killing import start

from s3doctor import diagnose
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.demo.server import EmbeddedS3
from s3doctor.report import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.connection import Connection
    from s3doctor.model import Report

BUCKET = "acme-pictures"
HOSTILE = (
    "bell\x07and\x08back.jpg",
    "\x1b[2J\x1b]0;owned\x07.jpg",
    "\x9b31mcsi.jpg",
    "\u202egpj.exe",
    "line\nbreak.jpg",
    "carriage\rreturn.jpg",
    "../../../etc/passwd.jpg",
    "..\\..\\windows.jpg",
    "</Key></Contents><Contents><Key>more.jpg",
    "]]><x>&bomb;.jpg",
    "<script>alert(1)</script>.jpg",
    "\"onerror='alert(1)'x=.jpg",
    "[click](javascript:alert(1)).jpg",
    "a|b|`c`|**d**.jpg",
    '=HYPERLINK("http://x","y").jpg',
    "\n::error file=x::owned.jpg",
    "%0A::set-output name=x::y.jpg",
    "{{7*7}}${7*7}{%raw%}.jpg",
    "n" * 900 + ".jpg",
)
AT_ONCE = 5
LARGEST_REPORT = 1_500_000
MOST_REQUESTS = 400
MOST_MEMORY = 700_000
"""Kilobytes; a run of an ordinary bucket takes about a quarter of that."""
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FILES = ("shapes/annotations.json", "shapes/predictions.json")


@pytest.fixture(scope="module", params=range(0, len(HOSTILE), AT_ONCE))
def names(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Some of the names: a report shows only a few examples of each fault."""
    return HOSTILE[request.param : request.param + AT_ONCE]


@pytest.fixture(scope="module")
def hostile_report(names: tuple[str, ...]) -> Report:
    """The report on a bucket whose images, datasets, categories and file names are all of them hostile."""
    with EmbeddedS3() as s3:
        connection = prepare(cases.load("healthy"), s3)
        store = s3_backends[s3.account_id]["aws"]
        for name in names:
            store.put_object(BUCKET, f"shapes/images/{name[::2]}", b"no picture")
            store.put_object(BUCKET, f"shapes/images/{name}", b"no picture")
            store.put_object(BUCKET, f"{name}/annotations.json", b"{}")
        edited(s3, lambda document: rename(document, names))
        return diagnose(connection)


def edited(s3: EmbeddedS3, change: Any) -> None:
    """Change the documents of the healthy dataset."""
    admin = s3.admin_client("s3")
    for key in FILES:
        document = json.loads(admin.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        change(document)
        admin.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(document).encode())


def rename(document: dict[str, Any], names: tuple[str, ...]) -> None:
    for number, name in enumerate(names):
        document["images"].append({"id": 9000 + number, "file_name": name, "width": 9, "height": 9})
        document["categories"].append({"id": 9000 + number % 3, "name": name, name: name})


def test_it_speaks_of_the_hostile_names_at_all(hostile_report: Report, names: tuple[str, ...]) -> None:
    told = repr(hostile_report)
    assert sum(max(re.findall(r"[A-Za-z0-9]+", name), key=len) in told for name in names) >= 3
    assert {result.status.value for result in hostile_report.results} >= {"pass", "fail"}
    assert "error" not in {result.status.value for result in hostile_report.results}


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_bounded_and_has_no_character_that_does_something(hostile_report: Report, format_: str) -> None:
    text = FORMATS[format_](hostile_report)
    assert len(text) < LARGEST_REPORT
    assert not UNSEEN.findall(text)


def test_json_and_junit_stay_documents(hostile_report: Report) -> None:
    assert json.loads(FORMATS["json"](hostile_report))["results"]
    assert ElementTree.fromstring(FORMATS["junit"](hostile_report).encode(), forbid_dtd=True).tag == "testsuites"


def test_the_page_has_no_script_and_no_handler_but_its_own(hostile_report: Report) -> None:
    found, own = Elements(), Elements()
    found.feed(FORMATS["html"](hostile_report))
    own.feed(FORMATS["html"](replace(hostile_report, results=())))
    assert found.scripts == own.scripts
    assert found.handlers == []
    assert not [link for link in found.links if link.lower().startswith(("javascript:", "data:text"))]


class Elements(HTMLParser):
    """What a page would do in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_markdown_and_workflow_commands_hold_no_strangers_markup(hostile_report: Report) -> None:
    from markdown_it import MarkdownIt

    page = MarkdownIt("gfm-like").render(FORMATS["markdown"](hostile_report))
    seen = Elements()
    seen.feed(page)
    assert (seen.scripts, seen.handlers) == (0, [])
    assert not [link for link in seen.links if "javascript" in link]
    commands = [line for line in FORMATS["github"](hostile_report).splitlines() if line.startswith("::")]
    assert not [line for line in commands if line.startswith(("::error file=x", "::set-output"))]


@pytest.mark.slow
def test_ten_thousand_datasets_are_looked_at_within_bounds() -> None:
    with EmbeddedS3() as s3:
        connection = replace(prepare(cases.load("healthy"), s3), datasets=(), timeout=60)
        store = s3_backends[s3.account_id]["aws"]
        for number in range(10_000):
            store.put_object(BUCKET, f"tiny{number:05}/annotations.json", b"{}")
        s3.forget_accesses()
        report = diagnose(connection)
        assert len(s3.accesses) < 5 * MOST_REQUESTS
    assert report.seconds < 75
    assert [note for note in report.notes if "datasets were found" in note]
    assert all(len(render(report)) < LARGEST_REPORT for render in FORMATS.values())


def png(side: int) -> bytes:
    """A picture of side by side pixels, black and white: small as a file, gigabytes when it is unpacked."""
    rows = zlib.compress(bytes((side // 8 + 1) * side), 1)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


BOMBS: dict[str, dict[str, Callable[[], bytes]]] = {
    "a picture of 2.5 gigapixels": {"shapes/images/shape_01.png": lambda: png(50_000)},
    "lists in lists": {FILES[0]: lambda: b'{"images": ' + b"[" * 3_000_000},
    "a number of a million digits": {FILES[0]: lambda: b'{"images": [{"id": ' + b"9" * 1_000_000 + b"}]}"},
    "a mask of all the pixels there are": {
        FILES[0]: lambda: json.dumps(
            {
                "images": [{"id": 1, "file_name": "shape_01.png", "width": 10**9, "height": 10**9}],
                "categories": [{"id": 1, "name": "x"}],
                "annotations": [
                    {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "area": 81, "iscrowd": 1}
                    | {"segmentation": {"size": [10**9, 10**9], "counts": [0, 10**18]}}
                ],
            }
        ).encode()
    },
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_does_not_go_off(embedded_s3: EmbeddedS3, bomb: str, tmp_path: Path) -> None:
    connection = prepare(cases.load("healthy"), embedded_s3)
    for key, made in BOMBS[bomb].items():
        embedded_s3.admin_client("s3").put_object(Bucket=BUCKET, Key=key, Body=made())
    code, kilobytes = examined_apart(connection, tmp_path)
    assert code in (0, 1, 3)
    assert kilobytes < MOST_MEMORY
    assert (tmp_path / "report.html").stat().st_size < 20 * LARGEST_REPORT
    statuses = {result["status"] for result in json.loads((tmp_path / "report.json").read_text("utf-8"))["results"]}
    assert "error" not in statuses


def examined_apart(connection: Connection, folder: Path) -> tuple[int, int]:
    """Exit code and most memory, in kilobytes, of a run that makes a page with pictures and a report for programs."""
    outputs = [
        word for name in ("html", "json") for word in ("--format", name, "--output", str(folder / f"report.{name}"))
    ]
    most = 0
    with start(connection, connection.endpoint_url, *outputs, "--timeout", "60", "--pictures", "all") as process:
        while process.poll() is None:
            found = re.search(r"VmHWM:\s*(\d+)", read(Path(f"/proc/{process.pid}/status")))
            most = max(most, int(found[1]) if found else 0)
            time.sleep(0.02)
        process.communicate()
    assert most, "rusage would count what this process had when it forked"
    return process.returncode, most


def read(path: Path) -> str:
    """A file of /proc; empty where the process is gone."""
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
