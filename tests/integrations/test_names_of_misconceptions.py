"""A student reads the hint of a misconception through every door, and its name through none."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from grader.reports.judgement.formats import FORMATS
from tests._support.bank import DATA, PATIENCE_S

HINT = "Does your result grow when the same numbers come twice?"
NAME = ("forgets-to-divide", "forgets to divide", "forgets_to_divide")
IPYTHON = """
import grader
from ann import mean
check = grader.check("mean", mean, bank=".")
print(check, repr(check), check._repr_html_(), vars(check))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Return what a program prints in a folder with the bank and a wrong solution."""
    shutil.copytree(DATA / "telling-name", tmp_path, dirs_exist_ok=True)
    mine = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=mine | {"PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "200"},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
        )
        return done.stdout + done.stderr

    return run


GRADE = ["-m", "grader", "grade", "mean", "ann.py", "--bank", "."]
DOORS = {
    "text": GRADE,
    "json": [*GRADE, "--json"],
    "pytest": ["-m", "pytest", "-vv", "-p", "no:cacheprovider", "--submission=ann.py", "problems"],
    "notebook": ["-c", IPYTHON],
    **{format: [*GRADE, "--report", f"{format}:-"] for format in FORMATS},
}
NO_HINTS = {"github-classroom", "exercism"}  # their documents have no place for one


@pytest.mark.parametrize("door, words", DOORS.items(), ids=DOORS)
def test_no_door_names_a_misconception(
    door: str, words: list[str], run: Callable[..., str]
) -> None:
    text = run(*words)
    if door == "github-classroom":
        text = base64.b64decode(text).decode()
    text = unescape(text)
    assert (HINT in text) == (door not in NO_HINTS), text
    assert [name for name in NAME if name in text] == []


def test_no_file_of_a_batch_for_students_names_a_misconception(
    run: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "class").mkdir()
    shutil.copy(tmp_path / "ann.py", tmp_path / "class")
    pages = [f"--report={format}:pages/{{student}}.{format}" for format in ("html", "json")]
    batch = ["-m", "grader", "batch", "mean", "class", "--bank", ".", "--out", "out"]
    assert "1 judged" in run(*batch, *pages)
    files = [*(tmp_path / "out" / "students").rglob("*.*"), *(tmp_path / "pages").glob("*")]
    texts = [file.read_text("utf-8") for file in files]
    assert [HINT in text for text in texts].count(True) == 3
    assert len(texts) == 4  # one has all grades of the student, and no hints
    for text in texts:
        assert [name for name in NAME if name in text] == []
    # The instructor reads the name.
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert any(name in page for name in NAME)
