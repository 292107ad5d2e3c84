"""The answers of the reference: which cases need them, and whether they can be compared."""

from __future__ import annotations

from dataclasses import replace

from grader.checkers.python import PythonChecker
from grader.errors import spec_error
from grader.model.credit import misfit_of_keys
from grader.model.judgement import Run, RunStatus
from grader.model.problem import Case
from grader.values import contains_unsupported
from grader.values.show import show


def needs_answer(case: Case) -> bool:
    """Return whether the reference has to answer a case.

    Public cases of the author's checker have the same verdicts without the reference: students do
    not have it.
    """
    return any(
        step.is_asked
        and not step.has_expected
        and (case.hidden or not isinstance(step.checker, PythonChecker))
        for step in case.steps
    )


def answer_case(case: Case, run: Run) -> Case:
    """Return the case with the answers of the reference where it has none.

    Raises:
        SpecError: if the reference fails, or its answer cannot be compared
    """
    steps = []
    for number, (step, each) in enumerate(zip(case.steps, run.of_each(case.steps), strict=True), 1):
        where = f"case {case.name!r}"
        if case.is_script:
            where = f"step {number} of {where}, {step.label}"
        if step.raises is not None and each.status in (RunStatus.RETURNED, RunStatus.RAISED):
            steps.append(step)  # whether it raises the right one is a question of `verify`
            continue
        if each.status is not RunStatus.RETURNED:
            message = f"the reference fails {where}: {each.problem_error}"
            if each.line and not each.is_by_problem:
                message += f" (line {each.line} of the reference)"
            raise spec_error(step.at, message)
        alone = replace(case, steps=(step,))
        if needs_answer(alone):
            if each.error:
                text = f"in {where}, the reference returns {show(each.value)}: {each.error}"
                raise spec_error(step.at, text)
            if case.is_script and contains_unsupported(each.value):
                message = f"in {where}, the reference returns {show(each.value)}"
                advice = "which cannot be compared; ask for its attributes with `get`"
                raise spec_error(step.at, f"{message}, {advice}")
            if why := step.checker.unsuitable(each.value):
                name = step.checker.name
                text = f"the checker `{name}` does not apply to the reference's answer: {why}"
                raise spec_error(step.at, f"in {where}, {text}")
            if step.key_points and (why := misfit_of_keys(step.key_points, each.value)):
                raise spec_error(step.at, f"in {where}, {why} (the reference's answer)")
            step = replace(step, expected=each.value, has_expected=True)
        steps.append(step)
    return replace(case, steps=tuple(steps))
