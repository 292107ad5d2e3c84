"""Measure how far answers are from the right ones, in units of the tolerance.

A distance is infinite if there is no answer, or if it differs in more than the values of numbers.
"""

from __future__ import annotations

from grader.checkers.python import PythonChecker
from grader.judging.changes import find_mismatch_after, has_raised
from grader.model.judgement import CaseResult, Run, RunStatus, Verdict
from grader.model.script import Step

# Right answers must be closer than the tolerance by this factor, and wrong ones farther off by it,
# because other machines round differently.
SAFETY_FACTOR = 10.0


def measure_result(result: CaseResult) -> float:
    """Return the distance of an answer from the right one, in units of the tolerance.

    Of several steps, the largest distance counts.
    """
    steps = result.case.steps
    if any(isinstance(step.checker, PythonChecker) for step in steps):
        return 0.0 if result.verdict is Verdict.ACCEPTED else float("inf")
    return max(map(measure_step, steps, result.run.of_each(steps)))


def measure_step(step: Step, run: Run) -> float:
    """Return the distance of a step's answer from the expected one, in units of the tolerance."""
    if find_mismatch_after(step, run) is not None:
        return float("inf")
    if step.raises is not None:
        return 0.0 if has_raised(step, run) else float("inf")
    if run.status is not RunStatus.RETURNED:
        return float("inf")
    if not step.is_asked:
        return 0.0
    return step.checker.distance(run.value, step.expected, step.tolerance)
