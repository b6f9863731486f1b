"""A picture's header against its file name and against what the COCO file says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.finding import Example, Finding, Severity, counted
from s3doctor.pictures.kinds import EMPTY, JPEG, OPENABLE, PNG, SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.pictures.header import Header

PIXELS = 178_956_970
"""Pixels from which Pillow refuses to open a picture (twice Image.MAX_IMAGE_PIXELS)."""

_TURNED = 5
_ORDINARY = frozenset({"RGB", "L"})
_EXTENSIONS = {"jpg": JPEG, "jpeg": JPEG, "png": PNG}
_SUMMARIES = {
    "h-type": ("picture is", "pictures are", "of another type than the extension says"),
    "h-truncated": ("picture is", "pictures are", "cut off or broken"),
    "h-size": ("picture has", "pictures have", "another size than the file says"),
    "h-exif": ("picture is", "pictures are", "turned by EXIF data"),
    "h-mode": ("picture is", "pictures are", "not plain RGB or grey"),
    "h-bomb": ("picture has", "pictures have", "more pixels than Pillow will open"),
}


def summary(code: str, count: int) -> str:
    """The words for so many findings of a code."""
    one, several, what = _SUMMARIES[code]
    return f"{counted(count, one, several)} {what}"


def judge(header: Header, file_name: str, width: int | None = None, height: int | None = None) -> tuple[Finding, ...]:
    """What is wrong with one picture; `width` and `height` are those of the COCO file, None where it has none.

    Each finding counts one, with `file_name` as its place.
    """
    if header.kind == EMPTY:
        return ()
    found = [*_type(header, file_name)]
    if header.kind in {JPEG, PNG}:
        found += _truncated(header, file_name)
        if header.width:
            found += [*_size(header, file_name, width, height), *_mode(header, file_name), *_bomb(header, file_name)]
    return tuple(found)


def _one(  # noqa: PLR0917 - the fields of a Finding, in their order
    code: str, severity: Severity, name: str, text: str, consequence: str, fix: str
) -> Finding:
    return Finding(code, severity, 1, summary(code, 1), (Example(name, text),), consequence, fix)


def _type(header: Header, name: str) -> Iterator[Finding]:
    extension = name.rpartition(".")[2].lower()
    if header.kind == _EXTENSIONS.get(extension, header.kind):
        return
    opened, shown = header.kind in OPENABLE, header.kind in SHOWN
    consequence = "Pillow and browsers go by the content and open it; other readers may not."
    if not shown:
        consequence = "Pillow opens it, browsers do not show it." if opened else "Nothing opens it as a picture."
    yield _one(
        "h-type",
        Severity.WARNING if shown else Severity.ERROR,
        name,
        f"is {header.kind}",
        consequence,
        "Convert it, or give it the right extension in the bucket and in the file."
        if opened or shown
        else "Upload the picture again: what lies there under its name is none.",
    )


def _truncated(header: Header, name: str) -> Iterator[Finding]:
    if header.broken or header.truncated:
        yield _one(
            "h-truncated",
            Severity.ERROR,
            name,
            header.broken or f"its {header.size:,} bytes end before the picture does",
            "Pillow refuses to decode it; a browser shows the upper part at best.",
            "Upload it again from the original.",
        )


def _size(header: Header, name: str, width: int | None, height: int | None) -> Iterator[Finding]:
    stored = f"{header.width} x {header.height}"
    turned = header.orientation >= _TURNED
    if not width or not height or (width, height) == (header.width, header.height):
        if header.orientation > 1:
            yield _exif(name, Severity.WARNING, f"{stored}, EXIF orientation {header.orientation}")
    elif turned and (height, width) == (header.width, header.height):
        text = f"{stored} with EXIF orientation {header.orientation}, in the file {width} x {height}"
        yield _exif(name, Severity.ERROR, text)
    else:
        yield _one(
            "h-size",
            Severity.ERROR,
            name,
            f"{stored}, in the file {width} x {height}{_hint(header, width, height)}",
            "Boxes and masks are drawn in the wrong place.",
            "Correct width and height in the file, and the boxes with them where they were drawn on another size.",
        )


def _hint(header: Header, width: int, height: int) -> str:
    """What the two sizes have to do with each other."""
    if (height, width) == (header.width, header.height):
        return ": width and height are swapped"
    if abs(header.width * height - header.height * width) <= max(header.width, header.height, width, height):
        return f": resized by {width / header.width:.3g}"
    return ""


def _exif(name: str, severity: Severity, text: str) -> Finding:
    where = " in the browser" if severity is Severity.WARNING else ": the file has the size of the turned picture"
    return _one(
        "h-exif",
        severity,
        name,
        text,
        f"Browsers turn the picture and Pillow does not, so boxes are drawn in the wrong place{where}.",
        "Turn the pixels themselves and reset the tag: exiftran -a -i, or Pillow's ImageOps.exif_transpose.",
    )


def _mode(header: Header, name: str) -> Iterator[Finding]:
    if header.mode not in _ORDINARY or header.animated:
        text = f"mode {header.mode}" + (", animated" if header.animated else "")
        yield _one(
            "h-mode",
            Severity.INFO,
            name,
            text,
            "Models are trained on RGB or grey.",
            "Convert it to RGB if a model will read it.",
        )


def _bomb(header: Header, name: str) -> Iterator[Finding]:
    if header.width * header.height > PIXELS:
        text = f"{header.width} x {header.height} pixels in {header.size:,} bytes"
        yield _one(
            "h-bomb",
            Severity.ERROR,
            name,
            text,
            "Pillow refuses to open it (DecompressionBombError).",
            "Cut it into tiles or make it smaller.",
        )
