"""Prints text, which may come from students: so no command uses `click.echo` or `print` itself."""

from __future__ import annotations

import sys

import click


def say(text: str = "", err: bool = False, nl: bool = True) -> None:
    """Print a text, also one with names and messages of students. See `visible`."""
    click.echo(visible(text), err=err, nl=nl)


def show_progress(line: str = "") -> None:
    """Replace the line that the cursor is in, on a terminal, or clear it."""
    click.echo(f"\r\x1b[K{visible(line)}", nl=False, err=True)


def write_document(text: str) -> None:
    """Write a report to standard output as it is; its format escapes what students chose."""
    sys.stdout.write(text)


def visible(text: str) -> str:
    """Return a text with a sign for each character that moves the cursor, hides or reorders text.

    Line breaks and tabs are kept.
    """
    if text.isprintable():
        return text
    from grader.values.show import printable  # most texts do not need it

    return printable(text, len(text))
