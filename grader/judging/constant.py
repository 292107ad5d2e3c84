"""Answers that consist of one number, whatever the arguments are: they prove no misconception.

A program with two or three known mistakes may happen to return the same constant, but a function
that always returns it has a simpler fault: a loop that never runs, or a result that is overwritten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from grader.judging.results import is_wrong_answer
from grader.model.judgement import CaseResult, RunStatus
from grader.values import Array, Value

_MIN_ANSWERS = 3
_MAX_NUMBERS = 10_000  # of an array that is examined; twice as many of all answers


def constant_of(results: Sequence[CaseResult]) -> float | None:
    """Return the only number in the answers of a function; None if they differ.

    Return None also if the right answers do not differ, or if there are too few of them.
    """
    returned = [each for each in results if each.run.status is RunStatus.RETURNED]
    functions = {each.step.target for each in returned}
    is_script = any(each.case.is_script for each in returned)
    if len(returned) < _MIN_ANSWERS or len(functions) > 1 or is_script:
        return None
    if not any(map(is_wrong_answer, results)):  # such as a random sample, of which any is right
        return None
    if _only_number(each.step.expected for each in returned) is not None:
        return None
    return _only_number(each.run.value for each in returned)


def _only_number(values: Iterable[Value]) -> float | None:
    """Return the number that values consist of; None if they have others, or other elements."""
    waiting, found, seen = list(values), list[float](), 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, Array):
            if len(value.data) > 8 * _MAX_NUMBERS:
                return None
            waiting += value.flat()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if found and value != found[0] and not (is_nan(value) and is_nan(found[0])):
                return None
            found = [value]
        else:
            return None
        seen += 1
        if seen + len(waiting) > 2 * _MAX_NUMBERS:
            return None
    return found[0] if found else None


def is_nan(value: float) -> bool:
    """Return whether a number is nan; an integer may be larger than any float."""
    return isinstance(value, float) and math.isnan(value)
