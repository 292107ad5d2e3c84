"""`grader diff`: shows what changed between two gradings of a class."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from grader.cli.common import store_in
from grader.cli.output import say


@click.command()
@click.argument("old", type=click.Path(), metavar="OLD")
@click.argument("new", type=click.Path(), metavar="NEW")
def command(old: str, new: str) -> None:
    """Show whose score changed between two gradings of a class, by how much, and why.

    OLD and NEW are output folders of `grader batch`. The exit code is 1 if anything changed.
    """
    from grader.course.regrade_diff import find_changes

    with store_in(Path(old)) as before, store_in(Path(new)) as after:
        changes = list(find_changes(before.outcomes(), after.outcomes()))
    for each in changes:
        problem, student, number = each.attempt
        attempt = f", attempt {number}" if number > 1 else ""
        scores = f"{_points(each.before)} -> {_points(each.after)}"
        say(f"{problem}  {student}{attempt}  {scores}")
        for reason in each.reasons:
            say(f"    {reason}")
    say(f"changed scores: {len(changes)}")
    raise SystemExit(1 if changes else 0)


def _points(points: Fraction | None) -> str:
    from grader.model.judgement import points_number

    return "none" if points is None else str(points_number(points))
