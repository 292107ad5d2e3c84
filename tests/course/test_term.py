"""A course: slip days shared by its assignments, and the lowest dropped, by values from hand."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.course.assignment import load_assignment
from grader.course.lms import canvas
from grader.course.term import load_term, make_term_record
from grader.course.term_grades import build_term_book, find_lowest
from grader.course.term_slip_days import describe_other_folder, describe_stale, slip_days_for
from grader.course.term_total import gradebook_of_totals
from grader.errors import SpecError, UsageError
from grader.model.assignment import SlipDays
from grader.model.course import Student
from grader.model.gradebook import Gradebook
from grader.model.term import Standing, TermBook, TermColumn, TermGrade
from grader.reports.class_report import course as course_report
from grader.reports.class_report import json as gradebook_json
from tests._support.bank import TEST_BANK, Command
from tests._support.gradebooks import FULL, HALF, Try, after, make, text_of
from tests.cli.test_batch_command import QUICKLY
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in

COURSE = """\
title: Numerical Methods
slip_days: 3
drop_lowest: 1
assignments:
  - {assignment: hw1.yaml, graded: hw1}
  - {assignment: hw2.yaml, graded: hw2}
  - {assignment: hw3.yaml, graded: hw3}
"""
HOMEWORK = """\
title: %s
course: course.yaml
timezone: Europe/Berlin
due: 2026-11-30 23:59
late: {per_day: 10%%}
problems: [{problem: p, points: 10}]
"""
ANN, BEN = Student("ann", "Ann Ash"), Student("ben", "Ben Birch", ("ben@x.edu",))
ON_TIME, ONE_DAY, TWO_DAYS = after(), after(days=1), after(days=2)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "course.yaml").write_text(COURSE)
    for number in (1, 2, 3):
        (tmp_path / f"hw{number}.yaml").write_text(HOMEWORK % f"Homework {number}")
    return tmp_path


def grade(
    here: Path,
    name: str,
    tries: Mapping[str, Try],
    students: Sequence[Student] = (ANN, BEN),
    more: str = "",
) -> Gradebook:
    """Grade an assignment of the course as `grader batch` does, into its folder."""
    path = here / f"{name}.yaml"
    if more:
        path.write_text(path.read_text() + more)
    assignment = load_assignment(str(path))
    days, _ = slip_days_for(assignment, str(path), load_term(assignment.course), students)
    attempts = [(id, "p", [one]) for id, one in tries.items()]
    book = make(replace(assignment, slip_days=days), attempts, students)
    (here / name).mkdir(exist_ok=True)
    (here / name / "grades.json").write_text(text_of(gradebook_json.write, book))
    return book


def term_book(here: Path) -> TermBook:
    return build_term_book(load_term(str(here / "course.yaml")))


def graded_term(here: Path) -> list[Gradebook]:
    """Grade three assignments: Ann is late by 2, 2 and 1 days, Ben by 1 in the second."""
    return [
        grade(here, "hw1", {"ann": (TWO_DAYS, FULL), "ben": (ON_TIME, FULL)}),
        grade(here, "hw2", {"ann": (TWO_DAYS, FULL), "ben": (ONE_DAY, FULL)}),
        grade(here, "hw3", {"ann": (ONE_DAY, FULL), "ben": (ON_TIME, HALF)}),
    ]


# Slip days ---------------------------------------------------------------------------------------


def test_slip_days_are_used_in_the_order_of_the_assignments(here: Path) -> None:
    rows = [book.rows for book in graded_term(here)]
    assert [[row.total for row in each] for each in rows] == [[10, 10], [9, 10], [9, 5]]
    assert [[(row.slip_days, row.slip_days_left) for row in each] for each in rows] == [
        [(2, 1), (0, 3)],
        [(1, 0), (1, 2)],
        [(0, 0), (0, 2)],
    ]


def test_student_is_the_same_by_another_id(here: Path) -> None:
    grade(here, "hw1", {"ben": (TWO_DAYS, FULL)})
    renamed = Student("ben@x.edu", "Birch, Ben")
    book = grade(here, "hw2", {"ben@x.edu": (TWO_DAYS, FULL)}, [renamed])
    (row,) = book.rows
    assert row.total == 9
    assert (row.slip_days, row.slip_days_left) == (1, 0)
    assert [row.student.id for row in term_book(here).rows] == ["ann", "ben"]


def test_who_may_be_somebody_else_stops(here: Path) -> None:
    kims = [Student("a", "Kim"), Student("b", "Kim")]
    grade(here, "hw1", {"a": (TWO_DAYS, FULL)}, kims)
    with pytest.raises(UsageError, match=r"Kim \(c\) may be Kim \(a\) or Kim \(b\)"):
        grade(here, "hw2", {}, [Student("c", "Kim")])


WEI, OTHER_WEI = Student("s100", "Wei Chen"), Student("s200", "Chen, Wei", ("wei2@x.edu",))


def test_who_has_only_the_name_of_an_earlier_student_stops_if_ids_of_others_agree(
    here: Path,
) -> None:
    grade(here, "hw1", {"s100": (TWO_DAYS, HALF)}, [ANN, WEI])
    why = r"Chen, Wei \(s200\) may be Wei Chen \(s100\) of an earlier assignment: the names agree"
    with pytest.raises(UsageError, match=why):
        grade(here, "hw2", {}, [ANN, OTHER_WEI])
    book = grade(here, "hw2", {"s200": (ON_TIME, FULL)}, [ANN, WEI, OTHER_WEI])
    assert [row.slip_days_left for row in book.rows] == [3, 1, 3]
    assert [row.student.id for row in term_book(here).rows] == ["ann", "s100", "s200"]


def test_who_has_only_the_name_of_an_earlier_student_is_in_a_note_if_no_ids_agree(
    here: Path,
) -> None:
    """The rosters may be of two systems, and the third has ids of both."""
    mailed = [Student("ann@x.edu", "Ann Ash"), OTHER_WEI]
    grade(here, "hw1", {"s100": (TWO_DAYS, FULL)}, [ANN, WEI])
    course = load_term(str(here / "course.yaml"))
    path = str(here / "hw2.yaml")
    days, notes = slip_days_for(load_assignment(path), path, course, mailed)
    assert days == SlipDays(3, used={"s200": 2})
    assert notes == [
        f"{path}: found by name alone, with other ids than in earlier assignments: Ann Ash"
        " (ann@x.edu) as Ann Ash (ann), Chen, Wei (s200) as Wei Chen (s100). Each pair shares"
        " points and slip days; if it is two people, make their names differ in the rosters, and"
        " grade again"
    ]
    grade(here, "hw2", {"s200": (ON_TIME, FULL)}, mailed)
    (note, *_) = term_book(here).notes
    assert f"{here / 'hw2' / 'grades.json'}: found by name alone" in note
    both = [replace(ANN, ids=("ann@x.edu",)), replace(OTHER_WEI, ids=("s100",))]
    path = str(here / "hw3.yaml")
    assert slip_days_for(load_assignment(path), path, course, both)[1] == []


def test_who_came_later_is_found_by_name_in_a_roster_of_another_system(here: Path) -> None:
    """Ids of the first roster say nothing about Wei, who is only in the second."""
    grade(here, "hw1", {}, [ANN])
    grade(here, "hw2", {"s200": (TWO_DAYS, FULL)}, [Student("ann@x.edu", "Ann Ash"), OTHER_WEI])
    book = grade(here, "hw3", {}, [ANN, WEI])
    assert [row.slip_days_left for row in book.rows] == [3, 1]


def test_names_alone_are_matched_without_a_note(here: Path) -> None:
    grade(here, "hw1", {}, [Student("Ann Ash", "Ann Ash")])
    path = str(here / "hw2.yaml")
    found = slip_days_for(load_assignment(path), path, load_term(str(here / "course.yaml")), [ANN])
    assert found == (SlipDays(3), [])


def test_earlier_assignment_must_be_graded(here: Path) -> None:
    with pytest.raises(UsageError, match=r"hw1.yaml is not graded yet: .*hw1/grades.json does not"):
        grade(here, "hw2", {})


def test_assignment_must_be_in_the_course(here: Path) -> None:
    (here / "hw9.yaml").write_text(HOMEWORK % "Homework 9")
    with pytest.raises(UsageError, match=r"hw9.yaml:2:9: .*course.yaml does not list .*hw9.yaml"):
        grade(here, "hw9", {})


STALE = r"hw2/grades.json is out of date: it counts 2 slip days of Ann Ash \(ann\) in earlier"


def test_grades_are_out_of_date_after_an_earlier_assignment_changed(here: Path) -> None:
    graded_term(here)
    grade(here, "hw1", {"ann": (ONE_DAY, FULL), "ben": (ON_TIME, FULL)})
    with pytest.raises(UsageError, match=STALE + ".*which is now 1; run `grader batch .*hw2.yaml"):
        term_book(here)
    with pytest.raises(UsageError, match=STALE):
        grade(here, "hw3", {})
    grade(here, "hw2", {"ann": (TWO_DAYS, FULL), "ben": (ONE_DAY, FULL)})
    grade(here, "hw3", {"ann": (ONE_DAY, FULL), "ben": (ON_TIME, HALF)})
    assert [row.slip_days_left for row in term_book(here).rows] == [0, 2]


def test_later_assignments_that_are_out_of_date_are_named(here: Path) -> None:
    graded_term(here)
    term = load_term(str(here / "course.yaml"))
    assert describe_stale(str(here / "hw1.yaml"), term) == []
    grade(here, "hw1", {"ann": (ONE_DAY, FULL), "ben": (ONE_DAY, FULL)})
    first, second = describe_stale(str(here / "hw1.yaml"), term)
    assert f"which is now 1; run `grader batch {here / 'hw2.yaml'} … --out {here / 'hw2'}`" in first
    assert f"run `grader batch {here / 'hw3.yaml'} …" in second
    assert describe_stale(str(here / "hw2.yaml"), term) == [second]
    assert describe_stale(str(here / "hw3.yaml"), term) == []


TOTALS = {
    "a percentage": ({"ben": (ON_TIME, HALF)}, "", [BEN], "ben,A,50.00"),
    "not known": ({"ben": (ON_TIME, None)}, "", [BEN], "ben,A,"),
    "excused": ({}, "excused: {ben: all}\n", [BEN], "ben,A,EX"),
}


@pytest.mark.parametrize("tries, more, students, line", TOTALS.values(), ids=TOTALS)
def test_total_is_filled_into_a_file_of_canvas(
    tries: dict[str, Try], more: str, students: list[Student], line: str, here: Path
) -> None:
    grade(here, "hw1", tries, students, more)
    book = gradebook_of_totals(term_book(here))
    file = "Student,ID,Section,Total\n    Points Possible,,,100\nBen Birch,ben,A,\n"
    found = canvas.fill(file, book, "Total")
    assert found.text.splitlines()[-1] == f"Ben Birch,{line}"
    not_graded = "row 3 (Ben Birch): Ben Birch (ben) is not graded: Homework 1 is not graded"
    assert found.skipped == ((not_graded,) if line.endswith(",") else ())


def test_nobody_is_excused_while_only_practice_is_graded(here: Path) -> None:
    grade(here, "hw1", {"ben": (ON_TIME, HALF)}, [BEN])
    term = term_book(here)
    (column,) = term.columns
    practice = replace(column, max_points=Fraction(0), weight=Fraction(0))
    row = replace(term.rows[0], share=None)
    file = "Student,ID,Section,Total\n    Points Possible,,,100\nBen Birch,ben,A,\n"
    book = gradebook_of_totals(replace(term, columns=(practice,), rows=(row,)))
    found = canvas.fill(file, book, "Total")
    assert found.text == file
    reason = "no assignment that counts is graded yet"
    assert found.skipped == (f"row 3 (Ben Birch): Ben Birch (ben) is not graded: {reason}",)


OTHER_DAYS = {
    "another number": ("slip_days: 3", "slip_days: 4", "graded with 3 slip days, and the course"),
    "a maximum": ("slip_days: 3", "slip_days: {total: 3, most: 1}", "3 slip days, at most 1 at a"),
    "none any more": ("slip_days: 3\n", "", "the course has no slip days"),
}


@pytest.mark.parametrize("old, new, message", OTHER_DAYS.values(), ids=OTHER_DAYS)
def test_grades_are_out_of_date_after_the_slip_days_changed(
    old: str, new: str, message: str, here: Path
) -> None:
    graded_term(here)
    (here / "course.yaml").write_text(COURSE.replace(old, new))
    with pytest.raises(UsageError, match=message):
        term_book(here)


def test_assignment_without_the_key_is_named(here: Path) -> None:
    graded_term(here)
    path = here / "hw1" / "grades.json"
    document = json.loads(path.read_text())
    del document["slip_days"]
    path.write_text(json.dumps(document))
    with pytest.raises(UsageError, match=r"add the key `course` to .*hw1.yaml and run"):
        term_book(here)


def test_another_output_folder_is_noted(here: Path) -> None:
    term = load_term(str(here / "course.yaml"))
    assert describe_other_folder(str(here / "hw1.yaml"), term, str(here / "hw1")) == []
    (note,) = describe_other_folder(str(here / "hw1.yaml"), term, str(here / "trial"))
    assert "the course does not see the grades in" in note


DAMAGED = {
    "no JSON": ("{", "cannot be read"),
    "another document": ('{"format": 3}', "is not a gradebook of the grader"),
    "another version": ('{"format": 2}', "written by another version"),
    "a list": ("[]", "is not a gradebook of the grader"),
}


@pytest.mark.parametrize("text, message", DAMAGED.values(), ids=DAMAGED)
def test_damaged_grades_are_reported(text: str, message: str, here: Path) -> None:
    graded_term(here)
    (here / "hw1" / "grades.json").write_text(text)
    with pytest.raises(UsageError, match=f"hw1/grades.json.*{message}"):
        term_book(here)


# The total ---------------------------------------------------------------------------------------


def test_lowest_assignment_of_each_student_does_not_count(here: Path) -> None:
    graded_term(here)
    book = term_book(here)
    ann, ben = book.rows
    # 10, 9 and 9 of 10: one 9 is dropped. 10, 10 and 5: the 5 is dropped.
    assert (ann.share, ben.share) == (Fraction(19, 20), Fraction(1))
    assert [grade.standing for grade in ann.grades] == [
        Standing.COUNTS,
        Standing.DROPPED,
        Standing.COUNTS,
    ]
    out = io.StringIO(newline="")
    course_report.write_csv(book, out)
    lines = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert lines[0] == {
        "id": "ann",
        "name": "Ann Ash",
        "Homework 1": "10",
        "Homework 2": "9",
        "Homework 3": "9",
        "dropped": "Homework 2",
        "slip days used": "3",
        "slip days left": "0",
        "percent": "95",
    }
    out = io.StringIO()
    course_report.write_json(book, out)
    document = json.loads(out.getvalue())
    assert document["students"][0]["share_exact"] == "19/20"
    assert document["students"][1]["assignments"][2] == {
        "standing": "dropped",
        "points": 5,
        "points_exact": "5",
        "slip_days": 0,
    }


COUNTS, EXCUSED = Standing.COUNTS, Standing.EXCUSED
# Points of 10, 20, 10 and 0, weights 1, 1, 2, 0, how many are dropped, and by hand which.
DROPPED: dict[str, tuple[list[int | None], int, list[int]]] = {
    "none": ([1, 2, 3], 0, []),
    "the lowest share, not the fewest points": ([4, 6, 10], 1, [1]),
    "of equal shares the heavier": ([5, 10, 5], 1, [2]),
    "then the earlier": ([5, 10, 9], 1, [0]),
    "two": ([5, 20, 4], 2, [2, 0]),
    "one remains": ([5, 10, 4], 3, [2, 0]),
    "an excused one is not dropped": ([None, 10, 4], 1, [2]),
    "nor is the only other": ([None, None, 4], 1, []),
    "one without points is not dropped": ([5, 10, 4, 0], 1, [2]),
    "nor does it remain instead of another": ([None, None, 4, 0], 1, []),
    "nor of several": ([5, 10, 4, 0], 3, [2, 0]),
    "it alone": ([None, None, None, 0], 1, []),
}


@pytest.mark.parametrize("points, count, numbers", DROPPED.values(), ids=DROPPED)
def test_lowest_shares_are_dropped(
    points: list[int | None], count: int, numbers: list[int]
) -> None:
    columns = [
        TermColumn("", Fraction(maximum), Fraction(weight))
        for maximum, weight in ((10, 1), (20, 1), (10, 2), (0, 0))[: len(points)]
    ]
    grades = [
        TermGrade(EXCUSED) if each is None else TermGrade(COUNTS, Fraction(each)) for each in points
    ]
    assert find_lowest(grades, columns, count) == numbers


def test_weights_replace_points(here: Path) -> None:
    text = COURSE.replace("drop_lowest: 1\n", "")
    for number, weight in ((1, "1"), (2, "1/3"), (3, "2")):
        text = text.replace(f"graded: hw{number}", f"graded: hw{number}, weight: {weight}")
    (here / "course.yaml").write_text(text)
    graded_term(here)
    ann, ben = term_book(here).rows
    # (1 + 9/10 * 1/3 + 9/10 * 2) / (10/3) and (1 + 1/3 + 1/2 * 2) / (10/3)
    assert (ann.share, ben.share) == (Fraction(93, 100), Fraction(7, 10))


UNKNOWN: dict[str, tuple[dict[str, Try], str, list[Student], list[Fraction | None]]] = {
    "not graded": (
        {"ann": (ON_TIME, None), "ben": (ON_TIME, HALF)},
        "",
        [ANN, BEN],
        [None, Fraction(1)],
    ),
    "not in the gradebook": ({"ben": (ON_TIME, HALF)}, "", [BEN], [None, Fraction(1)]),
    "excused": (  # of Ann's 10 and 9 the 9 is dropped
        {"ben": (ON_TIME, HALF)},
        "excused: {ann: all}\n",
        [ANN, BEN],
        [Fraction(1), Fraction(1)],
    ),
    "nothing": ({"ben": (ON_TIME, HALF)}, "", [ANN, BEN], [Fraction(19, 20), Fraction(1)]),
}


@pytest.mark.parametrize("tries, more, students, shares", UNKNOWN.values(), ids=UNKNOWN)
def test_total_is_not_guessed(
    tries: dict[str, Try],
    more: str,
    students: list[Student],
    shares: list[Fraction | None],
    here: Path,
) -> None:
    graded_term(here)
    grade(here, "hw3", tries, students, more)
    assert [row.share for row in term_book(here).rows] == shares


def test_later_assignments_may_not_be_graded_yet(here: Path) -> None:
    grade(here, "hw1", {"ann": (ON_TIME, HALF)})
    book = term_book(here)
    assert [column.title for column in book.columns] == ["Homework 1"]
    assert [row.share for row in book.rows] == [Fraction(1, 2), 0]
    assert len(book.notes) == 2 and "hw2.yaml is not graded yet and does not count" in book.notes[0]


def test_gap_and_nothing_at_all_are_refused(here: Path) -> None:
    with pytest.raises(UsageError, match=r"no assignment of .*course.yaml is graded yet"):
        term_book(here)
    graded_term(here)
    (here / "hw2" / "grades.json").unlink()
    with pytest.raises(UsageError, match=r"hw2.yaml is not graded, but a later assignment is"):
        term_book(here)


# The file ----------------------------------------------------------------------------------------

MISTAKES = {
    "no number": ("slip_days: 3", "slip_days: few", "2:12: expected a whole number"),
    "no days": ("slip_days: 3", "slip_days: 0", "2:12: expected a whole number from 1"),
    "a maximum above the total": (
        "slip_days: 3",
        "slip_days: {total: 3, most: 4}",
        "2:12: `most` is 4, more than the 3 of `total`",
    ),
    "a maximum alone": ("slip_days: 3", "slip_days: {most: 4}", "2:12: slip days needs the key"),
    "all dropped": (
        "drop_lowest: 1",
        "drop_lowest: 3",
        "3:14: drop fewer assignments: the course has 3",
    ),
    "one twice": (
        "hw2.yaml",
        "./hw1.yaml",
        "6:18: duplicate assignment './hw1.yaml' (first used on line 5); keep one",
    ),
    "a folder twice": (
        "graded: hw2",
        "graded: hw1",
        "6:36: duplicate folder 'hw1' (first used on line 5); each assignment needs its own",
    ),
    "some weights": ("graded: hw2", "graded: hw2, weight: 2", "5:5: other assignments have a"),
    "no weight": ("graded: hw1", "graded: hw1, weight: 0", "5:5: the weight is 0"),
    "an unknown key": ("drop_lowest", "drop_lowst", "3:1: a course has no key 'drop_lowst'; did"),
    "no assignments": (COURSE, "title: C\nassignments: []\n", "2:14: expected 1 or more items"),
}


@pytest.mark.parametrize("old, new, message", MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_reported_at_their_place(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "course.yaml"
    path.write_text(COURSE.replace(old, new, 1))
    with pytest.raises(SpecError) as caught:
        load_term(str(path))
    assert f"{path}:{message}" in str(caught.value)


def test_course_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "course.yaml"
    path.write_text(COURSE.replace("slip_days: 3", "slip_days: {total: 5, most: 2}"))
    term = load_term(str(path))
    assert (term.slip_days, term.drop_lowest) == (SlipDays(5, 2), 1)
    assert term.assignments[1].graded == str(tmp_path / "hw2")


def test_schema_of_editors_knows_the_course() -> None:
    schema = make_term_record().schema()
    Draft202012Validator.check_schema(schema)
    editor = Draft202012Validator(schema)
    right = {"title": "C", "assignments": [{"assignment": "a.yaml", "graded": "a"}]}
    assert editor.is_valid({**right, "slip_days": {"total": 5, "most": 2}})
    assert not editor.is_valid({**right, "slip_days": {"most": 2}})
    assert not editor.is_valid({**right, "slip_days": 0})


# The commands ------------------------------------------------------------------------------------


def test_commands_grade_a_course(grader: Command, tmp_path: Path) -> None:
    """Ada is two days late twice, and has three days; Alan is on time with 1 of 4 points."""
    (tmp_path / "course.yaml").write_text(COURSE.replace("drop_lowest: 1\n", ""))
    homework = HOMEWORK.replace("problem: p", "problem: mean")
    for number in (1, 2):
        name = f"hw{number}"
        (tmp_path / f"{name}.yaml").write_text(homework % f"Homework {number}")
        hand_in(
            tmp_path / f"in{number}",
            **{"ada_2026-12-02-12-00-00_x": RIGHT, "alan_2026-11-30-12-00-00_x": WRONG},
        )
        pattern = r"(?P<student>\w+?)_(?P<timestamp>[0-9-]{19})_(?P<file>.+)"
        words = ("batch", f"{name}.yaml", f"in{number}", "--out", name, "--pattern", pattern)
        done = grader(*words, *QUICKLY, bank=TEST_BANK)
        assert done.returncode == 0, done.stderr
    done = grader("course", "course.yaml", "--out", "total", bank=None)
    assert done.returncode == 0, done.stderr
    assert "note: hw3.yaml is not graded yet and does not count" in done.stderr
    with (tmp_path / "total" / "course.csv").open(newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    assert rows == [
        ["ada", "ada", "10", "9", "", "3", "0", "95"],
        ["alan", "alan", "2.5", "2.5", "", "0", "3", "25"],
    ]
    (tmp_path / "canvas.csv").write_text(
        "Student,ID,Section,Numerical Methods\n    Points Possible,,,100.00\nada,ada,A,\n"
        "alan,alan,A,\n"
    )
    done = grader("course", "course.yaml", "--out", "total", "--canvas", "canvas.csv", bank=None)
    assert done.returncode == 0, done.stderr
    assert (
        (tmp_path / "total" / "canvas.csv").read_text().endswith("ada,A,95.00\nalan,alan,A,25.00\n")
    )
    done = grader("course", "course.yaml", "--out", "total", bank=None)
    assert (
        done.returncode == 0
        and "an earlier command wrote were removed from total: canvas.csv\n" in done.stderr
    )
    total = {path.name: path.read_bytes() for path in (tmp_path / "total").iterdir()}
    assert total.keys() == {"course.csv", "course.json", ".grader.lock", ".grader-files.jsonl"}
    assert total[".grader-files.jsonl"].count(b"\n") == 2
    grading = ("batch", "hw1.yaml", "in1", "--out", "total", "--replace", "--overwrite")
    refused = grader(*grading, *QUICKLY, bank=TEST_BANK)
    assert refused.returncode == 2 and "has the total of a course; choose" in refused.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "total").iterdir()} == total
    refused = grader("course", "course.yaml", "--out", "hw1", bank=None)
    assert refused.returncode == 2 and "choose another folder" in refused.stderr
    # With Homework 1 only a day late, Ada has two days for Homework 2.
    (tmp_path / "in1" / "ada_2026-12-02-12-00-00_x.py").rename(
        tmp_path / "in1" / "ada_2026-12-01-12-00-00_x.py"
    )
    words = ("batch", "hw1.yaml", "in1", "--out", "hw1", "--pattern", pattern)
    done = grader(*words, *QUICKLY, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert (
        "note: hw2/grades.json is out of date: it counts 2 slip days of ada in earlier assignments,"
        " which is now 1; run `grader batch hw2.yaml in2 --out hw2` again, with its other options:"
        " nothing is judged again\n"
    ) in done.stderr
