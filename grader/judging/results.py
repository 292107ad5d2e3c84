"""Results of cases: verdict and points, concluded from what happened and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from grader import checkers
from grader.errors import describe_failure
from grader.judging.changes import (
    AFTER_THE_CALL,
    find_mismatch_after,
    has_raised,
    rule_for_arguments,
    values_after,
)
from grader.judging.output import OF_OUTPUT, is_same_output
from grader.judging.referee import Fault, Opinion, Question, Referee, Ruling
from grader.model.checker import Mismatch
from grader.model.judgement import CaseResult, Run, RunStatus, StepResult, Verdict
from grader.model.parts import part_text
from grader.model.problem import Case
from grader.model.script import Step

_NONE, _ALL = Fraction(0), Fraction(1)  # of the points; "is _ALL" saves a slow product


def results(cases: Sequence[Case], runs: Sequence[Run], referee: Referee) -> list[CaseResult]:
    """Return the results of runs, each compared with its case; there may be fewer runs than cases.

    A case of several steps is accepted if all of them are. If a comparison raises an exception, the
    verdict is JUDGE_ERROR, as for a call that was not made.
    """
    pairs = list(zip(cases, runs, strict=False))
    stepwise = _results_of_steps(pairs, referee)
    found = [_whole(*pair, steps) for pair, steps in zip(pairs, stepwise, strict=True)]
    again = [index for index, (_, run) in enumerate(pairs) if run.given is not None]
    if again:
        others = [(pairs[index][0], pairs[index][1].given or pairs[index][1]) for index in again]
        for index, steps in zip(again, _results_of_steps(others, referee), strict=True):
            found[index] = _with_given(found[index], stepwise[index], steps)
    return found


def _results_of_steps(
    pairs: Sequence[tuple[Case, Run]], referee: Referee
) -> list[list[StepResult]]:
    rulings = iter(referee.opinions([each for pair in pairs for each in questions(*pair)]))
    return [_steps(case, run, rulings) for case, run in pairs]


def _with_given(
    found: CaseResult, steps: Sequence[StepResult], again: Sequence[StepResult]
) -> CaseResult:
    """Return the result of a case with the points that it earns when given functions answer right.

    Args:
        steps, again: the results of its steps in the first run, and in the run with right answers
    """
    case = found.case
    shares = [
        one.share if case.gives(one.step) and one.step.is_judged else max(one.share, two.share)
        for one, two in zip(steps, again, strict=True)
    ]
    if case.has_step_points:
        worth = (each.step.points or _NONE for each in steps)
        points = sum((each * share for each, share in zip(worth, shares, strict=True)), _NONE)
    elif case.is_script:
        points = case.points if min(shares) == 1 else _NONE
    else:
        points = shares[0] * case.points
    return replace(found, points=points, given=case.given) if points > found.points else found


def result(case: Case, run: Run, referee: Referee) -> CaseResult:
    """Return the result of one run; see `results`."""
    return results([case], [run], referee)[0]


def step_result(case: Case, number: int, runs: Sequence[Run], referee: Referee) -> StepResult:
    """Return the result of one of a case's steps, counted from 0.

    Args:
        runs: of the case's steps
    """
    step, run = case.steps[number], runs[number]
    is_answer = _is_answer(step, run)
    ruling = referee.opinion(Question.about(case, number, runs)) if is_answer else None
    return _ruled(step, run, ruling)


def questions(case: Case, run: Run) -> Iterator[Question]:
    """Yield a question for each answer of a run (is it right?), in the order of its steps."""
    runs = run.of_each(case.steps)
    for number, each in enumerate(runs):
        if _is_answer(case.steps[number], each):
            yield Question.about(case, number, runs)


def _is_answer(step: Step, run: Run) -> bool:
    return step.is_asked and run.status is RunStatus.RETURNED


def _steps(case: Case, run: Run, rulings: Iterator[Ruling]) -> list[StepResult]:
    pairs = zip(case.steps, run.of_each(case.steps), strict=True)
    return [
        _ruled(step, each, next(rulings) if _is_answer(step, each) else None)
        for step, each in pairs
    ]


def _ruled(step: Step, run: Run, ruling: Ruling | None) -> StepResult:
    if step.is_observed:
        ruling = _with_arguments(step, run, ruling)
    if has_raised(step, run):  # nothing went wrong at its line
        run = replace(run, line=0, place="", traceback="")
    match ruling:
        case None if step.raises is not None:
            return _raised(step, run)
        case None:
            verdict = verdict_of(run)
            return StepResult(step, run, verdict, _ALL if verdict is Verdict.ACCEPTED else _NONE)
        case Opinion(None):
            return StepResult(step, run, Verdict.ACCEPTED, _ALL)
        case Opinion(mismatch, share):
            if step.show and mismatch is not None:
                mismatch = _of_part(step, run, mismatch)
            return StepResult(step, run, Verdict.WRONG_ANSWER, share, mismatch)
        case Fault():
            run = replace(run, status=RunStatus.NOT_RUN, value=None, error=ruling.text)
            return StepResult(step, run, Verdict.JUDGE_ERROR, _NONE)
        case _:
            assert_never(ruling)


def _of_part(step: Step, run: Run, mismatch: Mismatch) -> Mismatch:
    """Return a mismatch in the shown part of an answer as a mismatch of the whole answer."""
    if run.error:  # the answer does not have this part
        return Mismatch(remark=run.error, got=run.value)
    if mismatch.where.endswith((AFTER_THE_CALL, OF_OUTPUT)):
        return mismatch
    return replace(mismatch, where=part_text(step.show) + mismatch.where)


def _with_arguments(step: Step, run: Run, ruling: Ruling | None) -> Ruling | None:
    """Return the ruling on an answer, and on the output and the arguments after the call.

    If the output or the arguments are wrong, nothing is earned, even by a partly right answer.
    """
    if isinstance(ruling, Fault) or (ruling is not None and not ruling.share):
        return ruling
    try:
        mismatch = find_mismatch_after(step, run)
    except Exception as error:
        return Fault(f"the arguments cannot be compared: {describe_failure(error)}")
    if mismatch is None:
        return ruling
    return Opinion(ruling.mismatch if ruling and ruling.mismatch else mismatch, _NONE)


def _raised(step: Step, run: Run) -> StepResult:
    """Return the result of a step that must raise an exception."""
    if has_raised(step, run):
        return StepResult(step, run, Verdict.ACCEPTED, _ALL)
    if run.status is RunStatus.RETURNED:
        return StepResult(step, run, Verdict.WRONG_ANSWER, _NONE, Mismatch(got=run.value))
    return StepResult(step, run, verdict_of(run), _NONE)


def _whole(case: Case, run: Run, steps: Sequence[StepResult]) -> CaseResult:
    """Return the result of a case from those of its steps."""
    if not case.is_script:
        (only,) = steps
        points = case.points if only.share is _ALL else only.share * case.points
        return CaseResult(case, only.run, only.verdict, points, only.mismatch)
    failed = (each for each in steps if each.verdict is not Verdict.ACCEPTED)
    decisive = next((each for each in steps if each.verdict is Verdict.JUDGE_ERROR), None)
    decisive = decisive or next(failed, steps[-1])
    points = case.points if decisive.verdict is Verdict.ACCEPTED else Fraction(0)
    if case.has_step_points:
        earned = (each.share * (each.step.points or 0) for each in steps)
        points = sum(earned, Fraction(0))
    whole = replace(
        decisive.run,
        stdout=run.stdout,
        wall_s=run.wall_s,
        cpu_s=run.cpu_s,
        peak_mib=run.peak_mib,
        steps=run.steps,
        given=run.given,
    )
    return CaseResult(case, whole, decisive.verdict, points, decisive.mismatch, tuple(steps))


def is_wrong_answer(result: CaseResult) -> bool:
    """Return whether a case got a wrong answer: a wrong value, or not the exception it requires."""
    if result.verdict is Verdict.RUN_TIME_ERROR:
        has_other = result.step.raises is not None and result.run.status is RunStatus.RAISED
        return has_other and bool(result.run.kinds)
    return result.verdict is Verdict.WRONG_ANSWER


def verdict_of(run: Run) -> Verdict:
    """Return the verdict that follows from the status alone: ACCEPTED if the call returned."""
    match run.status:
        case RunStatus.RETURNED:
            return Verdict.ACCEPTED
        case RunStatus.RAISED | RunStatus.CRASHED | RunStatus.GARBLED | RunStatus.SKIPPED:
            return Verdict.RUN_TIME_ERROR
        case RunStatus.NOT_LOADED:
            return Verdict.INVALID_SUBMISSION
        case RunStatus.TIMED_OUT:
            return Verdict.TIME_LIMIT
        case RunStatus.OUT_OF_MEMORY:
            return Verdict.MEMORY_LIMIT
        case RunStatus.TOO_MUCH_OUTPUT:
            return Verdict.OUTPUT_LIMIT
        case RunStatus.NOT_RUN:
            return Verdict.JUDGE_ERROR
        case _:
            assert_never(run.status)


def agree(case: Case, run: Run, other: Run) -> bool:
    """Return whether two runs of a case have the same answers, by the checkers of its steps."""
    pairs = zip(case.steps, run.of_each(case.steps), other.of_each(case.steps), strict=True)
    return all(_agree(*each) for each in pairs if _is_compared(each[0]))


def _is_compared(step: Step) -> bool:
    return step.is_asked or step.raises is not None or step.is_observed


def _agree(step: Step, run: Run, other: Run) -> bool:
    if step.raises is not None and run.status is other.status is RunStatus.RAISED:
        if has_raised(step, run) is not has_raised(step, other):
            return False
        if not has_raised(step, run):
            return run.kinds[:1] == other.kinds[:1]
    elif RunStatus.RETURNED not in (run.status, other.status):
        return run.status is other.status
    elif run.status is not other.status:
        return False
    if step.after or step.is_pure:
        own, others = (values_after(step, each) for each in (run, other))
        # Usually none was changed, and comparing large arrays number by number takes long.
        rule = rule_for_arguments(step.checker)
        if own != others and not checkers.agree(rule, own, others, step.tolerance):
            return False
    if step.prints is not None and not is_same_output(
        step.prints, run.printed, other.printed, step.tolerance
    ):
        return False
    if run.status is RunStatus.RAISED or (not step.is_asked and step.raises is None):
        return True
    return checkers.agree(step.checker, run.value, other.value, step.tolerance)
