"""Ctrl-C at any time: a sentence and exit code 130, no traceback, no incomplete file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest

import grader.cli
from grader.__main__ import main
from grader.course.output_folder import OutputFolder
from grader.reports.judgement import junit
from grader.sandbox.fork_server import ForkServer, start_fork_server
from grader.sandbox.server_process import WatchedServer
from tests._support.bank import PATIENCE_S, TEST_BANK, patient_bank
from tests._support.waiting import Gate

MEAN = "def mean(values):\n    return sum(values) / len(values)\n"
START_OVER = "Interrupted: run the same command to start over.\n"
CONTINUE = "Interrupted: every finished judgement is kept; run the same command to continue.\n"


# While files are written -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a graded class and all its files."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "in").mkdir()
    for student in ("ann", "bob"):
        (folder / "in" / f"{student}.py").write_text(f"{MEAN}# {student}\n")
    (folder / "canvas.csv").write_text(
        "Student,ID,SIS Login ID,Section,mean (7)\n    Points Possible,,,,4\nAnn,1,ann,A,\n"
    )
    assert batch(folder) == 0
    return folder


def batch(folder: Path) -> int:
    """Run the command in this process, and return its exit code."""
    words = ["batch", "mean", "in", "--out", "out", "--bank", str(TEST_BANK)]
    words += ["--canvas", "canvas.csv", "--column", "mean", "--report", "junit:out/junit.xml"]
    with pytest.MonkeyPatch.context() as patched, pytest.raises(SystemExit) as ended:
        patched.chdir(folder)
        patched.setattr(sys, "argv", ["grader", *words])
        grader.cli.run(start_fork_server())
    return int(ended.value.code or 0)


FILES = [
    "grades.csv",
    "cases.csv",
    "grades.json",
    "students/mean/ann.html",
    "students/ann.html",
    "junit.xml",
    "class.html",
]
FAILURES = {
    "interrupted": (KeyboardInterrupt, 130, f"\n{CONTINUE}"),
    "full": (partial(OSError, 28, "No space left"), 2, ": No space left\n"),
}


def files(folder: Path) -> dict[str, bytes]:
    """Return the files, but not those in which the grader itself notes what it has done so far."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(("store.sqlite", ".grader-"))
    }


@pytest.mark.parametrize("is_there", [True, False], ids=["again", "the first time"])
@pytest.mark.parametrize("failure, code, says", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_class_is_whole_or_as_it_was(
    name: str,
    failure: Callable[[], BaseException],
    code: int,
    says: str,
    is_there: bool,
    judged: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path(shutil.copytree(judged, tmp_path / "class"))
    before = files(folder)
    if not is_there:
        (folder / "out" / name).unlink()

    def fail(file: TextIO) -> None:
        file.write("half")
        raise failure()

    if name == "junit.xml":
        monkeypatch.setattr(junit, "write", lambda judgements, file: fail(file))
    else:
        write = OutputFolder.write
        monkeypatch.setattr(
            OutputFolder,
            "write",
            lambda out, each, writer: write(out, each, fail if each == name else writer),
        )
    assert batch(folder) == code
    error = capsys.readouterr().err
    assert error.endswith(says)
    assert "Traceback" not in error
    after = files(folder)
    assert set(before) - set(after) == (set() if is_there else {f"out/{name}"})
    assert {each: before[each] for each in after} == after


# Real signals ------------------------------------------------------------------------------------


class Running:
    """A running command, with a folder for its temporary files."""

    def __init__(self, folder: Path, *words: str | Path) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *words],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell starts background processes with interrupts ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def interrupted(self, gate: Gate | None = None) -> str:
        """Interrupt it, and return its standard error; it must exit with 130 and leave no files.

        Args:
            gate: opened after the interrupt
        """
        os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does
        if gate is not None:
            gate.open()
        out, errors = self.process.communicate(timeout=PATIENCE_S)
        assert (self.process.returncode, out) == (130, ""), errors
        assert "Traceback" not in errors
        assert list(self.temporary.glob("grader-*")) == []
        return errors


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started = []

    def start(*words: str | Path) -> Running:
        started.append(Running(tmp_path, *words))
        return started[-1]

    yield start
    for each in started:
        each.end()


COMMANDS = {
    "grade": ["grade", "mean", "gated.py", "--report", "out.html"],
    "grade --watch": ["grade", "mean", "gated.py", "--watch"],
    "verify": ["verify", "mean", "--report", "out.html"],
    "harden": ["harden", "mean"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_while_it_waits_for_a_submission(
    words: list[str], gate: Gate, start: Callable[..., Running], tmp_path: Path
) -> None:
    bank = patient_bank(tmp_path / "bank")
    gated = f"{gate.wait}\n{MEAN}"
    (tmp_path / "gated.py").write_text(gated)
    if words[0] != "grade":
        (bank / "solutions" / "mean" / "reference.py").write_text(gated)
    running = start(*words, "--sandbox", "basic", "--bank", bank)
    gate.await_arrival(running.process)
    assert running.interrupted() == f"\n{START_OVER}"
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize("executor", ["threads", "dask"])
def test_while_a_class_is_graded(
    executor: str, gate: Gate, start: Callable[..., Running], tmp_path: Path
) -> None:
    bank = patient_bank(tmp_path / "bank")
    (tmp_path / "in").mkdir()
    for number in range(20):
        source = f"{gate.wait if number == 5 else number}\n{MEAN}"
        (tmp_path / "in" / f"s{number:02}.py").write_text(source)
    words = ["batch", "mean", "in", "--out", "out", "--sandbox", "basic", "--executor", executor]
    running = start(*words, "--bank", bank)
    gate.await_arrival(running.process)
    assert running.interrupted(gate).endswith(f"\n{CONTINUE}")
    assert not (tmp_path / "out" / "grades.csv").exists()


def test_while_the_reports_of_a_class_are_written(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    """One report is a pipe without a reader, so that the command cannot finish before."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.py").write_text(MEAN)
    words = ["batch", "mean", "in", "--out", "out", "--report", "junit:pipe"]
    running = start(*words, "--bank", TEST_BANK)
    assert running.process.stderr is not None
    assert running.process.stderr.readline().startswith("1 of 1 attempt: 1 judged")
    assert running.interrupted() == f"\n{CONTINUE}"
    assert [path for path in (tmp_path / "out").rglob("*") if path.suffix == ".part"] == []


# Between the parts -------------------------------------------------------------------------------


def test_before_the_command_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["grader", "list"])
    monkeypatch.setattr(grader.cli, "run", interrupted)
    with pytest.raises(SystemExit, match="130"):
        main()
    assert capsys.readouterr().err == "\nInterrupted.\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no fork")
def test_while_a_server_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    server = ForkServer()
    server.missing()  # it is ready
    assert len(list(tmp_path.iterdir())) == 1
    await_end = server._process.await_end
    monkeypatch.setattr(WatchedServer, "await_end", interrupted)
    with pytest.raises(KeyboardInterrupt):
        server.close()
    assert list(tmp_path.iterdir()) == []
    await_end()
