"""The digest of an answer key: of everything but the submission that a judgement depends on.

Stored judgements are found by it, so a part that is used by few problems is added only where it is
used: the digests of the others, and what is stored under them, stay the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from grader.judging.carried import GivenCall
from grader.judging.speed import timed_groups
from grader.model.problem import Problem
from grader.values.encode import encode


def digest_of(parts: Iterable[str]) -> str:
    """Return the digest of some texts in their order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def parts_of_runs(
    problem: Problem, declared: Problem, given_calls: Mapping[str, Sequence[GivenCall]]
) -> list[str]:
    """Return what a run depends on; answers are not part of it.

    Args:
        problem: with all answers
        declared: the same with its declared limits: the time that the reference takes differs from
            run to run
        given_calls: the calls of functions that cases give, by the name of the case
    """
    parts = [problem.slug, str(problem.entry_point), repr(problem.preload)]
    parts += [f"{each.name}:{each.source.hex()}" for each in problem.given_modules]
    parts += [problem.driver.source.hex()] if problem.driver is not None else []
    parts += [repr(declared.limits), repr(problem.times_reference)]
    of_cases = ((each.name, each.limits) for each in declared.cases if each.limits)
    parts += map(repr, of_cases)
    parts += [f"{name} {times}" for name, times in timed_groups(problem).items()]
    if problem.times_reference is not None or timed_groups(problem):
        parts += [(problem.reference or b"").hex()]  # a slower one gives everybody more time
    for case in problem.cases:
        # Not the arguments by name: the parameters decide whether they are passed by name.
        script = case.script
        parts += [case.name, *(call.message.hex() for call in script)]
        parts += [repr(call.show) for call in script if call.show]
        parts += [*case.given, *(each.encoded.hex() for each in given_calls.get(case.name, ()))]
    return parts


def parts_of_answers(problem: Problem) -> list[str]:
    """Return what verdicts and points depend on, in addition to the runs."""
    parts = [*map(repr, problem.groups)]
    for case in problem.cases:
        parts += [str(case.points), str(case.hidden)]
        parts += [f"{case.group} {case.is_bonus}"] if case.group or case.is_bonus else []
        for step in case.steps:
            parts += [repr(step.checker), repr(step.tolerance), str(step.points)]
            parts += [str(step.is_asked), encode(step.expected).hex(), repr(step.raises)]
            parts += [encode(dict(step.after)).hex(), str(step.is_pure), repr(step.prints)]
            parts += [repr(step.key_points)] if step.key_points else []
    return parts
