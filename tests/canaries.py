"""Every secret that moto hands out in this run is a canary: none may occur in what the doctor writes."""

from __future__ import annotations

import base64
import zipfile
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from moto.iam.models import AccessKey
from moto.sts.models import AssumedRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRETS: list[str] = []
"""The secrets of this run, the latest last."""
ARTEFACTS = (".html", ".json", ".jsonl", ".log", ".md", ".txt", ".xml", ".zip")
"""How the names of reports and bundles end; files that hold a key on purpose are called otherwise."""
LATEST = 40


def encoded(secret: str) -> list[str]:
    """A secret in every form that a careless program might write it in; made apart from the code under test."""
    data = secret.encode()
    found = [secret, quote(secret, safe=""), data.hex(), data.hex().upper()]
    for before in range(3):
        text = base64.b64encode(b"x" * before + data + b"x" * 3).decode()
        found.append(text[4 if before else 0 : len(text) - 8])
    return [form for form in found if len(form) >= min(len(secret), 8)]


def refuse(text: str, where: str) -> None:
    """Fail where a text holds a secret of this run: any as it is, the latest in every form."""
    leaked = any(secret in text for secret in SECRETS)
    leaked = leaked or any(form in text for secret in SECRETS[-LATEST:] for form in encoded(secret))
    assert not leaked, f"a secret got into {where}"


def refuse_in_files(place: Path) -> None:
    """Fail where a report or bundle below a directory holds a secret."""
    for file in sorted(place.rglob("*")):
        if file.suffix in ARTEFACTS and file.is_file():
            for name, data in _contents(file):
                refuse(data.decode("utf-8", "replace"), name)


def _contents(file: Path) -> Iterator[tuple[str, bytes]]:
    if not zipfile.is_zipfile(file):
        yield str(file), file.read_bytes()
        return
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            yield f"{file}:{name}", archive.read(name)


@contextmanager
def caught() -> Iterator[None]:
    """Note each secret that moto makes, as long as the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for kind, names in ((AccessKey, ("secret_access_key",)), (AssumedRole, ("secret_access_key", "session_token"))):
            patch.setattr(kind, "__init__", _noting(kind.__init__, names))
        yield


def _noting(make: Callable[..., None], names: tuple[str, ...]) -> Callable[..., None]:
    @wraps(make)
    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        SECRETS.extend(getattr(self, name) for name in names)

    return made
