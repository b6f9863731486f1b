"""File names and sizes of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.coco.fixing.changes import UnfixableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.coco.fixing.changes import Changes
    from s3doctor.coco.fixing.ids import Dicts

__all__ = ["fill_sizes", "fix_prefix"]


def fix_prefix(images: Dicts, strip: str, add: str, changes: Changes) -> None:
    """Take `strip` from the beginning of every file name that has it, then put `add` before every one.

    Raises UnfixableError where no name begins with `strip`, or two names would become one.
    """
    if strip and images and not any(str(image.get("file_name", "")).startswith(strip) for image in images):
        raise UnfixableError(f"no file_name begins with {strip!r}: the first is {images[0].get('file_name')!r}")
    taken: dict[str, int] = {}
    for index, image in enumerate(images):
        old = image.get("file_name")
        if not isinstance(old, str):
            continue
        new = add + old.removeprefix(strip)
        if new in taken and (strip or add):
            raise UnfixableError(f"/images/{taken[new]} and /images/{index} would both be named {new!r}")
        taken[new] = index
        if strip and old.startswith(strip):
            changes.note("prefix-stripped", f"/images/{index}/file_name", old, new)
        if add:
            changes.note("prefix-added", f"/images/{index}/file_name", old, new)
        image["file_name"] = new


def fill_sizes(images: Dicts, size_of: Callable[[str], tuple[int, int] | None], changes: Changes) -> None:
    """Give images without a sound width and height those of their picture, where `size_of` its name knows them."""
    for index, image in enumerate(images):
        old = [image.get("width"), image.get("height")]
        name = image.get("file_name")
        if all(type(one) is int and one > 0 for one in old) or not isinstance(name, str):
            continue
        size = size_of(name)
        if size:
            changes.note("sizes", f"/images/{index}", old, list(size))
            image["width"], image["height"] = size
