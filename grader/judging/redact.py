"""Remove from a judgement what a student must not see."""

from __future__ import annotations

import builtins
from dataclasses import replace

from grader.checkers import CLOSE
from grader.model.checker import Mismatch
from grader.model.judgement import CaseResult, Judgement, Run, RunStatus
from grader.model.problem import Case, Problem

# What a student may see --------------------------------------------------------------------------


def for_student(judgement: Judgement) -> Judgement:
    """The judgement without anything from which hidden cases or solutions could be told.

    Of a hidden case there remain its name, its verdict and the sort of thing that went wrong. What
    the submission returned, printed or raised there is taken out too: it has seen the arguments,
    and could pass them on.
    """
    # A submission that was never loaded has seen no arguments: all it said may be shown.
    loaded = any(each.run.status is not RunStatus.NOT_LOADED for each in judgement.results)
    results = tuple(
        _without_secrets(each, loaded) if each.case.hidden else each for each in judgement.results
    )
    return replace(judgement, problem=_public(judgement.problem), results=results)


def _public(problem: Problem) -> Problem:
    cases = tuple(case for case in problem.cases if not case.hidden)
    return replace(problem, cases=cases, reference=None, accepted={}, misconceptions=())


def _without_secrets(result: CaseResult, loaded: bool) -> CaseResult:
    case, run, mismatch = result.case, result.run, result.mismatch
    told = Run(
        status=run.status,
        error=_harmless(run),
        wall_s=round(run.wall_s, 1),  # more would be a way to tell what it has seen
    )
    return replace(
        result,
        case=Case(case.name, {}, case.at, CLOSE, points=case.points, hidden=True),
        run=told if loaded else run,
        mismatch=Mismatch(why=mismatch.why) if mismatch else None,
    )


def _harmless(run: Run) -> str:
    """The error of a run in a hidden case, in words of which the submission chose none."""
    match run.status:
        case RunStatus.RETURNED:
            return ""
        case RunStatus.RAISED:
            name = run.error.split(":", 1)[0]
            kind = getattr(builtins, name, None)
            known = isinstance(kind, type) and issubclass(kind, BaseException)
            return f"it raised {name}" if known else "it raised an exception of its own"
        case RunStatus.CRASHED:
            return "the process crashed, or ended by itself"
        case RunStatus.GARBLED:
            return "its answer cannot be read"
        case RunStatus.TOO_MUCH_OUTPUT:
            return "it printed too much, or its answer is too large"
        case RunStatus.NOT_LOADED:
            return "the file could not be imported again for this case"
        case RunStatus.TIMED_OUT | RunStatus.OUT_OF_MEMORY | RunStatus.NOT_RUN:
            return run.error  # these words are ours
