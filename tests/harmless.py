"""No request of the doctor's that could have written, where it was told to write nothing: looked at in every test.

The user agent of its requests says what the run may do, from whichever process they come.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from s3doctor.demo.front import Front

BROKEN: list[str] = []
"""Requests that broke the promise, as text; emptied by who tells of them."""
WATCHED: dict[bool, int] = {False: 0, True: 0}
"""How many requests of the doctor's were looked at: of runs that may not write, and of those that may."""
HARMLESS = ("GET", "HEAD", "OPTIONS")
QUIET, OWN = "s3doctor-mode/reads-only", "/.s3doctor-"


def look_at(method: str, target: str, headers: Mapping[str, str]) -> None:
    """Note a request that could have written though it must not, or that is aimed at what is not the doctor's."""
    agent = headers.get("user-agent", "")
    if "s3doctor/" not in agent:
        return
    may_write = QUIET not in agent
    WATCHED[may_write] += 1
    to_sts = "/sts/aws4_request" in headers.get("authorization", "")
    if method in HARMLESS or to_sts or "if-match" in headers:
        return
    path, _, query = target.partition("?")
    if not may_write or not (OWN in path or (method == "POST" and query.startswith("delete"))):
        BROKEN.append(f"{method} {target} of a run that {'may write' if may_write else 'writes nothing'}")


def look_at_raw(request: bytes) -> None:
    """The same for the bytes of a request."""
    head = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    words = head[0].split(" ")
    pairs = (line.partition(":") for line in head[1:])
    if len(words) == 3:
        look_at(words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs})


@contextmanager
def watched() -> Iterator[None]:
    """Look at every request that any embedded S3 of this process gets, as long as the context lasts."""
    from s3doctor.demo.front import Front

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Front, "__call__", _looking(Front.__call__))
        yield


def _looking(answer: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(answer)
    def looked(self: Front, environ: dict[str, Any], start_response: Any) -> Any:
        names = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name[:5] == "HTTP_"}
        target = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        look_at(environ["REQUEST_METHOD"], target, names)
        return answer(self, environ, start_response)

    return looked
