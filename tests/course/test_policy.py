"""Policies on lateness, slip days and what is not due yet, against values computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.course.assignment import load_assignment
from grader.course.gradebook import build_gradebook
from grader.course.lateness import cutoff_for, time_text
from grader.course.lms import moodle
from grader.course.output import describe_unmatched
from grader.errors import SpecError
from grader.model.assignment import Adjustment, Assignment, MissingWork, SlipDays
from grader.model.course import Attempt, Delivery, OpenQuestion, Student, SubmissionSet
from grader.model.gradebook import Gradebook
from grader.reports.grades import shown_grade, shown_total
from tests._support.gradebooks import FULL, HALF, Try, after, make, outcome, written, written_json

HEAD = (
    "title: H\ntimezone: Europe/Berlin\ndue: 2026-11-30 23:59\n"
    "problems: [{problem: p, points: 10}, {problem: q, points: 5}]\n"
)


def load(tmp_path: Path, text: str, head: str = HEAD) -> Assignment:
    path = tmp_path / "hw.yaml"
    path.write_text(head + text, "utf-8")
    return load_assignment(str(path))


def points(assignment: Assignment, *tries: Try, student: str = "s") -> Fraction | None:
    return make(assignment, [(student, "p", tries)]).rows[0].parts[0].points


# The penalty -------------------------------------------------------------------------------------

THIRD = Fraction(1, 3)
TWO_DAYS = after(days=1, seconds=1)  # the second day has begun
# The policy, the share of the 10 points, the time of submission, and the points.
PENALTIES: dict[str, tuple[str, Fraction, datetime, Fraction | int]] = {
    "of the score": ("{per_day: 10%}", HALF, TWO_DAYS, 4),
    "of the score, in words": ("{per_day: 10% of the score}", HALF, TWO_DAYS, 4),
    "of the maximum": ("{per_day: 10% of the maximum}", HALF, TWO_DAYS, 3),
    "in points": ("{per_day: 2 points}", HALF, TWO_DAYS, 1),
    "a point": ("{per_day: 1 point}", THIRD, after(hours=1), Fraction(7, 3)),
    "parts of a point": ("{per_day: 0.25 points}", HALF, TWO_DAYS, Fraction(9, 2)),
    "no more than was reached": ("{per_day: 3 points}", HALF, TWO_DAYS, 0),
    "of the maximum, no more than was reached": (
        "{per_day: 30% of the maximum}",
        HALF,
        TWO_DAYS,
        0,
    ),
    "at most a number of points": ("{per_day: 2 points, most: 3 points}", HALF, TWO_DAYS, 2),
    "points, at most a share": (
        "{per_day: 2 points, most: 50% of the score}",
        HALF,
        TWO_DAYS,
        Fraction(5, 2),
    ),
    "at most of the maximum": (
        "{per_day: 10% of the maximum, most: 20% of the maximum}",
        FULL,
        after(days=5),
        8,
    ),
    "within grace": ("{grace: 1 h, per_day: 2 points}", HALF, after(hours=1), 5),
    "at the cut-off": ("{until: 2 days}", HALF, after(days=2), 5),
    "after the cut-off": ("{until: 2 days}", FULL, after(days=2, seconds=1), 0),
    "at the cut-off, late": ("{per_day: 10%, until: 2 days}", HALF, after(days=2), 4),
    "before a cut-off in hours": ("{until: 36 h}", HALF, after(hours=36), 5),
    "after a cut-off in hours": ("{until: 36 h}", HALF, after(hours=36, seconds=1), 0),
    "before a cut-off at a time": ("{until: 2026-12-03 12:00}", HALF, after(hours=60), 5),
    "after a cut-off at a time": ("{until: 2026-12-03 12:00}", HALF, after(hours=61), 0),
    "no late work at all": ("{until: 0 min}", FULL, after(seconds=1), 0),
}


@pytest.mark.parametrize("policy, share, when, expected", PENALTIES.values(), ids=PENALTIES)
def test_late_penalty_is_as_computed_by_hand(
    policy: str, share: Fraction, when: datetime, expected: float, tmp_path: Path
) -> None:
    assert points(load(tmp_path, f"late: {policy}\n"), (when, share)) == expected


def test_cutoff_follows_the_clock_when_clocks_change(tmp_path: Path) -> None:
    """The night before 25 October has an hour more, so that two days are 49 hours."""
    head = HEAD.replace("2026-11-30", "2026-10-23")
    assignment = load(tmp_path, "late: {until: 2 days}\n", head)
    times = [datetime(2026, 10, 25, 22, 59, second, tzinfo=UTC) for second in (0, 1)]
    assert [points(assignment, (time, FULL)) for time in times] == [10, 0]


def test_cutoff_at_a_clock_that_is_skipped_is_the_later_time(tmp_path: Path) -> None:
    """On 28 March the clocks go from 2:00 to 3:00, so that 2:30 is 1:30 or 3:30."""
    head = HEAD.replace("2026-11-30 23:59", "2027-03-26 02:30")
    assignment = load(tmp_path, "late: {until: 2 days}\n", head)
    times = [datetime(2027, 3, 28, 1, 30, second, tzinfo=UTC) for second in (0, 1)]
    assert [points(assignment, (time, FULL)) for time in times] == [10, 0]
    assert assignment.due is not None
    end = cutoff_for(assignment.due, assignment.late, assignment.zone)
    assert end is not None and time_text(end, assignment.zone) == "2027-03-28 03:30 CEST"


LATER = "extensions: {s: 2026-12-04 23:59}\n"
CUTOFFS: dict[str, tuple[str, float, int]] = {
    "a duration begins at the extension": ("{until: 1 day}", 5, 10),
    "and ends": ("{until: 1 day}", 5.1, 0),
    "a time is not before the extension": ("{until: 2026-12-02 12:00}", 4, 10),
    "but at it": ("{until: 2026-12-02 12:00}", 4.1, 0),
    "and the grace": ("{grace: 1 h, until: 2026-12-02 12:00}", 4 + 1 / 24, 10),
}


@pytest.mark.parametrize("policy, days, expected", CUTOFFS.values(), ids=CUTOFFS)
def test_extension_moves_the_cutoff(
    policy: str, days: float, expected: int, tmp_path: Path
) -> None:
    assignment = load(tmp_path, f"late: {policy}\n{LATER}")
    assert points(assignment, (after(days=days), FULL)) == expected


TOO_LATE: dict[str, tuple[str, Sequence[Try], int, int]] = {
    "last in time": ("last", [(after(), HALF), (after(days=3), FULL)], 1, 5),
    "best in time": ("best", [(after(), HALF), (after(days=3), FULL)], 1, 5),
    "one not graded, too late": ("best", [(after(), HALF), (after(days=3), None)], 1, 5),
    "nothing in time": ("last", [(after(days=3), HALF), (after(days=4), FULL)], 2, 0),
}


@pytest.mark.parametrize("counts, tries, number, expected", TOO_LATE.values(), ids=TOO_LATE)
def test_attempt_in_time_counts_whatever_follows_the_cutoff(
    counts: str, tries: Sequence[Try], number: int, expected: int, tmp_path: Path
) -> None:
    assignment = load(tmp_path, f"counts: {counts}\nlate: {{until: 1 day}}\n")
    grade = make(assignment, [("s", "p", tries)]).rows[0].parts[0]
    assert grade.attempt is not None
    assert grade.attempt.number == number and grade.points == expected
    assert any("after the cut-off" in note for note in grade.notes)


def test_files_and_pages_say_that_work_was_too_late(tmp_path: Path) -> None:
    assignment = load(tmp_path, "late: {until: 1 day}\n")
    book = make(assignment, [("s", "p", [(after(days=2), HALF)])])
    (line,) = written(book)
    assert (line["p"], line["p: deduction"]) == ("0", "5")
    assert "submitted after the cut-off, 2026-12-01 23:59 CET: it does not count" in line["notes"]
    (grade,) = written_json(book)["students"][0]["problems"]
    assert (grade["points"], grade["raw_points"], grade["after_cutoff"]) == (0, 5, True)
    shown = shown_grade(book.rows[0].parts[0], "P", assignment.due, assignment.zone)
    assert shown.remarks == ("2 d 0 h late, after the cut-off: it does not count.",)


POLICY_MISTAKES = {
    "a number": ("{per_day: 10}", "5:17: expected a penalty, like 10%, 10% of the maximum, or"),
    "of something else": ("{per_day: 10% of the grade}", "5:17: expected a penalty"),
    "more than all": ("{per_day: 101% of the maximum}", "5:17: '101% of the maximum' is more"),
    "a maximum of two meanings": (
        "{per_day: 10% of the maximum, most: 50%}",
        "5:43: `per_day` is not a share of the points reached, so '50%' could mean two things;"
        " write `50% of the maximum` or `50% of the score`",
    ),
    "a maximum of nothing": ("{most: 50%}", "5:14: `most` limits `per_day`, which is missing"),
    "a cut-off without a unit": ("{until: 7}", "5:15: expected a time, or a duration like 7 days"),
    "a cut-off before the due date": (
        "{until: 2026-11-30 12:00}",
        "5:15: the cut-off is before the due date 2026-11-30 23:59",
    ),
    "a cut-off in the past of clocks": ("{until: 2026-12-31}", "5:15: expected a time, like"),
    "a cut-off within grace": ("{grace: 1 h, until: 30 min}", "5:27: the cut-off is within"),
    "a cut-off at once, with grace": ("{grace: 1 h, until: 0 days}", "5:27: the cut-off is within"),
}


@pytest.mark.parametrize("policy, message", POLICY_MISTAKES.values(), ids=POLICY_MISTAKES)
def test_mistakes_in_the_policy_are_reported(policy: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, f"late: {policy}\n")
    assert f"hw.yaml:{message}" in str(caught.value)


def test_cutoff_without_a_due_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="4:15: a cut-off needs a due date"):
        load(tmp_path, "late: {until: 7 days}\n", HEAD.replace("due: 2026-11-30 23:59\n", ""))


# Not due yet -------------------------------------------------------------------------------------

ADA, ALAN = Student("ada", "Ada Lovelace"), Student("alan", "Alan Turing")


def nothing(
    assignment: Assignment,
    as_of: datetime | None,
    missing: MissingWork = MissingWork.CERTAIN,
    teams: dict[str, tuple[str, ...]] | None = None,
    questions: dict[tuple[str, str], OpenQuestion] | None = None,
) -> Gradebook:
    """Return the grades of two students who submitted nothing."""
    collected = SubmissionSet(
        (), (ADA, ALAN), (ADA, ALAN), teams=teams or {}, questions=questions or {}
    )
    return build_gradebook(replace(assignment, missing=missing), collected, [], {}, as_of)


EXTENDED = "extensions: {ada: 2026-12-04 23:59}\n"
ZEROS: dict[str, tuple[str, datetime | None, list[int | None]]] = {
    "before the due date": ("", after(seconds=-1), [None, None]),
    "at the due date": ("", after(), [0, 0]),
    "with an extension": (EXTENDED, after(days=1), [None, 0]),
    "after the extension": (EXTENDED, after(days=4), [0, 0]),
    "at any time, without one": (EXTENDED, None, [0, 0]),
}


@pytest.mark.parametrize("text, as_of, totals", ZEROS.values(), ids=ZEROS)
def test_zero_is_given_only_once_it_is_due(
    text: str, as_of: datetime | None, totals: list[int | None], tmp_path: Path
) -> None:
    assignment = load(tmp_path, text)
    assert [row.total for row in nothing(assignment, as_of).rows] == totals


def test_zeros_for_everybody_spare_those_who_still_have_time(tmp_path: Path) -> None:
    book = nothing(load(tmp_path, EXTENDED), after(days=1), MissingWork.ZERO)
    assert [row.total for row in book.rows] == [None, 0]


@pytest.mark.parametrize("delivery", [Delivery.UNREADABLE, Delivery.UNCERTAIN])
def test_zeros_for_work_in_question_spare_those_who_still_have_time(
    delivery: Delivery, tmp_path: Path
) -> None:
    question = OpenQuestion(delivery, "it is not certain")
    questions = {(each.id, "p"): question for each in (ADA, ALAN)}
    book = nothing(load(tmp_path, EXTENDED), after(days=1), MissingWork.ZERO, questions=questions)
    assert [row.parts[0].raw for row in book.rows] == [None, 0]
    assert book.rows[0].parts[0].notes == ("not graded: it is not certain",)


def test_zeros_for_files_that_cannot_be_read_spare_those_who_still_have_time(
    tmp_path: Path,
) -> None:
    attempts = tuple(Attempt(each.id, "p", "x.rar", flaw="a RAR archive") for each in (ADA, ALAN))
    assignment = replace(load(tmp_path, EXTENDED), missing=MissingWork.ZERO)
    outcomes = [outcome(each, {}) for each in attempts]
    book = build_gradebook(
        assignment, SubmissionSet(attempts, (ADA, ALAN)), outcomes, {}, after(days=1)
    )
    assert [row.parts[0].raw for row in book.rows] == [None, 0]


def test_extension_of_a_team_mate_gives_time(tmp_path: Path) -> None:
    book = nothing(load(tmp_path, EXTENDED), after(days=1), teams={"A": ("ada", "alan")})
    assert [row.total for row in book.rows] == [None, None]


def test_problem_with_a_later_due_date_is_not_due(tmp_path: Path) -> None:
    head = HEAD.replace("points: 5", "points: 5, due: 2026-12-07 23:59")
    (ada, _) = nothing(load(tmp_path, "", head), after(days=1)).rows
    assert [(grade.points, grade.delivery) for grade in ada.parts] == [
        (0, Delivery.MISSING),
        (None, Delivery.NOT_DUE),
    ]


def test_what_cannot_be_read_stays_in_question_before_it_is_due(tmp_path: Path) -> None:
    question = OpenQuestion(Delivery.UNREADABLE, "handed in x.rar, which cannot be read")
    book = nothing(load(tmp_path, ""), after(days=-1), questions={("ada", "p"): question})
    assert book.rows[0].parts[0].delivery is Delivery.UNREADABLE


def test_excuse_and_score_by_hand_are_stronger(tmp_path: Path) -> None:
    text = EXTENDED + "excused: {ada: [p]}\nadjust: {ada: {q: 4, why: oral}}\n"
    book = nothing(load(tmp_path, text), after(days=1))
    assert written(book)[0]["p"] == "excused"
    assert book.rows[0].total == 12  # 4 of 5 points, scaled to 15


def test_every_file_says_that_it_is_not_due(tmp_path: Path) -> None:
    book = nothing(load(tmp_path, EXTENDED), after(days=1))
    ada, alan = written(book)
    assert (ada["p"], ada["total"], alan["p"]) == ("not due", "not graded", "0")
    assert "p: not due before 2026-12-04 23:59 CET" in ada["notes"]
    (student, _) = written_json(book)["students"]
    assert [part["state"] for part in student["problems"]] == ["not due", "not due"]
    shown = shown_grade(book.rows[0].parts[0], "P", None, None)
    assert (shown.points, shown.remarks) == (
        "not due",
        ("Nothing was submitted yet; there is time until the due date.",),
    )
    filled = moodle.fill("ID number,Full name,Grade\nada,Ada,\nalan,Alan,\n", book)
    assert filled.text.endswith("ada,Ada,\nalan,Alan,0.00\n")
    assert "is not due before 2026-12-04 23:59 CET" in filled.skipped[0]
    collected = SubmissionSet((), (ADA, ALAN), (ADA, ALAN))
    assert describe_unmatched(collected, book) == [
        "no submission from Alan Turing",
        "Ada Lovelace: nothing was submitted, and it is not due before 2026-12-04 23:59 CET; no"
        " zero is given",
    ]


# Slip days ---------------------------------------------------------------------------------------

TEN_PERCENT = "late: {per_day: 10%}\n"
Slip = tuple[str, SlipDays, Sequence[tuple[str, Sequence[Try]]], Fraction | int | float, int, int]
# The policy, the days, the attempts, and by hand: the total, days used, days left.
SLIPS: dict[str, Slip] = {
    "on time": (TEN_PERCENT, SlipDays(5), [("p", [(after(), FULL)])], 10, 0, 5),
    "a day": (TEN_PERCENT, SlipDays(5), [("p", [(after(hours=1), FULL)])], 10, 1, 4),
    "two days begun": (TEN_PERCENT, SlipDays(5), [("p", [(TWO_DAYS, FULL)])], 10, 2, 3),
    "not enough": (TEN_PERCENT, SlipDays(1), [("p", [(TWO_DAYS, FULL)])], 9, 1, 0),
    "used before": (
        TEN_PERCENT,
        SlipDays(5, used={"s": 4}),
        [("p", [(TWO_DAYS, FULL)])],
        9,
        1,
        0,
    ),
    "more used than there are": (
        TEN_PERCENT,
        SlipDays(5, used={"s": 6}),
        [("p", [(TWO_DAYS, FULL)])],
        8,
        0,
        0,
    ),
    "a maximum for each assignment": (
        TEN_PERCENT,
        SlipDays(5, most=1),
        [("p", [(TWO_DAYS, FULL)])],
        9,
        1,
        4,
    ),
    "one day for both problems": (
        TEN_PERCENT,
        SlipDays(5),
        [("p", [(after(hours=1), FULL)]), ("q", [(after(hours=2), FULL)])],
        15,
        1,
        4,
    ),
    "work without points": (TEN_PERCENT, SlipDays(5), [("p", [(TWO_DAYS, Fraction(0))])], 0, 0, 5),
    "nothing is saved above the maximum": (
        "late: {per_day: 10%, most: 20%}\n",
        SlipDays(2),
        [("p", [(after(days=6), FULL)])],
        8,
        0,
        2,
    ),
    "lateness costs nothing": ("", SlipDays(5), [("p", [(TWO_DAYS, FULL)])], 10, 0, 5),
    "grace after the last slip day": (
        "late: {grace: 15 min, per_day: 10%}\n",
        SlipDays(5),
        [("p", [(after(days=1, minutes=10), FULL)])],
        10,
        1,
        4,
    ),
    "no slip day reaches beyond the cut-off": (
        "late: {per_day: 10%, until: 1 day}\n",
        SlipDays(5),
        [("p", [(TWO_DAYS, FULL)])],
        0,
        0,
        5,
    ),
    "the better of two attempts": (  # 6 on time, or 10 for two days
        TEN_PERCENT + "counts: best\n",
        SlipDays(5),
        [("p", [(after(), Fraction(3, 5)), (TWO_DAYS, FULL)])],
        10,
        2,
        3,
    ),
    "a late attempt that is better only with a slip day": (  # 8 on time, or 5 an hour late
        "late: {per_day: 50%}\ncounts: best\n",
        SlipDays(3),
        [("p", [(after(), Fraction(4, 5)), (after(hours=1), FULL)])],
        10,
        1,
        2,
    ),
    "a late attempt that is never better": (
        "late: {per_day: 50%}\ncounts: best\n",
        SlipDays(3),
        [("p", [(after(), Fraction(4, 5)), (after(hours=1), Fraction(4, 5))])],
        8,
        0,
        3,
    ),
    "a late attempt before the last": (
        TEN_PERCENT,
        SlipDays(3),
        [("p", [(after(hours=1), FULL), (None, HALF)])],
        5,
        0,
        3,
    ),
    "with a later extension": (
        TEN_PERCENT + "extensions: {s: 2026-12-01 23:59}\n",
        SlipDays(5),
        [("p", [(TWO_DAYS, FULL)])],
        10,
        1,
        4,
    ),
    "penalties in points": (
        "late: {per_day: 3 points}\n",
        SlipDays(1),
        [("p", [(after(days=2), HALF)])],
        2,
        1,
        0,
    ),
}


@pytest.mark.parametrize("text, days, tries, total, used, left", SLIPS.values(), ids=SLIPS)
def test_slip_days_keep_the_most_points(
    text: str,
    days: SlipDays,
    tries: Sequence[tuple[str, Sequence[Try]]],
    total: float,
    used: int,
    left: int,
    tmp_path: Path,
) -> None:
    assignment = replace(load(tmp_path, text), slip_days=days)
    (row,) = make(assignment, [("s", problem, some) for problem, some in tries]).rows
    assert row.total == total
    assert (row.slip_days, row.slip_days_left) == (used, left)


def test_slip_days_are_kept_for_what_is_not_graded_yet(tmp_path: Path) -> None:
    assignment = replace(load(tmp_path, TEN_PERCENT), slip_days=SlipDays(5))
    (row,) = make(assignment, [("s", "p", [(TWO_DAYS, None)])]).rows
    assert (row.total, row.slip_days, row.slip_days_left) == (None, 2, 3)


def test_no_slip_day_for_a_score_by_hand(tmp_path: Path) -> None:
    text = TEN_PERCENT + "adjust: {s: {p: 7, why: oral}}\n"
    assignment = replace(load(tmp_path, text), slip_days=SlipDays(5))
    (row,) = make(assignment, [("s", "p", [(TWO_DAYS, FULL)])]).rows
    assert row.total == 7
    assert (row.slip_days, row.slip_days_left) == (0, 5)


def test_each_member_of_a_team_uses_slip_days(tmp_path: Path) -> None:
    days = SlipDays(2, used={"s1": 1})
    assignment = replace(load(tmp_path, TEN_PERCENT), slip_days=days)
    team = ("s1", "s2")
    made = [Attempt(id, "p", "a.py", 1, TWO_DAYS, team=team) for id in team]
    outcomes = [outcome(each, {"one": FULL, "two": 2 * FULL}) for each in made]
    rows = build_gradebook(assignment, SubmissionSet(tuple(made)), outcomes, {}).rows
    assert [row.total for row in rows] == [9, 10]
    assert [(row.slip_days, row.slip_days_left) for row in rows] == [(1, 0), (2, 0)]


def test_files_and_pages_have_slip_days(tmp_path: Path) -> None:
    assignment = replace(load(tmp_path, TEN_PERCENT), slip_days=SlipDays(5, 3))
    book = make(assignment, [("s", "p", [(TWO_DAYS, FULL)])])
    (line,) = written(book)
    assert (line["slip days"], line["slip days left"]) == ("2", "3")
    document = written_json(book)
    assert document["slip_days"] == {"total": 5, "most": 3}
    assert document["students"][0]["slip_days"] == {"used": 2, "left": 3}
    total = shown_total("H", book.rows[0], Fraction(15))
    assert total.remark == "2 slip days used here, 3 left in the course."
    plain = make(load(tmp_path, TEN_PERCENT), [("s", "p", [(TWO_DAYS, FULL)])])
    assert "slip days" not in written(plain)[0] and "slip_days" not in written_json(plain)


# Comments ----------------------------------------------------------------------------------------


def test_comments_are_in_every_file(tmp_path: Path) -> None:
    text = "comments: {s: {p: see line 7}, Alpha: well done, t: '=1+1'}\n"
    assignment = load(tmp_path, text)
    attempts = [Attempt("s", "p", "s.py", 1, after()), Attempt("t", "p", "t.py", 1, after())]
    collected = SubmissionSet(tuple(attempts), teams={"Alpha": ("s",)})
    book = build_gradebook(assignment, collected, [], {})
    s, t = written(book)
    assert s["comment"] == "well done\np: see line 7"
    assert t["comment"] == "'=1+1"
    first, second = written_json(book)["students"]
    assert (first["comment"], first["problems"][0]["comment"]) == ("well done", "see line 7")
    assert second["comment"] == "=1+1" and "comment" not in second["problems"][0]
    assert shown_grade(book.rows[0].parts[0], "P", None, None).comment == "see line 7"
    assert shown_total("H", book.rows[0], Fraction(15)).comment == "well done"
    no_comments = make(load(tmp_path, ""), [("s", "p", [(after(), FULL)])])
    assert "comment" not in written(no_comments)[0]


COMMENT_MISTAKES = {
    "an unknown problem": ("{s: {r: x}}", "5:16: the assignment has no problem 'r'"),
    "empty": ("{s: ' '}", "5:15: expected a text, found an empty one"),
    "none": ("{s: {}}", "5:15: there is no comment; write a text, or a problem with a text"),
    "a list": ("{s: [x]}", "5:15: expected keys and values"),
}


@pytest.mark.parametrize("text, message", COMMENT_MISTAKES.values(), ids=COMMENT_MISTAKES)
def test_mistakes_in_comments_are_reported(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, f"comments: {text}\n")
    assert f"hw.yaml:{message}" in str(caught.value)


def test_what_is_said_of_nobody_has_its_place(tmp_path: Path) -> None:
    text = "comments: {eve: x}\nadjust:\n  eve: {p: 1, why: x}\n"
    book = make(load(tmp_path, text), [("s", "p", [(after(), FULL)])])
    path = tmp_path / "hw.yaml"
    assert book.notes == (
        f"{path}:7:3: a score by hand for eve, who is not in the class",
        f"{path}:5:12: a comment for eve, who is not in the class",
    )


def test_adjustment_keeps_its_points_after_the_cutoff(tmp_path: Path) -> None:
    assignment = replace(
        load(tmp_path, "late: {until: 1 day}\n"),
        adjustments={"s": {"p": Adjustment(Fraction(7), "ill")}},
    )
    assert points(assignment, (after(days=3), FULL)) == 7


def test_schema_of_editors_knows_the_policy() -> None:
    from jsonschema import Draft202012Validator

    from grader.course.assignment_fields import make_assignment_record

    editor = Draft202012Validator(make_assignment_record().schema())
    right: dict[str, Any] = {"title": "H", "problems": [{"problem": "p", "points": 10}]}
    for policy in ({"per_day": "2 points"}, {"until": "7 days"}, {"until": "2026-12-03 12:00"}):
        assert editor.is_valid({**right, "late": policy})
    for policy in ({"per_day": "2"}, {"until": "a week"}, {"most": "half"}):
        assert not editor.is_valid({**right, "late": policy})
    assert editor.is_valid({**right, "comments": {"s": "x", "t": {"p": "x"}}, "course": "c.yaml"})
    assert not editor.is_valid({**right, "comments": {"s": ["x"]}})
