"""A person's own arguments: what may be written, what is refused in words, and what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from grader.bank.locate import find_bank
from grader.judging.answer_key import AnswerKey
from grader.judging.own_case import try_case
from grader.judging.reference_use import find_refusal
from grader.model.entry_point import Action, Module
from grader.model.judgement import Verdict
from grader.model.problem import Problem, Submission
from grader.sandbox.host import Sandbox
from grader.site.own_arguments import MAX_CHARS, example, read_case
from grader.site.own_values import Unreadable
from grader.values import Array, Code, Generator, Ref, Unsupported, Value
from tests._support.bank import BANK, DATA, SLUGS, load
from tests._support.scripts import SCRIPTS
from tests._support.site import NDJSON, RIGHT, SUM, Site, site

MEAN_OF = SCRIPTS.load("mean-of")
GIVEN = find_bank(str(DATA / "given"))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_example_is_the_first_case(slug: str) -> None:
    problem = load(slug, BANK)
    # Whether arguments are changed is a matter of the cases.
    first = tuple(replace(call, watches=()) for call in problem.cases[0].script)
    assert read_case(problem, example(problem)).script == first


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


def test_a_call_that_a_report_shows_can_be_pasted() -> None:
    args: dict[str, Value] = {"text": [float("inf"), Array("float32", (1,), b"\0\0\xc0\x3f")]}
    problem = SCRIPTS.load("ngrams")
    shown = problem.cases[0].with_step(args=args)
    assert shown.source.startswith("from math import inf\nfrom numpy import array, float32\n")
    assert read_case(problem, shown.source).args == args


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
    "mean_of(lambda x, x: 1)": "lambda x, x: 1 is not valid Python: duplicate argument 'x'",
    "mean_of([lambda: [x := 1 for x in [2]]])": "not valid Python: assignment expression",
    "mean_of(lambda: [(yield) for x in [2]])": "not valid Python: 'yield' inside",
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
    "r = mean_of([1.0])\nr[0]": "expected a call",
    "r = mean_of([1.0])\nmean_of(r[-1:])": "cannot be an argument",
    "r = mean_of([1.0])\nmean_of(*r)": r"a list after \*",
    "r = mean_of([1.0])\nmean_of(f'{r.real}')": "cannot be an argument",
    "r = mean_of([1.0])\nmean_of([x for x in r.__dict__])": "cannot be an argument",
    "r = mean_of([1.0])\nmean_of('{0.__class__}'.format(r))": "expected a name",
    "r = mean_of([1.0])\nmean_of.__code__": "there is no mean_of",
    "mean_of({lambda: 1})": "cannot be in a set",
    "mean_of({(1, lambda: 1): 2})": "key of a dict",
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


ADAM_STARTER = b"""
class Adam:
    limit: int = 3
    def __init__(self, lr): self.log, self._own = [], 1
    @property
    def size(self): ...
    def step(self, x): ...
"""
ADAM = replace(SCRIPTS.load("adam"), starter=ADAM_STARTER)
COUNTER = SCRIPTS.load("counter")
GIVEN_AREA = GIVEN.load("area")
RULES = (
    b"from math import exp\nfrom inspect import getsource as look\ndef square(x): return x * x\n"
)
IMPORTS = replace(GIVEN_AREA, given_modules=(Module("given.rules", "given/rules.py", RULES),))
# A problem, lines of a person's own, and why the reference is not run with them: an argument, or
# the number of a line.
USES: dict[str, tuple[Problem, str, str]] = {
    "declared method": (COUNTER, "one = Counter()\none.add(3)", ""),
    "declared operator": (COUNTER, "one = Counter()\none + one\none + 3", ""),
    "declared repr": (COUNTER, "one = Counter()\nrepr(one)", ""),
    "attribute of a case": (COUNTER, "one = Counter()\none.total", ""),
    "attribute that a case sets": (COUNTER, "one = Counter()\none.total = 3\none.add(1)", ""),
    "attribute in an argument": (COUNTER, "one = Counter()\none.add(one.total)", ""),
    "result in an argument": (COUNTER, "one = Counter()\none.add([{1: one}])", ""),
    "method as in a case": (COUNTER, "one = Counter()\nmore = one.add\nmore(5)", ""),
    "result as in a case": (COUNTER, "one = Counter()\ntwo = one.copy()\ntwo.add(1)", ""),
    "same name, made in the same way": (COUNTER, "a = Counter()\na = Counter()\na.total", ""),
    "as in a case of a class": (
        ADAM,
        "a = Adam(lr=0.5)\nr = a.step([1.0], [1.0])\na.step(r, [1.0])\na.t",
        "",
    ),
    "declared field": (ADAM, "a = Adam(lr=1)\na.limit", ""),
    "declared property": (ADAM, "a = Adam(lr=1)\na.size", ""),
    "declared in a method": (ADAM, "a = Adam(lr=1)\na.log", ""),
    "declared private attribute": (ADAM, "a = Adam(lr=1)\na._own", "2"),
    "attribute of a declared one": (ADAM, "a = Adam(lr=1)\na.log.pop", "2"),
    "other attribute": (ADAM, "a = Adam(lr=1)\na.m", "2"),
    "class": (COUNTER, "one = Counter()\none.__class__", "2"),
    "code of a method": (COUNTER, "one = Counter()\none.add.__func__.__code__.co_consts", "2"),
    "code of a kept method": (COUNTER, "one = Counter()\nmore = one.add\nmore.__func__", "3"),
    "method of a method": (COUNTER, "one = Counter()\none.add.__call__(3)", "2"),
    "method of object": (COUNTER, "one = Counter()\none.__reduce_ex__(2)", "2"),
    "declared method by its special name": (COUNTER, "one = Counter()\none.__repr__()", "2"),
    "constructor": (COUNTER, "one = Counter()\none.__init__()", "2"),
    "object that is called": (COUNTER, "one = Counter()\none()", "2"),
    "other operator": (COUNTER, "one = Counter()\none - one", "2"),
    "operator from the right": (COUNTER, "one = Counter()\n3 + one", "2"),
    "format": (COUNTER, "one = Counter()\n'%r' % one", "2"),
    "format of a list": (COUNTER, "one = Counter()\n'%r' % [one]", "2"),
    "operator on a path": (COUNTER, "one = Counter()\none.__dict__ + one", "2"),
    "path to the right": (COUNTER, "one = Counter()\none + one.__dict__", "2"),
    "attribute set": (COUNTER, "one = Counter()\none.__class__ = 3", "2"),
    "path that is assigned": (COUNTER, "one = Counter()\none.total = one.add.__self__", "2"),
    "path in a list": (COUNTER, "one = Counter()\none.add([(one.__dict__,)])", "2"),
    "path in a set": (COUNTER, "one = Counter()\none.add({one.__dict__})", "2"),
    "path as a key": (COUNTER, "one = Counter()\none.add(step={one.__dict__: 1})", "2"),
    "path of an answer": (COUNTER, "one = Counter()\nn = one.add(1)\nn.real", "3"),
    "result of another": (COUNTER, "a = Counter()\nb = a.copy()\nc = b.copy()", "3"),
    # If `add` fails, the name still has the object.
    "name given twice": (COUNTER, "one = Counter()\none = one.add('')\none.total", "3"),
    "name of the class": (COUNTER, "Counter = Counter()\nCounter.total", "1"),
    "name of a function": (SCRIPTS.load("ngrams"), "tokenise = count_ngrams([])", "1"),
    "format of an answer": (
        SCRIPTS.load("ngrams"),
        "t = tokenise('{0.__class__}')\nt.format(t)",
        "2",
    ),
    "as in a case of functions": (
        SCRIPTS.load("ngrams"),
        "t = tokenise('a b')\ncount_ngrams(t)\ncount_ngrams([t])",
        "",
    ),
    "frame of an answer": (MEAN_OF, "g = mean_of([1.0])\ng.gi_frame.f_code.co_consts", "2"),
    "driver": (GIVEN.load("queue"), "drive(solution, n=3, seed=1)", ""),
    "answer of the driver": (
        GIVEN.load("queue"),
        "r = drive(solution, n=3, seed=1)\nr.__class__",
        "2",
    ),
    "given function": (GIVEN_AREA, "area(given.rules.square, 0.0, 1.0, 8)", ""),
    "function that given code imports": (IMPORTS, "area(given.rules.exp, 0.0, 1.0, 8)", "f"),
    "function that given code renames": (IMPORTS, "area(given.rules.look, 0.0, 1.0, 8)", "f"),
    "function of Python": (GIVEN_AREA, "area(math.exp, 0.0, 1.0, 8)", "f"),
    "lambda": (GIVEN_AREA, "area(lambda x: x, 0.0, 1.0, 8)", "f"),
    "lambda in a list": (MEAN_OF, "mean_of([{1: (lambda: 1,)}])", "f"),
}


@pytest.mark.parametrize("problem, text, why", USES.values(), ids=USES)
def test_the_reference_takes_only_steps_that_the_problem_knows(
    problem: Problem, text: str, why: str
) -> None:
    """Any other attribute may lead from an object to the source that made it."""
    refusal = find_refusal(problem, read_case(problem, text))
    assert bool(refusal) is bool(why)
    found = re.search(r"step (\d+) uses|(f)unctions that the given code", refusal)
    assert ((found[1] or found[2]) if found else "") == why


def test_functions_and_paths_are_found_in_sets_and_keys() -> None:
    """The page refuses functions there, but another caller may not."""
    case = MEAN_OF.cases[0]
    for value in ({Code("print")}, {(Code("print"),): 1}, {frozenset({Code("print")})}):
        assert "the given code" in find_refusal(MEAN_OF, case.with_step(args={"x": value}))
    for other in (Ref("mean_of"), Ref("mean_of.__code__"), Unsupported("mean_of")):
        assert "step 1" in find_refusal(MEAN_OF, case.with_step(args={"x": {other}}))
    assert not find_refusal(MEAN_OF, case.with_step(args={"x": [Generator.of("random", 1)]}))


LOOKS_AT_SOURCE = """\
r = mean([1.0, 2.0])
t = r.__reduce_ex__(2)
f = t.__getitem__(0)
b = f.__builtins__
o = b.__getitem__('open')
h = o.__call__('submission.py')
h.read()"""


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


def test_why_no_answer_of_the_reference_is_shown(
    page: Site, request: pytest.FixtureRequest
) -> None:
    with_reference = "reference" in request.node.callspec.id
    (shown, _) = page.stream("/p/mean/try", source=SUM, arguments=LOOKS_AT_SOURCE)
    assert "Expected" not in shown["html"]
    assert "3.0" in shown["html"]  # what the program itself returns
    assert ("No answer of the reference solution is shown" in shown["html"]) is with_reference
    assert ("step 2 uses something else" in shown["html"]) is with_reference


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
