"""The support bundle: reports, versions, environment and request log in one zip file, without secrets.

`write(path, report, visit, level)` makes it, `Packing` one of several examinations. In the level `standard` secrets
are out; in `strict` all that names a customer has a stable pseudonym as well, and pictures and plots are left out.
"""

from __future__ import annotations

import io
import json
import os
import threading
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from s3doctor.atomic import write_whole
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from s3doctor.bundle.pseudonyms import Pseudonyms
    from s3doctor.engine import Visit
    from s3doctor.model import Report

__all__ = ["LEVELS", "Packing", "refuse_unwritable", "write"]

LEVELS = ("standard", "strict")
README = "README.txt"
ABOUT = {
    "standard": "Secrets are left out: no secret access key, session token, signature or password is in any file.",
    "strict": (
        "Secrets are left out. What names a customer has a pseudonym, the same in every file: accounts, users,\n"
        "policies, buckets, datasets, directories, files, categories, hosts, KMS keys, and texts out of COCO files\n"
        "that are no words of COCO's own (acct-1, user-1, bucket-1, dataset-1, dir-1, key-17.jpg, text-3).\n"
        "Of access key IDs only the first four letters are left. Pictures, plots and the comparison with an earlier\n"
        "report are left out.\n\n"
        "Kept on purpose, as support needs them and they name nobody: regions, AWS's ids of requests and of versions,\n"
        "error codes, numbers (sizes, counts, times, boxes, scores, ids that are numbers), versions of programs."
    ),
}
FILES = """report.txt        the report, to read
report.html       the report, for a browser
report.json       the report, for programs
requests.jsonl    every request that was sent, the latest last
environment.json  versions and what of this computer matters
"""


def refuse_unwritable(path: str) -> None:
    """Raises BadInput, before anything is asked, for a bundle that cannot become a new file."""
    if os.path.lexists(path):
        raise BadInput(f"--bundle {path} exists: expected the name of a new file")
    if not os.access(Path(path).parent, os.W_OK):
        raise BadInput(f"--bundle {path} cannot be written: expected a new file in a directory of yours")


def write(path: str, report: Report, visit: Visit, level: str = "standard") -> None:
    """Write the bundle as a new file. Raises BadInput where that cannot be."""
    _zipped(path, contents(report, visit, level))


class Packing:
    """One bundle of several examinations: a folder for each, by its name. May be used from several threads.

    In `strict` the names are `connection-N`, and a pseudonym means the same in all folders.
    """

    def __init__(self, level: str, names: Iterable[str]) -> None:
        """`names` are those of all connections, whether or not they come to be examined."""
        from s3doctor.bundle.pseudonyms import Pseudonyms

        self._level, self._rename = level, Pseudonyms()
        for name in names:
            self._rename.add("connection", name)
        self._lock = threading.Lock()
        self._texts: dict[str, str] = {}
        self._secrets: list[str] = []

    def add(self, name: str, report: Report, visit: Visit) -> None:
        """Put an examination into the bundle; nothing is kept of it but its files."""
        from s3doctor.bundle.names import learn
        from s3doctor.bundle.secrets import secrets_of

        with self._lock:
            if self._level == "strict":
                learn(self._rename, report, visit)
            self._secrets += secrets_of(visit.context.connection)
            made = contents(report, visit, self._level, self._rename)
            folder = self.told(name)
            self._texts |= {f"{folder}/{file}": text for file, text in made.items() if file != README}

    def write(self, path: str, summary: str) -> None:
        """Write the bundle as a new file. Raises BadInput where that cannot be.

        `summary` is that of all, in which names are already as `told` has them.
        """
        from s3doctor.bundle.secrets import without

        head = {README: readme(self._level), "summary.txt": summary}
        texts = {**head, **dict(sorted(self._texts.items()))}
        _zipped(path, {name: without(text, self._secrets) for name, text in texts.items()})

    def told(self, text: str) -> str:
        """A text of ours with its names replaced, where names are."""
        return self._rename.told(text) if self._level == "strict" else text


def _zipped(path: str, texts: Mapping[str, str]) -> None:
    """The texts as a new zip file. Raises BadInput where that cannot be."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text.encode("utf-8", "backslashreplace"))
    try:
        write_whole(path, data.getvalue(), force=False)
    except (OSError, ValueError) as fault:
        why = (getattr(fault, "strerror", None) or str(fault)).lower()
        raise BadInput(f"--bundle {path} cannot be written ({why}): expected a new file") from fault


def readme(level: str) -> str:
    """What a reader of the bundle should know."""
    return f"A support bundle of s3doctor ({level}).\n\n{ABOUT[level]}\n\n{FILES}"


def contents(report: Report, visit: Visit, level: str, rename: Pseudonyms | None = None) -> dict[str, str]:
    """The files by their names, redacted; in `strict` with the pseudonyms given, or else with some of its own."""
    from s3doctor.bundle.environment import facts
    from s3doctor.bundle.names import pseudonyms
    from s3doctor.bundle.secrets import secrets_of, without
    from s3doctor.report import FORMATS

    strict = level == "strict"
    log = visit.context.s3.log
    rows = [asdict(entry) for entry in log.kept]
    environment = facts(log.kept, strict=strict)
    if strict:
        rename = rename or pseudonyms(report, visit)
        report = rename.everywhere(replace(report, pictures=(), plots=(), comparison=None))
        rows = [{**row, "url": rename.text(row["url"])} for row in rows]
    texts = {
        README: readme(level),
        "report.txt": FORMATS["table"](report),
        "report.html": FORMATS["html"](report),
        "report.json": FORMATS["json"](report),
        "requests.jsonl": "".join(f"{json.dumps(row)}\n" for row in rows),
        "environment.json": json.dumps({**environment, "requests": log.count}, indent=2) + "\n",
    }
    secrets = secrets_of(visit.context.connection)
    return {name: without(text, secrets) for name, text in texts.items()}
