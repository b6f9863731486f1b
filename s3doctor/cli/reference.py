"""All that `s3doctor explain` can tell as one page, in Markdown or HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.cli.catalogue import families, rules_by_code
from s3doctor.cli.explain import Page, page_of_check, page_of_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

INTRODUCTION = (
    "Each check of s3doctor and each rule for COCO files: what is looked at, why it matters, an example, the fix. "
    "The example of a check is a patient: `s3doctor demo NAME` examines it. That of a rule is a place in a faulty file."
)
GROUPS = {
    "file": "the file",
    "top": "its lists",
    "statistics": "the numbers as a whole",
    "across": "the two files together",
    "oracle": "what pycocotools says",
}
"""What groups of rules are about, where their names do not say it."""
Section = tuple[str, list[Page]]

TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>s3doctor: all checks and rules</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow: auto; padding: .75rem; background: light-dark(#eef1f5, #1b2027); border-radius: 8px; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem 1rem; } article { margin: 2rem 0; } code { font-size: .95em; }
</style>
</head>
<body>
<h1>s3doctor: all checks and rules</h1>
<p>{{ introduction }}</p>
<nav aria-label="Contents"><ul>
{% for title, pages in sections %}<li><a href="#part-{{ loop.index }}">{{ title }}</a>:
{% for page in pages %}<a href="#{{ page.code }}">{{ page.code }}</a>{{ ", " if not loop.last }}{% endfor %}</li>
{% endfor %}</ul></nav>
<main>
{% for title, pages in sections %}<h2 id="part-{{ loop.index }}">{{ title }}</h2>
{% for page in pages %}<article id="{{ page.code }}">
<h3>{{ page.heading }}</h3>
<p>{{ page.text }}</p>
<dl>{% for name, value in page.facts %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
{% for title, language, text in page.pastes %}<p>{{ title }}</p>
<pre tabindex="0"><code>{{ text }}</code></pre>
{% endfor %}</article>
{% endfor %}{% endfor %}</main>
</body>
</html>
"""


def sections() -> list[Section]:
    """The families of checks, then the groups of rules, each with its pages."""
    found = [(family.title, [page_of_check(check) for check in family.checks]) for family in families()]
    groups: dict[str, list[Page]] = {}
    for rule in rules_by_code().values():
        groups.setdefault(rule.group, []).append(page_of_rule(rule))
    return found + [(f"Rules for COCO files: {GROUPS.get(name, name)}", pages) for name, pages in groups.items()]


def as_markdown() -> str:
    """The reference for a wiki or a repository."""
    return "\n\n".join(_markdown(sections())) + "\n"


def _markdown(parts: Iterable[Section]) -> Iterator[str]:
    from s3doctor.report.markup import block, markdown

    yield "# s3doctor: all checks and rules"
    yield INTRODUCTION
    for title, pages in parts:
        yield f"## {markdown(title)}"
        for page in pages:
            yield f"### {markdown(page.heading)}"
            yield f"What is looked at, and why: {markdown(page.text)}"
            yield "\n".join(f"- **{name}:** {markdown(value)}" for name, value in page.facts)
            for lead, language, text in page.pastes:
                yield markdown(lead)
                yield block(text, language)


def as_html() -> str:
    """The reference as one file that loads nothing from anywhere."""
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(TEMPLATE)
    return template.render(sections=sections(), introduction=INTRODUCTION.replace("`", "")) + "\n"


REFERENCES = {"markdown": as_markdown, "html": as_html}
