"""Of very many attempts, those are judged that may count: all, if the best counts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from grader.course.attempts import MAX_JUDGED, limit_attempts
from grader.model.assignment import Assignment, CountingAttempt, Cutoff, LatePolicy, Part
from grader.model.course import Attempt, SubmissionSet
from tests._support.gradebooks import DUE, after

PARTS = (Part("mean", Fraction(10)), Part("other", Fraction(10)))


def assignment(counts: CountingAttempt) -> Assignment:
    return Assignment("H", PARTS, DUE, counts, LatePolicy(until=Cutoff(days=1)))


def attempts(student: str, count: int, problem: str = "mean") -> list[Attempt]:
    return [
        Attempt(student, problem, f"{student}/{number}.py", digest="0", number=number)
        for number in range(1, count + 1)
    ]


KEPT = {
    CountingAttempt.LAST: (range(8, 58), "attempts 1 to 7 are not judged: only the latest 50 are"),
    CountingAttempt.BEST: (
        range(1, 58),
        "all 57 attempts are judged, because the best counts",
    ),
    CountingAttempt.FIRST: (
        range(1, 51),
        "attempts 51 to 57 are not judged: only the first 50 are",
    ),
}


@pytest.mark.parametrize("counts", CountingAttempt)
def test_attempt_that_counts_is_judged(counts: CountingAttempt) -> None:
    numbers, note = KEPT[counts]
    others = [*attempts("ann", MAX_JUDGED), *attempts("eve", 3, "other")]
    submissions = SubmissionSet((*reversed(attempts("eve", 57)), *others))
    found, notes = limit_attempts(submissions, assignment(counts))
    eve = [each for each in found.attempts if (each.student, each.problem) == ("eve", "mean")]
    assert [each.number for each in eve] == [*numbers]
    assert {each.notes for each in eve} == {(note,) if len(eve) == MAX_JUDGED else ()}
    assert notes == [f"eve: mean: {note}"]
    # Those of others, and at other problems, are as they were.
    assert [each for each in found.attempts if each not in eve] == others


def test_a_single_one_too_many() -> None:
    submissions = SubmissionSet(tuple(attempts("eve", 51)))
    found, notes = limit_attempts(submissions, assignment(CountingAttempt.LAST))
    assert [each.number for each in found.attempts] == [*range(2, 52)]
    assert notes == ["eve: mean: attempt 1 is not judged: only the latest 50 are"]


def test_fifty_are_all_judged() -> None:
    submissions = SubmissionSet(tuple(attempts("eve", MAX_JUDGED)))
    assert limit_attempts(submissions, assignment(CountingAttempt.BEST)) == (submissions, [])


def timed(in_time: int, too_late: int) -> SubmissionSet:
    made = attempts("eve", in_time + too_late)
    times = [after()] * in_time + [after(days=2)] * too_late
    return SubmissionSet(
        tuple(replace(each, submitted_at=time) for each, time in zip(made, times, strict=True))
    )


LATE = {
    "fifty too late": (2, 55, range(1, 3), "attempts 3 to 57 are", "2 before the cut-off"),
    "one too late": (55, 1, range(6, 56), "attempts 1 to 5, 56 are", "50 before the cut-off"),
    "all too late": (0, 51, range(2, 52), "attempt 1 is", "50"),
}


@pytest.mark.parametrize("in_time, late, numbers, rest, which", LATE.values(), ids=LATE)
def test_attempts_after_the_cutoff_take_no_place(
    in_time: int, late: int, numbers: range, rest: str, which: str
) -> None:
    found, notes = limit_attempts(timed(in_time, late), assignment(CountingAttempt.LAST))
    assert [each.number for each in found.attempts] == [*numbers]
    assert notes == [f"eve: mean: {rest} not judged: only the latest {which} are"]
