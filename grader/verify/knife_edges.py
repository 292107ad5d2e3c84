"""Cases whose answer flips if an argument moves by a rounding error."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from grader.judging.results import agree
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.verify.leaves import Leaf, leaves, with_leaves

_NUDGES = 6
_EPSILON = 2.0**-52
# A number with so few binary digits takes part in sums and comparisons without rounding errors.
_FEW_DIGITS = 2.0**10


def find_knife_edges(
    cases: Sequence[Case],
    answers: Sequence[Run],
    run: Callable[[Sequence[Case]], Sequence[Run]],
) -> frozenset[str]:
    """Return the names of the cases whose answer flips.

    Args:
        answers: runs of the reference in each case
        run: returns the runs of the reference in other cases
    """
    runs = run([_moved(case, seed) for seed in range(_NUDGES) for case in cases])
    names = set()
    for index, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        for each in runs[index :: len(cases)]:
            if each.status is RunStatus.RETURNED and not agree(case, each, answer):
                names.add(case.name)
    return frozenset(names)


def _moved(case: Case, seed: int) -> Case:
    """Return the case with each inexact float moved up or down, and equal ones equally."""
    rng = random.Random(seed)
    found: dict[float, float] = {}

    def move(number: Leaf) -> Leaf:
        if not isinstance(number, float) or not math.isfinite(number):
            return number
        if (number * _FEW_DIGITS).is_integer():
            return number
        return found.setdefault(number, number * (1 + rng.choice((-_EPSILON, _EPSILON))))

    return case.with_args(lambda value: with_leaves(value, [*map(move, leaves(value))]))
