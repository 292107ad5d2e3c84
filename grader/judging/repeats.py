"""Repeat draws that a statistical checker rejects, with other seeds, before that counts.

A right solution is rejected with a small probability, and a class has many solutions. Where the
arguments have a random generator, the call is made twice more, each with another seed. The answer
that counts is then one that is accepted, if there is any; it is stored like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from grader.checkers.draws import Statistical
from grader.judging.referee import Opinion, Referee, question
from grader.model.judgement import Run, RunStatus
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
        others = [replace(case, args=reseeded(case.args, turn + 1)) for turn in range(REPEATS)]
        accepted = (each for each in run(others) if _is_accepted(case, each, referee))
        counted[index] = next(accepted, first)
    return counted


def is_drawn(case: Case) -> bool:
    """Return whether a statistical checker judges draws from a generator of the case."""
    has_generator = any(isinstance(each, Generator) for each in case.args.values())
    return isinstance(case.checker, Statistical) and has_generator


def _is_accepted(case: Case, run: Run, referee: Referee) -> bool:
    if run.status is not RunStatus.RETURNED:
        return False
    return referee.opinion(question(case, run.value)) == Opinion()


def reseeded(args: Mapping[str, Value], turn: int) -> dict[str, Value]:
    """Return the arguments with other seeds for generators: another one for each turn from 1 on."""
    return {
        name: Generator.of(each.library, (each.seed + turn * _STEP) % (MAX_SEED + 1))
        if isinstance(each, Generator)
        else each
        for name, each in args.items()
    }
