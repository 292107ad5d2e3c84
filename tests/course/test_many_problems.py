"""A class of twice the size, or twice the problems, takes twice the work, graded again or not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pytest

from grader.course.batch import Batch
from grader.course.lms import canvas, moodle
from grader.course.lms.titled import BRIGHTSPACE
from grader.course.store import Store
from grader.judging.answer_key import AnswerKey
from grader.model.assignment import Assignment, Part
from grader.model.course import Attempt, Student
from grader.model.gradebook import Gradebook
from tests._support.bank import load
from tests._support.gradebooks import make, written, written_json
from tests._support.steps import count_calls
from tests.course.test_failures import PROBLEM, PROTECTION, Key, attempts, read, right

COLUMN = "H Points Grade <Numeric MaxPoints:11>"


def gradebook(problems: int, students: int) -> Gradebook:
    """Return the grades of a class in which everybody chose one of the problems."""
    parts = tuple(Part(f"p{number}", Fraction(1)) for number in range(problems))
    known = [Student(f"s{number}", f"Ann{number} Ash{number}") for number in range(students)]
    tries: Any = [
        (student.id, f"p{number % problems}", [(None, Fraction(1))])
        for number, student in enumerate(known)
    ]
    return make(Assignment("H", parts), tries, known)


def fill_canvas(book: Gradebook) -> object:
    rows = "".join(f"{row.student.name},{row.student.id},A,\n" for row in book.rows)
    return canvas.fill(f"Student,ID,Section,H\n{rows}", book, "H")


def fill_moodle(book: Gradebook) -> object:
    rows = "".join(f"{row.student.id},{row.student.name},\n" for row in book.rows)
    return moodle.fill(f"Identifier,Full name,Grade\n{rows}", book)


def fill_brightspace(book: Gradebook) -> object:
    rows = "".join(f"#{row.student.id},#{row.student.id},,#\n" for row in book.rows)
    return BRIGHTSPACE.fill(
        f"OrgDefinedId,Username,{COLUMN},End-of-Line Indicator\n{rows}", book, "H"
    )


WRITTEN: dict[str, Callable[[Gradebook], object]] = {
    "grades.csv": written,
    "grades.json": written_json,
    "a file of Canvas": fill_canvas,
    "a worksheet of Moodle": fill_moodle,
    "a file of Brightspace": fill_brightspace,
}
LARGER = {"students": (10, 120), "problems": (20, 60)}  # each is twice (10, 60) in one of both


@pytest.mark.parametrize("problems, students", LARGER.values(), ids=LARGER)
def test_work_on_a_gradebook_at_most_doubles(problems: int, students: int) -> None:
    few = count_calls(lambda: gradebook(10, 60))
    assert count_calls(lambda: gradebook(problems, students)) < 2.1 * few
    small, large = gradebook(10, 60), gradebook(problems, students)
    for name, write in WRITTEN.items():
        few = count_calls(lambda: write(small))  # noqa: B023
        assert count_calls(lambda: write(large)) < 2.1 * few, name  # noqa: B023


def run_all(key: AnswerKey, store: Store, some: list[Attempt]) -> tuple[int, int]:
    """Return how many were judged, and how many had been judged already."""
    with ThreadPoolExecutor(1) as executor:
        *_, progress = Batch({PROBLEM: key}, store, PROTECTION, read).run(some, executor, 2)
    return progress.judged, progress.reused


def test_work_of_a_second_run_at_most_doubles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing has changed, nothing is read, run or compared with other submissions."""
    key = cast("AnswerKey", Key(load(PROBLEM)))
    monkeypatch.setattr("grader.course.batch.run_job", lambda job: right(job, key))
    calls = []
    for count in (50, 100):
        some = attempts(*(f"s{number}" for number in range(count)))
        with Store(tmp_path / str(count)) as store:
            assert run_all(key, store, some) == (count, 0)
            calls.append(count_calls(lambda: run_all(key, store, some)))  # noqa: B023
            assert run_all(key, store, some) == (0, count)
    few, many = calls
    assert many < 2.1 * few
