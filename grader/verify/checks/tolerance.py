"""Checks of the tolerance: correct answers must be well within it, wrong ones well outside."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import assert_never

from grader.model.checker import Tolerance
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.model.script import Step
from grader.model.verification import Finding, error, warning
from grader.values import Array, Unsupported, Value
from grader.values.yaml_literal import literal
from grader.verify.distances import SAFETY_FACTOR, measure_result
from grader.verify.evidence import Evidence
from grader.verify.leaves import Leaf, as_float, leaves, with_leaves
from grader.verify.metrics import find_clearest_case, find_worst_accepted

_NUDGES = 8  # so that some move two cancelling terms in different directions
_NUDGE = 1e-9  # relative; large compared to rounding, small compared to everything else
_SINGLE = 2.0**-24  # the relative rounding error of a float32
_MAX_MOVED = 1.0  # tolerances
_ONE_UNIT = 2.0 + 1e-6  # tolerances: one unit of the last of the decimals asked for
_MAX_GROWTH = 100.0  # of a relative error, where no large terms cancel
_EPSILONS = 100 * 2.0**-52


def accepts_correct_answers(evidence: Evidence) -> Iterator[Finding]:
    """Correct solutions are within a tenth of the tolerance, or some machine will reject them."""
    by_reference = evidence.accepted["reference.py"].results
    worst = find_worst_accepted(evidence)
    for case, (name, distance), reference in zip(evidence.cases, worst, by_reference, strict=True):
        if measure_result(reference) > 1 / SAFETY_FACTOR:
            continue  # reported by `reference.agrees_with_expected`
        if has_decimals(case):
            continue  # an answer that is not rounded may be off by half a unit of the last decimal
        if 1 / SAFETY_FACTOR < distance <= 1:
            text = (
                f"in case {case.name!r} the correct answer of {name} is off by {distance:.2g} times"
                " the tolerance"
            )
            advice = "choose numbers that cancel less, or widen the tolerance of the case:"
            advice += _to_paste(_scaled(_judging(case).tolerance, distance * SAFETY_FACTOR))
            yield error(case.at, text, advice)


def rejects_wrong_answers(evidence: Evidence) -> Iterator[Finding]:
    """Every wrong solution is ten tolerances off in some case, or some machine may accept it."""
    rounding = {name for name, each in evidence.mutants_by_name.items() if each.is_rounding}
    for wrong in evidence.wrong:
        case, distance = find_clearest_case(wrong)
        if has_decimals(case) or wrong.name in rounding:
            continue  # an answer rounded to one decimal fewer is off by at most ten tolerances
        if 1 < distance < SAFETY_FACTOR:
            text = (
                f"the wrong answers of {wrong.name} are off by at most {distance:.2g} times "
                "the tolerance, in case"
                f" {case.name!r}"
            )
            advice = "add a case where it is further off, or narrow the tolerance:"
            advice += _to_paste(_scaled(_judging(case).tolerance, distance / SAFETY_FACTOR))
            yield error(case.at, text, advice)


def separates_answers(evidence: Evidence) -> Iterator[Finding]:
    """`atol` is smaller than the answers and their differences: no constant passes two cases."""
    for case in evidence.cases:
        noise = _noise(case)  # of all numbers of the case, so not once for each of them
        for step in (step for step in case.steps if step.is_asked):
            if not step.checker.uses_tolerance:
                continue
            small = [
                each
                for each in _inexact_numbers(step.expected)
                if noise < math.hypot(each.real, each.imag) <= step.tolerance.atol
            ]
            if small:
                text = f"case {case.name!r} accepts 0 where {small[0]!r} is expected"
                least = min(math.hypot(each.real, each.imag) for each in small)
                advice = "choose a larger answer, or give the case a smaller `atol`:"
                yield warning(step.at, text, advice + _to_paste(_with_atol(step.tolerance, least)))
    calls = [case for case in evidence.cases if not case.is_script and case.step.is_asked]
    for a, b in combinations(calls, 2):
        one, other = a.step, b.step
        flat = replace(one.tolerance, rtol=0.0)
        close = one.checker.distance(other.expected, one.expected, flat) <= 1
        if close and _is_inexact(one) and one.tolerance.atol and _differ(one, other):
            text = f"the answers of {a.name!r} and {b.name!r} differ by less than `atol`"
            advice = "one constant would pass both cases: give them a smaller `atol`:"
            most = one.checker.distance(other.expected, one.expected, flat) * one.tolerance.atol
            advice += _to_paste(_with_atol(one.tolerance, most))
            yield warning(other.at, text, advice)


def _judging(case: Case) -> Step:
    """Return the last step of a case whose answer is compared."""
    return next((step for step in reversed(case.steps) if step.is_asked), case.step)


def _scaled(tolerance: Tolerance, factor: float) -> Tolerance:
    """Return a tolerance that is larger by at least this factor, or smaller if that is below 1."""
    power = math.ceil(math.log10(factor)) if factor > 1 else math.floor(math.log10(factor))
    if tolerance.decimals is not None:
        return Tolerance.of_decimals(max(tolerance.decimals - power, 0))
    return Tolerance(_rounded(tolerance.rtol, power), _rounded(tolerance.atol, power))


def _rounded(number: float, power: int) -> float:
    """Return a number times a power of ten, as it is written."""
    return float(f"{number * 10.0**power:.6g}")


def _with_atol(tolerance: Tolerance, size: float) -> Tolerance:
    """Return a tolerance with an `atol` well below numbers of this size."""
    power = math.floor(math.log10(size / SAFETY_FACTOR)) if size else 0
    return Tolerance(tolerance.rtol, min(tolerance.atol, 10.0**power))


def _to_paste(tolerance: Tolerance) -> str:
    """Return the lines of a case with this tolerance, to be pasted."""
    return f"\n      {tolerance.yaml}"


def _excuse_to_paste(evidence: Evidence, case: Case) -> str:
    return (
        f"\n    or excuse it in solutions/{evidence.slug}/mutants.yaml, under `warnings`:\n"
        "      - rule: tolerance-allows-float32\n"
        f"        text: {literal(repr(case.name))}\n"
        '        reason: "…"'
    )


def has_decimals(case: Case) -> bool:
    """Return whether answers are compared to a number of decimals."""
    return any(step.tolerance.decimals is not None for step in case.steps)


def _noise(case: Case) -> float:
    """Return the size of rounding errors in a case: an answer up to this size is meant to be 0."""
    numbers = [
        *(leaf for step in case.steps for leaf in leaves(step.expected)),
        *(leaf for step in case.steps for arg in step.all_args.values() for leaf in leaves(arg)),
    ]
    sizes = (abs(as_float(each)) for each in numbers if not isinstance(each, complex))
    return _EPSILONS * max((each for each in sizes if math.isfinite(each)), default=0.0)


def _is_inexact(step: Step) -> bool:
    return any(True for _ in _inexact_numbers(step.expected))


def _differ(one: Step, other: Step) -> bool:
    return one.checker.distance(other.expected, one.expected, Tolerance(1e-12, 0.0)) > 1


def allows_float32(evidence: Evidence) -> Iterator[Finding]:
    """The tolerance accepts answers computed in float32, even where large terms cancel."""
    scripts = [
        case.with_args(_Nudge(seed, _nudge_of(case)).value).script
        for seed in range(_NUDGES)
        for case in evidence.cases
    ]
    runs = evidence.run(evidence.loaded.reference or b"", scripts)
    for index, case in enumerate(evidence.cases):
        answer = evidence.reference_runs[index]  # `expected` may be rounded
        nudged = runs[index :: len(evidence.cases)]
        moved, why, step = _most_moved(case, answer, nudged)
        if case.name in evidence.knife_edges:
            continue  # the answer jumps, which `answers.survive_rounding` reports
        if moved > _MAX_MOVED:
            text = (
                f"{why} in case {case.name!r}: in float32 the answer may be off by"
                f" {moved:.2g} times the tolerance"
            )
            advice = "choose other numbers, or give the case a wider tolerance and explain it:"
            advice += _to_paste(_scaled(step.tolerance, moved))
            yield warning(case.at, text, advice + _excuse_to_paste(evidence, case))


def _typical(distances: Iterable[float]) -> float:
    """Return the root mean square of the finite distances; other checks report infinite ones."""
    finite = [each for each in distances if math.isfinite(each)]
    return math.hypot(*finite) / math.sqrt(len(finite)) if finite else 0.0


def _most_moved(case: Case, answer: Run, nudged: Sequence[Run]) -> tuple[float, str, Step]:
    """Return by how many tolerances an answer moves, of the step where it moves most; and why."""
    most, why, most_moved = 0.0, "", case.step
    for number, step in enumerate(case.steps):
        if not step.is_asked or not step.checker.uses_tolerance:
            continue
        exact = answer.of_each(case.steps)[number].value
        runs = [run.of_each(case.steps)[number] for run in nudged]
        size = _nudge_of(case)
        moved = _typical(_moved(run, exact, step, step.tolerance, size) for run in runs)
        if moved > most:
            relative = Tolerance(rtol=_SINGLE, atol=0.0)
            growth = _typical(_moved(run, exact, step, relative, size) for run in runs)
            many = growth > _MAX_GROWTH
            most, most_moved = moved, step
            why = "large terms cancel" if many else "a float32 has too few digits"
    return most, why, most_moved


def _nudge_of(case: Case) -> float:
    """Return how far to move arguments; answers that are rounded move in steps."""
    return _SINGLE if has_decimals(case) else _NUDGE


def _moved(nudged: Run, answer: Value, step: Step, tolerance: Tolerance, size: float) -> float:
    """Return how far the answer moves if every argument is moved as far as float32 rounds it."""
    if nudged.status is not RunStatus.RETURNED:
        return 0.0
    moved, exact = leaves(nudged.value), leaves(answer)
    if len(moved) != len(exact):
        return 0.0
    # Numbers up to `atol` do not count as moved: their tolerance is absolute.
    kept = [old if _is_small(old, step) else new for old, new in zip(exact, moved, strict=True)]
    masked = with_leaves(nudged.value, kept)
    distance = step.checker.distance(masked, answer, tolerance) * _SINGLE / size
    if tolerance.decimals is not None:
        # Rounding may have moved it by one unit, from one side of a tie to the other.
        distance = max(0.0, distance - _ONE_UNIT)
    return distance


def _is_small(number: Leaf, step: Step) -> bool:
    return math.hypot(as_float(number.real), as_float(number.imag)) <= step.tolerance.atol


class _Nudge:
    """Moves every float a little, up or down, and equal ones equally, so that ties remain ties."""

    def __init__(self, seed: int, size: float) -> None:
        self._size = size
        self._rng = random.Random(seed)
        self._moved: dict[float, float] = {}

    def number(self, number: float) -> float:
        factor = 1 + self._rng.choice((-self._size, self._size))
        return self._moved.setdefault(number, number * factor)

    def value(self, value: Value) -> Value:
        match value:
            case float():
                return self.number(value)
            case complex():
                return complex(self.number(value.real), self.number(value.imag))
            case Array(dtype="float64" | "complex128"):
                form = f"<{len(value.data) // 8}d"
                moved = map(self.number, struct.unpack(form, value.data))
                return replace(value, data=struct.pack(form, *moved))
            case list():
                return [self.value(each) for each in value]
            case tuple():
                return tuple(self.value(each) for each in value)
            case set():
                return {self.value(each) for each in value}
            case frozenset():
                return frozenset(self.value(each) for each in value)
            case dict():
                return {key: self.value(each) for key, each in value.items()}
            # Single or half precision: cannot be moved by so little. The other values are exact.
            case Array() | bool() | int() | str() | bytes() | None | Unsupported():
                return value
            case unknown:
                assert_never(unknown)


def _inexact_numbers(value: Value) -> Iterator[float | complex]:
    """Yield every float and complex number in a value."""
    match value:
        case float() | complex():
            yield value
        case Array():
            yield from _inexact_numbers(value.nested())
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _inexact_numbers(each)
        case dict():
            for each in value.values():
                yield from _inexact_numbers(each)
        case bool() | int() | str() | bytes() | None | Unsupported():
            pass
        case unknown:
            assert_never(unknown)
