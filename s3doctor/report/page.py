"""The report as one HTML file that asks nobody for anything: no script, font or picture comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from s3doctor import __version__
from s3doctor.report import drawing, wording
from s3doctor.report.text import pasteable, visible
from s3doctor.report.told import told
from s3doctor.report.values import shown

if TYPE_CHECKING:
    from s3doctor.model import Fix, Report, Result

SIGNS = {"pass": "✓", "warn": "!", "fail": "✗", "skip": "–", "unknown": "?", "error": "‼", "interrupted": "…"}  # noqa: RUF001 - signs
_PIXELS = re.compile(r"data:image/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]*\Z")


@dataclass(frozen=True)
class Entry:
    """A check's result on the page. `step` is the number of the remedy that it asks for, 0 where there is none."""

    anchor: str
    result: Result
    step: int
    open: bool


@dataclass(frozen=True)
class Step:
    """A remedy, its number on the page, and the results that ask for it."""

    number: int
    fix: Fix
    entries: tuple[Entry, ...]


def render(report: Report) -> str:
    """The whole report as HTML, ending in a newline."""
    entries = _entries(report)
    style, script = _file("page.css"), _file("page.js")
    scenes = [drawing.scene(picture) for picture in report.pictures]
    page = (
        _environment(several=wording.several_datasets(report))
        .get_template("page.html.j2")
        .render(
            report=report,
            entries=entries,
            anchors={(entry.result.code, entry.result.dataset): entry.anchor for entry in entries.values()},
            groups=_groups(report, entries),
            steps=_steps(report, entries),
            charts=[drawing.chart(plot) for plot in report.plots],
            scenes=sorted(scenes, key=lambda scene: not scene.picture.findings),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(style, script),
            version=__version__,
        )
    )
    return page.rstrip() + "\n"


def _entries(report: Report) -> dict[int, Entry]:
    """The entry of each result, by the result's identity."""
    numbers = {fix: number for number, fix in enumerate(told(report).fixes, 1)}
    return {
        id(r): Entry(
            f"{r.code}-{n}", r, numbers.get(r.outcome.fix, 0) if r.outcome.fix else 0, r.status in wording.URGENCY
        )
        for n, r in enumerate(report.results, 1)
    }


def _groups(report: Report, entries: dict[int, Entry]) -> list[tuple[str, list[Entry]]]:
    """The families' titles and their entries."""
    return [(group.title, [entries[id(r)] for r in group.results]) for group in wording.grouped(report.results)]


def _steps(report: Report, entries: dict[int, Entry]) -> list[Step]:
    """The remedies, the most urgent first."""
    asking = [entries[id(result)] for result in wording.detailed(report)]
    return [
        Step(number, fix, tuple(entry for entry in asking if entry.step == number))
        for number, fix in enumerate(told(report).fixes, 1)
    ]


def _environment(*, several: bool) -> Environment:
    """Jinja2 with everything escaped, and every text that is printed made visible first."""
    environment = Environment(
        loader=PackageLoader("s3doctor.report", "page_files"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(shown=shown, pasteable=_lines, pixels=_pixels, number=drawing.number)
    environment.globals.update(
        several=several, words=wording, SIGNS=SIGNS, changed=lambda text: pasteable(text) != text
    )
    return environment


def _seen(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """A stranger's text made visible; mark-up of ours as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _lines(text: str) -> Markup:
    """A document with its lines kept."""
    return escape(pasteable(text).strip("\n"))


def _pixels(uri: str) -> str:
    """The thumbnail, or nothing where it is anything but pixels: an address would be asked for."""
    return uri if _PIXELS.match(uri) else "data:,"


def _policy(style: str, script: str) -> str:
    """The Content Security Policy: nothing may be loaded, and only our own style and script count."""
    return (
        f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> Markup:
    """The hash by which a policy knows a style or script that stands in the page."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup("'sha256-{}'").format(digest)


def _file(name: str) -> str:
    return files("s3doctor.report").joinpath("page_files", name).read_text(encoding="utf-8")
