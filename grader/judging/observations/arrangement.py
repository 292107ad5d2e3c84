"""Observations about right numbers in wrong places: transposed, exchanged, reordered, nested.

Only the first rule that holds is reported, as the later ones say less. Answers with more than
MAX_NUMBERS numbers are not examined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import permutations, product

from grader.checkers import CLOSE
from grader.checkers.sequences import items_of
from grader.judging.observations.answers import MAX_NUMBERS, MIN_CASES, Answers, flat_numbers
from grader.model.checker import Tolerance
from grader.model.judgement import CaseResult
from grader.values import Array, Value
from grader.values.show import shape

_MAX_AXES = 4
_MAX_PARTS = 4


def arrangement(answers: Answers) -> str | None:
    """The first of RULES that holds."""
    if any(_is_large(each.run.value) or _is_large(each.step.expected) for each in answers.wrong):
        return None
    texts = (rule(answers) for rule in RULES)
    return next(filter(None, texts), None)


def transposed(answers: Answers) -> str | None:
    """Every wrong answer is the right one with rows and columns exchanged."""
    if all(_is_transposed(each.run.value, each.step.expected, each) for each in answers.wrong):
        return "Every wrong answer is the transpose of the right one: its rows should be columns."
    return None


def axes(answers: Answers) -> str | None:
    """Every wrong answer is the right one with its three or more axes in the same other order."""
    shapes = [shape(each.run.value) or () for each in answers.wrong]
    count = len(shapes[0])
    if not 3 <= count <= _MAX_AXES or any(len(each) != count for each in shapes):
        return None
    for order in list(permutations(range(count)))[1:]:
        if all(_is_permuted(each, order) for each in answers.wrong):
            moved = [axis for axis in range(count) if order[axis] != axis]
            if len(moved) == 2:
                return (
                    f"Every wrong answer is the right one with its axes {moved[0]} and {moved[1]}"
                    " exchanged, counted from 0."
                )
            return "Every wrong answer is the right one with its axes in another order."
    return None


def transposed_parts(answers: Answers) -> str | None:
    """Every wrong answer is the right one, but for matrices in it that are transposed."""
    for each in answers.wrong:
        got, expected = _parts(each.run.value, each.step.expected)
        if not got or len(got) != len(expected):
            return None
        pairs = list(zip(got, expected, strict=True))
        wrong = [pair for pair in pairs if not _agree(*pair, each.step.tolerance)]
        if not wrong or not all(_is_transposed(*pair, each) for pair in wrong):
            return None
    return (
        "Every wrong answer is right, except that matrices in it are transposed: their rows should"
        " be columns."
    )


def exchanged(answers: Answers) -> str | None:
    """Every wrong answer has the parts of the right tuple or dict, in the same other order."""
    found = [_parts(each.run.value, each.step.expected) for each in answers.wrong]
    count = len(found[0][1])
    if not 2 <= count <= _MAX_PARTS:
        return None
    if any(isinstance(each.step.expected, list | Array) for each in answers.wrong):
        return None
    if any(len(got) != count or len(expected) != count for got, expected in found):
        return None
    if all(_all_agree(found[0][1], expected, Tolerance()) for _, expected in found):
        return None  # the same answer always
    for order in list(permutations(range(count)))[1:]:
        if all(
            _all_agree([got[part] for part in order], expected, each.step.tolerance)
            for each, (got, expected) in zip(answers.wrong, found, strict=True)
        ):
            if count == 2:
                return "Every wrong answer has its two parts exchanged."
            return "Every wrong answer has the right parts in another order."
    return None


def nested(answers: Answers) -> str | None:
    """Every wrong answer has the right numbers in the right order, nested in another way."""
    found = _numbers(answers)
    if not all(_all_agree(got, expected, each.step.tolerance) for each, got, expected in found):
        return None
    if not found or len({number for _, _, expected in found for number in expected}) < 2:
        return None
    # Else the numbers are where they belong, and only a type is wrong.
    if any(_agree(each.run.value, each.step.expected, each.step.tolerance) for each, _, _ in found):
        return None
    return (
        "Every wrong answer has the right numbers in the right order, but nested in another way:"
        " compare its shape with the one that is asked for."
    )


def reordered(answers: Answers) -> str | None:
    """Every wrong answer has the right numbers in another order."""
    found = _numbers(answers)
    if not all(
        len(got) == len(expected) and _all_agree(sorted(got), sorted(expected), each.step.tolerance)
        for each, got, expected in found
    ):
        return None
    in_order = [_all_agree(got, expected, each.step.tolerance) for each, got, expected in found]
    if in_order.count(False) < MIN_CASES:
        return None
    # A few zeros and ones are soon the same ones.
    if not found or len({number for _, _, expected in found for number in expected}) < 3:
        return None
    if all(_all_agree(got[::-1], expected, each.step.tolerance) for each, got, expected in found):
        order = "in reverse order"
    else:
        order = "in another order"
    if any(shape(each.run.value) != shape(each.step.expected) for each, _, _ in found):
        order += ", and nested in another way"
    return f"Every wrong answer has the right numbers {order}."


RULES: tuple[Callable[[Answers], str | None], ...] = (
    transposed,
    axes,
    transposed_parts,
    exchanged,
    nested,
    reordered,
)


def _is_large(value: Value) -> bool:
    """Return whether a value has more numbers, or more other elements, than are examined."""
    if isinstance(value, Array):
        return math.prod(value.shape) > MAX_NUMBERS or max(value.shape, default=0) > MAX_NUMBERS
    rest: list[Value] = [value]
    steps = 0
    while rest:
        each = rest.pop()
        steps += 1
        if isinstance(each, Array) and _is_large(each):
            return True
        items: Sequence[Value] = each if isinstance(each, list | tuple) else ()
        if isinstance(each, dict):
            items = list(each.values())
        if steps + len(rest) + len(items) > MAX_NUMBERS:
            return True
        for item in items:
            rest.append(item)
    return False


def _agree(got: Value, expected: Value, tolerance: Tolerance) -> bool:
    return CLOSE.compare(got, expected, tolerance) is None


def _all_agree(got: Sequence[Value], expected: Sequence[Value], tolerance: Tolerance) -> bool:
    return _agree(list(got), list(expected), tolerance)


def _numbers(answers: Answers) -> list[tuple[CaseResult, list[float], list[float]]]:
    """Return the numbers of each wrong answer and of the right one; nothing if one has others."""
    found = []
    for each in answers.wrong:
        got, expected = flat_numbers(each.run.value), flat_numbers(each.step.expected)
        if got is None or expected is None:
            return []
        found.append((each, got, expected))
    return found if len(found) >= MIN_CASES else []


def _parts(got: Value, expected: Value) -> tuple[Sequence[Value], Sequence[Value]]:
    """Return the items of both values, those of dicts in the order of the expected keys."""
    if isinstance(got, dict) and isinstance(expected, dict):
        if got.keys() != expected.keys():
            return [], []
        return [got[key] for key in expected], list(expected.values())
    return list(items_of(got) or []), list(items_of(expected) or [])


def _is_transposed(got: Value, expected: Value, result: CaseResult) -> bool:
    """Return whether a matrix is the transpose of the expected one."""
    axes = shape(expected)
    rows = _rows(got)
    if rows is None or axes is None or shape(got) != axes[::-1]:
        return False
    turned: Value = [list(column) for column in zip(*rows, strict=True)]
    return _agree(turned, expected, result.step.tolerance)


def _is_permuted(result: CaseResult, order: Sequence[int]) -> bool:
    """Return whether an answer is the expected one with its axes in this order."""
    got, expected = result.run.value, result.step.expected
    sizes, numbers = shape(got) or (), flat_numbers(got)
    wanted = flat_numbers(expected)
    if numbers is None or wanted is None or math.prod(sizes) != len(numbers):
        return False
    if shape(expected) != tuple(sizes[axis] for axis in order):
        return False
    steps = [math.prod(sizes[axis + 1 :]) for axis in order]
    places = product(*(range(sizes[axis]) for axis in order))
    turned = [
        numbers[sum(index * step for index, step in zip(place, steps, strict=True))]
        for place in places
    ]
    return _all_agree(turned, wanted, result.step.tolerance)


def _rows(value: Value) -> list[Sequence[Value]] | None:
    """Return the rows of a value with two axes, or None."""
    axes = shape(value)
    if axes is None or len(axes) != 2 or 0 in axes:
        return None
    value = value.nested() if isinstance(value, Array) else value
    return [items_of(row) or [] for row in items_of(value) or []]
