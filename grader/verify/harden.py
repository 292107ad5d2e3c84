"""Find cases that a problem lacks: inputs for which surviving wrong solutions answer wrong.

Survivors are misconceptions and mutants that no case rejects clearly. Variations of the existing
inputs (`input_generator`), or of scripts of steps (`script_generator`), are run by the reference,
the correct solutions and all survivors. Cases for which the correct solutions agree and a survivor
is clearly wrong are collected; a small set of them is chosen, and each is simplified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from grader.checkers.any_of import AnyOf
from grader.judging.referee import Referee
from grader.judging.results import questions, result
from grader.model.checker import Checker, Tolerance
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case, Problem
from grader.model.verification import Hardening, NewCase
from grader.sandbox.host import Sandbox
from grader.values import Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.verify.distances import SAFETY_FACTOR, measure_result
from grader.verify.evidence import Evidence
from grader.verify.input_generator import InputGenerator
from grader.verify.leaves import leaves
from grader.verify.script_generator import ScriptGenerator

_BATCH = 150  # inputs of a round
_PART = 30  # inputs to run at a time: between them the search can stop
_MAX_STEPS = 200  # of simplifying one input
_MAX_IDLE = 30  # rounds that find nothing before the search ends


class Progress(Protocol):
    """Hears how far a search is, and ends it."""

    def __call__(self, round_number: int, found: int, left: int) -> bool:
        """Return whether the search shall go on.

        Args:
            found: number of inputs that reject a survivor
            left: number of survivors that no input rejects yet
        """
        ...


def harden(
    evidence: Evidence, sandbox: Sandbox, rounds: int, seed: int, progress: Progress | None = None
) -> Hardening:
    """Find a small set of new cases that reject the survivors.

    It ends after `rounds` rounds, after thirty in a row that found nothing, or when `progress` says
    so, and returns what it has found until then.

    Args:
        rounds: how many batches of new inputs to try
        seed: of the search; the same seed finds the same cases
        progress: called several times in a round

    Raises:
        SandboxError: if the sandbox fails
    """
    sources = _survivors(evidence)
    search = _Search(evidence, sandbox, sources)
    generator = _generator(evidence, seed)
    found: list[_Found] = []
    remaining = set(sources)
    goes_on, idle = True, 0

    def may_go_on(number: int) -> bool:
        return progress is None or progress(number, len(found), len(remaining))

    for number in range(1, rounds + 1):
        cases, before = generator.cases(_BATCH), len(remaining)
        for start in range(0, len(cases), _PART):
            goes_on = goes_on and bool(remaining) and may_go_on(number)
            if not goes_on:
                break
            for each in search.try_cases(cases[start : start + _PART]):
                if remaining & set(each.rejects):
                    remaining -= set(each.rejects)
                    found.append(each)
                    generator.learn(each.case)
        idle = idle + 1 if len(remaining) == before else 0
        if not (goes_on and remaining and cases) or idle == _MAX_IDLE:
            break
    simplified = [
        _simplify(each, search, generator, partial(may_go_on, rounds)) for each in _choose(found)
    ]
    chosen = _choose(simplified)  # simpler, one may reject what another was chosen for
    rejected = {name for each in chosen for name in each.rejects}
    survivors = tuple(name for name in sources if name not in rejected)
    has_steps = isinstance(generator, ScriptGenerator)
    # Small inputs say nothing about speed.
    untimed = [each.name for each in evidence.problem.groups if each.times_reference is None]
    group = next(iter(untimed), "")
    new = tuple(NewCase(each.case, each.rejects, group, has_steps) for each in chosen)
    problem = evidence.problem
    return Hardening(new, survivors, problem.tolerance, 1 + len(problem.accepted))


class _Generator(Protocol):
    """Generates cases, and learns which are good to vary."""

    def cases(self, count: int) -> list[Case]: ...
    def learn(self, case: Case) -> None: ...
    def simpler(self, case: Case) -> list[Case]: ...


class _CallGenerator:
    """Generates cases of one call, all judged in the way that most cases of the problem are."""

    def __init__(self, problem: Problem, seed: int) -> None:
        # Of what is printed, or raised, the text of a case says nothing about other arguments.
        cases = [case for case in problem.cases if not case.step.is_judged_otherwise]
        rules = Counter(map(_rule, cases or problem.cases))
        rule, _ = rules.most_common(1)[0]
        case = next(case for case in cases or problem.cases if _rule(case) == rule)
        self._template = replace(
            case.with_step(checker=rule[0], others=()), generation=None, limits=None, hidden=True
        )
        self._inputs = InputGenerator(problem, seed)

    def cases(self, count: int) -> list[Case]:
        return [self._template.with_step(args=args) for args in self._inputs.inputs(count)]

    def learn(self, case: Case) -> None:
        self._inputs.learn(dict(case.step.args))

    def simpler(self, case: Case) -> list[Case]:
        args = self._inputs.simpler(dict(case.step.args))
        return [self._template.with_step(args=each) for each in args]


def _rule(case: Case) -> tuple[Checker, Tolerance]:
    """Return how an answer is compared, with one right answer where a case may have several."""
    checker = case.step.checker
    return checker.rule if isinstance(checker, AnyOf) else checker, case.step.tolerance


def _generator(evidence: Evidence, seed: int) -> _Generator:
    problem = evidence.problem
    has_scripts = any(case.is_script for case in problem.cases)
    is_one_call = problem.entry_point.function is not None and not has_scripts
    if is_one_call or problem.cases[0].step.is_driven:
        return _CallGenerator(problem, seed)
    return ScriptGenerator(problem, seed)


@dataclass(frozen=True)
class _Found:
    """A case with its expected answers, and the survivors that it rejects."""

    case: Case
    rejects: tuple[str, ...]


def _survivors(evidence: Evidence) -> dict[str, bytes]:
    sources = {each.slug: each.source for each in evidence.loaded.misconceptions}
    sources |= {name: each.source for name, each in evidence.mutants_by_name.items()}
    unclear = [each.name for each in evidence.wrong if max(each.distances) < SAFETY_FACTOR]
    return {name: sources[name] for name in unclear}


class _Search:
    """Runs inputs on the reference, the correct solutions and the survivors."""

    def __init__(
        self, evidence: Evidence, sandbox: Sandbox, survivors: Mapping[str, bytes]
    ) -> None:
        problem = evidence.problem
        self._sandbox = sandbox
        self._referee = evidence.key.referee
        self._accepted = len(problem.accepted)
        self._names = list(survivors)
        sources = [problem.reference or b"", *problem.accepted.values(), *survivors.values()]
        self._programs = [problem.program(each) for each in sources]
        self._limits = evidence.short_limits
        self._may_be_nan = any(_has_nan(case.step.expected) for case in problem.cases)

    def _is_usable(self, answer: Value) -> bool:
        """Return whether an answer can be expected; NaN only if the author expects it too."""
        return not contains_unsupported(answer) and (self._may_be_nan or not _has_nan(answer))

    def try_cases(self, cases: Sequence[Case]) -> list[_Found]:
        """Return the cases on which all correct solutions agree, with what each rejects."""
        scripts = [case.script for case in cases]
        table = self._sandbox.run_trusted(self._programs, scripts, self._limits)
        rows = [
            (answered, runs)
            for case, runs in zip(cases, zip(*table, strict=True), strict=True)
            if (answered := self._answered(case, runs[0])) is not None
        ]
        found, referee = [], self._referee
        referee.prepare(
            each for case, runs in rows for run in runs for each in questions(case, run)
        )
        for case, runs in rows:
            right, wrong = runs[: 1 + self._accepted], runs[1 + self._accepted :]
            if all(_distance(case, run, referee) <= 1 / SAFETY_FACTOR for run in right):
                named = zip(self._names, wrong, strict=True)
                rejected = [
                    name for name, run in named if _distance(case, run, referee) >= SAFETY_FACTOR
                ]
                found.append(_Found(case, tuple(rejected)))
        return found

    def _answered(self, case: Case, reference: Run) -> Case | None:
        """Return a case with the answers of the reference; None if it lacks one."""
        steps = []
        for step, run in zip(case.steps, reference.of_each(case.steps), strict=True):
            if step.raises is None:
                if run.status is not RunStatus.RETURNED:
                    return None
                if step.is_asked:
                    if not self._is_usable(run.value):
                        return None
                    step = replace(step, expected=run.value, has_expected=True)
            steps.append(step)
        return replace(case, steps=tuple(steps))


def _has_nan(value: Value) -> bool:
    return any(each != each for each in leaves(value))


def _distance(case: Case, run: Run, referee: Referee) -> float:
    return measure_result(result(case, run, referee))


def _choose(found: Sequence[_Found]) -> list[_Found]:
    """Choose few cases that together reject all that `found` does, by a greedy set cover."""
    chosen: list[_Found] = []
    left = {name for each in found for name in each.rejects}
    while left:
        best = max(found, key=lambda each: len(left & set(each.rejects)))
        chosen.append(best)
        left -= set(best.rejects)
    return chosen


def _simplify(
    found: _Found, search: _Search, generator: _Generator, may_go_on: Callable[[], bool]
) -> _Found:
    """Replace the case by simpler ones that reject as much, as long as there is one."""
    for _ in range(_MAX_STEPS):
        if not may_go_on():
            break
        cases = generator.simpler(found.case)
        simpler = (
            each
            for start in range(0, len(cases), _PART)
            for each in search.try_cases(cases[start : start + _PART])
        )
        better = next((each for each in simpler if set(found.rejects) <= set(each.rejects)), None)
        if better is None:
            break
        found = better
    return found
