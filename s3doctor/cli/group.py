"""The group of commands: each is imported only when it is called, and every mistake is answered in one line."""

from __future__ import annotations

import difflib
import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


MANY = 12
"""From so many options on they stand under headings."""
SECTIONS = {
    "What to examine": ("connection", "config", "all", "bucket", "dataset", "images", "annotations", "predictions"),
    "How the bucket is shared": (
        *("setup", "metadata_bucket", "metadata_dir", "region", "endpoint_url", "origin", "username"),
    ),
    "The access key": ("credentials_csv", "profile", "access_key_id", "secret_access_key", "session_token"),
    "The report": ("format", "output", "baseline", "fail_on", "quiet", "verbose", "color", "bundle", "redact"),
    "What is looked at": ("select", "ignore", "no_write", "pictures", "max_objects", "timeout", "dry_run"),
    "Large buckets": ("inventory", "dask"),
}
"""The headings of a long list of options, and the parameters under each, in the order of `--help`."""


def did_you_mean(given: str, names: Iterable[str]) -> str:
    """`; did you mean X?`, or nothing where no name is close."""
    by_plain = {name.lower(): name for name in names}
    close = difflib.get_close_matches(given.lower(), by_plain, n=1, cutoff=0.6)
    return f"; did you mean {by_plain[close[0]]}?" if close else ""


class Command(click.Command):
    """A command that does not repeat words it cannot place: one of them may be half of a secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own arguments, passed on
        super().__init__(*args, **kwargs)
        self.allow_extra_args = True

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options under headings, where there are enough of them to get lost in."""
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        records = {param.name: record for param in options if (record := param.get_help_record(ctx))}
        groups = {title: [records[name] for name in names if name in records] for title, names in SECTIONS.items()}
        headed = {name for names in SECTIONS.values() for name in names}
        others = [record for name, record in records.items() if name not in headed]
        titled = {"Options": list(records.values())} if len(records) < MANY else {**groups, "Other options": others}
        for title, rows in titled.items():
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click declares it
        """Run the command, unless words are left over."""
        if ctx.args:
            count = "one word is" if len(ctx.args) == 1 else f"{len(ctx.args)} words are"
            raise click.UsageError(f"{count} left over: expected only options; a value with spaces needs quotes", ctx)
        return super().invoke(ctx)


class LazyGroup(click.Group):
    """Commands by name, as `(module, help)`; a module that is not installed has no command."""

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401 - as above
        """`lazy` maps a command's name to the module that holds it as `command`, and to its line in the list."""
        super().__init__(*args, **kwargs)
        self._lazy = {name: entry for name, entry in lazy.items() if find_spec(entry[0])}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click declares it
        """The names in the order in which they were given."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of that name, imported now."""
        if cmd_name not in self._lazy:
            return None
        command: click.Command = importlib.import_module(self._lazy[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named first; a wrong name is answered with the one that was likely meant."""
        if args and args[0] not in self._lazy and not args[0].startswith("-"):
            known = did_you_mean(args[0], self._lazy) or f": expected one of {', '.join(self._lazy)}"
            raise click.UsageError(f"there is no command {args[0]}{known}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of commands, without importing any."""
        rows = [(name, text) for name, (_, text) in self._lazy.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
