"""Pages and class report show points of the assignment, lateness, scores by hand, and the total."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest

from tests._support.bank import TEST_BANK, Command
from tests.cli.test_output_folder import RIGHT, WRONG, hand_in, totals

HOMEWORK = """\
title: Homework
timezone: Europe/Berlin
due: 2026-11-30 23:59
late: {per_day: 10%}
problems:
  - {problem: mean, points: 10}
  - {problem: least, points: 3}
adjust: {bob: {least: 2.5, why: oral exam}}
excused: {cem: [least]}
"""
PATTERN = r"(?P<student>[^_/]+)_(?P<timestamp>[^_]+)\.py"
ON_TIME, LATE = "2026-11-30T12:00:00+01:00", "2026-12-01T10:05:00+01:00"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """The test bank, and a problem `least` whose cases have two points."""
    import shutil

    bank = Path(shutil.copytree(TEST_BANK, tmp_path / "bank"))
    for part in ("problems", "solutions"):
        shutil.copytree(bank / part / "mean", bank / part / "least")
    spec = bank / "problems" / "least" / "spec.md"
    spec.write_text(spec.read_text().replace("function: mean", "function: least")
                    .replace("title: The mean", "title: The least"))  # fmt: skip
    for path in (bank / "solutions" / "least").rglob("*.py"):
        path.write_text(path.read_text().replace("def mean", "def least"))
    starter = bank / "problems" / "least" / "starter.py"
    starter.write_text(starter.read_text().replace("def mean", "def least"))
    return bank


def rows_of(path: Path) -> list[list[str]]:
    """Return the texts of the cells of the table of points."""
    (table,) = lxml.html.parse(str(path)).findall(".//table[@class='standing']")
    return [
        [" ".join(cell.text_content().split()) for cell in row.iterchildren()]
        for row in table.iter("tr")
    ]


def text_of(path: Path) -> str:
    return " ".join(lxml.html.parse(str(path)).getroot().text_content().split())


def test_pages_and_class_report_agree_with_the_gradebook(
    grader: Command, bank: Path, tmp_path: Path
) -> None:
    (tmp_path / "hw.yaml").write_text(HOMEWORK)
    both = RIGHT + RIGHT.replace("mean", "least")
    hand_in(tmp_path / "in", **{f"ann_{ON_TIME}": both, f"bob_{LATE}": WRONG, f"cem_{LATE}": RIGHT})
    words = ["hw.yaml", "in", "--out", "out", "--pattern", PATTERN, "--layout", "regex"]
    done = grader("batch", *words, bank=bank)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    assert totals(out) == {"ann": "13", "bob": "4.75", "cem": "11.7"}
    pages = out / "students"
    due = "2026-11-30 23:59 CET"
    assert rows_of(pages / "mean" / "bob.html") == [
        ["Problem", "Points", "Due", "Remarks"],
        ["The mean", "2.25 of 10", due, "10 h 6 min late, 0.25 points deducted"],
        ["The least", "2.5 of 3", due, "given by hand: oral exam"],
        ["Total", "4.75 of 13", "", ""],
    ]
    assert rows_of(pages / "mean" / "cem.html")[1:] == [
        ["The mean", "9 of 10", due, "10 h 6 min late, 1 point deducted"],
        ["The least", "–", due, "excused"],
        ["Total", "11.7 of 13", "", ""],
    ]
    assert rows_of(pages / "least" / "ann.html") == rows_of(pages / "mean" / "ann.html")
    page = text_of(pages / "mean" / "bob.html")
    assert "Points in Homework" in page and "2.5 of 10 points" in page
    assert "3 of 3 points" in text_of(pages / "least" / "ann.html")
    links = re.findall(r'<a href="([^"#]+)"', (pages / "mean" / "ann.html").read_text("utf-8"))
    assert "../least/ann.html" in links and (pages / "mean" / "../least/ann.html").exists()
    report = text_of(out / "class.html")
    assert "bob 2.5" in report and "4.75" in report and "11.7" in report


def test_one_problem_alone_is_an_assignment_too(grader: Command, tmp_path: Path) -> None:
    hand_in(tmp_path / "in", ann=WRONG)
    grader("batch", "mean", "in", "--out", "out", "--no-class-report", bank=TEST_BANK)
    path = tmp_path / "out" / "students" / "mean" / "ann.html"
    assert rows_of(path)[1:] == [["The mean", "1 of 4", "", ""], ["Total", "1 of 4", "", ""]]
