"""Judges one submission in Gradescope's container, and writes results.json as cases finish.

The file exists from the beginning and is always replaced as a whole, so that a run that is stopped
leaves the results up to that point. Before the first case, and after an internal error, it says
that nothing is graded; see `reports.judgement.gradescope`.

What is printed is shown to instructors only.
"""

from __future__ import annotations

import traceback
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bank.locate import Bank
from grader.course.assignment import load_work
from grader.course.gradebook import grade_attempt, grade_for_student
from grader.course.lateness import due_date_for, measure_lateness
from grader.course.overrides import resolve_overrides
from grader.errors import GraderError, UsageError
from grader.integrations.gradescope.archive import ASSIGNMENT
from grader.integrations.gradescope.metadata import Metadata, read_metadata
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for
from grader.judging.judge import judge, judgement_with
from grader.judging.redact import for_student
from grader.model.assignment import Assignment, Part
from grader.model.course import Attempt, Outcome
from grader.model.gradebook import PartGrade
from grader.model.judgement import CaseResult, Judgement, Verdict
from grader.model.problem import Problem
from grader.reports.files import whole_file
from grader.reports.judgement.gradescope import Graded, document, not_graded
from grader.reports.judgement.json import write_json
from grader.sandbox.host import Sandbox
from grader.submissions import SourceSpool, collect_from_folder
from grader.submissions.times import in_utc
from grader.values.show import printable


def autograde(root: Path, sandbox: Sandbox) -> bool:
    """Judge what is in the folder `submission`, write the results, and return whether it is graded.

    Raises:
        UsageError: if the results cannot be written
    """
    path = root / "results" / "results.json"
    write_results(path, not_graded())
    try:
        with SourceSpool() as sources:
            grading = _Grading(root, sandbox, path, sources)
            grading.run()
    except GraderError as error:
        print(printable(str(error)))
        write_results(path, not_graded())
        return False
    except Exception:
        traceback.print_exc()
        write_results(path, not_graded())
        return False
    return grading.is_graded


def write_results(path: Path, results: dict[str, Any]) -> None:
    """Write results.json completely or not at all.

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
    """The grading of one submission, part by part."""

    def __init__(self, root: Path, sandbox: Sandbox, path: Path, sources: SourceSpool) -> None:
        self._sandbox = sandbox
        self._path = path
        self._sources = sources
        self._metadata = read_metadata(root / "submission_metadata.json")
        self._assignment, problems = _load_exercise(root / "source")
        collected = collect_from_folder(
            "submission",
            str(root / "submission"),
            list(problems.values()),
            self._metadata.submitted_at,
            sources,
        )
        self._attempts = {attempt.problem: attempt for attempt in collected.attempts}
        self._own, comments = overrides_of(self._assignment, self._metadata)
        self._notes = [*comments, *self._metadata.notes, *collected.unmatched]
        self._keys = {slug: AnswerKey(problem, sandbox) for slug, problem in problems.items()}
        self._done: list[Graded] = []

    @property
    def is_graded(self) -> bool:
        return all(grade.points is not None or grade.is_excused for grade, _ in self._done)

    def run(self) -> None:
        """Judge what was submitted for each part."""
        protection = self._sandbox.protection
        print(f"sandbox: {protection.tier}: {', '.join(protection.layers)}")
        if protection.tier != "strict":
            print("not strict: a submission might read the solutions and change its results")
        for note in self._notes:
            print(f"note: {note!a}")
        for part in self._assignment.parts:
            grade, judgement = self._graded(part)
            self._done.append((grade, judgement))
            verdict = judgement.verdict.label if judgement is not None else "nothing submitted"
            print(f"{part.problem}: {verdict}")
            _print_internal_error(judgement)
        write_results(self._path, document(self._done, self._notes))

    def _graded(self, part: Part) -> Graded:
        attempt = self._attempts.get(part.problem)
        key = self._keys[part.problem]
        if attempt is None:
            note = f"nothing was submitted: no file defines {key.problem.entry_point}"
            grade = PartGrade(part, raw=Fraction(0), notes=(note,))
            return grade_of_group(grade, self._own, self._metadata), None

        def graded(judgement: Judgement) -> Graded:
            return self._grade(part, attempt, key, judgement), judgement

        submission = self._sources.submission(attempt)
        results: dict[str, CaseResult] = {}

        def watch(result: CaseResult) -> None:
            results[result.case.name] = result
            judgement = for_student(judgement_with(key, submission, [*results.values()]))
            so_far = [*self._done, graded(judgement)]
            write_results(self._path, document(so_far, [*self._notes, self._progress(so_far)]))

        judgement = judge(key, submission, self._sandbox, watch)
        return graded(conclude_for(Audience.STUDENT, judgement, key, self._sandbox))

    def _grade(
        self, part: Part, attempt: Attempt, key: AnswerKey, judgement: Judgement
    ) -> PartGrade:
        outcome = Outcome(
            attempt=attempt,
            verdict=judgement.verdict,
            score=judgement.score,
            max_score=key.problem.max_score,
            cases={each.case.name: each.points for each in judgement.results},
            verdicts={each.case.name: each.verdict for each in judgement.results},
        )
        due = due_date(self._assignment, part, self._metadata)
        lateness = measure_lateness(attempt, due, self._assignment.late, self._assignment.zone)
        max_points = {case.name: case.points for case in key.problem.cases}
        grade = grade_attempt(part, attempt, outcome, lateness, max_points, self._assignment)
        return grade_of_group(grade, self._own, self._metadata)

    def _progress(self, so_far: list[Graded]) -> str:
        judged = sum(len(judgement.results) for _, judgement in so_far if judgement is not None)
        of = sum(len(key.problem.cases) for key in self._keys.values())
        return f"Not finished: {judged} of {of} cases have been judged."


def _print_internal_error(judgement: Judgement | None) -> None:
    for result in judgement.results if judgement is not None else ():
        if result.verdict is Verdict.JUDGE_ERROR:
            print(f"internal error: {printable(result.run.error)}")
            return


def overrides_of(assignment: Assignment, metadata: Metadata) -> tuple[Assignment, list[str]]:
    """Return the assignment by the ids of those who submitted it, and comments on all of it.

    Gradescope has no score that says "excused": who is excused from all problems is graded.
    """
    own, _ = resolve_overrides(assignment, metadata.submitters, is_class=False)
    every = {part.problem for part in assignment.parts}
    excused = {id: slugs for id, slugs in own.excused.items() if not every <= set(slugs)}
    for id in own.excused.keys() - excused.keys():
        print(f"note: {id!a} is excused from everything; mark it on Gradescope")
    comments = [own.comments.get(each.id, {}).get("", "") for each in metadata.submitters]
    texts = [f"Comment: {each}" for each in dict.fromkeys(comments) if each]
    return replace(own, excused=excused), texts


def grade_of_group(grade: PartGrade, own: Assignment, metadata: Metadata) -> PartGrade:
    """Return a grade with what the assignment says about those who submitted it.

    Raises:
        UsageError: if the members of a group would have different scores, which Gradescope has not
    """
    found = [grade_for_student(grade, own, each) for each in metadata.submitters] or [grade]
    if len({(each.points, each.is_excused) for each in found}) > 1:
        raise UsageError(
            f"{grade.part.problem}: the members of the group have different scores, by hand or"
            " because of excuses; Gradescope has one for all. Enter them on Gradescope"
        )
    comments = dict.fromkeys(each.comment for each in found if each.comment)
    return replace(found[0], comment="\n".join(comments))


def due_date(assignment: Assignment, part: Part, metadata: Metadata) -> datetime | None:
    """Return the due date of a part for those who submitted it, or else the one on Gradescope.

    An extension of one member of a group applies to all, whether it is granted here or there.
    """
    assignment, _ = resolve_overrides(assignment, metadata.submitters, is_class=False)
    regular = part.due or assignment.due
    dates = [regular, *(due_date_for(assignment, part, each) for each in metadata.submitters)]
    known = [date for date in dates if date is not None]
    if known and metadata.extended is not None:
        known.append(metadata.extended)
    return max(known, key=in_utc, default=metadata.due)


def _load_exercise(source: Path) -> tuple[Assignment, dict[str, Problem]]:
    folder = source / "bank"
    bank = Bank(str(folder / "problems"), str(folder / "solutions"))
    path = source / ASSIGNMENT
    return load_work(str(path) if path.exists() else bank.slugs()[0], bank)
