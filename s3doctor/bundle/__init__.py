"""The support bundle: reports, versions, environment and request log in one zip file, without secrets.

`write(path, report, visit, level)` makes it. In the level `standard` secrets are out; in `strict` accounts, users,
buckets, datasets and keys have stable pseudonyms as well, and pictures and plots are left out.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from s3doctor.atomic import write_whole
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from s3doctor.engine import Visit
    from s3doctor.model import Report

__all__ = ["LEVELS", "refuse_unwritable", "write"]

LEVELS = ("standard", "strict")
ABOUT = {
    "standard": "Secrets are left out: no secret access key, session token, signature or password is in any file.",
    "strict": (
        "Secrets are left out. Accounts, users, buckets, datasets and keys have pseudonyms, the same in every file:\n"
        "acct-1, user-1, bucket-1, dataset-1, dir-1, key-17.jpg. Pictures and plots are left out.\n"
        "Names of categories, numbers and AWS's request ids are as they are."
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
    texts = contents(report, visit, level)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(name, text.encode("utf-8", "backslashreplace"))
    try:
        write_whole(path, data.getvalue(), force=False)
    except (OSError, ValueError) as fault:
        why = (getattr(fault, "strerror", None) or str(fault)).lower()
        raise BadInput(f"--bundle {path} cannot be written ({why}): expected a new file") from fault


def contents(report: Report, visit: Visit, level: str) -> dict[str, str]:
    """The files by their names, redacted."""
    from s3doctor.bundle.environment import facts
    from s3doctor.bundle.names import pseudonyms
    from s3doctor.bundle.secrets import secrets_of, without
    from s3doctor.report import FORMATS

    strict = level == "strict"
    log = visit.context.s3.log
    rows = [asdict(entry) for entry in log.kept]
    environment = facts(log.kept, strict=strict)
    if strict:
        rename = pseudonyms(report, visit)
        report = rename.everywhere(replace(report, pictures=(), plots=()))
        rows = [{**row, "url": rename.text(row["url"])} for row in rows]
    texts = {
        "README.txt": f"A support bundle of s3doctor ({level}).\n\n{ABOUT[level]}\n\n{FILES}",
        "report.txt": FORMATS["table"](report),
        "report.html": FORMATS["html"](report),
        "report.json": FORMATS["json"](report),
        "requests.jsonl": "".join(f"{json.dumps(row)}\n" for row in rows),
        "environment.json": json.dumps({**environment, "requests": log.count}, indent=2) + "\n",
    }
    secrets = secrets_of(visit.context.connection)
    return {name: without(text, secrets) for name, text in texts.items()}
