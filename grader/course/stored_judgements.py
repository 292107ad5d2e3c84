"""Loads judgements from the store, as students may see them, in points of the assignment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from grader.course.batch import Batch
from grader.course.points import judgement_in_points
from grader.course.store import StoredJudgement
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judgement_of
from grader.judging.redact import for_student
from grader.model.course import Attempt
from grader.model.gradebook import Gradebook
from grader.model.judgement import Judgement, Protection, Run, RunStatus
from grader.model.problem import Submission
from grader.submissions.filenames import file_name
from grader.submissions.repository import path_in_repository

_NOT_JUDGED = Run(RunStatus.NOT_RUN, error="it will be judged when the class is graded again")


class JudgementLoader:
    """Loads judgements, as students may see them, from stored runs.

    They are loaded one at a time, so that a class takes no more memory than one student.

    Args:
        batch: the grading of the class
        points: what each problem is worth, by its slug; without it, its own points
        is_anonymous: whether to leave out the names of files
    """

    def __init__(
        self,
        batch: Batch,
        points: Mapping[str, Fraction] = MappingProxyType({}),
        is_anonymous: bool = False,
    ) -> None:
        self._batch = batch
        self._points = points
        self._is_anonymous = is_anonymous

    def load(self, attempt: Attempt, student: str) -> Judgement:
        """Return the judgement of an attempt; JUDGE_ERROR if it has none.

        Args:
            student: the name to show
        """
        return self._shown(self._load(attempt, student), attempt)

    def failed(self, attempt: Attempt, student: str, why: str) -> Judgement:
        """Return JUDGE_ERROR in place of a judgement that cannot be loaded or written."""
        run = Run(RunStatus.NOT_RUN, error=f"this report cannot be written: {why}")
        submission = Submission(b"", self._origin(attempt), student)
        return self._shown(self._without_runs(attempt, submission, run), attempt)

    def _shown(self, judgement: Judgement, attempt: Attempt) -> Judgement:
        judgement = for_student(judgement)
        worth = self._points.get(attempt.problem)
        return judgement if worth is None else judgement_in_points(judgement, worth)

    def _origin(self, attempt: Attempt) -> str:
        """Return what to call the file: not where the instructor keeps it."""
        return "submission" if self._is_anonymous else file_name(attempt.locator)

    def _load(self, attempt: Attempt, student: str) -> Judgement:
        batch = self._batch
        is_file = not self._is_anonymous and os.path.isfile(attempt.locator)
        submission = replace(
            batch.read(attempt),
            student=student,
            origin=self._origin(attempt),
            path=path_in_repository(attempt.locator) if is_file else "",
        )
        run = _NOT_JUDGED
        try:
            stored = batch.store.details(batch.key_of(attempt))
        except ValueError as error:  # bytes that can no longer be decoded
            stored, run = None, replace(run, error=f"it is stored, but: {error}")
        if stored is None:
            return self._without_runs(attempt, submission, run)
        key = batch.keys[attempt.problem]
        return restore(key, submission, stored, batch.protection)

    def _without_runs(self, attempt: Attempt, submission: Submission, run: Run) -> Judgement:
        """Return a judgement in which each case has the same run, which says why."""
        key = self._batch.keys[attempt.problem]
        runs = [run] * len(key.problem.cases)
        return judgement_of(key, submission, runs, self._batch.protection, submission.notes)


def restore(
    key: AnswerKey, submission: Submission, stored: StoredJudgement, protection: Protection
) -> Judgement:
    """Return the judgement that was stored under this key, whole."""
    notes = (*submission.notes, *stored.notes)
    judgement = judgement_of(key, submission, stored.runs, protection, notes)
    results = (
        replace(
            each,
            mismatch=stored.mismatches.get(case, each.mismatch),
            points=stored.points.get(each.case.name, each.points),
        )
        for case, each in enumerate(judgement.results)
    )
    return replace(
        judgement,
        results=tuple(results),
        misconceptions=stored.misconceptions,
        observations=stored.observations,
    )


def counted_attempts(gradebook: Gradebook) -> Iterator[Attempt]:
    """Yield the attempts that count, by student and problem."""
    for row in gradebook.rows:
        for grade in row.parts:
            if grade.attempt is not None:
                yield grade.attempt
