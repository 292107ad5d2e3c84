"""`grader progress`: show which problems you have solved, and what to solve next."""

from __future__ import annotations

import click

from grader.bank.curriculum import in_order, next_problems
from grader.bank.locate import find_bank
from grader.bank.progress import progress_path, read_progress
from grader.cli.common import bank_option
from grader.cli.output import say
from grader.values.show import plural

_MAX_NEXT = 3


@click.command()
@bank_option
def command(bank: str | None) -> None:
    """Show which problems you have solved, and what to solve next.

    `grader grade` records its results in a file in your home folder; nobody else reads it. Set the
    environment variable GRADER_PROGRESS to the path of another file, or to the empty string to
    record nothing.
    """
    headings = in_order(find_bank(bank).headings())
    progress = read_progress(headings)
    tried = [each for each in headings if each.slug in progress]
    width = max((len(each.slug) for each in tried), default=0)
    for each in tried:
        known = progress[each.slug]
        attempts = plural(known.attempts, "attempt")
        how = f"solved on {known.solved_at[:10]}" if known.is_solved else f"best {known.best:.0%}"
        say(f"{each.slug.ljust(width)}  {how}, {attempts}, last on {known.last_at[:10]}")
    solved = [slug for slug, known in progress.items() if known.is_solved]
    say(f"{len(solved)} of {len(headings)} solved.")
    if to_do := next_problems(headings, solved):
        say(f"Next: {', '.join(each.slug for each in to_do[:_MAX_NEXT])}")
    if not progress and not progress_path():
        say("No progress is recorded: GRADER_PROGRESS is empty.", err=True)
