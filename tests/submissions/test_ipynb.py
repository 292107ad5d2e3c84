"""The code cells of a notebook become one program, without what only IPython understands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.submissions import ipynb, read_attempt, read_submission
from grader.submissions.ipynb import program_of
from tests._support.submissions import SOLVED, collect, notebook

MAX_BYTES = 1 << 20
FUTURE = "from __future__ import annotations"
CELLS = {
    "magics": (["%matplotlib inline\nx = 1"], ["pass  # %matplotlib inline", "x = 1"], 0),
    "shell": (["if 1:\n    !pip x \\\n      y\nz = 2"], ["    pass  # !pip x ", "z = 2"], 0),
    "assigned shell": (["files = !ls\nx = 1"], ["pass  # files = !ls", "x = 1"], 0),
    "help": (["len?\n?len\nx = 1"], ["pass  # len?", "pass  # ?len", "x = 1"], 0),
    "timed cell": (["%%time\nx = 1"], ["pass  # %%time", "x = 1"], 0),
    "html cell": (["%%html\n<b>", "x = 1"], ["x = 1"], 1),
    "broken cell": (["def f(:", "x = 1"], ["x = 1"], 1),
    "prose in a cell": (["this is the answer", "x = 1"], ["x = 1"], 1),
    "null byte in a cell": (["a = '\0'", "x = 1"], ["x = 1"], 1),
    "remainder, not magic": (["x = (7\n  %y)"], ["  %y)"], 0),
    "remainder beside magic": (["%pylab\nx = (7\n  % 2)"], ["  % 2)"], 0),
    "future": (["%pylab\nx = 1", FUTURE], [FUTURE], 0),
    "half a character": (["x = '\ud800'"], ["x = '\\ud800'"], 0),
    "line numbers": (["", "x = 1"], ["# cell 2", "x = 1"], 0),
}  # fmt: skip


@pytest.mark.parametrize("cells, lines, notes", CELLS.values(), ids=CELLS)
def test_cells_become_a_program(cells: list[str], lines: list[str], notes: int) -> None:
    source, flaw, remarks = program_of(notebook(*cells), MAX_BYTES)
    assert flaw == "" and len(remarks) == notes
    assert [line for line in source.decode().split("\n") if line in lines] == lines
    compile(source, "notebook", "exec")


NOT_NOTEBOOKS = {
    "no JSON": (b"{", "is not a Jupyter notebook"),
    "a list": (b"[]", "is not a Jupyter notebook"),
    "a cell that is none": (b'{"cells": [1]}', "is not a Jupyter notebook"),
    "deep": (b"[" * 400_000, "is not a Jupyter notebook"),
    "deeper": (b"[" * 1_000_000, "more than 500,000 brackets"),
    "a long number": (b"1" * 100_000, "is not a Jupyter notebook"),
    "many brackets": (b'{"cells": [' + b"[]," * 500_000 + b"[]]}", "more than 500,000 brackets"),
    "many cells": (notebook(*["x"] * 5001), "more than 5,000 code cells"),
    "an alphabet of four bytes": (
        notebook("#" + "\U0001d4d0" * 270_000),
        "code is larger than 1 MiB",
    ),
    "no text": (b"\xff\xfe\xfd", "is not a Jupyter notebook"),
    "no cells": (b'{"cells": []}', "has no code cell"),
    "R": (notebook("x <- 1", metadata={"kernelspec": {"language": "R"}}), "is in 'R'"),
}


@pytest.mark.parametrize("content, message", NOT_NOTEBOOKS.values(), ids=NOT_NOTEBOOKS)
def test_other_files_are_reported(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(content)
    (attempt,) = collect(tmp_path).attempts
    assert message in attempt.flaw
    assert message in read_submission(str(tmp_path / "ada.ipynb")).flaw


def test_an_old_notebook_has_sheets() -> None:
    cells = [{"cell_type": "code", "input": "x = 1"}]
    old = {"worksheets": [{"cells": cells}], "nbformat": 3}
    assert program_of(json.dumps(old).encode(), MAX_BYTES)[0] == b"# cell 1\nx = 1\n"


def test_a_notebook_is_an_attempt_with_notes(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(notebook(SOLVED.decode(), "oops("))
    (attempt,) = collect(tmp_path).attempts
    assert attempt.notes == ("cell 2 is left out: not valid Python in its line 1",)
    submission = read_attempt(attempt)
    assert submission.source.startswith(b"# cell 1\ndef softmax(x):") and not submission.flaw
    assert b"# cell 2 is left out: not valid Python" in submission.source


def test_a_cell_that_ends_the_parser_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it dies of: here, of the time it takes."""
    slow = ipynb._COMPILE.replace(
        "    try:\n        compile", "    while 'slow' in cell: pass\n    try:\n        compile"
    )
    assert slow != ipynb._COMPILE
    monkeypatch.setattr(ipynb, "_COMPILE", slow)
    monkeypatch.setattr(ipynb, "_MAX_SECONDS", 1)
    source, flaw, notes = program_of(notebook("x = 1", "slow = 1", "y = 2"), MAX_BYTES)
    assert (flaw, source) == ("", source) and b"x = 1" in source and b"y = 2" in source
    assert notes == ("cell 2 is left out: Python takes too long to parse it",)


def test_a_busy_machine_leaves_no_cell_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock counts the time that other processes take."""
    waiting = ipynb._COMPILE.replace("import json", "import time; time.sleep(2)\nimport json")
    monkeypatch.setattr(ipynb, "_COMPILE", waiting)
    monkeypatch.setattr(ipynb, "_MAX_SECONDS", 1)
    assert program_of(notebook("x = 1"), MAX_BYTES) == (b"# cell 1\nx = 1\n", "", ())


def test_code_of_more_than_a_file_may_hold(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(notebook("x = 1\n" * 200_000))
    assert "code is larger than 1 MiB" in read_submission(str(tmp_path / "ada.ipynb")).flaw


def test_notes_on_cells_are_few(tmp_path: Path) -> None:
    _, _, notes = program_of(notebook("x = 1", *["%%" + "\x1b" * 500 + "\n"] * 300), MAX_BYTES)
    assert len(notes) == 21 and notes[-1] == "280 more cells are left out"
    assert max(map(len, notes)) < 150 and all(note.isprintable() for note in notes)
