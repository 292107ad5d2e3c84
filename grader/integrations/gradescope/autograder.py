"""Judges one submission where Gradescope runs us, and writes results.json as cases finish.

The file is there from the first moment, and replaced as a whole each time: whenever the run is
stopped, it tells what was reached by then. Before the first case, and where we fail, it says that
nothing is graded; see `reports.judgement.gradescope`.

What is printed is for the instructor alone.
"""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bank.locate import Bank
from grader.course.assignment import load_work
from grader.course.gradebook import due_date_for, grade_attempt, measure_lateness
from grader.errors import GraderError, UsageError
from grader.integrations.gradescope.archive import ASSIGNMENT
from grader.integrations.gradescope.metadata import Metadata, read_metadata
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.model.course import Assignment, Attempt, Outcome, Part, PartGrade, Student
from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Problem
from grader.reports.files import whole_file
from grader.reports.judgement.gradescope import Graded, document, not_graded
from grader.reports.judgement.json import write_json
from grader.sandbox.host import Sandbox
from grader.submissions import collect_from_folder, read_attempt


def autograde(root: Path, sandbox: Sandbox) -> bool:
    """Judge what is in the folder `submission`, and write the results; whether it is graded.

    Raises:
        UsageError: if the results cannot be written
    """
    path = root / "results" / "results.json"
    write_results(path, not_graded())
    try:
        grading = _Grading(root, sandbox, path)
        grading.run()
    except GraderError as error:
        print(error)
        write_results(path, not_graded())
        return False
    except Exception:
        traceback.print_exc()
        write_results(path, not_graded())
        return False
    return grading.is_graded


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Write results.json whole or not at all.

    Raises:
        UsageError: if it cannot be written
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part, open(part, "w", encoding="utf-8") as out:
            write_json(results, out)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


class _Grading:
    """The grading of one submission, as far as it has come."""

    def __init__(self, root: Path, sandbox: Sandbox, path: Path) -> None:
        self._sandbox = sandbox
        self._path = path
        self._metadata = read_metadata(root / "submission_metadata.json")
        self._assignment, problems = _exercise(root / "source")
        received = collect_from_folder(
            "handed in",
            str(root / "submission"),
            list(problems.values()),
            self._metadata.submitted_at,
        )
        self._attempts = {attempt.problem: attempt for attempt in received.attempts}
        self._notes = [*self._metadata.notes, *received.unmatched]
        self._keys = {slug: AnswerKey(problem, sandbox) for slug, problem in problems.items()}
        self._done: list[Graded] = []

    @property
    def is_graded(self) -> bool:
        return all(grade.points is not None for grade, _ in self._done)

    def run(self) -> None:
        """Judge what was handed in for each part."""
        protection = self._sandbox.protection
        print(f"sandbox: {protection.tier}: {', '.join(protection.layers)}")
        if protection.tier != "strict":
            print("not strict: a submission might read the solutions, and change its results")
        for note in self._notes:
            print(f"note: {note!a}")
        for part in self._assignment.parts:
            grade, judgement = self._graded(part)
            self._done.append((grade, judgement))
            verdict = judgement.verdict.label if judgement is not None else "nothing handed in"
            print(f"{part.problem}: {verdict}")
            self._tell_failure(judgement)
        write_results(self._path, document(self._done, self._notes))

    def _graded(self, part: Part) -> Graded:
        attempt = self._attempts.get(part.problem)
        key = self._keys[part.problem]
        if attempt is None:
            note = f"nothing was handed in: no file defines {key.problem.entry_point}"
            return PartGrade(part, raw=Fraction(0), notes=(note,)), None

        def graded(judgement: Judgement) -> Graded:
            return self._grade(part, attempt, key, judgement), judgement

        def watch(judgement: Judgement) -> None:
            so_far = [*self._done, graded(judgement)]
            write_results(self._path, document(so_far, [*self._notes, self._progress(so_far)]))

        submission = read_attempt(attempt)
        return graded(judge_for(Audience.STUDENT, key, submission, self._sandbox, watch=watch))

    def _grade(
        self, part: Part, attempt: Attempt, key: AnswerKey, judgement: Judgement
    ) -> PartGrade:
        outcome = Outcome(
            attempt=attempt,
            digest="",
            verdict=judgement.verdict,
            score=judgement.score,
            max_score=key.problem.max_score,
            cases={each.case.name: each.points for each in judgement.results},
            verdicts={each.case.name: each.verdict for each in judgement.results},
        )
        when = due_date(self._assignment, part, self._metadata)
        lateness = measure_lateness(attempt, when, self._assignment.late)
        max_points = {case.name: case.points for case in key.problem.cases}
        return grade_attempt(part, attempt, outcome, lateness, max_points)

    def _progress(self, so_far: list[Graded]) -> str:
        judged = sum(len(judgement.results) for _, judgement in so_far if judgement is not None)
        of = sum(len(key.problem.cases) for key in self._keys.values())
        return f"This is not finished: {judged} of {of} cases have been judged."

    def _tell_failure(self, judgement: Judgement | None) -> None:
        for result in judgement.results if judgement is not None else ():
            if result.verdict is Verdict.JUDGE_ERROR:
                print(f"the grader failed: {result.run.error}")
                return


def due_date(assignment: Assignment, part: Part, metadata: Metadata) -> datetime | None:
    """When a part is due for those who handed it in: as the assignment says, or else Gradescope.

    An extension of one of a group is one of all.
    """
    extended = [Student(id) for id in assignment.extensions if id.casefold() in metadata.who]
    dates = [due_date_for(assignment, part, student) for student in extended or [Student("")]]
    known = [date for date in dates if date is not None]
    # Within one zone Python compares clocks, which jump with daylight saving.
    return max(known, key=lambda date: date.astimezone(UTC), default=metadata.due)


def _exercise(source: Path) -> tuple[Assignment, dict[str, Problem]]:
    folder = source / "bank"
    bank = Bank(str(folder / "problems"), str(folder / "solutions"))
    path = source / ASSIGNMENT
    return load_work(str(path) if path.exists() else bank.slugs()[0], bank)
