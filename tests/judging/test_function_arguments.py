"""Functions as arguments: where they come from, how often they may be called, how shown."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.errors import SpecError
from grader.integrations.ipython import check
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience
from grader.judging.judge import judge
from grader.model.judgement import RunStatus, Verdict
from grader.model.problem import Submission
from grader.model.verification import Hardening, NewCase
from grader.reports.problem_text import problem_markdown
from grader.reports.verification.new_cases import write
from grader.sandbox.host import Sandbox
from grader.values import Code, Value, contains_unsupported
from grader.values.decode import DecodeError, decode
from grader.values.encode import encode
from grader.values.show import show
from grader.values.yaml_literal import literal
from grader.verify.input_generator import InputGenerator
from grader.yaml_reader.literals import AnyValue
from grader.yaml_reader.nodes import parse
from tests._support.bank import DATA
from tests._support.given import GIVEN, without_given_modules
from tests._support.scripts import judged, lines, write_problem

AREA = GIVEN.load("area")
REFERENCE = (AREA.reference or b"").decode()
TOO_OFTEN = ["RTE 0/1 f was called more than 2 times, which is not allowed here"] + [
    f"RTE 0/1 f was called more than {times}, which is not allowed here"
    for times in ("once", "5 times", "3 times")
]


def read(text: str) -> Value:
    node = parse(f"a: {text}", "f.yaml").get("a")
    assert node is not None
    return AnyValue().read(node)


# Values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['!python "lambda x: x * x"', "!function given.rules.square", '!python "max([1, 2])"']
)
def test_a_function_is_written_and_read_and_sent(text: str) -> None:
    value = read(text)
    assert isinstance(value, Code) and literal(value) == text
    assert decode(encode([value])) == [value]
    assert contains_unsupported([value])
    assert show([1, value]) == f"[1, {value.description}]"


def test_source_on_several_lines_is_shown_on_one() -> None:
    assert show(read('!python "max(\\n  1,\\n  2)"')) == "max(1, 2)"


def test_bytes_that_are_no_function_are_rejected() -> None:
    for wrong in (("x", (1,), "f", None), ("x", (), "f", 1.5), "x", ("x", (), "f")):
        with pytest.raises(DecodeError):
            decode(b"f" + encode(wrong))


_NAME = "1:4: expected the name of a function, like !function given.rules.square"
_SOURCE = '1:4: expected a function as Python source, like !python "lambda x: x * x"'
WRONG = {
    "!function": f"{_NAME}, found nothing",
    "!function 3": f"{_NAME}, found '3'",
    "!function [a]": f"{_NAME}, found a list",
    "!python": f"{_SOURCE}; found nothing",
    '!python "lambda x x"': f"{_SOURCE}; ",
    '!python "3"': f"{_SOURCE}, found the text '3'",
    "!pythn f": "1:4: unknown tag !pythn; did you mean 'python'?",
    "!set [!python f]": "1:10: a set cannot hold an object of another type",
}


@pytest.mark.parametrize("text, message", WRONG.items(), ids=WRONG)
def test_wrong_source_is_reported(text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        read(text)
    (found,) = error.value.diagnostics
    assert f"{found.at.line}:{found.at.column}: {found.text}".startswith(message)


# Problems -----------------------------------------------------------------------------------------

_RULES = "def square(x): ...\ndef both(x): ...\nSIX = 6\n"
# the argument f of a case, more keys of the case, and what is reported: line, column, text
UNKNOWN: dict[str, tuple[str, str, str]] = {
    "no such function": (
        "!function given.squared",
        "",
        "3:12: in case 'one', no module in `given` defines squared; did you mean 'square'?",
    ),
    "no such function of a module": (
        "!function given.rules.squared",
        "",
        "3:12: in case 'one', given.rules does not define squared; did you mean 'square'?",
    ),
    "no such module": (
        "!function given.rule.square",
        "",
        "3:12: in case 'one', given.rule.square cannot be found: there is no module given.rule; did"
        " you mean 'given.rules'?",
    ),
    "two functions of the name": (
        "!function given.both",
        "",
        "3:12: in case 'one', given.other and given.rules define both; write given.other.both or"
        " given.rules.both",
    ),
    "an unknown name": (
        '!python "lambda x: x + y"',
        "",
        "3:12: in case 'one', y in lambda x: x + y is neither built in nor a module of Python,"
        " NumPy or `given`",
    ),
    "the same parameter twice": (
        '!python "lambda x, x: 1"',
        "",
        "3:12: in case 'one', lambda x, x: 1 is not valid Python: duplicate argument 'x' in",
    ),
    "a name of a comprehension that is assigned": (
        '[!python "lambda: [x := 1 for x in [2]]"]',
        "",
        "3:12: in case 'one', lambda: [x := 1 for x in [2]] is not valid Python: assignment",
    ),
    "an unknown name deep in a list": (
        "[{a: !python somewhere.f}]",
        "",
        "3:12: in case 'one', somewhere in somewhere.f is neither",
    ),
    "a given name without its module": (
        '!python "lambda x: given.square(x)"',
        "",
        "3:12: in case 'one', given.square in lambda x: given.square(x) needs its module; write"
        " given.rules.square",
    ),
    "a limit of nothing": (
        "3",
        "calls: 7",
        "4:12: in case 'one', `calls` limits functions among the arguments, and there are none",
    ),
    "a limit of zero": ("!python abs", "calls: 0", "4:12: expected "),
}


@pytest.mark.parametrize("argument, more, said", UNKNOWN.values(), ids=UNKNOWN)
def test_what_a_problem_cannot_have_is_reported(
    argument: str, more: str, said: str, tmp_path: Path
) -> None:
    text = f"cases:\n  - name: one\n    args: {{f: {argument}}}\n    {more or 'expected: 1'}\n"
    if more.startswith("calls"):
        text += "    expected: 1\n"
    folder = write_problem(tmp_path, spec="function: f", starter="def f(f): ...\n", cases=text)
    (folder / "given").mkdir()
    for name in ("rules", "other"):
        (folder / "given" / f"{name}.py").write_text(_RULES if name == "rules" else "both = 1\n")
    with pytest.raises(SpecError) as error:
        load_problem(str(folder))
    (found,) = error.value.diagnostics
    assert f"{found.at.line}:{found.at.column}: {found.text}".startswith(said)


def test_an_expected_function_is_reported(tmp_path: Path) -> None:
    cases = "cases:\n  - {name: one, args: {f: 1}, expected: !python abs}\n"
    folder = write_problem(tmp_path, spec="function: f", starter="def f(f): ...\n", cases=cases)
    with pytest.raises(SpecError, match="2:41: a function cannot be expected; write what it"):
        load_problem(str(folder))


def test_a_function_knows_what_it_imports() -> None:
    functions = [case.step.args["f"] for case in AREA.cases]
    assert [each.imports for each in functions if isinstance(each, Code)] == [
        ("import given.rules",),
        (),
        ("import math",),
        ("import numpy as np",),
    ]
    assert [each.calls for each in functions if isinstance(each, Code)] == [2, 1, 5, 3]


def test_the_only_module_that_defines_a_function_need_not_be_named() -> None:
    (function, *_) = (case.step.args["f"] for case in AREA.cases)
    assert isinstance(function, Code) and function.description == "given.rules.square"


def test_a_call_is_shown_ready_to_paste() -> None:
    names: dict[str, Any] = {"area": lambda f, lo, hi, n: f(lo + hi)}
    page = problem_markdown(AREA)
    for case, value in zip(AREA.cases[1:], (12.0, 0.1353352832366127), strict=False):
        assert case.source in page or case.hidden
        *before, call = case.source.rpartition("area(")
        exec(before[0], names)
        assert eval(f"area({call}", names) == pytest.approx(value)
    assert "import given.rules\narea(\n    f=given.rules.square,\n" in page


# Judging ------------------------------------------------------------------------------------------


def test_a_submission_calls_a_function_as_often_as_allowed(sandbox: Sandbox) -> None:
    assert lines(judged("area", REFERENCE, sandbox, bank=GIVEN)) == ["AC 1/1"] * 4


def test_a_function_that_is_counted_looks_like_itself(sandbox: Sandbox) -> None:
    """But there is no way around the counter by which a library might take one."""
    assert all(case.step.args["f"].calls for case in AREA.cases)  # type: ignore[union-attr]
    look = [
        "import inspect",
        "name, *_ = inspect.signature(f).parameters",
        "assert name != 'args' and f.__name__ != 'limited' and inspect.unwrap(f) is f",
        "width =",
    ]
    source = REFERENCE.replace("width =", "\n    ".join(look), 1)
    assert lines(judged("area", source, sandbox, bank=GIVEN)) == ["AC 1/1"] * 4


_GREEDY = "from given.rules import middle\n\ndef area(f, lo, hi, n):\n    "
GREEDY = {
    "one call too many": "f(lo); g = lambda: [f(lo) for _ in range(n)]; g(); return 2.5",
    "it hides the exception": "\n    try:\n        [f(lo) for _ in range(99)]\n"
    "    except BaseException:\n        return 2.5",
    "it raises another": "\n    try:\n        [f(lo) for _ in range(99)]\n"
    "    except BaseException:\n        raise ValueError('no') from None",
}


@pytest.mark.parametrize("body", GREEDY.values(), ids=GREEDY)
def test_one_call_too_many_is_a_message(body: str, sandbox: Sandbox) -> None:
    judgement = judged("area", _GREEDY + body + "\n", sandbox, bank=GIVEN)
    assert [line.partition(" (line")[0] for line in lines(judgement)] == TOO_OFTEN
    assert {each.verdict for each in judgement.results} == {Verdict.RUN_TIME_ERROR}


def test_a_student_does_not_see_the_functions_of_hidden_cases(sandbox: Sandbox) -> None:
    source = _GREEDY + "return [f(lo) for _ in range(99)]\n"
    *_, hidden, last = judged("area", source, sandbox, Audience.STUDENT, GIVEN).results
    for each in (hidden, last):
        assert not any(word in repr(each) for word in ("math.exp", "cosh", "called"))


def test_misconceptions_are_limited_too(sandbox: Sandbox) -> None:
    source = _GREEDY + "return [f(lo) for _ in range(99)]\n"
    (row,) = AnswerKey(AREA, sandbox).table({"greedy": source.encode()}).values()
    assert [run.error for run in row] == [line.removeprefix("RTE 0/1 ") for line in TOO_OFTEN]


def test_calls_of_an_earlier_cases_function_are_counted_for_that(sandbox: Sandbox) -> None:
    """So a submission cannot save calls of one case for another."""
    source = "kept = []\n\ndef area(f, lo, hi, n):\n    kept.append(f)\n    return kept[0](lo)\n"
    results = judged("area", source, sandbox, bank=GIVEN).results
    assert [each.run.status for each in results[:2]] == [RunStatus.RETURNED] * 2
    assert {each.run.error for each in results[2:]} == {TOO_OFTEN[0].removeprefix("RTE 0/1 ")}


def test_a_function_that_cannot_be_made_is_an_error_of_the_author(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    cases = "cases:\n  - {name: one, args: {f: !python math.sinn}}\n"
    folder = write_problem(
        tmp_path,
        spec="function: g",
        starter="def g(f): ...\n",
        cases="cases:\n  - {name: two, args: {f: 1}, expected: 1}\n",
    )
    solutions = tmp_path / "solutions"
    solutions.mkdir()
    (solutions / "cases.yaml").write_text(cases)
    (solutions / "reference.py").write_text("def g(f): return 1\n")
    problem = load_problem(str(folder), str(solutions))
    with pytest.raises(SpecError, match="the problem cannot make its argument f: AttributeError"):
        AnswerKey(problem, sandbox)


def test_a_function_may_run_an_event_loop(sandbox: Sandbox, tmp_path: Path) -> None:
    run = "!python \"lambda c: __import__('asyncio').run(c)\""
    cases = f"cases:\n  - {{name: one, args: {{run: {run}}}, expected: 4}}\n"
    folder = write_problem(tmp_path, "", "function: f", "def f(run): ...\n", cases)
    key = AnswerKey(load_problem(str(folder)), sandbox)
    source = b"async def four():\n    return 4\ndef f(run):\n    return run(four())\n"
    assert lines(judge(key, Submission(source, "me.py"), sandbox)) == ["AC 1/1"]


def test_a_notebook_gets_the_functions() -> None:
    names: dict[str, Any] = {}
    own = "middle = lambda a, b: (a + b) / 2"
    exec(REFERENCE.replace("from given.rules import middle", own), names)
    with without_given_modules():
        found = check("area", names["area"], DATA / "given")
        greedy = check("area", lambda f, *_: [f(1), f(2), f(3)], DATA / "given")
    assert found.judgement.verdict is Verdict.ACCEPTED
    assert [line.partition(" (line")[0] for line in lines(greedy.judgement)] == TOO_OFTEN[:2]


def test_a_checker_of_the_author_can_call_them(sandbox: Sandbox, tmp_path: Path) -> None:
    cases = (
        "cases:\n  - name: root\n    args: {f: !python 'lambda x: x * x - 2'}\n"
        "    checker: {python: is_root}\n"
    )
    folder = write_problem(
        tmp_path, spec="function: root", starter="def root(f): ...\n", cases=cases
    )
    (folder / "given").mkdir()
    (folder / "given" / "small.py").write_text("def is_small(x):\n    return abs(x) < 1e-6\n")
    (folder / "checker.py").write_text(
        "from given.small import is_small\n\n"
        "def is_root(answer, f):\n    return is_small(f(answer))\n"
    )
    key = AnswerKey(load_problem(str(folder)), sandbox)
    for source, said in (("2 ** 0.5", ["AC 1/1"]), ("1.5", ["WA 0/1 this is not a right answer"])):
        submission = Submission(f"def root(f):\n    return {source}\n".encode(), "me.py")
        assert [line[: len(said[0])] for line in lines(judge(key, submission, sandbox))] == said


def test_new_inputs_keep_the_functions_and_their_limits() -> None:
    inputs = InputGenerator(AREA, 1).inputs(5)
    assert inputs and all(isinstance(each["f"], Code) and each["f"].calls for each in inputs)


def test_new_cases_are_written_with_the_limit() -> None:
    case = AREA.cases[2]
    out = io.StringIO()
    write(Hardening((NewCase(case.with_step(expected=1.0), ("x",)),), ()), out)
    assert 'f: !python "lambda x: math.exp(-x)"\n' in out.getvalue()
    assert "    calls: 5\n    expected: 1.0\n" in out.getvalue()
