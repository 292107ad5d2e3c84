"""Judgements and outcomes in points of an assignment, instead of the problem's own.

All cases of a problem are together worth what the assignment gives for it, each in its proportion.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.model.course import Outcome
from grader.model.judgement import Judgement


def judgement_in_points(judgement: Judgement, worth: Fraction) -> Judgement:
    """Return a judgement whose cases are together worth these points."""
    if not judgement.max_score or worth == judgement.max_score:
        return judgement
    scale = worth / judgement.max_score
    results = tuple(
        replace(
            each,
            case=replace(each.case, points=each.case.points * scale),
            points=each.points * scale,
        )
        for each in judgement.results
    )
    return replace(judgement, results=results)


def outcome_in_points(outcome: Outcome, worth: Fraction) -> Outcome:
    """Return an outcome whose cases are together worth these points."""
    if not outcome.max_score or worth == outcome.max_score:
        return outcome
    scale = worth / outcome.max_score
    return replace(
        outcome,
        score=outcome.score * scale,
        max_score=worth,
        cases={name: points * scale for name, points in outcome.cases.items()},
    )
