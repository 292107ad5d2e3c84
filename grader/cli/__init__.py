"""The command line: it introduces the parts of the program to each other, and decides nothing.

One module per command, imported when it is called for. Exit codes: 0 accepted, or done; 1 not
accepted; 2 the command or a problem's files are wrong; 3 we failed; 130 interrupted by Ctrl-C.
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.errors import (
    EXIT_INTERNAL_ERROR,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    GraderError,
    SandboxError,
)

if TYPE_CHECKING:
    from grader.sandbox.forked import ForkServer

# In the order in which one meets them. Each has a module of its name with a command `command`,
# whose help begins with this line: so the list of commands is shown without loading them.
COMMANDS = {
    "list": "List the problems there are.",
    "show": "Show the statement of PROBLEM and its worked examples.",
    "start": "Write the stub of PROBLEM to FILE, for you to fill in.",
    "grade": "Judge the solution in FILE and say what is wrong with it.",
    "batch": "Grade a whole class: all that is in SUBMISSIONS, for one problem or an assignment.",
    "diff": "Show who moved between two gradings of a class, by how much, and why.",
    "cluster": "List the clusters of wrong submissions that give the same answers, largest first.",
    "export": "Pack problems for another system to grade with.",
    "new": "Write a small complete problem to begin PROBLEM from.",
    "verify": "Find out whether problems are fit to be set: one, several, or all of the bank.",
    "harden": "Find cases that refuse what PROBLEM lets through.",
    "doctor": "Say what protects this machine from submissions, and what is installed.",
}


class _Commands(click.Group):
    """The commands, each loaded when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"grader.cli.{name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from grader.errors import did_you_mean

            ctx.fail(f"there is no command {args[0]!r}{did_you_mean(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


def _width() -> int:
    """How wide help texts are, as click would have it: but to find out it imports shutil, which
    takes longer than all of our own modules."""
    try:
        columns = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size().columns
    except (ValueError, OSError):  # not a number; not a terminal
        columns = 80
    return max(50, min(columns, 80) - 2)


_SETTINGS = {"help_option_names": ["-h", "--help"], "terminal_width": _width()}


@click.group(cls=_Commands, context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Grade solutions to numeric and machine-learning coding exercises.

    As a student: `grader list` to choose a problem, `grader show` to read it, `grader start` to
    get its stub, `grader grade` to know how you did.
    """


def run(server: ForkServer | None) -> None:
    """Run the command line and exit.

    Args:
        server: the fork server for the commands that run code, if one was started
    """
    # A terminal that has no word for a character gets a question mark, and we no exception.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(cli.main(prog_name="grader", obj=server, standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort as abort:  # which click makes of Ctrl-C, after ending the line of ^C
        then = str(abort.__cause__ or "") or "run the same command to start over"
        click.echo(f"Interrupted: {then}.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except SandboxError as error:
        click.echo(f"The sandbox failed, which is not your fault: {error}", err=True)
        sys.exit(EXIT_INTERNAL_ERROR)
    except GraderError as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_USAGE)
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo(
            "This is a fault of the grader; please report it with the lines above.", err=True
        )
        sys.exit(EXIT_INTERNAL_ERROR)
