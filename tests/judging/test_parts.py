"""The function counts, whatever fails around it, and notes say what failed."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox import notebook as magics
from grader.sandbox.host import Sandbox
from grader.submissions.source import make_submission
from tests._support.bank import DATA, ROOT, TEST_BANK
from tests._support.submissions import notebook

RIGHT = "def mean(values):\n    return sum(values) / len(values)"
NOTEBOOKS, FILES = (
    {row["name"]: row for row in yaml.safe_load((DATA / "parts" / name).read_text("utf-8"))}
    for name in ("notebooks.yaml", "files.yaml")
)


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    from grader.bank.load import load_problem

    folders = (str(TEST_BANK / kind / "mean") for kind in ("problems", "solutions"))
    return AnswerKey(load_problem(*folders), sandbox)


def check(row: dict[str, Any], submission: Submission, key: AnswerKey, sandbox: Sandbox) -> None:
    judgement = judge(key, submission, sandbox)
    expected = row.get("notes", [])
    assert len(judgement.notes) == len(expected), judgement.notes
    for note, pattern in zip(judgement.notes, expected, strict=True):
        assert re.match(pattern, note), note
    assert judgement.verdict.value == row["verdict"], message(judgement.results[0])
    text = message(judgement.results[0])
    assert re.search(row.get("says", ""), text), text


def submission_of(row: dict[str, Any]) -> Submission:
    cells = [RIGHT if cell == "right" else cell for cell in row["cells"]]
    return make_submission(notebook(*cells), "", "me.ipynb")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook(name: str, key: AnswerKey, sandbox: Sandbox) -> None:
    check(NOTEBOOKS[name], submission_of(NOTEBOOKS[name]), key, sandbox)


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, key: AnswerKey, sandbox: Sandbox) -> None:
    row = FILES[name]
    check(row, make_submission(row["file"].encode(), "", "me.py"), key, sandbox)


CELLS = {
    "line magics": "%matplotlib inline\nx = 1\n%timeit f()",
    "in a block": "if True:\n    !pip install \\\n      numpy\nz = 2",
    "assigned": "files = !ls\na = %sx ls\nx = 1",
    "help": "len?\n?len\nlist.sort??\nx = 1",
    "timed": "%time x = 3\ny = x",
    "timed and assigned": "x = %time 1 + 1\na, b = %time divmod(7, 2)\nif x:\n    y = %time x",
    "files that are run": "%run helper.py\nif True:\n    %run -i './tools/a.py' 3\nx = 1",
    "after empty lines": "\n\n%pylab\nx = 1",
    "beside a remainder": "%pylab\ny = 3\nx = (7\n  % 2)",
    "beside an inequality": "%pylab\nx = (7\n  != 2)",
    "beside a remainder that begins with a name": "%pylab\ny = 4\nx = (7\n  %y)",
    "beside a remainder in a continued line": "%pylab\ny = 4\nx = 7 \\\n  %y",
    "beside brackets in texts": "x = ['(', \"[\", '\\'{']  # (\n%pylab\ny = 1",
    "beside a text": '%pylab\nx = """\\\n%d items, isn\'t it?\n!ls\n?help\nlen?\n"""\n!ls (\ny = 1',
    "beside quotes in a text": "x = r'''\n\"\"\"\n!ls\n\\''''\n!ls\ny = 1",
}


class Code:
    """Runs code in a namespace."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def run(self, cell: str) -> None:
        exec(cell, self._names)

    def run_file(self, path: str) -> None:
        self._names.setdefault("ran", []).append(path)

    def evaluate(self, line: str) -> object:
        try:
            return eval(line, self._names)
        except SyntaxError:
            exec(line, self._names)
            return None


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_magics_become_calls_with_and_without_ipython(cell: str) -> None:
    assert magics._ipython() is not None
    defined = []
    for text in (magics.as_python(cell), magics.without_ipython(cell)):
        names: dict[str, Any] = {}
        magics.prepare(names, Code(names))
        before = {*names, "__builtins__"}
        exec(text, names)
        defined.append({name: names[name] for name in names if name not in before})
    assert defined[0] == defined[1] != {}


def test_the_transformer_leaves_no_trace_of_ipython() -> None:
    """A notebook may import the real one, or find that it is not installed."""
    code = (
        "import sys\nfrom grader.sandbox.notebook import as_python\n"
        "assert 'run_line_magic' in as_python('%x')\n"
        "print([name for name in sys.modules if 'IPython' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_as_many_notes_as_can_be_read(key: AnswerKey, sandbox: Sandbox) -> None:
    cells = [RIGHT, *["%%" + "\x1b" * 500 + "\n"] * 300]
    judgement = judge(key, make_submission(notebook(*cells), "", "me.ipynb"), sandbox)
    assert len(judgement.notes) == 6 and judgement.notes[-1] == "295 more lines failed"
    assert max(map(len, judgement.notes)) < 150


FORGED = """
import sys
def mean(values):
    return sum(values) / len(values)
frame = sys._getframe()
while "self" not in frame.f_locals:
    frame = frame.f_back
report = {"notes": [5, *[str(n) * 1000 for n in range(20)]], "stopped": [[0, 10**50], 7, [0, 3]]}
frame.f_locals["self"].report.of_parts = lambda: report
"""


def test_forged_notes_are_bounded(key: AnswerKey, sandbox: Sandbox) -> None:
    """A program may say of itself whatever it likes, but only so much, and before any call."""
    judgement = judge(key, Submission(FORGED.encode(), "me.py"), sandbox)
    assert judgement.verdict is Verdict.ACCEPTED
    assert 10 < len(judgement.notes) <= 16 and {*map(len, judgement.notes)} == {500}


def test_notes_are_those_of_the_first_import(key: AnswerKey, sandbox: Sandbox) -> None:
    """Later imports come after calls, whose arguments a note could give away."""
    source = b"import os\ndef mean(values):\n    os._exit(1)\nraise ValueError\n"
    calls = [case.script for case in key.problem.cases]
    seen: list[tuple[str, ...]] = []
    runs = sandbox.run(key.problem.program(source), calls, key.problem.limits, note=seen.append)
    assert {run.status.name for run in runs} == {"CRASHED"} and len(seen) == len(seen[0]) == 1
