"""One import of small questions, and the outcome of each of their tests."""

from __future__ import annotations

import builtins
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from grader.bank.locate import Bank
from grader.errors import UsageError
from grader.importers import report
from grader.importers.deep_ml import read_questions
from grader.importers.imported import ImportedProblem
from grader.importers.importing import import_questions
from grader.importers.outcomes import Outcome
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.model.checker import Tolerance
from grader.model.problem import Case, Problem, Submission
from grader.sandbox.host import Sandbox
from grader.values import Array, Code, Value
from tests._support.deep_ml import SmallQuestion, write_build, write_folders

HALF = "def half(x):\n    return x / 2\n"

QUESTIONS = [
    SmallQuestion(
        "1_half",
        "def half(x: float) -> float:\n\treturn result\n",
        HALF,
        [
            ("print(half(3))", "1.5"),
            ("print(half(4))", "2"),  # the solution answers 2.0
            ("y = 5\nresult = half(y + 2)\nprint(f'half: {result:.1f}')", "half: 3.5"),
            ("print(half(8))\nprint(half(x=10))", "4.0\n5.0"),
        ],
    ),
    SmallQuestion(
        "2_row_means",
        "import numpy as np\n\ndef row_means(a, scale=1.0):\n\treturn np.round(means, 3)\n",
        "def row_means(a, scale=1.0):\n    return np.round(np.mean(a, axis=1) * scale, 4)\n",
        [
            ("print(row_means(np.array([[1, 2], [3, 7]])))", "[1.5 5. ]"),
            (
                "np.random.seed(3)\na = np.random.rand(2, 3)\n"
                "print(np.round(row_means(a, scale=2.0), 2).tolist())",
                "[1.03, 1.53]",
            ),
        ],
    ),
    SmallQuestion(
        "3_divide",
        "def divide(a, b):\n    if b:\n    your code here\n",
        "def divide(a, b):\n    return divmod(a, b)\n",
        [
            (
                "q, r = divide(7, 2)\nprint('quotient:', q)\nprint('rest:', r)",
                "quotient: 3\nrest: 1",
            ),
            ("q, r = divide(9, 2)\nprint(q, r)", "4, 1"),
            ("print(divide(9, 4))", "(2, 2)"),  # the solution answers (2, 1)
            ("print(divide(9, 0))", "None"),
        ],
    ),
    SmallQuestion(
        "4_noise",
        "import numpy as np\n\ndef noise(n):\n    pass\n",
        "import numpy as np\n\ndef noise(n):\n    return np.random.rand(n)\n",
        [("print(noise(1))", "[0.5]")],
    ),
    SmallQuestion(
        "5_lost",
        "def lost(x):\n    pass\n",
        "def lost(x) return x\n",
        [("print(lost(1))", "1")],
    ),
    SmallQuestion(
        "6_apply",
        "def apply(f, x):\n    pass\n",
        "def apply(f, x):\n    return f(x)\n",
        [
            ("print(apply(lambda x: x + 1, 1))", "2"),
            ("def g(x):\n    return x * 2\nprint(apply(g, 4))", "8"),
            ("k = 3\ndef g(x):\n    return x * k\nprint(apply(f=g, x=4))", "12"),
            ("print(apply(int, '4'))", "4"),
        ],
    ),
    SmallQuestion(
        "7_words",
        "def helper():\n    return 'b '\n\ndef words(n):\n    pass\n",
        "import absent_library\n\ndef words(n):\n    return helper() * n\n",
        [("print(words(2))", "b b")],
    ),
    SmallQuestion(
        "8_join",
        "def helper():\n    return 'b'\n\ndef join(n, *rest, **more):\n    pass\n",
        "def join(n, *rest, **more):\n    return helper() * n + ''.join(rest) + str(more)\n",
        [("print(join(2, 'c', 'd', e=1))", "bbcd{'e': 1}")],
    ),
    SmallQuestion(
        "9_grid",
        "def grid(n):\n    pass\n",
        "def grid(n):\n    return [[i * j / 3 for j in range(n)] for i in range(n)]\n",
        [
            ("g = grid(3)\nprint(f'{g[2][1]:.4f}', g[0][0] < 1)", "0.6667 True"),
            ("g = grid(2)\nprint(np.sum(g) * 3)", "1.0"),
            ("print(grid(1) is grid(2))", "False"),
        ],
    ),
    SmallQuestion(
        "10_counter",
        "class Counter:\n    def __init__(self, start=0):\n        pass\n\n"
        "    def add(self, n, times=1):\n        pass\n",
        "class Counter:\n    def __init__(self, start=0):\n        self.total = start\n\n"
        "    def add(self, n, times=1):\n        self.total += n * times\n"
        "        return self.total, [n / 3]\n\n"
        "    def __add__(self, other):\n        return Counter(self.total + other.total)\n\n"
        "    def __repr__(self):\n        return f'Counter({self.total})'\n\n"
        "def three():\n    return 3\n",
        [
            ("c = Counter(start=2)\nc.add(1)\nprint(c.total, c)", "3 Counter(3)"),
            ("c = Counter()\nc.total = 5\nt, _ = c.add(2, times=3)\nprint(t)", "11"),
            ("a, b = Counter(1), Counter(2)\nc = a + b\nprint(c.add(n=1)[0])", "4"),
            (
                "c = Counter()\nr = c.add(1)\nprint(f'{r[1][0]:.2f} {type(r).__name__}')",
                "0.33 tuple",
            ),
            ("c = Counter()\nc.total = range\nprint(Counter(4).total)", "4"),
            ("c = Counter()\nprint(c.add(three())[0])", "3"),
        ],
    ),
    SmallQuestion(
        "11_size",
        "def size(x):\n    pass\n",
        "def size(x):\n    return len(x) / 2\n",
        [
            ("print(size([1]) < size([1, 2]))", "True"),
            ("print(size(np.ones((30000, 5))) < 20000)", "True"),
            (
                "class Few:\n    def __len__(self):\n        return 3\nprint(size(Few()))",
                "1.5",
            ),
        ],
    ),
    SmallQuestion(
        "12_push",
        "def push(items):\n    pass\n",
        "def push(items):\n    items.append(1)\n    return items\n",
        [("print(push([2]))", "[2, 1]")],
    ),
    SmallQuestion(
        "14_zero",
        "def zero(a):\n    pass\n",
        "import numpy as np\n\ndef zero(a):\n    a[:] = 0\n    return a\n",
        [("print(zero(np.array([1, 2])))", "[0 0]")],
    ),
    SmallQuestion(
        "15_count",
        "def count():\n    pass\n",
        "n = 0\n\ndef count():\n    global n\n    n += 1\n    return n\n",
        [("print(count())", "1"), ("print(count())", "1")],
    ),
    SmallQuestion(
        "16_root",
        "def root(x):\n    pass\n",
        "def root(x):\n    if x < 0:\n        raise ValueError(f'{x} is negative')\n"
        "    return x**0.5\n",
        [
            (
                "try:\n    root(-1)\n    print(0)\nexcept ValueError as e:\n    print('Error:', e)",
                "Error: -1 is negative",
            ),
            (
                "try:\n    root(-4)\nexcept (TypeError, ValueError):\n    print('refused')",
                "refused",
            ),
            ("for x in (4, 9):\n    if x > 4:\n        print(f'root: {root(x)}')", "root: 3.0"),
            (
                "assert root(4) == 2\nassert abs(root(2) - 1.414) < 0.01\n"
                "r = root(16)\nassert r > 3.9 and r < 4.1\nprint('All tests passed')",
                "All tests passed",
            ),
            ("assert root(4) == 2\nprint('All tests passed')", "passed"),
            ("try:\n    root(-1)\nexcept ValueError as e:\n    print(e)", "1 is below 0"),
        ],
    ),
    SmallQuestion(
        "19_count_words",
        "def words(t):\n    pass\n\ndef count(w):\n    pass\n",
        "def words(t):\n    return t.split()\n\ndef count(w):\n    return len(w)\n",
        [("w = words('a b')\nprint(count(w))", "2")],
    ),
    SmallQuestion(
        "17_pairs",
        "def pairs(a):\n    pass\n",
        "def pairs(a):\n    return [(each, each / 2) for each in a]\n",
        [
            ("print(pairs([1, 2]))", "[1, 0.5, 2, 1]"),
            ("print(pairs([3]))", "[(3, 1.5)]"),
            ("print(pairs([4, 5]))", "[4, 2, 6, 3]"),
        ],
    ),
    SmallQuestion(
        "18_shuffle",
        "import numpy as np\n\nnp.random.seed(42)\n\ndef shuffle(n):\n    pass\n",
        "import numpy as np\n\nnp.random.seed(42)\n\n"
        "def shuffle(n):\n    return np.random.permutation(n).tolist()\n",
        [("print(shuffle(4))", "[1, 3, 0, 2]")],
    ),
    SmallQuestion(
        "13_draw",
        "import numpy as np\n\ndef draw(n):\n    pass\n",
        "import numpy as np\n\ndef draw(n):\n    return int(np.random.randint(n))\n",
        [
            ("np.random.seed(5)\nprint(draw(100))", "99"),
            ("np.random.seed(5)\nprint([draw(100) for _ in range(3)])", "[99, 78, 61]"),
        ],
    ),
]

ACCEPTED = {
    "5_mine.py": "def lost(x):\n    return x\n",
    "1/second.py": HALF.replace("/ 2", "* 0.5"),
}


class Imported(NamedTuple):
    """The problems that were imported, the folder of the bank, and the report."""

    problems: dict[str, ImportedProblem]
    bank: Path
    report: dict[str, Any]

    def load(self, slug: str) -> Problem:
        return Bank(str(self.bank / "problems"), str(self.bank / "solutions")).load(slug)

    def case(self, slug: str, name: str) -> Case:
        return next(each for each in self.load(slug).cases if each.name == name)

    def test(self, slug: str, number: int) -> tuple[Outcome, str]:
        found = self.problems[slug].tests[number - 1]
        return found.outcome, found.reason


@pytest.fixture(scope="module")
def imported(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = tmp_path_factory.mktemp("deep-ml")
    for name, source in ACCEPTED.items():
        path = folder / "accepted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    bank = folder / "bank"
    questions = read_questions(write_folders(folder, QUESTIONS))
    problems = import_questions(questions, bank, sandbox, folder / "accepted")
    out = io.StringIO()
    report.write_json(problems, out)
    return Imported(problems, bank, json.loads(out.getvalue()))


def test_statement_has_description_example_and_source(imported: Imported) -> None:
    problem = imported.load("half")
    assert (problem.title, problem.difficulty, problem.category) == ("Half", "easy", "Arithmetic")
    assert problem.statement.startswith("Multiply by $2$, or so.")
    assert "output: 2" in problem.statement and "$1 + 1$" in problem.statement
    assert "question 1 of Open-Deep-ML, by A. Person" in problem.statement


def test_the_first_half_of_the_cases_is_public(imported: Imported) -> None:
    cases = imported.load("half").cases
    assert [(each.name, each.hidden) for each in cases] == [
        ("test-1", False),
        ("test-2", False),
        ("test-3", False),
        ("test-4-1", True),
        ("test-4-2", True),
    ]


def test_an_integer_is_written_as_the_float_that_the_solution_answers(imported: Imported) -> None:
    assert repr(imported.case("half", "test-2").step.expected) == "2.0"


def test_arguments_are_evaluated(imported: Imported) -> None:
    assert imported.case("half", "test-3").step.args == {"x": 7}
    assert imported.case("half", "test-4-2").step.args == {"x": 10}


def test_arguments_are_those_before_the_call(imported: Imported) -> None:
    assert imported.case("push", "test-1").step.args == {"items": [2]}
    array = imported.case("zero", "test-1").step.args["a"]
    assert isinstance(array, Array) and array.flat() == [1, 2]


def test_random_arguments_are_frozen(imported: Imported) -> None:
    case = imported.case("row-means", "test-2").step
    matrix = case.args["a"]
    assert isinstance(matrix, Array) and (matrix.dtype, matrix.shape) == ("float64", (2, 3))
    assert case.args["scale"] == 2.0
    assert case.expected == [1.03, 1.53]


DECIMALS: dict[str, tuple[str, str, Tolerance]] = {
    "of the test": ("row-means", "test-2", Tolerance.of_decimals(2)),
    "of the stub, if the solution has others": ("row-means", "test-1", Tolerance.of_decimals(3)),
    "of the format": ("half", "test-3", Tolerance.of_decimals(1)),
    "none, if nothing is rounded": ("half", "test-1", Tolerance()),
    "none for integers": ("divide", "test-1", Tolerance()),
}


@pytest.mark.parametrize("slug, name, tolerance", DECIMALS.values(), ids=DECIMALS)
def test_decimals(imported: Imported, slug: str, name: str, tolerance: Tolerance) -> None:
    assert imported.case(slug, name).step.tolerance == tolerance


def test_report_says_where_decimals_disagree(imported: Imported) -> None:
    (found,) = [each for each in imported.report["questions"] if each["problem"] == "row-means"]
    expected = "the stub rounds to 3 decimals, the solution to 4"
    assert found["decimals"]["disagreement"] == expected


def test_parts_that_are_printed_one_by_one_are_the_whole_answer(imported: Imported) -> None:
    assert imported.case("divide", "test-1").step.expected == (3, 1)
    assert imported.case("divide", "test-2").step.expected == (4, 1)


def test_a_contradiction_is_quarantined_with_both_values(imported: Imported) -> None:
    (found,) = [each for each in imported.report["questions"] if each["problem"] == "divide"]
    test = found["tests"][2]
    assert (test["outcome"], test["cases"]) == ("quarantined", [])
    assert (test["text"], test["solution"]) == ("(2, 2)", "(2, 1)")
    assert [each.name for each in imported.load("divide").cases] == ["test-1", "test-2"]


REASONS = {
    "the solution raises": ("divide", 4, "ZeroDivisionError"),
    "no seed": ("noise", 1, "it draws without a seed"),
    "refused by the imported problem": ("count", 2, "the published solution is refused: got 2"),
    "a library that is missing": ("words", 1, "No module named 'absent_library': install it"),
}


@pytest.mark.parametrize("slug, number, reason", REASONS.values(), ids=REASONS)
def test_a_test_is_left_out_with_its_reason(
    imported: Imported, slug: str, number: int, reason: str
) -> None:
    outcome, found = imported.test(slug, number)
    assert outcome is Outcome.LEFT_OUT
    assert reason in found


def test_questions_without_a_case_are_not_written(imported: Imported) -> None:
    written = {path.name for path in (imported.bank / "problems").iterdir()}
    assert written == {
        "half",
        "row-means",
        "divide",
        "lost",
        "join",
        "grid",
        "counter",
        "size",
        "push",
        "draw",
        "root",
        "pairs",
        "shuffle",
        "count-words",
        "apply",
        "zero",
        "count",
    }
    assert written == {path.name for path in (imported.bank / "solutions").iterdir()}


REPAIRS = {
    "numpy": ("row-means", "solution: `import numpy as np` added"),
    "stub": ("divide", "line 4 of the stub made a comment"),
    "block": ("divide", "`pass` added after line 2 of the stub"),
    "given": ("join", "solution: helper taken from the stub"),
    "accepted": ("lost", "an accepted submission is used instead"),
}


@pytest.mark.parametrize("slug, repair", REPAIRS.values(), ids=REPAIRS)
def test_repairs_are_listed(imported: Imported, slug: str, repair: str) -> None:
    assert any(repair in each for each in imported.problems[slug].repairs)


def test_all_kinds_of_parameters_are_bound(imported: Imported) -> None:
    expected: dict[str, Value] = {"n": 2, "rest": ["c", "d"], "more": {"e": 1}}
    assert imported.case("join", "test-1").step.args == expected


def test_accepted_submissions_become_solutions(imported: Imported) -> None:
    assert imported.load("half").accepted == {"accepted_1": ACCEPTED["1/second.py"].encode()}
    assert imported.load("lost").reference == ACCEPTED["5_mine.py"].encode()


def test_totals(imported: Imported) -> None:
    assert imported.report["totals"] == {
        "questions": 19,
        "complete": 13,
        "partial": 4,
        "tests": 47,
        "imported": 39,
        "quarantined": 4,
        "left_out": 4,
    }


def test_text_names_what_is_missing(imported: Imported) -> None:
    out = io.StringIO()
    report.write_text(imported.problems, out)
    text = out.getvalue()
    assert "divide\n  test 3 quarantined: " in text
    assert "  repaired: test 1: brackets of the text replaced by those of the solution" in text
    assert "13 of 19 questions imported completely, 4 in part; 39 of 47 tests: 4 quar" in text


GRIDS = {
    "right": ("[[i * j / 3 for j in range(n)] for i in range(n)]", ["accepted", "accepted"]),
    "rounded": (
        "[[round(i * j / 3, 4) for j in range(n)] for i in range(n)]",
        ["accepted", "accepted"],
    ),
    "wrong": ("[[i * j / 4 for j in range(n)] for i in range(n)]", ["wrong_answer"] * 2),
    "too small": ("[[0]]", ["wrong_answer"] * 2),
    "none": ("None", ["wrong_answer"] * 2),
}


@pytest.mark.parametrize("answer, verdicts", GRIDS.values(), ids=GRIDS)
def test_a_test_that_computes_with_the_answer_judges_it(
    imported: Imported, sandbox: Sandbox, answer: str, verdicts: list[str]
) -> None:
    source = f"def grid(n):\n    return {answer}\n"
    key = AnswerKey(imported.load("grid"), sandbox)
    found = judge(key, Submission(source.encode(), "submission.py"), sandbox)
    assert [each.verdict.value for each in found.results[:2]] == verdicts


def test_the_class_is_the_entry_point(imported: Imported) -> None:
    assert str(imported.load("counter").entry_point) == "Counter"
    assert str(imported.load("size").entry_point) == "size"


SCRIPTS = {
    "attribute and text": (
        "counter",
        "test-1",
        ["counter = Counter(start=2)", "counter.add(n=1)", "counter.total", "repr(counter)"],
    ),
    "assignment and element": (
        "counter",
        "test-2",
        [
            "counter = Counter()",
            "counter.total = 5",
            "result = counter.add(n=2, times=3)",
            "getitem(result, 0)",
        ],
    ),
    "operator": (
        "counter",
        "test-3",
        [
            "counter = Counter(start=1)",
            "counter_2 = Counter(start=2)",
            "result = counter + counter_2",
            "result_4 = result.add(n=1)",
            "getitem(result_4, 0)",
        ],
    ),
    "several answers": (
        "draw",
        "test-2",
        ["draw(n=100)", "draw(n=100)", "draw(n=100)"],
    ),
    "chained functions": (
        "count-words",
        "test-1",
        ["result = words(t='a b')", "count(w=result)"],
    ),
    "helper that only the solution has": (
        "counter",
        "test-6",
        ["counter = Counter()", "result = counter.add(n=3)", "getitem(result, 0)"],
    ),
    "computed": ("counter", "test-4", ["counter = Counter()", "counter.add(n=1)"]),
    "comparison": (
        "size",
        "test-1",
        ["result = size(x=[1])", "result_2 = size(x=[1, 2])", "result < result_2"],
    ),
}


@pytest.mark.parametrize("slug, name, sources", SCRIPTS.values(), ids=SCRIPTS)
def test_steps(imported: Imported, slug: str, name: str, sources: list[str]) -> None:
    assert [step.source() for step in imported.case(slug, name).steps] == sources


def test_only_what_is_printed_is_expected(imported: Imported) -> None:
    steps = imported.case("counter", "test-1").steps
    assert [(each.is_asked, each.expected) for each in steps] == [
        (False, None),
        (False, None),
        (True, 3),
        (True, "Counter(3)"),
    ]


def test_functions_of_tests_are_given(imported: Imported) -> None:
    problem = imported.load("apply")
    assert str(problem.entry_point) == "apply"
    functions = [each.step.args["f"] for each in problem.cases[:3]]
    assert [each.description for each in functions if isinstance(each, Code)] == [
        "lambda x: x + 1",
        "given.test_2.g",
        "given.test_3.g",
    ]
    sources = {each.name: each.source.decode() for each in problem.given_modules}
    assert "return x * 2" in sources["given.test_2"] and "k = 3" in sources["given.test_3"]
    assert [each.step.expected for each in problem.cases] == [2, 8, 12, 4]


RAISES = {
    "with its message": ("test-1", (("ValueError", "-1 is negative"),)),
    "one of several": ("test-2", (("TypeError", ""), ("ValueError", ""))),
}


@pytest.mark.parametrize("name, texts", RAISES.values(), ids=RAISES)
def test_an_exception_that_a_test_catches_is_expected(
    imported: Imported, name: str, texts: tuple[tuple[str, str], ...]
) -> None:
    raises = imported.case("root", name).step.raises
    assert raises is not None
    assert raises.texts == texts


def test_what_is_printed_in_a_branch_is_expected(imported: Imported) -> None:
    step = imported.case("root", "test-3").step
    assert (step.args, step.expected) == ({"x": 9}, 3.0)


def test_assertions_are_expectations(imported: Imported) -> None:
    cases = [imported.case("root", f"test-4-{number}").step for number in (1, 2, 3)]
    assert [each.args for each in cases] == [{"x": 4}, {"x": 2}, {"x": 16}]
    assert [each.expected for each in cases[:2]] == [2.0, 1.414]
    assert cases[1].tolerance == Tolerance(0.0, 0.01)
    assert cases[2].checker.name == "python: test_4_3"


CONTRADICTIONS = {
    "another fixed text": ("root", 5, "the test prints another text"),
    "another message": ("root", 6, "the text is not what the solution answers"),
    "other numbers": ("pairs", 3, "the text is not what the solution answers"),
}


@pytest.mark.parametrize("slug, number, reason", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions(imported: Imported, slug: str, number: int, reason: str) -> None:
    assert imported.test(slug, number) == (Outcome.QUARANTINED, reason)


def test_brackets_that_another_test_confirms_are_repaired(imported: Imported) -> None:
    step = imported.case("pairs", "test-1").step
    assert step.expected == [(1, 0.5), (2, 1.0)]
    assert imported.problems["pairs"].tests[0].repairs == (
        "brackets of the text replaced by those of the solution",
    )


def test_the_seed_of_the_stub_is_kept(imported: Imported) -> None:
    assert imported.case("shuffle", "test-1").seed == 42


DRIVEN = {
    "a class as argument": ("apply", "test-4"),
    "several answers": ("grid", "test-3"),
    "an argument that is an object": ("counter", "test-5"),
    "a large array": ("size", "test-2"),
    "an object of a class of the test": ("size", "test-3"),
}


@pytest.mark.parametrize("slug, name", DRIVEN.values(), ids=DRIVEN)
def test_a_test_that_steps_cannot_express_has_a_driver(
    imported: Imported, slug: str, name: str
) -> None:
    text = imported.case(slug, name).step.args["test"]
    assert isinstance(text, str) and "printed.append(" in text and "_grader" not in text


def test_a_seed_is_kept_where_the_answer_is_drawn(imported: Imported) -> None:
    seeds = [each.seed for each in imported.load("draw").cases]
    assert seeds == [5, 5]
    assert imported.case("row-means", "test-2").seed is None  # only the argument is drawn


def test_both_layouts_give_the_same_bank(
    imported: Imported, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = write_build(tmp_path / "copy", [QUESTIONS[2]])
    (folder / "build" / "2.json").write_text("[" * 100_000, "utf-8")
    problems = import_questions(read_questions(folder), tmp_path / "bank", sandbox)
    # A file in this layout is named by its number alone, and the problem by its title.
    for part, file in (("problems", "cases.yaml"), ("solutions", "reference.py")):
        found = (tmp_path / "bank" / part / "divide" / file).read_text("utf-8")
        assert found == (imported.bank / part / "divide" / file).read_text("utf-8")
    assert problems["2"].reason == "2.json is not valid JSON: nested too deeply"


def test_nothing_is_overwritten(imported: Imported, sandbox: Sandbox, tmp_path: Path) -> None:
    folder = write_folders(tmp_path, QUESTIONS[:1])
    with pytest.raises(UsageError, match="half exists already"):
        import_questions(read_questions(folder), imported.bank, sandbox)


def test_nothing_of_a_question_is_executed_by_this_process(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = "import builtins\nbuiltins.was_here = 1\n"
    each = SmallQuestion("1_half", mark + HALF, mark + HALF, [(f"{mark}print(half(3))", "1.5")])
    questions = read_questions(write_folders(tmp_path, [each]))

    def refuse(*args: object) -> None:
        raise AssertionError("a question is executed")

    for name in ("exec", "eval", "__build_class__"):
        monkeypatch.setattr(f"builtins.{name}", refuse)
    problems = import_questions(questions, tmp_path / "bank", sandbox)
    monkeypatch.undo()
    assert problems["half"].is_complete and not hasattr(builtins, "was_here")


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a copy of Open-Deep-ML"):
        read_questions(tmp_path)
