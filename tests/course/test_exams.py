"""An exam of an assignment file is graded by every command as the practice page treats it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from grader.course.assignment import load_assignment
from grader.course.exam_fields import ExtraTime
from grader.course.exam_sections import excuse_other_sections
from grader.errors import SpecError
from grader.model.assignment import Assignment, Cutoff
from grader.model.practice import AtDue, Feedback, Results
from grader.submissions.roster import read_roster
from tests._support.bank import TEST_BANK, Command
from tests._support.gradebooks import FULL, make
from tests.cli.test_batch_command import QUICKLY
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in, totals
from tests.course.test_student_pages import words as words_of

HEAD = "title: E\ntimezone: Europe/Berlin\nproblems: [{problem: p, points: 10}]\n"
EXAM = (
    "exam:\n  from: 2026-12-14 10:00\n  until: 2026-12-14 11:30\n"
    "  extra_time: {s1: 25%, s2: 15 min, Ann: 1 h}\n"
)
END = datetime(2026, 12, 14, 10, 30, tzinfo=UTC)


def load(tmp_path: Path, text: str) -> Assignment:
    path = tmp_path / "exam.yaml"
    path.write_text(HEAD + text, "utf-8")
    return load_assignment(str(path))


def test_exam_is_an_assignment_with_an_end(tmp_path: Path) -> None:
    found = load(tmp_path, EXAM)
    assert found.exam is not None
    assert (found.opens, found.due) == (END - timedelta(minutes=90), END)
    assert found.late.until == Cutoff(minutes=0)
    assert (found.exam.hints, found.exam.results, found.exam.sections) == (
        False,
        Results.WITHHELD,
        (),
    )
    extra = {"s1": 23, "s2": 15, "Ann": 60}  # 25 % of 90 min are 22.5, rounded up
    assert found.extensions == {
        who: END + timedelta(minutes=minutes) for who, minutes in extra.items()
    }


def test_nothing_counts_after_the_end_and_extra_time(tmp_path: Path) -> None:
    found = load(tmp_path, EXAM)
    times = {"x": timedelta(0), "y": timedelta(seconds=1), "s2": timedelta(minutes=15)}
    book = make(found, [(who, "p", [(END + late, FULL)]) for who, late in times.items()])
    assert {row.student.id: row.total for row in book.rows} == {"x": 10, "y": 0, "s2": 10}
    book = make(found, [("s2", "p", [(END + timedelta(minutes=15, seconds=1), FULL)])])
    assert book.rows[0].total == 0


def test_grace_of_an_exam_is_until_nothing_counts(tmp_path: Path) -> None:
    found = load(tmp_path, EXAM + "late: {grace: 2 min}\n")
    for seconds, points in ((120, 10), (121, 0)):
        book = make(found, [("x", "p", [(END + timedelta(seconds=seconds), FULL)])])
        assert book.rows[0].total == points


def test_late_penalty_of_an_exam_applies_until_its_cutoff(tmp_path: Path) -> None:
    late = "late: {grace: 2 min, per_day: 10%, until: 30 min}\n"
    found = load(tmp_path, EXAM + late)
    for minutes, points in ((2, 10), (3, 9), (30, 9), (31, 0)):
        book = make(found, [("x", "p", [(END + timedelta(minutes=minutes), FULL)])])
        assert book.rows[0].total == points


def test_exam_over_a_change_of_clocks_has_the_time_that_passes(tmp_path: Path) -> None:
    """From 01:30 to 03:30 on 29 March 2026 it is one hour."""
    text = EXAM.replace("2026-12-14 10:00", "2026-03-29 01:30")
    found = load(tmp_path, text.replace("2026-12-14 11:30", "2026-03-29 03:30"))
    assert found.due is not None
    assert found.extensions["s1"] - found.due == timedelta(minutes=15)


def test_extra_time_is_rounded_up_to_minutes() -> None:
    hour = timedelta(hours=1)
    assert ExtraTime(share=Fraction(1, 3)).of(hour) == timedelta(minutes=20)
    assert ExtraTime(share=Fraction(1, 100)).of(hour) == timedelta(minutes=1)


def test_keys_of_the_practice_page(tmp_path: Path) -> None:
    plain = load(tmp_path, "")
    assert (plain.opens, plain.at_due, plain.feedback) == (None, AtDue.OFFER, Feedback.CASES)
    text = "due: 2026-12-01 23:59\nopens: 2026-11-20 08:00\nat_due: submit\n"
    found = load(tmp_path, text + "feedback: all after due\n")
    assert found.opens == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert (found.at_due, found.feedback) == (AtDue.SUBMIT, Feedback.ALL)


def test_nobody_in_two_sections_is_excused_from_the_exam_of_one(tmp_path: Path) -> None:
    """Canvas writes both sections of a student into one cell."""
    roster = tmp_path / "canvas.csv"
    students = {"ada": "Lab 1", "ben": "Lab 1 and Lecture", "cy": "Lab 2", "dia": "Lab 2, Lab 10"}
    rows = [f'"Doe, {id}",{id},"{section}"' for id, section in students.items()]
    roster.write_text("\n".join(["Student,ID,Section", *rows]))
    for sections, excused in (("Lab 1", {"cy", "dia"}), ("Lecture", {"ada", "cy", "dia"})):
        exam = load(tmp_path, EXAM + f"  sections: [{sections}]\n")
        found = excuse_other_sections(exam, read_roster(str(roster)))
        assert found.excused.keys() == found.in_other_sections == excused


SECTIONS = {"ada": "A", "ben": "B", "cy": "A", "dia": "B"}


def section_exam(tmp_path: Path, text: str = "") -> None:
    """Write an exam of section A, its roster, and what Ada and Ben handed in; Ben is in B."""
    (tmp_path / "exam.yaml").write_text(
        HEAD.replace("problem: p", "problem: mean")
        + EXAM.split("  extra_time")[0]
        + "  sections: [A]\n"
        + text
    )
    rows = [f"{id},{id.title()},{section}" for id, section in SECTIONS.items()]
    (tmp_path / "class.csv").write_text("\n".join(["id,name,section", *rows]))
    hand_in(tmp_path / "in", ada=RIGHT, ben=WRONG)


GRADE = ["batch", "exam.yaml", "in", "--out", "out", "--roster", "class.csv", *QUICKLY]
GRADE += ["--as-of", "2026-12-15 12:00"]


def test_students_of_other_sections_are_excused_in_every_file(
    grader: Command, tmp_path: Path
) -> None:
    section_exam(tmp_path)
    done = grader(*(word for word in GRADE if word != "--no-class-report"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert totals(tmp_path / "out") == {"ada": "10", "ben": "excused", "cy": "0", "dia": "excused"}
    assert [line for line in done.stderr.splitlines() if "no submission" in line] == [
        "note: no submission from Cy"
    ]
    page = words_of(tmp_path / "out" / "class.html")
    assert "Graded1 Not graded0 Mean10 of 10 Median10 of 10" in page
    assert "The mean 1 100 % 10 10 10 1.00" in page  # of one submission, without Ben's


WHO = {"by id": "ben", "by name": "Ben"}


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_score_by_hand_for_a_student_of_another_section_is_refused(
    who: str, grader: Command, tmp_path: Path
) -> None:
    section_exam(tmp_path, f"adjust: {{{who}: {{mean: 7, why: with section A}}}}\n")
    done = grader(*GRADE, bank=TEST_BANK)
    assert done.returncode == 2
    assert (
        f"exam.yaml:8:10: a score by hand for {who} in mean, but {who} is in no section that takes"
        " the exam: A; correct the assignment or the roster"
    ) in done.stderr
    roster = tmp_path / "class.csv"
    roster.write_text(roster.read_text().replace("Ben,B", "Ben,B and A"))
    assert grader(*GRADE, bank=TEST_BANK).returncode == 0
    assert totals(tmp_path / "out")["ben"] == "7"


def test_excuse_and_score_by_hand_in_an_exam_of_a_section(grader: Command, tmp_path: Path) -> None:
    text = "adjust: {Ada: {mean: 7, why: oral}}\nexcused: {ada: all}\n"
    section_exam(tmp_path, text)
    done = grader(*GRADE, bank=TEST_BANK)
    assert done.returncode == 2
    assert (
        "exam.yaml:9:11: both an excuse and a score by hand for ada in mean; correct the"
        " assignment or the roster"
    ) in done.stderr


REFUSED = {
    "a due date": (EXAM + "due: 2026-12-14 11:30\n", "8:6: an exam has no `due`"),
    "an opening": (EXAM + "opens: 2026-12-14 11:30\n", "8:8: an exam has no `opens`"),
    "an end before the beginning": (
        EXAM.replace("11:30", "09:30"),
        "6:10: the exam ends before it begins",
    ),
    "no end": (EXAM.replace("  until: 2026-12-14 11:30\n", ""), "an exam needs the key 'until'"),
    "extra time and an extension": (
        EXAM + "extensions: {s1: 2026-12-15 11:30}\n",
        "7:16: both extra time and an extension for 's1'",
    ),
    "a late penalty that never applies": (
        EXAM + "late: {grace: 2 min, per_day: 10%, most: 50%}\n",
        "8:31: late work in an exam does not count, so this penalty never applies; add a cut-off",
    ),
    "no extra time": (EXAM.replace("15 min", "0 min"), "'0 min' adds no time"),
    "extra time in words": (EXAM.replace("25%", "some"), "expected extra time, like 25%"),
    "other results": (EXAM + "  results: hidden\n", "8:12: 'hidden' is not known"),
    "a due date of a problem": (
        "",
        "all problems of an exam are due at its end",
    ),
    "an opening after the due date": (
        "due: 2026-12-01 23:59\nopens: 2026-12-02 08:00\n",
        "5:8: it opens after the due date 2026-12-01 23:59",
    ),
    "another policy at the due date": ("at_due: ask\n", "'ask' is not known"),
    "another feedback": ("feedback: hints\n", "'hints' is not known"),
}


@pytest.mark.parametrize("text, message", REFUSED.values(), ids=REFUSED)
def test_contradictions_are_reported(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "exam.yaml"
    head = HEAD
    if not text:
        head, text = HEAD.replace("10}", "10, due: 2026-12-14 11:00}"), EXAM
    path.write_text(head + text, "utf-8")
    with pytest.raises(SpecError) as error:
        load_assignment(str(path))
    assert message in str(error.value)
