"""Other annotation formats, recognised by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["recognise"]


def recognise(top: str, kinds: Mapping[str, str], first: Mapping[str, Any]) -> str:
    """The name of another format, '' where the file may be COCO.

    `top` is the document's type, `kinds` the types of the top-level members, `first` the first element of each array
    and the first object among the members, by JSON pointer.
    """
    if top == "array":
        return _of_list(first.get(""))
    if top != "object":
        return ""
    return _of_object(kinds) or _of_members(first)


def _of_list(element: object) -> str:
    keys = set(element) if isinstance(element, dict) else set()
    if {"image", "annotations"} <= keys and "image_id" not in keys:
        return "Create ML"
    if "data" in keys and keys & {"annotations", "predictions", "completions"}:
        return "a list of Label Studio tasks"
    if keys & {"External ID", "Labeled Data"}:
        return "Labelbox"
    return ""


def _of_object(kinds: Mapping[str, str]) -> str:
    keys = set(kinds)
    if any(key.startswith("_via_") for key in keys):
        return "a VGG Image Annotator project"
    if "shapes" in keys and keys & {"imagePath", "imageData"}:
        return "LabelMe"
    if "items" in keys and kinds.get("categories") == "object":
        return "Datumaro"
    return ""


def _of_members(first: Mapping[str, Any]) -> str:
    element = first.get("/annotations")
    keys = set(element) if isinstance(element, dict) else set()
    if "segments_info" in keys:
        return "COCO panoptic"
    if "caption" in keys and "bbox" not in keys:
        return "COCO captions"
    member = first.get("*")
    if isinstance(member, dict) and {"regions", "filename"} <= set(member):
        return "VGG Image Annotator"
    return ""
