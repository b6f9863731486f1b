"""Values out of a file, which can be anything, as JSON can hold them and as a line can show them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from s3doctor.report.text import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Callable

SAFE_INTEGER = 2**53 - 1
"""The greatest whole number about which all readers of JSON agree (RFC 8259, section 6)."""
MOST_DIGITS = 400
LONGEST_TEXT = 1000
LONGEST_LIST = 100
DEEPEST = 12


def plain(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - the value of an example is anything
    """The value as JSON can hold it: what it has no number for becomes a text, what is too long is cut and says so."""
    for types, convert in _SCALARS:
        if isinstance(value, types):
            return convert(value)
    if depth == DEEPEST:
        return "…"
    if isinstance(value, (dict, list, tuple)):
        return _container(value, depth + 1)
    return _foreign(value, depth + 1)


def shown(value: Any, width: int = 100) -> str:  # noqa: ANN401 - the value of an example is anything
    """The value in one line of at most `width` characters, as JSON writes it."""
    text = visible(json.dumps(plain(value), ensure_ascii=False))
    return text if len(text) <= width else text[: width - 1] + "…"


def _integer(value: int) -> int | str:
    """Python refuses to write out more than 4,300 digits, and most readers of JSON round beyond 2^53."""
    if abs(value) <= SAFE_INTEGER:
        return int(value)
    digits = int(value.bit_length() * math.log10(2)) + 1
    return str(int(value)) if digits <= MOST_DIGITS else f"a whole number of about {digits:,} digits"


def _container(value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> Any:  # noqa: ANN401 - as above
    """A list or an object, item by item."""
    left = len(value) - LONGEST_LIST
    if isinstance(value, dict):
        pairs = list(value.items())[:LONGEST_LIST]
        kept = {_cut(str(plain(key))): plain(item, depth) for key, item in pairs}
        return {**kept, "…": f"{left:,} more"} if left > 0 else kept
    items = [plain(item, depth) for item in value[:LONGEST_LIST]]
    return [*items, f"… {left:,} more"] if left > 0 else items


def _foreign(value: object, depth: int) -> Any:  # noqa: ANN401 - as above
    """NumPy's numbers and arrays know how to become Python's; of anything else only the type is told."""
    convert = getattr(value, "tolist", None)
    return plain(convert(), depth) if callable(convert) else f"<{type(value).__name__}>"


def _cut(text: str) -> str:
    """A text of bounded length, fit for UTF-8."""
    short = text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}… ({len(text):,} characters)"
    return encodable(short)


def _octets(value: bytes | bytearray) -> str:
    """Bytes as text, those that are no UTF-8 as escapes."""
    return _cut(bytes(value[: LONGEST_TEXT * 4]).decode("utf-8", "backslashreplace"))


def _number(value: float) -> float | str:
    """JSON has neither NaN nor the infinities."""
    return float(value) if math.isfinite(value) else str(float(value))


_SCALARS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((bool, type(None)), lambda value: value),
    (int, _integer),
    (float, _number),
    (str, _cut),
    ((bytes, bytearray), _octets),
)
