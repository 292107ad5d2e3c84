"""How long a call may take: limits of cases, and of groups that say `time: N x reference`.

The limit of such a group is a multiple of the processor time that the reference needs for its
slowest case. A right answer must not lose points because the machine is busy, so

- processor time is measured and not wall time, which is limited generously;
- the reference is measured in the same kind of child process as submissions, in two of them, and
  the smaller time counts;
- the limit is at least FLOOR_CPU_S, of which the noise of a machine is a small part;
- a call that exceeds the limit is made again, beside a new measurement of the reference, and the
  larger of both limits then counts (`repeat_slow_calls`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case, Limits, Problem
from grader.sandbox.host import Sandbox
from grader.sandbox.session import IS_IT_ENDLESS

Watch = Callable[[Sequence[Run]], None]

FLOOR_CPU_S = 0.1
_TIMES_WALL = 20  # wall time in units of processor time: other processes may take turns
# Limits of a reference whose own time determines the limits of submissions.
PATIENT_WALL_S, PATIENT_CPU_S = 120.0, 60.0
_MEASUREMENTS = 2


def limits_of(problem: Problem, case: Case) -> Limits:
    """Return the limits of a call of a case."""
    return case.limits if case.limits is not None else problem.limits


def by_limits(problem: Problem, indices: Sequence[int]) -> dict[Limits, list[int]]:
    """Return the cases with these indices by their limits, each in its order.

    Those with the same limits are run together, and waste no time of the others.
    """
    found: dict[Limits, list[int]] = {}
    for index in indices:
        found.setdefault(limits_of(problem, problem.cases[index]), []).append(index)
    return found


def patient(limits: Limits) -> Limits:
    """Return limits that no reference exceeds, apart from one that never ends."""
    return replace(limits, wall_s=PATIENT_WALL_S, cpu_s=PATIENT_CPU_S)


def patient_problem(problem: Problem, cases: Sequence[Case], is_timed: bool) -> Problem:
    """Return a problem of some cases, in which the time of the reference is not limited.

    It is limited in cases whose limits do not depend on it.

    Args:
        is_timed: whether the problem's own limits depend on it
    """
    timed = timed_groups(problem)
    limits = patient(problem.limits) if is_timed else problem.limits
    longer = tuple(
        replace(case, limits=patient(case.limits or limits)) if case.group in timed else case
        for case in cases
    )
    return replace(problem, cases=longer, limits=limits)


def timed_groups(problem: Problem) -> dict[str, float]:
    """Return the groups that have a time, each with its multiple of the reference's."""
    return {
        group.name: group.times_reference
        for group in problem.groups
        if group.times_reference is not None
    }


def limits_by_reference(problem: Problem, runs: Sequence[Run]) -> Limits:
    """Return the limits of a call: those declared, or a multiple of the reference's time."""
    limits, times = problem.limits, problem.times_reference
    if times is None:
        return limits
    cpu_s = max(map(_cpu_s, runs))
    wall_s = max(run.wall_s for run in runs)
    return replace(
        limits, cpu_s=max(limits.cpu_s, times * cpu_s), wall_s=max(limits.wall_s, times * wall_s)
    )


def run_by_limits(
    problem: Problem,
    indices: Sequence[int],
    run: Callable[[Limits, Sequence[int], Watch | None], Sequence[Run]],
    watch: Watch | None = None,
) -> list[Run]:
    """Return the runs of the cases with these indices, in their order.

    Args:
        run: makes the calls of the cases with these indices within limits
        watch: called for each case with its run and those of all cases before it
    """
    found: dict[int, Run] = {}
    places = {index: place for place, index in enumerate(indices)}
    shown = 0

    def note(cases: Sequence[int], runs: Sequence[Run]) -> None:
        nonlocal shown
        found.update(zip(cases, runs, strict=False))
        shown = min(shown, places[cases[len(runs) - 1]])  # if these cases are run again
        while watch is not None and shown < len(indices) and indices[shown] in found:
            shown += 1
            watch([found[index] for index in indices[:shown]])

    for limits, cases in by_limits(problem, indices).items():
        watch_part = partial(note, cases) if watch is not None else None
        found.update(zip(cases, run(limits, cases, watch_part), strict=True))
    return [found[index] for index in indices]


def measure(
    problem: Problem, sandbox: Sandbox, indices: Sequence[int], times: int = _MEASUREMENTS
) -> float:
    """Return the seconds of processor time that the reference needs for the slowest of some cases.

    Of several measurements of a case the smallest counts. 0 if there is no reference.

    Raises:
        SandboxError: if the sandbox fails
    """
    if problem.reference is None or not indices:
        return 0.0
    scripts = [problem.cases[index].script for index in indices]
    limits = patient(limits_of(problem, problem.cases[indices[0]]))
    program = problem.program(problem.reference)
    # Each in a new child, as the reference may remember its answers.
    table = [sandbox.run(program, scripts, limits) for _ in range(times)]
    seconds = [[*map(_cpu_s, runs)] for runs in table]
    return max(min(row[case] for row in seconds) for case in range(len(scripts)))


def with_measured_limits(problem: Problem, sandbox: Sandbox) -> Problem:
    """Return the problem with limits for the cases of groups that have a time.

    Raises:
        SandboxError: if the sandbox fails
    """
    if problem.reference is None:
        return problem
    cases = list(problem.cases)
    for name, times in timed_groups(problem).items():
        indices = _cases_of(problem, name)
        seconds = measure(problem, sandbox, indices)
        for index in indices:
            limits = tier_limits(limits_of(problem, cases[index]), times * seconds)
            cases[index] = replace(cases[index], limits=limits)
    return replace(problem, cases=tuple(cases)) if timed_groups(problem) else problem


def tier_limits(limits: Limits, cpu_s: float) -> Limits:
    """Return the limits of a call that may use this processor time, or a little more."""
    cpu_s = max(cpu_s, FLOOR_CPU_S)
    return replace(limits, cpu_s=cpu_s, wall_s=max(limits.wall_s, _TIMES_WALL * cpu_s))


def repeat_slow_calls(
    problem: Problem,
    cases: Sequence[int],
    runs: Sequence[Run],
    sandbox: Sandbox,
    run: Callable[[Limits, Sequence[int]], Sequence[Run]],
) -> list[Run]:
    """Return the runs that count: a call that exceeds the time of its group is made again.

    Args:
        problem: with measured limits
        cases: the indices of the cases that were run; the reference is measured in all cases of
            their groups
        run: makes the calls of the cases with these indices again, within limits

    Raises:
        SandboxError: if the sandbox fails
    """
    counted = dict(zip(cases, runs, strict=True))
    late = [index for index in cases if counted[index].status is RunStatus.TIMED_OUT]
    for name, times in timed_groups(problem).items() if problem.reference is not None else ():
        indices = _cases_of(problem, name)
        slow = [index for index in indices if index in late]
        seconds = measure(problem, sandbox, indices, times=1) if slow else 0.0
        for limits, some in by_limits(problem, slow).items():
            longer = tier_limits(limits, max(limits.cpu_s, times * seconds))
            for index, again in zip(some, run(longer, some), strict=True):
                if again.status is not RunStatus.TIMED_OUT:
                    counted[index] = again
                elif counted[index].error.endswith(IS_IT_ENDLESS):  # it may just be slow
                    error = counted[index].error.removesuffix(IS_IT_ENDLESS)
                    error += f"; {name!r} allows {times:g} times what the reference takes"
                    counted[index] = replace(counted[index], error=error)
    return [counted[index] for index in cases]


def _cases_of(problem: Problem, group: str) -> list[int]:
    return [index for index, case in enumerate(problem.cases) if case.group == group]


def _cpu_s(run: Run) -> float:
    """Return processor time; where it was not measured, wall time is the best estimate."""
    return run.cpu_s or run.wall_s
