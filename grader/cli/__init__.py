"""The command line: connects the packages to each other and makes no decisions.

One module per command, imported when the command is run. Exit codes: 0 accepted or done; 1 not
accepted; 2 wrong usage, an invalid problem, or a disk that cannot be used; 3 internal error; 130
interrupted by Ctrl-C.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.cli.output import say
from grader.errors import (
    EXIT_INTERNAL_ERROR,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    GraderError,
    SandboxError,
)

if TYPE_CHECKING:
    from grader.sandbox.fork_server import ForkServer

# In the order in which users meet them. Each is the click command `command` of a module, such as
# `list_command`. The text is the first line of its help, repeated here so that `grader --help`
# loads none of these modules.
COMMANDS = {
    "list": "List the problems of the bank.",
    "show": "Show the statement of PROBLEM and its worked examples.",
    "start": "Write the starter code of PROBLEM to FILE.",
    "grade": "Grade the solution in FILE and explain what is wrong with it.",
    "serve": "Practise in the browser: read problems, and write, run and submit solutions.",
    "links": "Make sign-in links for the people of a course that `grader serve` serves.",
    "book": "Export or forget a person's work on the practice page, and make or restore backups.",
    "progress": "Show which problems you have solved, and what to solve next.",
    "batch": "Grade a class: all submissions to one problem or to an assignment.",
    "assignment": "Create the file of an assignment.",
    "course": "Add up the graded assignments of a course, without those that are dropped.",
    "diff": "Show whose score changed between two gradings of a class, by how much, and why.",
    "cluster": "List clusters of submissions with the same wrong answers, largest first.",
    "export": "Pack problems for grading in another system.",
    "new": "Create PROBLEM from a small, complete example.",
    "fill": "Write the reference's answers into the public cases that lack them.",
    "verify": "Check whether problems are ready to publish: one, several, or the whole bank.",
    "harden": "Find cases that reject wrong solutions which PROBLEM accepts.",
    "import": "Turn exercises of Open-Deep-ML or nbgrader in FOLDER into a bank.",
    "doctor": "Test the sandbox on this machine and show what is installed.",
}


# Errors of a disk or a file system: neither a mistake of the user nor a fault of the grader.
_FAULTS_OF_DISKS = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENAMETOOLONG),
    errno.EFBIG,
}


class _Commands(click.Group):
    """A group that loads a command's module when the command is used."""

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
    """Return the width of help texts, by click's rule.

    Click itself would import shutil for it, which takes longer than all modules of the grader.
    """
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

    As a student: choose a problem with `grader list`, read it with `grader show`, get its starter
    code with `grader start`, and check your solution with `grader grade`.
    """


def run(server: ForkServer | None) -> None:
    """Run the command line and exit.

    Args:
        server: the fork server for the commands that run code, if one was started
    """
    # A terminal that cannot show a character shows a question mark instead of ending the command.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        try:
            sys.exit(cli.main(prog_name="grader", obj=server, standalone_mode=False))
        finally:
            _flush()
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue(), err=True, nl=False)
        sys.exit(error.exit_code)
    except click.Abort as abort:  # how click reports Ctrl-C, after ending the line that shows ^C
        then = str(abort.__cause__ or "") or "run the same command to start over"
        say(f"Interrupted: {then}.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except SandboxError as error:
        say(f"Internal error: the sandbox failed. {error}", err=True)
        sys.exit(EXIT_INTERNAL_ERROR)
    except GraderError as error:
        say(str(error), err=True)
        sys.exit(EXIT_USAGE)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FAULTS_OF_DISKS:
            what = error.filename or "a file"
            advice = (
                "make room on the disk, or use another folder or a shorter name, and run the same"
                " command again"
            )
            say(f"{what} cannot be read or written: {error.strerror}; {advice}", err=True)
            sys.exit(EXIT_USAGE)
        import traceback

        say(traceback.format_exc(), err=True, nl=False)
        say("Internal error in the grader. Please report it, with the lines above.", err=True)
        sys.exit(EXIT_INTERNAL_ERROR)


def _flush() -> None:
    """Write what standard output holds back, so that a full disk is noticed before the end.

    Raises:
        OSError: if it cannot be written; the rest is then discarded, so that Python does not try
            to write it again at exit
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
