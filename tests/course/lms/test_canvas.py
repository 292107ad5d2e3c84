"""The gradebook of Canvas is filled in, and nothing else in it changes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from grader.course.lms import canvas as canvas_csv
from grader.course.lms.fill import Filled
from grader.errors import UsageError
from grader.model.course import (
    Student,
)
from grader.model.gradebook import Gradebook
from tests._support.gradebooks import (
    SMALL,
    a_class,
    changed,
    commented,
    make,
)

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 3 (77),Old (5),Final Score (9)\r\n"
    ",,,,,Manual Posting,,\r\n"
    '"    Points Possible",,,,,11.00,3.00,(read only)\r\n'
    '"Doe, Jane",101,,jdoe,"Sec, 1",,"2,5",9\r\n'
    '"O\'Neil, Jose\u0301",102,u2,joneil,Sec 1,4.00,1.00,9\r\n'
    '"Lee, Kim",103,u3,klee,Sec 1,"",,\r\n'
)


def test_canvas_column_is_filled_in() -> None:
    found = canvas_csv.fill(CANVAS, a_class(), "Homework 3")
    assert changed(CANVAS, found.text) == [
        '"Doe, Jane",101,,jdoe,"Sec, 1",7.33,"2,5",9',
        '"O\'Neil, Jose\u0301",102,u2,joneil,Sec 1,5.00,1.00,9',
        '"Lee, Kim",103,u3,klee,Sec 1,"0.00",,',  # by name, and still in quotes
    ]
    differing = "row 5 (O'Neil, Jose\u0301): José O'Neil (s2) had 4.00, now 5.00"
    assert found == Filled(found.text, 3, changed=(differing,))


def rows(*lines: str) -> str:
    return CANVAS[: CANVAS.index('"Doe')] + "".join(f"{line}\r\n" for line in lines)


JANE = '"Doe, Jane",101,,jdoe,S,,,'
JOSE = '"O\'Neil, Jose",8,,joneil,S,,,'
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
    "the name, and a login of nobody beside one that agrees": (
        f"{JOSE}\r\nJane Doe,9,,jdoe2,S,,,",
        [JOSE[:-2] + "5.00,,"],
        1,
    ),
    "the name, and no login beside one that agrees": (
        f"{JOSE}\r\nJane Doe,9,,,S,,,",
        [JOSE[:-2] + "5.00,,", "Jane Doe,9,,,S,7.33,,"],
        0,
    ),
    "the name, and a login of nobody beside others of nobody": (
        "Jose\u0301 O'Neil,8,,jo2,S,,,\r\nJane Doe,9,,jdoe2,S,,,",
        ["Jose\u0301 O'Neil,8,,jo2,S,5.00,,", "Jane Doe,9,,jdoe2,S,7.33,,"],
        0,
    ),
}


@pytest.mark.parametrize("lines, filled, doubts", MATCHED.values(), ids=MATCHED)
def test_rows_are_matched_with_students(lines: str, filled: list[str], doubts: int) -> None:
    found = canvas_csv.fill(rows(lines), a_class(), "Homework 3 (77)")
    assert changed(rows(lines), found.text) == filled
    assert len(found.ambiguous) == doubts and found.filled == len(filled)


def test_message_on_a_namesake_says_what_to_do() -> None:
    found = canvas_csv.fill(rows(JOSE, "Jane Doe,9,,jdoe2,S,,,"), a_class(), "Homework 3 (77)")
    assert found.ambiguous == (
        "row 5 (Jane Doe) may be Jane Doe (101), or somebody else: the name agrees, but no id,"
        " although ids of others do; correct the id in the roster, or add this person to it",
    )


def test_namesakes_are_not_guessed() -> None:
    book = make(SMALL, [], [Student("a", "Kim Lee"), Student("b", "Kim Lee")])
    found = canvas_csv.fill(rows("Kim Lee,9,,,S,,,"), book, "Homework 3")
    assert found.text == rows("Kim Lee,9,,,S,,,")
    assert found.ambiguous == (
        "row 4 (Kim Lee) may be Kim Lee (a) or Kim Lee (b), or somebody else",
    )
    assert found.unmatched == ()


def test_namesake_of_a_known_student_is_not_guessed() -> None:
    book = make(SMALL, [], [Student("101", "Kim Lee"), Student("b", "Kim Lee")])
    text = rows("Kim Lee,101,,,S,,,", "Kim Lee,9,,,S,,,")
    found = canvas_csv.fill(text, book, "Homework 3")
    assert changed(text, found.text) == ["Kim Lee,101,,,S,0.00,,"]
    assert found.ambiguous == ("row 5 (Kim Lee) may be Kim Lee (b), or somebody else",)


def test_name_guarded_against_formulas() -> None:
    found = canvas_csv.fill(
        rows("'=Ann,9,,,S,,,"), make(SMALL, [], [Student("a", "=Ann")]), "Homework 3"
    )
    assert found.text == rows("'=Ann,9,,,S,0.00,,")


def test_students_without_a_row_are_reported() -> None:
    found = canvas_csv.fill(rows(JANE, '"Student, Test",9,,,S,,,'), a_class(), "Homework 3")
    assert found.unmatched == (
        "row 5 (Student, Test) is not in the gradebook",
        "José O'Neil (s2) is not in the file",
        "Kim Lee (s3) is not in the file",
    )


def test_excused_and_ungraded_cells_stay_the_same() -> None:
    text = CANVAS.replace('"Sec, 1",,', '"Sec, 1",ex,')
    found = canvas_csv.fill(text, a_class({"s2": None}), "Homework 3")
    assert changed(text, found.text) == ['"Lee, Kim",103,u3,klee,Sec 1,"0.00",,']
    assert found.filled == 1 and found.skipped == (
        "row 4 (Doe, Jane): Jane Doe (101) is excused",
        "row 5 (O'Neil, Jose\u0301): José O'Neil (s2) is not graded",
    )


def excusing(where: str) -> Gradebook:
    """Return a class in which Jane Doe is excused, by the assignment or because of her section."""
    is_elsewhere = where == "another section"
    excused = replace(
        SMALL,
        excused={"101": ("p", "q")},
        in_other_sections=frozenset({"101"} if is_elsewhere else ()),
    )
    return make(excused, [], [Student("101", "Jane Doe")])


EXCUSES = {
    "an empty cell": ("the assignment", "", "EX", ()),
    "a grade": (
        "the assignment",
        "3.5",
        "EX",
        ("row 4 (Doe, Jane): Jane Doe (101) had 3.5, now EX",),
    ),
    "an excuse": ("the assignment", "EX", "EX", ()),
    "an empty cell of another section": ("another section", "", "", ()),
    "a grade of another section": ("another section", "3.5", "3.5", ()),
}


@pytest.mark.parametrize("where, before, after, listed", EXCUSES.values(), ids=EXCUSES)
def test_excuse_replaces_no_grade_without_a_word(
    where: str, before: str, after: str, listed: tuple[str, ...]
) -> None:
    row = '"Doe, Jane",101,,jdoe,S,{},,'
    found = canvas_csv.fill(rows(row.format(before)), excusing(where), "Homework 3")
    assert found.text == rows(row.format(after))
    assert found.changed == listed
    skipped = "row 4 (Doe, Jane): Jane Doe (101) is excused"
    is_skipped = before == "EX" or where == "another section"
    assert found.skipped == ((skipped,) if is_skipped else ())


def test_one_problem_with_another_maximum() -> None:
    found = canvas_csv.fill(CANVAS, a_class(), "Homework 3", problem="p")
    assert found.filled == 3 and found.notes == (
        "the maximum is 11.00 in the file and 10 in the gradebook; points are not scaled",
    )


def test_points_above_the_maximum_are_kept_and_counted() -> None:
    students = [Student("101", "Jane Doe", ("jdoe",))]
    book = make(SMALL, [("101", "p", [(None, Fraction(6, 5))])], students)
    found = canvas_csv.fill(CANVAS, book, "Homework 3", problem="p")
    assert changed(CANVAS, found.text) == ['"Doe, Jane",101,,jdoe,"Sec, 1",12.00,"2,5",9']
    assert found.notes[-1] == (
        "1 student has more than the maximum of 10 points; check that the system keeps them"
    )


@pytest.mark.parametrize("delimiter", ",;\t")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("names", ["Student,ID,Section", "LastName,FirstName,ID,Section"])
def test_delimiters_and_line_ends_of_canvas(delimiter: str, end: str, names: str) -> None:
    name = "Jane Doe" if names.startswith("Student") else "Doe,Jane"
    text = f"{names},A (1)\n{name},9,S,\n{name}x,8,S,".replace(",", delimiter).replace("\n", end)
    found = canvas_csv.fill(text, a_class(), "A")
    assert found.text == text.replace(f"9{delimiter}S{delimiter}", f"9{delimiter}S{delimiter}7.33")


NOT_CANVAS = {
    "not of Canvas": ("a,b\n1,2\n", "A", "not a gradebook of Canvas"),
    "empty": ("", "A", "the file is empty"),
    "no such column": (CANVAS, "Homework 2", r"did you mean 'Homework 3 \(77\)'\?"),
    "two such columns": (
        CANVAS.replace("Old (5)", "Homework 3 (5)"),
        "Homework 3",
        "several columns",
    ),
    "a sum": (CANVAS.replace("Final Score (9)", "Final Score"), "Final Score", "computes the"),
    "an assignment that Canvas takes for a sum": (
        CANVAS.replace("Old (5)", "Final Grade Project (5)"),
        "Final Grade Project",
        r"titles contain 'Final Grade', such as 'Final Grade Project \(5\)'; rename",
    ),
    "the status of an override": (
        CANVAS.replace("Old (5)", "Override Status"),
        "Override Status",
        "computes the",
    ),
    "read only": (CANVAS.replace("11.00", "(read only)"), "Homework 3", "is read-only"),
}


@pytest.mark.parametrize("text, column, message", NOT_CANVAS.values(), ids=NOT_CANVAS)
def test_canvas_file_is_refused(text: str, column: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        canvas_csv.fill(text, a_class(), column)


def test_ids_of_canvas_in_a_column_that_is_named() -> None:
    text = "Student,ID,Section,Number,A (1)\nX,9,S,101,\nY,s2,S,8,\n"
    found = canvas_csv.fill(text, a_class(), "A", id_column="Number")
    assert found.text.splitlines()[1:] == ["X,9,S,101,7.33", "Y,s2,S,8,"]


def test_canvas_has_no_comments() -> None:
    found = canvas_csv.fill(CANVAS, commented(a_class(), s2="x", s3="y"), "Homework 3")
    assert found.notes == ("the file has no column for comments: 2 comments are only in pages",)


def test_unknown_problem_is_refused() -> None:
    with pytest.raises(UsageError, match="no problem 'pp'; did you mean 'p'"):
        canvas_csv.fill(CANVAS, a_class(), "Homework 3", "pp")
