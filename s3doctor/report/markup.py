"""Strangers' text within Markdown and within GitHub's workflow commands."""

from __future__ import annotations

import re

from s3doctor.report.text import pasteable, visible

_MARKS = re.compile(r"[\\`*{\[\]<>|~&$]|(?<![^\W_])_|_(?![^\W_])")
_RUNS = re.compile(r"`+")
_LINK = re.compile(r"(?<=[A-Za-z])(:)(?=//)|(?<=\b[Ww]{3})(\.)")
_MENTION = re.compile(r"(?<=[@#!])(?=\w)|(?<=\w)(?=@)")


def markdown(text: str) -> str:
    """The text as words within a line of Markdown: no mark-up, no HTML, no link, and nobody is mentioned.

    It must not stand first in its line. GitHub and GitLab make `@name` and `#12` into mentions after Markdown is done,
    whatever was escaped; an empty comment between the two characters is what keeps them apart.
    """
    safe = _MARKS.sub(r"\\\g<0>", visible(text))
    return _MENTION.sub("<!-- -->", _LINK.sub(r"\\\g<0>", safe))


def code(text: str) -> str:
    """The text as a code span, in one line: nothing within it is mark-up."""
    seen = visible(text)
    if not seen.strip():
        return f"<code>{seen}</code>"
    fence = "`" * (_longest_run(seen) + 1)
    edge = " " if "`" in (seen[0], seen[-1]) or (seen[0] == seen[-1] == " ") else ""
    return f"{fence}{edge}{seen}{edge}{fence}"


def cell(text: str) -> str:
    """A code span for a cell of a table, where a bar would end the cell even within code."""
    return code(text).replace("|", r"\|")


def block(text: str, language: str) -> str:
    """A document as a fenced block, with its lines as they are. `language` colours it."""
    shown = pasteable(text).strip("\n")
    fence = "`" * max(_longest_run(shown) + 1, 3)
    return f"{fence}{re.sub('[^A-Za-z0-9]', '', language)}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, _RUNS.findall(text)), default=0)


def command_data(text: str) -> str:
    """The text as the message of a workflow command; its lines stay lines."""
    return pasteable(text).replace("%", "%25").replace("\n", "%0A")


def command_property(text: str) -> str:
    """The text as a property, such as the title, of a workflow command."""
    return command_data(visible(text)).replace(":", "%3A").replace(",", "%2C")
