"""A page of lines being written: wrapping, titles and colour, and nothing about what is written."""

from __future__ import annotations

from dataclasses import dataclass, field

import wcwidth

from s3doctor.report.text import pasteable, visible

COLORS = {
    "pass": "32",
    "warn": "33",
    "fail": "31",
    "skip": "2",
    "unknown": "35",
    "error": "31",
    "interrupted": "35",
}
BOLD = "1"
LABEL = 8
"""The columns that a label takes."""
RULE = "─"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: letters of East Asia and emoji take two each."""
    return wcwidth.width(text)


@dataclass
class Paper:
    """Lines of text, `width` columns wide, with ANSI's colours where `color` is set."""

    width: int
    color: bool = False
    written: list[str] = field(default_factory=list)

    def text(self) -> str:
        """All that was written, without spaces at the ends of lines, ending in one newline."""
        return "\n".join(self.written).rstrip() + "\n"

    def line(self, text: str) -> None:
        """A line as it is."""
        self.written.append(text)

    def lines(self, text: str) -> None:
        """Lines as they are, without spaces at their ends."""
        self.written += [line.rstrip() for line in text.splitlines()]

    def blank(self) -> None:
        """An empty line, but never two."""
        if self.written and self.written[-1]:
            self.line("")

    def title(self, text: str, status: str = "") -> None:
        """A heading with a rule to the right edge."""
        self.blank()
        text = visible(text)
        rule = RULE * max(self.width - columns(text) - 3, 2)
        self.line(f"{RULE} {self.bold(self.painted(text, status))} {rule}")

    def paragraph(self, text: str, indent: int = 0) -> None:
        """Strangers' text, wrapped to the width."""
        self.written += [" " * indent + line for line in self.wrapped(text, self.width - indent)]

    def labelled(self, label: str, text: str, *, indent: int = 0) -> None:
        """A paragraph with a label in front; its lines stand under each other."""
        first, *rest = self.wrapped(text, self.width - LABEL - indent)
        self.line(self.bold(label.ljust(LABEL + indent)) + first)
        self.written += [" " * (LABEL + indent) + line for line in rest]

    def item(self, label: str, text: str) -> None:
        """One of several paragraphs, each with a dash in front."""
        first, *rest = self.wrapped(text, self.width - LABEL - 2)
        self.line(self.bold(label.ljust(LABEL)) + "- " + first)
        self.written += [" " * (LABEL + 2) + line for line in rest]

    def verbatim(self, text: str) -> None:
        """A document or command to be pasted: unwrapped, at the left edge, with room around it."""
        self.blank()
        self.written += pasteable(text).strip("\n").split("\n")
        self.blank()

    def wrapped(self, text: str, room: int) -> list[str]:
        """The lines of strangers' text; long words stay whole, so that a key can be copied. At least one line."""
        shown = visible(text)
        return wcwidth.wrap(shown, max(room, 10), break_long_words=False, break_on_hyphens=False) or [""]

    def painted(self, text: str, status: str) -> str:
        """The text in the colour of a status."""
        return self._ansi(text, COLORS.get(status, ""))

    def bold(self, text: str) -> str:
        """The text in bold."""
        return self._ansi(text, BOLD)

    def _ansi(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text
