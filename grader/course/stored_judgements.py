"""Loads judgements from the store, as students may see them, in points of the assignment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from grader.course.batch import Batch, ReadSubmission
from grader.course.points import judgement_in_points
from grader.course.store import Store
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judgement_of
from grader.judging.redact import for_student
from grader.model.course import Attempt, Gradebook, Student
from grader.model.judgement import Judgement, Protection, Run, RunStatus
from grader.submissions.filenames import file_name
from grader.submissions.repository import path_in_repository

_NOT_JUDGED = Run(RunStatus.NOT_RUN, error="it will be judged when the class is graded again")


class JudgementLoader:
    """Loads judgements, as students may see them, from stored runs.

    They are loaded one at a time, so that a class takes no more memory than one student.

    Args:
        keys: the answer key of each problem, by its slug
        protection: what the runs were protected by
        read: returns the submission of an attempt
        points: what each problem is worth, by its slug; without it, its own points
        is_anonymous: whether to leave out the names of files
    """

    def __init__(
        self,
        keys: Mapping[str, AnswerKey],
        batch: Batch,
        store: Store,
        protection: Protection,
        read: ReadSubmission,
        points: Mapping[str, Fraction] = MappingProxyType({}),
        is_anonymous: bool = False,
    ) -> None:
        self._keys = keys
        self._batch = batch
        self._store = store
        self._protection = protection
        self._read = read
        self._points = points
        self._is_anonymous = is_anonymous

    def load(self, attempt: Attempt, student: str) -> Judgement:
        """Return the judgement of an attempt; JUDGE_ERROR if it has none.

        Args:
            student: the name to show
        """
        judgement = for_student(self._load(attempt, student))
        worth = self._points.get(attempt.problem)
        return judgement if worth is None else judgement_in_points(judgement, worth)

    def _load(self, attempt: Attempt, student: str) -> Judgement:
        key = self._keys[attempt.problem]
        submission = replace(
            self._read(attempt),
            student=student,
            origin=file_name(attempt.locator),  # not where the instructor keeps it
            path=path_in_repository(attempt.locator) if os.path.isfile(attempt.locator) else "",
        )
        if self._is_anonymous:
            submission = replace(submission, origin="submission", path="")
        run = _NOT_JUDGED
        try:
            stored = self._store.details(self._batch.key_of(attempt))
        except ValueError as error:  # bytes that are not decoded any more
            stored, run = None, replace(run, error=f"it is stored, but: {error}")
        if stored is None:
            runs = [run] * len(key.problem.cases)
            return judgement_of(key, submission, runs, self._protection, submission.notes)
        notes = (*submission.notes, *stored.notes)
        judgement = judgement_of(key, submission, stored.runs, self._protection, notes)
        results = (
            replace(each, mismatch=stored.mismatches.get(case, each.mismatch))
            for case, each in enumerate(judgement.results)
        )
        return replace(
            judgement,
            results=tuple(results),
            misconceptions=stored.misconceptions,
            observations=stored.observations,
        )


def counted_attempts(gradebook: Gradebook) -> Iterator[tuple[Student, Attempt]]:
    """Yield the attempts that count, each with its student."""
    for row in gradebook.rows:
        for grade in row.parts:
            if grade.attempt is not None:
                yield row.student, grade.attempt
