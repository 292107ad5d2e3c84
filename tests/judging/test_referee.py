"""The author's own checkers: opinions, faults, and what an answer cannot do to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.checkers.python import PythonChecker
from grader.errors import Location, SandboxError
from grader.judging import referee as referee_module
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.judging.redact import for_student
from grader.judging.referee import Fault, Opinion, Question, Referee, Said
from grader.model.judgement import Verdict
from grader.model.problem import Case, Submission
from grader.model.script import Step
from grader.sandbox.host import Sandbox
from grader.values import Array, Unsupported, Value
from tests._support.small_problems import small_problem


def checker(body: str, parameters: str = "answer, *, x") -> PythonChecker:
    source = f"import os, time\nimport numpy as np\n\ndef right({parameters}):\n{body}\n"
    return PythonChecker("right", source.encode(), "problems/p/checker.py")


def asked(checker: PythonChecker, answer: Value, x: Value = 1.0) -> Question:
    return Question(Step({"x": x}, Location(""), checker), answer)


@pytest.fixture(scope="module")
def referee(sandbox: Sandbox) -> Referee:
    return Referee(sandbox)


# The body of the checker, the share of points, and the text.
OPINIONS = {
    "true": ("    return True", 1, ""),
    "of numpy": ("    return np.all(answer == x)", 1, ""),
    "false": ("    return False", 0, "this is not a right answer"),
    "a text": ("    return 'too\\nlarge'", 0, "too large"),
    "a share": ("    return Score('1/3', 'a third')", Fraction(1, 3), "a third"),
    "a share as a float": ("    return Score(0.5)", Fraction(1, 2), "this is not a right answer"),
    "a small share": (
        "    return Score(1e-05)",
        Fraction(1, 100_000),
        "this is not a right answer",
    ),
    "all of it": ("    return Score(1, 'well done')", 1, ""),
    "none of it": ("    return Score(0, 'no')", 0, "no"),
}


@pytest.mark.parametrize("body, share, text", OPINIONS.values(), ids=OPINIONS)
def test_author_decides_the_share_and_the_remark(
    body: str, share: Fraction, text: str, referee: Referee
) -> None:
    opinion = referee.opinion(asked(checker(body), 1.0))
    assert isinstance(opinion, Opinion)
    assert opinion.share == share
    assert (opinion.mismatch.remark if opinion.mismatch else "") == text
    assert (opinion.mismatch is None) is (share == 1)


FAULTS = {
    "raises": ("    y = x\n    return y / 0", "ZeroDivisionError: float division by zero", 6),
    "returns nothing": ("    pass", "it returned None where True, False, a string or a Score", 0),
    "returns a number": ("    return 1.0", "it returned 1.0 where True, False, a string", 0),
    "returns an object": ("    return object()", "it returned an object of type object where", 0),
    "returns more than all": ("    return Score(2)", "it returned Score('2') where", 0),
    "returns less than nothing": ("    return Score(-1)", "it returned Score('-1') where", 0),
    "returns a share of nothing": ("    return Score('1/0')", "it returned Score('1/0') where", 0),
    "returns a huge exponent": ("    return Score('1e-99999')", "it returned Score('1e-99", 0),
    "returns nan": ("    return Score(float('nan'))", "it returned Score('nan') where", 0),
    "returns too much": ("    return 'a' * 10**7", "its answer is larger than 64 KiB", 0),
    "ends": ("    os._exit(0)", "the process", 0),
    "exits": ("    raise SystemExit", "SystemExit", 5),
    "reads a file": ("    return open('/etc/hostname').read()", "Error", 5),
}


@pytest.mark.parametrize("body, text, line", FAULTS.values(), ids=FAULTS)
def test_a_fault_names_the_line_of_the_checker(
    body: str, text: str, line: int, referee: Referee
) -> None:
    fault = referee.opinion(asked(checker(body), 1.0))
    assert isinstance(fault, Fault)
    assert fault.text.startswith("the problem's checker failed: ") and text in fault.text
    assert (fault.file, fault.line) == ("problems/p/checker.py", line)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    short = replace(referee_module.LIMITS, cpu_s=0.2, wall_s=30.0)
    monkeypatch.setattr(referee_module, "LIMITS", short)
    yield


@pytest.mark.usefixtures("impatient")
def test_a_checker_that_never_ends_is_stopped_and_others_are_asked(referee: Referee) -> None:
    endless = checker("    while answer == 2.0: pass\n    return True")
    rulings = referee.opinions([asked(endless, float(answer)) for answer in (1, 2, 3)])
    assert isinstance(rulings[1], Fault) and "processor time" in rulings[1].text
    assert rulings[0] == rulings[2] == Opinion()


def test_arguments_and_answers_arrive_as_values(referee: Referee) -> None:
    body = "    return repr((type(answer).__name__, answer.tolist(), x, expected))"
    asks = replace(checker(body, "answer, *, x, expected=None"), accepts_expected=True)
    step = Step({"x": [1, "a"]}, Location(""), asks, expected={1: 2})
    opinion = referee.opinion(Question(step, Array("int8", (2,), b"\1\2")))
    assert isinstance(opinion, Opinion) and opinion.mismatch is not None
    assert opinion.mismatch.remark == "('ndarray', [1, 2], [1, 'a'], {1: 2})"


HOSTILE: dict[str, Value] = {
    "an object": Unsupported("an object of type Foo"),
    "an object inside": [1, Unsupported("an object of type Foo")],
    "a text that looks like an opinion": "found",
    "a pair that looks like an opinion": ("found", True),
    "a score": ("score", "1", ""),
    "a huge integer": 10**5000,
    "a long text": "a" * 500_000,
    "nested": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]],
    "an array of many axes": Array("int8", (2000, *(1,) * 30), bytes(2000)),
    "surrogates": "\ud800",
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_an_answer_is_only_data(answer: Value, referee: Referee) -> None:
    rejects = checker("    return answer is True")
    opinion = referee.opinion(asked(rejects, answer))
    assert isinstance(opinion, Opinion) and opinion.share == 0


@pytest.mark.parametrize("answer", [HOSTILE["an object"], HOSTILE["an object inside"]])
def test_a_checker_that_accepts_everything_is_not_asked_about_objects(
    answer: Value, referee: Referee
) -> None:
    opinion = referee.opinion(asked(checker("    return True"), answer))
    assert isinstance(opinion, Opinion) and opinion.share == 0


def test_opinions_are_remembered_but_faults_are_not(sandbox: Sandbox) -> None:
    calls: list[int] = []

    class Counting(Referee):
        def _run(self, *args: object) -> Mapping[bytes, Said | Fault]:
            calls.append(1)
            return super()._run(*args)  # type: ignore[arg-type]

    referee = Counting(sandbox)
    fine, broken = checker("    return True"), checker("    return None")
    for _ in range(2):
        assert referee.opinion(asked(fine, 1.0)) == Opinion()
        assert isinstance(referee.opinion(asked(broken, 1.0)), Fault)
    assert len(calls) == 3
    # Another answer, other arguments and another source are other questions.
    referee.opinions([asked(fine, 2.0), asked(fine, 1.0, x=2.0), asked(checker("    return 0"), 1)])
    assert len(calls) == 5


@pytest.mark.parametrize("answers", [[1.0, 3.0], [3.0, 1.0], [3.0, 4.0, 5.0, 1.0, 3.0]])
def test_a_full_memory_of_opinions_changes_none(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, answers: list[Value]
) -> None:
    """New opinions take the place of older ones, some of which the same questions may need."""
    monkeypatch.setattr(referee_module, "_MAX_KNOWN", 2)
    referee = Referee(sandbox)
    positive = checker("    return answer > 0")
    for first in (1.0, 2.0):
        assert referee.opinion(asked(positive, first)) == Opinion()
    assert referee.opinions([asked(positive, each) for each in answers]) == [Opinion()] * len(
        answers
    )


def test_a_sandbox_that_fails_is_a_fault(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise SandboxError("no process")

    monkeypatch.setattr(sandbox, "run", fail)
    fault = Referee(sandbox).opinion(asked(checker("    return True"), 1.0))
    assert isinstance(fault, Fault) and fault.text.startswith("the checker could not be run: ")


def test_a_fault_is_an_internal_error_that_costs_no_points(sandbox: Sandbox) -> None:
    plain = small_problem("def f(x):\n    return x\n", [1.0])
    hidden = Case.of_call(
        "a", {"x": 1.0}, Location("cases.yaml"), checker("    1 / 0"), hidden=True
    )
    key = AnswerKey(replace(plain, cases=(hidden,)), sandbox)
    judgement = judge(key, Submission(b"def f(x): return x", "me.py"), sandbox)
    assert judgement.verdict is Verdict.JUDGE_ERROR
    (shown,) = for_student(judgement).results
    assert shown.run.error == "the problem's checker failed"


def test_a_submission_cannot_reach_the_process_of_the_checker(sandbox: Sandbox) -> None:
    """It redefines what the checker uses, and answers True to every question."""
    source = b"""
import builtins, sys

class Yes(list):
    def __eq__(self, other): return True
    def __reduce__(self): return (print, ("here",))

class Score:
    share, text = "1", ""

builtins.sorted = builtins.all = lambda *args, **more: True
_grader_opinion = lambda answer, arguments: ("found", True)

def right(answer, **args):
    return True

def f(x):
    return Yes([Score(), "found", True])
"""
    plain = small_problem("def f(x):\n    return x\n", [1.0])
    body = "    return True if sorted([answer == x, True]) == [True, True] else 'no'"
    case = Case.of_call("a", {"x": 1.0}, Location("cases.yaml"), checker(body))
    key = AnswerKey(replace(plain, cases=(case,)), sandbox)
    judgement = judge(key, Submission(source, "me.py"), sandbox)
    assert judgement.verdict is Verdict.WRONG_ANSWER and judgement.score == 0
