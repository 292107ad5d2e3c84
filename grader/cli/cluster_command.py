"""`grader cluster`"""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.common import store_in
from grader.errors import UsageError

_SHOWN = 20
_NAMED = 3  # students of a cluster


@click.command()
@click.argument("folder", type=click.Path(), metavar="DIR")
@click.argument("number", type=click.IntRange(1), required=False)
def command(folder: str, number: int | None) -> None:
    """List the clusters of wrong submissions that give the same answers, largest first.

    DIR is a folder that `grader batch` has written. With a NUMBER, write the stub of a new
    misconception from that cluster, to be completed and pasted into the problem.
    """
    from grader.course.statistics import compute_statistics, stub
    from grader.submissions import read_attempt
    from grader.values.show import printable

    with store_in(Path(folder)) as store:
        outcomes = list(store.outcomes())
    clusters = [
        cluster
        for problem in sorted({each.attempt.problem for each in outcomes})
        for cluster in compute_statistics(
            problem, [each for each in outcomes if each.attempt.problem == problem]
        ).clusters
    ]
    if number is None:
        for place, each in enumerate(clusters[:_SHOWN], start=1):
            more = ", …" if len(each.students) > _NAMED else ""
            students = printable(", ".join(each.students[:_NAMED])) + more
            known = f"  {', '.join(each.misconceptions)}" if each.misconceptions else "  not known"
            text = f"{len(each.students):>4} like {students}  {each.verdict.label}{known}"
            click.echo(f"{place:>3}  {each.example.problem}  {text}")
        return
    if number > len(clusters):
        raise UsageError(f"there are {len(clusters)} clusters: grader cluster {folder}")
    cluster = clusters[number - 1]
    source = read_attempt(cluster.example).source.decode("utf-8", "replace")
    click.echo(stub(cluster, source), nl=False)
