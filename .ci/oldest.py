"""Writes `.ci/oldest.txt`: the lowest version of each direct dependency that pyproject.toml allows, as constraints."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TARGET = ROOT / ".ci" / "oldest.txt"
HEAD = "# Made of pyproject.toml by `python .ci/oldest.py`: the oldest versions that are tested.\n"
REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?>=([0-9][0-9.]*)(.*)")


def oldest(project: dict[str, Any]) -> str:
    """The constraints, one a line in the order of the names. Raises ValueError for a dependency without a bound."""
    return HEAD + "\n".join(sorted(_lines(project))) + "\n"


def _lines(project: dict[str, Any]) -> Iterator[str]:
    own = project["name"]
    extras = project.get("optional-dependencies", {})
    for requirement in (*project["dependencies"], *(each for extra in extras.values() for each in extra)):
        if requirement.startswith(f"{own}["):
            continue
        found = REQUIREMENT.fullmatch(requirement)
        if found is None:
            raise ValueError(f"{requirement} in pyproject.toml has no lower bound: expected NAME>=VERSION")
        yield f"{found[1]}=={found[2]}{found[3]}"


if __name__ == "__main__":
    TARGET.write_text(oldest(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]), "utf-8")
