"""`grader batch` on the files of real systems: who gets which points, in the files that go back."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests._support.bank import Command, load
from tests._support.submissions import Files, archive, folder, zipped

KNOWN = load("dr-grpo")
RIGHT = KNOWN.accepted["loops"]
HOMEWORK = "title: HW\nproblems:\n  - {problem: dr-grpo, points: 15}\n"
LATE = HOMEWORK + "timezone: Europe/Berlin\ndue: 2026-11-30 23:59\nlate: {per_day: 10%}\n"
MOODLE = (
    'Identifier,"Full name","Email address",Status,Group,Grade,"Maximum Grade"\n'
    '"Participant 11","Ada Lovelace",a@x,,"Team A",,15.00\n'
    '"Participant 12","Konrad Zuse",k@x,,"Team B",,15.00\n'
    '"Participant 13","Emmy Noether",e@x,,"Team A",,15.00\n'
)
GERMAN = (
    '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung\n'
    'Teilnehmer/in21,"Erika Musterfrau",e@x,,,"15,00"\n'
    'Teilnehmer/in22,"Ayşe Yılmaz",a@x,,,"15,00"\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,HW (77)\n    Points Possible,,,,,15.00\n"
    '"Lovelace, Ada",101,,ada,A,\n"Noether, Emmy",103,,emmy,A,\n"Liskov, Barbara",109,,b,A,\n'
)
OWN = "id,name,email\nS1,Ada Lovelace,ada@example.org\nS2,Alan Turing,alan@example.org\n"
BY_PATTERN = r"(?P<student>\w+?)_attempt_(?P<timestamp>[0-9-]{19})_(?P<file>.+)"


class Case(NamedTuple):
    """A class, and the cells of one column of a file that `grader batch` writes."""

    files: Files
    cells: list[str]
    roster: str = ""
    options: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    homework: str = HOMEWORK
    column: tuple[str, str] = ("grades.csv", "total")


CASES = {
    "teams of Moodle": Case(
        {
            "Team A_12_assignsubmission_file/dr_grpo.py": RIGHT,
            "Team B_57_assignsubmission_file/dr_grpo.py": RIGHT
            + b"def compute_dr_grpo_objective(*a): pass\n",
        },
        ["15.00", "0.00", "15.00"],
        MOODLE,
        ("--moodle", "roster.csv"),
        column=("moodle.csv", "Grade"),
    ),
    "a German Moodle": Case(
        {"Erika Musterfrau_21_assignsubmission_file/dr_grpo.py": RIGHT},
        ["15,00", "0,00"],
        GERMAN,
        ("--moodle", "roster.csv", "--column", "Bewertung"),
        ("no submission from Ayşe Yılmaz",),
        column=("moodle.csv", "Bewertung"),
    ),
    "work that cannot be read": Case(
        {"lovelaceada_101_9001_dr_grpo.py.txt": RIGHT, "noetheremmy_103_9003_dr_grpo.rar": b"Rar!"},
        ["15.00", "15.00", "", "0.00"],
        CANVAS,
        ("--canvas", "roster.csv"),
        ("Noether, Emmy (103): handed in dr_grpo.rar, which cannot be read: the file is a RAR",),
        column=("canvas.csv", "HW (77)"),
    ),
    "flaws": Case(
        {"ada.zip": b"", "emmy.zip": zipped({"hw3.zip": b"PK"}), "alan.py": RIGHT},
        ["not graded", "15", "not graded"],
        notes=("ada: handed in ada.zip, which cannot be read", "emmy: handed in emmy.zip/hw3.zip"),
    ),
    "the starter beside the solution": Case(
        {"ada/dr_grpo.py": KNOWN.starter, "ada/mine.py": RIGHT, "emmy/a.py": KNOWN.starter}
        | {"emmy/b.py": RIGHT},
        ["15", "15"],
    ),
    "times in names of files, and an extension by e-mail address": Case(
        {
            "S1_attempt_2026-12-02-23-30-00_x.py": RIGHT,
            "S2_attempt_2026-12-01-10-05-12_x.py": RIGHT,
        },
        ["15", "13.5"],
        OWN,
        ("--pattern", BY_PATTERN),
        homework=LATE + 'extensions: {"ADA@example.org": 2026-12-02 23:59}\n',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_points_in_the_files_that_go_back(case: Case, grader: Command, tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(case.homework, "utf-8")
    (tmp_path / "roster.csv").write_text(case.roster, "utf-8")
    path = archive(tmp_path / "in.zip", case.files)
    out = tmp_path / "out"
    roster = ("--roster", str(tmp_path / "roster.csv")) if case.roster else ()
    options = [str(tmp_path / each) if each == "roster.csv" else each for each in case.options]
    done = grader("batch", tmp_path / "hw.yaml", path, "--out", out, *roster, *options)
    assert done.returncode == 0, done.stderr
    name, column = case.column
    with (out / name).open(newline="", encoding="utf-8-sig") as file:
        assert [row[column] for row in csv.DictReader(file)] == case.cells
    for note in case.notes:
        assert note in done.stderr


def test_an_extension_of_nobody_stops_before_anything_is_run(
    grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "hw.yaml").write_text(LATE + "extensions: {eve: 2026-12-02 23:59}\n")
    (tmp_path / "roster.csv").write_text(OWN)
    path = folder(tmp_path / "in", {"S1.py": RIGHT})
    done = grader(
        "batch",
        tmp_path / "hw.yaml",
        path,
        "--out",
        tmp_path / "out",
        "--roster",
        tmp_path / "roster.csv",
    )
    assert done.returncode == 2
    assert "an extension for eve, who is not in the class" in done.stderr
    assert not (tmp_path / "out").exists()


def test_work_that_cannot_be_read_is_a_state_of_its_own(grader: Command, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(OWN)
    path = folder(tmp_path / "in", {"S1.rar": b"Rar!"})
    words = ("batch", "dr-grpo", path, "--out", tmp_path / "out", "--roster")
    done = grader(*words, tmp_path / "roster.csv")
    assert done.returncode == 0, done.stderr
    students = json.loads((tmp_path / "out" / "grades.json").read_text("utf-8"))["students"]
    (part,) = students[0]["problems"]
    assert (part["state"], part["points"]) == ("unreadable", None)
    assert students[1]["total"] == 0
    report = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert "Ada Lovelace (S1): handed in S1.rar, which cannot be read" in report
    page = (tmp_path / "out" / "students" / "dr-grpo" / "S1.html").read_text("utf-8")
    assert "the file is a RAR archive; submit a .py file" in page
    done = grader(*words, tmp_path / "roster.csv", "--missing", "zero")
    students = json.loads((tmp_path / "out" / "grades.json").read_text("utf-8"))["students"]
    assert [each["total"] for each in students] == [0, 0]
