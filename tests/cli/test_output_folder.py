"""A class graded into a folder that is not empty: nothing is overwritten, lost or left stale."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.common import STORE
from grader.course.folder_lock import LOCK
from grader.course.output_folder import RECORD
from grader.submissions.files import OUTPUT, RECORDS, list_files
from tests._support.bank import PATIENCE_S, TEST_BANK, Command, patient_bank
from tests._support.submissions import folder, notebook, zipped
from tests._support.waiting import Gate
from tests.cli.test_batch_command import QUICKLY, batch, started

RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
WRONG = "def mean(values):\n    return sum(values)\n"
CANVAS = (
    "Student,ID,SIS Login ID,Section,The mean (77)\n"
    "    Points Possible,,,,4.00\n"
    '"Lovelace, Ada",101,ada,CS 1,\n'
    '"Turing, Alan",102,alan,CS 1,\n'
    '"Noether, Emmy",103,emmy,CS 1,\n'
)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a class of three, of whom one was late, and a gradebook of Canvas."""
    hand_in(tmp_path / "handed-in", ada=RIGHT, alan=WRONG)
    hand_in(tmp_path / "late", emmy=RIGHT + "# late\n")
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nalan,Alan\nemmy,Emmy\n")
    (tmp_path / "canvas-in.csv").write_text(CANVAS)
    return tmp_path


def hand_in(folder: Path, **sources: str) -> None:
    folder.mkdir(exist_ok=True)
    for student, source in sources.items():
        (folder / f"{student}.py").write_text(source)


def words(folder: str, *more: str) -> list[str]:
    return ["batch", "mean", folder, "--out", "out", "--roster", "class.csv", *QUICKLY, *more]


def totals(out: Path) -> dict[str, str]:
    with (out / "grades.csv").open(newline="") as file:
        return {row["id"]: row["total"] for row in csv.DictReader(file)}


def as_files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".csv"}


EVERYBODY = {"ada": "4", "alan": "1", "emmy": "4"}


TWO = "title: H\nproblems: [{problem: mean, points: 4}, {problem: again, points: 4}]\n"


# Submissions of another folder -------------------------------------------------------------------


def test_another_folder_is_refused_or_added(grader: Command, here: Path) -> None:
    grader(*words("handed-in", "--canvas", "canvas-in.csv"), bank=TEST_BANK)
    before = as_files(here / "out")
    done = grader(*words("late", "--canvas", "canvas-in.csv"), bank=TEST_BANK)
    assert done.returncode == 2
    assert "2 attempts from " in done.stderr and "handed-in that late does not" in done.stderr
    assert "ada (mean), alan (mean)" in done.stderr and "--add" in done.stderr
    assert as_files(here / "out") == before
    done = grader(*words("late", "--canvas", "canvas-in.csv", "--add"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert "3 of 3 attempts: 1 judged, 2 reused" in done.stderr
    assert totals(here / "out") == EVERYBODY
    assert '"Turing, Alan",102,alan,CS 1,1.00\n' in (here / "out" / "canvas.csv").read_text()


def test_each_of_several_folders_still_needs_the_others(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    grader(*words("late", "--add"), bank=TEST_BANK)
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert done.returncode == 2 and "1 attempt from " in done.stderr and "emmy" in done.stderr
    assert totals(here / "out") == EVERYBODY
    done = grader(*words("handed-in", "--add"), bank=TEST_BANK)
    assert done.returncode == 0 and totals(here / "out") == EVERYBODY
    (here / "late").rename(here / "gone")
    done = grader(*words("handed-in", "--add"), bank=TEST_BANK)
    assert done.returncode == 2 and "late, whose submissions" in done.stderr
    done = grader(*words("handed-in", "--replace"), bank=TEST_BANK)
    assert done.returncode == 0 and totals(here / "out") == EVERYBODY | {"emmy": "0"}


def test_order_of_folders_is_that_of_the_first_time(grader: Command, here: Path) -> None:
    hand_in(here / "late", alan=RIGHT)
    grader(*words("handed-in"), bank=TEST_BANK)
    grader(*words("late", "--add"), bank=TEST_BANK)
    assert totals(here / "out") == EVERYBODY | {"alan": "4"}
    done = grader(*words("handed-in", "--add"), bank=TEST_BANK)
    assert done.returncode == 0 and totals(here / "out") == EVERYBODY | {"alan": "4"}


def test_note_says_that_newer_files_in_an_old_folder_count_as_older(
    grader: Command, here: Path
) -> None:
    hand_in(here / "late", alan=WRONG + "# 2\n")
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert "in the order in which their folders" not in done.stderr
    grader(*words("late", "--add"), bank=TEST_BANK)
    hand_in(here / "handed-in", alan=RIGHT)
    done = grader(*words("handed-in", "--add"), bank=TEST_BANK)
    assert totals(here / "out") == EVERYBODY
    note = (
        "note: alan: not all times of submission are known, so the attempts count in the order in"
        f" which their folders were first given: handed-in, {here / 'late'}. If some"
        " files are newer, move them to a new folder and add it with --add\n"
    )
    assert note in done.stderr
    # Advice that is followed helps.
    hand_in(here / "handed-in", alan=WRONG)
    hand_in(here / "newer", alan=RIGHT)
    done = grader(*words("newer", "--add"), bank=TEST_BANK)
    assert "newer. If some" in done.stderr and totals(here / "out") == EVERYBODY | {"alan": "4"}


def test_a_folder_with_more_takes_the_place_of_one_with_less(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    hand_in(here / "downloaded-again", ada=RIGHT, alan=RIGHT, emmy=RIGHT)
    done = grader(*words("downloaded-again"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert totals(here / "out") == EVERYBODY | {"alan": "4"}


def test_same_file_in_two_folders_is_one_attempt(grader: Command, here: Path) -> None:
    hand_in(here / "copy", ada=RIGHT, alan=WRONG, emmy=RIGHT)
    grader(*words("handed-in"), bank=TEST_BANK)
    done = grader(*words("copy", "--add"), bank=TEST_BANK)
    assert "3 of 3 attempts" in done.stderr


def test_file_that_has_gone_from_the_same_folder_is_missed(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    (here / "handed-in" / "alan.py").unlink()
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert done.returncode == 2 and "alan (mean)" in done.stderr and "--add" not in done.stderr
    assert totals(here / "out")["alan"] == "1"


def test_another_problem_is_refused(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    before = as_files(here / "out")
    hand_in(here / "other", ada="def pair(n):\n    return n, n\n", alan="", emmy="")
    others = ["batch", "dr-grpo", "other", "--out", "out", *QUICKLY]
    done = grader(*others)
    assert done.returncode == 2 and "ada (mean), alan (mean)" in done.stderr
    assert as_files(here / "out") == before


@pytest.fixture
def two(here: Path) -> list[str]:
    """The words that grade two problems, to which ada has submitted a file each."""
    shutil.copytree(TEST_BANK, here / "bank")
    for kind in ("problems", "solutions"):
        shutil.copytree(here / "bank" / kind / "mean", here / "bank" / kind / "again")
    for path in (here / "bank").rglob("again/**/*"):
        if path.is_file():
            path.write_text(path.read_text().replace("mean", "again"))
    (here / "hw.yaml").write_text(TWO)
    hand_in(here / "in")
    hand_in(here / "in" / "ada", a=RIGHT, b=RIGHT.replace("mean", "again"))
    return ["batch", "hw.yaml", "in", "--out", "out", *QUICKLY, "--bank", str(here / "bank")]


def test_problem_that_was_removed_from_an_assignment_is_the_reason(
    two: list[str], grader: Command, here: Path
) -> None:
    done = grader(*two, bank=None)
    assert done.returncode == 0 and totals(here / "out") == {"ada": "8"}, done.stderr
    before = as_files(here / "out")
    (here / "hw.yaml").write_text(TWO.replace(", {problem: again, points: 4}", ""))
    done = grader(*two, bank=None)
    assert done.returncode == 2 and as_files(here / "out") == before
    assert "1 attempt at problems that are not graded now: ada (again). " in done.stderr
    assert "Grade again too" in done.stderr and "does not contain" not in done.stderr
    assert "--replace" not in done.stderr and "--add" not in done.stderr
    done = grader(*two, "--replace", bank=None)
    assert done.returncode == 0 and totals(here / "out") == {"ada": "4"}


def test_file_that_is_taken_for_other_work_is_the_reason(
    two: list[str], grader: Command, here: Path
) -> None:
    grader(*two, bank=None)
    before = as_files(here / "out")
    hand_in(here / "in" / "ada", b="def other(values):\n    return 0\n")
    done = grader(*two, bank=None)
    assert done.returncode == 2 and as_files(here / "out") == before, done.stderr
    assert "1 attempt whose files are still in in, but" in done.stderr
    assert "ada (again)" in done.stderr
    assert done.stderr.endswith(
        "another folder with --out; or add --replace to give these grades up\n"
    )
    done = grader(*two, "--replace", bank=None)
    assert done.returncode == 0 and totals(here / "out") == {"ada": "4"}


def test_another_layout_is_the_reason(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    before = as_files(here / "out")
    done = grader(*words("handed-in", "--layout", "moodle"), bank=TEST_BANK)
    assert done.returncode == 2 and as_files(here / "out") == before
    assert "2 attempts that are not found in handed-in any more: ada (mean)" in done.stderr
    assert "read with --layout auto before, and now with --layout moodle" in done.stderr
    assert done.stderr.endswith(
        "another folder with --out; or add --replace to give these grades up\n"
    )
    assert "--add" not in done.stderr
    done = grader(*words("handed-in", "--pattern", "(?P<student>x.*)"), bank=TEST_BANK)
    assert done.returncode == 2 and "now with --pattern '(?P<student>x.*)': c" in done.stderr


def test_another_layout_and_a_file_that_has_gone_name_the_way_out(
    grader: Command, here: Path
) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    (here / "handed-in" / "alan.py").unlink()
    other = words("handed-in", "--layout", "students")
    done = grader(*other, bank=TEST_BANK)
    assert done.returncode == 2 and "1 attempt that" in done.stderr and "--layout" in done.stderr
    assert done.stderr.index("correct the options") < done.stderr.index("add --replace")
    done = grader(*other, "--replace", bank=TEST_BANK)
    assert done.returncode == 0 and totals(here / "out") == {"ada": "4", "alan": "0", "emmy": "0"}


@pytest.mark.parametrize("layout", ["book", "moodle"])
def test_file_of_another_system_is_in_a_note(layout: str, grader: Command, here: Path) -> None:
    hand_in(here / "in")
    hand_in(here / "in" / "ada", x=RIGHT)
    hand_in(here / "in" / "ada" / "mean")
    hand_in(here / "in" / "ada" / "mean", **{"x": RIGHT, "2026-99-99T10-00-00_1": RIGHT})
    hand_in(here / "in", ada=RIGHT)
    done = grader(*words("in", "--layout", layout), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("not a file of a") == 4


def test_folder_from_which_it_is_run_makes_no_difference(grader: Command, here: Path) -> None:
    """The paths of the first grading lead from `at`, those of the second from above it."""
    (here / "at").mkdir()
    hand_in(here / "handed-in", emmy=WRONG + "# mine\n")
    (here / "handed-in").rename(here / "at" / "handed-in")
    first = ["batch", "mean", "handed-in", "--out", "../out", *QUICKLY, "--bank", str(TEST_BANK)]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *first],
        cwd=here / "at",
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    shown = grader("cluster", "out", "1", bank=None)
    assert shown.returncode == 0 and "hint: " in shown.stdout, shown.stderr
    (here / "class.csv").write_text("id,login\ns1,ada\ns2,alan\ns3,emmy\n")
    again = grader(*words("at/handed-in"), bank=TEST_BANK)
    assert again.returncode == 0, again.stderr
    assert totals(here / "out") == {"s1": "4", "s2": "1", "s3": "1"}


def test_output_folder_in_the_submissions_is_nobody(grader: Command, here: Path) -> None:
    grading = ["batch", "mean", "handed-in", "--out", "handed-in/out", "--canvas", "canvas-in.csv"]
    for report in ("junit:handed-in/out/all.xml", "github-summary:handed-in/out/summary.md"):
        grading += ["--report", report]
    assert grader(*grading, bank=TEST_BANK).returncode == 0
    before = as_files(here / "handed-in" / "out")
    shutil.copytree(here / "handed-in" / "out", here / "handed-in" / "out-before")
    done = grader(*grading, bank=TEST_BANK)
    assert done.returncode == 0 and "0 judged, 2 reused" in done.stderr
    assert as_files(here / "handed-in" / "out") == before
    assert totals(here / "handed-in" / "out") == {"ada": "4", "alan": "1"}
    assert "out" not in done.stderr.replace("without", "")


OF_A_STUDENT = {
    "a program": "mean.py",
    "a program in a folder": "src/mean.py",
    "a program deep in folders": "hw1/src/mean.ipynb.json",
    "an archive in a folder": "src/mean.zip",
}


@pytest.mark.parametrize("name", OF_A_STUDENT.values(), ids=OF_A_STUDENT)
def test_folder_of_a_student_with_a_program_is_never_left_out(
    name: str, grader: Command, here: Path
) -> None:
    hand_in(here / "in")
    for student in ("ada", "alan"):
        hand_in(here / "in" / student, mean=RIGHT)
    for each in (OUTPUT, *RECORDS, "grades.csv"):
        (here / "in" / "ada" / each).touch()
    work = here / "in" / "ada" / name
    (here / "in" / "ada" / "mean.py").unlink()
    work.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(".py"):
        work.write_text(RIGHT)
    elif name.endswith(".zip"):
        work.write_bytes(zipped({"mean.py": RIGHT.encode()}))
    else:
        work.write_bytes(notebook(RIGHT))
    done = grader(*words("in"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert totals(here / "out") == {**EVERYBODY, "alan": "4", "emmy": "0"}


# The files of a folder without any program, and whether it is nobody's.
WITHOUT_PROGRAMS: dict[str, tuple[tuple[str, ...], bool]] = {
    "output folder": ((OUTPUT, *RECORDS, "canvas-feedback.zip", "students/ada.html"), True),
    "hidden programs": ((OUTPUT, *RECORDS, ".git/a.py", "._a.py"), True),
    "refused before anything was written": ((OUTPUT, RECORDS[1]), True),
    "folder of a course": ((OUTPUT, RECORDS[0], "course.csv"), True),
    "beside a book": ((OUTPUT, "book.sqlite"), False),
    "no lock": ((*RECORDS, "a.txt"), False),
    "an archive that is not read": ((OUTPUT, *RECORDS, "src/a.rar"), False),
}


@pytest.mark.parametrize("names, is_left_out", WITHOUT_PROGRAMS.values(), ids=WITHOUT_PROGRAMS)
def test_folder_without_a_program_is_left_out_if_the_grader_wrote_to_it(
    names: tuple[str, ...], is_left_out: bool, tmp_path: Path
) -> None:
    files = {f"in/ada/{name}": b"" for name in names} | {"in/alan/mean.py": RIGHT.encode()}
    found = list_files(str(folder(tmp_path, files) / "in"))
    assert (not any(each.name.startswith("ada/") for each in found)) is is_left_out


def test_folders_of_submissions_and_output_know_each_other() -> None:
    assert OUTPUT == LOCK
    assert RECORDS == (RECORD, STORE)


@pytest.mark.parametrize("out, folder", [("in", "in"), ("out", "out/students/mean")])
def test_nothing_is_written_among_the_submissions(
    out: str, folder: str, grader: Command, here: Path
) -> None:
    (here / folder).mkdir(parents=True)
    hand_in(here / folder, ada=RIGHT)
    done = grader("batch", "mean", folder, "--out", out, *QUICKLY, bank=TEST_BANK)
    assert done.returncode == 2 and "would be taken for submissions" in done.stderr
    assert [path.name for path in here.rglob("ada*")].count("ada.py") == 2
    assert not (here / out / "grades.csv").exists()


def test_roster_that_changes_ids_loses_nobody(grader: Command, here: Path) -> None:
    grader("batch", "mean", "handed-in", "--out", "out", *QUICKLY, bank=TEST_BANK)
    (here / "class.csv").write_text("id,login\ns1,ada\ns2,alan\n")
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    assert totals(here / "out") == {"s1": "4", "s2": "1"}


def test_two_batches_at_a_time_are_refused(grader: Command, gate: Gate, tmp_path: Path) -> None:
    bank = patient_bank(tmp_path / "bank")
    folder, out = tmp_path / "in", tmp_path / "out"
    hand_in(folder, ada=f"{gate.wait}\n{RIGHT}")
    process = started(batch(folder, out), bank)
    gate.await_arrival(process)
    done = grader(*batch(folder, out), bank=bank)
    assert done.returncode == 2 and "another `grader batch` is writing to " in done.stderr
    gate.open()
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert totals(out) == {"ada": "4"}
    assert grader(*batch(folder, out), bank=bank).returncode == 0


# Files that were changed, or are stale -----------------------------------------------------------


def test_gradebook_changed_by_hand_is_kept(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    path = here / "out" / "grades.csv"
    changed = path.read_text().replace('"alan","Alan",1', '"alan","Alan",1.5')
    path.write_text(changed)
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert done.returncode == 2 and path.read_text() == changed
    assert f"{Path('out') / 'grades.csv'} was changed since" in done.stderr
    assert "`adjust`" in done.stderr and "judged" not in done.stderr
    done = grader(*words("handed-in", "--overwrite"), bank=TEST_BANK)
    assert done.returncode == 0 and "it is kept as grades.changed-1.csv" in done.stderr
    assert (here / "out" / "grades.changed-1.csv").read_text() == changed
    assert path.read_text() != changed


CHANGED = {
    "page": "students/mean/alan.html",
    "class report": "class.html",
    "cases": "cases.csv",
    "file of Canvas": "canvas.csv",
}


@pytest.mark.parametrize("name", CHANGED.values(), ids=CHANGED)
def test_every_file_is_protected(name: str, grader: Command, here: Path) -> None:
    all_files = ["batch", "mean", "handed-in", "--out", "out", "--roster", "class.csv"]
    all_files += ["--canvas", "canvas-in.csv"]
    assert grader(*all_files, bank=TEST_BANK).returncode == 0
    path = here / "out" / name
    path.write_bytes(path.read_bytes() + b"by hand\n")
    done = grader(*all_files, bank=TEST_BANK)
    assert done.returncode == 2 and name in done.stderr
    assert path.read_bytes().endswith(b"by hand\n")


def test_reports_are_protected_like_other_files(grader: Command, here: Path) -> None:
    reports = ["--report", "json:out/{problem}/{student}.json", "--report", "junit:out/all.xml"]
    assert grader(*words("handed-in", *reports), bank=TEST_BANK).returncode == 0
    assert grader(*words("handed-in", *reports), bank=TEST_BANK).returncode == 0
    for name in ("mean/ada.json", "all.xml"):
        path = here / "out" / name
        path.write_bytes(path.read_bytes() + b"by hand\n")
    done = grader(*words("handed-in", *reports), bank=TEST_BANK)
    assert done.returncode == 2 and "judged" not in done.stderr
    assert "out/mean/ada.json, out/all.xml were changed" in done.stderr.replace("\\", "/")
    assert (here / "out" / "all.xml").read_bytes().endswith(b"by hand\n")
    done = grader(*words("handed-in", *reports, "--overwrite"), bank=TEST_BANK)
    assert done.returncode == 0 and "kept as ada.changed-1.json" in done.stderr
    changed = here / "out" / "mean" / "ada.changed-1.json"
    assert changed.read_bytes().endswith(b"}\nby hand\n")


def test_report_of_a_student_keeps_its_name_when_others_submit(grader: Command, here: Path) -> None:
    (here / "class.csv").write_text("id,name\nada,Ada\nAda,Other\nalan,Alan\n")
    report = ["--report", "json:out/{problem}/{student}.json"]
    hand_in(here / "in", ada=RIGHT, alan=RIGHT)
    found = []
    for others in ({}, {"Other": WRONG}):  # a file of another name than ada.py on any disk
        hand_in(here / "in", **others)
        done = grader(*words("in", *report), bank=TEST_BANK)
        assert done.returncode == 0 and "removed" not in done.stderr, done.stderr
        found.append({path.name for path in (here / "out" / "mean").iterdir()})
    assert found[0] < found[1] and len(found[1]) == 3 and "ada.json" not in found[0]


REPLACED = {
    "gradebook": ("junit:out/grades.csv", "a file of the grader"),
    "gradebook in another case": ("junit:out/Grades.CSV", "a file of the grader"),
    "gradebook by another path": ("junit:late/../out/./grades.json", "a file of the grader"),
    "page": ("html:out/students/mean/{student}.html", "a file of the grader"),
    "filled-in file": ("junit:out/canvas.csv", "a file of the grader"),
    "store": ("junit:out/store.sqlite", "a file of the grader"),
    "journal of the store": ("junit:out/store.sqlite-wal", "a file of the grader"),
    "record": ("junit:out/.grader-files.jsonl", "a file of the grader"),
    "lock": ("junit:out/.grader.lock", "a file of the grader"),
    "another report": ("junit:out/../ada.xml", "another report"),
    "roster": ("junit:class.csv", "which this command reads"),
    "downloaded file": ("junit:./canvas-in.csv", "which this command reads"),
    "assignment": ("junit:hw.yaml", "which this command reads"),
    "course": ("junit:course.yaml", "which this command reads"),
    "assignment of the same course": ("junit:hw2.yaml", "which this command reads"),
    "grades of the same course": ("junit:hw2/grades.json", "which this command reads"),
    "problem": ("junit:bank/problems/mean/spec.md", "which this command reads"),
    "reference": ("junit:bank/solutions/mean/reference.py", "which this command reads"),
    "submission": ("html:handed-in/{student}.py", "which this command reads"),
    "new file in submissions in the folder": (
        "junit:out/in/all.xml",
        "would be taken for a submission",
    ),
    "program in submissions around the folder": (
        "html:in/out/{student}.py",
        "choose another ending",
    ),
    "archive in submissions around the folder": ("junit:in/out/all.zip", "choose another ending"),
    "new file in the submissions": ("junit:handed-in/all.xml", "would be taken for a submission"),
}


@pytest.mark.parametrize("report, message", REPLACED.values(), ids=REPLACED)
def test_reports_replace_nothing_else(
    report: str, message: str, grader: Command, here: Path
) -> None:
    shutil.copytree(TEST_BANK, here / "bank")
    (here / "course.yaml").write_text(
        "title: A\nassignments:\n"
        "  - {assignment: hw.yaml, graded: out}\n  - {assignment: hw2.yaml, graded: hw2}\n"
    )
    for name in ("hw.yaml", "hw2.yaml"):
        (here / name).write_text(
            "title: The mean\ncourse: course.yaml\nproblems: [{problem: mean, points: 4}]\n"
        )
    (here / "hw2").mkdir()
    (here / "hw2" / "grades.json").write_text("{}")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    folder, out = "handed-in", "out"
    if "out/in" in report:
        folder = "out/in"
    elif "in/out" in report:
        folder, out = "in", "in/out"
    hand_in(here / "out")
    for each in (here / "out" / "in", here / "in"):
        hand_in(each, ada=RIGHT)
    all_files = ["batch", "hw.yaml", folder, "--out", out, "--roster", "class.csv"]
    all_files += ["--canvas", "canvas-in.csv", "--column", "The mean (77)"]
    reports = ["--report", "json:{student}.xml", "--report", report]
    done = grader(*all_files, *reports, bank=here / "bank")
    assert done.returncode == 2 and message in done.stderr
    assert "judged" not in done.stderr and not (here / out / "grades.csv").exists()
    assert {path: path.read_bytes() for path in before} == before


def test_archive_of_submissions_is_not_replaced(grader: Command, here: Path) -> None:
    archive = shutil.make_archive(str(here / "class"), "zip", here / "handed-in")
    before = Path(archive).read_bytes()
    done = grader(*words("class.zip", "--report", "junit:class.zip"), bank=TEST_BANK)
    assert done.returncode == 2 and "which this command reads" in done.stderr
    assert Path(archive).read_bytes() == before


def test_files_of_others_are_not_overwritten(grader: Command, here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "grades.csv").write_text("mine\n")
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert done.returncode == 2 and "not written by it" in done.stderr
    assert (here / "out" / "grades.csv").read_text() == "mine\n"


def test_file_that_was_saved_without_a_change_is_written_again(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    path = here / "out" / "grades.csv"
    path.write_bytes(path.read_bytes())
    assert grader(*words("handed-in"), bank=TEST_BANK).returncode == 0


def test_folder_of_an_older_version_is_taken_over(grader: Command, here: Path) -> None:
    grader(*words("handed-in"), bank=TEST_BANK)
    (here / "out" / ".grader-files.jsonl").unlink()
    done = grader(*words("handed-in"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr


def test_stale_files_are_removed_unless_they_were_changed(grader: Command, here: Path) -> None:
    out = here / "out"
    everything = ["batch", "mean", "handed-in", "--out", "out", "--canvas", "canvas-in.csv"]
    grader(*everything, "--report", "junit:out/junit.xml", bank=TEST_BANK)
    (out / "class.html").write_text("my remarks")
    (here / "handed-in" / "alan.py").unlink()
    done = grader(
        "batch", "mean", "handed-in", "--out", "out", "--replace", *QUICKLY[1:], bank=TEST_BANK
    )
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(out).as_posix() for path in out.rglob("*.*")}
    assert names == {
        *("grades.csv", "cases.csv", "grades.json", "store.sqlite", "class.html"),
        *("students/ada.html", "students/mean/ada.html", ".grader.lock", ".grader-files.jsonl"),
    }
    gone = "canvas.csv, junit.xml, students/alan.html, students/mean/alan.html"
    assert gone in done.stderr
    kept = "class.html is from an earlier command and was changed by hand; it is kept"
    assert kept in done.stderr


def test_interrupted_grading_removes_nothing_and_looks_unchanged(
    grader: Command, here: Path
) -> None:
    grader(*words("handed-in", "--canvas", "canvas-in.csv"), bank=TEST_BANK)
    record = here / "out" / ".grader-files.jsonl"
    with record.open("a") as file:
        file.write('{"file": "grades.csv", "sha256": "of a file that was never mo')
    done = grader(*words("handed-in", "--canvas", "canvas-in.csv"), bank=TEST_BANK)
    assert done.returncode == 0, done.stderr


# Downloaded files --------------------------------------------------------------------------------


def put(here: Path, name: str, content: bytes) -> None:
    (here / name).write_bytes(content)


BAD: dict[str, tuple[bytes | None, list[str], str]] = {
    "another encoding": (CANVAS.replace("Alan", "Älan").encode("cp1252"), [], "not UTF-8 (line 4)"),
    "UTF-16": (CANVAS.encode("utf-16"), [], "is UTF-16 text"),
    "a workbook": (b"PK\x03\x04", [], "is an Excel workbook"),
    "no file": (None, [], "cannot be read: No such file"),
    "another column": (CANVAS.encode(), ["--column", "The maen"], "did you mean 'The mean (77)'?"),
    "a column of sums": (
        CANVAS.replace("The mean (77)", "Final Score").encode(),
        ["--column", "Final Score"],
        "Canvas computes the column",
    ),
    "other headers": (b"Name,Points\nAda,\n", [], "not a gradebook of Canvas"),
    "nothing": (b"", [], "the file is empty"),
    "a read-only column": (CANVAS.replace("4.00", "(read only)").encode(), [], "is read-only"),
}


@pytest.mark.parametrize("content, more, message", BAD.values(), ids=BAD)
def test_downloaded_files_are_checked_before_anything_is_run(
    content: bytes | None, more: list[str], message: str, grader: Command, here: Path
) -> None:
    (here / "canvas-in.csv").unlink()
    if content is not None:
        put(here, "canvas-in.csv", content)
    done = grader(*words("handed-in", "--canvas", "canvas-in.csv", *more), bank=TEST_BANK)
    assert done.returncode == 2 and "canvas-in.csv" in done.stderr and message in done.stderr
    assert "judged" not in done.stderr and not (here / "out").exists()


def test_downloaded_file_is_never_overwritten(grader: Command, here: Path) -> None:
    (here / "out").mkdir()
    put(here, "out/canvas.csv", CANVAS.encode())
    done = grader(*words("handed-in", "--canvas", "out/canvas.csv"), bank=TEST_BANK)
    assert done.returncode == 2 and "would be overwritten by the filled-in file" in done.stderr
    assert (here / "out" / "canvas.csv").read_text() == CANVAS


def test_grades_that_differ_from_those_in_the_file_are_listed(grader: Command, here: Path) -> None:
    filled = CANVAS.replace("ada,CS 1,", "ada,CS 1,4").replace("alan,CS 1,", "alan,CS 1,1.5")
    put(here, "canvas-in.csv", filled.encode())
    done = grader(*words("handed-in", "--canvas", "canvas-in.csv"), bank=TEST_BANK)
    assert "note: canvas.csv: row 4 (Turing, Alan): Alan (alan) had 1.5, now 1.00\n" in done.stderr
    assert "had 4" not in done.stderr
