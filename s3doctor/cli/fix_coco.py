"""`s3doctor fix-coco`: a mended copy of a COCO file, with a list of what was changed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from s3doctor.atomic import refuse_to_lose, write_whole
from s3doctor.cli.check import interruptible
from s3doctor.cli.coco import STDIN, refuse_directory, refuse_file
from s3doctor.cli.exits import Exit
from s3doctor.cli.options import option, together
from s3doctor.cli.output import reason, say, tell, visible
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Unpack

    from s3doctor.coco.fixing import Change, Fixed
    from s3doctor.finding import Finding


class Given(TypedDict):
    """All that the arguments and options of `fix-coco` give."""

    source: str
    out: str
    role: str
    target: str
    annotations: str
    images: str
    xyxy: bool
    xywh: bool
    strip_prefix: str
    add_prefix: str
    force: bool
    format: str


fix_options = together(
    click.argument("source", metavar="IN"),
    click.argument("out", metavar="OUT"),
    option(
        "--role",
        type=click.Choice(["auto", "annotations", "predictions"]),
        default="auto",
        show_default=True,
        help="What IN holds. auto: predictions where every row has a score.",
    ),
    option(
        "--target",
        type=click.Choice(["platform", "pycocotools"]),
        default="platform",
        show_default=True,
        help="The reader to write for: it decides the shape of predictions.",
    ),
    click.option("--annotations", default="", help="The ground truth, whose ids the predictions shall have."),
    click.option("--images", default="", help="The directory that holds the pictures: missing sizes come from them."),
    option("--xyxy", is_flag=True, help="The boxes of IN are [x1, y1, x2, y2]: make them [x, y, width, height]."),
    option("--xywh", is_flag=True, help="The boxes of IN are [x, y, width, height], whatever they look like."),
    option("--strip-prefix", default="", help="Take this from the beginning of file names, such as images/."),
    option("--add-prefix", default="", help="Put this before every file name."),
    option("--force", is_flag=True, help="Replace OUT if it exists. Never IN."),
    option("--format", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to list."),
)


@click.command("fix-coco")
@fix_options
@click.pass_context
def command(context: click.Context, **given: Unpack[Given]) -> None:
    """Write a mended copy of the COCO file IN to OUT, and list every change.

    Only what has one right answer is mended: ids (with all references), areas, iscrowd, sizes of images, boxes that
    reach out of their image, the shape of predictions, byte order mark and gzip. With any other fault in it nothing is
    written, the faults are named and the exit code is 1. IN may be - for standard input.
    """
    refuse(given)
    with interruptible():
        fixed = mend(given)
        if fixed.sound:
            save(given["out"], fixed.data, force=given["force"])
        say(as_json(fixed, given["out"]) if given["format"] == "json" else as_table(fixed, given["out"]))
    for finding in fixed.errors:
        tell(f"not written, for this has no one right answer: {told(finding)}")
    context.exit(Exit.WELL if fixed.sound else Exit.FAILED)


def refuse(given: Given) -> None:
    """Raises BadInput, before anything is read, for what cannot be read or must not be written."""
    sources = {"IN": given["source"], "--annotations": given["annotations"]}
    if given["annotations"] == STDIN or given["out"] == STDIN:
        raise BadInput("only IN can be - (standard input): expected paths for OUT and --annotations")
    for name, path in sources.items():
        if path and path != STDIN:
            refuse_file(name, path)
    if given["images"]:
        refuse_directory(given["images"])
    inputs = [path for path in sources.values() if path and path != STDIN]
    refuse_to_lose(given["out"], inputs, force=given["force"])


def mend(given: Given) -> Fixed:
    """Read and mend. Raises BadInput for what cannot be read as COCO, or where ids are ambiguous."""
    from s3doctor.coco.fixing import Options, UnfixableError, fix

    options = Options(
        "" if given["role"] == "auto" else given["role"],
        given["target"],
        boxes_of(given),
        given["strip_prefix"],
        given["add_prefix"],
        sizes_in(Path(given["images"])) if given["images"] else None,
    )
    annotations = read("--annotations", given["annotations"]) if given["annotations"] else None
    data = read("IN", given["source"])
    try:
        return fix(data, options, annotations)
    except UnfixableError as fault:
        raise BadInput(f"{given['source']} cannot be mended: {fault}") from fault


def boxes_of(given: Given) -> str:
    """What the user says that the boxes are. Raises BadInput for a contradiction."""
    if given["xyxy"] and given["xywh"]:
        raise BadInput("--xyxy and --xywh contradict each other: expected one of them, or none")
    return "xyxy" if given["xyxy"] else "xywh" if given["xywh"] else ""


def read(name: str, path: str) -> bytes:
    """All bytes of a file, or of standard input. Raises BadInput where that fails, or they are too many."""
    from s3doctor.coco.fixing import LARGEST

    try:
        if path == STDIN:
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST + 1)
    except OSError as fault:
        raise BadInput(f"{name} {path} cannot be read to its end ({reason(fault)})") from fault
    if len(data) > LARGEST:
        raise BadInput(
            f"{name} {path} is larger than {LARGEST >> 20:,} MiB: expected a smaller file, to mend in memory"
        )
    return data


def sizes_in(directory: Path) -> Callable[[str], tuple[int, int] | None]:
    """What tells the width and height of a picture by its file name: those of the file below the directory."""
    from s3doctor.pictures.header import read_header

    root = directory.resolve()

    def size_of(name: str) -> tuple[int, int] | None:
        try:
            path = (root / name).resolve()
            if root not in path.parents:
                return None
            with path.open("rb") as file:

                def fetch(start: int, length: int) -> bytes:
                    file.seek(start)
                    return file.read(length)

                header = read_header(fetch, path.stat().st_size)
        except (OSError, ValueError):
            return None
        return (header.width, header.height) if header.width and header.height and not header.broken else None

    return size_of


def save(out: str, data: bytes, *, force: bool) -> None:
    """Write OUT. Raises BadInput where it cannot be written."""
    try:
        write_whole(out, data, force=force)
    except FileExistsError as fault:
        raise BadInput(f"OUT {out} exists: expected a new file, or --force to replace it") from fault
    except (OSError, ValueError) as fault:
        raise BadInput(
            f"OUT {out} cannot be written ({reason(fault)}): expected a new file in a directory of yours"
        ) from fault


def as_table(fixed: Fixed, out: str) -> str:
    """What was changed, a line for each kind of change."""
    lines = [f"{change.count:>9,}  {told_change(change)}" for change in fixed.changes]
    if not fixed.changes:
        lines = ["  nothing to change"]
    if fixed.sound:
        lines.append(f"{visible(out)} is written: {fixed.role}, {len(fixed.data):,} bytes")
    else:
        lines.append(f"{visible(out)} is not written, and nothing is changed: other faults are left")
    return "\n".join(lines) + "\n"


def told_change(change: Change) -> str:
    """The change with its first place."""
    if not change.where:
        return change.text
    before = "nothing" if change.before is None else json.dumps(change.before, ensure_ascii=False)
    if change.after is None:
        return f"{change.text} ({visible(change.where)})"
    return visible(f"{change.text} (first: {change.where}: {before} → {json.dumps(change.after, ensure_ascii=False)})")


def told(finding: Finding) -> str:
    """A fault with its first place."""
    first = f", first at {finding.examples[0].where}" if finding.examples and finding.examples[0].where else ""
    return f"{finding.code}: {finding.summary}{first}. {finding.fix}"


def as_json(fixed: Fixed, out: str) -> str:
    """The same for programs: `written` is null where nothing was; `remaining` are findings of every severity."""
    return (
        json.dumps({**_document(fixed), "written": out if fixed.sound else None}, indent=2, ensure_ascii=False) + "\n"
    )


def _document(fixed: Fixed) -> dict[str, Any]:
    return {
        "role": fixed.role,
        "changes": [{**asdict(change), "text": change.text} for change in fixed.changes],
        "remaining": list(_remaining(fixed)),
    }


def _remaining(fixed: Fixed) -> Iterator[dict[str, Any]]:
    for finding in fixed.remaining:
        yield {
            "code": finding.code,
            "severity": finding.severity.value,
            "count": finding.count,
            "summary": finding.summary,
            "where": [example.where for example in finding.examples],
        }
