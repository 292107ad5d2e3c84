"""The ruler: where the answers to all public cases lie in the band that is allowed.

Each case is a mark at the number of its answer that is furthest off, in units of the tolerance, too
small to the left and too large to the right. The scale is logarithmic outside of the band. So all
cases are seen at once, and with them a wrong sign or factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from grader.model.checker import Tolerance
from grader.model.judgement import CaseResult, Judgement, RunStatus, Verdict
from grader.values import Array, Value
from grader.values.dataclasses import dataclass
from grader.values.show import plural

_MAX_NUMBERS = 10_000  # of an answer that are measured
_BAND = 0.18  # half the width of the allowed band, of half the width of the ruler
_DECADES = 8.0  # tolerances at the ends of the scale, as powers of ten
_SAME = 1e-3  # relative difference of factors that are the same
_PLAIN = 0.02  # that a factor must differ from 1 by, so that it says something
_MIN_FACTORS = 2

WIDTH, HEIGHT, MIDDLE = 600, 64, 28


@dataclass(frozen=True)
class Mark:
    """A case on the ruler.

    Attributes:
        x: from -1 to 1; the band is around 0
        off: difference from the expected number, in tolerances; negative if the answer is too small
        is_beyond: whether it is further off than the scale reaches
    """

    name: str
    verdict: Verdict
    x: float
    off: float
    is_beyond: bool

    @property
    def across(self) -> float:
        """Where to draw it, from the left."""
        return WIDTH / 2 * (1 + 0.94 * self.x)

    @property
    def words(self) -> str:
        """The mark in words."""
        if abs(self.off) <= 1:
            return f"{self.name}: within the tolerance"
        side = "small" if self.off < 0 else "large"
        return f"{self.name}: too {side}, by {_times(abs(self.off))} times the tolerance"


@dataclass(frozen=True)
class Ruler:
    """The marks of all cases with numbers, and what they have in common in words."""

    marks: Sequence[Mark]
    summary: str

    width, height, middle = WIDTH, HEIGHT, MIDDLE
    band_from = WIDTH / 2 * (1 - 0.94 * _BAND)
    band_width = WIDTH * 0.94 * _BAND


@dataclass(frozen=True)
class _Measured:
    off: float
    factor: float | None  # got / expected


def ruler_of(judgement: Judgement) -> Ruler | None:
    """Return the ruler of the cases that may be shown; None if no number of them is off.

    The judgement must be one that the reader may see.
    """
    marks: list[Mark] = []
    factors: list[float] = []
    for result in judgement.results:
        measured = _measure(result)
        if measured is None:
            continue
        x, is_beyond = _position(measured.off)
        marks.append(Mark(result.case.name, result.verdict, x, measured.off, is_beyond))
        if abs(measured.off) > 1 and measured.factor is not None:
            factors.append(measured.factor)
    outside = [mark for mark in marks if abs(mark.off) > 1]
    if not outside:
        return None
    return Ruler(marks, _summary(len(marks), outside, factors))


def _measure(result: CaseResult) -> _Measured | None:
    """Return how far off the answer of a case is; None if that cannot be said in numbers."""
    step, run = result.step, result.run
    if result.case.is_redacted or run.status is not RunStatus.RETURNED or not step.has_expected:
        return None
    if not step.checker.uses_tolerance or step.checker.name not in ("close", "same_kind"):
        return None
    pairs = list(_pairs(run.value, step.expected))
    if not pairs or len(pairs) > _MAX_NUMBERS:
        return None
    measured = [_compared(*pair, step.tolerance) for pair in pairs]
    if any(math.isnan(each.off) for each in measured):
        return None
    return max(measured, key=lambda each: abs(each.off))


def _compared(got: float, expected: float, tolerance: Tolerance) -> _Measured:
    """Return how far off a number is; NaN if one of the two is NaN."""
    if got == expected or (math.isnan(got) and math.isnan(expected)):
        return _Measured(0.0, 1.0)
    allowed = tolerance.allowed(expected)
    error = got - expected
    off = error / allowed if allowed else error * math.inf
    factor = got / expected if expected and math.isfinite(error) else None
    return _Measured(off, factor)


def _pairs(got: Value, expected: Value) -> Iterator[tuple[float, float]]:
    """Yield the pairs of real numbers of two values of the same shape; nothing where it differs."""
    if isinstance(got, Array) and isinstance(expected, Array) and got.shape != expected.shape:
        return
    if isinstance(expected, Array):
        expected = list(expected.flat())
        got = list(got.flat()) if isinstance(got, Array) else _flat(got)
    elif isinstance(got, Array):
        expected, got = _flat(expected), list(got.flat())
    match got, expected:
        case (list() | tuple(), list() | tuple()) if len(got) == len(expected):
            for one, other in zip(got, expected, strict=True):
                yield from _pairs(one, other)
        case (dict(), dict()) if got.keys() == expected.keys():
            for key in expected:
                yield from _pairs(got[key], expected[key])
        case (int() | float(), float()) if not isinstance(got, bool):
            try:
                yield float(got), expected
            except OverflowError:  # an integer beyond what a float can hold
                yield math.inf if got > 0 else -math.inf, expected


def _flat(value: Value) -> Value:
    """Return the elements of nested lists as one list."""
    if not isinstance(value, list | tuple):
        return [value]
    flat: list[Value] = []
    for each in value:
        inner = _flat(each)
        flat += inner if isinstance(inner, list) else [inner]
    return flat


def _position(off: float) -> tuple[float, bool]:
    """Return where a difference is on the scale, and whether it is beyond it."""
    size = abs(off)
    if size <= 1:
        return _BAND * off, False
    decades = math.log10(size) / _DECADES if math.isfinite(size) else math.inf
    x = min(1.0, _BAND + (1 - _BAND) * decades)
    return math.copysign(x, off), decades > 1


def _summary(count: int, outside: Sequence[Mark], factors: Sequence[float]) -> str:
    of = f"{len(outside)} of {plural(count, 'case')}"
    if len(factors) == len(outside) >= _MIN_FACTORS:
        first = factors[0]
        is_same = all(abs(each - first) <= _SAME * abs(first) for each in factors)
        if is_same and abs(first - 1) > _PLAIN:
            if abs(first + 1) <= _SAME:
                return f"In {of} the answer has the wrong sign."
            return f"In {of} the answer is {first:.4g} times the expected one."
    small = sum(mark.off < 0 for mark in outside)
    if small == len(outside):
        return f"In {of} the answer is too small."
    if not small:
        return f"In {of} the answer is too large."
    return (
        f"In {of} the answer is outside: too small in {small}, too large in {len(outside) - small}."
    )


def _times(size: float) -> str:
    return f"{size:.2g}" if size < 1e6 else "more than a million"
