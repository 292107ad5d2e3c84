"""Observations about numbers: sign, factor, offset, rounding.

Integers are compared exactly, as the checkers do: no tolerance of floats applies to them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import repeat

from grader.checkers.sequences import items_of
from grader.judging.constant import constant_of, is_nan
from grader.judging.observations.answers import MIN_CASES, Answers, Numbers, all_numbers
from grader.judging.observations.lengths import lengths_in
from grader.model.checker import Tolerance
from grader.model.judgement import CaseResult
from grader.values import Value

_MAX_NAMED = 20  # larger factors and offsets are not named
_MAX_DECIMALS = 6
_MAX_INEXACT = 1e-3  # of a unit of the last decimal, by which floats may miss it
_MIN_UNITS = 10  # of the last decimal in a number that shows that it was rounded early


def sign(answers: Answers) -> str | None:
    """Every wrong answer is the right one with its sign changed."""
    if _are(answers, times=repeat(-1)):
        return "Every wrong answer has the right size and the wrong sign."
    return None


def constant(results: Sequence[CaseResult]) -> str | None:
    """All answers, right or wrong, consist of the same number, and the expected ones do not."""
    number = constant_of(results)
    if number is None:
        return None
    if is_nan(number):
        return (
            "Your function always returns nan, which is not a number: look for a division of 0 by"
            " 0, inf - inf, or the logarithm of a negative number."
        )
    return (
        "Your function always returns the same number, whatever its arguments are: is the result"
        " computed from them, and not overwritten?"
    )


def factor(answers: Answers) -> str | None:
    """Every wrong answer is the right one times the same number, which is neither 0 nor -1."""
    numbers = [pair for pairs in answers.numbers for pair in pairs]
    if len({expected for _, expected in numbers}) < 2:  # the same answer always: any rule fits
        return None
    got, expected = max(_exact(numbers), key=lambda pair: abs(pair[1]))
    if not expected or not math.isfinite(expected):  # no factor gives an answer other than 0
        return None
    ratio = _quotient(got, expected)
    simple = _simple(ratio)
    if ratio == 0 or simple == -1:
        return None
    if simple is not None and _are(answers, times=repeat(simple)):
        if simple.denominator == 1:
            return f"Every wrong answer is {simple} times the right one."
        return f"Every wrong answer is the right one divided by {1 / simple}."
    if _are(answers, times=repeat(ratio)):
        return "Every wrong answer is off by the same factor."
    return None


def length(answers: Answers) -> str | None:
    """Every wrong answer is the right one times, or divided by, the size of an argument.

    The size must differ between cases, else the factor could be any other constant.
    """
    for name in answers.wrong[0].step.args:
        for phrase, size in _SIZES.items():
            sizes = [size(each.step.args.get(name)) for each in answers.wrong]
            if 0 in sizes or len(set(sizes)) < 2:
                continue
            if _are(answers, times=sizes):
                return f"Every wrong answer is the right one times {phrase.format(name)}."
            if _are(answers, times=[Fraction(1, each) for each in sizes]):
                return f"Every wrong answer is the right one divided by {phrase.format(name)}."
    return None


def offset(answers: Answers) -> str | None:
    """Every wrong answer is the right one plus the same number."""
    numbers = [pair for pairs in answers.numbers for pair in pairs]
    if len({expected for _, expected in numbers}) < 2:  # the same answer always: any rule fits
        return None
    got, expected = _exact(numbers)[0]
    if abs(got - expected) > sys.float_info.max:
        return None
    simple = _simple(got - expected)
    if simple is not None and simple.denominator == 1 and _are(answers, plus=simple):
        return f"Every wrong answer is too {'large' if simple > 0 else 'small'} by {abs(simple)}."
    if _are(answers, plus=got - expected):
        return "Every wrong answer is off by the same amount, whatever the arguments are."
    return None


def rounded(answers: Answers) -> str | None:
    """Every answer has few decimals, and is the right one rounded to them."""
    decimals = _decimals(answers)
    if decimals is None:
        return None
    half = 0.5 * 10.0**-decimals * (1 + 1e-9)
    if any(abs(got - expected) > half for got, expected in _pairs(answers)):
        return None
    return f"Your answers are rounded to {_in_words(decimals)}: return them at full precision."


def rounded_early(answers: Answers) -> str | None:
    """Every answer has few decimals, and each wrong one is about a unit of the last one off.

    More than rounding the right one can explain, but still too little for another formula: the
    numbers are at least ten units large. Either decimals are asked for, or the right answers have
    more of them.
    """
    decimals = _decimals(answers)
    if not decimals:  # whole numbers are counts, and off by one for other reasons
        return None
    unit = 10.0**-decimals
    wrong = [
        (got, expected, each.step.tolerance)
        for each, pairs in zip(answers.wrong, answers.numbers, strict=True)
        for got, expected in pairs
        if abs(got - expected)
        > (0 if isinstance(expected, int) else each.step.tolerance.allowed(expected))
    ]
    if not any(abs(got - expected) > 0.5 * unit * (1 + 1e-9) for got, expected, _ in wrong):
        return None
    if any(
        abs(got - expected) > 1.5 * unit * (1 + 1e-9) or abs(expected) < _MIN_UNITS * unit
        for got, expected, _ in wrong
    ):
        return None
    if all(tolerance.decimals == decimals for *_, tolerance in wrong):
        return (
            "Every wrong answer is off by one unit of its last decimal. Is a number rounded before"
            " the end, or cut off? Round the result only."
        )
    if any(_has_decimals(expected, decimals) for _, expected, _ in wrong):
        return None
    return (
        f"Your answers have {_in_words(decimals)}, and the wrong ones are off by one unit of the"
        " last. Is a number rounded before the end, or cut off? Compute, and return, at full"
        " precision."
    )


def _decimals(answers: Answers) -> int | None:
    """Return how many decimals the answers have, or None if they are not rounded."""
    if len({got for pairs in answers.numbers for got, _ in pairs if got != 0}) < MIN_CASES:
        return None  # the same answer always: a constant, not a rounded number
    numbers = [got for got, _ in _pairs(answers)]
    return next(
        (
            decimals
            for decimals in range(_MAX_DECIMALS + 1)
            if all(_has_decimals(number, decimals) for number in numbers)
        ),
        None,
    )


def _pairs(answers: Answers) -> list[tuple[float, float]]:
    """Return the numbers of all answers, right and wrong."""
    return [pair for pairs in [*answers.numbers, *all_numbers(answers.right)] for pair in pairs]


def _has_decimals(number: float, decimals: int) -> bool:
    """Return whether a number has no more decimals than this, but for what floats cannot hold."""
    inexact = min(1e-9 * abs(number), _MAX_INEXACT * 10.0**-decimals)
    return not math.isfinite(number) or abs(number - round(number, decimals)) <= inexact


def _in_words(decimals: int) -> str:
    return f"{decimals} decimal{'s' * (decimals > 1)}" if decimals else "whole numbers"


def _exact(numbers: Numbers) -> Numbers:
    """Return those of which a rule can be learnt without rounding, if there are any."""
    return [pair for pair in numbers if isinstance(pair[1], int) and pair[1]] or numbers


def _quotient(got: float, expected: float) -> float | Fraction:
    """Return the factor between two numbers, exactly if they are integers."""
    if isinstance(got, int) and isinstance(expected, int):
        return Fraction(got, expected)
    return got / expected


def _are(
    answers: Answers, times: Iterable[float | Fraction] = repeat(1), plus: float | Fraction = 0
) -> bool:
    """Return whether all numbers of the wrong answers are the right ones, scaled and shifted.

    Args:
        times: the factor of each wrong answer
        plus: the offset of all wrong answers
    """
    return bool(answers.numbers) and all(
        _is_moved(got, expected, by, plus, each.step.tolerance)
        for each, pairs, by in zip(answers.wrong, answers.numbers, times, strict=False)
        for got, expected in pairs
    )


def _is_moved(
    got: float, expected: float, by: float | Fraction, plus: float | Fraction, tolerance: Tolerance
) -> bool:
    """Return whether a number is the expected one, scaled and shifted, to 1 % of the distance.

    The tolerance alone would accept too much if the distance is hardly larger than the tolerance.
    An integer must be exactly there; if no integer is, the nearest ones will do.
    """
    if not (math.isfinite(by) and math.isfinite(plus)):
        return False
    if isinstance(expected, int):
        exactly = Fraction(by) * expected + Fraction(plus)
        off, moved = got - exactly, exactly - expected
        return off == 0 or (-1 < off < 1 and not -100 < moved < 100)
    to = float(by) * expected + float(plus)
    if not math.isfinite(to):  # beyond a float, where the allowed errors are infinite too
        return False
    way, allowed = abs(to - expected), tolerance.allowed(expected)
    if way <= allowed:
        return abs(got - expected) <= allowed
    return abs(got - to) <= min(way / 100, max(1e-9 * abs(to), tolerance.allowed(to)))


def _simple(number: float | Fraction) -> Fraction | None:
    """Return the small whole number, or its reciprocal, that a number nearly equals, or None."""
    least, most = 1 / _MAX_NAMED - 0.001, _MAX_NAMED + 0.5
    if not (least < number < most or -most < number < -least):
        return None
    number = float(number)
    simple = Fraction(round(number)) if abs(number) > 0.9 else 1 / Fraction(round(1 / number))
    return simple if math.isclose(number, simple, rel_tol=1e-3) else None


_SIZES: dict[str, Callable[[Value], int]] = {
    "the length of {}": lambda value: len(items_of(value) or []),
    "the number of all elements in {}": lambda value: sum(lengths_in(value)),
    "the length of the longest list in {}": lambda value: max(lengths_in(value), default=0),
}
