"""Remove from a judgement what a student must not see."""

from __future__ import annotations

import builtins
import os
from dataclasses import replace
from typing import assert_never

from grader.checkers import CLOSE
from grader.model.checker import Mismatch
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus
from grader.model.problem import Case, Problem

_UNCALLABLE = "the function cannot be called"  # as errors begin if the parameters do not fit


def for_student(judgement: Judgement) -> Judgement:
    """Return the judgement without anything that gives hidden cases or solutions away.

    Of a hidden case, its name, verdict, points and the kind of error remain. What the submission
    returned, printed or raised there is removed too: it knows the arguments and could reveal them.
    Hints remain without the names of the misconceptions, which often say more than the hints. The
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
            _redact_result(each, loaded) if each.case.hidden else each for each in judgement.results
        ),
        misconceptions=tuple(replace(each, slugs=()) for each in judgement.misconceptions),
        key_digest="",
    )


def _redact_problem(problem: Problem) -> Problem:
    cases = tuple(case for case in problem.cases if not case.hidden)
    return replace(problem, cases=cases, reference=None, accepted={}, misconceptions=())


def _redact_result(result: CaseResult, loaded: bool) -> CaseResult:
    case, run, mismatch = result.case, result.run, result.mismatch
    redacted = Run(
        status=run.status,
        error=_neutral_error(run),
        wall_s=round(run.wall_s, 1),  # a submission could encode the arguments in the exact time
    )
    return replace(
        result,
        case=Case(case.name, {}, case.at, CLOSE, points=case.points, hidden=True),
        run=redacted if loaded else run,
        mismatch=Mismatch(why=mismatch.why) if mismatch else None,
    )


def _neutral_error(run: Run) -> str:
    """Return the error of a run in a hidden case, without any text chosen by the submission."""
    match run.status:
        case RunStatus.RETURNED:
            return ""
        case RunStatus.RAISED:
            if run.error.startswith(_UNCALLABLE):
                return f"{_UNCALLABLE} with the arguments of this case"
            name = run.error.split(":", 1)[0]
            kind = getattr(builtins, name, None)
            known = isinstance(kind, type) and issubclass(kind, BaseException)
            return f"it raised {name if known else 'an exception that is not built into Python'}"
        case RunStatus.CRASHED:
            return "the process crashed, or ended by itself"
        case RunStatus.GARBLED:
            return "its answer cannot be read"
        case RunStatus.TOO_MUCH_OUTPUT:
            return "it printed too much, or its answer is too large"
        case RunStatus.NOT_LOADED:
            return "the file could not be imported again for this case"
        case RunStatus.TIMED_OUT | RunStatus.OUT_OF_MEMORY | RunStatus.NOT_RUN:
            return run.error  # the grader's own text
        case _:
            assert_never(run.status)
