"""Feedback files have the names by which a system finds each student again."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO, cast

import pytest

from grader.course.feedback import Prefix, prefix_of_canvas, prefix_of_moodle, write_feedback
from grader.course.gradebook import students_of
from grader.course.lms import canvas, moodle
from grader.course.output_folder import output_folder
from grader.course.student_pages import NOTICE, Pages
from grader.model.assignment import Adjustment
from grader.model.course import Source
from grader.model.gradebook import Gradebook, PartGrade, StudentGrades
from grader.submissions.layouts.canvas import upload_of
from tests._support.bank import TEST_BANK, Command
from tests._support.classes_of_systems import Graded, grade_class
from tests._support.gradebooks import make
from tests._support.round_trips import CLASS, ROUND_TRIPS, assignment
from tests._support.submissions import archive


class NamedPages:
    """Writes the id of the student, and on which problem, instead of pages."""

    def grades(self, row: StudentGrades, file: TextIO, is_linked: bool) -> None:
        assert not is_linked
        file.write(f"{row.student.id}: all")

    def submission(
        self, row: StudentGrades, grade: PartGrade, attempt: object, file: TextIO, is_linked: bool
    ) -> None:
        assert not is_linked
        file.write(f"{row.student.id}: {grade.part.problem}")


def written(
    tmp_path: Path, book: Gradebook, prefix: Prefix, pages: Any = None
) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the files of an archive, the notes and the failures."""
    with output_folder(str(tmp_path / "out"), "store") as folder:
        about = write_feedback(folder, "canvas", book, cast("Pages", pages or NamedPages()), prefix)
    with zipfile.ZipFile(tmp_path / "out" / "canvas-feedback.zip") as found:
        return (
            {name: found.read(name).decode() for name in found.namelist()},
            about.notes,
            about.failures,
        )


def class_of(system: str, tmp_path: Path) -> Graded:
    whole = ROUND_TRIPS[system]
    text = assignment(with_teams=not whole.has_teams)
    return grade_class(tmp_path, whole.files(), whole.table(), text, packed=True)


def test_moodle_finds_the_participant_of_each_page(tmp_path: Path) -> None:
    graded = class_of("Moodle", tmp_path)
    table = ROUND_TRIPS["Moodle"].table()
    students, known = students_of(graded.collected), graded.collected.participants
    prefix = prefix_of_moodle(moodle.participants(table, students, known))
    pages, notes, _ = written(tmp_path, graded.book, prefix)
    found = {}
    for name, page in pages.items():
        # As Moodle does: at most five fields, of which the second is a number it knows.
        full_name, number, *plugin, file = name.split("_", 4)
        assert (plugin, file) == (["assignsubmission", "file"], "softmax.html")
        found[int(number)] = (full_name, page)
    with_work = [
        who
        for who in CLASS
        if who.submissions or any(each.team == who.team and who.team for each in CLASS)
    ]
    assert found == {
        500 + who.number: (who.name, f"Participant {500 + who.number}: softmax")
        for who in with_work
    }
    assert notes == []


def test_canvas_finds_the_submitted_file_of_each_page(tmp_path: Path) -> None:
    graded = class_of("Canvas", tmp_path)
    prefix = prefix_of_canvas([Source(str(tmp_path / "in.zip"))])
    pages, notes, _ = written(tmp_path, graded.book, prefix)
    found = {}
    for name, page in pages.items():
        # As Canvas does: the first two numbers, whatever is around them.
        user, attachment = [field for field in name.split("_") if field.isdigit()][:2]
        assert name.endswith("_softmax.html")
        found[int(user), int(attachment)] = page
    submitted = [who for who in CLASS if who.submissions]
    assert found == {
        (1000 + who.number, 9000 + who.number): f"{1000 + who.number}: softmax" for who in submitted
    }
    assert notes == []


UPLOADS = {
    "in an archive": ("/a/in.zip!doejane_1_2_x.py", "/a/in.zip", ("doejane_1_2", "1")),
    "late": ("/a/in.zip!doejane_LATE_1_2_x.py", "/a/in.zip", ("doejane_LATE_1_2", "1")),
    "anonymous": ("/a/in.zip!anon_Ab_2_x.py", "/a/in.zip", ("anon_Ab_2", "anon_Ab")),
    "in a folder": ("/a/in/doejane_1_2_x.py", "/a/in", ("doejane_1_2", "1")),
    "in an enclosing folder": ("/a/in/sub/doejane_1_2_x.py", "/a/in", ("doejane_1_2", "1")),
    "a student's archive": (
        *("/a/in/doejane_1_2_hw.zip!evil_8_9_x.py", "/a/in"),
        ("doejane_1_2", "1"),
    ),
    "in another source": ("/b/in/doejane_1_2_x.py", "/a/in", None),
    "a folder above that looks like one": ("/a_1_2_x/ada.py", "/a_1_2_x", None),
    "a text": ("/a/in/doejane_1_text.html", "/a/in", None),
}


@pytest.mark.parametrize("locator, source, upload", UPLOADS.values(), ids=UPLOADS)
def test_upload_is_recognised_by_its_path(
    locator: str, source: str, upload: tuple[str, str] | None
) -> None:
    assert upload_of(locator, source) == upload


def test_no_student_chooses_whose_page_it_is(tmp_path: Path) -> None:
    """A name that looks like that of Canvas, inside a folder that is not of Canvas."""
    files = {"ada/zusekonrad_12_6_x.py": b"def softmax(x): pass\n"}
    graded = grade_class(tmp_path, files, "id,name\nada,Ada\n12,Konrad Zuse\n")
    pages, notes, _ = written(
        tmp_path, graded.book, prefix_of_canvas([Source(str(tmp_path / "in"))])
    )
    assert pages == {}
    assert notes == [
        "canvas-feedback.zip has no pages of students whom the files of canvas do not name by a"
        " number that the roster or the file of --canvas has: ada"
    ]


def test_numbers_of_canvas_may_be_in_the_gradebook_alone(tmp_path: Path) -> None:
    files = {f"{name}_x.py": b"def softmax(x): pass\n" for name in ("doejane_11_1", "roebob_12_2")}
    graded = grade_class(tmp_path, files, "id,name\njane,Jane Doe\nbob,Bob Roe\n")
    table = "Student,ID,SIS User ID,Section,HW (7)\nJane Doe,11,jane,A,\nBob Roe,13,bob,A,\n"
    numbers = canvas.user_numbers(table, students_of(graded.collected))
    assert numbers == {"jane": "11", "bob": "13"}
    prefix = prefix_of_canvas([Source(str(tmp_path / "in"))], numbers)
    pages, notes, _ = written(tmp_path, graded.book, prefix)
    assert pages == {"doejane_11_1_softmax.html": "jane: softmax"}
    assert len(notes) == 1 and notes[0].endswith("the file of --canvas has: bob")


def named(prefixes: Mapping[str, str]) -> Prefix:
    return lambda row, grade: prefixes.get(row.student.id, "")


def test_several_problems_have_a_page_of_all_grades(tmp_path: Path) -> None:
    two = load_two()
    prefix = named({"a": "A_1", "b": "B_2", "c": "C_3"})
    pages, notes, _ = written(tmp_path, two, prefix)
    assert pages == {
        "A_1_grades.html": "a: all",
        "A_1_p.html": "a: p",
        "A_1_q.html": "a: q",
        "B_2_grades.html": "b: all",  # a score by hand, and nothing submitted
    }
    assert notes == []


def load_two() -> Gradebook:
    from tests._support.gradebooks import FULL, SMALL

    book = make(
        SMALL,
        [("a", "p", [(None, FULL)]), ("a", "q", [(None, FULL)]), ("d", "p", [(None, FULL)])],
    )
    by_hand = Adjustment(FULL, "seen")
    (a, d) = book.rows
    nothing = tuple(replace(part, attempt=None) for part in a.parts)
    b = replace(
        a,
        student=replace(a.student, id="b"),
        parts=(replace(nothing[0], adjustment=by_hand), nothing[1]),
    )
    c = replace(a, student=replace(a.student, id="c"), parts=nothing)
    assert d.student.id == "d"
    return replace(book, rows=(a, b, c))


def test_page_that_fails_is_a_notice(tmp_path: Path) -> None:
    class Failing(NamedPages):
        def grades(self, row: StudentGrades, file: TextIO, is_linked: bool) -> None:
            raise ZeroDivisionError("no")

    pages, _, failures = written(tmp_path, load_two(), named({"a": "A_1"}), Failing())
    assert pages["A_1_grades.html"] == NOTICE and pages["A_1_p.html"] == "a: p"
    (failure,) = failures
    assert failure.startswith("canvas-feedback.zip: A_1_grades.html has only a notice: ")


def test_names_are_valid_in_an_archive() -> None:
    row, *_ = load_two().rows
    names = moodle.Participant("7", "../A_b/c:\x00 \n")
    assert prefix_of_moodle({"a": names})(row, row.parts[0]) == ".. A b c_7_assignsubmission_file"
    hidden = moodle.Participant("7", "")
    assert prefix_of_moodle({"a": hidden})(row, row.parts[0]).startswith("Participant_7_")


WORKSHEET = "Identifier,Full name,Status,Grade,Maximum Grade\nParticipant 11,Ada Lovelace,,,4.00\n"


def test_feedback_is_written_by_the_command(grader: Command, tmp_path: Path) -> None:
    right = b"def mean(values):\n    return sum(values) / len(values)\n"
    archive(tmp_path / "in.zip", {"Ada Lovelace_11_assignsubmission_file/mean.py": right})
    (tmp_path / "sheet.csv").write_text(WORKSHEET, "utf-8")
    words = ["batch", "mean", "in.zip", "--out", "out", "--roster", "sheet.csv", "--no-pages"]
    done = grader(*words, "--feedback", "moodle", bank=TEST_BANK)
    assert done.returncode == 2 and "add --moodle" in done.stderr
    more = ["--feedback", "moodle", "--feedback", "canvas", "--no-class-report"]
    done = grader(*words, "--moodle", "sheet.csv", *more, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert "canvas-feedback.zip has no pages of students whom" in done.stderr
    with zipfile.ZipFile(tmp_path / "out" / "moodle-feedback.zip") as found:
        (name,) = found.namelist()
        page = found.read(name).decode()
    assert name == "Ada Lovelace_11_assignsubmission_file_mean.html"
    assert "4 of 4 points" in page and "Ada Lovelace" in page
    assert 'href="../' not in page
