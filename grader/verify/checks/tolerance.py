"""Checks of the tolerance: are right answers well inside of it, and wrong ones well outside?"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from grader.model.checker import Tolerance
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.model.verification import Finding, error, warning
from grader.values import Array, Value
from grader.verify.evidence import FACTOR, Evidence, distance_of
from grader.verify.metrics import clearest, right_distances

_NUDGES = 8  # enough to move two terms that cancel different ways in some of them
_NUDGE = 1e-9  # relative; large beside rounding, small beside anything else
_SINGLE = 2.0**-24  # the relative rounding error of a float32
_MAX_MOVED = 1.0  # tolerances


def near_right_answers(evidence: Evidence) -> Iterator[Finding]:
    """Right solutions differ by a tenth of the tolerance at most, or some will be refused."""
    written = evidence.right["reference.py"].results
    rights = right_distances(evidence)
    for case, (name, off), by_itself in zip(evidence.cases, rights, written, strict=True):
        if distance_of(by_itself) > 1 / FACTOR:
            continue  # the written answer is to blame, which `agrees_with_written_answers` says
        if 1 / FACTOR < off <= 1:
            text = (
                f"in case {case.name!r} the answer of {name} is off by {off:.2g} times the"
                " tolerance, and right"
            )
            advice = "widen the tolerance of the case, or choose numbers that cancel less"
            yield error(case.at, text, advice)


def far_wrong_answers(evidence: Evidence) -> Iterator[Finding]:
    """Every wrong solution is ten tolerances off in some case, or it may pass somewhere."""
    for wrong in evidence.wrong:
        case, off = clearest(wrong)
        if 1 < off < FACTOR:
            text = (
                f"{wrong.name} is refused by {off:.2g} times the tolerance at most, in case"
                f" {case.name!r}"
            )
            advice = "narrow the tolerance, or add a case in which it is further off"
            yield error(case.at, text, advice)


def flat_tolerances(evidence: Evidence) -> Iterator[Finding]:
    """A tolerance that does not shrink with the answer is smaller than the answers, and than what
    lies between them."""
    for case in evidence.cases:
        if not case.checker.uses_tolerance:
            continue
        small = [each for each in _floats(case.expected) if 0 < abs(each) <= case.tolerance.atol]
        if small:
            text = f"in case {case.name!r} 0 is accepted where {small[0]!r} is expected"
            yield warning(case.at, text, "give the case a smaller `atol`, or a larger answer")
    for one, other in combinations(evidence.cases, 2):
        flat = replace(one.tolerance, rtol=0.0)
        close = one.checker.distance(other.expected, one.expected, flat) <= 1
        if close and _has_floats(one) and one.tolerance.atol and _differ(one, other):
            text = f"the answers of {one.name!r} and {other.name!r} are within one `atol`"
            advice = "one constant would pass both: give them a smaller `atol`"
            yield warning(other.at, text, advice)


def _has_floats(case: Case) -> bool:
    return any(True for _ in _floats(case.expected))


def _differ(one: Case, other: Case) -> bool:
    return one.checker.distance(other.expected, one.expected, Tolerance(1e-12, 0.0)) > 1


def cancellation(evidence: Evidence) -> Iterator[Finding]:
    """The tolerance leaves room for float32, also where large terms cancel."""
    calls = [
        evidence.problem.entry_point.call(_Nudge(seed).arguments(case))
        for seed in range(_NUDGES)
        for case in evidence.cases
    ]
    runs = evidence.run(evidence.loaded.reference or b"", calls)
    for index, case in enumerate(evidence.cases):
        answer = evidence.reference_runs[index].value  # a written one may lack digits
        nudged = runs[index :: len(evidence.cases)]
        moved = _typical(_moved(run, answer, case) for run in nudged)
        if case.checker.uses_tolerance and moved > _MAX_MOVED:
            text = (
                f"the answer of case {case.name!r} is what large terms leave when they cancel: in"
                f" float32 it may be off by {moved:.2g} times the tolerance"
            )
            advice = "choose other numbers, or give the case a wider tolerance and say so"
            yield warning(case.at, text, advice)


def _typical(distances: Iterable[float]) -> float:
    """The root of the mean square; of those that are infinite something else is to be said."""
    squares = [each**2 for each in distances if math.isfinite(each)]
    return math.sqrt(sum(squares) / len(squares)) if squares else 0.0


def _moved(nudged: Run, answer: Value, case: Case) -> float:
    """How far the answer would move, had every number been moved as far as float32 rounds it."""
    if nudged.status is not RunStatus.RETURNED:
        return 0.0
    return case.checker.distance(nudged.value, answer, case.tolerance) * _SINGLE / _NUDGE


class _Nudge:
    """Moves every float a little, up or down, and equal ones alike: so ties remain ties."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._moved: dict[float, float] = {}

    def arguments(self, case: Case) -> dict[str, Value]:
        return {name: self.value(value) for name, value in case.args.items()}

    def number(self, number: float) -> float:
        factor = 1 + self._rng.choice((-_NUDGE, _NUDGE))
        return self._moved.setdefault(number, number * factor)

    def value(self, value: Value) -> Value:
        match value:
            case float():
                return self.number(value)
            case Array(dtype="float64"):  # one of float32 could not be moved so little
                form = f"<{len(value.data) // 8}d"
                moved = map(self.number, struct.unpack(form, value.data))
                return replace(value, data=struct.pack(form, *moved))
            case list():
                return [self.value(each) for each in value]
            case tuple():
                return tuple(self.value(each) for each in value)
            case dict():
                return {key: self.value(each) for key, each in value.items()}
        return value


def _floats(value: Value) -> Iterator[float]:
    if isinstance(value, Array):
        value = value.nested()
    if isinstance(value, float):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _floats(each)
