"""Find cases that a problem lacks: inputs for which surviving wrong solutions answer wrong.

Survivors are misconceptions and mutants that no case rejects clearly. Variations of the existing
inputs (`input_generator`) are run by the reference, the correct solutions and all survivors. Inputs
for which the correct solutions agree and a survivor is clearly wrong are collected; a small set of
them is chosen, and each is simplified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from grader.judging.referee import Referee
from grader.judging.results import questions, result
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.model.verification import Hardening, NewCase
from grader.sandbox.host import Sandbox
from grader.values import Value, contains_unsupported
from grader.verify.evidence import SAFETY_FACTOR, Evidence, measure_result
from grader.verify.input_generator import Args, InputGenerator
from grader.verify.leaves import leaves

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
    generator = InputGenerator(evidence.problem, seed)
    found: list[NewCase] = []
    remaining = set(sources)
    goes_on, idle = True, 0

    def may_go_on(number: int) -> bool:
        return progress is None or progress(number, len(found), len(remaining))

    for number in range(1, rounds + 1):
        inputs, before = generator.inputs(_BATCH), len(remaining)
        for start in range(0, len(inputs), _PART):
            goes_on = goes_on and bool(remaining) and may_go_on(number)
            if not goes_on:
                break
            for each in search.try_inputs(inputs[start : start + _PART]):
                if remaining & set(each.rejects):
                    remaining -= set(each.rejects)
                    found.append(each)
                    generator.learn(dict(each.args))
        idle = idle + 1 if len(remaining) == before else 0
        if not (goes_on and remaining and inputs) or idle == _MAX_IDLE:
            break
    chosen = [
        _simplify(each, search, generator, partial(may_go_on, rounds)) for each in _choose(found)
    ]
    rejected = {name for each in chosen for name in each.rejects}
    return Hardening(tuple(chosen), tuple(name for name in sources if name not in rejected))


def _survivors(evidence: Evidence) -> dict[str, bytes]:
    sources = {each.slug: each.source for each in evidence.loaded.misconceptions}
    sources |= {name: each.source for name, each in evidence.mutants_by_name.items()}
    unclear = [each.name for each in evidence.wrong if max(each.distances()) < SAFETY_FACTOR]
    return {name: sources[name] for name in unclear}


class _Search:
    """Runs inputs on the reference, the correct solutions and the survivors."""

    def __init__(
        self, evidence: Evidence, sandbox: Sandbox, survivors: Mapping[str, bytes]
    ) -> None:
        problem = evidence.problem
        checkers = Counter((case.step.checker, case.step.tolerance) for case in problem.cases)
        (checker, tolerance), _ = checkers.most_common(1)[0]
        self._template = problem.cases[0].with_step(checker=checker, tolerance=tolerance)
        self._problem = problem
        # Small inputs say nothing about speed.
        untimed = [each.name for each in problem.groups if each.times_reference is None]
        self._group = next(iter(untimed), "")
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

    def try_inputs(self, inputs: Sequence[Args]) -> list[NewCase]:
        """Return the inputs on which all correct solutions agree, with what each input rejects."""
        cases = [self._template.with_step(args=args) for args in inputs]
        scripts = [case.script for case in cases]
        table = self._sandbox.run_trusted(self._programs, scripts, self._limits)
        found, referee = [], self._referee
        pairs = [
            (case.with_step(expected=reference.value, has_expected=True), run)
            for case, (reference, *runs) in zip(cases, zip(*table, strict=True), strict=True)
            for run in (reference, *runs)
            if run.status is RunStatus.RETURNED
        ]
        referee.prepare(each for case, run in pairs for each in questions(case, run))
        for case, (reference, *runs) in zip(cases, zip(*table, strict=True), strict=True):
            case = case.with_step(expected=reference.value, has_expected=True)
            accepted, wrong = runs[: self._accepted], runs[self._accepted :]
            if self._is_usable(case.step.expected) and all(
                _distance(case, run, referee) <= 1 / SAFETY_FACTOR for run in (reference, *accepted)
            ):
                named = zip(self._names, wrong, strict=True)
                rejected = [
                    name for name, run in named if _distance(case, run, referee) >= SAFETY_FACTOR
                ]
                found.append(
                    NewCase(case.step.args, case.step.expected, tuple(rejected), self._group)
                )
        return found


def _has_nan(value: Value) -> bool:
    return any(each != each for each in leaves(value))


def _distance(case: Case, run: Run, referee: Referee) -> float:
    return measure_result(result(case, run, referee))


def _choose(found: Sequence[NewCase]) -> list[NewCase]:
    """Choose few cases that together reject all that `found` does, by a greedy set cover."""
    chosen: list[NewCase] = []
    left = {name for each in found for name in each.rejects}
    while left:
        best = max(found, key=lambda each: len(left & set(each.rejects)))
        chosen.append(best)
        left -= set(best.rejects)
    return chosen


def _simplify(
    found: NewCase, search: _Search, generator: InputGenerator, may_go_on: Callable[[], bool]
) -> NewCase:
    """Replace the input by simpler ones that reject as much, as long as there is one."""
    for _ in range(_MAX_STEPS):
        if not may_go_on():
            break
        inputs = generator.simpler(dict(found.args))
        simpler = (
            each
            for start in range(0, len(inputs), _PART)
            for each in search.try_inputs(inputs[start : start + _PART])
        )
        better = next((each for each in simpler if set(found.rejects) <= set(each.rejects)), None)
        if better is None:
            break
        found = better
    return found
