"""Scores by hand and excuses: they survive a regrade, and every file shows them."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from grader.course.assignment import load_assignment
from grader.course.assignment_schema import SCHEMAS, schema_text
from grader.course.given_extensions import with_extensions_of_books
from grader.course.gradebook import build_gradebook
from grader.course.lms import canvas, moodle
from grader.course.output import describe_unmatched
from grader.course.overrides import check_overrides, resolve_overrides
from grader.course.statistics import compute_total_statistics
from grader.errors import SpecError, UsageError
from grader.model.assignment import (
    Adjustment,
    Assignment,
    LatePolicy,
    MissingWork,
    Part,
    Penalty,
)
from grader.model.course import Attempt, Source, Student, SubmissionSet
from grader.model.gradebook import Gradebook
from grader.site.assignments.decisions import Decisions
from grader.site.records.book import Book
from tests._support.bank import TEST_BANK, Command
from tests._support.gradebooks import FULL, HALF, after, outcome, written, written_json
from tests.cli.test_batch_command import QUICKLY
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in, totals

PARTS = (Part("p", Fraction(10)), Part("q", Fraction(5)))
CLASS = (Student("s1", "Ada", ("ada",)), Student("s2", "Alan"), Student("s3", "Emmy"))
NINE = Adjustment(Fraction(9), "regrade of 3 December")


def graded(
    adjust: dict[str, dict[str, Adjustment]] | None = None,
    excused: dict[str, tuple[str, ...]] | None = None,
    teams: dict[str, tuple[str, ...]] | None = None,
    parts: tuple[Part, ...] = PARTS,
) -> Gradebook:
    """Return the grades of a class: Ada has 10 + 5 points, Alan 5 - 1 and 0, Emmy nothing."""
    made = [
        (Attempt("s1", "p", "1.py", 1, after(minutes=-1)), FULL),
        (Attempt("s1", "q", "2.py", 1, after(minutes=-1)), FULL),
        (Attempt("s2", "p", "3.py", 1, after(days=2)), HALF),
    ]
    outcomes = [outcome(each, {"one": share, "two": 2 * share}) for each, share in made]
    assignment = Assignment(
        "H",
        parts,
        after(minutes=0),
        late=LatePolicy(per_day=Penalty(Fraction(1, 10))),
        adjustments=adjust or {},
        excused=excused or {},
    )
    attempts = tuple(attempt for attempt, _ in made)
    collected = SubmissionSet(attempts, CLASS, (CLASS[2],), teams=teams or {})
    return build_gradebook(assignment, collected, outcomes, {})


def book_with_extensions(folder: Path, *people: str) -> Source:
    """Return the book of a practice page on which these people got two more days for `hw`."""
    with closing(Book(folder / "book")) as book:
        for each in people:
            Decisions(book).extend("hw", each, after(days=2), "ill", "rivera").result()
        return Source(str(book.path), "auto", None)


# Extensions given on the page, the ids of those that count, and who is named in notes.
GIVEN: dict[str, tuple[tuple[str, ...], list[str], list[str]]] = {
    "to students of the class": (("s1", "s2"), ["s1", "s2"], []),
    "to somebody who has left it": (("s2", "bob"), ["s2"], ["bob"]),
    "by another id": (("ada",), ["s1"], []),
    "to nobody else": (("bob", "eve"), [], ["bob", "eve"]),
}


@pytest.mark.parametrize("people, ids, left", GIVEN.values(), ids=GIVEN)
def test_extension_of_the_page_for_somebody_who_has_left_is_left_out_with_a_note(
    people: tuple[str, ...], ids: list[str], left: list[str], tmp_path: Path
) -> None:
    source = book_with_extensions(tmp_path, *people)
    assignment, notes = with_extensions_of_books(
        Assignment("H", PARTS, after(minutes=0)), "hw.yaml", [source], CLASS
    )
    assert notes == [
        f"{source.path}: left out an extension for {each}, who is not in the class" for each in left
    ]
    submissions = SubmissionSet((), CLASS)
    assert check_overrides(assignment, CLASS, submissions, is_complete=True) == []
    resolved, _ = resolve_overrides(assignment, CLASS)
    assert sorted(resolved.extensions) == ids


def test_extension_of_the_file_for_somebody_who_has_left_is_an_error(tmp_path: Path) -> None:
    assignment, _ = with_extensions_of_books(
        Assignment("H", PARTS, after(minutes=0), extensions={"bob": after(days=1)}),
        "hw.yaml",
        [book_with_extensions(tmp_path, "bob")],
        CLASS,
    )
    with pytest.raises(UsageError, match="an extension for bob, who is not in the class"):
        check_overrides(assignment, CLASS, SubmissionSet((), CLASS), is_complete=True)


def test_class_is_graded_after_a_student_with_an_extension_has_left(
    grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\n")
    (tmp_path / "hw.yaml").write_text(
        "title: H\ndue: 2026-11-30 23:59\ntimezone: UTC\nproblems: [{problem: mean, points: 4}]\n"
    )
    book = book_with_extensions(tmp_path, "ada", "bob").path
    words = ["batch", "hw.yaml", book, "--roster", "class.csv", "--out", "out", *QUICKLY]
    done = grader(*words, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    note = "left out an extension for bob, who is not in the class"
    assert note in done.stderr and "an extension for ada" not in done.stderr


TOTALS: dict[str, tuple[dict[str, dict[str, Adjustment]], dict[str, tuple[str, ...]], list[object]]]
TOTALS = {
    "nothing by hand": ({}, {}, [15, 4, 0]),
    "a score, which is not reduced for lateness": ({"s2": {"p": NINE}}, {}, [15, 9, 0]),
    "a lower score": ({"s1": {"p": NINE}}, {}, [14, 4, 0]),
    "a score without a submission": ({"s3": {"p": NINE}}, {}, [15, 4, 9]),
    "by another id": ({"ADA": {"p": NINE}}, {}, [14, 4, 0]),
    "by name": ({"Emmy": {"p": NINE}}, {}, [15, 4, 9]),
    "two problems": ({"s3": {"p": NINE, "q": Adjustment(Fraction(1, 3), "oral")}}, {},
                     [15, 4, Fraction(28, 3)]),
    "excused from all": ({}, {"s3": ("p", "q")}, [15, 4, None]),
    "excused from one: 4 of 10 points are 6 of 15": ({}, {"s2": ("q",)}, [15, 6, 0]),
    "excused from one that was submitted": ({}, {"s1": ("p",)}, [15, 4, 0]),
    "excused from one, a score for the other": ({"s3": {"p": NINE}}, {"s3": ("q",)},
                                                [15, 4, Fraction(27, 2)]),
}  # fmt: skip


@pytest.mark.parametrize("adjust, excused, expected", TOTALS.values(), ids=TOTALS)
def test_totals(
    adjust: dict[str, dict[str, Adjustment]],
    excused: dict[str, tuple[str, ...]],
    expected: list[object],
) -> None:
    book = graded(adjust, excused)
    assert [row.total for row in book.rows] == expected
    assert book.notes == ()


def test_score_of_a_team_is_that_of_each_member() -> None:
    book = graded({"Alpha": {"p": NINE}}, teams={"Alpha": ("s2", "s3")})
    assert [row.total for row in book.rows] == [15, 9, 9]


NOBODY: dict[str, tuple[dict[str, dict[str, Adjustment]], dict[str, tuple[str, ...]], str]] = {
    "a score": ({"eve": {"p": NINE}}, {}, "a score by hand for eve, who is not in the class"),
    "an excuse": ({}, {"eve": ("p",)}, "an excuse for eve, who is not in the class"),
    "two scores": (
        {"s1": {"p": NINE}, "Ada": {"p": Adjustment(Fraction(8), "oral")}},
        {},
        "two scores by hand for s1 in p",
    ),
    "a score and an excuse": (
        {"s1": {"p": NINE}},
        {"ada": ("p",)},
        "both an excuse and a score by hand for ada in p",
    ),
}


@pytest.mark.parametrize("adjust, excused, note", NOBODY.values(), ids=NOBODY)
def test_what_is_said_of_nobody_is_noted(
    adjust: dict[str, dict[str, Adjustment]], excused: dict[str, tuple[str, ...]], note: str
) -> None:
    assert graded(adjust, excused).notes == (note,)


# Points of two problems, those Alan is excused from, and his total; he has 4 of 5 points in `p`.
WITHOUT_POINTS: dict[str, tuple[tuple[int, int], tuple[str, ...], object]] = {
    "excused from all points": ((0, 10), ("q",), None),
    "excused from all points, with nothing for the other": ((10, 0), ("p",), None),
    "excused from no points": ((5, 0), ("q",), 2),
    "excused from one of two problems without points": ((0, 0), ("q",), 0),
    "excused from both problems without points": ((0, 0), ("p", "q"), None),
}


@pytest.mark.parametrize("points, excused, total", WITHOUT_POINTS.values(), ids=WITHOUT_POINTS)
def test_excuse_from_problems_with_and_without_points(
    points: tuple[int, int], excused: tuple[str, ...], total: object
) -> None:
    parts = tuple(map(Part, "pq", map(Fraction, points)))
    book = graded({}, {"s2": excused}, parts=parts)
    alan = book.rows[1]
    assert (alan.total, alan.is_excused) == (total, total is None)
    assert written(book)[1]["total"] == ("excused" if total is None else str(total))
    assert written_json(book)["students"][1]["excused"] is (total is None)
    filled = canvas.fill("Student,ID,Section,H\nAlan,s2,A,\n", book, "H").text.splitlines()[-1]
    assert filled == ("Alan,s2,A,EX" if total is None else f"Alan,s2,A,{total}.00")


# Scores by hand and excuses; which totals the class report counts, and whether Emmy, who submitted
# nothing, is reported.
REPORTED: dict[
    str, tuple[dict[str, dict[str, Adjustment]], dict[str, tuple[str, ...]], list[int], bool]
] = {
    "nothing by hand": ({}, {}, [15, 4], True),
    "excused from all": ({}, {"s3": ("p", "q")}, [15, 4], False),
    "excused from all, with a submission": ({}, {"s2": ("p", "q")}, [15], True),
    "excused from one": ({}, {"s3": ("q",)}, [15, 4], True),
    "a score for one": ({"s3": {"p": NINE}}, {}, [15, 4, 9], True),
    "a score for each": ({"s3": {"p": NINE, "q": NINE}}, {}, [15, 4, 18], False),
    "a score for one, excused from the other": (
        {"s3": {"q": NINE}},
        {"s3": ("p",)},
        [15, 4, 27],
        False,
    ),
}


@pytest.mark.parametrize("adjust, excused, counted, noted", REPORTED.values(), ids=REPORTED)
def test_reports_of_the_class_count_scores_by_hand_and_nobody_who_is_excused(
    adjust: dict[str, dict[str, Adjustment]],
    excused: dict[str, tuple[str, ...]],
    counted: list[int],
    noted: bool,
) -> None:
    book = graded(adjust, excused)
    found = compute_total_statistics(book)
    assert (found.graded, found.not_graded) == (len(counted), 0)
    assert found.mean == Fraction(sum(counted), len(counted))
    notes = describe_unmatched(SubmissionSet((), CLASS, (CLASS[2],)), book)
    assert notes == (["no submission from Emmy"] if noted else [])


def test_every_file_shows_them() -> None:
    book = graded({"s2": {"p": NINE}}, {"s3": ("p", "q"), "s2": ("q",)})
    ada, alan, emmy = written(book)
    assert (alan["p"], alan["q"], alan["total"]) == ("9", "excused", "13.5")
    assert "p: score by hand: 9 instead of 4 (regrade of 3 December)" in alan["notes"]
    assert (emmy["p"], emmy["total"]) == ("excused", "excused") and "excused" in emmy["notes"]
    ada, alan, emmy = written_json(book)["students"]
    p, q = alan["problems"]
    assert (p["points"], p["raw_points"], p["deduction"]) == (9, 5, 1)
    assert (p["adjusted"], q["excused"], q["points"]) == ("regrade of 3 December", True, None)
    assert (emmy["excused"], emmy["total"], ada["excused"]) == (True, None, False)


def test_score_by_hand_is_not_called_not_graded() -> None:
    assignment = Assignment("H", PARTS, missing=MissingWork.NONE, adjustments={"s3": {"p": NINE}})
    book = build_gradebook(assignment, SubmissionSet((), CLASS, CLASS), [], {})
    scored, missing = book.rows[2].parts
    assert scored.notes == (
        "score by hand: 9 instead of not graded (regrade of 3 December)",
        "nothing was submitted",
    )
    assert missing.notes == ("not graded: nothing was submitted",)


def test_files_of_other_systems_have_them() -> None:
    book = graded({"s2": {"p": NINE}}, {"s3": ("p", "q")})
    found = canvas.fill("Student,ID,Section,H\nAda,s1,A,\nAlan,s2,A,\nEmmy,s3,A,\n", book, "H")
    assert found.text.endswith("Ada,s1,A,15.00\nAlan,s2,A,9.00\nEmmy,s3,A,EX\n")
    found = moodle.fill("Identifier,Full name,Grade\ns1,Ada,\ns2,Alan,\ns3,Emmy,\n", book)
    assert found.text.endswith("s1,Ada,15.00\ns2,Alan,9.00\ns3,Emmy,\n")
    assert found.skipped == ("row 4 (s3): Emmy (s3) is excused",)


# In the file -------------------------------------------------------------------------------------

HEAD = "title: H\nproblems:\n  - {problem: p, points: 10}\n  - {problem: q, points: 5}\n"


def load(tmp_path: Path, text: str) -> Assignment:
    path = tmp_path / "hw.yaml"
    path.write_text(HEAD + text, "utf-8")
    return load_assignment(str(path))


def test_they_are_read_from_the_assignment(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        "adjust: {s2: {p: 9, q: 1/3, why: regrade of 3 December}}\nexcused: {s3: all, s4: [q]}\n",
    )
    third = Adjustment(Fraction(1, 3), "regrade of 3 December")
    assert found.adjustments == {"s2": {"p": NINE, "q": third}}
    assert found.excused == {"s3": ("p", "q"), "s4": ("q",)}


MISTAKES = {
    "no reason": (
        "adjust: {s2: {p: 9}}",
        "5:14: a score by hand needs a reason; add the key `why`",
    ),
    "an empty reason": (
        "adjust: {s2: {p: 9, why: ' '}}",
        "5:26: expected a text, found an empty one",
    ),
    "no score": ("adjust: {s2: {why: late}}", "5:14: there is no score; add a problem"),
    "another problem": (
        "adjust: {s2: {pp: 9, why: x}}",
        "5:15: the assignment has no problem 'pp'; did you mean 'p'?",
    ),
    "too many points": (
        "adjust: {s2: {q: 9, why: x}}",
        "5:15: expected at most 5 for 'q', found 9",
    ),
    "no number": ("adjust: {s2: {p: nine, why: x}}", "5:18: expected a number of points"),
    "a negative number": ("adjust: {s2: {p: -1, why: x}}", "5:18: expected a number of points"),
    "no mapping": ("adjust: {s2: 9}", "5:14: expected keys and values"),
    "twice": ("adjust:\n  s2: {p: 9, why: x}\n  s2: {p: 8, why: x}", "7:3: duplicate key 's2'"),
    "excused from another": ("excused: {s3: [r]}", "5:16: the assignment has no problem 'r'"),
    "excused from nothing": ("excused: {s3: []}", "5:15: expected 1 or more items"),
    "excused in words": ("excused: {s3: ill}", "5:15: expected `all` or a list of problems"),
}


@pytest.mark.parametrize("text, message", MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_reported_at_their_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        load(tmp_path, text)
    assert f"hw.yaml:{message}" in str(caught.value)


def test_schema_for_editors_is_up_to_date_and_knows_them() -> None:
    for path in SCHEMAS:
        assert path.read_text("utf-8") == schema_text(path), "run `make schemas`"
    (assignment,) = (path for path in SCHEMAS if path.name == "assignment.schema.json")
    editor = Draft202012Validator(json.loads(schema_text(assignment)))
    Draft202012Validator.check_schema(editor.schema)
    right = {"title": "H", "problems": [{"problem": "p", "points": 10}]}
    assert editor.is_valid({**right, "adjust": {"s2": {"p": 9, "why": "x"}}})
    assert editor.is_valid({**right, "excused": {"s3": "all", "s4": ["p"]}})
    mistakes: list[dict[str, Any]] = [
        {"adjust": {"s2": {"p": 9}}},
        {"adjust": {"s2": {"why": "x"}}},
        {"adjust": {"s2": {"p": "nine", "why": "x"}}},
        {"excused": {"s3": "ill"}},
        {"excused": {"s3": []}},
        {"adjusted": {}},
    ]
    for wrong in mistakes:
        assert not editor.is_valid({**right, **wrong}), wrong


# By the command ----------------------------------------------------------------------------------


def test_score_by_hand_survives_regrades(grader: Command, tmp_path: Path) -> None:
    homework = tmp_path / "hw.yaml"
    text = "title: H\nproblems: [{problem: mean, points: 10}]\n"
    homework.write_text(text)
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nalan,Alan\nemmy,Emmy\n")
    hand_in(tmp_path / "in", ada=RIGHT, alan=WRONG)
    words = ["batch", "hw.yaml", "in", "--out", "out", "--roster", "class.csv", *QUICKLY]
    grader(*words, bank=TEST_BANK)
    assert totals(tmp_path / "out") == {"ada": "10", "alan": "2.5", "emmy": "0"}
    homework.write_text(
        text + "adjust: {Alan: {mean: 9, why: regrade of 3 December}}\nexcused: {emmy: all}\n"
    )
    for more in ([], ["--rejudge"], ["--workers", "1"]):
        done = grader(*words, *more, bank=TEST_BANK)
        assert done.returncode == 0, done.stderr
        assert totals(tmp_path / "out") == {"ada": "10", "alan": "9", "emmy": "excused"}
    homework.write_text(text + "adjust: {alna: {mean: 9, why: regrade}}\n")
    done = grader(*words, bank=TEST_BANK)
    assert done.returncode == 2 and "a score by hand for alna, who is not in" in done.stderr
    with (tmp_path / "out" / "grades.csv").open(newline="") as file:
        (alan,) = [row for row in csv.DictReader(file) if row["id"] == "alan"]
    assert alan["notes"] == "mean: score by hand: 9 instead of 2.5 (regrade of 3 December)"
