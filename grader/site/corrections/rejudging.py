"""After a correction: the submits of a problem get the outcome that they have by the present key.

Nobody's code runs again where only answers, tolerances or points have changed. What has to be run
is run when nothing else waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from grader.judging.answer_key import AnswerKey
from grader.judging.change_summary import for_students
from grader.judging.problem_changes import ProblemChange
from grader.model.judgement import Judgement
from grader.site.desk import Desk
from grader.site.queue.jobs import judge_again
from grader.site.records.notes import Attempt, Kind, Outcome, now
from grader.site.records.outcomes import replace_outcome
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Replacement:
    """The outcome of an attempt by another key.

    Attributes:
        attempt: with the outcome so far
        why: what changed it, as the person may know it
    """

    attempt: Attempt
    outcome: Outcome
    why: tuple[str, ...] = ()


def judge_all_again(
    desk: Desk, slug: str, before: AnswerKey | None = None, changes: Sequence[ProblemChange] = ()
) -> None:
    """Give the submits of a problem their outcome by the key in use, at once or when they have run.

    Args:
        before: the key that was in use
        changes: since then, to name as reasons

    Raises:
        BookError: if the outcomes cannot be kept
        GraderError: if the files of the problem are invalid
    """
    answers = desk.judges.answers(slug, Kind.SUBMIT)
    found: list[Replacement] = []
    for attempt in stale_submits(desk, slug, answers.digest):
        source = desk.book.source(attempt.digest)
        judgement = desk.judges.whole(attempt, source, answers)
        if judgement is None:
            judge_again(desk, attempt)
            continue
        old = desk.judges.whole(attempt, source, before) if before is not None else None
        why = reasons(old, judgement, changes)
        found.append(Replacement(attempt, outcome_of(judgement), why))
    desk.book.write(lambda connection: replace_outcomes(connection, found)).result()


def stale_submits(desk: Desk, slug: str, key: str) -> list[Attempt]:
    """Return the submits of a problem that were judged by another key than this."""
    return [
        each
        for each in desk.book.submits(slug)
        if each.outcome is not None and each.outcome.key != key
    ]


def replace_outcomes(connection: sqlite3.Connection, found: Iterable[Replacement]) -> None:
    """Replace outcomes in a transaction of the writer, but for those that were meanwhile."""
    for each in found:
        why = "\n".join(each.why)
        replace_outcome(connection, each.attempt.id, each.outcome, why, is_for_other_key=True)


def outcome_of(judgement: Judgement) -> Outcome:
    """Return the outcome to keep of a judgement that is not redacted."""
    return Outcome(
        *(now(), judgement.verdict, judgement.score, judgement.max_score, judgement.key_digest)
    )


def reasons(
    before: Judgement | None, after: Judgement, changes: Sequence[ProblemChange]
) -> tuple[str, ...]:
    """Return the changes of a problem that changed the outcome of an attempt, for its author.

    Args:
        before: by the key before; None if it is not known any more, so that all are named
    """
    shown = [each for each in changes if not each.is_secret]
    if before is not None:
        old = {each.case.name: (each.verdict, each.points) for each in before.results}
        new = {each.case.name: (each.verdict, each.points) for each in after.results}
        differ = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        named = [each for each in shown if each.case in differ]
        if named:
            return tuple(for_students(named))
    of_cases = [each for each in shown if each.case]
    return tuple(for_students(of_cases or shown))
