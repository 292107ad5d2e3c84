"""A person's own arguments: what may be written, what is refused in words, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.own_case import try_case
from grader.model.entry_point import Action
from grader.model.judgement import Verdict
from grader.model.problem import Problem, Submission
from grader.sandbox.host import Sandbox
from grader.site.own_arguments import MAX_CHARS, example, read_case
from grader.site.own_values import Unreadable
from grader.values import Array, Code, Generator, Value
from tests._support.bank import BANK, DATA, SLUGS, load
from tests._support.scripts import SCRIPTS
from tests._support.site import NDJSON, RIGHT, SUM, Site, site

MEAN_OF = SCRIPTS.load("mean-of")
GIVEN = find_bank(str(DATA / "given"))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_example_is_the_first_case(slug: str) -> None:
    problem = load(slug, BANK)
    assert read_case(problem, example(problem)).script == problem.cases[0].script


@pytest.mark.parametrize("slug", ["adam", "counter", "mean-of", "ngrams", "pair"])
def test_the_example_of_a_script_is_its_first_case(slug: str) -> None:
    problem = SCRIPTS.load(slug)
    own, first = read_case(problem, example(problem)), problem.cases[0]
    assert [(each.action, each.target, each.name) for each in own.steps] == [
        (each.action, each.target, each.name) for each in first.steps
    ]
    silent = {each.action for each in own.steps if not each.is_asked}
    assert silent <= {Action.NEW, Action.SET}


VALUES: dict[str, Value] = {
    "[1.0, 2]": [1.0, 2],
    "(-1, +2.5, 1e-3)": (-1, 2.5, 1e-3),
    "{'a': [1], (1, 2): None}": {"a": [1], (1, 2): None},
    "{1, 2}": {1, 2},
    "[1/4, 2**-2, 1 + 2j, 3 - 1, 2 * 3]": [0.25, 0.25, 1 + 2j, 2, 6],
    "float('-inf')": float("-inf"),
    "[np.inf, -math.inf, inf]": [float("inf"), float("-inf"), float("inf")],
    "np.array([[1, 2]])": Array("int64", (1, 2), bytes([1, *[0] * 7, 2, *[0] * 7])),
    "np.array([1.5], dtype=np.float32)": Array("float32", (1,), b"\0\0\xc0\x3f"),
    "np.array([True, False])": Array("bool", (2,), b"\1\0"),
    "np.random.default_rng(7)": Generator.of("numpy", 7),
    "random.Random(7)": Generator.of("random", 7),
    "True": True,
    "'a' ": "a",
    "set()": set(),
}


def unconstrained(text: str) -> Value:
    """Return the argument of a call of a problem without constraints."""
    case = read_case(SCRIPTS.load("ngrams"), f"tokenise(text={text})")
    return case.args["text"]


@pytest.mark.parametrize("text, value", VALUES.items(), ids=VALUES)
def test_values(text: str, value: Value) -> None:
    assert unconstrained(text) == value


REFUSED = {
    "": "expected a call, such as mean_of",
    "mean_of(": "not valid Python",
    "1 + 1": "expected a call",
    "import os": "expected a call",
    "mean_of": "expected a call",
    "mean_of()": "x is missing",
    "mean_of([1.0], 2)": "at most 1 arguments, found 2",
    "mean_of(y=[1.0])": "no parameter y",
    "mean_of([1.0], x=[2.0])": "given twice",
    "mean_of(**{})": r"found \*\*",
    "mean_ov([1.0])": "did you mean 'mean_of'",
    "mean_of(open('x'))": "cannot be an argument",
    "mean_of(x)": "cannot be an argument",
    "mean_of([lambda: y])": "y in lambda: y is neither built in nor a module",
    "mean_of(given.square)": "the problem has no folder `given`",
    "mean_of(socket)": "cannot be an argument",
    "drive(solution)": "there is no drive to call",
    "mean_of([1.0 ** 1000000])": "two numbers",
    "mean_of(9**99999)": "two numbers",
    "mean_of([1/0])": "cannot be computed",
    "mean_of({[1]: 2})": "key of a dict",
    "mean_of(np.array([[1], [1, 2]]))": "same length",
    "mean_of(np.array(['a']))": "expected numbers",
    "mean_of(np.array([300], dtype='int8'))": "does not fit",
    "mean_of(np.array([1.5, 10**400]))": "does not fit",
    "mean_of(np.array([1j, 10**400]))": "does not fit",
    "mean_of(np.array([1], dtype='float99'))": "no dtype",
    "mean_of(" + "-" * 3000 + "1)": "nested|cannot be read|too deeply|not valid",
    "#" * (MAX_CHARS + 1): "at most",
    "x.step()": "there is no x",
    "repr(x)": "there is no x",
}


@pytest.mark.parametrize("text, why", REFUSED.items(), ids=[t[:30] for t in REFUSED])
def test_what_cannot_be_used_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_case(MEAN_OF, text)


# Functions, and what a driver does ---------------------------------------------------------------


@pytest.mark.parametrize("slug", ["area", "queue"])
def test_the_example_of_given_code_is_the_first_case(slug: str) -> None:
    problem = GIVEN.load(slug)
    assert read_case(problem, example(problem)).script == problem.cases[0].script


FUNCTIONS = {
    "lambda x: np.exp(-x) + math.pi": ("import math", "import numpy as np"),
    "given.rules.square": ("import given.rules",),
    "math.exp": ("import math",),
    "abs": (),
}


@pytest.mark.parametrize("text, imports", FUNCTIONS.items(), ids=FUNCTIONS)
def test_an_argument_may_be_a_function(text: str, imports: tuple[str, ...]) -> None:
    """It stays source, and has the limit of calls of the public case."""
    case = read_case(GIVEN.load("area"), f"area({text}, 0.0, 1.0, n=2)")
    assert case.args["f"] == Code(text, imports, "f", 2)


AREA = """\
def area(f, lo, hi, n):
    width = (hi - lo) / n
    return sum(f(lo + (i + 0.5) * width) * width for i in range(n))
"""
LOOKS = "lambda x: len(__import__('sys')._getframe(1).f_code.co_filename) + 0 * x"


@pytest.mark.parametrize(
    "f, is_compared", [("given.rules.square", True), ("lambda x: x * x", False), (LOOKS, False)]
)
def test_the_reference_never_runs_a_function_that_a_student_wrote(
    f: str, is_compared: bool, sandbox: Sandbox
) -> None:
    """It could look at the source that called it, and return that as the expected answer."""
    key = AnswerKey(GIVEN.load("area"), sandbox)
    case = read_case(key.problem, f"area({f}, 0.0, 2.0, 2)")
    submission = Submission(AREA.encode(), "me.py")
    found = try_case(key, submission, case, sandbox, with_reference=True)
    assert found.verdict is Verdict.ACCEPTED
    assert found.case.step.is_asked is is_compared


QUEUE = """\
class Queue:
    def __init__(self): self.items = []
    def add(self, item): self.items.append(item)
    def take(self): return self.items.pop(self.items.index(max(self.items)))
"""


def test_a_driver_may_be_called(sandbox: Sandbox) -> None:
    key = AnswerKey(GIVEN.load("queue"), sandbox)
    case = read_case(key.problem, "drive(solution, n=3, seed=1)")
    submission = Submission(QUEUE.encode(), "me.py")
    found = try_case(key, submission, case, sandbox, with_reference=True)
    assert found.verdict is Verdict.WRONG_ANSWER and found.mismatch is not None
    for text, why in (
        ("drive(solution)", "n is missing"),
        ("drive(solution, n=1, m=2)", "there is no parameter m"),
    ):
        with pytest.raises(Unreadable, match=why):
            read_case(key.problem, text)


def test_arguments_must_be_within_the_constraints() -> None:
    problem: Problem = load("grpo", BANK)
    text = example(problem).replace("beta=0.01", "beta=-0.01")
    with pytest.raises(Unreadable, match=r"beta is -0\.01 but must"):
        read_case(problem, text)


# The page ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[False, True], ids=["alone", "with the reference"])
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("book")
    with site(folder, names_reference=request.param) as running:
        yield running


def test_what_a_program_returns_is_shown(page: Site, request: pytest.FixtureRequest) -> None:
    with_reference = "reference" in request.node.callspec.id
    lines = page.stream("/p/mean/try", source=SUM, arguments="mean([1.0, 4.0])")
    assert [each["type"] for each in lines] == ["case", "done"]
    assert "5.0" in lines[0]["html"]
    assert ("2.5" in lines[0]["html"]) is with_reference
    assert lines[0]["verdict"] == ("wrong_answer" if with_reference else "accepted")


def test_an_exception_is_shown_at_its_line(page: Site) -> None:
    lines = page.stream("/p/mean/try", source=RIGHT, arguments="mean([])")
    assert lines[0]["lines"] == [{"line": 2, "message": lines[0]["lines"][0]["message"]}]
    assert "ZeroDivisionError" in lines[0]["html"]


def test_without_a_script_the_page_has_the_result_and_the_text(page: Site) -> None:
    text = SUM + "# tried\n"
    shown = page.client.post("/p/mean/try", data={"source": text, "arguments": "mean([8, 9])"})
    assert shown.status_code == 200
    assert "17" in shown.text and "mean([8, 9])" in shown.text and "# tried" in shown.text
    refused = page.client.post("/p/mean/try", data={"source": text, "arguments": "mean(8, 9)"})
    assert refused.status_code == 400 and "at most 1" in refused.text and "# tried" in refused.text


def test_a_script_is_told_why_arguments_are_refused(page: Site) -> None:
    data = {"source": RIGHT, "arguments": "mean(nothing)"}
    reply = page.client.post("/p/mean/try", data=data, headers=NDJSON)
    assert reply.status_code == 400 and "cannot be an argument" in reply.json()["message"]
