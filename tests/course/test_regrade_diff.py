"""Changes between two gradings of a class are found, with their reasons."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from grader.course.regrade_diff import find_changes
from grader.model.course import Attempt, Outcome
from grader.model.judgement import Verdict

ATTEMPT = Attempt("ann", "softmax", "ann.py", digest="d")
OTHER_FILE = replace(ATTEMPT, digest="e")
OUTCOME = Outcome(
    attempt=ATTEMPT,
    verdict=Verdict.WRONG_ANSWER,
    score=Fraction(1),
    max_score=Fraction(2),
    cases={"one": Fraction(1), "two": Fraction(0)},
    verdicts={"one": Verdict.ACCEPTED, "two": Verdict.WRONG_ANSWER},
)


def with_cases(**cases: tuple[Verdict, int]) -> Outcome:
    return replace(
        OUTCOME,
        score=Fraction(sum(points for _, points in cases.values())),
        max_score=Fraction(len(cases)),
        cases={name: Fraction(points) for name, (_, points) in cases.items()},
        verdicts={name: verdict for name, (verdict, _) in cases.items()},
    )


RIGHT, WRONG = (Verdict.ACCEPTED, 1), (Verdict.WRONG_ANSWER, 0)
CHANGES: dict[str, tuple[Outcome, tuple[str, ...]]] = {
    "nothing": (OUTCOME, ()),
    "only how long it took": (replace(OUTCOME, cpu_s=9.0, answers_fingerprint="x"), ()),
    "the same with another file": (replace(OUTCOME, attempt=OTHER_FILE), ()),
    "a case": (with_cases(one=RIGHT, two=RIGHT), ("case two: wrong answer -> accepted",)),
    "another file": (
        replace(with_cases(one=WRONG, two=WRONG), attempt=OTHER_FILE),
        ("another file was submitted", "case one: accepted -> wrong answer"),
    ),
    "a new case": (
        with_cases(one=RIGHT, two=WRONG, three=WRONG),
        ("maximum: 2 -> 3 points", "case three: new, wrong answer"),
    ),
    "a case less": (
        with_cases(one=RIGHT),
        ("maximum: 2 -> 1 points", "case two: removed"),
    ),
    "an error at run time": (
        with_cases(one=RIGHT, two=(Verdict.RUN_TIME_ERROR, 0)),
        ("case two: wrong answer -> run-time error",),
    ),
    "points": (
        replace(OUTCOME, score=Fraction(1, 2), cases={"one": Fraction(1, 2), "two": Fraction(0)}),
        ("case one: 1 -> 0.5 points",),
    ),
}


@pytest.mark.parametrize("new, reasons", CHANGES.values(), ids=CHANGES)
def test_change_and_its_reasons(new: Outcome, reasons: tuple[str, ...]) -> None:
    found = list(find_changes([OUTCOME], [new]))
    assert [each.reasons for each in found] == ([reasons] if reasons else [])
    for each in found:
        assert (each.attempt.student, each.before, each.after) == ("ann", Fraction(1), new.score)


def test_new_and_removed_attempts() -> None:
    other = replace(OUTCOME, attempt=replace(ATTEMPT, student="bob"))
    gone, come = find_changes([OUTCOME], [other])
    assert (gone.attempt.student, gone.before, gone.after) == ("ann", Fraction(1), None)
    assert (come.attempt.student, come.before, come.after) == ("bob", None, Fraction(1))
    assert gone.reasons == ("the attempt no longer exists",)
    assert come.reasons == ("a new attempt",)
