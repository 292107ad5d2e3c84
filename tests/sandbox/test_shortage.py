"""A machine that runs out of descriptors, processes or memory: a message, and no lost points."""

from __future__ import annotations

import csv
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.sandbox.process import RETRY_PAUSES_S
from tests._support.bank import PATIENCE_S, TEST_BANK, impatient_bank
from tests._support.nobody import as_user

RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
# Its processes count as one user's; no other test has this one.
LONELY = 61_234
CGROUPS = Path("/sys/fs/cgroup")
AS_ROOT = hasattr(os, "getuid") and os.getuid() == 0

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")

TAKES_THREADS = """
import threading, time
threading.stack_size(65536)
def mean(values):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        except RuntimeError:
            time.sleep(20)
"""
TAKES_MEMORY = """
def mean(values):
    kept = b"x" * (230 << 20)
    return sum(values) / len(values) + 0 * len(kept)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter, with a class of six in `class`."""
    made = Path(f"/tmp/shortage-{os.urandom(6).hex()}")
    made.mkdir(mode=0o777)
    made.chmod(0o777)
    shutil.copytree(TEST_BANK, made / "bank")
    (made / "class").mkdir()
    for name in "abcdef":
        (made / "class" / f"{name}.py").write_text(f"{RIGHT}# {name}\n")
    yield made
    shutil.rmtree(made)


def batch(
    folder: Path,
    *,
    workers: int = 2,
    python: str = sys.executable,
    user: int | None = None,
    before: Callable[[], None] | None = None,
    bank: str = "bank",
    pauses: tuple[float, ...] = (0.02, 0.1),
) -> subprocess.CompletedProcess[str]:
    # With shorter pauses before new attempts, which would all be in vain in most tests.
    code = f"from grader.sandbox import process; process.RETRY_PAUSES_S = {pauses}; "
    code += "from grader.__main__ import main; main()"
    words = ["batch", "mean", "class", "--bank", bank, "--out", "out", "--workers", str(workers)]
    return subprocess.run(
        [python, "-c", code, *words, "--no-class-report", "--sandbox", "strict"],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder)},
        preexec_fn=before,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        **as_user(user),
    )


def points(folder: Path) -> dict[str, str]:
    """Return the points of each student in the gradebook."""
    with open(folder / "out" / "grades.csv", encoding="utf-8-sig") as file:
        return {row["id"]: row["total"] for row in csv.DictReader(file)}


def at_most(which: int, number: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(which, (number, number))


def test_forty_descriptors_are_enough(folder: Path) -> None:
    done = batch(folder, before=at_most(resource.RLIMIT_NOFILE, 40))
    assert done.returncode == 0, done.stderr
    assert set(points(folder).values()) == {"4"}


@pytest.mark.parametrize("number", [9, 14, 22])
def test_too_few_descriptors_are_a_message_or_a_judge_error(number: int, folder: Path) -> None:
    done = batch(folder, workers=6, before=at_most(resource.RLIMIT_NOFILE, number))
    assert_sound(done, folder, "Too many open files")


@pytest.mark.skipif(not AS_ROOT, reason="it runs the grader as another user")
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_too_few_processes_are_a_message_or_a_judge_error(
    number: int, folder: Path, nobodys_python: str
) -> None:
    done = batch(
        folder,
        workers=3,
        python=nobodys_python,
        user=LONELY,
        before=at_most(resource.RLIMIT_NPROC, number),
    )
    assert_sound(done, folder, "Resource temporarily unavailable|cannot start a thread")


def assert_sound(done: subprocess.CompletedProcess[str], folder: Path, why: str) -> None:
    """Check that a batch on a machine with too little ended as it should.

    Args:
        why: what its message may say, separated by "|", if it has judged nobody
    """
    said = done.stdout + done.stderr
    assert done.returncode in (0, 3) and "Traceback" not in said, said
    if (folder / "out" / "grades.csv").exists():
        # Nobody has lost a point: an attempt that could not be judged has no score.
        totals = {total for name, total in points(folder).items() if name != "c"}
        assert totals <= {"4", "not graded"}, said
    else:
        assert any(each in said for each in why.split("|")), said


@pytest.mark.parametrize("mib", [60, 90])
def test_too_little_address_space_is_a_message(mib: int, folder: Path) -> None:
    done = batch(folder, before=at_most(resource.RLIMIT_AS, mib << 20))
    assert_sound(done, folder, "the fork server cannot start|the fork server has ended")


def test_memory_that_a_limit_denies_costs_nobody_a_point(folder: Path) -> None:
    (folder / "class" / "c.py").write_text(TAKES_MEMORY)
    done = batch(folder, before=at_most(resource.RLIMIT_AS, 300 << 20))
    assert done.returncode == 3, done.stderr
    assert points(folder) == {name: "not graded" if name == "c" else "4" for name in "abcdef"}


@contextmanager
def cgroup(controller: str, name: str, value: str) -> Iterator[Path]:
    """Create a group of processes with a limit, or skip the test."""
    group = CGROUPS / controller / f"grader-test-{os.urandom(6).hex()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"there is no {controller} cgroup of version 1 to write to: {error}")
    try:
        (group / name).write_text(value)
        yield group
    finally:
        group.rmdir()


def enter(group: Path) -> Callable[[], None]:
    def join() -> None:
        (group / "cgroup.procs").write_text(str(os.getpid()))

    return join


def test_a_submission_that_takes_all_processes_costs_others_nothing(folder: Path) -> None:
    impatient_bank(folder / "impatient")
    (folder / "class" / "c.py").write_text(TAKES_THREADS)
    with cgroup("pids", "pids.max", "16") as group:
        done = batch(folder, before=enter(group), bank="impatient", pauses=RETRY_PAUSES_S)
    assert_sound(done, folder, "")
    totals = points(folder)
    # One that could not be started for longer than all pauses is judged the next time.
    assert totals.pop("c") in ("0", "not graded") and "4" in totals.values()


def test_memory_that_the_machine_lacks_costs_nobody_a_point(folder: Path) -> None:
    (folder / "class" / "c.py").write_text(TAKES_MEMORY)
    with cgroup("memory", "memory.limit_in_bytes", str(150 << 20)) as group:
        done = batch(folder, workers=1, before=enter(group))
    assert done.returncode == 3, done.stderr
    assert "attempts that were not judged because of an internal error: 1" in done.stderr
    assert points(folder) == {name: "not graded" if name == "c" else "4" for name in "abcdef"}
