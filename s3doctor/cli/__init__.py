"""The command line: `s3doctor COMMAND`. Mistakes are answered in one line on standard error, with exit code 2."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from s3doctor import __version__
from s3doctor.cli.exits import Exit
from s3doctor.cli.group import LazyGroup
from s3doctor.cli.output import mutter, tell
from s3doctor.connection import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = Path(__file__).parents[1]
COMMANDS = {
    "check": ("s3doctor.cli.check", "Examine a bucket as the Tenyks platform will read it."),
    "checks": ("s3doctor.cli.checks", "List the checks."),
    "explain": ("s3doctor.cli.explain", "Explain a check or a rule by its code."),
    "demo": ("s3doctor.cli.demo", "Examine a patient on an S3 server that starts for it."),
    "init": ("s3doctor.cli.init", "Write a configuration file by asking."),
    "policy": ("s3doctor.cli.policy", "Print the IAM policy that works for your set-up."),
    "cors": ("s3doctor.cli.cors", "Print the CORS rule that works for your set-up."),
    "lint-policy": ("s3doctor.cli.lint_policy", "Judge an IAM policy before anybody uses it."),
    "handoff": ("s3doctor.cli.handoff", "Print what to submit to the platform."),
    "coco": ("s3doctor.cli.coco", "Examine COCO files on this machine."),
    "fix-coco": ("s3doctor.cli.fix_coco", "Write a repaired copy of a COCO file."),
}
"""The commands in the order of `--help`: name, module that holds it as `command`, and its line in the list."""


@click.group(
    cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", prog_name="s3doctor")
def cli() -> None:
    """Examine an S3 bucket as the Tenyks platform will read it, and say what to paste where it will not work.

    Begin with `s3doctor demo` to see a report, and with `s3doctor check --bucket NAME` for your own bucket.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `arguments` are those of the process where None."""
    try:
        code = cli.main(args=arguments, prog_name="s3doctor", standalone_mode=False)
    except BadInput as fault:
        tell(str(fault))
        return Exit.USAGE
    except click.exceptions.NoArgsIsHelpError as fault:
        mutter(f"{fault.format_message()}\n")
        return Exit.USAGE
    except click.ClickException as fault:
        tell(fault.format_message())
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        tell("interrupted")
        return Exit.INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - whatever breaks here is s3doctor's own fault, and no verdict
        return _broken(fault)
    return int(code or 0)


def _broken(fault: Exception) -> int:
    """Name the kind and the place of what nobody expected, never its text: that may hold a secret."""
    ours = [frame for frame in traceback.extract_tb(fault.__traceback__) if PACKAGE in Path(frame.filename).parents]
    place = f"{Path(ours[-1].filename).relative_to(PACKAGE)} line {ours[-1].lineno}"
    tell(f"a fault of s3doctor {__version__} itself: {type(fault).__name__} at {place}; please report this line")
    return Exit.NOT_FOUND_OUT
