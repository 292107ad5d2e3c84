"""No call of a public case comes after that of a hidden one, in one turn or in several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from grader.checkers.draws import Frequencies
from grader.errors import NeedsMoreTime
from grader.judging.answer_key import AnswerKey
from grader.judging.public_first import Kept
from grader.model.credit import Group
from grader.model.entry_point import Program, Script
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case, Limits, Problem, Submission
from grader.sandbox.host import Sandbox
from grader.values import Generator, Value
from tests._support.scripts import SCRIPTS, changed
from tests._support.small_problems import small_problem

MINE = Submission(b"def f(x):\n    return 0\n\n\n# mine\n", "me.py")
RNG = Generator.of("numpy", 7)
SLOW = 2  # the argument of a call that is too slow the first time
HIDDEN = 100  # arguments of hidden cases begin here
OWN = Limits(cpu_s=0.5)
FAIR: Value = [0, 1] * 50
UNFAIR: Value = [0] * 100


class Recorder(Sandbox):
    """A sandbox that runs nothing: it records the calls that it is asked for.

    Attributes:
        calls: the arguments of the submission's calls, in order
        children: how many child processes it would have used
        turn: what the submission prints, and what the notes about its import say
        stop: called before each call of the submission with its argument
    """

    def __init__(self) -> None:
        super().__init__(None)
        self.calls: list[Value] = []
        self.children = 0
        self.turn = "first turn"
        self.stop: Callable[[Value], None] = lambda value: None

    def run(
        self,
        program: Program,
        scripts: Sequence[Script],
        limits: Limits,
        watch: Callable[[Sequence[Run]], None] | None = None,
        get_short_limits: object = None,
        note: Callable[[tuple[str, ...]], None] | None = None,
        *more: Any,
        **named: Any,
    ) -> list[Run]:
        values = [script[0].args[0] for script in scripts]
        if program.source != MINE.source:
            rights: list[Value] = [FAIR if value == RNG else 0 for value in values]
            return [Run(RunStatus.RETURNED, right) for right in rights]
        self.children += 1
        if note is not None:
            note((self.turn,))
        runs: list[Run] = []
        for value in values:
            self.stop(value)
            runs.append(replace(self._run(value), stdout=self.turn))
            self.calls.append(value)
            if watch is not None:
                watch(runs)
        return runs

    def _run(self, value: Value) -> Run:
        if value == SLOW and value not in self.calls:
            return Run(RunStatus.TIMED_OUT)
        if isinstance(value, Generator):
            return Run(RunStatus.RETURNED, UNFAIR if value == RNG else FAIR)
        return Run(RunStatus.RETURNED, 0)


def is_hidden(value: Value) -> bool:
    return isinstance(value, int) and value >= HIDDEN


def problem_of(*arguments: Value) -> Problem:
    problem = small_problem("def f(x):\n    return 0\n", arguments)
    cases = tuple(
        replace(case, hidden=is_hidden(value))
        for case, value in zip(problem.cases, arguments, strict=True)
    )
    return replace(problem, cases=cases)


def with_case(problem: Problem, index: int, **fields: Any) -> Problem:
    cases = list(problem.cases)
    cases[index] = replace(cases[index], **fields)
    return replace(problem, cases=tuple(cases))


def drawn(problem: Problem, index: int) -> Problem:
    def step(case: Case) -> Case:
        return case.with_steps(
            lambda each: replace(each, checker=Frequencies(probabilities=(0.5, 0.5)))
        )

    return with_case(problem, index, steps=step(problem.cases[index]).steps)


PLAIN = problem_of(1, 3, 100, 101)
FAST = replace(problem_of(1, SLOW, 100), groups=(Group("fast", times_reference=9.0),))

# a problem, the number of children, and the calls
ORDERS: dict[str, tuple[Problem, int, list[Value]]] = {
    "one limit": (PLAIN, 1, [1, 3, 100, 101]),
    "a hidden case with other limits": (with_case(PLAIN, 2, limits=OWN), 2, [1, 3, 101, 100]),
    "a public case with other limits": (with_case(PLAIN, 1, limits=OWN), 3, [1, 3, 100, 101]),
    "a public and a hidden case with other limits": (
        with_case(with_case(PLAIN, 1, limits=OWN), 2, limits=OWN),
        4,
        [1, 3, 100, 101],
    ),
    "a slow call, in a group with a hidden case": (
        with_case(with_case(FAST, 1, group="fast"), 2, group="fast"),
        4,
        [1, SLOW, SLOW, 100],
    ),
    "a slow call of a group that is not timed": (FAST, 1, [1, SLOW, 100]),
    "a draw": (
        drawn(problem_of(1, RNG, 100), 1),
        3,
        [1, RNG, Generator.of("numpy", 7_368_794), Generator.of("numpy", 14_737_581), 100],
    ),
}


@pytest.mark.parametrize("problem, children, calls", ORDERS.values(), ids=ORDERS)
def test_public_cases_are_called_first(problem: Problem, children: int, calls: list[Value]) -> None:
    sandbox = Recorder()
    AnswerKey(problem, sandbox).runs(MINE, sandbox)
    assert (sandbox.calls, sandbox.children) == (calls, children)
    assert sorted(sandbox.calls, key=is_hidden) == sandbox.calls


class Turns:
    """Two turns of a submission; in the first one, the sandbox's time is up in a call."""

    def __init__(self, problem: Problem, stops: Callable[[Value], bool]) -> None:
        self.sandbox = Recorder()
        self.key = AnswerKey(problem, self.sandbox)
        self.notes: list[tuple[str, ...]] = []
        self.watched: list[str] = []

        def stop(value: Value) -> None:
            if stops(value):
                raise NeedsMoreTime("")

        self.sandbox.stop = stop
        self.kept = Kept()
        with pytest.raises(NeedsMoreTime):
            self.key.runs(MINE, self.sandbox, kept=self.kept)
        self.sandbox.stop = lambda value: None
        self.sandbox.turn = "second turn"

    def second(self) -> list[Run]:
        later = Kept(self.kept.runs, self.kept.notes)

        def watch(runs: Sequence[Run]) -> None:
            self.watched.append(runs[-1].stdout)

        return self.key.runs(MINE, self.sandbox, watch, self.notes.append, later)


@pytest.mark.parametrize("problem, _, calls", ORDERS.values(), ids=ORDERS)
def test_a_later_turn_shows_the_public_cases_of_the_first(
    problem: Problem, _: int, calls: list[Value]
) -> None:
    turns = Turns(problem, is_hidden)
    first = list(turns.kept.runs or ())
    runs = turns.second()
    said = ["second turn" if case.hidden else "first turn" for case in problem.cases]
    assert [run.stdout for run in runs] == turns.watched == said
    assert runs[: len(first)] == first and len(first) == said.count("first turn")
    assert turns.notes == [("first turn",)]


def test_one_child_makes_the_same_calls_in_each_turn() -> None:
    """A function that depends on earlier calls, by mistake, gets the judgement of one turn."""
    turns = Turns(PLAIN, lambda value: value == 101)
    turns.second()
    assert turns.sandbox.calls == [1, 3, 100, 1, 3, 100, 101]


def test_nothing_is_kept_before_a_hidden_case() -> None:
    turns = Turns(ORDERS["a draw"][0], lambda value: value == Generator.of("numpy", 14_737_581))
    assert turns.kept.runs is None
    runs = turns.second()
    assert {run.stdout for run in runs} == {"second turn"}
    assert turns.notes == [("second turn",)] and runs[1].value == FAIR


def test_an_import_that_fails_later_says_nothing() -> None:
    """Without public cases, its error would be shown, as that of a program that knows no case."""
    turns = Turns(problem_of(100, 101), is_hidden)
    assert turns.kept.runs == []
    error = "Leak: 100"
    turns.sandbox._run = lambda value: Run(RunStatus.NOT_LOADED, error=error)  # type: ignore[method-assign]
    runs = turns.second()
    assert {run.status for run in runs} == {RunStatus.NOT_LOADED}
    assert not any(error in run.error or run.stdout for run in runs)
    assert turns.notes == [("first turn",)]


class _Broken(Sandbox):
    """A sandbox whose time is up when functions are given for the first time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.__dict__.update(vars(sandbox))
        self.given: list[bool] = []

    def run(self, *args: Any, **named: Any) -> list[Run]:
        self.given.append("give" in named)
        if self.given.count(True) == 1:
            raise NeedsMoreTime("")
        return super().run(*args, **named)


def test_no_first_run_comes_after_something_was_given(sandbox: Sandbox) -> None:
    key = AnswerKey(SCRIPTS.load("vocabulary"), sandbox)
    source = Submission(changed("vocabulary", (".lower()", ".upper()")).encode(), "me.py")
    broken, kept = _Broken(sandbox), Kept()
    with pytest.raises(NeedsMoreTime):
        key.runs(source, broken, kept=kept)
    broken.given.append(True)
    before = len(broken.given)
    key.runs(source, broken, kept=Kept(kept.runs, kept.notes))
    assert broken.given[before:] and all(broken.given[before:])
