"""A question as a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.importers import questions
from grader.importers.bank_files import slug_of
from grader.importers.convert import convert
from grader.importers.importing import import_questions
from grader.importers.outcomes import Outcome
from grader.model.python_source import MAX_NESTING
from grader.sandbox.host import Sandbox

APPLY = "def apply(f, x):\n    return f(x)\n"


def question(*tests: tuple[str, str], code: str = APPLY) -> questions.Question:
    items = tuple(questions.Test(number, *each) for number, each in enumerate(tests, 1))
    return questions.Question("1_apply", "1", "Apply", "easy", "", "", code, code, items, {})


def test_functions_of_a_repaired_test_are_given(sandbox: Sandbox) -> None:
    indented = "    def g(x):\n        return x + 1\n    print(apply(g, 3))\n"
    problem = convert(question((indented, "4")), sandbox)
    (test,) = problem.tests
    assert (test.outcome, test.repairs) == (
        Outcome.IMPORTED,
        ("indentation of all lines removed",),
    )
    assert problem.entry == ("function", ("apply",))
    assert problem.given["test_1.py"].endswith("def g(x):\n    return x + 1\n")


JOINER = "f\"{len('a\u200cb')}\""  # Python 3.11 cannot write this f-string again
DEEP = "import math\nmath.deep = " + "-" * (MAX_NESTING - 3) + "1\n"

AWKWARD = {
    "an f-string": (f"t = {JOINER}\nprint(half(6))", "3.0"),
    "an f-string in a function": (
        f"def g(x):\n    print({JOINER})\n    return x\nprint(apply(g, 3))",
        "3\n3",
    ),
    "deep": (f"{DEEP}print(half(6) < 4)", "True"),
}


@pytest.mark.parametrize("test, text", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_test_does_not_end_the_import(sandbox: Sandbox, test: str, text: str) -> None:
    code = f"{APPLY}\ndef half(x):\n    return x / 2\n"
    problem = convert(question((test, text), ("print(half(8))", "4.0"), code=code), sandbox)
    assert problem.tests[1].outcome is Outcome.IMPORTED


def test_a_text_that_looks_like_a_function_is_data(sandbox: Sandbox) -> None:
    code = "def join(a, b):\n    return a + b\n"
    (case,) = convert(question(("print(join('Given(', 'x'))", "Given(x"), code=code), sandbox).cases
    assert (case.args, case.steps) == ({"a": "Given(", "b": "x"}, ())


def test_a_class_is_imported_although_other_tests_call_functions(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    code = (
        "def same(x):\n    return x\n\n\n"
        "class Layer:\n    def __init__(self, n):\n        self.n = n\n\n"
        "    def get(self):\n        return self.n\n"
    )
    tests = (("print(same(2))", "2"), ("print(Layer(1).get())", "1"))
    problem = import_questions([question(*tests, code=code)], tmp_path, sandbox)["apply"]
    assert problem.entry == ("class", ("Layer",))
    of_function, of_class = problem.tests
    assert of_class.outcome is Outcome.IMPORTED
    expected = "the test uses same, and the problem asks only for the class Layer"
    assert of_function.reason == expected


def test_each_question_has_its_own_slug() -> None:
    taken: list[str] = []
    for _ in range(3):
        taken.append(slug_of(question(), taken))
    assert taken == ["apply", "apply-1", "apply-1-2"]
