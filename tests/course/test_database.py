"""Faults of disks and file systems, each made real, are sentences that say what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grader.course.database import Database, open_database
from grader.course.store import Store
from grader.errors import UsageError
from grader.sandbox import seccomp
from tests._support.bank import TEST_BANK, Command
from tests._support.unmeasured import unmeasured
from tests.cli.test_batch_command import QUICKLY, exports
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in
from tests.sandbox.test_tiers import Step, _filter

CASES = [f"s{number}" for number in range(12)]
FCNTL, FLOCK = (72, 73) if os.uname().machine == "x86_64" else (25, 32)
LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW


def test_full_database_is_a_sentence_and_goes_on_later(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store(path) as store:
        store._database.execute("PRAGMA max_page_count = 10")
        fill = "CREATE TABLE filling AS SELECT zeroblob(1000000)"
        with pytest.raises(UsageError, match=r"the disk is full: .*make room, then run the same"):
            store._database.execute(fill)
        with (
            pytest.raises(UsageError, match="the disk is full"),
            store._database.transaction(),
        ):
            store._database.execute(fill)
        store._database.execute("PRAGMA max_page_count = 1000")
        store.replace_attempts([])
        assert list(store.outcomes()) == []


def hold(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


def test_database_in_use_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.course.database._WAIT_S", 0.01)
    path = tmp_path / "store"
    Store(path).__exit__(None, None, None)
    with closing(hold(path)), pytest.raises(UsageError, match=r"another program has .* open"):
        Store(path)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder": (Path.mkdir, "cannot be opened"),
    "another file": (lambda path: path.write_text("grades\n" * 200), "is damaged, or not a store"),
}


@pytest.mark.parametrize("make, message", BROKEN.values(), ids=BROKEN)
def test_what_is_no_database_is_a_sentence(
    make: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    make(tmp_path / "store")
    with pytest.raises(UsageError, match=message):
        Store(tmp_path / "store")


def test_damage_that_is_found_while_reading_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "data"
    with closing(open_database(path)) as database:
        database.execute("CREATE TABLE t (c)")
        for _ in range(100):
            database.execute("INSERT INTO t VALUES (zeroblob(2000))")
    with path.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"no page of a table")
    with closing(open_database(path)) as database, pytest.raises(UsageError, match="is damaged"):
        for (cell,) in database.execute("SELECT c FROM t"):
            assert len(cell) == 2000


def test_faults_of_a_statement_stay_what_they_are(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "data")) as database:
        database.execute("CREATE TABLE t (c UNIQUE)")
        database.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("INSERT INTO t VALUES (1)")


# A whole batch -----------------------------------------------------------------------------------


def run(before: Callable[[], None] | None, folder: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "grader", *words, "--bank", str(TEST_BANK)]
    done = subprocess.run(
        command,
        cwd=folder,
        env=unmeasured(),
        preexec_fn=before,
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, done.stderr


def grade(out: str = "out") -> list[str]:
    return ["batch", "mean", "in", "--out", out, *QUICKLY]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    hand_in(tmp_path / "in", ada=RIGHT, alan=WRONG)
    return tmp_path


def refuse(*calls: int, error: int) -> Callable[[], None]:
    """Return a function that makes system calls fail, as a network disk may."""

    def apply() -> None:
        steps = [Step(seccomp._LOAD, seccomp._NUMBER)]
        for call in calls:
            steps += [
                Step(seccomp._JUMP_EQUAL, call, 0, 1),
                Step(seccomp._RETURN, seccomp._ERRNO | error),
            ]
        _filter(steps)

    return apply


def refuse_locks_of_ranges() -> None:
    """Make locks of parts of files fail, by which SQLite locks."""
    command = Step(seccomp._LOAD, seccomp._ARGUMENTS + 8)
    steps = [command]
    for each in LOCKS:
        steps += [
            Step(seccomp._JUMP_EQUAL, each, 0, 1),
            Step(seccomp._RETURN, seccomp._ERRNO | errno.ENOLCK),
        ]
    steps.append(Step(seccomp._RETURN, seccomp._ALLOW))
    number = Step(seccomp._LOAD, seccomp._NUMBER)
    _filter([number, Step(seccomp._JUMP_EQUAL, FCNTL, 0, len(steps)), *steps])


WITHOUT_LOCKS = {
    "of files": refuse(FLOCK, error=errno.ENOLCK),
    "of files, not built": refuse(FLOCK, error=errno.ENOSYS),
    "of ranges": refuse_locks_of_ranges,
}


@pytest.mark.parametrize("before", WITHOUT_LOCKS.values(), ids=WITHOUT_LOCKS)
def test_file_system_without_locks_is_named(before: Callable[[], None], here: Path) -> None:
    code, error = run(before, here, *grade())
    assert code == 2 and "Traceback" not in error, error
    assert "refuses to lock files, as some network disks do; choose a folder on a local" in error
    assert "judged" not in error
    code, error = run(None, here, *grade())
    assert code == 0, error


FULL_DISK = """
mkdir small && mount -t tmpfs -o {options} tmpfs small || exit 77
{begin}
{grade}; echo "exit code $?" >&2
rm -f small/rest; mount -o remount,size=10m,nr_inodes=1000 small && {grade}; echo "exit code $?" >&2
cp -r small/out kept
"""


FULL_DISKS = {
    "4 KiB": ("size=4k", ""),
    "16 KiB": ("size=16k", ""),
    "48 KiB": ("size=48k", ""),
    "100 KiB": ("size=100k", ""),
    "160 KiB": ("size=160k", ""),
    "four files": ("nr_inodes=4", ""),
    "begun before": ("size=10m", "{grade}; head -c 20m /dev/zero > small/rest"),
}


@pytest.mark.parametrize("options, begin", FULL_DISKS.values(), ids=FULL_DISKS)
def test_full_disk_is_a_sentence_and_the_same_command_goes_on(
    options: str, begin: str, grader: Command, here: Path
) -> None:
    for name in CASES:
        hand_in(here / "in", **{name: f"{WRONG}\nprint({name!r} * 500)\n"})
    words = ["-m", "grader", *grade("small/out"), "--bank", str(TEST_BANK)]
    grade_all = " ".join([sys.executable, *words])
    begin = begin.format(grade=f"{grade_all} 2>/dev/null")
    script = FULL_DISK.format(options=options, begin=begin, grade=grade_all)
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], cwd=here, capture_output=True, encoding="utf-8"
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("file systems cannot be mounted here")
    first, second, _ = done.stderr.split("exit code ")
    assert "Traceback" not in done.stderr
    assert second.startswith("2\n"), done.stderr
    assert "full" in first or "No space left on device" in first
    assert done.stderr.endswith("exit code 0\n"), done.stderr
    grader(*grade("fresh"), bank=TEST_BANK)
    assert exports(here / "kept") == exports(here / "fresh")


def test_report_to_a_full_device_is_a_sentence(here: Path) -> None:
    words = [*grade(), "--report", "junit:-", "--bank", str(TEST_BANK)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "grader", *words],
            cwd=here, stdout=full, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
    assert done.returncode == 2 and "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


def test_read_only_folder_is_a_sentence(here: Path) -> None:
    script = (
        "mkdir fixed && mount -t tmpfs tmpfs fixed && mount -o remount,ro fixed || exit 77\n"
        f"{sys.executable} -m grader {' '.join(grade('fixed/out'))} --bank {TEST_BANK}; echo $?\n"
        "mount -o remount,rw fixed && mkdir fixed/out && mount -o remount,ro fixed\n"
        f"{sys.executable} -m grader {' '.join(grade('fixed/out'))} --bank {TEST_BANK}; echo $?\n"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], cwd=here, capture_output=True, encoding="utf-8"
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("file systems cannot be mounted here")
    assert done.stdout == "2\n2\n", done.stderr
    assert "the folder fixed/out cannot be created: Read-only file system" in done.stderr
    assert "fixed/out cannot be written to: Read-only file system" in done.stderr


LONG = {
    "output folder": (grade("o" * 300), 2),
    "report": ([*grade(), "--report", f"junit:{'r' * 300}.xml"], 2),
    "gradebook": ([*grade(), "--canvas", "c" * 300], 2),
}


@pytest.mark.parametrize("words, code", LONG.values(), ids=LONG)
def test_long_names_are_a_sentence(words: list[str], code: int, here: Path) -> None:
    found, error = run(None, here, *words)
    assert (found, "Traceback" in error) == (code, False) and "too long" in error
    assert "judged" not in error


def test_long_names_of_students_have_pages(here: Path) -> None:
    hand_in(here / "in", **{"ß" * 100: RIGHT})
    code, error = run(None, here, *grade()[:-2], "--no-class-report")
    assert code == 0, error
    assert len(list((here / "out" / "students" / "mean").iterdir())) == 3


class Interrupted(Database):
    """A database of a process that Ctrl-C reaches when a transaction has just begun."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        done = super().execute(sql, parameters)
        if sql.startswith("BEGIN"):
            raise KeyboardInterrupt
        return done


def test_an_interrupt_leaves_no_transaction_open() -> None:
    database = sqlite3.connect(":memory:", factory=Interrupted, isolation_level=None)
    with pytest.raises(KeyboardInterrupt), database.transaction():
        pass
    assert not database.in_transaction
    database.close()
