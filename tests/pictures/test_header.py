"""A header is read as Pillow reads it, from few bytes, and no file does harm."""

from __future__ import annotations

import io
import json
import random
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from s3doctor.pictures import Header, read_header
from s3doctor.pictures.kinds import kind_of
from s3doctor.pictures.window import MOST_BYTES, MOST_REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable

VOC = Path(__file__).parents[2] / ".." / "shared" / "data" / "voc100"
NOISE = random.Random(7).randbytes(1 << 20)


def fetcher(data: bytes) -> Callable[[int, int], bytes]:
    return lambda start, length: data[start : start + length]


def header(data: bytes, **options: int) -> Header:
    return read_header(fetcher(data), len(data), **options)


def picture(kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (300, 200), **options: Any) -> bytes:
    made = Image.frombytes(mode, size, NOISE[: size[0] * size[1] * len(Image.new(mode, (1, 1)).tobytes())])
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int, *, big: bool = False) -> bytes:
    order = ">" if big else "<"
    entries = struct.pack(order + "HHIHH", 0x0110, 3, 1, 9, 0) + struct.pack(
        order + "HHIHH", 0x0112, 3, 1, orientation, 0
    )
    return b"Exif\0\0" + (b"MM\0*" if big else b"II*\0") + struct.pack(order + "IH", 8, 2) + entries + bytes(4)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg(mode: str, progressive: bool) -> None:  # noqa: FBT001 - a parameter of the test
    got = header(picture(mode=mode, progressive=progressive))
    assert (got.kind, got.width, got.height, got.mode, got.orientation) == ("JPEG", 300, 200, mode, 1)
    assert (got.truncated, got.broken) == (False, "")


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "P", "I;16", "1"])
def test_a_png(mode: str) -> None:
    got = header(picture("PNG", mode, (64, 8)))
    assert (got.kind, got.width, got.height, got.mode, got.truncated, got.broken) == ("PNG", 64, 8, mode, False, "")


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("big", [False, True])
def test_orientation(value: int, big: bool) -> None:  # noqa: FBT001 - a parameter of the test
    data = picture(exif=exif(value, big=big))
    assert header(data).orientation == value == Image.open(io.BytesIO(data)).getexif().get(0x0112)
    assert header(picture("PNG", exif=exif(value, big=big)[6:])).orientation == value


@pytest.mark.parametrize(
    "odd",
    [
        exif(0),
        exif(9),
        exif(3)[:10],
        exif(3)[:14] + b"\xff\xff",
        b"Exif\0\0II*\0\xff\xff\xff\x0f\x01\0",
        b"Exif\0\0XX*\0" + bytes(20),
        b"Exif\0\0II*\0\x08\0\0\0\0\0" + bytes(4),
        exif(3).replace(b"\x12\x01\x03", b"\x12\x01\x02"),
        b"Exif\0\0",
    ],
)
def test_odd_exif_is_upright(odd: bytes) -> None:
    got = header(b"\xff\xd8" + segment(0xE1, odd) + picture()[2:])
    assert (got.orientation, got.width, got.broken) == (1, 300, "")


def test_an_animated_png() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert header(out.getvalue()).animated


def test_it_costs_two_small_requests() -> None:
    data = picture(size=(500, 500), quality=100)
    got = header(data)
    assert len(data) > 100_000
    assert (got.requests, got.fetched) == (2, 20 << 10)
    assert header(picture(size=(40, 40))).requests == 1


def test_large_segments_are_skipped() -> None:
    profile = b"".join(segment(0xE2, b"ICC_PROFILE\0" + NOISE[:65000]) for _ in range(8))
    got = header(b"\xff\xd8" + profile + picture()[2:])
    assert (got.width, got.truncated) == (300, False)
    assert got.fetched < 64 << 10


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.999])
def test_a_file_cut_off(kind: str, share: float) -> None:
    data = picture(kind, size=(400, 400))
    got = header(data[: int(len(data) * share)])
    assert got.truncated is True


@pytest.mark.parametrize("trailer", [bytes(100), b"\r\n", NOISE[:100_000], b"SEFT" + b"Image_UTC_Data" * 900])
def test_what_follows_a_jpeg_does_not_make_it_cut(trailer: bytes) -> None:
    assert not header(picture() + trailer).truncated


def test_a_png_with_a_long_trailer_is_whole() -> None:
    assert header(picture("PNG") + NOISE[:50_000]).truncated is False


def test_a_thumbnail_is_not_the_end() -> None:
    inner = picture(size=(40, 40))
    whole = b"\xff\xd8" + segment(0xE1, exif(1) + inner) + picture(size=(40, 40))[2:]
    assert header(whole).truncated is False
    assert header(whole[:-300]).truncated is True


@pytest.mark.parametrize(
    ("data", "broken"),
    [
        (b"\xff\xd8\xff\xd9" + bytes(20), "the picture ends before it begins"),
        (b"\xff\xd8\xff\xe0\0\0" + bytes(20), "a segment of its header has no length"),
        (b"\xff\xd8\xff\xe0\0\x04abXY" + bytes(20), "its header holds bytes that belong to no segment"),
        (
            b"\xff\xd8" + segment(0xC0, b"\x08\0\0\0\x09\x03" + bytes(9)) + bytes(20),
            "its header says 9 x 0 pixels in 3 components",
        ),
        (
            b"\xff\xd8" + segment(0xC0, b"\x08\0\x09\0\x09\x02" + bytes(9)) + bytes(20),
            "its header says 9 x 9 pixels in 2 components",
        ),
        (b"\xff\xd8" + segment(0xDA, bytes(8)) + bytes(20), "its header names no size"),
        (b"\xff\xd8" + b"\xff\xd0" * 2000, "its header names no size"),
        (b"\xff\xd8" + b"\xff" * (2 << 20), "its header is nothing but fill bytes"),
        (b"\xff\xd8" + segment(0xE0, bytes(60000)) * 60, "its header is longer than 1 MiB or in too many pieces"),
        (b"\xff\xd8" + segment(0xE0, bytes(60000)), "it ends within its header"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", bytes(40)), "its first chunk is not IHDR"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + bytes(40), "its header says 0 x 0 pixels of colour type 0"),
        (
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 5, 0, 0, 0)),
            "its header says 9 x 9 pixels of colour type 5",
        ),
        (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0))
            + b"\xff\xff\xff\xfftEXt",
            "it ends within its header",
        ),
    ],
)
def test_a_broken_header(data: bytes, broken: str) -> None:
    assert header(data).broken == broken


def test_a_png_of_countless_chunks() -> None:
    data = picture("PNG", size=(8, 8))
    assert header(data[:33] + chunk(b"teXt", b"") * 1500 + data[33:]).width == 8


def test_an_object_that_shrank_ends_within_its_header() -> None:
    data = picture()
    assert read_header(fetcher(data[:100]), len(data)).truncated is True
    assert read_header(fetcher(b""), len(data)).kind == "nothing"
    assert header(b"").kind == "nothing"


def test_what_fetch_raises_is_raised() -> None:
    def refuse(start: int, length: int) -> bytes:
        raise PermissionError(start, length)

    with pytest.raises(PermissionError):
        read_header(refuse, 1000)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (picture("GIF", "L"), "GIF"),
        (picture("BMP"), "BMP"),
        (picture("WEBP"), "WebP"),
        (picture("TIFF"), "TIFF"),
        (picture("AVIF") if "AVIF" in Image.registered_extensions().values() else b"\0\0\0\x1cftypavif", "AVIF"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypisom", "a video"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML><html>", "an HTML page"),
        (b"<Error><Code>AccessDenied</Code>", "an error document of S3"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b'{"images": []}', "JSON"),
        (b"hello", "an unknown type"),
    ],
)
def test_kinds(start: bytes, kind: str) -> None:
    assert kind_of(start[:64]) == kind == header(start).kind


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_does_no_harm(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([picture(exif=exif(6)), picture("PNG", exif=exif(6)[6:])])))
    for at in data.draw(st.lists(st.integers(0, 400), max_size=6)):
        whole[at] = data.draw(st.integers(0, 255))
    got = header(bytes(whole[: data.draw(st.integers(0, len(whole)))]), first=data.draw(st.integers(64, 500)))
    assert got.fetched <= MOST_BYTES
    assert got.requests <= MOST_REQUESTS
    assert 1 <= got.orientation <= 8


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"]))
def test_any_bytes_do_no_harm(data: bytes, start: bytes) -> None:
    assert header(start + data).fetched <= len(start + data)


@pytest.mark.skipif(not VOC.exists(), reason="the photographs of ../shared/data/voc100 are not here")
def test_photographs_are_as_pillow_and_their_coco_file_say() -> None:
    for image in json.loads((VOC / "annotations.json").read_text())["images"]:
        data = (VOC / "images" / image["file_name"]).read_bytes()
        opened = Image.open(io.BytesIO(data))
        got = header(data)
        assert (got.kind, got.width, got.height, got.mode) == (opened.format, *opened.size, opened.mode)
        assert (got.width, got.height) == (image["width"], image["height"])
        assert (got.truncated, got.broken, got.orientation) == (False, "", 1)
        assert header(data[: len(data) // 2]).truncated is True
