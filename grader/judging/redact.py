"""Remove from a judgement what a student must not see.

A submission knows the arguments of a hidden case and may try to pass them on. So the student gets
one of a few fixed outcomes for the case: a verdict with one of the reasons below. None of them has
a word or number that the submission could choose: no text, exception of its own, line, time, size.
"""

from __future__ import annotations

import cmath
import os
from dataclasses import replace
from typing import assert_never

from grader.checkers import CLOSE
from grader.checkers.draws import Statistical
from grader.checkers.grids import grid_shape
from grader.checkers.python import PythonChecker
from grader.checkers.sequences import items_of
from grader.errors import Location
from grader.judging.changes import AFTER_THE_CALL, CHANGED
from grader.judging.output import OF_OUTPUT
from grader.model.checker import EXTRA_KEY, KEY_MISSING, NOT_IN_SET, Mismatch
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case, Problem
from grader.model.script import Step
from grader.values import Array, Value
from grader.values.show import kind, plural, shape

# Errors of a submission's own process begin with this if the call does not fit the parameters.
_UNCALLABLE = "the function cannot be called"
# The reasons for that, without the names of parameters; see `inspect.Signature.bind`.
_UNCALLABLE_REASONS = (
    "missing a required argument",
    "too many positional arguments",
    "got an unexpected keyword argument",
    "multiple values for argument",
)
# Named if raised in a hidden case. Any exception can be raised on purpose, so a longer list would
# pass on more of the arguments.
NAMED_EXCEPTIONS = (
    "AttributeError",
    "IndexError",
    "KeyError",
    "NameError",
    "RecursionError",
    "TypeError",
    "ValueError",
    "ZeroDivisionError",
)
_WRONG_NONE = "returned None: is a return missing?"
_WRONG_TYPE = "the answer, or an element of it, has a different type than expected"
_WRONG_SIZE = "the shape or the number of elements is different"
_WRONG_LENGTH = "the number of elements is different"
_WRONG_KEYS = "the keys are different"
_NOT_FINITE = "returned NaN or infinity where a finite number is expected"
_WRONG_OUTPUT = "the output is not as expected"
_WRONG_ARGUMENT = "an argument after the call is not as expected"
_CHANGED_ARGUMENT = "the call must not change its arguments"
_WRONG_AFTERWARDS = "the output, or an argument after the call, is not as expected"
# Of several right answers none is "the expected one".
_NOT_RIGHT = "the answer is not right"
_NO_STEPS = (Step({}, Location(""), CLOSE),)
_ACCEPTED = Run(RunStatus.RETURNED)


def for_student(judgement: Judgement) -> Judgement:
    """Return the judgement without anything that gives hidden cases or solutions away.

    Of a hidden case, its name, verdict, points and one of a few reasons remain. Hints remain
    without the names of the misconceptions, which often say more than the hints. The
    digest of the answer key is removed, as it would confirm a guess of hidden cases, and of the
    path of the file only the name remains, as the folders are the instructor's.
    """
    # A submission that was never loaded does not know any arguments: its error may be shown.
    loaded = any(each.run.status is not RunStatus.NOT_LOADED for each in judgement.results)
    submission = judgement.submission
    return replace(
        judgement,
        problem=_redact_problem(judgement.problem),
        submission=replace(submission, origin=os.path.basename(submission.origin)),
        results=tuple(
            _redact_result(each, loaded) if each.case.hidden else _without_given(each)
            for each in judgement.results
        ),
        misconceptions=tuple(replace(each, slugs=()) for each in judgement.misconceptions),
        key_digest="",
    )


def without_hints(judgement: Judgement) -> Judgement:
    """Return the judgement without hints: misconceptions, observations, and those of groups."""
    groups = tuple(replace(each, hint="") for each in judgement.problem.groups)
    return replace(
        judgement,
        problem=replace(judgement.problem, groups=groups),
        misconceptions=(),
        observations=(),
    )


def result_for_student(result: CaseResult) -> CaseResult:
    """Return the result of one case without what `for_student` hides, while others are judged.

    Whether the submission was ever loaded is not known yet, so the error of a hidden case that says
    why it was not is left out too.
    """
    return _redact_result(result, loaded=True) if result.case.hidden else result


def _redact_problem(problem: Problem) -> Problem:
    cases = tuple(case for case in problem.cases if not case.hidden)
    return replace(problem, cases=cases, reference=None, accepted={}, misconceptions=(), private=())


def _redact_result(result: CaseResult, loaded: bool) -> CaseResult:
    case, mismatch = result.case, result.mismatch
    return CaseResult(
        Case(
            case.name,
            _NO_STEPS,
            case.at,
            points=case.points,
            hidden=True,
            group=case.group,
            is_bonus=case.is_bonus,
            limits=case.limits,
        ),
        _redact_run(result) if loaded else _not_loaded(result.run),
        result.verdict,
        result.points,
        Mismatch(why=_reason_of_mismatch(mismatch, _decisive(result))) if mismatch else None,
        given=result.given,
    )


def _decisive(result: CaseResult) -> Step:
    """Return the step that decided, with everything that is hidden."""
    return result.case.steps[result.number - 1]


def _redact_run(result: CaseResult) -> Run:
    """Return status and reason, without times and memory, which could encode the arguments."""
    if result.verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER):
        return _ACCEPTED  # also if it raised the exception that was expected
    return Run(result.run.status, error=_reason(result.run, len(result.step.all_args)))


def _without_given(result: CaseResult) -> CaseResult:
    """Return the result of a public case without the run with right answers of functions."""
    if result.run.given is None:
        return result
    return replace(result, run=replace(result.run, given=None))


def _not_loaded(run: Run) -> Run:
    """Return the run of a submission that was never loaded, without measurements."""
    return replace(run, stdout="", wall_s=0.0, cpu_s=0.0, peak_mib=0.0, steps=(), given=None)


def _reason(run: Run, arguments: int) -> str:
    """Return why a call failed, without any text chosen by the submission.

    Args:
        arguments: number of arguments of the call
    """
    match run.status:
        case RunStatus.RETURNED:
            return ""
        case RunStatus.RAISED:
            if run.error.startswith(_UNCALLABLE):
                return _reason_uncallable(run.error, arguments)
            name = run.error.split(":", 1)[0]
            return f"it raised {name if name in NAMED_EXCEPTIONS else 'an exception'}"
        case RunStatus.SKIPPED:
            return "an earlier step did not give what it needs"
        case RunStatus.CRASHED:
            return "the process crashed, ended by itself, or had too many threads"
        case RunStatus.GARBLED:
            return "its answer cannot be read"
        case RunStatus.TOO_MUCH_OUTPUT:
            return "its answer is too large"
        case RunStatus.NOT_LOADED:
            return "the file could not be imported again for this case"
        case RunStatus.TIMED_OUT | RunStatus.OUT_OF_MEMORY:
            return run.error  # the grader's own text
        case RunStatus.NOT_RUN:  # without the place where the grader failed, which tells more
            return run.error.partition(": ")[0]
        case _:
            assert_never(run.status)


def _reason_uncallable(error: str, arguments: int) -> str:
    """Return why the arguments do not fit the parameters, which reveals only the signature."""
    text = f"{_UNCALLABLE} with the {plural(arguments, 'argument')} of this case"
    detail = error.partition(" of this case: ")[2]
    return next(
        (f"{text}: {each}" for each in _UNCALLABLE_REASONS if detail.startswith(each)), text
    )


def _reason_of_mismatch(mismatch: Mismatch, step: Step) -> str:
    """Return why an answer is wrong; "" if it merely has another value.

    The comparison's own reason may name types and sizes of elements, which a submission can choose.
    """
    got, expected = mismatch.got, mismatch.expected
    is_afterwards = mismatch.where.endswith((AFTER_THE_CALL, OF_OUTPUT))
    if is_afterwards or mismatch.remark.startswith(CHANGED):  # the answer itself may be right
        return _reason_afterwards(step)
    if isinstance(step.checker, PythonChecker | Statistical) and expected is None:
        return _WRONG_NONE if got is None else _NOT_RIGHT
    if got is None and expected is not None:
        return _WRONG_NONE
    if mismatch.why.startswith("returned ") and kind(got) != kind(expected):
        return _WRONG_TYPE
    if isinstance(got, int | float | complex) and isinstance(expected, int | float | complex):
        return _NOT_FINITE if _is_finite(expected) and not _is_finite(got) else ""
    if mismatch.why in (KEY_MISSING, EXTRA_KEY):
        return _WRONG_KEYS
    if mismatch.why in ("", NOT_IN_SET) or _size(got) == _size(expected):
        return ""
    # Chosen by the expected answer alone. Only regular rows of numbers have what is called a shape.
    return _WRONG_LENGTH if grid_shape(expected) is None else _WRONG_SIZE


def _reason_afterwards(step: Step) -> str:
    """Return what may be wrong apart from the answer: all that the step judges, not which of it."""
    if step.prints is not None:
        return _WRONG_AFTERWARDS if step.after or step.is_pure else _WRONG_OUTPUT
    return _WRONG_ARGUMENT if step.after else _CHANGED_ARGUMENT


def _is_finite(number: complex) -> bool:
    return isinstance(number, int) or cmath.isfinite(number)


def _size(value: Value) -> object:
    """Return the shape of a value, or the number of its elements; None if it has neither."""
    if isinstance(value, list | tuple | Array):
        return shape(value) or len(items_of(value) or ())
    return len(value) if isinstance(value, dict | set | frozenset) else None
