"""One import of a small assignment of nbgrader, and the problem that its cells make."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from grader.bank.locate import Bank
from grader.errors import UsageError
from grader.importers.imported import ImportedProblem
from grader.importers.importing import import_questions
from grader.importers.nbgrader import read_questions
from grader.importers.outcomes import Outcome
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.checker import Tolerance
from grader.model.credit import Credit
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import Sandbox
from tests._support.nbgrader import by_hand, code, graded, solution, text, write_notebook

CELLS = [
    text("# Statistics"),
    code(
        "%matplotlib inline\nimport numpy as np\nfrom numbers import Number\n"
        "data = np.array([1.0, 2.0, 6.0])\nprint(data)"
    ),
    text("## The mean\n\nWrite the mean, $\\bar x$."),
    solution(
        "mean",
        "def mean(x):\n"
        '    """The mean."""\n'
        "    ### BEGIN SOLUTION\n"
        "    if len(x) == 0:\n"
        "        raise ValueError('no numbers')\n"
        "    return np.sum(x) / len(x)\n"
        "    ### END SOLUTION\n",
    ),
    graded(
        "test_mean",
        3,
        "from numpy.testing import assert_allclose\n"
        "limit = 1\n"
        "assert_allclose(mean(data), 3, atol=1e-6)\n"
        "assert mean([2, 4]) > limit and mean([2, 4]) < 3.5\n"
        "### BEGIN HIDDEN TESTS\n"
        "data = 2 * data / 2\n"
        "assert_allclose(mean(data), 3, atol=1e-6)\n"
        "### END HIDDEN TESTS\n",
    ),
    graded(
        "test_mean_raises",
        0.5,
        "from nose.tools import assert_raises\nimport pytest\n"
        "assert_raises(ValueError, mean, [])\n"
        "with pytest.raises(ValueError):\n    mean(())\n",
    ),
    text("## The spread"),
    solution(
        "cell-0123456789abcdef",
        "def spread(x: list[Number]):\n"
        "    ### BEGIN SOLUTION\n"
        "    m = mean(x)\n    return np.sqrt(mean([(each - m) ** 2 for each in x]))\n"
        "    ### END SOLUTION\n",
    ),
    graded(
        "test_spread",
        2,
        "xs = [[1, 3], [2, 2]]\nassert_allclose([spread(x) for x in xs], [1, 0], atol=1e-3)\n"
        "for x, y in zip(xs, [1.0, 0.0]):\n    assert abs(spread(x) - y) < 0.01\n",
    ),
    text("# Counting"),
    solution(
        "counter",
        "### BEGIN SOLUTION\n"
        "class Counter:\n"
        "    def __init__(self, start):\n        self.total = start\n\n"
        "    def __call__(self, n):\n        self.total += n\n        return self.total\n"
        "### END SOLUTION\n",
    ),
    graded("test_counter", 1, "c = Counter(2)\nassert c(3) == 5\nassert c.total == 5\n"),
    solution("answer", "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION\n"),
    graded("test_answer", 1, "assert answer == 42\n"),
    by_hand("why", 2, "# Why?"),
    solution(
        "empty", "def empty():\n    ### BEGIN SOLUTION\n    return []\n    ### END SOLUTION\n"
    ),
    graded("test_empty", 1, "assert len(empty()) == 1\n"),
    code("%%html\n<p>not Python</p>"),
]


class Imported(NamedTuple):
    """The problems that were imported, and the folder of the bank."""

    problems: dict[str, ImportedProblem]
    bank: Path

    def load(self, slug: str) -> Problem:
        return Bank(str(self.bank / "problems"), str(self.bank / "solutions")).load(slug)

    def case(self, slug: str, name: str) -> Case:
        return next(each for each in self.load(slug).cases if each.name == name)


@pytest.fixture(scope="module")
def imported(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("nbgrader")
    write_notebook(folder / "source" / "ps1" / "statistics.ipynb", CELLS)
    write_notebook(folder / "release" / "ps1" / "statistics.ipynb", CELLS)
    (folder / "source" / "broken.ipynb").write_text('{"worksheets": []}', "utf-8")
    problems = import_questions(read_questions(folder), folder / "bank", sandbox)
    return Imported(problems, folder / "bank")


def test_cells_become_problems_and_others_are_reported(imported: Imported) -> None:
    assert {slug: problem.reason for slug, problem in imported.problems.items()} == {
        "mean": "",
        "counter": "",
        "answer": "students assign values here, and a problem needs a function or a class",
        "why": "it is graded by hand",
        "empty": "the published solution fails the test: AssertionError: ",
        "broken": "broken.ipynb is not a Jupyter notebook of version 4",
    }


def test_functions_that_use_each_other_are_one_problem(imported: Imported) -> None:
    problem = imported.load("mean")
    assert str(problem.entry_point) == "mean and spread"
    assert (problem.title, problem.category) == ("The spread", "statistics")
    assert problem.statement.startswith("# Statistics\n\n## The mean\n\nWrite the mean, $\\bar x$.")
    assert "cell mean of statistics.ipynb" in problem.statement


def test_stub_has_what_the_solution_needs_but_not_the_solution(imported: Imported) -> None:
    starter = imported.load("mean").starter.decode()
    assert starter.startswith("import numpy as np\nfrom numbers import Number\n\n")
    assert '    """The mean."""\n    raise NotImplementedError\n' in starter
    assert "np.sum" not in starter and "data" not in starter
    assert b"# BEGIN" not in (imported.load("mean").reference or b"")


def test_stub_is_written_where_the_cell_has_none(imported: Imported) -> None:
    problem = imported.load("counter")
    assert str(problem.entry_point) == "Counter"
    assert b"raise NotImplementedError" in problem.starter and b"+= n" not in problem.starter
    assert "stub written from the signatures" in imported.problems["counter"].repairs[0]


def test_the_cases_of_a_cell_earn_its_points_together(imported: Imported) -> None:
    problem = imported.load("mean")
    cases = problem.cases
    groups = {each.name: each for each in problem.groups}
    assert {name: each.points for name, each in groups.items()} == {
        "test-mean": 3,
        "test-mean-raises": Fraction(1, 2),
        "test-spread": 2,
    }
    assert all(each.credit is Credit.ALL for each in groups.values())
    assert {case.name: case.hidden for case in cases if case.name.startswith("test-1")} == {
        "test-1-1": False,
        "test-1-2": False,
        "test-1-3": False,
    }
    assert [(case.name, case.group) for case in cases if case.hidden] == [("test-2", "test-mean")]


def test_assertions_are_expectations(imported: Imported) -> None:
    step = imported.case("mean", "test-1-1").step
    assert (step.expected, step.tolerance) == (3.0, Tolerance(1e-7, 1e-6))
    assert imported.case("mean", "test-1-2").step.checker.name == "python: test_1_2"
    spread = [case.step for case in imported.load("mean").cases if "test-4" in case.name]
    assert [each.expected for each in spread] == [1.0, 0.0, 1.0, 0.0]


def test_exceptions_are_expected(imported: Imported) -> None:
    cases = [case for case in imported.load("mean").cases if "test-3" in case.name]
    assert [str(case.step.raises) for case in cases] == ["a ValueError"] * 2


def test_an_object_that_is_called_makes_steps(imported: Imported) -> None:
    steps = imported.case("counter", "test-1").steps
    assert [(step.source(), step.expected) for step in steps] == [
        ("counter = Counter(start=2)", None),
        ("counter(3)", 5),
        ("counter.total", 5),
    ]


SUBMISSIONS = {
    "right": ("sum(x) / len(x)", "11/2"),
    "wrong": ("sum(x) / (len(x) + 1)", "1/2"),
}


@pytest.mark.parametrize("answer, points", SUBMISSIONS.values(), ids=SUBMISSIONS)
def test_submissions_are_judged(
    imported: Imported, sandbox: Sandbox, answer: str, points: str
) -> None:
    source = (
        f"def mean(x):\n    if not len(x):\n        raise ValueError\n    return {answer}\n"
        "def spread(x):\n    return mean([(each - mean(x)) ** 2 for each in x]) ** 0.5\n"
    )
    key = AnswerKey(imported.load("mean"), sandbox)
    found = judge(key, Submission(source.encode(), "submission.py"), sandbox)
    assert sum(each.points for each in found.results) == Fraction(points)


def test_each_test_has_the_name_of_its_cell(imported: Imported) -> None:
    found = imported.problems["mean"].tests
    assert [each.name for each in found] == [
        "test_mean",
        "test_mean",
        "test_mean_raises",
        "test_spread",
    ]
    assert {each.outcome for each in found} == {Outcome.IMPORTED}


# What a function returns, and an assertion that converts it, which contradicts nothing.
CONVERTED = {
    "a generator": ("for i in range(x):\n        yield i * i", "list(f(3)) == [0, 1, 4]"),
    "an iterator": ("return map(abs, [-x, x])", "list(f(3)) == [3, 3]"),
    "letters": ("return 'ab' * x", "list(f(1)) == ['a', 'b']"),
    "keys": ("return {x: 1}", "list(f(3)) == [3]"),
    "a text": ("return x + 1", "str(f(3)) == '4'"),
}


@pytest.mark.parametrize("body, assertion", CONVERTED.values(), ids=CONVERTED)
def test_a_test_that_converts_an_answer_is_imported(
    body: str, assertion: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    answer = f"def f(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION\n"
    cells = [text("# One"), solution("f", answer), graded("test_f", 1, f"assert {assertion}\n")]
    write_notebook(tmp_path / "source" / "ps1" / "one.ipynb", cells)
    found = import_questions(read_questions(tmp_path), tmp_path / "bank", sandbox)
    assert [each.outcome for each in found["f"].tests] == [Outcome.IMPORTED]
    key = AnswerKey(Imported(found, tmp_path / "bank").load("f"), sandbox)
    for source, points in ((f"def f(x):\n    {body}\n", 1), ("def f(x):\n    return [7]\n", 0)):
        judgement = judge(key, Submission(source.encode(), "submission.py"), sandbox)
        assert sum(each.points for each in judgement.results) == points


def test_folders_without_assignments_are_refused(tmp_path: Path) -> None:
    write_notebook(tmp_path / "notes.ipynb", [code("x = 1")])
    with pytest.raises(UsageError, match="expected notebooks with cells that nbgrader marks"):
        read_questions(tmp_path)
