"""`s3doctor-coco`, for pre-commit: examine the COCO files among those that a commit changes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from s3doctor.cli import main as cli
from s3doctor.cli.exits import worst
from s3doctor.cli.output import say
from s3doctor.connection import ANNOTATIONS, PREDICTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def pairs(paths: Iterable[str]) -> list[tuple[str, ...]]:
    """What to examine together: annotations.json with the predictions.json beside it, any other file by itself.

    Predictions are examined with their annotations, whichever of the two was changed.
    """
    found: dict[tuple[str, ...], None] = {}
    for path in map(Path, paths):
        truth, guesses = path.with_name(ANNOTATIONS), path.with_name(PREDICTIONS)
        if path.name not in (ANNOTATIONS, PREDICTIONS) or not truth.is_file():
            found[str(path),] = None
        else:
            found[tuple(str(file) for file in (truth, guesses) if file.is_file())] = None
    return list(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Examine the files; the worst exit code. Arguments that begin with a dash are options of `s3doctor coco`."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = [word for word in given if word.startswith("-")]
    codes = []
    for files in pairs(word for word in given if not word.startswith("-")):
        say(f"== {' and '.join(files)} ==\n\n")
        codes.append(cli(["coco", *options, "--", *files]))
    return worst(codes)


if __name__ == "__main__":
    sys.exit(main())
