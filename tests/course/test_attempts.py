"""At most fifty attempts of a student at a problem are judged, among them the one that counts."""

from __future__ import annotations

import pytest

from grader.course.attempts import MAX_JUDGED, limit_attempts
from grader.model.course import Attempt, CountingAttempt, SubmissionSet


def attempts(student: str, count: int, problem: str = "mean") -> list[Attempt]:
    return [
        Attempt(student, problem, f"{student}/{number}.py", digest="0", number=number)
        for number in range(1, count + 1)
    ]


KEPT = {
    CountingAttempt.LAST: (range(8, 58), "attempts 1 to 7 are not judged: only the latest 50 are"),
    CountingAttempt.BEST: (range(8, 58), "attempts 1 to 7 are not judged: only the latest 50 are"),
    CountingAttempt.FIRST: (
        range(1, 51),
        "attempts 51 to 57 are not judged: only the first 50 are",
    ),
}


@pytest.mark.parametrize("counts", CountingAttempt)
def test_attempt_that_counts_is_judged(counts: CountingAttempt) -> None:
    numbers, note = KEPT[counts]
    others = [*attempts("ann", MAX_JUDGED), *attempts("eve", 3, "other")]
    found, notes = limit_attempts(SubmissionSet((*reversed(attempts("eve", 57)), *others)), counts)
    eve = [each for each in found.attempts if (each.student, each.problem) == ("eve", "mean")]
    assert [each.number for each in eve] == [*numbers]
    assert {each.notes for each in eve} == {(note,)}
    assert notes == [f"eve: mean: {note}"]
    # Those of others, and at other problems, are as they were.
    assert [each for each in found.attempts if each not in eve] == others


def test_a_single_one_too_many() -> None:
    found, notes = limit_attempts(SubmissionSet(tuple(attempts("eve", 51))), CountingAttempt.LAST)
    assert [each.number for each in found.attempts] == [*range(2, 52)]
    assert notes == ["eve: mean: attempt 1 is not judged: only the latest 50 are"]


def test_fifty_are_all_judged() -> None:
    submissions = SubmissionSet(tuple(attempts("eve", MAX_JUDGED)))
    assert limit_attempts(submissions, CountingAttempt.BEST) == (submissions, [])
