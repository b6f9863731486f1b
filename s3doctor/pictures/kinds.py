"""What kind of file it is, by its first bytes."""

from __future__ import annotations

JPEG = "JPEG"
PNG = "PNG"
EMPTY = "nothing"
UNKNOWN = "an unknown type"

OPENABLE = frozenset({JPEG, PNG, "GIF", "BMP", "WebP", "TIFF", "JPEG 2000", "AVIF"})
"""What Pillow opens whatever the file is called."""

SHOWN = frozenset({JPEG, PNG, "GIF", "BMP", "WebP", "AVIF"})
"""What browsers show whatever the file is called."""

LOOKED_AT = 64

_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"8BPS", "Photoshop"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"version https://git-lfs", "a Git LFS pointer"),
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<svg", "SVG"),
    (b"<?xml", "XML"),
    (b"<error>", "an error document of S3"),
    (b"{", "JSON"),
)
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"hevc": "HEIC", b"mif1": "HEIC"}


def kind_of(start: bytes) -> str:
    """The kind of a file that begins with these bytes (64 suffice), in the words of a report."""
    if not start:
        return EMPTY
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WebP"
    if start[4:8] == b"ftyp":
        return _BRANDS.get(start[8:12], "a video")
    for beginning, kind in _BEGINNINGS:
        if start.startswith(beginning):
            return kind
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next(
        (kind for beginning, kind in _BEGINNINGS if beginning[:1] in b"<{" and text.startswith(beginning)), UNKNOWN
    )
