"""The options of `check` as a named connection of the configuration file gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import click
from click.core import ParameterSource

from s3doctor import config
from s3doctor.cli.group import did_you_mean
from s3doctor.cli.options import Key, Place, option, together
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from s3doctor.config import Config, Entry

KEY = tuple(Key.__annotations__)
"""Options that give a key: where one of them is typed, the file's key does not count."""
OWN = (*Place.__annotations__, *KEY)
"""Options that make a connection what it is: with --all they come from the file alone."""


class Naming(TypedDict):
    """Which connection of the file is meant."""

    words: tuple[str, ...]
    connection: str
    config: str
    all: bool


naming_options = together(
    click.argument("words", nargs=-1, metavar="[NAME]"),
    option("--connection", default="", help="A connection of the configuration file, by its name; the same as NAME."),
    option("--config", default="", help="The configuration file. Left out: s3doctor.toml or pyproject.toml, if there."),
    click.option("--all", is_flag=True, help="Examine all connections of the configuration file, several at a time."),
)


def meant(context: click.Context, given: Mapping[str, Any]) -> tuple[Config, str]:
    """The configuration file that counts, and the connection that is meant: empty where none was named.

    Raises BadInput for a name that the file does not have, UsageError for words that belong nowhere. Neither repeats
    a word: it may be half of a secret.
    """
    name = _name(context, given)
    if not name and not given["all"] and not given["config"]:
        return config.Config("", {}), ""
    found = config.read(given["config"])
    if not found.path:
        raise BadInput(f"there is no {config.FILE} here: expected one (`s3doctor init` writes it), or --config FILE")
    if name and name not in found.connections:
        known = did_you_mean(name, found.connections) or f": expected one of {', '.join(found.connections)}"
        raise BadInput(f"{found.path} has no connection of that name{known}")
    if given["all"] and not found.connections:
        raise BadInput(f"{found.path} has no connection: expected tables such as [connections.NAME]")
    return found, name


def _name(context: click.Context, given: Mapping[str, Any]) -> str:
    words = given["words"]
    names = {*words, given["connection"]} - {""}
    bucket = context.get_parameter_source("bucket") is ParameterSource.COMMANDLINE
    if words and (len(names) > 1 or bucket or given["all"]):
        count = "one word is" if len(words) == 1 else f"{len(words)} words are"
        raise click.UsageError(f"{count} left over: expected only options; a value with spaces needs quotes", context)
    if given["all"] and (given["connection"] or _typed(context, OWN)):
        raise BadInput("--all examines what the configuration file holds: expected no connection beside it")
    return str(next(iter(names), ""))


def _typed(context: click.Context, names: tuple[str, ...]) -> bool:
    return any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in names)


def merged(
    context: click.Context, given: Mapping[str, Any], found: Config, name: str, *, secrets: bool = True
) -> dict[str, Any]:
    """The options with what the file says of this connection in place of all that was not given otherwise.

    What is typed counts more than the environment, that more than the file; with --all a connection is what the file
    says and nothing else. Without `secrets` none is fetched. Raises BadInput for what is no value of an option, and
    for a secret that cannot be had.
    """
    where = f"{found.path}: connections.{name}"
    entry: Entry = found.connections[name]
    if _typed(context, KEY):
        entry = {
            key: value for key, value in entry.items() if _parameter(key) not in KEY and key not in config.REFERENCES
        }
    if not secrets:
        entry = {key: value for key, value in entry.items() if key not in config.REFERENCES}
    values = {_parameter(key): value for key, value in config.resolved(entry, where).items()}
    return {
        **given,
        **{
            param.name: _value(context, param, values, where)
            for param in context.command.params
            if param.name and _counts(context, param.name, values, everything=given["all"])
        },
    }


def _parameter(key: str) -> str:
    return key.replace("-", "_")


def _counts(context: click.Context, name: str, values: Mapping[str, Any], *, everything: bool) -> bool:
    """Whether the file, and not the command line or the environment, decides about an option."""
    source = context.get_parameter_source(name)
    if everything and name in OWN:
        return True
    return name in values and source not in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def _value(context: click.Context, param: click.Parameter, values: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401 - an option's value
    """The file's value as click would have read it, or the option's default."""
    name = str(param.name)
    if name not in values:
        return () if param.multiple else param.default if isinstance(param.default, str) else None
    value = values[name]
    if param.multiple and isinstance(value, str):
        value = [value]
    try:
        return param.type_cast_value(context, value)
    except click.BadParameter as fault:
        raise BadInput(f"{where}.{name.replace('_', '-')}: {fault.message}") from fault
