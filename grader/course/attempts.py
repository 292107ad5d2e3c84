"""Which attempts of a student at a problem are judged, if there are very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from grader.course.gradebook import students_of
from grader.course.lateness import due_date_for, measure_lateness
from grader.course.overrides import resolve_overrides
from grader.course.programs import number_programs
from grader.model.assignment import Assignment, AttemptPolicy, CountingAttempt
from grader.model.course import Attempt, Student, SubmissionSet
from grader.submissions.filenames import escape

MAX_JUDGED = 50  # attempts of a student at a problem of which one, known before, counts


def limit_attempts(
    submissions: SubmissionSet, assignment: Assignment
) -> tuple[SubmissionSet, list[str]]:
    """Return the submissions with the attempts that are judged, and a note about the others.

    Each attempt takes a place on the disk and time. If the best counts, all are judged: another
    could be better. If the first counts, the first `MAX_JUDGED` attempts are judged, else the
    latest, among which is the last; attempts after the cut-off are left out first. All keep their
    numbers, and each that may count has a note. Where the number of an attempt matters, those after
    as many as count are left out, and no others, by which the rest are numbered.
    """
    judged: list[Attempt] = []
    notes: list[str] = []
    counts_at_all: _Counting | None = None  # made only if needed: it goes through the class
    for (student, problem), group in groupby(
        sorted(submissions.attempts, key=_order), key=lambda each: (each.student, each.problem)
    ):
        attempts = list(group)
        if len(attempts) <= MAX_JUDGED:
            judged += attempts
            continue
        if assignment.attempts.is_needed:
            kept = _within_limit(attempts, assignment.attempts)
            if len(kept) == len(attempts):
                judged += attempts
                note = f"all {len(attempts)} attempts are judged, because each may cost points"
            else:
                note = _note(kept, attempts, is_first=True, has_late=False)
                judged += [replace(each, notes=(*each.notes, note)) for each in kept]
        elif assignment.counts is CountingAttempt.BEST:
            judged += attempts
            note = f"all {len(attempts)} attempts are judged, because the best counts"
        else:
            counts_at_all = counts_at_all or _Counting(assignment, submissions)
            in_time = list(filter(counts_at_all, attempts)) or attempts
            is_first = assignment.counts is CountingAttempt.FIRST
            kept = in_time[:MAX_JUDGED] if is_first else in_time[-MAX_JUDGED:]
            note = _note(kept, attempts, is_first, len(in_time) < len(attempts))
            judged += [replace(each, notes=(*each.notes, note)) for each in kept]
        notes.append(f"{escape(student)}: {problem}: {note}")
    return (replace(submissions, attempts=tuple(judged)) if notes else submissions), notes


def _within_limit(attempts: Sequence[Attempt], policy: AttemptPolicy) -> list[Attempt]:
    """Return the attempts before as many programs were submitted as count."""
    numbers = number_programs(attempts)
    return [
        each for each, number in zip(attempts, numbers, strict=True) if not policy.is_over(number)
    ]


class _Counting:
    """Tells which attempts count at all, which those after the cut-off do not."""

    def __init__(self, assignment: Assignment, submissions: SubmissionSet) -> None:
        students = students_of(submissions)
        self._assignment, _ = resolve_overrides(assignment, students, submissions.teams)
        self._parts = {part.problem: part for part in assignment.parts}

    def __call__(self, attempt: Attempt) -> bool:
        part, assignment = self._parts.get(attempt.problem), self._assignment
        if part is None:
            return True
        due = due_date_for(assignment, part, Student(attempt.student), attempt.team)
        return measure_lateness(attempt, due, assignment.late, assignment.zone).cutoff is None


def _order(attempt: Attempt) -> tuple[str, str, int]:
    return attempt.student, attempt.problem, attempt.number


def _note(
    kept: Sequence[Attempt], attempts: Sequence[Attempt], is_first: bool, has_late: bool
) -> str:
    judged = {each.number for each in kept}
    rest = [each.number for each in attempts if each.number not in judged]
    numbers = f"attempt {rest[0]} is" if len(rest) == 1 else f"attempts {_ranges(rest)} are"
    which = "first" if is_first else "latest"
    before = " before the cut-off" if has_late else ""
    only = "one" if len(kept) == 1 else str(len(kept))
    verb = "is" if len(kept) == 1 else "are"
    return f"{numbers} not judged: only the {which} {only}{before} {verb}"


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as a text: "1 to 7, 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
