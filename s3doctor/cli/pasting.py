"""Documents to paste: they alone stand on standard output, and what they are on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.cli.output import say, tell
from s3doctor.report.text import pasteable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from s3doctor.model import Document


def offer(documents: Iterable[Document]) -> None:
    """Write the documents one after the other, so that each can be copied and a single one be redirected."""
    for document in documents:
        tell(f"{document.title}:")
        say(pasteable(document.text) + "\n")
