"""Assignments, the policy on attempts and lateness, and every file of the gradebook."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.course.assignment import assignment_form, load_assignment
from grader.course.gradebook import build_gradebook
from grader.course.lms import canvas as canvas_csv
from grader.course.lms import moodle as moodle_csv
from grader.course.lms.csv_table import Table
from grader.course.lms.fill import Filled
from grader.errors import SpecError, UsageError
from grader.model.course import (
    Assignment,
    Attempt,
    Gradebook,
    LatePolicy,
    Outcome,
    Part,
    Student,
    SubmissionSet,
)
from grader.model.judgement import Verdict, points_number
from grader.reports.class_report import csv as gradebook_csv
from grader.reports.class_report import json as gradebook_json

BERLIN = ZoneInfo("Europe/Berlin")

# The file ----------------------------------------------------------------------------------------

TEXT = """\
title: Homework 3
timezone: Europe/Berlin
due: 2026-11-30 23:59
counts: best
late: {grace: 15 min, per_day: 12.5%, most: 50%}
problems:
  - {problem: dr-grpo, points: 10}
  - {problem: grpo, points: 1/3, due: 2026-12-07 12:00 America/New_York}
extensions: {"s123": 2026-12-02 23:59, 007: "2026-12-03T08:00+02:00"}
"""


def load(tmp_path: Path, text: str, known: Sequence[str] = ("dr-grpo", "grpo")) -> Assignment:
    path = tmp_path / "assignment.yaml"
    path.write_text(text, "utf-8")
    return load_assignment(str(path), known)


def test_an_assignment(tmp_path: Path) -> None:
    found = load(tmp_path, TEXT)
    assert (found.title, found.counts) == ("Homework 3", "best")
    assert found.late == LatePolicy(15, Fraction(1, 8), Fraction(1, 2))
    assert found.due == datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    assert [(part.problem, part.points, part.due) for part in found.parts] == [
        ("dr-grpo", 10, None),
        ("grpo", Fraction(1, 3), datetime(2026, 12, 7, 17, tzinfo=UTC)),
    ]
    assert found.extensions == {
        "s123": datetime(2026, 12, 2, 22, 59, tzinfo=UTC),
        "007": datetime(2026, 12, 3, 6, tzinfo=UTC),
    }


def test_what_may_be_left_out(tmp_path: Path) -> None:
    found = load(tmp_path, "title: H\nproblems: [{problem: grpo, points: 1}]\n")
    assert found == Assignment("H", (Part("grpo", Fraction(1)),))


def test_a_mark_before_the_text_and_hours_of_grace(tmp_path: Path) -> None:
    text = "\ufefftitle: Übung\nlate: {grace: 2 h}\nproblems: [{problem: x, points: 1}]\n"
    found = load(tmp_path, text, known=())
    assert (found.title, found.late) == ("Übung", LatePolicy(grace_minutes=120))


REFUSED = {
    "a problem that is not there": (
        "problem: grpo",
        "problem: gpro",
        "8:15: 'gpro' is not known; did you mean 'grpo'?",
    ),
    "a problem twice": (
        "problem: grpo",
        "problem: dr-grpo",
        "8:15: duplicate problem 'dr-grpo' (first used on line 7); keep one",
    ),
    "no zone": (
        "timezone: Europe/Berlin\n",
        "",
        "2:6: '2026-11-30 23:59' has no time zone; "
        "add one, like Europe/Berlin or +01:00, or a key `timezone` to the file",
    ),
    "an unknown zone": (
        "Europe/Berlin",
        "Europe/Berlni",
        "2:11: there is no time zone 'Europe/Berlni'; did you mean 'Europe/Berlin'?",
    ),
    "half a zone": (
        "America/New_York",
        "America",
        "8:39: there is no time zone 'America'",
    ),
    "a path for a zone": (
        "America/New_York",
        "America/../../etc",
        "8:39: expected a time, like 2026-11-30 23:59 Europe/Berlin, "
        "found '2026-12-07 12:00 America/../../etc'",
    ),
    "a day without a time": (
        "2026-11-30 23:59",
        "2026-11-30",
        "3:6: expected a time, like 2026-11-30 23:59 Europe/Berlin, found '2026-11-30'",
    ),
    "a day that is not in the calendar": (
        "2026-11-30",
        "2026-11-31",
        "3:6: there is no time '2026-11-31 23:59': day is out of range for month",
    ),
    "a time the clocks skip": (
        "2026-11-30 23:59",
        "2026-03-29 02:30",
        "3:6: the clocks of Europe/Berlin skip 02:30 on that day; write another time",
    ),
    "a time the clocks show twice": (
        "2026-11-30 23:59",
        "2026-10-25 02:30",
        "3:6: the clocks of Europe/Berlin show 02:30 twice on that day; "
        "name +02:00 or +01:00 instead",
    ),
    "another way to count": (
        "counts: best",
        "counts: worst",
        "4:9: 'worst' is not known; did you mean 'first'?",
    ),
    "grace without a unit": (
        "15 min",
        "15",
        "5:15: expected a stretch of time, like 15 min or 2 h, found '15'",
    ),
    "a share without a sign": ("12.5%", "0.125", "5:32: expected a share, like 10%, found '0.125'"),
    "more than all": ("50%", "101%", "5:45: '101%' is more than 100%"),
    "an extension into the past": (
        "2026-12-02 23:59",
        "2025-12-02 23:59",
        "9:14: this is no extension for the text 's123': nothing is due before it",
    ),
    "an extension by nothing": (
        "2026-12-02 23:59",
        "2026-11-30T22:59Z",
        "9:14: this is no extension for the text 's123'",
    ),
    "no problems": (TEXT, "title: H\nproblems: []\n", "2:11: expected 1 or more items, found 0"),
}


@pytest.mark.parametrize("find, put, said", REFUSED.values(), ids=REFUSED)
def test_what_is_no_assignment(tmp_path: Path, find: str, put: str, said: str) -> None:
    text = TEXT.replace(find, put, 1)
    with pytest.raises(SpecError) as caught:
        load(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'assignment.yaml'}:{said}")


def test_an_extension_where_nothing_is_due(tmp_path: Path) -> None:
    text = TEXT.replace("due: 2026-11-30 23:59\n", "", 1)
    text = text.replace(", due: 2026-12-07 12:00 America/New_York", "")
    with pytest.raises(SpecError, match="8:14: the assignment has no `due` to be extended for"):
        load(tmp_path, text)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = TEXT
    for find, put in (("Europe/B", "Europa/B"), ("best", "all"), ("problem: grpo", "problem: x")):
        text = text.replace(find, put)
    text = text.replace("50%", "half").replace("+02:00", "")
    with pytest.raises(SpecError) as caught:
        load(tmp_path, text)
    places = [(each.at.line, each.at.column) for each in caught.value.diagnostics]
    # Where the zone of the file is wrong, times without one are not complained of besides.
    assert places == [(2, 11), (4, 9), (5, 45), (8, 15)]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load_assignment(str(tmp_path / "assignment.yaml"))


def test_the_form_has_a_schema() -> None:
    schema = assignment_form().schema()
    Draft202012Validator.check_schema(schema)
    editor = Draft202012Validator(schema)
    part = {"problem": "grpo", "points": 5, "due": "2026-11-30 23:59"}
    right = {"title": "H", "problems": [part], "extensions": {"s1": "2026-11-30 23:59 UTC"}}
    assert editor.is_valid(right)
    assert not editor.is_valid({**right, "extensions": {"s1": "tomorrow"}})


# Lateness ----------------------------------------------------------------------------------------

DUE = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)
POLICY = LatePolicy(15, Fraction(1, 10), Fraction(1, 2))


def one(submitted_at: datetime | None, due: datetime | None = DUE, **other: Any) -> tuple[Any, int]:
    """Points and minutes late of a right answer to a problem of 10 points, of the student s."""
    assignment = Assignment("H", (Part("p", Fraction(10)),), due, late=POLICY)
    book = make(replace(assignment, **other), [("s", "p", [(submitted_at, Fraction(1))])])
    return book.rows[0].parts[0].points, book.rows[0].parts[0].minutes_late


Try = tuple[datetime | None, Fraction | None]  # when, and which share of the points, if judged


def make(
    assignment: Assignment,
    tries: Sequence[tuple[str, str, Sequence[Try]]],
    students: Sequence[Student] = (),
    shuffle: int = 0,
) -> Gradebook:
    """A gradebook; each problem has two cases, of which the second is worth twice the first."""
    attempts: list[Attempt] = []
    outcomes: list[Outcome] = []
    for student, problem, some in tries:
        for number, (when, share) in enumerate(some, 1):
            attempt = Attempt(student, problem, f"{student}/{number}.py", number, when)
            attempts.append(attempt)
            if share is not None:
                cases = {"one": share, "two": 2 * share}
                outcomes.append(outcome(attempt, cases))
    random.Random(shuffle).shuffle(attempts)
    random.Random(shuffle).shuffle(outcomes)
    max_points = {
        part.problem: {"one": Fraction(1), "two": Fraction(2)} for part in assignment.parts
    }
    return build_gradebook(
        assignment, SubmissionSet(tuple(attempts), tuple(students)), outcomes, max_points
    )


def outcome(attempt: Attempt, cases: Mapping[str, Fraction]) -> Outcome:
    score = sum(cases.values(), Fraction(0))
    verdicts = {
        name: Verdict.ACCEPTED if points else Verdict.WRONG_ANSWER for name, points in cases.items()
    }
    verdict = Verdict.ACCEPTED if score == 3 else Verdict.WRONG_ANSWER
    return Outcome(attempt, verdict, score, Fraction(3), cases, verdicts)


def after(**time: float) -> datetime:
    """So long after it was due."""
    return DUE.astimezone(UTC) + timedelta(**time)


LATE = {
    "in time": (after(hours=-1), 10, 0),
    "to the second": (after(), 10, 0),
    "the end of grace": (after(minutes=15), 10, 15),
    "a second more": (after(minutes=15, seconds=1), 9, 16),
    "a whole day": (after(days=1), 9, 1440),
    "the second day begun": (after(days=1, seconds=1), 8, 1441),
    "the cap": (after(days=30), 5, 43200),
    "nobody knows when": (None, 10, 0),
}


@pytest.mark.parametrize("submitted_at, points, minutes", LATE.values(), ids=LATE)
def test_late(submitted_at: datetime | None, points: int, minutes: int) -> None:
    assert one(submitted_at) == (points, minutes)


def test_grace_is_not_given_besides_the_first_day() -> None:
    assert one(after(days=1, minutes=10))[0] == 8


def test_an_unknown_time_is_noted() -> None:
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE)
    (part,) = make(assignment, [("s", "p", [(None, Fraction(1))])]).rows[0].parts
    assert part.notes == ("the time of submission is not known; it counts as on time",)


CLOCKS = {
    # The night from the 24th to the 25th of October has an hour more, that in March one less.
    "autumn": ((10, 24, 23, 59), (10, 25, 23, 58), 1499, 8),
    "autumn, the hour twice": ((10, 25, 1, 59), (10, 25, 3, 0), 121, 9),
    "spring": ((3, 28, 23, 59), (3, 29, 23, 59), 1380, 9),
    "spring, the hour skipped": ((3, 29, 1, 55), (3, 29, 3, 5), 10, 10),
}


@pytest.mark.parametrize("due, submitted_at, minutes, points", CLOCKS.values(), ids=CLOCKS)
def test_clocks_that_change(
    due: tuple[int, int, int, int],
    submitted_at: tuple[int, int, int, int],
    minutes: int,
    points: int,
) -> None:
    times = [datetime(2026, *each, tzinfo=BERLIN) for each in (submitted_at, due)]
    assert one(*times) == (points, minutes)


DUES = {
    "nothing is ever due": ({"due": None}, 0),
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
def test_when_it_is_due(other: dict[str, Any], minutes: int) -> None:
    assert one(after(minutes=60), **other)[1] == minutes


# Which attempt counts ----------------------------------------------------------------------------

HALF, FULL = Fraction(1, 2), Fraction(1)
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
    assignment = Assignment("H", (Part("p", Fraction(10)),), DUE, counts, POLICY)
    (row,) = make(assignment, [("s", "p", tries)]).rows
    assert row.parts[0].attempt is not None and row.parts[0].attempt.number == number
    assert (row.parts[0].points, row.total) == (points, points)


ATTEMPT = Attempt("s", "p", "s/1.py", flaw="")
RIGHT = outcome(ATTEMPT, {"one": Fraction(1), "two": Fraction(2)})
NOT_GRADED = {
    "not judged": ([], "not graded: it was not judged"),
    "judged as another file": (
        [replace(RIGHT, attempt=replace(ATTEMPT, locator="s/0.py"))],
        "not graded: it was not judged",
    ),
    "our failure": (
        [replace(RIGHT, verdict=Verdict.JUDGE_ERROR)],
        "not graded: the grader failed to judge it",
    ),
    "our failure in a case": (
        [replace(RIGHT, verdict=Verdict.WRONG_ANSWER, verdicts={"one": Verdict.JUDGE_ERROR})],
        "not graded: the grader failed to judge it",
    ),
    "worth nothing": (
        [Outcome(ATTEMPT, Verdict.ACCEPTED, Fraction(0), Fraction(0), {})],
        "not graded: the cases of the problem have no points",
    ),
}


@pytest.mark.parametrize("outcomes, note", NOT_GRADED.values(), ids=NOT_GRADED)
def test_what_is_not_graded_is_no_zero(outcomes: list[Outcome], note: str) -> None:
    assignment = Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(5))))
    book = build_gradebook(assignment, SubmissionSet((ATTEMPT,)), outcomes, {})
    (row,) = book.rows
    assert row.parts[0].points is None and row.total is None
    assert row.parts[0].notes == (note,)
    (line,) = written(book)
    assert (line["p"], line["q"], line["total"]) == ("not graded", "0", "not graded")
    (student,) = written_json(book)["students"]
    assert student["total"] is None and student["problems"][0]["points"] is None


def test_who_hands_in_nothing_has_zero_and_is_listed() -> None:
    ann, ben, cay = Student("a", "Ann"), Student("b", "Ben"), Student("c", "Cay")
    assignment = Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(5))))
    submitted_at = SubmissionSet((replace(ATTEMPT, student="d"),), (cay, ann), (ben,))
    book = build_gradebook(assignment, submitted_at, [], {})
    assert [row.student.id for row in book.rows] == ["a", "b", "c", "d"]
    assert [row.is_missing for row in book.rows] == [True, True, True, False]
    assert [row.total for row in book.rows] == [0, 0, 0, None]
    assert written(book)[0]["notes"] == "p: nothing was submitted; q: nothing was submitted"


def test_what_belongs_to_nobody_is_noted() -> None:
    assignment = Assignment("H", (Part("p", Fraction(1)),), DUE, extensions={"x": after(days=1)})
    submitted_at = SubmissionSet(
        (replace(ATTEMPT, problem="q"),), unmatched=("z.py: whose?", "a.py: whose?")
    )
    assert build_gradebook(assignment, submitted_at, [], {}).notes == (
        "a.py: whose?",
        "z.py: whose?",
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


# Our own files -----------------------------------------------------------------------------------


Write = Callable[[Gradebook, TextIO], None]


def text_of(write: Write, book: Gradebook) -> str:
    out = io.StringIO(newline="")
    write(book, out)
    return out.getvalue()


def lines_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def written(book: Gradebook) -> list[dict[str, str]]:
    return lines_of(text_of(gradebook_csv.write, book))


def written_cases(book: Gradebook) -> list[dict[str, str]]:
    return lines_of(text_of(gradebook_csv.write_cases, book))


def written_json(book: Gradebook) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text_of(gradebook_json.write, book), parse_constant=refuse)


SMALL = Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(1))), DUE, late=POLICY)
TRIES: list[tuple[str, str, list[Try]]] = [
    ("s1", "p", [(after(days=1), HALF)]),
    ("s1", "q", [(None, Fraction(1, 3))]),
]


def test_the_gradebook_as_csv() -> None:
    book = make(SMALL, TRIES, [Student("s1", "Doe, Jane"), Student("s2", 'Kim "K" Lee')])
    assert text_of(gradebook_csv.write, book).split("\r\n") == [
        "id,name,p,p: attempt,p: minutes late,p: deduction,q,q: attempt,q: minutes late,"
        "q: deduction,total,notes",
        's1,"Doe, Jane",4.5,1,1440,0.5,0.33,1,0,0,4.83,'
        "q: the time of submission is not known; it counts as on time",
        's2,"Kim ""K"" Lee",0,,,,0,,,,0,p: nothing was submitted; q: nothing was submitted',
        "",
    ]


def test_the_cases_as_csv() -> None:
    assert [list(each.values()) for each in written_cases(make(SMALL, TRIES))] == [
        ["s1", "p", "one", "accepted", "1.67", "3.33"],
        ["s1", "p", "two", "accepted", "3.33", "6.67"],
        ["s1", "q", "one", "accepted", "0.11", "0.33"],
        ["s1", "q", "two", "accepted", "0.22", "0.67"],
    ]


def test_the_gradebook_as_json() -> None:
    found = written_json(make(SMALL, TRIES, [Student("s1", "Jane", ("jd1",))]))
    assert (found["format"], found["title"], found["max_points"]) == (2, "H", 11)
    assert found["due"] == "2026-11-30T23:59:00+01:00"
    (student,) = found["students"]
    assert (student["id"], student["ids"], student["missing"]) == ("s1", ["jd1"], False)
    assert (student["total"], student["total_exact"]) == (4.83, "29/6")
    part = student["problems"][0]
    assert (part["raw_points"], part["deduction"], part["points"]) == (5, 0.5, 4.5)
    assert (part["locator"], part["submitted_at"]) == ("s1/1.py", "2026-12-01T22:59:00+00:00")
    assert part["minutes_late"] == 1440 and part["cases"][0]["max_points_exact"] == "10/3"


ODD = {
    "a formula": ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "a tab": ("\t=1", "'\t=1"),
    "a carriage return": ("\r=1", "'\r=1"),
    "a line feed": ("\n=1", "'\n=1"),
    "an equals sign inside": ("a=b", "a=b"),
    "a comma and quotes": ('O"Neil, "Ann"', 'O"Neil, "Ann"'),
    "two lines": ("Ann\r\nLee", "Ann\r\nLee"),
    "letters from elsewhere": ("Ångström 李 عمر\u200d\u00a0x", "Ångström 李 عمر\u200d\u00a0x"),
    "half a character": ("a\udc80b", "a?b"),
    "empty": ("", ""),
}


@pytest.mark.parametrize("name, cell", ODD.values(), ids=ODD)
def test_odd_names_come_back(name: str, cell: str) -> None:
    book = make(SMALL, [], [Student("s" + name, name), Student(name or "x", "")])
    assert cell in {line["name"] for line in written(book)}
    assert (cell or "x") in {line["id"] for line in written(book)}
    of_cases = make(SMALL, [(name or "x", "p", [(None, FULL)])])
    assert written_cases(of_cases)[0]["student"] == (cell or "x")
    plain = name.replace("\udc80", "?")
    assert plain in {each["name"] for each in written_json(book)["students"]}


# Canvas ------------------------------------------------------------------------------------------

CLASS = [
    Student("101", "Jane Doe", ("jdoe",)),
    Student("s2", "José O'Neil", ("joneil",)),
    Student("s3", "Kim Lee"),
]
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 3 (77),Old (5),Final Score (9)\r\n"
    ",,,,,Manual Posting,,\r\n"
    '"    Points Possible",,,,,11.00,3.00,(read only)\r\n'
    '"Doe, Jane",101,,jdoe,"Sec, 1",,"2,5",9\r\n'
    '"O\'Neil, Jose\u0301",102,u2,joneil,Sec 1,4.00,1.00,9\r\n'
    '"Lee, Kim",103,u3,klee,Sec 1,"",,\r\n'
)


def a_class(points: Mapping[str, Fraction | None] | None = None) -> Gradebook:
    """Students with a total of so many of 10 points."""
    points = points if points is not None else {"101": Fraction(22, 3), "s2": Fraction(5)}
    tries = [
        (id, "p", [(None, share / 10 if share is not None else None)])
        for id, share in points.items()
    ]
    return make(Assignment("H", (Part("p", Fraction(10)), Part("q", Fraction(1)))), tries, CLASS)


def changed(before: str, after: str) -> list[str]:
    """The lines that differ, as they are now."""
    old, new = before.split("\r\n"), after.split("\r\n")
    assert len(old) == len(new)
    return [line for was, line in zip(old, new, strict=True) if was != line]


def test_canvas() -> None:
    found = canvas_csv.fill(CANVAS, a_class(), "Homework 3")
    assert changed(CANVAS, found.text) == [
        '"Doe, Jane",101,,jdoe,"Sec, 1",7.33,"2,5",9',
        '"O\'Neil, Jose\u0301",102,u2,joneil,Sec 1,5.00,1.00,9',
        '"Lee, Kim",103,u3,klee,Sec 1,"0.00",,',  # by the name alone, and still in quotes
    ]
    assert found == Filled(found.text, 3)


def rows(*lines: str) -> str:
    return CANVAS[: CANVAS.index('"Doe')] + "".join(f"{line}\r\n" for line in lines)


JANE = '"Doe, Jane",101,,jdoe,S,,,'
MATCHED = {
    "by the id": ("X,101,,,S,,,", ["X,101,,,S,7.33,,"], 0),
    "by the login": ("X,9,,jdoe,S,,,", ["X,9,,jdoe,S,7.33,,"], 0),
    "a login in capitals": ("X,9,,JDoe,S,,,", ["X,9,,JDoe,S,7.33,,"], 0),
    "by the name": ("Jane Doe,9,,,S,,,", ["Jane Doe,9,,,S,7.33,,"], 0),
    "an accent": ("Jose\u0301 O'Neil,9,,,S,,,", ["Jose\u0301 O'Neil,9,,,S,5.00,,"], 0),
    "a short row": ("X,101,,,S", ["X,101,,,S,7.33"], 0),
    "nobody": ('"Student, Test",9,,,S,,,', [], 0),
    "almost the name": ("Jane M. Doe,9,,,S,,,", [], 0),
    "ids of two students": ("X,101,,joneil,S,,,", [], 1),
    "an id and another's name": ("Kim Lee,101,,,S,,,", [], 1),
    "two rows of one id": ("X,101,,,S,,,\r\nY,101,,,S,,,", [], 2),
    "two rows of one name": ("Kim Lee,8,,,S,,,\r\nKim Lee,9,,,S,,,", [], 2),
    "a namesake of one who is known": (f"{JANE}\r\nJane Doe,9,,,S,,,", [JANE[:-2] + "7.33,,"], 0),
}


@pytest.mark.parametrize("lines, filled, doubts", MATCHED.values(), ids=MATCHED)
def test_who_is_who(lines: str, filled: list[str], doubts: int) -> None:
    found = canvas_csv.fill(rows(lines), a_class(), "Homework 3 (77)")
    assert changed(rows(lines), found.text) == filled
    assert len(found.ambiguous) == doubts and found.filled == len(filled)


def test_two_students_of_one_name_are_not_guessed() -> None:
    book = make(SMALL, [], [Student("a", "Kim Lee"), Student("b", "Kim Lee")])
    found = canvas_csv.fill(rows("Kim Lee,9,,,S,,,"), book, "Homework 3")
    assert found.text == rows("Kim Lee,9,,,S,,,")
    assert found.ambiguous == (
        "row 4 (Kim Lee) may be Kim Lee (a) or Kim Lee (b), or somebody else",
    )
    assert found.unmatched == ()


def test_a_namesake_of_one_who_is_known_is_not_guessed() -> None:
    book = make(SMALL, [], [Student("101", "Kim Lee"), Student("b", "Kim Lee")])
    text = rows("Kim Lee,101,,,S,,,", "Kim Lee,9,,,S,,,")
    found = canvas_csv.fill(text, book, "Homework 3")
    assert changed(text, found.text) == ["Kim Lee,101,,,S,0.00,,"]
    assert found.ambiguous == ("row 5 (Kim Lee) may be Kim Lee (b), or somebody else",)


def test_a_name_that_canvas_guards() -> None:
    found = canvas_csv.fill(
        rows("'=Ann,9,,,S,,,"), make(SMALL, [], [Student("a", "=Ann")]), "Homework 3"
    )
    assert found.text == rows("'=Ann,9,,,S,0.00,,")


def test_who_is_not_there_is_told() -> None:
    found = canvas_csv.fill(rows(JANE, '"Student, Test",9,,,S,,,'), a_class(), "Homework 3")
    assert found.unmatched == (
        "row 5 (Student, Test) is not in the gradebook",
        "José O'Neil (s2) is not in the file",
        "Kim Lee (s3) is not in the file",
    )


def test_excused_and_not_graded_students_keep_their_cells() -> None:
    text = CANVAS.replace('"Sec, 1",,', '"Sec, 1",ex,')
    found = canvas_csv.fill(text, a_class({"s2": None}), "Homework 3")
    assert changed(text, found.text) == ['"Lee, Kim",103,u3,klee,Sec 1,"0.00",,']
    assert found.filled == 1 and found.skipped == (
        "row 4 (Doe, Jane): Jane Doe (101) is excused",
        "row 5 (O'Neil, Jose\u0301): José O'Neil (s2) is not graded",
    )


def test_one_problem_of_several_and_other_points_possible() -> None:
    found = canvas_csv.fill(CANVAS, a_class(), "Homework 3", problem="p")
    assert found.filled == 3 and found.notes == (
        "the maximum is 11.00 in the file and 10 in the gradebook; points are not scaled",
    )


@pytest.mark.parametrize("delimiter", ",;\t")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("names", ["Student,ID,Section", "LastName,FirstName,ID,Section"])
def test_dialects_of_canvas(delimiter: str, end: str, names: str) -> None:
    name = "Jane Doe" if names.startswith("Student") else "Doe,Jane"
    text = f"{names},A (1)\n{name},9,S,\n{name}x,8,S,".replace(",", delimiter).replace("\n", end)
    found = canvas_csv.fill(text, a_class(), "A")
    assert found.text == text.replace(f"9{delimiter}S{delimiter}", f"9{delimiter}S{delimiter}7.33")


NO_CANVAS = {
    "not of Canvas": ("a,b\n1,2\n", "A", "not a gradebook of Canvas"),
    "empty": ("", "A", "the file is empty"),
    "no such column": (CANVAS, "Homework 2", r"did you mean 'Homework 3 \(77\)'\?"),
    "two such columns": (
        CANVAS.replace("Old (5)", "Homework 3 (5)"),
        "Homework 3",
        "several columns",
    ),
    "a sum": (CANVAS, "Final Score", "computes the column"),
    "read only": (CANVAS.replace("11.00", "(read only)"), "Homework 3", "is read-only"),
}


@pytest.mark.parametrize("text, column, said", NO_CANVAS.values(), ids=NO_CANVAS)
def test_what_cannot_be_filled_in(text: str, column: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        canvas_csv.fill(text, a_class(), column)


def test_an_unknown_problem() -> None:
    with pytest.raises(UsageError, match="no problem 'pp'; did you mean 'p'"):
        canvas_csv.fill(CANVAS, a_class(), "Homework 3", "pp")


# Moodle ------------------------------------------------------------------------------------------

MOODLE = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    '"Participant 101","Jane Doe",jane@x.org,Submitted,,"11,00",Yes,-,-,"a ""b"", c"\r\n'
    '"Participant 102","José O\'Neil",joneil,Submitted,"1,50","11,00",Yes,-,-,\r\n'
    '"Participant 103","Kim Lee",klee,"No submission",,"11,00",No,-,-,\r\n'
)


def test_moodle() -> None:
    found = moodle_csv.fill(MOODLE, a_class())
    assert changed(MOODLE, found.text) == [
        '"Participant 101","Jane Doe",jane@x.org,Submitted,"7,33","11,00",Yes,-,-,"a ""b"", c"',
        '"Participant 102","José O\'Neil",joneil,Submitted,"5,00","11,00",Yes,-,-,',
    ]
    assert found.skipped == ("row 4 (Participant 103): Kim Lee (s3) is locked in Moodle",)
    assert found.notes == () and found.filled == 2


def test_moodle_with_points_and_a_tab() -> None:
    text = MOODLE.replace('"11,00"', "11.00").replace('"1,50"', "1.50").replace(",", "\t")
    found = moodle_csv.fill(text, a_class())
    assert "\t7.33\t" in found.text and "\t5.00\t" in found.text


def test_moodle_in_another_language() -> None:
    text = (
        "ID;Vollständiger Name;Bewertung;Bestwertung;Bewertung kann geändert werden\r\n"
        "Teilnehmer/in101;X;;12,00;Ja\r\nTeilnehmer/in102;Kim Lee;;12,00;Nein\r\n"
    )
    names = {
        "Identifier": "ID",
        "Full name": "Vollständiger Name",
        "Maximum Grade": "Bestwertung",
        "Grade can be changed": "Bewertung kann geändert werden",
        "No": "Nein",
    }
    found = moodle_csv.fill(text, a_class(), "Bewertung", names=names)
    assert changed(text, found.text) == ["Teilnehmer/in101;X;7,33;12,00;Ja"]
    assert len(found.skipped) == 1 and found.notes == (
        "the maximum is 12,00 in the file and 11 in the gradebook; points are not scaled",
    )


def test_what_the_gradebook_of_moodle_exports() -> None:
    text = (
        'First name,Surname,ID number,Email address,"Assignment: H (Real)"\n'
        "Jane,Doe,9,j@x.org,-\nX,Y,s2,x@x.org,1.00\n,,,,\n"
    )
    found = moodle_csv.fill(text, a_class(), "Assignment: H (Real)")
    assert found.text.split("\n")[1:3] == ["Jane,Doe,9,j@x.org,7.33", "X,Y,s2,x@x.org,5.00"]
    assert found.unmatched == ("Kim Lee (s3) is not in the file",)


def test_the_comma_of_a_grade_that_is_there() -> None:
    text = 'ID number;A\ns2;"1,50"\n101;-\n'
    assert moodle_csv.fill(text, a_class(), "A").text == 'ID number;A\ns2;"5,00"\n101;7,33\n'


NO_MOODLE = {
    "not of Moodle": ("a,b\n1,2\n", "Grade", "not a grading worksheet"),
    "no such column": (MOODLE, "Mark", "no column 'Mark'"),
    "two such columns": (MOODLE.replace("Status", "Grade"), "Grade", "several columns 'Grade'"),
}


@pytest.mark.parametrize("text, column, said", NO_MOODLE.values(), ids=NO_MOODLE)
def test_what_is_not_of_moodle(text: str, column: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        moodle_csv.fill(text, a_class(), column)


# Whatever the class ------------------------------------------------------------------------------

SHARES = st.one_of(st.none(), st.fractions(0, 1, max_denominator=12))
TIMES = st.one_of(st.none(), st.integers(-5000, 20000).map(lambda late: after(minutes=late)))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
POINTS = st.fractions(0, 100, max_denominator=60)


@st.composite
def classes(draw: st.DrawFn) -> tuple[Assignment, list[Any], list[Student]]:
    parts = [Part(name, draw(POINTS)) for name in draw(st.sampled_from(["p", "pq", "pqr"]))]
    ids = draw(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True))
    students = [Student(f"s{id}", draw(NAMES)) for id in ids]
    assignment = Assignment(
        "H", tuple(parts), DUE, draw(st.sampled_from(["last", "best", "first"])), POLICY
    )
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


CELLS = st.text(st.sampled_from('a ,;"\r\n\t=é'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4), st.booleans())
def test_a_table_reads_what_csv_wrote_and_keeps_every_byte(
    cells: list[list[str]], quote_all: bool
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows(cells)
    table = Table("\ufeff" + out.getvalue(), ",")
    assert [table.cells(row) for row in range(len(table.rows))] == cells
    assert table.text == "\ufeff" + out.getvalue()


@given(st.text(st.sampled_from('a,"\r\n'), min_size=1))
def test_a_table_keeps_every_byte_of_what_is_no_csv_too(text: str) -> None:
    assert Table(text, ",").text == text
