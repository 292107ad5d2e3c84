"""What changed between two gradings of a class: whose score or verdict, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from grader.model.course import AttemptId, Outcome
from grader.model.judgement import points_number
from grader.values.dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """An attempt whose score or verdicts changed.

    Attributes:
        before, after: the scores; None if there was, or is, no such attempt
    """

    attempt: AttemptId
    before: Fraction | None
    after: Fraction | None
    reasons: tuple[str, ...]


def find_changes(old: Iterable[Outcome], new: Iterable[Outcome]) -> Iterator[Change]:
    """Yield each changed attempt, by problem, student and number."""
    before, after = ({each.attempt.identity: each for each in some} for some in (old, new))
    for attempt in sorted(before.keys() | after.keys()):
        first, second = before.get(attempt), after.get(attempt)
        reasons = tuple(_reasons(first, second))
        if reasons:
            yield Change(
                attempt,
                before=first.score if first is not None else None,
                after=second.score if second is not None else None,
                reasons=reasons,
            )


def _reasons(before: Outcome | None, after: Outcome | None) -> Iterator[str]:
    if before is None or after is None:
        yield "a new attempt" if before is None else "the attempt no longer exists"
        return
    case_reasons = list(_case_reasons(before, after))
    if before.score == after.score and before.max_score == after.max_score and not case_reasons:
        return
    if before.attempt.digest != after.attempt.digest:
        yield "another file was submitted"
    if before.max_score != after.max_score:
        yield f"maximum: {_points(before.max_score)} -> {_points(after.max_score)} points"
    yield from case_reasons


def _case_reasons(before: Outcome, after: Outcome) -> Iterator[str]:
    for name in dict.fromkeys([*before.cases, *after.cases]):
        if name not in after.cases:
            yield f"case {name}: removed"
        elif name not in before.cases:
            yield f"case {name}: new, {after.verdicts[name].label}"
        elif before.verdicts[name] is not after.verdicts[name]:
            yield f"case {name}: {before.verdicts[name].label} -> {after.verdicts[name].label}"
        elif before.cases[name] != after.cases[name]:
            old, new = _points(before.cases[name]), _points(after.cases[name])
            yield f"case {name}: {old} -> {new} points"


def _points(points: Fraction) -> str:
    return str(points_number(points))
