"""Functions that live in this process, or in a real kernel, judged on public cases.

What they may be is what may be handed in: see `tests/submissions`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser

import grader
from grader.bank.locate import find_bank
from grader.errors import UsageError
from grader.integrations import ipython
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.judgement import Judgement, RunStatus, Verdict
from grader.model.problem import Submission
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from grader.values.decode import DecodeError
from tests._support.bank import DATA, PATIENCE_S, ROOT, Command, load
from tests._support.browser import open_page
from tests._support.scripts import SCRIPTS, lines

TESTBANK = DATA / "bank"
NOTE = """Public cases only, run in this process without limits on time and memory.
With hidden cases and limits: grader grade mean FILE"""

Function = Callable[..., object]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def sum_of(values: list[float]) -> float:
    return sum(values)


def negative(values: list[float]) -> float:
    return -mean(values)


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank as a student has it: without solutions."""
    folder = tmp_path_factory.mktemp("bank")
    for problem in (TESTBANK / "problems" / "mean", ROOT / "problems" / "dr-grpo"):
        shutil.copytree(problem, folder / "problems" / problem.name)
    return folder


def checked(function: Any, bank: Path) -> Judgement:
    return grader.check("mean", function, bank=bank).judgement


# The same as if it were handed in ----------------------------------------------------------------

# Not here: what kills its process, never ends, or fills the memory, as there are no limits.
SAME = [
    "array_of_three",
    "class_under_the_name",
    "complex_number",
    "cyclic",
    "deep",
    "generator",
    "huge_integer",
    "huge_list",
    "infinite",
    "lying_equality",
    "lying_float",
    "missing_argument",
    "nan",
    "no_parameters",
    "none",
    "raises",
    "raises_control_characters",
    "raises_hostile_text",
    "recursion",
    "returns_secret_type",
    "right",
    "right_callable_object",
    "right_dataclass",
    "right_lambda_numpy",
    "right_prints_some",
    "right_zero_dim_array",
    "sys_exit",
    "text",
    "truth",
    "wrong_sum",
]


def function_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The function a file defines, as an import makes it."""
    module = ModuleType("handed_in")
    monkeypatch.setitem(sys.modules, "handed_in", module)
    exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
    return module.__dict__["mean"]


@pytest.mark.parametrize("name", SAME)
def test_a_function_gets_the_judgement_of_its_file(
    name: str, students: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = DATA / "submissions" / f"{name}.py"
    key = AnswerKey(load("mean", find_bank(str(students))), sandbox)
    handed_in = judge(key, Submission(path.read_bytes(), path.name), sandbox)
    here = checked(function_in(path, monkeypatch), students)
    assert told(here) == told(handed_in)


def told(judgement: Judgement) -> list[tuple[Verdict, RunStatus, str]]:
    return [(each.verdict, each.run.status, message(each)) for each in judgement.results]


CALLABLE: dict[str, Function] = {
    "a function of another name": mean,
    "a lambda": lambda values: sum(values) / len(values),
    "a built-in": np.mean,
    "a method": type("Model", (), {"mean": lambda self, values: mean(values)})().mean,
    "an object": type("Mean", (), {"__call__": lambda self, values: mean(values)})(),
}


@pytest.mark.parametrize("function", CALLABLE.values(), ids=CALLABLE)
def test_whatever_can_be_called_is_checked(function: Function, students: Path) -> None:
    assert checked(function, students).verdict is Verdict.ACCEPTED


def test_arguments_are_copies(students: Path) -> None:
    def destroys(values: list[float]) -> float:
        answer = mean(values)
        values.clear()
        return answer

    judgement = checked(destroys, students)
    assert judgement.verdict is Verdict.ACCEPTED
    assert judgement.results[0].case.step.args == {"values": [1.0, 2.0, 4.5]}


def fails(values: list[float]) -> float:
    return values.total  # type: ignore[attr-defined,no-any-return]


FAILING: dict[str, Function] = {
    "a function": fails,
    "one with its arguments filled in": partial(partial(fails)),
    "an object": type("Failing", (), {"__call__": lambda self, values: fails(values)})(),
}


@pytest.mark.parametrize("function", FAILING.values(), ids=FAILING)
def test_an_error_tells_the_line_and_what_stands_there(function: Function, students: Path) -> None:
    run = checked(function, students).results[0].run
    assert run.error == "AttributeError: 'list' object has no attribute 'total'"
    assert run.line == fails.__code__.co_firstlineno + 1
    assert f"line {run.line}, in fails\n    return values.total" in run.traceback


def test_memory_that_is_not_there_is_a_verdict(students: Path) -> None:
    def hog(values: list[float]) -> float:
        raise MemoryError

    judgement = checked(hog, students)
    assert judgement.verdict is Verdict.MEMORY_LIMIT
    assert message(judgement.results[0]) == "it asked for more memory than is available"


def test_a_key_that_would_lose_its_hash_is_described(students: Path) -> None:
    Key = type("Key", (list,), {"__hash__": lambda self: 1})
    judgement = checked(lambda values: {Key(): 1.0}, students)
    assert judgement.verdict is Verdict.WRONG_ANSWER
    assert "an object of type Key as a key" in message(judgement.results[0])


def test_an_answer_that_cannot_be_read_is_a_verdict(
    students: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bytes) -> None:
        raise DecodeError("it has no end")

    monkeypatch.setattr(ipython, "decode", fail)
    run = checked(mean, students).results[0].run
    assert run.status is RunStatus.GARBLED
    assert run.error == "its answer cannot be read: it has no end"


def test_what_it_prints_is_kept_and_cut(students: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def chatty(values: list[float]) -> float:
        print("out", len(values))
        print("x" * 10_000, file=sys.stderr)
        return mean(values)

    (first, _) = checked(chatty, students).results
    assert first.run.stdout.startswith("out 3\nxxx")
    assert first.run.stdout.endswith("xxx\n… 1815 more characters")
    assert capsys.readouterr() == ("", "")


def test_an_interrupt_ends_the_check(students: Path) -> None:
    def interrupted(values: list[float]) -> float:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checked(interrupted, students)


# What is told, and what is not -------------------------------------------------------------------


def test_text_tells_the_cases_and_what_was_not_run() -> None:
    assert repr(grader.check("mean", sum_of, bank=TESTBANK)) == (
        "The mean: sum_of\n"
        "  WA    0/1  three\n"
        "        got 7.5, expected 2.5 (off by 5; at most 0.00025 is allowed)\n"
        "  AC    1/1  one\n"
        "Hint: What do you divide by?\n"
        "wrong answer, 1 of 2 points\n" + NOTE
    )


def test_nothing_protects_and_nothing_hidden_is_held() -> None:
    judgement = checked(sum_of, TESTBANK)
    assert judgement.protection.tier == "none"
    assert [each.case.name for each in judgement.results] == ["three", "one"]
    problem = judgement.problem
    assert (problem.reference, problem.accepted, problem.misconceptions) == (None, {}, ())
    assert not any(case.hidden for case in problem.cases)


def test_without_solutions_there_is_no_hint_but_what_can_be_seen(students: Path) -> None:
    assert checked(sum_of, students).misconceptions == ()
    judgement = checked(negative, students)
    assert judgement.observations == ("Every wrong answer has the right size and the wrong sign.",)


# Classes and several functions -------------------------------------------------------------------


def tokenise(text: str) -> list[str]:
    return text.split()


def count_ngrams(tokens: list[str], n: int = 2) -> dict[tuple[str, ...], int]:
    runs = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    return {run: runs.count(run) for run in runs}


class Adam:
    def __init__(self, lr: float = 0.001):
        self.t = 0

    def step(self, params: Any, grads: Any) -> Any:
        self.t += 1
        return params - 0.5


_MISSING = "step 2, count_ngrams(…): count_ngrams is missing from the call of grader.check"
# problem, what is checked, and verdict, points and message of each public case
OF_STEPS: dict[str, tuple[str, Any, list[str]]] = {
    "two functions": ("ngrams", [tokenise, count_ngrams], ["AC 1/1", "AC 3/3"]),
    "in another order": ("ngrams", (count_ngrams, tokenise), ["AC 1/1", "AC 3/3"]),
    "one of two": ("ngrams", tokenise, ["AC 1/1", f"RTE 1/3 {_MISSING}"]),
    "a class": ("adam", Adam, ["WA 0/1 step 3, adam.step(…): at [0]: got 0.0, expected 0.01741…"]),
}


@pytest.mark.parametrize("problem, given, said", OF_STEPS.values(), ids=OF_STEPS)
def test_classes_and_several_functions_are_checked_by_steps(
    problem: str, given: Any, said: list[str]
) -> None:
    found = lines(grader.check(problem, given, bank=DATA / "scripts").judgement)
    for line, beginning in zip(found, said, strict=True):
        assert line.startswith(beginning[:-1]) if beginning.endswith("…") else line == beginning


def _by_input(start: int) -> None:
    for number in range(start, start + int(input())):
        print(f"n = {number}")


def _by_bytes(start: int) -> None:
    count = int(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(b"".join(b"n = %d\n" % (start + each) for each in range(count)))


def _with_prompt(start: int) -> None:
    input("n = 0\nn = 1")


def _beyond_the_end(start: int) -> None:
    input()
    input()


READING: dict[str, tuple[Function, str]] = {
    "input": (_by_input, "AC 1/1"),
    "bytes": (_by_bytes, "AC 1/1"),
    "a prompt is printed": (_with_prompt, "AC 1/1"),
    "beyond the end": (
        _beyond_the_end,
        "RTE 0/1 EOFError: EOF when reading a line (nothing can be typed here: do not call input())"
        " (line …",
    ),
}


@pytest.mark.parametrize("function, said", READING.values(), ids=READING)
def test_a_function_reads_the_input_of_its_case(
    function: Function, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jupyter replaces `input` by a function that asks at the keyboard."""

    def ask(prompt: object = "") -> str:
        raise AssertionError("nobody is asked")

    monkeypatch.setattr("builtins.input", ask)
    (line,) = lines(grader.check("printer", function, bank=DATA / "scripts").judgement)
    assert line.startswith(said[:-1]) if said.endswith("…") else line == said
    assert input is ask


def _vocabulary(tokenise: str) -> list[Any]:
    """Return the functions of a notebook that has this body of `tokenise`, the others right."""
    source = (SCRIPTS.load("vocabulary").reference or b"").decode()
    before, after = source.index("    words = ["), source.index("def vocabulary")
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(f"{source[:before]}    {tokenise}\n\n\n{source[after:]}", names)
    return [names[name] for name in ("tokenise", "vocabulary", "rate")]


def test_an_error_in_one_function_does_not_cost_the_points_of_others() -> None:
    """The others call it by its name, which has another function only while a case is repeated."""
    tokenise, *others = _vocabulary("return text.split()")
    check = grader.check("vocabulary", [tokenise, *others], bank=DATA / "scripts")
    found = check.judgement
    assert [str(each.points) for each in found.results] == ["0", "3", "4"]
    assert [each.given for each in found.results] == [(), ("tokenise",), ()]
    assert "with a correct tokenise: 3 of 3 points" in repr(check)
    assert others[0].__globals__["tokenise"] is tokenise


def test_a_function_that_is_missing_is_given_too() -> None:
    vocabulary = _vocabulary("return text.split()")[1]
    del vocabulary.__globals__["tokenise"]
    found = grader.check("vocabulary", [vocabulary], bank=DATA / "scripts").judgement
    assert [str(each.points) for each in found.results] == ["0", "3", "0"]
    assert "tokenise" not in vocabulary.__globals__


WRONG_OF_SEVERAL: dict[str, tuple[str, Any, str]] = {
    "another name": ("ngrams", mean, "expected functions called tokenise and count_ngrams, found"),
    "none": ("ngrams", [], "found an empty list"),
    "a result": ("ngrams", [tokenise("a")], "grader.check('ngrams', [tokenise, count_ngrams]), wi"),
    "no class": ("adam", 3, "expected a class, found 3; write grader.check('adam', Adam), without"),
}


@pytest.mark.parametrize("problem, given, says", WRONG_OF_SEVERAL.values(), ids=WRONG_OF_SEVERAL)
def test_a_usage_error_about_several_is_reported(problem: str, given: Any, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        grader.check(problem, given, bank=DATA / "scripts")


WRONG: dict[str, tuple[str, Any, str]] = {
    "mistyped problem": ("maen", mean, "did you mean 'mean'?"),
    "the name": (
        "mean",
        "mean",
        "expected a function, found 'mean'; write grader.check('mean', me",
    ),
    "a call": ("mean", mean([1.0]), "found 1.0; write grader.check('mean', mean), without"),
    "an array": ("mean", np.zeros(2), "found array([0.0, 0.0], dtype=float64); write"),
}


@pytest.mark.parametrize("problem, function, says", WRONG.values(), ids=WRONG)
def test_a_usage_error_is_reported(problem: str, function: Any, says: str, students: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        grader.check(problem, function, bank=students)


def test_outside_of_a_notebook_ipython_is_not_loaded(tmp_path: Path) -> None:
    code = (
        "import sys, grader\n"
        f"print(grader.check('mean', sum, bank={str(TESTBANK)!r}))\n"
        "assert 'IPython' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
    )
    assert done.stderr == "" and "wrong answer, 1 of 2 points" in done.stdout


# As HTML -----------------------------------------------------------------------------------------

HOSTILE = "</pre></td></table></style><script>alert(1)</script><img src=x onerror=alert(1)>"


def html_of(function: Function, bank: Path) -> str:
    return grader.check("mean", function, bank=bank)._repr_html_()


def test_html_has_a_table_with_headers_messages_hints_and_the_note() -> None:
    html = html_of(sum_of, TESTBANK)
    assert html.startswith('<div class="grader-check') and html.endswith("</div>")
    assert re.findall(r'<th scope="(?:col|row)"[^>]*>(.*?)</th>', html) == [
        "Case",
        "Verdict",
        "Points",
        "three",
        "one",
    ]
    assert '<span class="words">wrong answer</span>' in html  # not by colour alone
    assert "got 7.5, expected 2.5" in html and "What do you divide by?" in html
    assert NOTE in html
    assert "<script" not in html and "id=" not in html  # there may be two on a page


@pytest.mark.parametrize("where", ["returned", "raised", "printed"])
def test_what_a_function_says_cannot_leave_its_place(where: str, students: Path) -> None:
    def hostile(values: list[float]) -> object:
        if where == "raised":
            raise ValueError(HOSTILE + "\x1b[31m")
        print(HOSTILE + "\x1b[31m" if where == "printed" else "")
        return [HOSTILE]

    html = html_of(hostile, students)
    assert "<script" not in html and "<img" not in html and "\x1b" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_check_looks_the_same_again(students: Path) -> None:
    assert html_of(sum_of, students) == html_of(sum_of, students)


def test_it_can_be_read_in_light_and_dark_notebooks(
    browser: Browser, students: Path, tmp_path: Path
) -> None:
    check = grader.check("dr-grpo", lambda *args: print("x" * 500), bank=students)
    (first, *_) = check.judgement.results
    every = tuple(replace(first, verdict=verdict) for verdict in Verdict)
    html = replace(check, judgement=replace(check.judgement, results=every))._repr_html_()
    file = tmp_path / "notebook.html"
    file.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Notebooks</title>'
        f'<main><h1>Notebooks</h1><div style="background: #fff; color: #000">{html}</div>'
        f'<div style="background: #111; color: #e8e8e8">{html}</div></main>',
        "utf-8",
    )
    with open_page(browser, file, viewport={"width": 360, "height": 800}) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


# In a real kernel --------------------------------------------------------------------------------

CELLS = {
    "begins": "import grader\n%load_ext grader",
    "check": "def mine(values):\n    return sum(values)\n\ngrader.check('mean', mine)",
    "printed": "print(grader.check('mean', mine))",
    "magic": "%%grader mean\ndef mean(values):\n    return sum(values) / len(values)",
    "defined": "mean([1, 2])",
    "of another cell": "average = mean",
    "another name again": "%%grader mean\nmean = average",
    "imported": "import sys, types\nsys.modules['mine'] = types.ModuleType('mine')\n"
    "sys.modules['mine'].mean = mean",
    "imported again": "%%grader mean\nfrom mine import mean",
    "imported with all": "%%grader mean\nfrom mine import *",
    "only used": "%%grader mean\nfrom math import *\nmean([1, 2])",
    "raises": "%%grader mean\ndef mean(values):\n    print('hello')\n    return 1 / 0",
    "another name": "%%grader mean\nfrom math import exp\ndef meen(values):\n    return 0",
    "no function": "%%grader mean\nvalues = [1, 2]",
    "no such problem": "%%grader maen\nraise SystemError('it must not be run')",
    "no problem": "%%grader\nraise SystemError('it must not be run')",
    "fails": "%%grader mean\nx = 1\nundefined",
    "broken": "%%grader mean\ndef mean(values:\n    return 0",
    "interrupted": "%%grader mean\nimport signal\ndef mean(values):\n"
    "    signal.raise_signal(signal.SIGINT)",
    "older": "def tokenise(text):\n    return text.split()",
    "several": "%%grader ngrams\ndef count_ngrams(tokens, n):\n    return {}",
    "awaits": "%%grader mean\nimport asyncio\nawait asyncio.sleep(0)\ndef mean(values):\n"
    "    return 0",
    "goes on": "%%grader mean\n%precision 4\nmean = lambda values: sum(values) / len(values)",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each cell of a notebook beside the test bank puts out, run by a kernel."""
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copytree(TESTBANK, folder, dirs_exist_ok=True)
    shutil.copytree(DATA / "scripts" / "problems" / "ngrams", folder / "problems" / "ngrams")
    cells: Any = [new_code_cell(text) for text in CELLS.values()]  # type: ignore[no-untyped-call]
    notebook = new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        timeout=int(PATIENCE_S),
        startup_timeout=int(PATIENCE_S),
        iopub_timeout=int(PATIENCE_S),
        kernel_name="python3",
        allow_errors=True,
        coalesce_streams=True,  # what a kernel prints may arrive in several pieces
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT)})
    nbformat.validate(notebook)
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


def test_a_notebook_shows_html_and_text(outputs: dict[str, list[Any]]) -> None:
    assert outputs["begins"] == []
    (shown,) = outputs["check"]
    assert shown.data["text/html"].startswith('<div class="grader-check')
    assert shown.data["text/plain"].startswith("The mean: mine\n  WA    0/1  three\n")
    (printed,) = outputs["printed"]
    assert printed.text == shown.data["text/plain"] + "\n"


def test_the_magic_runs_the_cell_and_checks_its_function(outputs: dict[str, list[Any]]) -> None:
    (shown,) = outputs["magic"]
    assert "accepted, 2 of 2 points" in shown.data["text/plain"]
    (value,) = outputs["defined"]
    assert value.data["text/plain"] == "1.5"
    (shown,) = outputs["goes on"]
    assert "accepted, 2 of 2 points" in shown.data["text/plain"]


@pytest.mark.parametrize("cell", ["another name again", "imported again", "imported with all"])
def test_a_cell_may_define_again_what_was_defined(cell: str, outputs: dict[str, list[Any]]) -> None:
    (shown,) = outputs[cell]
    assert "accepted, 2 of 2 points" in shown.data["text/plain"]


def test_of_several_functions_the_cell_may_define_one(outputs: dict[str, list[Any]]) -> None:
    (shown,) = outputs["several"]
    text = shown.data["text/plain"]
    assert "step 2, count_ngrams(…): " in text
    assert "wrong answer, 2 of 4 points" in text


def test_lines_are_those_of_the_cell(outputs: dict[str, list[Any]]) -> None:
    (shown,) = outputs["raises"]
    assert "ZeroDivisionError: division by zero (line 4)" in shown.data["text/plain"]
    assert "line 4, in mean\n            return 1 / 0" in shown.data["text/plain"]
    assert "printed output:\n        hello\n" in shown.data["text/plain"]


TOLD = {
    "another name": "UsageError: the cell must define mean for the problem mean; found: meen\n",
    "no function": "the cell must define mean for the problem mean; it defines no function\n",
    "only used": "the cell must define mean for the problem mean; it defines no function\n",
    "awaits": "UsageError: await outside of functions needs a cell of its own, without %%grader\n",
    "no such problem": "(another bank: --bank DIR, or bank= in Python)\n",
    "no problem": "the name of a problem: %%grader PROBLEM; the bank problems has: mean, ngrams\n",
}


@pytest.mark.parametrize("cell, says", TOLD.items(), ids=TOLD)
def test_a_slip_is_told_in_a_line(cell: str, says: str, outputs: dict[str, list[Any]]) -> None:
    (told,) = outputs[cell]
    assert told.name == "stderr" and told.text.endswith(says)


STOPS = {"fails": "NameError", "broken": "SyntaxError", "interrupted": "KeyboardInterrupt"}


@pytest.mark.parametrize("cell, error", STOPS.items(), ids=STOPS)
def test_a_cell_that_stops_is_not_checked(
    cell: str, error: str, outputs: dict[str, list[Any]]
) -> None:
    (told,) = outputs[cell]
    assert told.output_type == "error" and told.ename == error


def test_a_traceback_is_of_the_cell_alone(outputs: dict[str, list[Any]]) -> None:
    (told,) = outputs["fails"]
    assert "grader/notebook.py" not in "".join(told.traceback)


# Handed in ---------------------------------------------------------------------------------------

DEFINITION = "def mean(values):\n    return sum(values) / len(values)"
HANDED_IN = {
    "a check": ["import grader", DEFINITION, "grader.check('mean', mean)"],
    "an imported check": ["from grader import check", DEFINITION, "check('mean', mean)"],
    "the magic": ["%load_ext grader", f"%%grader mean\n{DEFINITION}"],
}


@pytest.mark.parametrize("tier", ["strict", "basic"])
@pytest.mark.parametrize("cells", HANDED_IN.values(), ids=HANDED_IN)
def test_a_notebook_that_checks_itself_can_be_handed_in(
    cells: list[str], tier: str, tmp_path: Path, grader: Command
) -> None:
    code: Any = [new_code_cell(text) for text in cells]  # type: ignore[no-untyped-call]
    notebook = new_notebook(cells=code)  # type: ignore[no-untyped-call]
    nbformat.write(notebook, tmp_path / "mine.ipynb")  # type: ignore[no-untyped-call]
    done = grader("grade", "mean", "mine.ipynb", "--sandbox", tier, bank=TESTBANK)
    assert done.stdout.endswith("accepted, 4 of 4 points\n")
