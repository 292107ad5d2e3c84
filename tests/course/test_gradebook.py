"""The policy on attempts and lateness, extensions, and sums in every file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.gradebook import build_gradebook
from grader.course.lateness import measure_lateness
from grader.course.lms import canvas as canvas_csv
from grader.course.lms import moodle as moodle_csv
from grader.course.lms.csv_table import Table
from grader.model.assignment import Assignment, CountingAttempt, LatePolicy, Part, Penalty
from grader.model.course import Attempt, Outcome, Student, SubmissionSet
from grader.model.judgement import Verdict, points_number
from grader.reports.class_report import csv as gradebook_csv
from grader.reports.class_report import json as gradebook_json
from grader.submissions.times import in_utc
from tests._support.gradebooks import (
    BERLIN,
    DUE,
    FULL,
    HALF,
    POLICY,
    Try,
    after,
    make,
    outcome,
    text_of,
    written,
    written_cases,
    written_json,
)

# Lateness ----------------------------------------------------------------------------------------


def one(submitted_at: datetime | None, due: datetime | None = DUE, **other: Any) -> tuple[Any, int]:
    """Return points and minutes late of an accepted attempt at a problem with 10 points."""
    assignment = Assignment("H", (Part("p", Fraction(10)),), due, late=POLICY)
    book = make(replace(assignment, **other), [("s", "p", [(submitted_at, Fraction(1))])])
    return book.rows[0].parts[0].points, book.rows[0].parts[0].minutes_late


LATE = {
    "in time": (after(hours=-1), 10, 0),
    "to the second": (after(), 10, 0),
    "the end of grace": (after(minutes=15), 10, 15),
    "a second more": (after(minutes=15, seconds=1), 9, 16),
    "a whole day": (after(days=1), 9, 1440),
    "the second day begun": (after(days=1, seconds=1), 8, 1441),
    "the cap": (after(days=30), 5, 43200),
    "an unknown time": (None, 10, 0),
}


@pytest.mark.parametrize("submitted_at, points, minutes", LATE.values(), ids=LATE)
def test_lateness_costs_points(submitted_at: datetime | None, points: int, minutes: int) -> None:
    assert one(submitted_at) == (points, minutes)


def test_grace_is_not_added_to_the_first_day() -> None:
    assert one(after(days=1, minutes=10))[0] == 8


def test_unknown_time_of_submission_is_noted() -> None:
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE)
    (part,) = make(assignment, [("s", "p", [(None, Fraction(1))])]).rows[0].parts
    assert part.notes == ("the time of submission is not known; it counts as on time",)


CLOCKS = {
    # The night from the 24th to the 25th of October has an hour more, that in March one less.
    "autumn": ((10, 24, 23, 59), (10, 25, 23, 58), 1499, 9),
    "autumn, the hour twice": ((10, 25, 1, 59), (10, 25, 3, 0), 121, 9),
    "spring": ((3, 28, 23, 59), (3, 29, 23, 59), 1380, 9),
    "spring, the hour skipped": ((3, 29, 1, 55), (3, 29, 3, 5), 10, 10),
}


@pytest.mark.parametrize("due, submitted_at, minutes, points", CLOCKS.values(), ids=CLOCKS)
def test_lateness_when_clocks_change(
    due: tuple[int, int, int, int],
    submitted_at: tuple[int, int, int, int],
    minutes: int,
    points: int,
) -> None:
    times = [datetime(2026, *each, tzinfo=BERLIN) for each in (submitted_at, due)]
    assert one(*times) == (points, minutes)


def test_days_are_counted_by_the_clock_of_the_assignment() -> None:
    """An offset such as +02:00 does not know that clocks change; the assignment's zone does."""
    due = datetime.fromisoformat("2026-10-24 20:00+02:00")
    submitted = datetime.fromisoformat("2026-10-25 20:00+01:00")
    assignment = Assignment("H", (Part("p", Fraction(10)),), due, late=POLICY)
    points = [
        make(replace(assignment, zone=zone), [("s", "p", [(submitted, Fraction(1))])]).rows[0].total
        for zone in (None, BERLIN)
    ]
    assert points == [8, 9]


@given(
    due=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    days=st.integers(1, 40),
    seconds=st.integers(1, 60),
)
def test_a_day_ends_at_the_time_of_day_of_the_due_date(
    due: datetime, days: int, seconds: int
) -> None:
    at = due.replace(microsecond=0, tzinfo=BERLIN)
    clock = at + timedelta(days=days)
    end = max(clock, clock.replace(fold=1), key=in_utc)  # of two times with one clock, the later
    policy = LatePolicy(per_day=Penalty(Fraction(1, 100)))
    begun = [
        measure_lateness(Attempt("s", "p", "x", submitted_at=when), at, policy).days
        for when in (end, in_utc(end) + timedelta(seconds=seconds))
    ]
    assert begun == [days, days + 1]


DUES = {
    "no due date": ({"due": None}, 0),
    "the assignment's": ({}, 60),
    "the part's": ({"parts": (Part("p", Fraction(10), after(minutes=20)),)}, 40),
    "the student's": ({"extensions": {"s": after(minutes=50)}}, 10),
    "the student's before the part's": (
        {
            "parts": (Part("p", Fraction(10), after(minutes=20)),),
            "extensions": {"s": after(minutes=50)},
        },
        10,
    ),
    "no extension makes it earlier": (
        {
            "parts": (Part("p", Fraction(10), after(minutes=55)),),
            "extensions": {"s": after(minutes=50)},
        },
        5,
    ),
    "another student's": ({"extensions": {"t": after(minutes=50)}}, 60),
}


@pytest.mark.parametrize("other, minutes", DUES.values(), ids=DUES)
def test_due_date_of_a_student(other: dict[str, Any], minutes: int) -> None:
    assert one(after(minutes=60), **other)[1] == minutes


# Which attempt counts ----------------------------------------------------------------------------

COUNTS = {
    "last": ("last", [(None, FULL), (None, HALF)], 2, 5),
    "first": ("first", [(None, HALF), (None, FULL)], 1, 5),
    "best": ("best", [(None, HALF), (None, FULL), (None, HALF)], 2, 10),
    "the earliest of the best": ("best", [(None, HALF), (None, HALF)], 1, 5),
    "best after lateness": ("best", [(DUE, Fraction(3, 5)), (after(days=9), FULL)], 1, 6),
    "last not graded": ("last", [(None, FULL), (None, None)], 2, None),
    "another not graded": ("last", [(None, None), (None, FULL)], 2, 10),
    "perhaps the best not graded": ("best", [(None, HALF), (None, None)], 2, None),
}


@pytest.mark.parametrize("counts, tries, number, points", COUNTS.values(), ids=COUNTS)
def test_which_attempt_counts(
    counts: str, tries: Sequence[Try], number: int, points: int | None
) -> None:
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE, CountingAttempt(counts), POLICY)
    (row,) = make(assignment, [("s", "p", tries)]).rows
    assert row.parts[0].attempt is not None and row.parts[0].attempt.number == number
    assert (row.parts[0].points, row.total) == (points, points)


ATTEMPT = Attempt("s", "p", "s/1.py", flaw="")
ACCEPTED = outcome(ATTEMPT, {"one": Fraction(1), "two": Fraction(2)})
NOT_GRADED = {
    "not judged": ([], "not graded: it was not judged"),
    "judged as another file": (
        [replace(ACCEPTED, attempt=replace(ATTEMPT, locator="s/0.py"))],
        "not graded: it was not judged",
    ),
    "an internal error": (
        [replace(ACCEPTED, verdict=Verdict.JUDGE_ERROR)],
        "not graded: the grader failed to judge it",
    ),
    "an internal error in a case": (
        [replace(ACCEPTED, verdict=Verdict.WRONG_ANSWER, verdicts={"one": Verdict.JUDGE_ERROR})],
        "not graded: the grader failed to judge it",
    ),
    "no points": (
        [Outcome(ATTEMPT, Verdict.ACCEPTED, Fraction(0), Fraction(0), {})],
        "not graded: the cases of the problem have no points",
    ),
}


@pytest.mark.parametrize("outcomes, note", NOT_GRADED.values(), ids=NOT_GRADED)
def test_not_graded_is_different_from_zero(outcomes: list[Outcome], note: str) -> None:
    assignment = Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(5))))
    book = build_gradebook(assignment, SubmissionSet((ATTEMPT,)), outcomes, {})
    (row,) = book.rows
    assert row.parts[0].points is None and row.total is None
    assert row.parts[0].notes == (note,)
    (line,) = written(book)
    assert (line["p"], line["q"], line["total"]) == ("not graded", "0", "not graded")
    (student,) = written_json(book)["students"]
    assert student["total"] is None and student["problems"][0]["points"] is None


def test_student_without_a_submission_gets_zero() -> None:
    ann, ben, cay = Student("a", "Ann"), Student("b", "Ben"), Student("c", "Cay")
    assignment = Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(5))))
    submitted_at = SubmissionSet((replace(ATTEMPT, student="d"),), (cay, ann), (ben,))
    book = build_gradebook(assignment, submitted_at, [], {})
    assert [row.student.id for row in book.rows] == ["a", "b", "c", "d"]
    assert [row.is_missing for row in book.rows] == [True, True, True, False]
    assert [row.total for row in book.rows] == [0, 0, 0, None]
    assert written(book)[0]["notes"] == "p: nothing was submitted; q: nothing was submitted"


def test_unmatched_files_and_extensions_are_noted() -> None:
    assignment = Assignment("H", (Part("p", Fraction(1)),), DUE, extensions={"x": after(days=1)})
    submitted_at = SubmissionSet(
        (replace(ATTEMPT, problem="q"),),
        unmatched=("z.py: not a student", "a.py: not a student"),
    )
    assert build_gradebook(assignment, submitted_at, [], {}).notes == (
        "a.py: not a student",
        "z.py: not a student",
        "attempts at q, which is not part of the assignment: 1",
        "an extension for x, who is not in the class",
    )


EXTENDED = {
    "the id": "101",
    "the login in another case": "JDoe",
    "the e-mail address": "jane@x.edu",
    "the name": "Jane Doe",
    "the name in the other order": "doe, jane",
}


@pytest.mark.parametrize("who", EXTENDED.values(), ids=EXTENDED)
def test_extension_names_a_student_by(who: str) -> None:
    jane = Student("101", "Jane Doe", ("jdoe", "jane@x.edu"))
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE, extensions={who: after(hours=2)})
    tries: list[tuple[str, str, list[Try]]] = [("101", "p", [(after(hours=3), FULL)])]
    book = make(assignment, tries, [jane, Student("102", "Kim Lee")])
    assert book.rows[0].parts[0].minutes_late == 60
    assert book.notes == ()


def test_latest_of_two_extensions_of_a_student_applies() -> None:
    extensions = {"101": after(hours=2), "jdoe": after(hours=1)}
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE, extensions=extensions)
    students = [Student("101", "Jane Doe", ("jdoe",))]
    book = make(assignment, [("101", "p", [(after(hours=3), FULL)])], students)
    assert book.rows[0].parts[0].minutes_late == 60


def test_extension_of_a_namesake_is_not_guessed() -> None:
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE, extensions={"Kim": after(days=1)})
    book = make(assignment, [], [Student("a", "Kim"), Student("b", "Kim")])
    assert book.notes == ("an extension for Kim, who may be Kim (a) or Kim (b)",)


# Any class ---------------------------------------------------------------------------------------

# A bonus is above the maximum.
SHARES = st.one_of(st.none(), st.fractions(0, Fraction(3, 2), max_denominator=12))
TIMES = st.one_of(st.none(), st.integers(-5000, 20000).map(lambda late: after(minutes=late)))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
POINTS = st.fractions(0, 100, max_denominator=60)


@st.composite
def classes(draw: st.DrawFn) -> tuple[Assignment, list[Any], list[Student]]:
    parts = [Part(name, draw(POINTS)) for name in draw(st.sampled_from(["p", "pq", "pqr"]))]
    ids = draw(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True))
    students = [Student(f"s{id}", draw(NAMES)) for id in ids]
    assignment = Assignment("H", tuple(parts), DUE, draw(st.sampled_from(CountingAttempt)), POLICY)
    tries = [
        (student.id, part.problem, draw(st.lists(st.tuples(TIMES, SHARES), max_size=3)))
        for student in students
        for part in parts
    ]
    return assignment, tries, students


def rounded(text: str | None) -> int | float | None:
    return points_number(Fraction(text)) if text is not None else None


def number(text: str) -> float | None:
    return None if text in ("not graded", "") else float(text)


@settings(max_examples=60)
@given(classes(), st.integers(0, 9))
def test_sums_agree_in_every_file(
    some: tuple[Assignment, list[Any], list[Student]], shuffle: int
) -> None:
    book = make(*some)
    lines = {line["id"]: line for line in written(book)}
    cases = written_cases(book)
    downloaded = "Student,ID,Section,H (1)\n" + "".join(
        f"x{number},{row.student.id},S,\n" for number, row in enumerate(book.rows)
    )
    canvas = Table(canvas_csv.fill(downloaded, book, "H").text, ",")
    totals = {canvas.cell(row, 1): canvas.cell(row, 3) for row in range(1, len(canvas.rows))}
    moodle = Table(moodle_csv.fill(downloaded.replace("ID", "ID number"), book, "H (1)").text, ",")
    document = written_json(book)
    assert len(document["students"]) == len(lines) == len(totals) == len(some[2])
    for at, student in enumerate(document["students"]):
        line, id = lines[student["id"]], student["id"]
        exact = [part["points_exact"] for part in student["problems"]]
        total = None if None in exact else str(sum(map(Fraction, exact), Fraction(0)))
        assert student["total_exact"] == total
        assert student["total"] == rounded(total) == number(line["total"]) == number(totals[id])
        assert number(moodle.cell(at + 1, 3)) == student["total"]
        assert line["name"] == gradebook_csv.text_cell(student["name"])
        for part in student["problems"]:
            assert part["points"] == rounded(part["points_exact"]) == number(line[part["problem"]])
            if part["points"] is not None:
                raw = sum((Fraction(case["points_exact"]) for case in part["cases"]), Fraction(0))
                assert raw == Fraction(part["raw_points_exact"])
                assert raw - Fraction(part["deduction_exact"]) == Fraction(part["points_exact"])
                assert 0 <= Fraction(part["points_exact"]) <= raw
            shown = [
                float(case["points"])
                for case in cases
                if (case["student"], case["problem"]) == (id, part["problem"])
            ]
            assert shown == [case["points"] for case in part["cases"]]
    again = make(*some, shuffle=shuffle + 1)
    for write in (gradebook_csv.write, gradebook_csv.write_cases, gradebook_json.write):
        assert text_of(write, again) == text_of(write, book)
