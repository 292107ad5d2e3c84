"""`grader grade --watch`: a real process that watches a real file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
import watchfiles
from watchfiles import Change

from grader.checkers import CLOSE
from grader.cli.watch import watch
from grader.errors import Location
from grader.model.entry_point import EntryPoint
from grader.model.judgement import CaseResult, Judgement, Protection, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem, Submission
from grader.reports.judgement import watch_diff as progress
from tests._support.bank import DATA, PATIENCE_S, ROOT, Command
from tests._support.waiting import until

TESTBANK = DATA / "bank"

SUM = "def mean(values):\n    return sum(values)\n"
RIGHT = "def mean(values):\n    return sum(values) / len(values)\n"
RAISES = "def mean(values):\n    return 1 / 0\n"
BROKEN = "def mean(values):\n    return sum(values) / len(val"


class Watching:
    """A grader that watches `me.py`, and its output."""

    def __init__(self, folder: Path, *words: str, problem: str, bank: Path) -> None:
        self.file = folder / "me.py"
        self.printed = folder / "printed.txt"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        names = [problem] if problem else []
        command = ["grade", *names, "me.py", "--watch", "--bank", str(bank), *words]
        with self.printed.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grader", *command],
                cwd=folder,
                env=os.environ
                | {"PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary), "PYTHONUNBUFFERED": ""},
                stdout=out,
                stderr=subprocess.STDOUT,
                # A shell starts background processes with interrupts ignored.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def wait_for(self, text: str, times: int = 1) -> str:
        """Return all output as soon as it contains the text `times` times."""

        def has_come() -> bool:
            return self.printed.read_text("utf-8").count(text) >= times

        until(lambda: has_come() or self.process.poll() is not None)
        output = self.printed.read_text("utf-8")
        assert has_come(), f"{text!r} did not come {times} times; what came is:\n{output}"
        return output

    def save(self, text: str) -> None:
        """Write the file in place and at once: a save in two steps may be graded twice."""
        with self.file.open("r+") as file:
            file.write(text.ljust(self.file.stat().st_size, "\n"))

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def end(self) -> None:
        with suppress(OSError):
            self.process.kill()
        self.process.wait(PATIENCE_S)


@contextmanager
def watching(
    folder: Path, source: str, *words: str, problem: str = "mean", bank: Path = TESTBANK
) -> Iterator[Watching]:
    (folder / "me.py").write_text(source)
    watching = Watching(folder, *words, problem=problem, bank=bank)
    try:
        yield watching
    finally:
        watching.end()


def test_each_save_is_graded_and_changes_are_shown(tmp_path: Path) -> None:
    with watching(tmp_path, SUM) as grader:
        output = grader.wait_for(
            "Watching me.py: it is graded again after every save. Press Ctrl-C to stop.\n"
        )
        assert "Hint: What do you divide by?\nwrong answer, 1 of 4 points\nWatching" in output
        assert "Since" not in output
        grader.save(RIGHT)
        output = grader.wait_for("Since the last save: 4 of 4 points, was 1\n")
        assert output.endswith(
            "accepted, 4 of 4 points\n"
            "Since the last save: 4 of 4 points, was 1\n"
            "  + three: accepted, was wrong answer\n"
            "  + secret: accepted, was wrong answer\n"
        )
        grader.save(RAISES)
        output = grader.wait_for("Since the last save: 0 of 4 points, was 4\n")
        assert output.endswith(
            "  - three: run-time error, was accepted\n"
            "  - one: run-time error, was accepted\n"
            "  - secret: run-time error, was accepted\n"
        )
        assert "4312.3125" not in output and "8624.625" not in output  # the hidden case's


def test_a_save_by_rename_is_noticed_every_time(tmp_path: Path) -> None:
    with watching(tmp_path, SUM) as grader:
        grader.wait_for("Ctrl-C")
        better, worse = "4 of 4 points, was 1", "1 of 4 points, was 4"
        for source, score in ((RIGHT, better), (SUM, worse), (RIGHT, better)):
            other = tmp_path / ".me.py.swp"
            other.write_text(source)
            times = grader.printed.read_text().count(score)
            os.replace(other, grader.file)
            grader.wait_for(f"Since the last save: {score}", times + 1)


def test_a_save_to_the_target_of_a_link_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file = tmp_path / "elsewhere" / "mine.py"
    file.write_text(SUM)
    (tmp_path / "me.py").symlink_to(file)
    with watching(tmp_path, SUM) as grader:
        grader.wait_for("Ctrl-C")
        file.write_text(RIGHT)
        grader.wait_for("Since the last save: 4 of 4 points, was 1")


def test_a_missing_or_empty_file_is_not_graded(tmp_path: Path) -> None:
    with watching(tmp_path, RIGHT) as grader:
        grader.wait_for("Ctrl-C")
        grader.file.unlink()
        grader.file.touch()
        grader.save(SUM)
        grader.wait_for("Since the last save: 1 of 4 points, was 4")


def test_an_incomplete_file_is_graded(tmp_path: Path) -> None:
    with watching(tmp_path, RIGHT) as grader:
        grader.wait_for("Ctrl-C")
        grader.save(BROKEN)
        output = grader.wait_for("  - the file can no longer be loaded\n")
        assert "SyntaxError: '(' was never closed (line 2)\n" in output
        grader.save(RIGHT)
        grader.wait_for(
            "Since the last save: 4 of 4 points, was 0\n  + the file can be loaded again\n"
        )


def test_other_files_in_the_folder_are_ignored(tmp_path: Path) -> None:
    with watching(tmp_path, SUM) as grader:
        grader.wait_for("Ctrl-C")
        (tmp_path / "other.py").write_text(RIGHT)
        (tmp_path / "me.py.bak").write_text(RIGHT)
        grader.save(RIGHT)
        grader.wait_for("Since the last save: 4 of 4")


def test_only_saves_of_the_file_that_leave_content_are_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher is replaced, because the machine decides how saves fall into its intervals."""
    file, other = tmp_path / "me.py", tmp_path / "other.py"
    file.write_text(SUM)

    def changes(
        *folders: str, watch_filter: Callable[[Change, str], bool], **_: object
    ) -> Iterator[set[tuple[Change, str]]]:
        def seen(change: Change, *paths: Path) -> set[tuple[Change, str]]:
            return {(change, str(path)) for path in paths if watch_filter(change, str(path))}

        assert set(folders) == {str(tmp_path)}
        yield set()
        other.write_text(RIGHT)
        yield seen(Change.added, other, tmp_path / "me.py.bak")
        yield set()
        file.unlink()
        yield seen(Change.deleted, file)
        file.touch()
        yield seen(Change.added, file)
        file.write_text(RIGHT)
        yield seen(Change.modified, file, other)

    graded: list[bytes] = []

    def grade(submissions: Sequence[Submission]) -> list[Judgement]:
        graded.extend(each.source for each in submissions)
        return [ACCEPTED]

    monkeypatch.setattr(watchfiles, "watch", changes)
    watch(str(file), grade, lambda _: None)
    assert graded == [SUM.encode(), RIGHT.encode()]


def test_a_save_without_changes_is_graded(tmp_path: Path) -> None:
    with watching(tmp_path, SUM) as grader:
        grader.wait_for("Ctrl-C")
        grader.save(SUM)
        grader.wait_for("Since the last save: 1 of 4 points, no changes\n")


def test_reports_are_written_again(tmp_path: Path) -> None:
    with watching(tmp_path, SUM, "--report", "me.html", "--report", "json:me.json") as grader:
        grader.wait_for("Ctrl-C")
        grader.save(RIGHT)
        grader.wait_for("Since the last save: 4 of 4")
        assert '"score": 4' in (tmp_path / "me.json").read_text()
        assert "accepted, 4 of 4 points" in (tmp_path / "me.html").read_text()


ENDS = {"accepted": (RIGHT, 0), "not accepted": (SUM, 1)}


@pytest.mark.parametrize("source, code", ENDS.values(), ids=ENDS)
def test_an_interrupt_exits_with_the_last_verdict_and_removes_temporary_files(
    source: str, code: int, tmp_path: Path
) -> None:
    with watching(tmp_path, RAISES) as grader:
        grader.wait_for("Ctrl-C")
        assert len(list(grader.temporary.iterdir())) == 1  # the sandbox's
        grader.save(source)
        grader.wait_for("Since the last save")
        assert grader.interrupt() == code
        output = grader.printed.read_text()
        assert "Traceback" not in output and "Aborted" not in output
        assert list(grader.temporary.iterdir()) == []


UNWATCHABLE = {
    "json": (["me.py", "--watch", "--json"], "write each report to a file of its own"),
    "a report on standard output": (
        ["me.py", "--watch", "--report", "html:-"],
        "write each report to a file",
    ),
    "no folder": (["no/such/me.py", "--watch"], "no/such/me.py cannot be watched"),
}


@pytest.mark.parametrize("words, says", UNWATCHABLE.values(), ids=UNWATCHABLE)
def test_what_cannot_be_watched_is_reported(words: list[str], says: str, grader: Command) -> None:
    done = grader("grade", "mean", *words, bank=TESTBANK)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


# What has changed --------------------------------------------------------------------------------

HERE = Location("cases.yaml")
PROBLEM = Problem(
    slug="mean",
    title="The mean",
    difficulty="easy",
    category="Tests",
    entry_point=EntryPoint.of_function("mean"),
    statement="",
    starter=b"",
    cases=(Case.of_call("one", {}, HERE, CLOSE),),
)


def judgement(verdict: Verdict, error: str = "", status: RunStatus = RunStatus.RAISED) -> Judgement:
    case = PROBLEM.cases[0]
    points = Fraction(verdict is Verdict.ACCEPTED)
    return Judgement(
        problem=PROBLEM,
        submission=Submission(b"", "me.py"),
        results=(CaseResult(case, Run(status, error=error), verdict, points),),
        verdict=verdict,
        protection=Protection("none", ()),
        key_digest="",
    )


ACCEPTED = judgement(Verdict.ACCEPTED, status=RunStatus.RETURNED)
SLOW = judgement(Verdict.TIME_LIMIT, "no answer within 1 s")
RAISED = judgement(Verdict.RUN_TIME_ERROR, "KeyError: 1")
INVALID = judgement(Verdict.INVALID_SUBMISSION, "the file is empty", RunStatus.NOT_LOADED)
CHANGES: dict[str, tuple[Judgement, Judgement, str]] = {
    "nothing": (RAISED, RAISED, "0 of 1 points, no changes\n"),
    "passed": (SLOW, ACCEPTED, "1 of 1 points, was 0\n  + one: accepted, was time limit\n"),
    "failed": (ACCEPTED, SLOW, "0 of 1 points, was 1\n  - one: time limit, was accepted\n"),
    "otherwise": (RAISED, SLOW, "0 of 1 points\n  ~ one: time limit, was run-time error\n"),
    "another message": (
        RAISED,
        judgement(Verdict.RUN_TIME_ERROR, "KeyError: 2"),
        "0 of 1 points\n  ~ one: still run-time error, with a different message\n",
    ),
    "broken": (SLOW, INVALID, "0 of 1 points\n  - the file can no longer be loaded\n"),
    "mended": (INVALID, SLOW, "0 of 1 points\n  + the file can be loaded again\n"),
    "broken as before": (INVALID, replace(INVALID), "0 of 1 points, no changes\n"),
}


@pytest.mark.parametrize("before, now, says", CHANGES.values(), ids=CHANGES)
def test_changes_are_shown(before: Judgement, now: Judgement, says: str) -> None:
    out = StringIO()
    progress.write([before], [now], out)
    assert out.getvalue() == f"Since the last save: {says}"


def test_changes_of_several_problems_are_shown_one_after_another() -> None:
    other = replace(PROBLEM, slug="total")
    before = [SLOW, replace(SLOW, problem=other)]
    out = StringIO()
    progress.write(before, [ACCEPTED, replace(RAISED, problem=other)], out)
    assert out.getvalue() == (
        "mean, since the last save: 1 of 1 points, was 0\n"
        "  + one: accepted, was time limit\n"
        "total, since the last save: 0 of 1 points\n"
        "  ~ one: run-time error, was time limit\n"
    )


def test_a_file_that_answers_several_problems_is_watched(tmp_path: Path) -> None:
    folder = DATA / "authoring" / "several-problems-in-one-file"
    source = (folder / "files" / "one_wrong.py").read_text()
    with watching(tmp_path, source, problem="", bank=folder) as grader:
        output = grader.wait_for("Ctrl-C")
        assert "The 3-means: me.py" in output and "The total: me.py" in output
        grader.save(source.replace("return 0.0", "return sum(values)"))
        output = grader.wait_for("total, since the last save: ")
        assert "3-means, since the last save: " in output and "points, no changes\ntotal" in output
        assert grader.interrupt() == 0
