"""A student's own progress: what `grader grade` notes, and what `list` and `progress` show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.bank.locate import Heading
from grader.bank.progress import Progress, read_progress
from grader.cli import cli
from tests._support.bank import TEST_BANK, Command

GAE = Heading("gae", "GAE", "easy", "RL", "compute_gae")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine" / "progress.jsonl"
    monkeypatch.setenv("GRADER_PROGRESS", str(path))
    return path


def _write(file: Path, *lines: str) -> None:
    file.parent.mkdir()
    file.write_text("".join(f"{line}\n" for line in lines))


def _line(at: str, verdict: str, score: float, function: str = "compute_gae") -> str:
    entry = {"at": at, "problem": "gae", "function": function, "verdict": verdict}
    return json.dumps(entry | {"score": score, "max_score": 8})


def test_the_first_accepted_attempt_and_the_best_score_count(file: Path) -> None:
    _write(
        file,
        _line("2026-01-01T10:00:00Z", "wrong_answer", 6),
        _line("2026-01-02T10:00:00Z", "accepted", 8),
        _line("2026-01-03T10:00:00Z", "run_time_error", 0),
        _line("2026-01-04T10:00:00Z", "accepted", 8),
    )
    expected = Progress(4, 1.0, "2026-01-04T10:00:00Z", "2026-01-02T10:00:00Z")
    assert read_progress([GAE]) == {"gae": expected}


def test_damaged_lines_and_another_problem_of_the_name_are_left_out(file: Path) -> None:
    _write(
        file,
        "[1, 2",
        "7",
        '{"problem": "gae"}',
        _line("2026-01-01T10:00:00Z", "accepted", 8, function="another"),
        _line("2026-01-02T10:00:00Z", "wrong_answer", 2),
        '{"at": "2026-01-03T10:00:00Z", "problem": "g',
    )
    assert read_progress([GAE]) == {"gae": Progress(1, 0.25, "2026-01-02T10:00:00Z")}


def test_without_a_file_there_is_no_progress(file: Path) -> None:
    assert read_progress([GAE]) == {}


def test_grading_is_noted_and_shown(file: Path, grader: Command) -> None:
    wrong, right = file.parent.parent / "wrong.py", TEST_BANK / "solutions" / "mean"
    wrong.write_text("def mean(values):\n    return 0.0\n")
    grader("grade", "mean", wrong, bank=TEST_BANK)
    grader("grade", "mean", wrong, "--reveal", bank=TEST_BANK)  # an instructor's
    listed = CliRunner().invoke(cli, ["list", "--bank", str(TEST_BANK)])
    assert listed.stdout.splitlines()[1].split()[-2:] == ["begun,", "0%"]
    grader("grade", "mean", right / "reference.py", bank=TEST_BANK)
    shown = CliRunner().invoke(cli, ["progress", "--bank", str(TEST_BANK)])
    first, second = shown.stdout.splitlines()[:2]
    assert first.startswith("mean  solved on 20") and "2 attempts" in first
    assert second == "1 of 1 solved."


def test_a_file_that_cannot_be_written_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, grader: Command, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADER_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    right = TEST_BANK / "solutions" / "mean" / "reference.py"
    done = grader("grade", "mean", right, bank=TEST_BANK)
    assert done.returncode == 0 and done.stderr == ""


def test_what_was_graded_last_is_graded_again(
    file: Path, tmp_path: Path, grader_here: Command
) -> None:
    source = tmp_path / "me.py"
    source.write_text("def mean(values):\n    return sum(values)\n")
    none = grader_here("grade", "--last", bank=TEST_BANK)
    assert none.returncode == 2 and "nothing was graded yet" in none.stderr
    first = grader_here("grade", "mean", "me.py", bank=TEST_BANK)
    again = grader_here("grade", "--last", bank=TEST_BANK)
    assert again.returncode == first.returncode == 1
    assert again.stdout.splitlines()[1:] == first.stdout.splitlines()[1:]
    both = grader_here("grade", "--last", "mean", "me.py", bank=TEST_BANK)
    assert both.returncode == 2 and "give no PROBLEM or FILE" in both.stderr
