"""What a student's page says about the assignment, and judgements in the assignment's points.

A problem has points of its own, as many as its cases say. A class reads those of the assignment, so
that the page, the class report and the gradebook agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from grader.course.gradebook import due_date_for
from grader.model.course import Gradebook, Outcome, PartGrade, StudentGrades
from grader.model.judgement import Judgement
from grader.reports.judgement.standing import PartStanding, Standing


def standing_of(
    gradebook: Gradebook,
    row: StudentGrades,
    titles: Mapping[str, str],
    link: Callable[[PartGrade], str],
) -> Standing:
    """Return what a student's page says about the assignment.

    Args:
        titles: of the problems, by their names
        link: returns the address of the student's page for a part; empty if there is none
    """

    def part_standing(grade: PartGrade) -> PartStanding:
        part = grade.part
        team = grade.attempt.team if grade.attempt is not None else ()
        return PartStanding(
            title=titles[part.problem],
            href=link(grade),
            points=grade.points,
            max_points=part.points,
            due=due_date_for(gradebook.assignment, part, row.student, team),
            minutes_late=grade.minutes_late,
            deduction=grade.deduction if grade.adjustment is None else Fraction(0),
            note=_note(grade),
        )

    return Standing(
        title=gradebook.assignment.title,
        parts=tuple(map(part_standing, row.parts)),
        total=row.total,
        max_points=gradebook.max_points(),
    )


def _note(grade: PartGrade) -> str:
    """Return why a student has these points, if it is not for the cases alone."""
    if grade.is_excused:
        return "excused"
    if grade.adjustment is not None:
        return f"given by hand: {grade.adjustment.reason}"
    if grade.points is None:
        return "not graded yet"
    return "nothing was submitted" if grade.attempt is None else ""


def judgement_in_points(judgement: Judgement, points: Fraction) -> Judgement:
    """Return a judgement whose cases are worth these points together."""
    if not judgement.max_score or judgement.max_score == points:
        return judgement
    scale = points / judgement.max_score
    results = tuple(
        replace(
            each,
            case=replace(each.case, points=each.case.points * scale),
            points=each.points * scale,
        )
        for each in judgement.results
    )
    return replace(judgement, results=results)


def outcome_in_points(outcome: Outcome, points: Fraction) -> Outcome:
    """Return an outcome whose cases are worth these points together."""
    if not outcome.max_score or outcome.max_score == points:
        return outcome
    scale = points / outcome.max_score
    return replace(
        outcome,
        score=outcome.score * scale,
        max_score=points,
        cases={name: each * scale for name, each in outcome.cases.items()},
    )
