"""`grader cluster`: lists submissions with the same wrong answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from grader.cli.common import store_in
from grader.cli.output import say
from grader.errors import UsageError

_MAX_LISTED = 20  # clusters
_MAX_NAMED = 3  # students of a cluster


@click.command()
@click.argument("folder", type=click.Path(), metavar="DIR")
@click.argument("number", type=click.IntRange(1), required=False)
def command(folder: str, number: int | None) -> None:
    """List clusters of submissions with the same wrong answers, largest first.

    They are those of the class report, of the attempts that count. DIR is an output folder of
    `grader batch`. With a NUMBER, print a template for a new misconception, made from that cluster,
    to complete and add to the problem.
    """
    from grader.course.graded_assignment import counted_id, read_counted
    from grader.course.statistics import compute_statistics, misconception_stub
    from grader.submissions import read_attempt
    from grader.submissions.spool import digest_of

    with store_in(Path(folder)) as store:
        counted = read_counted(Path(folder))
        outcomes = [
            replace(each, attempt=replace(each.attempt, team=counted[id]))
            for each in store.outcomes()
            if (id := counted_id(each.attempt)) in counted
        ]
    clusters = [
        cluster
        for problem in sorted({each.attempt.problem for each in outcomes})
        for cluster in compute_statistics(
            problem, [each for each in outcomes if each.attempt.problem == problem]
        ).clusters
    ]
    if number is None:
        for position, each in enumerate(clusters[:_MAX_LISTED], start=1):
            more = ", …" if len(each.students) > _MAX_NAMED else ""
            students = ", ".join(each.students[:_MAX_NAMED]) + more
            known = ", ".join(each.misconceptions) or "no known misconception"
            say(
                f"{position:>3}  {each.example.problem}  {len(each.students):>4} students:"
                f" {students}  {each.verdict.label}  {known}"
            )
        return
    if number > len(clusters):
        raise UsageError(
            f"there is no cluster {number}: grader cluster {folder} lists {len(clusters)} clusters"
        )
    with store_in(Path(folder)) as store:
        example = store.locate(clusters[number - 1].example)
    submission = read_attempt(example)
    if submission.flaw:
        raise UsageError(f"{example.locator} cannot be copied: {submission.flaw}")
    if digest_of(submission) != example.digest:
        raise UsageError(
            f"{example.locator} has changed since it was graded, or it imports other files of the"
            " student. If it has changed, run grader batch again; if not, write the misconception"
            " by hand, because a misconception is a single file"
        )
    source = submission.source.decode("utf-8", "replace")
    say(misconception_stub(clusters[number - 1], source), nl=False)
