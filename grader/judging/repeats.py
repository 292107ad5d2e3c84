"""Repeat draws that a statistical checker rejects, with other seeds, before that counts.

A right solution is rejected with a small probability, and a class has many solutions. Where the
arguments have a random generator, the call is made twice more, each with another seed. The answer
that counts is then one that is accepted, if there is any; it is stored like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.checkers.draws import Statistical
from grader.judging.referee import Referee
from grader.judging.results import result
from grader.model.judgement import Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.values import MAX_SEED, Generator, Value

REPEATS = 2
_STEP = 7_368_787  # between seeds: large, as students like to add one


def repeat_draws(
    cases: Sequence[Case],
    runs: Sequence[Run],
    referee: Referee,
    run: Callable[[Sequence[Case]], Sequence[Run]],
) -> list[Run]:
    """Return the runs that count, of as many cases.

    Args:
        run: makes the calls of cases again

    Raises:
        SandboxError: if the sandbox fails
    """
    counted = list(runs)
    for index, (case, first) in enumerate(zip(cases, runs, strict=False)):
        if not is_drawn(case) or first.status is not RunStatus.RETURNED:
            continue
        if _is_accepted(case, first, referee):
            continue
        others = [reseeded(case, turn + 1) for turn in range(REPEATS)]
        accepted = (each for each in run(others) if _is_accepted(case, each, referee))
        counted[index] = next(accepted, first)
    return counted


def is_drawn(case: Case) -> bool:
    """Return whether a statistical checker judges draws from a generator of the case."""
    if not any(isinstance(step.checker, Statistical) for step in case.steps):
        return False
    args = (each for step in case.steps for each in step.all_args.values())
    return any(isinstance(each, Generator) for each in args)


def _is_accepted(case: Case, run: Run, referee: Referee) -> bool:
    if run.status is not RunStatus.RETURNED:
        return False
    return result(case, run, referee).verdict is Verdict.ACCEPTED


def reseeded(case: Case, turn: int) -> Case:
    """Return the case with other seeds for generators: another one for each turn from 1 on."""

    def other(value: Value) -> Value:
        if not isinstance(value, Generator):
            return value
        return Generator.of(value.library, (value.seed + turn * _STEP) % (MAX_SEED + 1))

    return case.with_args(other)
