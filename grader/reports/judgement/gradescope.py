"""One submission's results.json for Gradescope.

Students see all of it except the autograder's standard output. No test has Gradescope's visibility
"hidden", because Gradescope would then not show the total. The test of a hidden case has the name,
the verdict, the points and one of a few fixed reasons. The score is given for the whole submission,
with the deduction for lateness; the tests have their points without it.

If something could not be graded, the document has neither score nor tests: Gradescope then reports
that the autograder failed, and does not record a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TextIO

from grader.errors import UsageError
from grader.model.assignment import Part
from grader.model.course import Student
from grader.model.gradebook import CaseGrade, PartGrade, StudentGrades
from grader.model.judgement import CaseResult, Judgement, Verdict, points_number
from grader.reports.judgement.json import write_json
from grader.reports.messages import advice, case_label, details, first_error
from grader.values.show import printable

_NOT_GRADED = (
    "Your submission was not graded: the grader failed or was stopped. You lose no points. Submit "
    "again later, or tell your instructor."
)
_MAX_PRINTED = 600

Graded = tuple[PartGrade, Judgement | None]


def write(judgements: Iterable[Judgement], out: TextIO) -> None:
    """Write the document of one judgement, with the problem's own points.

    Raises:
        UsageError: if there is not exactly one
    """
    several = list(judgements)
    if len(several) != 1:
        raise UsageError(f"Gradescope's results.json contains one judgement, not {len(several)}")
    write_json(document([(_grade(several[0]), several[0])]), out)


def document(graded: Sequence[Graded], notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the results of an assignment's parts as JSON types.

    Args:
        graded: the grade of each part, and its judgement as the student may see it; None if
            nothing was submitted for it
        notes: sentences for the student, shown first
    """
    # Without a name: the total of these grades is what counts.
    total = StudentGrades(Student(""), tuple(grade for grade, _ in graded)).total
    if total is None:
        return not_graded()
    several = len(graded) > 1
    texts = [_summary(grade, judgement, several) for grade, judgement in graded]
    return {
        "score": points_number(total),
        "output": "\n\n".join(["\n".join(map(printable, notes)), *texts] if notes else texts),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            test
            for number, (grade, judgement) in enumerate(graded, start=1)
            for test in _tests(grade, judgement, f"{number}." if several else "")
        ],
    }


def not_graded() -> dict[str, Any]:
    """Return the document of a submission that was not graded.

    The cause is not shown to the student, because it may quote solutions.
    """
    return {"output": _NOT_GRADED, "output_format": "text", "stdout_visibility": "hidden"}


def _grade(judgement: Judgement) -> PartGrade:
    """Return the grade of a judgement as the only part of an assignment, with its own points."""
    part = Part(judgement.problem.slug, judgement.max_score)
    if judgement.verdict is Verdict.JUDGE_ERROR:
        return PartGrade(part)
    cases = tuple(
        CaseGrade(each.case.name, each.verdict, each.points, each.case.points)
        for each in judgement.results
    )
    return PartGrade(part, raw=judgement.score, cases=cases)


def _summary(grade: PartGrade, judgement: Judgement | None, several: bool) -> str:
    """Return the text about a part as a whole."""
    lines = [f"{judgement.problem.title if judgement else grade.part.problem}:"] if several else []
    if judgement is not None:
        raw, max_points = grade.raw or Fraction(0), grade.part.points
        points = f"{points_number(raw)} of {points_number(max_points)} points"
        lines.append(f"{judgement.verdict.label}, {points}")
        lines.append(first_error(judgement))
        # The notes on the attempt follow below.
        judgement = replace(
            judgement, notes=tuple(note for note in judgement.notes if note not in grade.notes)
        )
        lines += [f"{kind}: {text}" for kind, text in advice(judgement)]
    lines += map(printable, grade.notes)
    if grade.comment:
        lines.append(f"comment: {printable(grade.comment, len(grade.comment))}")
    if grade.minutes_late:
        lines.append(_lateness(grade))
    return "\n".join(line for line in lines if line)


def _lateness(grade: PartGrade) -> str:
    late = f"{grade.minutes_late} min late"
    if not grade.for_lateness:
        return f"{late}, without deduction"
    off, raw = points_number(grade.for_lateness), points_number(grade.raw or Fraction(0))
    return f"{late}: {off} of {raw} points deducted"


def _tests(grade: PartGrade, judgement: Judgement | None, prefix: str) -> list[dict[str, Any]]:
    if judgement is None:
        max_points = points_number(grade.part.points)
        test = {"name": grade.part.problem, "score": 0, "max_score": max_points, "status": "failed"}
        return [test | {"number": f"{prefix}1", "output": "\n".join(map(printable, grade.notes))}]
    loaded = not first_error(judgement)
    slug = f"{grade.part.problem}: " if prefix else ""
    tests = []
    for number, (result, case) in enumerate(
        zip(judgement.results, grade.cases, strict=True), start=1
    ):
        passed = result.verdict is Verdict.ACCEPTED
        test = {
            "name": f"{slug}{case_label(result.case)}",
            "number": f"{prefix}{number}",
            "score": points_number(case.points),
            "status": "passed" if passed else "failed",
            "output": _output(result, loaded),
        }
        if case.max_points is not None:
            test["max_score"] = points_number(case.max_points)
        tests.append(test)
    return tests


def _output(result: CaseResult, loaded: bool) -> str:
    """Return verdict, message, traceback and printed output; only the verdict if accepted.

    The reason why a file cannot be loaded is given once, in the summary.
    """
    parts = [result.verdict.label]
    if result.verdict is not Verdict.ACCEPTED and loaded:
        parts += [details(result), printable(result.run.traceback)]
        if result.run.stdout.strip():
            parts.append("printed output:\n" + printable(result.run.stdout.rstrip(), _MAX_PRINTED))
    return "\n".join(part for part in parts if part)
