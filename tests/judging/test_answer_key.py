"""The answer key: the reference's answers and time, and what has to be loaded before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.bank.load import load_problem
from grader.checkers import CLOSE
from grader.checkers.any_of import AnyOf
from grader.checkers.norm import Norm
from grader.checkers.unordered import Unordered
from grader.checkers.up_to import Freedom, UpToFactor
from grader.errors import SpecError, UsageError
from grader.judging import allowance
from grader.judging.answer_key import AnswerKey
from grader.judging.judge import judge
from grader.judging.speed import limits_by_reference
from grader.model.checker import Checker
from grader.model.judgement import Run, RunStatus, Verdict
from grader.model.prints import Prints
from grader.model.problem import Limits, Problem, Submission
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.host import Sandbox
from grader.values import Array, Ref, Value
from tests._support.bank import DATA, PATIENCE_S
from tests._support.small_problems import small_problem

BUSY = b"""
import time
def mean(values):
    end = time.process_time() + %s
    while time.process_time() < end: pass
    return sum(values) / len(values)
"""


@pytest.fixture(scope="module", params=["forked", "spawned"])
def each_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(ForkServer() if request.param == "forked" else None) as sandbox:
        yield sandbox


@pytest.fixture
def mean() -> Problem:
    folder = DATA / "bank"
    return load_problem(str(folder / "problems" / "mean"), str(folder / "solutions" / "mean"))


def test_the_reference_answers_cases_without_expected(mean: Problem, sandbox: Sandbox) -> None:
    answers = {case.name: case.step.expected for case in AnswerKey(mean, sandbox).problem.cases}
    assert answers == {"three": 2.5, "one": 7.25, "secret": 4312.3125}


def test_a_written_answer_overrides_the_reference(mean: Problem, sandbox: Sandbox) -> None:
    """A student without the reference gets the same verdict as the instructor with it."""
    wrong = replace(mean, reference=b"def mean(values): return 0.0", times_reference=1.0)
    answers = {case.name: case.step.expected for case in AnswerKey(wrong, sandbox).problem.cases}
    assert answers == {"three": 2.5, "one": 7.25, "secret": 0.0}


def test_a_case_without_expected_and_reference_is_an_error(mean: Problem, sandbox: Sandbox) -> None:
    with pytest.raises(SpecError, match="case 'secret' lacks `expected`, and the problem has no"):
        AnswerKey(replace(mean, reference=None), sandbox)


def test_a_limit_may_depend_on_the_reference(mean: Problem, each_sandbox: Sandbox) -> None:
    limits = Limits(wall_s=PATIENCE_S, cpu_s=0.1)
    slow = replace(mean, reference=BUSY % b"0.05", limits=limits)
    submission = Submission(BUSY % b"0.3", "me.py")

    def verdict(times: float | None) -> Verdict:
        key = AnswerKey(replace(slow, times_reference=times), each_sandbox)
        return judge(key, submission, each_sandbox).verdict

    assert verdict(None) is Verdict.TIME_LIMIT
    assert verdict(40.0) is Verdict.ACCEPTED


def test_a_multiple_is_of_the_slowest_case(mean: Problem) -> None:
    runs = [Run(RunStatus.RETURNED, cpu_s=cpu_s, wall_s=2 * cpu_s) for cpu_s in (0.5, 2.0, 1.0)]
    timed = replace(mean, limits=Limits(wall_s=3.0, cpu_s=3.0), times_reference=10.0)
    limits = limits_by_reference(timed, runs)
    assert (limits.cpu_s, limits.wall_s) == (20.0, 40.0)
    limits = limits_by_reference(
        timed, [replace(each, cpu_s=0.0) for each in runs]
    )  # it is not reported
    assert (limits.cpu_s, limits.wall_s) == (40.0, 40.0)


def test_the_declared_limit_is_the_floor(mean: Problem, sandbox: Sandbox) -> None:
    key = AnswerKey(replace(mean, times_reference=1.0), sandbox)
    assert key.problem.limits == mean.limits


def test_the_digest_covers_declared_limits(mean: Problem, sandbox: Sandbox) -> None:
    """Not of how long the reference took this time."""
    slow = replace(mean, reference=BUSY % b"0.05", times_reference=9.0)
    one, other = AnswerKey(slow, sandbox), AnswerKey(slow, sandbox)
    assert one.problem.limits != other.problem.limits and one.digest == other.digest
    assert one.digest != AnswerKey(replace(slow, times_reference=8.0), sandbox).digest


def test_the_digest_covers_the_parameters_of_checkers(mean: Problem, sandbox: Sandbox) -> None:
    checkers: list[Checker] = [Norm(2), Norm(1), *map(UpToFactor, Freedom)]
    digests = set()
    for checker in checkers:
        cases = tuple(case.with_step(checker=checker) for case in mean.cases)
        digests.add(AnswerKey(replace(mean, cases=cases), sandbox).digest)
    assert len(digests) == len(checkers)


def test_a_reference_answer_that_does_not_suit_the_checker_is_reported(
    mean: Problem, sandbox: Sandbox
) -> None:
    case = mean.cases[0].with_step(checker=Unordered(), has_expected=False)
    with pytest.raises(SpecError) as error:
        AnswerKey(replace(mean, cases=(case,)), sandbox)
    assert error.value.diagnostics[0].text == (
        f"in case {case.name!r}, the checker `unordered` does not apply to the reference's answer:"
        " expected a list or another sequence, found a number"
    )


def test_modules_are_loaded_before_a_submission(mean: Problem, each_sandbox: Sandbox) -> None:
    source = b"import sys\ndef mean(values): return 2.5 if 'colorsys' in sys.modules else 0.0"
    before = judge(AnswerKey(mean, each_sandbox), Submission(source, "me.py"), each_sandbox)
    with_it = AnswerKey(replace(mean, preload=("colorsys", "wave")), each_sandbox)
    after = judge(with_it, Submission(source, "me.py"), each_sandbox)
    assert [each.results[0].verdict for each in (before, after)] == [
        Verdict.WRONG_ANSWER,
        Verdict.ACCEPTED,
    ]


def test_a_missing_module_is_reported(mean: Problem, each_sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match=r"(?s)`preload` names notthere, which cannot .*notthere"):
        AnswerKey(replace(mean, preload=("notthere",)), each_sandbox)


def test_preload_and_times_reference_are_read_from_the_spec(tmp_path: Path) -> None:
    folder = DATA / "bank" / "problems" / "mean"
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    spec = tmp_path / "spec.md"
    text = spec.read_text().replace(
        "limits: {", "preload: [scipy.stats]\nlimits: {time: 20 x reference, "
    )
    spec.write_text(text)
    problem = load_problem(str(tmp_path))
    assert (problem.preload, problem.times_reference) == (("scipy.stats",), 20.0)
    spec.write_text(text.replace("20 x reference", "twenty x reference"))
    with pytest.raises(SpecError, match=r"spec.md:7:16: expected a multiple, like 20 x reference"):
        load_problem(str(tmp_path))


FORMS = {
    "lists": "x",
    "arrays of one": "[np.array(row) for row in x]",
    "an array": "np.array(x)",
    "tuples": "tuple(map(tuple, x))",
    "sets": "[{a} for row in x for a in row]",
}


@pytest.mark.parametrize("form", FORMS)
def test_right_answers_are_never_too_large(
    form: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MAX_OBJECTS", 10)
    column: Value = [[float(i)] for i in range(200)]
    small: Value = Array("int8", (200, 1), bytes(200))
    problem = small_problem("def f(x):\n    return x\n", [column, small])
    source = f"import numpy as np\ndef f(x):\n    return {FORMS[form]}\n".encode()
    judgement = judge(AnswerKey(problem, sandbox), Submission(source, "me.py"), sandbox)
    assert (judgement.verdict is Verdict.ACCEPTED) == (form != "sets")


COLUMN: list[Value] = [[float(i)] for i in range(200)]
LINES = "line\n" * 400
# What comes back in addition to the expected answer: a source, and what is expected of its step.
MORE: dict[str, tuple[str, dict[str, Any]]] = {
    "an argument as it was": ("def f(x):\n    return 1\n", {"is_pure": True}),
    "an argument that has grown": (
        "def f(x):\n    x += [[0.0]] * 900\n    return 1\n",
        {"after": {"x": [*COLUMN, *[[0.0]] * 900]}},
    ),
    "output": (f"def f(x):\n    print({LINES!r})\n    return 1\n", {"prints": Prints(LINES)}),
    "another right answer": (
        "def f(x):\n    return x\n",
        {"checker": AnyOf.of(CLOSE, [COLUMN]), "others": (COLUMN,)},
    ),
}


@pytest.mark.parametrize("form", MORE)
def test_what_comes_back_with_a_right_answer_is_never_too_large(
    form: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MAX_OBJECTS", 10)
    source, expected = MORE[form]
    plain = small_problem("def f(x):\n    return 1\n", [COLUMN, COLUMN])
    expected = {"expected": 1, "has_expected": True, **expected}
    problem = replace(plain, cases=tuple(each.with_step(**expected) for each in plain.cases))
    judgement = judge(AnswerKey(problem, sandbox), Submission(source.encode(), "me.py"), sandbox)
    assert [each.verdict.short for each in judgement.results] == ["AC", "AC"]


def test_a_result_that_comes_back_as_an_argument_is_never_too_large(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MAX_OBJECTS", 10)
    source = "def f(x):\n    return x\n"
    problem = small_problem(source, [COLUMN])
    (case,) = problem.cases
    whole, again = replace(case.step, name="found"), replace(case.step, is_pure=True)
    again = replace(again, args={"x": [Ref("found")] * 20}, is_asked=False)
    problem = replace(problem, cases=(replace(case, steps=(whole, again)),))
    key = AnswerKey(problem, sandbox)
    judgement = judge(key, Submission(source.encode(), "me.py"), sandbox)
    assert judgement.verdict is Verdict.ACCEPTED


def test_answers_are_too_large_together(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MAX_OBJECTS", 20_000)
    problem = small_problem("def f(x):\n    return x\n", [1.0, 2.0, 3.0, 4.0])
    source = b"def f(x):\n    return [set()] * 2000 if x < 4 else x\n"
    judgement = judge(AnswerKey(problem, sandbox), Submission(source, "me.py"), sandbox)
    assert [each.verdict.short for each in judgement.results] == ["WA", "OLE", "OLE", "AC"]


def test_the_digest_covers_a_reference_that_limits_depend_on(
    mean: Problem, sandbox: Sandbox
) -> None:
    """Runs that exceeded the time of a faster one do not count under a slower one."""
    source = (mean.reference or b"") + b"# in other words\n"
    for times, is_same in ((None, True), (9.0, False)):
        timed = replace(mean, times_reference=times)
        keys = [AnswerKey(each, sandbox) for each in (timed, replace(timed, reference=source))]
        assert (keys[0].inputs_digest == keys[1].inputs_digest) is is_same
