"""The example that `grader assignment new` writes loads, as it is and with every key."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from grader.course.assignment import load_assignment
from grader.course.assignment_example import example_assignment
from grader.course.assignment_fields import make_assignment_record
from grader.model.assignment import CountingAttempt
from tests._support.bank import Command

TEXT = example_assignment(["mean", "two-sum"], ["The mean", "Two: sum # 2"], date(2026, 12, 10))


def uncommented(text: str) -> str:
    """Return the text without the # in front of keys; prose has a space after it."""
    return re.sub(r"^#(?=\w)", "", text, flags=re.MULTILINE)


def test_example_is_an_assignment(tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(TEXT)
    found = load_assignment(str(tmp_path / "hw.yaml"), ["mean", "two-sum"])
    assert [part.problem for part in found.parts] == ["mean", "two-sum"]
    assert [part.points for part in found.parts] == [10, 10]
    assert found.due is not None and found.due.isoformat() == "2026-12-10T23:59:00+00:00"
    assert found.late.until is None and found.counts is CountingAttempt.LAST


def test_every_key_can_be_uncommented(tmp_path: Path) -> None:
    text = uncommented(TEXT)
    (tmp_path / "hw.yaml").write_text(text)
    found = load_assignment(str(tmp_path / "hw.yaml"), ["mean", "two-sum"])
    keys = make_assignment_record().fields.keys() - {"exam"}  # which has no due date
    assert yaml.safe_load(text).keys() == keys
    assert found.adjustments["s104"]["mean"].points == Fraction(1)
    assert found.late.until is not None and found.late.until.days == 7


def test_example_of_an_exam_is_one(tmp_path: Path) -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith("due:")]
    text = re.sub("(?m)^# (?=exam: )", "", "\n".join(lines))
    (tmp_path / "exam.yaml").write_text(text)
    found = load_assignment(str(tmp_path / "exam.yaml"), ["mean", "two-sum"])
    assert found.exam is not None and found.exam.sections == ("A", "B")
    assert found.extensions["s108"].isoformat() == "2026-12-10T11:53:00+00:00"


# Words after `grader assignment new`, and the error; what it writes is graded by `grader batch`.
REFUSED = {
    "no ending": (["hw", "dr-grpo"], "found hw: `grader batch` takes other names for problems"),
    "another ending": (["hw.txt"], "expected a file that ends with .yaml or .yml, found hw.txt"),
    "an ending in capitals": (["hw.YAML"], "found hw.YAML"),
    "a problem first": (["dr-grpo", "hw.yaml"], "found dr-grpo"),
    "a problem twice": (["hw.yaml", "dr-grpo", "grpo", "dr-grpo"], "dr-grpo is named twice"),
}


@pytest.mark.parametrize("words, message", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_graded_is_not_written(
    words: list[str], message: str, grader: Command, tmp_path: Path
) -> None:
    done = grader("assignment", "new", *words)
    assert done.returncode == 2 and message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_command_writes_it_and_no_other_file(grader: Command, tmp_path: Path) -> None:
    path = tmp_path / "hw.yaml"
    done = grader("assignment", "new", path, "dr-grpo")
    assert done.returncode == 0, done.stderr
    assert "{problem: dr-grpo, points: 10}  # " in path.read_text()
    assert load_assignment(str(path), ["dr-grpo"]).title == "Homework 1"
    assert grader("assignment", "new", "b.yml", "dr-grpo", "grpo").returncode == 0
    assert len(load_assignment(str(tmp_path / "b.yml"), ["dr-grpo", "grpo"]).parts) == 2
    again = grader("assignment", "new", path, "dr-grpo")
    assert again.returncode == 2 and "exists already" in again.stderr
    wrong = grader("assignment", "new", tmp_path / "b.yaml", "dr-grop")
    assert wrong.returncode == 2 and "dr-grpo" in wrong.stderr
