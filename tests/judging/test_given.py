"""Given code: submissions import the problem's modules, and nothing takes their place."""

from __future__ import annotations

import importlib
import io
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.bank.locate import find_bank
from grader.bank.starters import given_files
from grader.errors import SpecError, UsageError
from grader.integrations.gradescope.archive import make_autograder
from grader.integrations.ipython import check
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.entry_point import Module
from grader.model.judgement import Verdict
from grader.model.problem import Submission
from grader.reports.problem_text import problem_markdown
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA, Command
from tests._support.given import GIVEN, without_given_modules
from tests._support.scripts import lines, write_problem

ROUTE = GIVEN.load("route")
REFERENCE = (ROUTE.reference or b"").decode()
FORGED = b"class Graph:\n    def __init__(self, arcs): pass\n    def after(self, node): return []\n"
NOTE = (
    "your own given/graphs.py is not used: it is part of the problem, and changes in it do not"
    " count"
)


def judged(source: str, sandbox: Sandbox, *modules: Module) -> tuple[list[str], tuple[str, ...]]:
    submission = Submission(source.encode(), "me.py", modules=modules)
    judgement = judge(AnswerKey(ROUTE, sandbox), submission, sandbox)
    return [line.partition(" ")[0] for line in lines(judgement)], judgement.notes


@pytest.mark.parametrize(
    "start",
    [
        "from given.graphs import Graph",
        "import given.graphs\nGraph = given.graphs.Graph",
        "from given import graphs\nGraph = graphs.Graph",
        "from .given.graphs import Graph",
    ],
)
def test_a_submission_imports_given_modules(start: str, sandbox: Sandbox) -> None:
    source = REFERENCE.replace("from given.graphs import Graph", start)
    assert judged(source, sandbox) == (["AC"] * 4, ())


def test_no_file_of_a_student_takes_their_place(sandbox: Sandbox) -> None:
    changed = Module("given.graphs", "given/graphs.py", FORGED)
    assert judged(REFERENCE, sandbox, changed) == (["AC"] * 4, (NOTE,))
    package = Module("given", "given.py", b"raise SystemExit")
    assert judged(REFERENCE, sandbox, package)[0] == ["AC"] * 4
    same = replace(changed, source=ROUTE.given_modules[1].source.replace(b"\n", b"\r\n"))
    assert judged(REFERENCE, sandbox, same) == (["AC"] * 4, ())


def test_a_students_other_modules_can_be_imported_beside_them(sandbox: Sandbox) -> None:
    more = Module("given.more", "given/more.py", b"from given.graphs import Graph\n")
    source = REFERENCE.replace("given.graphs", "given.more")
    assert judged(source, sandbox, more) == (["AC"] * 4, ())


def test_a_file_may_import_those_of_another_problem(sandbox: Sandbox) -> None:
    assert judged(f"from given.rules import area\n{REFERENCE}", sandbox) == (["AC"] * 4, ())


def test_what_a_submission_changes_in_them_is_its_own(sandbox: Sandbox) -> None:
    """The next submission gets a child of its own, and so an unchanged module."""
    patched = REFERENCE + "\n\nGraph.after = lambda self, node: []\n"
    assert "WA" in judged(patched, sandbox)[0]
    assert judged(REFERENCE, sandbox)[0] == ["AC"] * 4


def test_programs_of_the_author_do_not_share_them(sandbox: Sandbox) -> None:
    """Misconceptions and mutants run in one child, one after the other."""
    patched = REFERENCE + "\n\nGraph.after = lambda self, node: []\n"
    sources = {"patched": patched.encode(), "reference": REFERENCE.encode()}
    table = AnswerKey(ROUTE, sandbox).table(sources)
    assert [run.value for run in table["patched"]] != [run.value for run in table["reference"]]
    assert [run.value for run in table["reference"]] == [2, -1, 0, -1]


def test_a_failure_in_given_code_names_its_line(sandbox: Sandbox) -> None:
    source = REFERENCE.replace("graph.after(node)", "Graph(3).after(node)")
    judgement = judge(AnswerKey(ROUTE, sandbox), Submission(source.encode(), "me.py"), sandbox)
    run = judgement.results[0].run
    assert judgement.results[0].verdict is Verdict.RUN_TIME_ERROR
    assert run.line == 10 and "given/graphs.py, line 8, in __init__" in run.traceback


def test_they_are_part_of_the_answer_keys_digest(sandbox: Sandbox) -> None:
    changed = tuple(replace(each, source=each.source + b"\n") for each in ROUTE.given_modules)
    other = AnswerKey(replace(ROUTE, given_modules=changed), sandbox)
    assert other.inputs_digest != AnswerKey(ROUTE, sandbox).inputs_digest
    assert other.digest != AnswerKey(ROUTE, sandbox).digest


def test_a_page_names_them() -> None:
    text = problem_markdown(ROUTE)
    assert "- `given.graphs`: `Graph`, `reversed_graph(graph)`\n\n## Examples" in text
    assert "Given code" not in problem_markdown(replace(ROUTE, given_modules=()))


def test_an_autograder_has_them(tmp_path: Path) -> None:
    packed = make_autograder("route", ["route"], GIVEN)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    assert find_bank(str(tmp_path / "bank")).load("route").given_modules == ROUTE.given_modules


def test_a_notebook_uses_the_problems_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed copy in the current folder was imported before."""
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "graphs.py").write_bytes(FORGED)
    monkeypatch.syspath_prepend(str(tmp_path))
    start, rest = "from given.graphs import Graph\n", "    graph = "
    late = REFERENCE.replace(start, "").replace(rest, f"    {start}{rest}")
    names: dict[str, Any] = {}
    exec(late, names)
    with without_given_modules():
        importlib.import_module("given.graphs")
        first = check("route", names["distance"], DATA / "given")
        assert first.judgement.verdict is Verdict.ACCEPTED
        kept = sys.modules["given.graphs"]
        check("route", names["distance"], DATA / "given")
        assert sys.modules["given.graphs"] is kept, "else its classes would exist twice"


def test_start_writes_them_beside_the_starter(grader_here: Command, tmp_path: Path) -> None:
    bank = DATA / "given"
    done = grader_here("start", "route", bank=bank)
    assert done.stdout == (
        "Wrote route.py and given/graphs.py. Complete route.py, then run: grader grade route"
        " route.py\n"
    )
    copy = tmp_path / "given" / "graphs.py"
    assert copy.read_bytes() == ROUTE.given_modules[1].source
    assert grader_here("start", "route", "again.py", bank=bank).returncode == 0
    copy.write_text("mine")
    refused = grader_here("start", "route", "third.py", bank=bank)
    assert refused.returncode == 2 and not (tmp_path / "third.py").exists()
    assert "given/graphs.py exists already, with another content" in refused.stderr
    assert copy.read_text() == "mine"
    assert grader_here("start", "route", "third.py", "--force", bank=bank).returncode == 0
    assert copy.read_bytes() == ROUTE.given_modules[1].source


def test_two_problems_with_different_files_of_one_name_need_two_folders() -> None:
    other = replace(
        ROUTE, slug="other", given_modules=(replace(ROUTE.given_modules[1], source=b"x = 1\n"),)
    )
    with pytest.raises(UsageError, match="route and other both give"):
        given_files([ROUTE, other])
    assert given_files([ROUTE, replace(ROUTE, slug="same")]) == {
        "given/graphs.py": ROUTE.given_modules[1].source
    }


# file or folder in `given`, its content, and what is reported
INVALID: dict[str, tuple[str, str | None, str]] = {
    "no name for a module": (
        "my-code.py",
        "x = 1\n",
        "my-code.py:1:1: 'my-code' cannot be imported; expected a name like graphs.py",
    ),
    "a keyword": ("class.py", "x = 1\n", "class.py:1:1: 'class' cannot be imported"),
    "another ending": (
        "data.csv",
        "1\n",
        "data.csv:1:1: given code is Python; expected a name that ends in .py",
    ),
    "a folder": ("deep", None, "deep:1:1: given code has no folders in it; move the files up"),
    "not Python": ("graphs.py", "x = 1\nx = (\n", "graphs.py:2:5: not valid Python: '(' was"),
    "not UTF-8": ("graphs.py", "x = '\udcff'\n", "graphs.py:1:6: the byte 0xff is not UTF-8"),
}


@pytest.mark.parametrize("name, content, said", INVALID.values(), ids=INVALID)
def test_invalid_given_code_is_reported(
    name: str, content: str | None, said: str, tmp_path: Path
) -> None:
    cases = "cases:\n  - {name: one, args: {x: 1}, expected: 1}\n"
    folder = write_problem(tmp_path, spec="function: f", starter="def f(x): ...\n", cases=cases)
    path = folder / "given" / name
    path.parent.mkdir()
    if content is None:
        path.mkdir()
    else:
        path.write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(SpecError) as error:
        load_problem(str(folder))
    assert said in str(error.value)
    shutil.rmtree(path.parent)
    path.parent.write_text("")
    with pytest.raises(SpecError, match="expected a folder with Python files"):
        load_problem(str(folder))
