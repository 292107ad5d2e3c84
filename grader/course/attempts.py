"""Which attempts of a student at a problem are judged, if there are very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from grader.model.course import Attempt, CountingAttempt, SubmissionSet
from grader.submissions.filenames import escape

MAX_JUDGED = 50  # attempts of a student at a problem


def limit_attempts(
    submissions: SubmissionSet, counts: CountingAttempt
) -> tuple[SubmissionSet, list[str]]:
    """Return the submissions with the attempts that are judged, and a note about the others.

    Each attempt takes a place on the disk and time. If the first attempt counts, the first
    `MAX_JUDGED` attempts are judged, else the latest, among which is the last. All keep their
    numbers, and each that may count has a note.

    Args:
        counts: which of a student's attempts counts
    """
    judged: list[Attempt] = []
    notes: list[str] = []
    for (student, problem), group in groupby(
        sorted(submissions.attempts, key=_order), key=lambda each: (each.student, each.problem)
    ):
        attempts = list(group)
        if len(attempts) <= MAX_JUDGED:
            judged += attempts
            continue
        if counts is CountingAttempt.FIRST:
            kept, rest = attempts[:MAX_JUDGED], attempts[MAX_JUDGED:]
        else:
            kept, rest = attempts[-MAX_JUDGED:], attempts[:-MAX_JUDGED]
        note = _note(kept, rest, counts)
        judged += [replace(each, notes=(*each.notes, note)) for each in kept]
        notes.append(f"{escape(student)}: {problem}: {note}")
    return (replace(submissions, attempts=tuple(judged)) if notes else submissions), notes


def _order(attempt: Attempt) -> tuple[str, str, int]:
    return attempt.student, attempt.problem, attempt.number


def _note(kept: Sequence[Attempt], rest: Sequence[Attempt], counts: CountingAttempt) -> str:
    which = "first" if counts is CountingAttempt.FIRST else "latest"
    numbers = f"attempts {rest[0].number} to {rest[-1].number} are"
    if len(rest) == 1:
        numbers = f"attempt {rest[0].number} is"
    return f"{numbers} not judged: only the {which} {len(kept)} are"
