"""Each fault of a picture has its own finding; a sound picture has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from s3doctor.finding import Severity
from s3doctor.pictures import Header, judge

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - as in the catalogue


def jpeg(**fields: Any) -> Header:
    return replace(Header("JPEG", 9000, 300, 200, mode="RGB", truncated=False), **fields)


@pytest.mark.parametrize(
    ("header", "name", "size"),
    [
        (jpeg(), "a.jpg", (300, 200)),
        (jpeg(), "a.JPEG", (None, None)),
        (jpeg(mode="L"), "a", (300, None)),
        (jpeg(kind="PNG", truncated=None), "a.png", (0, 0)),
        (Header("nothing", 0), "a.jpg", (300, 200)),
    ],
)
def test_a_sound_picture(header: Header, name: str, size: tuple[int | None, int | None]) -> None:
    assert judge(header, name, *size) == ()


@pytest.mark.parametrize(
    ("header", "size", "code", "severity", "text"),
    [
        (jpeg(kind="PNG"), (300, 200), "h-type", W, "is PNG"),
        (Header("WebP", 9), (300, 200), "h-type", W, "is WebP"),
        (Header("TIFF", 9), (300, 200), "h-type", E, "is TIFF"),
        (Header("an HTML page", 9), (300, 200), "h-type", E, "is an HTML page"),
        (jpeg(truncated=True), (300, 200), "h-truncated", E, "its 9,000 bytes end before the picture does"),
        (Header("JPEG", 9, broken="its header names no size"), (3, 2), "h-truncated", E, "its header names no size"),
        (jpeg(), (301, 200), "h-size", E, "300 x 200, in the file 301 x 200: resized by 1"),
        (jpeg(), (600, 400), "h-size", E, "300 x 200, in the file 600 x 400: resized by 2"),
        (jpeg(), (600, 200), "h-size", E, "300 x 200, in the file 600 x 200"),
        (jpeg(), (200, 300), "h-size", E, "300 x 200, in the file 200 x 300: width and height are swapped"),
        (
            jpeg(orientation=3),
            (200, 300),
            "h-size",
            E,
            "300 x 200, in the file 200 x 300: width and height are swapped",
        ),
        (jpeg(orientation=6), (200, 300), "h-exif", E, "300 x 200 with EXIF orientation 6, in the file 200 x 300"),
        (jpeg(orientation=6), (300, 200), "h-exif", W, "300 x 200, EXIF orientation 6"),
        (jpeg(orientation=3), (None, None), "h-exif", W, "300 x 200, EXIF orientation 3"),
        (jpeg(mode="CMYK"), (300, 200), "h-mode", I, "mode CMYK"),
        (jpeg(animated=True), (300, 200), "h-mode", I, "mode RGB, animated"),
        (jpeg(width=20000, height=20000), (20000, 20000), "h-bomb", E, "20000 x 20000 pixels in 9,000 bytes"),
    ],
)
def test_one_fault(header: Header, size: tuple[int, int], code: str, severity: Severity, text: str) -> None:
    (finding,) = judge(header, "a.jpg", *size)
    assert (finding.code, finding.severity, finding.count) == (code, severity, 1)
    assert (finding.examples[0].where, finding.examples[0].text) == ("a.jpg", text)
    assert finding.consequence
    assert finding.fix


def test_one_fault_hides_no_other() -> None:
    header = jpeg(kind="PNG", truncated=True, mode="P", orientation=6)
    assert [finding.code for finding in judge(header, "a.jpg", 200, 300)] == [
        "h-type",
        "h-truncated",
        "h-exif",
        "h-mode",
    ]
