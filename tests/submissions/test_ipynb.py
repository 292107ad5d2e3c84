"""The code cells of a notebook become one program, without what only IPython understands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.submissions import read_attempt, read_submission
from grader.submissions.ipynb import program_of
from tests._support.submissions import SOLVED, collect, notebook

MAX_BYTES = 1 << 20
CELLS = {
    "one": (["x = 1"], b"# cell 1\nx = 1\n", (1,)),
    "several": (["x", "", "y"], b"# cell 1\nx\n\n# cell 2\n\n\n# cell 3\ny\n", (1, 4, 7)),
    "magics are left to the sandbox": (["%%html\n<b>"], b"# cell 1\n%%html\n<b>\n", (1,)),
    "indented": (["\n  if x:\n    y = 2"], b"# cell 1\n\nif x:\n  y = 2\n", (1,)),
    "line ends of Windows and old Macs": (["x\r\ny\rz"], b"# cell 1\nx\ny\nz\n", (1,)),
    "a form feed does not end a line": (["x\x0c\ny"], b"# cell 1\nx\x0c\ny\n", (1,)),
    "byte order mark": (["\ufeffx = 1"], b"# cell 1\nx = 1\n", (1,)),
    "half a character": (["x = '\ud800'"], b"# cell 1\nx = '\\ud800'\n", (1,)),
}  # fmt: skip


@pytest.mark.parametrize("cells, source, starts", CELLS.values(), ids=CELLS)
def test_cells_become_one_text(cells: list[str], source: bytes, starts: tuple[int, ...]) -> None:
    assert program_of(notebook(*cells), MAX_BYTES) == (source, "", starts)


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


def test_an_attempt_knows_its_cells(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(notebook(SOLVED.decode(), "oops("))
    (attempt,) = collect(tmp_path).attempts
    submission = read_attempt(attempt)
    assert submission.source == b"# cell 1\n" + SOLVED + b"\n\n# cell 2\noops(\n"
    assert (submission.cells, submission.flaw) == ((1, 6), "")


RENAMED = {
    "a notebook": (notebook(SOLVED.decode()), b"# cell 1\n" + SOLVED + b"\n", ""),
    "with a byte order mark": (
        b"\xef\xbb\xbf\n" + notebook(SOLVED.decode()),
        b"# cell 1\n" + SOLVED + b"\n",
        "",
    ),
    "in UTF-16": (
        notebook(SOLVED.decode()).decode().encode("utf-16"),
        b"# cell 1\n" + SOLVED + b"\n",
        "",
    ),
    "of Spark": (
        notebook(SOLVED.decode(), metadata={"language_info": {"name": "pyspark"}}),
        b"# cell 1\n" + SOLVED + b"\n",
        "",
    ),
    "cut off": (notebook(SOLVED.decode())[:-30], b"", "is not a Jupyter notebook"),
    "in R": (notebook("x <- 1", metadata={"kernelspec": {"language": "R"}}), b"", "is in 'R'"),
    "a program with a notebook": (
        SOLVED + b"{'a': '\"cell_type\"'}\n",
        SOLVED + b"{'a': '\"cell_type\"'}\n",
        "",
    ),
    "a program with a dictionary": (b"{'a': 1}\n" + SOLVED, b"{'a': 1}\n" + SOLVED, ""),
    "an RTF document": (
        b"{\\rtf1\\ansi\n\\f0 def softmax(x):\\\n    return x}",
        b"{\\rtf1\\ansi\n\\f0 def softmax(x):\\\n    return x}",
        "is an RTF document; save it as plain text",
    ),
}


@pytest.mark.parametrize("content, source, flaw", RENAMED.values(), ids=RENAMED)
def test_notebook_that_was_renamed_is_read_as_one(
    content: bytes, source: bytes, flaw: str, tmp_path: Path
) -> None:
    (tmp_path / "ada.py").write_bytes(content)
    (attempt,) = collect(tmp_path).attempts
    found = read_submission(str(tmp_path / "ada.py"))
    assert flaw in found.flaw and flaw in attempt.flaw
    assert bool(found.flaw) == bool(attempt.flaw) == bool(flaw)
    assert found.source == source
    if not flaw:
        judged = read_attempt(attempt)
        assert (judged.source, judged.cells, judged.flaw) == (source, found.cells, "")


# In a file, each is a flaw of the whole.
@pytest.mark.parametrize("cell", ["s = '\0'", "# -*- coding: nothing -*-", "# coding: idna"])
def test_no_character_of_a_cell_is_a_flaw_of_the_notebook(cell: str, tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(notebook(cell, SOLVED.decode()))
    (attempt,) = collect(tmp_path).attempts
    assert (attempt.flaw, read_attempt(attempt).flaw) == ("", "")
    assert read_submission(str(tmp_path / "ada.ipynb")).flaw == ""


def test_code_of_more_than_a_file_may_hold(tmp_path: Path) -> None:
    (tmp_path / "ada.ipynb").write_bytes(notebook("x = 1\n" * 200_000))
    assert "code is larger than 1 MiB" in read_submission(str(tmp_path / "ada.ipynb")).flaw
