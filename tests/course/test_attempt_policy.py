"""How many attempts count, and what further ones cost, against values computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader.course.assignment import load_assignment
from grader.course.attempts import MAX_JUDGED, limit_attempts
from grader.course.gradebook import build_gradebook
from grader.errors import SpecError
from grader.model.assignment import Assignment, SlipDays
from grader.model.course import Attempt, Student, SubmissionSet
from grader.model.gradebook import PartGrade
from grader.reports.grades import shown_grade
from tests._support.bank import Command
from tests._support.gradebooks import FULL, HALF, after, outcome

HEAD = (
    "title: H\ntimezone: Europe/Berlin\ndue: 2026-11-30 23:59\n"
    "problems: [{problem: p, points: 10}]\n"
)
# The text of a program, the share of the points that it gets, and when it was submitted.
Sent = tuple[str, Fraction, datetime]


def load(tmp_path: Path, text: str) -> Assignment:
    path = tmp_path / "hw.yaml"
    path.write_text(HEAD + text, "utf-8")
    return load_assignment(str(path))


def graded(assignment: Assignment, sent: Sequence[Sent]) -> PartGrade:
    attempts = [
        Attempt("s", "p", f"{number}.py", number, when, digest=text)
        for number, (text, _, when) in enumerate(sent, 1)
    ]
    outcomes = [
        outcome(attempt, {"one": share, "two": 2 * share})
        for attempt, (_, share, _) in zip(attempts, sent, strict=True)
    ]
    submissions = SubmissionSet(tuple(attempts), (Student("s"),))
    book = build_gradebook(assignment, submissions, outcomes, {})
    return book.rows[0].parts[0]


NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
A, B, C, D = (("a", HALF, NOON), ("b", HALF, NOON), ("c", FULL, NOON), ("d", FULL, NOON))
LATE_D = ("d", FULL, after(hours=1))
# The policy, which attempt counts, what was sent, the points, and the number of the attempt.
COUNTED: dict[str, tuple[str, str, Sequence[Sent], Fraction | int, int]] = {
    "as many as count": ("{most: 2}", "last", [A, B], 5, 2),
    "one more": ("{most: 2}", "last", [A, B, C], 5, 2),
    "one more, though it is the best": ("{most: 2}", "best", [A, B, C], 5, 1),
    "the same program again is not one more": ("{most: 2}", "last", [A, A, A, C], 10, 4),
    "nor an earlier one after others": ("{most: 2}", "last", [A, B, A], 5, 3),
    "free ones": ("{free: 2, per_attempt: 10%}", "last", [A, C], 10, 2),
    "one that costs": ("{free: 2, per_attempt: 10%}", "last", [A, B, C], 9, 3),
    "the first is always free": ("{per_attempt: 10%}", "last", [A, C], 9, 2),
    "of the maximum": ("{per_attempt: 10% of the maximum}", "last", [C, A], 4, 2),
    "in points": ("{per_attempt: 1 point}", "last", [C, A, B], 3, 3),
    "no more than was reached": ("{per_attempt: 9 points}", "last", [C, A], 0, 2),
    "the largest penalty": ("{per_attempt: 30%, max_penalty: 40%}", "last", [A, B, C], 6, 3),
    "the best after penalties": ("{per_attempt: 60%}", "best", [A, C], 5, 1),
    "the same program costs once": ("{per_attempt: 10%}", "last", [A, C, C, C], 9, 4),
    "the first program again is free": ("{per_attempt: 10%}", "last", [A, C, A], 5, 3),
    "late as well": ("{per_attempt: 10%}\nlate: {per_day: 20%}", "last", [A, LATE_D], 7, 2),
    "both penalties together are no more than was reached": (
        "{per_attempt: 60%}\nlate: {per_day: 60%}",
        "last",
        [A, LATE_D],
        0,
        2,
    ),
}


@pytest.mark.parametrize("policy, counts, sent, points, number", COUNTED.values(), ids=COUNTED)
def test_attempts_are_counted_as_by_hand(
    policy: str,
    counts: str,
    sent: Sequence[Sent],
    points: Fraction,
    number: int,
    tmp_path: Path,
) -> None:
    grade = graded(load(tmp_path, f"counts: {counts}\nattempts: {policy}\n"), sent)
    assert grade.attempt is not None
    assert (grade.points, grade.attempt.number) == (points, number)


def test_penalties_are_told_apart(tmp_path: Path) -> None:
    assignment = load(tmp_path, "attempts: {per_attempt: 10%}\nlate: {per_day: 20%}\n")
    grade = graded(assignment, [A, LATE_D])
    assert [grade.for_attempts, grade.for_lateness] == [1, 2]
    shown = shown_grade(grade, "P", assignment.due, assignment.zone)
    assert shown.remarks == (
        "1 h 0 min late: 2 of 10 points deducted.",
        "1 of 10 points deducted for earlier attempts.",
    )
    assert "attempt 2: 1 points deducted for it" in grade.notes


def test_what_does_not_count_is_said(tmp_path: Path) -> None:
    grade = graded(load(tmp_path, "attempts: {most: 1}\n"), [A, B, C])
    assert grade.notes == ("after as many attempts as count and not counted: attempts 2, 3",)


def test_no_slip_day_is_spent_on_an_attempt_too_many(tmp_path: Path) -> None:
    text = "attempts: {most: 1}\nlate: {per_day: 10%, until: 0 min}\n"
    assignment = replace(load(tmp_path, text), slip_days=SlipDays(5))
    sent = [("a", FULL, after(hours=1)), ("b", FULL, after(hours=2))]
    attempts = tuple(
        Attempt("s", "p", f"{n}.py", n, when, digest=text) for n, (text, _, when) in enumerate(sent)
    )
    (row,) = build_gradebook(assignment, SubmissionSet(attempts), [], {}).rows
    assert row.slip_days == 0


def test_attempts_that_are_numbered_are_all_judged(tmp_path: Path) -> None:
    """Leaving an early one out would give all others a smaller number."""
    many = tuple(
        Attempt("s", "p", f"{n}.py", n, NOON, digest=str(n)) for n in range(1, MAX_JUDGED + 11)
    )
    costly = load(tmp_path, "attempts: {per_attempt: 1%}\n")
    found, notes = limit_attempts(SubmissionSet(many), costly)
    assert found.attempts == many
    assert notes == ["s: p: all 60 attempts are judged, because each may cost points"]
    found, notes = limit_attempts(SubmissionSet(many), load(tmp_path, "attempts: {most: 3}\n"))
    assert [each.number for each in found.attempts] == [1, 2, 3]


REFUSED = {
    "a limit of nothing": ("{max_penalty: 50%}", "`max_penalty` limits `per_attempt`"),
    "two units": ("{per_attempt: 1 point, max_penalty: 50%}", "could mean two things"),
    "free for nothing": ("{free: 3}", "`free` has no effect; add `per_attempt`"),
    "all free": ("{most: 3, free: 3, per_attempt: 5%}", "be less than `most`, which is 3"),
    "none": ("{most: 0}", "expected a whole number from 1"),
    "another key": ("{max: 3}", "a policy on attempts has no key 'max'"),
}


@pytest.mark.parametrize("policy, message", REFUSED.values(), ids=REFUSED)
def test_contradictions_are_reported(policy: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        load(tmp_path, f"attempts: {policy}\n")
    assert message in str(error.value) and "hw.yaml:5:" in str(error.value)


def test_gradescope_does_not_number_attempts(grader: Command, tmp_path: Path) -> None:
    path = tmp_path / "hw.yaml"
    path.write_text(HEAD.replace("p,", "dr-grpo,") + "attempts: {most: 3}\n")
    done = grader("export", "gradescope", path, "--output", tmp_path / "a.zip")
    assert done.returncode == 2 and "`attempts` has no effect there" in done.stderr
