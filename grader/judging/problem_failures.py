"""Whose mistake it is when the code of a problem fails in a submission's process.

A driver fails if the submission gives it something that it cannot use, and then the submission is
wrong. It also fails by mistakes of its own, and then the reference fails as well. So the reference
decides, whatever the submission's process reports: a submission cannot save its points by an
exception that looks like the driver's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.model.judgement import Run, RunStatus

_ADVICE = "; is what your code gave it, or did to it, of the right kind?"


def is_by_problem(run: Run) -> bool:
    """Return whether code of the problem failed, in the case or in one of its steps."""
    return any(each.is_by_problem for each in run.steps or (run,))


def attribute_failures(
    runs: Sequence[Run], run_reference: Callable[[int], Run | None]
) -> list[Run]:
    """Return runs without failures of the problem: they are the submission's, or internal errors.

    Args:
        run_reference: returns the reference's run of the case with this index; None if there is no
            reference
    """
    return [
        _attributed(run, run_reference(index)) if is_by_problem(run) else run
        for index, run in enumerate(runs)
    ]


def _attributed(run: Run, reference: Run | None) -> Run:
    if reference is not None and is_by_problem(reference):
        failed = next(each for each in run.steps or (run,) if each.is_by_problem)
        error = f"{failed.error}; the reference fails there, too"
        return Run(RunStatus.NOT_RUN, error=error, stdout=run.stdout)
    steps = tuple(_of_submission(each) for each in run.steps)
    return replace(_of_submission(run), steps=steps)


def _of_submission(run: Run) -> Run:
    """Return a run whose failure counts as the submission's, without a line, which is not in it."""
    if not run.is_by_problem:
        return run
    return replace(run, error=run.error + _ADVICE, line=0, place="", is_by_problem=False)
