"""Find cases that a problem lacks: inputs for which surviving wrong solutions answer wrong.

Survivors are misconceptions and mutants that no case rejects clearly. Variations of the existing
inputs (`input_generator`) are run by the reference, the correct solutions and all survivors. Inputs
for which the correct solutions agree and a survivor is clearly wrong are collected; a small set of
them is chosen, and each is simplified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.judging.judge import result
from grader.model.judgement import Run
from grader.model.problem import Case
from grader.model.verification import Hardening, NewCase
from grader.sandbox.host import Sandbox
from grader.verify.evidence import FACTOR, Evidence, measure_result
from grader.verify.input_generator import Args, InputGenerator

_BATCH = 150  # inputs
_MAX_STEPS = 200  # of simplifying one input


def harden(evidence: Evidence, sandbox: Sandbox, rounds: int, seed: int) -> Hardening:
    """Find a small set of new cases that reject the survivors.

    Args:
        rounds: how many batches of new inputs to try
        seed: of the search; the same seed finds the same cases

    Raises:
        SandboxError: if the sandbox fails
    """
    sources = _survivors(evidence)
    search = _Search(evidence, sandbox, sources)
    generator = InputGenerator(evidence.problem, seed)
    found: list[NewCase] = []
    for _ in range(rounds):
        remaining = sources.keys() - {name for each in found for name in each.rejects}
        if not remaining:
            break
        for each in search.try_inputs(generator.inputs(_BATCH)):
            if remaining & set(each.rejects):
                found.append(each)
                generator.learn(dict(each.args))
    chosen = [_simplify(each, search, generator) for each in _choose(found)]
    rejected = {name for each in chosen for name in each.rejects}
    return Hardening(tuple(chosen), tuple(name for name in sources if name not in rejected))


def _survivors(evidence: Evidence) -> dict[str, bytes]:
    sources = {each.slug: each.source for each in evidence.loaded.misconceptions}
    sources |= {name: each.source for name, each in evidence.mutants_by_name.items()}
    unclear = [each.name for each in evidence.wrong if max(each.distances()) < FACTOR]
    return {name: sources[name] for name in unclear}


class _Search:
    """Runs inputs on the reference, the correct solutions and the survivors."""

    def __init__(
        self, evidence: Evidence, sandbox: Sandbox, survivors: Mapping[str, bytes]
    ) -> None:
        problem = evidence.problem
        checkers = Counter((case.checker, case.tolerance) for case in problem.cases)
        (checker, tolerance), _ = checkers.most_common(1)[0]
        self._template = replace(problem.cases[0], checker=checker, tolerance=tolerance)
        self._problem = problem
        self._sandbox = sandbox
        self._accepted = len(problem.accepted)
        self._names = list(survivors)
        sources = [problem.reference or b"", *problem.accepted.values(), *survivors.values()]
        self._programs = [problem.program(each) for each in sources]

    def try_inputs(self, inputs: Sequence[Args]) -> list[NewCase]:
        """Return the inputs on which all correct solutions agree, with what each input rejects."""
        cases = [replace(self._template, args=args) for args in inputs]
        calls = [self._problem.entry_point.call(case.args) for case in cases]
        table = self._sandbox.run_trusted(self._programs, calls, self._problem.limits)
        found = []
        for case, (reference, *runs) in zip(cases, zip(*table, strict=True), strict=True):
            case = replace(case, expected=reference.value, has_expected=True)
            accepted, wrong = runs[: self._accepted], runs[self._accepted :]
            if all(_distance(case, run) <= 1 / FACTOR for run in (reference, *accepted)):
                named = zip(self._names, wrong, strict=True)
                rejected = [name for name, run in named if _distance(case, run) >= FACTOR]
                found.append(NewCase(case.args, case.expected, tuple(rejected)))
        return found


def _distance(case: Case, run: Run) -> float:
    return measure_result(result(case, run))


def _choose(found: Sequence[NewCase]) -> list[NewCase]:
    """Choose few cases that together reject all that `found` does, by a greedy set cover."""
    chosen: list[NewCase] = []
    left = {name for each in found for name in each.rejects}
    while left:
        best = max(found, key=lambda each: len(left & set(each.rejects)))
        chosen.append(best)
        left -= set(best.rejects)
    return chosen


def _simplify(found: NewCase, search: _Search, generator: InputGenerator) -> NewCase:
    """Replace the input by simpler ones that reject as much, as long as there is one."""
    for _ in range(_MAX_STEPS):
        simpler = search.try_inputs(generator.simpler(dict(found.args)))
        better = [each for each in simpler if set(found.rejects) <= set(each.rejects)]
        if not better:
            break
        found = better[0]
    return found
