"""Finds the cases that a problem lacks: inputs that tell what survives from what is right.

Survivors are misconceptions and mutants that no case refuses, or none by much. Inputs like those
there are (`variation`) are tried on the reference, the right solutions and all survivors at once.
Those on which the right ones agree well and a survivor is clearly wrong are kept, made as simple as
they can be, and as few as will do.
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
from grader.verify.evidence import FACTOR, Evidence, distance_of
from grader.verify.input_generator import Args, InputGenerator

_AT_ONCE = 150  # inputs
_MAX_STEPS = 200  # of making one input simpler


def harden(evidence: Evidence, sandbox: Sandbox, rounds: int, seed: int) -> Hardening:
    """The fewest new cases that refuse what no case refuses yet.

    Args:
        rounds: how often to try a batch of new inputs
        seed: of the search: the same one finds the same cases

    Raises:
        SandboxError: if the machinery fails
    """
    sources = _survivors(evidence)
    search = _Search(evidence, sandbox, sources)
    variation = InputGenerator(evidence.problem, seed)
    found: list[NewCase] = []
    for _ in range(rounds):
        left = sources.keys() - {name for each in found for name in each.refuses}
        if not left:
            break
        for each in search.tried(variation.inputs(_AT_ONCE)):
            if left & set(each.refuses):
                found.append(each)
                variation.learn(dict(each.args))
    fewest = [_simplest(each, search, variation) for each in _fewest(found)]
    refused = {name for each in fewest for name in each.refuses}
    return Hardening(tuple(fewest), tuple(name for name in sources if name not in refused))


def _survivors(evidence: Evidence) -> dict[str, bytes]:
    sources = {each.slug: each.source for each in evidence.loaded.misconceptions}
    sources |= {name: each.source for name, each in evidence.all_mutants.items()}
    unclear = [each.name for each in evidence.wrong if max(each.distances()) < FACTOR]
    return {name: sources[name] for name in unclear}


class _Search:
    """Tries inputs on the reference, the right solutions and the survivors."""

    def __init__(
        self, evidence: Evidence, sandbox: Sandbox, survivors: Mapping[str, bytes]
    ) -> None:
        problem = evidence.problem
        ways = Counter((case.checker, case.tolerance) for case in problem.cases)
        (checker, tolerance), _ = ways.most_common(1)[0]
        self._like = replace(problem.cases[0], checker=checker, tolerance=tolerance)
        self._problem = problem
        self._sandbox = sandbox
        self._right = len(problem.right)
        self._names = list(survivors)
        sources = [problem.reference or b"", *problem.right.values(), *survivors.values()]
        self._programs = [problem.program(each) for each in sources]

    def tried(self, inputs: Sequence[Args]) -> list[NewCase]:
        """The inputs that all right solutions answer alike, with what each of them refuses."""
        cases = [replace(self._like, args=args) for args in inputs]
        calls = [self._problem.entry_point.call(case.args) for case in cases]
        table = self._sandbox.run_trusted(self._programs, calls, self._problem.limits)
        found = []
        for case, (reference, *runs) in zip(cases, zip(*table, strict=True), strict=True):
            case = replace(case, expected=reference.value, has_expected=True)
            right, wrong = runs[: self._right], runs[self._right :]
            if all(_distance(case, run) <= 1 / FACTOR for run in (reference, *right)):
                off = zip(self._names, wrong, strict=True)
                refused = [name for name, run in off if _distance(case, run) >= FACTOR]
                found.append(NewCase(case.args, case.expected, tuple(refused)))
        return found


def _distance(case: Case, run: Run) -> float:
    return distance_of(result(case, run))


def _fewest(found: Sequence[NewCase]) -> list[NewCase]:
    """As few as refuse all that all do: always the one that refuses most of what is left."""
    chosen: list[NewCase] = []
    left = {name for each in found for name in each.refuses}
    while left:
        best = max(found, key=lambda each: len(left & set(each.refuses)))
        chosen.append(best)
        left -= set(best.refuses)
    return chosen


def _simplest(found: NewCase, search: _Search, variation: InputGenerator) -> NewCase:
    """A simpler input that refuses as much, as long as there is one."""
    for _ in range(_MAX_STEPS):
        simpler = search.tried(variation.simpler(dict(found.args)))
        better = [each for each in simpler if set(found.refuses) <= set(each.refuses)]
        if not better:
            break
        found = better[0]
    return found
