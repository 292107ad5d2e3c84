"""Whose mistake it is when the code of a problem fails in a submission's process.

A driver fails if the submission gives it something that it cannot use, and then the submission is
wrong. It also fails by mistakes of its own, and then the reference fails as well. So the reference
decides, whatever the submission's process reports: a submission cannot save its points by an
exception that looks like the driver's. If the run of the reference was disturbed, nobody knows, and
the result is an internal error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.judging.changes import has_raised
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case

_ADVICE = "; is what your code gave it, or did to it, of the right kind?"


def attribute_failures(
    cases: Sequence[Case], runs: Sequence[Run], run_reference: Callable[[int], Run | None]
) -> list[Run]:
    """Return runs without failures of the problem: they are the submission's, or internal errors.

    Args:
        run_reference: returns the reference's run of the case with this index; None if there is no
            reference
    """
    found = list(runs)
    for index, (case, run) in enumerate(zip(cases, runs, strict=False)):
        if not any(each.is_by_problem for each in run.steps or (run,)):
            continue
        failures = failures_of_problem(case, run)
        reference = run_reference(index) if failures else None
        if reference is not None and failures_of_problem(case, reference).keys() & failures.keys():
            error = f"{next(iter(failures.values())).problem_error}; the reference fails there, too"
            found[index] = Run(RunStatus.NOT_RUN, error=error, stdout=run.stdout)
            continue
        until = max(failures, default=-1) + 1
        if reference is not None and (disturbed := _disturbed(case, reference, until)):
            error = next(iter(failures.values())).problem_error
            error += f"; whether the reference fails there, too, is not known: {disturbed.error}"
            found[index] = Run(RunStatus.NOT_RUN, error=error, stdout=run.stdout)
            continue
        steps = tuple(
            _of_submission(each, number in failures) for number, each in enumerate(run.steps)
        )
        found[index] = replace(_of_submission(run, bool(failures)), steps=steps)
    return found


def failures_of_problem(case: Case, run: Run) -> dict[int, Run]:
    """Return the runs of steps in which code of the problem failed, by the index of the step.

    An exception that a step must raise does not count, wherever it comes from.
    """
    pairs = enumerate(zip(case.steps, run.of_each(case.steps), strict=True))
    return {
        index: each
        for index, (step, each) in pairs
        if each.is_by_problem and not has_raised(step, each)
    }


def is_conclusive(case: Case, run: Run) -> bool:
    """Return whether a run of the reference would be the same if it was repeated.

    A run that exceeded a limit, or whose process ended, may have been disturbed by other processes.
    """
    return _disturbed(case, run, len(case.steps)) is None


def _disturbed(case: Case, run: Run, until: int) -> Run | None:
    """Return the run of the first step before this one that may have been disturbed, if any."""
    # A step is skipped because of one before it, which decides.
    conclusive = (RunStatus.RETURNED, RunStatus.RAISED, RunStatus.SKIPPED)
    runs = run.of_each(case.steps)[:until]
    return next((each for each in runs if each.status not in conclusive), None)


def _of_submission(run: Run, has_failed: bool) -> Run:
    """Return a run as the submission's, without a line, which is not in it.

    Args:
        has_failed: whether its exception is a failure
    """
    if not run.is_by_problem:
        return run
    error = run.problem_error + _ADVICE if has_failed else run.error
    return replace(run, error=error, line=0, place="", is_by_problem=False)
