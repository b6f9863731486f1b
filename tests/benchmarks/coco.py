"""Time and memory of examining COCO files, beside what merely loading or validating them costs elsewhere.

    python tests/benchmarks/coco.py [--folder DIR] [--rounds 3] [--images N --rows N --predictions N] [--only NAME ...]

Each tool runs in a process of its own, in turn, `--rounds` times; the table shows medians. Peers that are not installed
are left out. Nothing is asserted: machines differ, ratios carry over.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

MAKER = Path(__file__).with_name("coco_made.py")
REPORT = """
import resource, time
usage = resource.getrusage(resource.RUSAGE_SELF)
print("RESULT", time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


@dataclass(frozen=True)
class Tool:
    """What runs on a file: `module` must be installed, `code` is Python with the path in `path`."""

    name: str
    module: str
    code: str
    predictions: bool = False


TOOLS = (
    Tool("read the bytes", "io", "open(path, 'rb').read()"),
    Tool(
        "s3doctor: all rules",
        "s3doctor",
        "from s3doctor.coco import examine_annotations as examine\nassert examine(path, target='both').readable",
    ),
    Tool("json.load", "json", "import json\njson.load(open(path, 'rb'))"),
    Tool("pycocotools COCO()", "pycocotools", "from pycocotools.coco import COCO\nCOCO(path)"),
    Tool("kwcoco validate", "kwcoco", "import kwcoco\nkwcoco.CocoDataset(path).validate()"),
    Tool("hotcoco COCO()", "hotcoco", "from hotcoco import COCO\nCOCO(path)"),
    Tool("labellint", "labellint", "from labellint.core import lint\nlint(path)"),
    Tool(
        "supervision from_coco",
        "supervision",
        "import supervision\nsupervision.DetectionDataset.from_coco(path.rpartition('/')[0], path)",
    ),
    Tool("read the bytes", "io", "open(path, 'rb').read()", predictions=True),
    Tool(
        "s3doctor: all rules",
        "s3doctor",
        "from s3doctor.coco import examine_predictions as examine\nassert examine(path, target='both').readable",
        predictions=True,
    ),
    Tool("json.load", "json", "import json\njson.load(open(path, 'rb'))", predictions=True),
    Tool(
        "pycocotools loadRes",
        "pycocotools",
        "import json\nfrom pycocotools.coco import COCO\ntruth = COCO()\n"
        "from coco_made import image_ids\n"
        "images = [{'id': one} for one in image_ids(IMAGES).tolist()]\n"
        "truth.dataset = {'images': images, 'annotations': [], 'categories': []}\n"
        "truth.createIndex()\ntruth.loadRes(path)",
        predictions=True,
    ),
)


def measured(tool: Tool, path: Path, images: int) -> tuple[float, float, float] | None:
    """Wall seconds, processor seconds and peak MB of one run in a process of its own; None where it fails."""
    code = f"import time\nstart = time.perf_counter()\npath = {str(path)!r}\nIMAGES = {images}\n{tool.code}\n{REPORT}"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=MAKER.parent)
    lines = [line.split() for line in made.stdout.splitlines() if line.startswith("RESULT")]
    if not lines:
        sys.stderr.write(f"{tool.name} failed: {made.stderr.strip().splitlines()[-1:]}\n")
        return None
    wall, processor, memory = map(float, lines[0][1:])
    return wall, processor, memory


def table(tools: list[Tool], path: Path, images: int, rounds: int) -> str:
    """Medians of all tools on one file, run in turn."""
    runs: dict[Tool, list[tuple[float, float, float]]] = {tool: [] for tool in tools}
    for _ in range(rounds):
        for tool in tools:
            run = measured(tool, path, images)
            if run:
                runs[tool].append(run)
    rows = []
    ours = next((statistics.median(run[1] for run in runs[tool]) for tool in tools if tool.module == "s3doctor"), 0.0)
    for tool, done in runs.items():
        if done:
            wall, processor, memory = (statistics.median(column) for column in zip(*done, strict=True))
            rows.append((tool.name, wall, processor, memory, processor / ours if ours else 0))
    headers = ("tool", "wall s", "CPU s", "peak MB", "CPU / ours")
    return tabulate(rows, headers, floatfmt=("", ".2f", ".2f", ".0f", ".1f"))


def made(kind: str, folder: Path, images: int, rows: int) -> Path:
    """The file of this kind and size; written once."""
    path = folder / f"{kind}-{images}-{rows}.json"
    if not path.exists():
        options = ["--images", str(images), "--rows", str(rows)]
        subprocess.run([sys.executable, str(MAKER), kind, str(path), *options], check=True)
    return path


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "s3doctor-benchmarks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=118_287)
    parser.add_argument("--rows", type=int, default=860_001)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", default=[])
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in (("annotations", chosen.rows), ("predictions", chosen.predictions)):
        path = made(kind, chosen.folder, chosen.images, rows)
        tools = [
            tool
            for tool in TOOLS
            if tool.predictions is (kind == "predictions")
            and importlib.util.find_spec(tool.module)
            and (not chosen.only or any(one in tool.name for one in chosen.only))
        ]
        size = path.stat().st_size / 1e6
        sys.stdout.write(f"\n{rows:,} {kind}, {chosen.images:,} images, {size:.0f} MB; medians of {chosen.rounds}\n\n")
        sys.stdout.write(table(tools, path, chosen.images, chosen.rounds) + "\n")


if __name__ == "__main__":
    main()
