"""Credit: the points that answers earn in part, and that groups of cases earn together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from grader.checkers.matching import by_identity, key_identity
from grader.model.credit import Credit, Group
from grader.model.judgement import CaseResult, is_passed
from grader.model.problem import Problem
from grader.model.script import Step
from grader.values import Value


def with_group_credit(problem: Problem, results: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """Return the results of cases without the points that their groups do not earn.

    Verdicts stay as they are: a case may be right, and its group earn nothing.

    Args:
        results: of the first cases, or of all
    """
    if not problem.groups:
        return tuple(results)
    later = {case.group for case in problem.cases[len(results) :]}
    worthless = {group.name for group in problem.groups if not _counts(group, results, later)}
    return tuple(
        replace(each, points=Fraction(0), given=()) if each.case.group in worthless else each
        for each in results
    )


def _counts(group: Group, results: Sequence[CaseResult], later: Collection[str]) -> bool:
    needed = (*group.requires, *([group.name] if group.credit is Credit.ALL else []))
    return all(is_passed(name, results) and name not in later for name in needed)


def share_of_keys(step: Step, answer: Value) -> Fraction:
    """Return the share of a step's points that a wrong answer earns for its right keys."""
    points, expected = step.key_points, step.expected
    whole = sum(points.values(), Fraction(0))
    if not whole or not isinstance(answer, dict) or not isinstance(expected, dict):
        return Fraction(0)
    found = by_identity(answer)  # for Python, True is the key 1
    earned = (
        points.get(key, Fraction(0))
        for key, want in expected.items()
        if len(same := found.get(key_identity(key), [])) == 1
        and step.checker.compare(answer[same[0]], want, step.tolerance) is None
    )
    return sum(earned, Fraction(0)) / whole
