"""Runs to verdicts and points; what a student may see; what is said when we fail ourselves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader.bank.load import load_problem
from grader.checkers import CLOSE
from grader.errors import Location, SandboxError
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge, overall_verdict
from grader.judging.redact import for_student
from grader.judging.results import result
from grader.model.entry_point import Call, EntryPoint
from grader.model.judgement import Judgement, Run, RunStatus, Verdict, points_number
from grader.model.problem import Case, Limits, Submission
from grader.model.signature import Function, Parameter, ParameterKind
from grader.reports.judgement.json import document
from grader.reports.messages import message
from grader.sandbox.host import Sandbox
from grader.submissions import defined_names, read_submission
from tests._support.bank import DATA, ROOT
from tests._support.small_problems import REFEREE, small_problem

TESTBANK = DATA / "bank"
AT = Location("cases.yaml")


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    folders = (str(TESTBANK / name / "mean") for name in ("problems", "solutions"))
    return AnswerKey(load_problem(*folders), sandbox)


def judged(source: str, key: AnswerKey, sandbox: Sandbox) -> Judgement:
    return judge(key, Submission(source.encode(), "me.py"), sandbox)


VERDICTS = {
    RunStatus.RAISED: Verdict.RUN_TIME_ERROR,
    RunStatus.CRASHED: Verdict.RUN_TIME_ERROR,
    RunStatus.GARBLED: Verdict.RUN_TIME_ERROR,
    RunStatus.NOT_LOADED: Verdict.INVALID_SUBMISSION,
    RunStatus.TIMED_OUT: Verdict.TIME_LIMIT,
    RunStatus.OUT_OF_MEMORY: Verdict.MEMORY_LIMIT,
    RunStatus.TOO_MUCH_OUTPUT: Verdict.OUTPUT_LIMIT,
    RunStatus.NOT_RUN: Verdict.JUDGE_ERROR,
}


@pytest.mark.parametrize("status, verdict", VERDICTS.items(), ids=[each.name for each in VERDICTS])
def test_verdict(status: RunStatus, verdict: Verdict) -> None:
    # Even if the value that came with it happens to be right.
    case = Case.of_call("a", {}, AT, CLOSE, expected=1.0, has_expected=True, points=Fraction(3))
    assert result(case, Run(status, value=1.0, error="why"), REFEREE).verdict is verdict
    assert result(case, Run(status, value=1.0, error="why"), REFEREE).points == 0
    assert message(result(case, Run(status, value=1.0, error="why"), REFEREE))


def test_the_first_failure_is_the_verdict_unless_there_is_an_internal_error() -> None:
    case = Case.of_call("a", {}, AT, CLOSE, expected=1.0, has_expected=True)
    right, wrong, late, ours = (
        result(case, run, REFEREE)
        for run in (
            Run(RunStatus.RETURNED, value=1.0),
            Run(RunStatus.RETURNED, value=2.0),
            Run(RunStatus.TIMED_OUT),
            Run(RunStatus.NOT_RUN),
        )
    )
    assert overall_verdict((right, right)) is Verdict.ACCEPTED
    assert overall_verdict((right, late, wrong)) is Verdict.TIME_LIMIT
    assert overall_verdict((wrong, late, ours)) is Verdict.JUDGE_ERROR


def test_points_are_exact_until_they_are_shown() -> None:
    thirds = [
        result(
            Case.of_call(
                str(n), {}, AT, CLOSE, expected=1, has_expected=True, points=Fraction(1, 3)
            ),
            Run(RunStatus.RETURNED, value=1),
            REFEREE,
        )
        for n in range(3)
    ]
    assert points_number(sum((each.points for each in thirds), Fraction(0))) == 1
    assert points_number(Fraction(1, 3)) == 0.33
    assert [points_number(Fraction(n, 1000)) for n in (5, 15, 25)] == [0, 0.02, 0.02]


def test_arguments_go_by_position_up_to_the_first_default() -> None:
    problem = load_problem(str(ROOT / "problems" / "grpo"))
    case = problem.cases[0].with_step(args={"rhos": [1.0], "A": [2.0], "beta": 0.5})
    assert case.step.call() == Call(([1.0], [2.0]), {"beta": 0.5}, watches=("after",))


def test_an_internal_error_becomes_a_verdict(key: AnswerKey) -> None:
    class Broken(Sandbox):
        def run(self, *_: object) -> list[Run]:
            raise SandboxError("the fork server has ended")

    with Broken(None) as broken:
        judgement = judge(key, Submission(b"x", "me.py"), broken)
    assert judgement.verdict is Verdict.JUDGE_ERROR
    told = document(judgement)["cases"][0]["message"]
    assert told == "internal error in the grader, not in your code: the fork server has ended"


def test_a_file_with_a_flaw_is_not_run(key: AnswerKey, sandbox: Sandbox) -> None:
    flawed = Submission(b"def mean(v): return sum(v) / len(v)", "me.py", flaw="it is flawed")
    judgement = judge(key, flawed, sandbox)
    assert {each.run.error for each in judgement.results} == {"it is flawed"}
    assert judgement.score == 0


LEAKS = {
    "returned": "return values",
    "printed": "print(values); return 0.0",
    "raised": "raise ValueError(values)",
    "raised by name": "raise type(str(values[0]), (Exception,), {})",
    "traceback": "exec(compile(f'\\n1/0 # {values}', 'submission.py', 'exec'))",
    "type": "return type(str(values), (), {})()",
    "shape": "import numpy; return numpy.zeros((int(values[0]), 0))",
    "exit code": "import os; os._exit(int(values[0]) % 256)",
    "signal": "import os; os.kill(os.getpid(), int(values[0]) % 3 + 3)",
    "number": "return float(values[0])",
    "length": "import os; os.write(3, (int(values[0]) * 100_000).to_bytes(4, 'little')); return 0",
    "nothing to load again": "import os; os._exit(1)",
}


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS)
def test_a_student_learns_nothing_of_a_hidden_case(
    body: str, key: AnswerKey, sandbox: Sandbox
) -> None:
    judgement = judged(f"def mean(values):\n    {body}\n", key, sandbox)
    seen = for_student(judgement)
    (before,) = (each for each in judgement.results if each.case.hidden)
    (after,) = (each for each in seen.results if each.case.hidden)
    assert (after.verdict, after.points) == (before.verdict, before.points)
    whole = repr((after, seen.problem))
    for secret in ("8128", "496.5", "4312", "sum(values)"):
        assert secret not in whole
    assert after.run.value is None and not after.run.stdout and not after.run.traceback
    # It can sleep, compute or fill its memory for as long, or as much, as an argument says.
    assert (after.run.wall_s, after.run.cpu_s, after.run.peak_mib) == (0, 0, 0)
    # Words the submission cannot choose, whatever the arguments were.
    other = judged(f"def mean(values):\n    values = [9000.0] * 9\n    {body}\n", key, sandbox)
    (same,) = (each for each in for_student(other).results if each.case.hidden)
    assert message(after) == message(same)


def test_public_cases_keep_everything(key: AnswerKey, sandbox: Sandbox) -> None:
    judgement = judged("def mean(values):\n    print('hi')\n    return 0.0\n", key, sandbox)
    assert for_student(judgement).results[:2] == judgement.results[:2]


def test_a_file_that_does_not_load_is_explained_in_hidden_cases_too(
    key: AnswerKey, sandbox: Sandbox
) -> None:
    seen = for_student(judged("def mean(values:\n", key, sandbox))
    assert "SyntaxError" in message(seen.results[-1]) and seen.results[-1].case.step.args == {}


def test_a_misconception_must_agree_wherever_it_differs(key: AnswerKey, sandbox: Sandbox) -> None:
    summed = judged("def mean(values): return sum(values)", key, sandbox)
    half = judged("def mean(values): return sum(values) if len(values) == 3 else 0.0", key, sandbox)
    right = judged("def mean(values): return sum(values) / len(values)", key, sandbox)
    found = [
        [known.slug for known in diagnose(each, key).misconceptions]
        for each in (summed, half, right)
    ]
    assert found == [["sum"], [], []]


def test_the_key_digest_tells_keys_apart(key: AnswerKey, sandbox: Sandbox) -> None:
    problem = key.problem
    other = replace(problem, limits=Limits(wall_s=9))
    points = replace(problem, cases=(replace(problem.cases[0], points=Fraction(2)),))
    digests = {AnswerKey(each, sandbox).digest for each in (problem, other, points)}
    assert len(digests) == 3 and AnswerKey(problem, sandbox).digest == key.digest


def test_the_key_digests_depend_on_how_arguments_are_passed(sandbox: Sandbox) -> None:
    """A submission that renames its parameter is right in one problem and not in the other."""
    problem = small_problem("def f(x): return x", [1.0, 2.0])
    kinds = (ParameterKind.PLAIN, ParameterKind.KEYWORD_ONLY, ParameterKind.KEYWORD_ONLY)
    functions = [Function("f", (Parameter("x", kind=kind),)) for kind in kinds]
    keys = [
        AnswerKey(
            replace(
                problem,
                entry_point=EntryPoint((function,)),
                cases=tuple(case.with_step(function=function) for case in problem.cases),
            ),
            sandbox,
        )
        for function in functions
    ]
    plain, by_name, again = [(each.digest, each.inputs_digest) for each in keys]
    assert plain[0] != by_name[0] and plain[1] != by_name[1] and by_name == again


def test_defined_names_are_found_without_parsing() -> None:
    source = (
        b"def f(x): pass\nasync def g(): pass\nclass H:\n    def inner(self): pass\nk: F = g\n)"
    )
    assert defined_names(source) == ["f", "g", "H", "k"]


ASSIGNED = {
    "other": True,
    "None": True,
    "lambda x: x": True,
    "functools.partial(f, 1)": True,
    "(lambda x: x)": True,
    "Truth": True,
    "built(1)": True,
    "{}": False,
    "[1]": False,
    "0.95": False,
    "-.5": False,
    "'mean'": False,
    'rb"x"': False,
    "True": False,
}


@pytest.mark.parametrize("value, is_defined", ASSIGNED.items(), ids=ASSIGNED)
def test_what_is_not_a_function_defines_none(value: str, is_defined: bool) -> None:
    assert defined_names(b"k == f\n") == []
    for left in ("k =", "k: Any = ", "k="):
        assert (defined_names(f"{left}{value}\n".encode()) == ["k"]) is is_defined


def test_a_submission_knows_where_it_is_from(tmp_path: Path) -> None:
    (tmp_path / "me.py").write_text("x = 1")
    read = read_submission(str(tmp_path / "me.py"), student="ada")
    assert (read.student, read.source, read.flaw) == ("ada", b"x = 1", "")
