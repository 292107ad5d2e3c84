"""Run a case that is not one of the problem: somebody's own arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.judging.answer_key import AnswerKey
from grader.judging.problem_failures import attribute_failures
from grader.judging.reference_use import find_refusal
from grader.judging.results import result
from grader.model.judgement import CaseResult, Run, RunStatus
from grader.model.problem import Case, Submission
from grader.sandbox.host import Sandbox
from grader.values import contains_unsupported


def try_case(
    key: AnswerKey,
    submission: Submission,
    case: Case,
    sandbox: Sandbox,
    with_reference: bool = False,
) -> CaseResult:
    """Return what a submission does in a case; see `Grader.try_case`.

    Raises:
        SandboxError: if the sandbox fails
    """
    problem = key.problem
    if with_reference and problem.reference is not None:
        refusal = find_refusal(problem, case)
        with_reference, case = not refusal, replace(case, remark=refusal)
    asked = case.with_steps(lambda step: replace(step, is_asked=False))
    if submission.flaw:
        return result(asked, Run(RunStatus.NOT_LOADED, error=submission.flaw), key.referee)
    limits, script = problem.limits, case.script
    (run,) = sandbox.run(problem.program_of(submission), [script], limits)
    if not with_reference or problem.reference is None:
        return _with_answers(case, result(asked, _attributed(case, run), key.referee))
    (right,) = sandbox.run(problem.program(problem.reference), [script], limits)
    answered = _answered(case, right.of_each(case.steps))
    return _with_answers(case, result(answered, _attributed(case, run, right), key.referee))


def _attributed(case: Case, run: Run, reference: Run | None = None) -> Run:
    """Return a run in which a failure of the problem's code is the submission's."""
    (found,) = attribute_failures([case], [run], lambda _: reference)
    if found.status is RunStatus.NOT_RUN:
        # The reference fails, too: nobody's mistake but that of the arguments.
        return replace(found, status=run.status)
    return found


def _answered(case: Case, runs: Sequence[Run]) -> Case:
    """Return the case with those answers of the reference that others can be compared with."""
    steps = []
    for step, run in zip(case.steps, runs, strict=True):
        value = run.value
        is_answer = step.is_asked and run.status is RunStatus.RETURNED
        if is_answer and not contains_unsupported(value) and not step.checker.unsuitable(value):
            steps.append(replace(step, expected=value, has_expected=True))
        else:
            steps.append(replace(step, is_asked=False))
    return replace(case, steps=tuple(steps))


def _with_answers(case: Case, found: CaseResult) -> CaseResult:
    """Return a result that shows the answer of each step, also if it was not compared."""
    pairs = zip(found.steps, case.steps, strict=False)
    steps = [replace(one, step=replace(one.step, is_asked=step.is_asked)) for one, step in pairs]
    return replace(found, steps=tuple(steps))
