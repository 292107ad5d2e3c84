"""Right functions keep all points, whatever is odd about the files that define them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.bank.locate import Bank, find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, judge_for
from grader.model.judgement import Judgement
from grader.reports.messages import message
from grader.sandbox.fork_server import start_fork_server
from grader.sandbox.host import Sandbox
from grader.submissions import read_submissions
from grader.submissions.matches import best_submission
from tests._support.bank import Command
from tests._support.odd_submissions import Row, files_of, make_bank, problems, rows
from tests._support.submissions import folder

TIERS = ("strict", "basic")
SHEETS = sorted({student.rstrip("0123456789") for student in rows()})
POINTS = 10


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return find_bank(str(make_bank(tmp_path_factory.mktemp("bank"))))


@pytest.fixture(scope="module", params=TIERS)
def tier(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(start_fork_server(), request.param) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def keys(bank: Bank, tier: Sandbox) -> dict[str, AnswerKey]:
    return {slug: AnswerKey(bank.load(slug), tier) for slug in problems()}


@pytest.mark.parametrize("sheet", SHEETS)
def test_file_by_file(
    sheet: str, keys: dict[str, AnswerKey], tier: Sandbox, tmp_path: Path
) -> None:
    """As `grader grade` does: a single file by its path, several files by their folder."""
    found = {}
    for student, row in rows().items():
        if student.rstrip("0123456789") == sheet:
            files = files_of(row)
            folder(tmp_path / student, files)
            path = tmp_path / student / (next(iter(files)) if len(files) == 1 else "")
            key = keys[row["problem"]]
            submission = best_submission(read_submissions(str(path)), key.problem)
            judgement = judge_for(Audience.STUDENT, key, submission, tier)
            found[student, row["name"]] = complaint(row, judgement)
    assert found and {name: text for name, text in found.items() if text} == {}


def complaint(row: Row, judgement: Judgement) -> str:
    """Return what is wrong with a judgement; empty if nothing is."""
    text = message(judgement.results[0])
    if "refused" in row:
        return "" if row["refused"] == text else f"{judgement.verdict}: {text}"
    if judgement.score != judgement.max_score:
        return f"{judgement.score} of {judgement.max_score}: {text}"
    expected = row.get("notes", [])
    is_same = len(judgement.notes) == len(expected) and all(
        re.match(rf"{re.escape(begin)}\b", note)
        for begin, note in zip(expected, judgement.notes, strict=False)
    )
    return "" if is_same or expected == "any" else f"notes: {judgement.notes}"


@pytest.mark.parametrize("name", TIERS)
def test_as_a_class(name: str, bank: Bank, grader: Command, tmp_path: Path) -> None:
    for student, row in rows().items():
        folder(tmp_path / "class" / student, files_of(row))
    listed = "".join(f"  - {{problem: {slug}, points: {POINTS}}}\n" for slug in problems())
    (tmp_path / "odd.yaml").write_text(f"title: Odd\nproblems:\n{listed}", "utf-8")
    done = grader(
        *("batch", "odd.yaml", "class", "--out", "out", "--sandbox", name),
        *("--no-pages", "--no-class-report"),
        bank=Path(bank.problems).parent,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "out" / "grades.json").read_text("utf-8"))
    points = {
        (each["id"], entry["problem"]): entry["points"]
        for each in document["students"]
        for entry in each["problems"]
    }
    expected = {student: None if "refused" in row else POINTS for student, row in rows().items()}
    found = {student: points.get((student, row["problem"]), 0) for student, row in rows().items()}
    assert found == expected
