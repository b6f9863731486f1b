"""Time and memory of examining COCO files, beside what merely loading or validating them costs elsewhere.

    python tests/benchmarks/coco.py [--folder DIR] [--rounds 3] [--images N --rows N --attributes N --predictions N]
                                    [--only NAME ...] [--peers-python PATH] [--limit SECONDS] [--memory GB]

Each tool runs in a process of its own, in turn, `--rounds` times; the tables show medians. Peers run in the Python of
`--peers-python`, an environment of their own (pip install pycocotools kwcoco hotcoco labellint supervision datumaro);
those that are not there, fail, or need more than `--limit` seconds or `--memory` GB say so. Nothing is asserted:
machines differ, ratios carry over.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

MAKER = Path(__file__).with_name("coco_made.py")
ROOT = Path(__file__).parents[2]
REPORT = """
import resource, time
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
print("RESULT", time.perf_counter() - start, usage.ru_utime + usage.ru_stime, peak / 1024)
"""
DATUMARO = """
import os, tempfile, datumaro
with tempfile.TemporaryDirectory() as root:
    os.makedirs(root + "/annotations")
    os.makedirs(root + "/images")
    os.symlink(path, root + "/annotations/instances_all.json")
    datumaro.Dataset.import_from(root, "coco_instances")
"""

Run = tuple[float, float, float]


@dataclass(frozen=True)
class Tool:
    """What runs on a file: Python with the path in `path`. A `peer` runs in the Python of the peers."""

    name: str
    code: str
    predictions: bool = False
    peer: bool = False


OURS = "s3doctor: all rules"
TOOLS = (
    Tool("read the bytes", "open(path, 'rb').read()"),
    Tool(OURS, "from s3doctor.coco import examine_annotations as run\nassert run(path, target='both').readable"),
    Tool("json.load", "import json\njson.load(open(path, 'rb'))"),
    Tool("pycocotools COCO()", "from pycocotools.coco import COCO\nCOCO(path)", peer=True),
    Tool("kwcoco validate", "import kwcoco\nkwcoco.CocoDataset(path).validate(missing=False)", peer=True),
    Tool("hotcoco healthcheck", "from hotcoco import COCO\nCOCO(path).healthcheck()", peer=True),
    Tool("labellint", "from labellint.core import run_scan\nrun_scan(path)", peer=True),
    Tool(
        "supervision from_coco",
        "import supervision\nsupervision.DetectionDataset.from_coco(path.rpartition('/')[0], path)",
        peer=True,
    ),
    Tool("datumaro import_from", DATUMARO, peer=True),
    Tool("read the bytes", "open(path, 'rb').read()", predictions=True),
    Tool(
        OURS,
        "from s3doctor.coco import examine_predictions as run\nassert run(path, target='both').readable",
        predictions=True,
    ),
    Tool("json.load", "import json\njson.load(open(path, 'rb'))", predictions=True),
    Tool(
        "pycocotools loadRes",
        "import json\nfrom pycocotools.coco import COCO\ntruth = COCO()\n"
        "from coco_made import image_ids\n"
        "images = [{'id': one} for one in image_ids(IMAGES).tolist()]\n"
        "truth.dataset = {'images': images, 'annotations': [], 'categories': []}\n"
        "truth.createIndex()\ntruth.loadRes(path)",
        predictions=True,
        peer=True,
    ),
)


BOUNDED = """
import resource, time
resource.setrlimit(resource.RLIMIT_AS, (int(MEMORY), int(MEMORY)))
start = time.perf_counter()
"""


def measured(tool: Tool, path: Path, chosen: argparse.Namespace) -> Run | str:
    """Wall seconds, processor seconds and peak MB of one run in a process of its own; or why there are none."""
    values = f"MEMORY = {chosen.memory * 1e9}\npath = {str(path)!r}\nIMAGES = {chosen.images}\n"
    code = f"{values}{BOUNDED}{tool.code}\n{REPORT}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [chosen.peers_python if tool.peer else sys.executable, "-c", code]
    try:
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=MAKER.parent,
            timeout=chosen.limit,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"more than {chosen.limit:.0f} s"
    lines = [line.split() for line in made.stdout.splitlines() if line.startswith("RESULT")]
    if lines:
        wall, processor, memory = map(float, lines[0][1:])
        return wall, processor, memory
    if "MemoryError" in made.stderr or "Unable to allocate" in made.stderr:
        return f"more than {chosen.memory:.0f} GB"
    last = (made.stderr.strip().splitlines() or [f"ended with {made.returncode}"])[-1]
    return ("not installed: " if "ModuleNotFoundError" in last else "failed: ") + last.rpartition(": ")[2][:60]


def table(tools: list[Tool], path: Path, chosen: argparse.Namespace) -> str:
    """Medians of all tools on one file, run in turn. A tool that failed once is not asked again."""
    runs: dict[Tool, list[Run]] = {tool: [] for tool in tools}
    without: dict[Tool, str] = {}
    for _ in range(chosen.rounds):
        for tool in tools:
            if tool not in without:
                run = measured(tool, path, chosen)
                if isinstance(run, str):
                    without[tool] = run
                else:
                    runs[tool].append(run)
    medians = {
        tool: tuple(statistics.median(column) for column in zip(*done, strict=True))
        for tool, done in runs.items()
        if tool not in without
    }
    ours = next((median for tool, median in medians.items() if tool.name == OURS), (0.0, 0.0, 0.0))
    rows = [
        (tool.name, "", "", "", "", "", without[tool])
        if tool in without
        else (
            tool.name,
            *(f"{number:.{digits}f}" for number, digits in zip(medians[tool], (2, 2, 0), strict=True)),
            *(f"{mine / our:.1f}" if our else "" for mine, our in zip(medians[tool][:2], ours[:2], strict=True)),
            "",
        )
        for tool in tools
    ]
    headers = ("tool", "wall s", "CPU s", "peak MB", "wall / ours", "CPU / ours", "")
    return tabulate(rows, headers, disable_numparse=True, colalign=("left", *["right"] * 5, "left"))


def made(kind: str, folder: Path, images: int, rows: int) -> Path:
    """The file of this kind and size; written once."""
    path = folder / f"{kind}-{images}-{rows}.json"
    if not path.exists():
        options = ["--images", str(images), "--rows", str(rows)]
        subprocess.run([sys.executable, str(MAKER), kind, str(path), *options], check=True)
    return path


def main() -> None:
    """Print a table for each shape of file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "s3doctor-benchmarks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=118_287)
    parser.add_argument("--rows", type=int, default=860_001)
    parser.add_argument("--attributes", type=int, default=200_000)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--limit", type=float, default=300)
    parser.add_argument("--memory", type=float, default=8)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    sizes = {"annotations": chosen.rows, "attributes": chosen.attributes, "predictions": chosen.predictions}
    for kind, rows in sizes.items():
        if not rows:
            continue
        path = made(kind, chosen.folder, chosen.images, rows)
        tools = [
            tool
            for tool in TOOLS
            if tool.predictions is (kind == "predictions")
            and (not chosen.only or any(one in tool.name for one in chosen.only))
        ]
        size = path.stat().st_size / 1e6
        what = "annotations with attributes" if kind == "attributes" else kind
        sys.stdout.write(f"\n{rows:,} {what}, {chosen.images:,} images, {size:.0f} MB; medians of {chosen.rounds}\n\n")
        sys.stdout.write(table(tools, path, chosen) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
