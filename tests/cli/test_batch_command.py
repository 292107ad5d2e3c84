"""`grader batch` as an instructor uses it: a class is graded, interrupted, killed, graded again."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests._support.bank import PATIENCE_S, ROOT, TEST_BANK, Command, load, patient_bank
from tests._support.waiting import Gate, until
from tests.sandbox.test_tiers import grade, without_landlock

PROBLEM = "dr-grpo"
QUICKLY = ("--no-pages", "--no-class-report")
EXPORTS = ("grades.csv", "cases.csv", "grades.json")
KNOWN = load(PROBLEM)
WRONG = {each.slug: each.source for each in KNOWN.misconceptions}
SOURCES = {
    "ann": KNOWN.accepted["loops"],
    "bob": WRONG["no-clip"],
    "Çem Öz": WRONG["no-clip"] + b"# mine\n",
    "=dot": b"",
    "eve": b"import os\nos._exit(1)\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    for student, source in SOURCES.items():
        (made / f"{student}.py").write_bytes(source)
    return made


def exports(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in EXPORTS}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_bank_without_solutions_is_named(grader: Command, tmp_path: Path) -> None:
    shutil.copytree(TEST_BANK / "problems" / "mean", tmp_path / "problems" / "mean")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.py").write_bytes(b"")
    done = grader("batch", "mean", "in", "--out", "out", *QUICKLY, bank=None)
    assert done.returncode == 0, done.stderr
    begin = "note: the bank problems has no solutions of mean: only public cases are judged"
    assert done.stderr.startswith(begin) and "with --bank" in done.stderr


def test_class_is_graded(grader: Command, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = grader("batch", PROBLEM, folder, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("5 of 5 attempts: 5 judged, 0 reused\n")
    rows = {row["id"]: row for row in table(out / "grades.csv")}
    totals = {student: row["total"] for student, row in rows.items()}
    assert totals == {"ann": "15", "bob": totals["bob"], "Çem Öz": totals["bob"]} | {
        "'=dot": "0",
        "eve": "0",
    }
    assert 0 < int(totals["bob"]) < 15
    cases = table(out / "cases.csv")
    assert len(cases) == 5 * len(KNOWN.cases)
    assert sum(float(row["points"]) for row in cases) == sum(map(float, totals.values()))
    document = json.loads((out / "grades.json").read_text("utf-8"))
    assert document["format"] == 3
    pages = sorted(path.name for path in (out / "students" / PROBLEM).iterdir())
    assert pages == ["%3Ddot.html", "%C3%87em %C3%96z.html", "ann.html", "bob.html", "eve.html"]
    page = (out / "students" / PROBLEM / "bob.html").read_text("utf-8")
    assert "Does epsilon change your result at all?" in page
    assert str(tmp_path) not in page.replace("<wbr>", "")
    assert "bob.py" in page
    hidden = [case for case in KNOWN.cases if case.hidden]
    assert hidden[0].name in page and "log_probs_new=[[-2.5, -2.1, -1.3]" not in page


@pytest.mark.parametrize("counts, total", [("last", "15"), ("best", "15"), ("first", "0")])
def test_fifty_attempts_are_judged_or_all_if_the_best_counts(
    counts: str, total: str, grader: Command, tmp_path: Path
) -> None:
    for number in range(1, 54):
        at = tmp_path / "in" / "eve" / f"attempt{number}"
        at.mkdir(parents=True)
        source = SOURCES["ann"] if number == 53 else SOURCES["=dot"] + b"pass\n"
        (at / "x.py").write_bytes(source)
    out = tmp_path / "out"
    done = grader("batch", PROBLEM, tmp_path / "in", "--out", out, "--attempts", counts, *QUICKLY)
    assert done.returncode == 0, done.stderr
    judged = 53 if counts == "best" else 50
    assert f"{judged} of {judged} attempts: " in done.stderr
    which = {
        "first": "attempts 51 to 53 are not judged: only the first",
        "last": "attempts 1 to 3 are not judged: only the latest",
        "best": "all 53 attempts are judged",
    }
    assert f"note: eve: {PROBLEM}: {which[counts]}" in done.stderr
    (row,) = table(out / "grades.csv")
    assert row["total"] == total
    assert ("are not judged: only the" in row["notes"]) == (counts != "best")


def test_pages_never_show_where_the_instructor_keeps_files(grader: Command, tmp_path: Path) -> None:
    class_archive = tmp_path / "class.zip"
    with zipfile.ZipFile(class_archive, "w") as archive:
        archive.writestr("ann.py", SOURCES["ann"])
        archive.writestr("big.py", b"#" * (2 << 20))
        archive.writestr("broken.zip", b"PK")
        archive.writestr("nobody/none/", b"")
        archive.writestr("notes.ipynb", b"{")
    out = tmp_path / "out"
    done = grader("batch", PROBLEM, class_archive, "--out", out, "--no-class-report")
    assert done.returncode == 0, done.stderr
    pages = {
        path.stem: path.read_text("utf-8").replace("<wbr>", "")
        for path in (out / "students" / PROBLEM).iterdir()
    }
    assert sorted(pages) == ["ann", "big", "broken", "nobody", "notes"]
    for page in pages.values():
        assert str(tmp_path) not in page and "class.zip" not in page
    assert "ann.py" in pages["ann"]
    assert "larger than 1 MiB" in pages["big"]


def test_same_command_runs_nothing_and_writes_the_same(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    grader("batch", PROBLEM, folder, "--out", out)
    first = exports(out)
    done = grader("batch", PROBLEM, folder, "--out", out, "--workers", "1")
    assert done.stderr.startswith("5 of 5 attempts: 0 judged, 5 reused\n")
    assert exports(out) == first
    other = tmp_path / "other"
    grader("batch", PROBLEM, folder, "--out", other, "--workers", "3", *QUICKLY)
    assert exports(other) == first and not (other / "students").exists()


def test_diff_shows_changed_scores(grader: Command, folder: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    grader("batch", PROBLEM, folder, "--out", old, *QUICKLY)
    (folder / "bob.py").write_bytes(SOURCES["ann"])
    (folder / "eve.py").unlink()
    grader("batch", PROBLEM, folder, "--out", new, *QUICKLY)
    done = grader("diff", old, new, bank=None)
    assert done.returncode == 1 and done.stderr == ""
    assert "dr-grpo  eve  0 -> none\n    the attempt no longer exists\n" in done.stdout
    assert "-> 15\n    another file was submitted\n    case " in done.stdout
    assert done.stdout.endswith("changed scores: 2\n")
    done = grader("diff", new, new, bank=None)
    assert (done.returncode, done.stdout) == (0, "changed scores: 0\n")


def test_new_tolerance_is_applied_to_stored_runs(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    bank, out, fresh = (tmp_path / name for name in ("bank", "out", "fresh"))
    for part in ("problems", "solutions"):
        shutil.copytree(ROOT / part / PROBLEM, bank / part / PROBLEM)
    grader("batch", PROBLEM, folder, "--out", out, *QUICKLY, bank=bank)
    before = exports(out)
    spec = bank / "problems" / PROBLEM / "spec.md"
    text = spec.read_text("utf-8")
    assert "rtol: 1e-4" in text
    spec.write_text(text.replace("rtol: 1e-4", "rtol: 10"), "utf-8")
    done = grader("batch", PROBLEM, folder, "--out", out, *QUICKLY, "--rejudge", bank=bank)
    assert done.stderr.startswith(
        "5 of 5 attempts: 0 judged, 5 rejudged from stored runs, 0 reused"
    )
    assert exports(out) != before
    grader("batch", PROBLEM, folder, "--out", fresh, *QUICKLY, bank=bank)
    assert exports(out) == exports(fresh)


def test_assignment_has_one_gradebook(grader: Command, tmp_path: Path) -> None:
    students = tmp_path / "in"
    grpo = load("grpo")
    for student in ("ann", "bob"):
        (students / student).mkdir(parents=True)
        (students / student / "first.py").write_bytes(SOURCES["ann"])
    (students / "ann" / "second.py").write_bytes(grpo.accepted["loops"])
    homework, roster = tmp_path / "homework.yaml", tmp_path / "class.csv"
    homework.write_text(
        "title: Homework\nproblems:\n  - {problem: dr-grpo, points: 10}\n"
        "  - {problem: grpo, points: 5}\n"
    )
    roster.write_text("id,name\nann,Ann A\nbob,Bob B\nzoe,Zoe Z\n")
    out = tmp_path / "out"
    done = grader("batch", homework, students, "--out", out, "--roster", roster, *QUICKLY)
    assert done.returncode == 0, done.stderr
    assert "note: no submission from Zoe Z\n" in done.stderr
    totals = {row["name"]: row["total"] for row in table(out / "grades.csv")}
    assert totals == {"Ann A": "15", "Bob B": "10", "Zoe Z": "0"}


def test_clusters_are_listed_and_one_becomes_a_template(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    grader("batch", PROBLEM, folder, "--out", out, *QUICKLY)
    done = grader("cluster", out, bank=None)
    assert done.returncode == 0
    assert "2 students: bob, Çem Öz  wrong answer  no-clip\n" in done.stdout
    number = next(line.split()[0] for line in done.stdout.splitlines() if "bob" in line)
    done = grader("cluster", out, number, bank=None)
    assert "  - slug: cluster-" in done.stdout and "hint: " in done.stdout
    assert WRONG["no-clip"].decode().rstrip() in done.stdout
    (folder / "bob.py").write_bytes(SOURCES["ann"])
    done = grader("cluster", out, number, bank=None)
    assert done.returncode == 2 and "bob.py has changed since it was graded" in done.stderr
    (folder / "bob.py").unlink()
    done = grader("cluster", out, number, bank=None)
    assert done.returncode == 2 and "there is no file bob.py" in done.stderr
    assert "has changed" not in done.stderr
    done = grader("cluster", out, "99", bank=None)
    assert done.returncode == 2 and "there is no cluster 99: grader cluster" in done.stderr


# Ada and Bob are wrong at first, Cy and Dee in their last attempt. What is said of an assignment,
# which attempt counts, and who is listed.
COUNTED = {
    "the first": ("", "first", "ada, bob"),
    "the last": ("", "last", "cy, dee"),
    "the best": ("", "best", None),
    "not that of somebody who is excused": ("excused: {cy: all}\n", "last", None),
}


@pytest.mark.parametrize("text, attempts, listed", COUNTED.values(), ids=COUNTED)
def test_clusters_are_of_the_attempts_that_count(
    text: str, attempts: str, listed: str | None, grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "hw.yaml").write_text(
        "title: H\nproblems: [{problem: mean, points: 4}]\n" + text, "utf-8"
    )
    right = "def mean(values):\n    return sum(values) / len(values)\n"
    wrong = "def mean(values):\n    return sum(values)\n"
    (tmp_path / "in").mkdir()
    for student in ("ada", "bob", "cy", "dee"):
        first, last = (wrong, right) if student in ("ada", "bob") else (right, wrong)
        (tmp_path / "in" / f"{student}_attempt1.py").write_text(first)
        (tmp_path / "in" / f"{student}_attempt2.py").write_text(last)
    words = ["batch", "hw.yaml", "in", "--out", "out", "--attempts", attempts, "--no-pages"]
    done = grader(*words, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    shown = grader("cluster", "out", bank=None).stdout
    report = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert ("No two wrong submissions have the same answers." in report) is (listed is None)
    assert shown == (f"  1  mean     2 students: {listed}  wrong answer  sum\n" if listed else "")
    template = grader("cluster", "out", "1", bank=None)
    assert template.stdout.endswith(wrong) if listed else template.returncode == 2


# Who submits the same wrong file as the team of ada and bob, and what is listed.
WITH_A_TEAM = {
    "nobody": ([], ""),
    "another student": (["eve"], "   3 students: ada, bob, eve"),
    "another team": (["Team B"], "   4 students: ada, bob, cy, …"),
}


@pytest.mark.parametrize("options", [[], ["--anonymous"]], ids=["names", "anonymous"])
@pytest.mark.parametrize("others, listed", WITH_A_TEAM.values(), ids=WITH_A_TEAM)
def test_members_of_one_team_are_not_listed_for_sharing_their_work(
    others: list[str], listed: str, options: list[str], grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "hw.yaml").write_text(
        "title: H\nproblems: [{problem: mean, points: 4}]\n"
        "teams: {Team A: [ada, bob], Team B: [cy, dee]}\n"
    )
    (tmp_path / "class.csv").write_text("id,name\nada,A\nbob,B\ncy,C\ndee,D\neve,E\n")
    for name in ("Team A", *others):
        file = tmp_path / "in" / name / "mean.py"
        file.parent.mkdir(parents=True)
        file.write_text("def mean(values):\n    return sum(values)\n")
    words = ["batch", "hw.yaml", "in", "--out", "out", "--roster", "class.csv", "--no-pages"]
    done = grader(*words, *options, bank=TEST_BANK)
    assert done.returncode == 0, done.stderr
    shown = grader("cluster", "out", bank=None).stdout
    assert shown == (f"  1  mean  {listed}  wrong answer  sum\n" if listed else "")
    report = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert ("No two wrong submissions have the same answers." in report) is not bool(listed)
    assert ("No two students submitted the same file." in report) is not bool(listed)


def test_clusters_without_the_gradebook_are_refused(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    grader("batch", PROBLEM, folder, "--out", out, *QUICKLY)
    for text in (None, "[", "[]", '{"format": 2}', '{"format": 3, "students": [{}]}'):
        (out / "grades.json").unlink()
        if text is not None:
            (out / "grades.json").write_text(text)
        done = grader("cluster", out, bank=None)
        assert done.returncode == 2 and "run `grader batch` again" in done.stderr, text
        (out / "grades.json").touch()


def test_cluster_of_programs_in_several_files_is_not_called_changed(
    grader: Command, tmp_path: Path
) -> None:
    for student in ("ann", "bob"):
        at = tmp_path / "in" / student
        at.mkdir(parents=True)
        (at / "dr_grpo.py").write_bytes(b"import helper\n" + WRONG["no-clip"])
        (at / "helper.py").write_bytes(b"")
    grader("batch", PROBLEM, tmp_path / "in", "--out", tmp_path / "out", *QUICKLY)
    done = grader("cluster", tmp_path / "out", "1", bank=None)
    assert done.returncode == 2 and "or it imports other files of the student" in done.stderr


def test_gradebooks_of_canvas_and_moodle_are_filled_in(
    grader: Command, folder: Path, tmp_path: Path
) -> None:
    canvas, moodle = tmp_path / "canvas-in.csv", tmp_path / "moodle-in.csv"
    canvas.write_bytes(
        b"Student,ID,SIS Login ID,Section,Homework (77)\r\n"
        b"    Points Possible,,,,15\r\nAnn,1,ann,A,\r\nZoe,2,zoe,A,3\r\n"
    )
    moodle.write_bytes(
        b"Identifier,Full name,Username,Grade,Last modified (grade)\r\n"
        b'Participant 1,"Bob",bob,,-\r\n'
    )
    out = tmp_path / "out"
    words = ["--canvas", canvas, "--column", "Homework", *QUICKLY]
    done = grader("batch", PROBLEM, folder, "--out", out, *words)
    assert done.returncode == 0 and f"{out / 'canvas.csv'}: 1 filled in\n" in done.stdout
    assert b"\r\nAnn,1,ann,A,15.00\r\nZoe,2,zoe,A,3\r\n" in (out / "canvas.csv").read_bytes()
    assert "note: canvas.csv: " in done.stderr and "Zoe" in done.stderr
    done = grader("batch", PROBLEM, folder, "--out", out, "--moodle", moodle, *QUICKLY)
    assert done.returncode == 0 and f"{out / 'moodle.csv'}: 1 filled in\n" in done.stdout
    done = grader("batch", PROBLEM, folder, "--out", out, "--canvas", tmp_path / "none.csv")
    assert done.returncode == 2 and "none.csv cannot be read" in done.stderr


MISTAKES: dict[str, tuple[list[str], str]] = {
    "no such problem": (["dr-gpro", "in", "--out", "out"], "did you mean 'dr-grpo'?"),
    "no such folder": ([PROBLEM, "inn", "--out", "out"], "inn"),
    "no folder to write to": ([PROBLEM, "in", "--out", "/dev/null/x"], "cannot be created"),
    "no such assignment": (["hw.yaml", "in", "--out", "out"], "hw.yaml"),
    "a scheduler without Dask": (
        [PROBLEM, "in", "--out", "out", "--scheduler", "tcp://here:1"],
        "--scheduler needs --executor dask",
    ),
}


@pytest.mark.parametrize("words, message", MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_reported(
    words: list[str], message: str, grader: Command, folder: Path
) -> None:
    done = grader("batch", *words)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


def test_class_is_graded_strictly_or_not_at_all(folder: Path, tmp_path: Path) -> None:
    words = ["batch", PROBLEM, str(folder), "--out", str(tmp_path / "out"), *QUICKLY]
    done = grade(without_landlock, *words)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "the strict sandbox is not available: this machine lacks Landlock"
    )
    done = grade(without_landlock, *words, "--sandbox", "basic")
    assert done.returncode == 0, done.stderr


# Interrupted -------------------------------------------------------------------------------------


MEAN = (b"def mean(values):\n    return sum(values) / len(values)\n", b"mean = sum\n", b"")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return patient_bank(tmp_path / "bank")


def many(folder: Path, count: int, gate: Gate, gated: int) -> None:
    """Write submissions of s000, s001 and so on; that of number `gated` waits at the gate."""
    folder.mkdir()
    for number in range(count):
        source = MEAN[number % len(MEAN)]
        (folder / f"s{number:03}.py").write_bytes(source and source + b"# %d\n" % number)
    (folder / f"s{gated:03}.py").write_bytes(gate.wait.encode() + b"\n" + MEAN[0])


def batch(folder: Path, out: Path) -> list[str | Path]:
    return ["batch", "mean", folder, "--out", out, "--sandbox", "basic", *QUICKLY]


def started(words: Sequence[str | Path], bank: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *words, "--bank", bank],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # A job in the background of a shell starts with SIGINT ignored, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def has_judged(out: Path, count: int) -> bool:
    return judged(out) >= count


def judged(out: Path) -> int:
    """Return the number of judgements in the store, which another process may be writing."""
    try:
        with closing(sqlite3.connect(f"file:{out / 'store.sqlite'}?mode=ro", uri=True)) as store:
            return int(store.execute("SELECT count(*) FROM judgement").fetchone()[0])
    except sqlite3.OperationalError:  # it does not exist yet
        return 0


def test_interrupted_batch_resumes(grader: Command, bank: Path, gate: Gate, tmp_path: Path) -> None:
    folder, out, fresh = (tmp_path / name for name in ("in", "out", "fresh"))
    many(folder, 60, gate, gated=20)
    process = started([*batch(folder, out), "--workers", "1"], bank)
    gate.await_arrival(process)
    process.send_signal(signal.SIGINT)
    gate.open()
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, errors
    assert errors.endswith(
        "\nInterrupted: every finished judgement is kept; run the same command to continue.\n"
    )
    stored = judged(out)
    assert 16 <= stored < 42  # up to s020 there are 16 programs; all empty files are one
    done = grader(*batch(folder, out), bank=bank)
    assert f": {42 - stored} judged, " in done.stderr and done.returncode == 0
    grader(*batch(folder, fresh), bank=bank)
    assert exports(out) == exports(fresh)


def test_killed_batch_loses_nothing_and_runs_nothing_twice(
    grader: Command, bank: Path, gate: Gate, tmp_path: Path
) -> None:
    from grader.course.store import Store

    folder, out, fresh = (tmp_path / name for name in ("in", "out", "fresh"))
    many(folder, 120, gate, gated=119)  # so that it cannot be over before
    # What was being judged when it was killed is judged last, after the one that waits.
    for count in (1, 17, 42, 60):
        process = started(batch(folder, out), bank)
        until(partial(has_judged, out, count), process)
        process.kill()
        process.communicate()
    process = started(batch(folder, out), bank)
    gate.await_arrival(process)
    gate.open()
    process.communicate(timeout=PATIENCE_S)
    grader(*batch(folder, fresh), bank=bank)
    assert exports(out) == exports(fresh)
    with Store(out / "store.sqlite") as one, Store(fresh / "store.sqlite") as other:
        assert one.times_run() == other.times_run() == 82  # forty are the same empty file


# On a cluster ------------------------------------------------------------------------------------


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers as processes; yield its address and the workers."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    python = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    address = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    processes = [subprocess.Popen([*python, *address, "--scheduler-file", file], **quiet)]  # type: ignore[call-overload]
    until(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
    python = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
    words = ["--nthreads", "1", "--no-dashboard", "--no-nanny"]
    for _ in range(2):
        processes.append(subprocess.Popen([*python, *words], **quiet))  # type: ignore[call-overload]
    try:
        yield json.loads(file.read_text())["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_cluster_that_loses_a_worker_gives_the_same_grades(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    grader: Command,
    bank: Path,
    gate: Gate,
    tmp_path: Path,
) -> None:
    address, workers = cluster
    folder, out, local = (tmp_path / name for name in ("in", "out", "local"))
    many(folder, 60, gate, gated=30)
    dask = ["--executor", "dask", "--scheduler", address]
    process = started([*batch(folder, out), *dask], bank)
    gate.await_arrival(process)
    workers[0].kill()
    gate.open()
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    assert "60 of 60 attempts: 41 judged, 19 reused" in errors
    grader(*batch(folder, local), bank=bank)
    assert exports(out) == exports(local)
