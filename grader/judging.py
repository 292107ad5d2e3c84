"""Judges a submission: runs to verdicts and points.

`judge` is the one verb of this program; whatever else it does, it does by applying it to some
source. `for_student` takes out of a judgement what a student must not see.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from grader import __version__
from grader.answers import AnswerKey
from grader.checkers import CHECKERS
from grader.errors import SandboxError
from grader.model import (
    Case,
    CaseResult,
    Judgement,
    Mismatch,
    Problem,
    Protection,
    Run,
    RunStatus,
    Submission,
    Verdict,
)
from grader.sandbox.host import Sandbox


def judge(
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    watch: Callable[[Judgement], None] | None = None,
) -> Judgement:
    """All there is to say of a submission to the key's problem.

    Nothing a submission does raises: if our own machinery fails, the verdict is JUDGE_ERROR.

    Args:
        watch: is told after each case what there is to say so far: of those judged, and no others
    """
    problem = key.problem
    versions, protection = {"grader": __version__}, Protection("none", ())

    def so_far(runs: Sequence[Run]) -> None:
        if watch is not None:
            watch(judgement_of(key, submission, runs, protection))

    try:
        protection = sandbox.protection
        if submission.flaw:
            flawed = Run(RunStatus.NOT_LOADED, error=submission.flaw)
            runs = [flawed] * len(problem.cases)
        else:
            runs = key.runs(submission.source, sandbox, so_far)
        versions |= sandbox.versions()
    except SandboxError as error:
        runs = [Run(RunStatus.NOT_RUN, error=str(error))] * len(problem.cases)
    return replace(judgement_of(key, submission, runs, protection), versions=versions)


def judgement_of(
    key: AnswerKey, submission: Submission, runs: Sequence[Run], protection: Protection
) -> Judgement:
    """What to make of the runs of a submission, one for each case; they may be kept ones."""
    results = tuple(map(result, key.problem.cases, runs))
    return Judgement(
        problem=key.problem,
        submission=submission,
        results=results,
        verdict=overall(results),
        protection=protection,
        key_digest=key.digest,
        versions={"grader": __version__},
    )


def result(case: Case, run: Run) -> CaseResult:
    """What to make of a run. The case must have its expected answer."""
    verdict, mismatch = verdict_of(run), None
    if verdict is Verdict.ACCEPTED:
        mismatch = CHECKERS[case.checker](run.value, case.expected, case.tolerance)
        if mismatch is not None:
            verdict = Verdict.WRONG_ANSWER
    points = case.points if verdict is Verdict.ACCEPTED else Fraction(0)
    return CaseResult(case, run, verdict, points, mismatch)


def verdict_of(run: Run) -> Verdict:
    """The verdict on how a call ended; on one that returned, before its answer is looked at."""
    match run.status:
        case RunStatus.RETURNED:
            return Verdict.ACCEPTED
        case RunStatus.RAISED | RunStatus.CRASHED | RunStatus.GARBLED:
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


def overall(results: tuple[CaseResult, ...]) -> Verdict:
    """The verdict on the whole: our own failure if there was one, else the first case's not
    accepted."""
    verdicts = [result.verdict for result in results if result.verdict is not Verdict.ACCEPTED]
    if Verdict.JUDGE_ERROR in verdicts:
        return Verdict.JUDGE_ERROR
    return verdicts[0] if verdicts else Verdict.ACCEPTED


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
    return replace(problem, cases=cases, reference=None, right={}, misconceptions=())


def _without_secrets(result: CaseResult, loaded: bool) -> CaseResult:
    case, run, mismatch = result.case, result.run, result.mismatch
    told = Run(
        status=run.status,
        error=_harmless(run),
        wall_s=round(run.wall_s, 1),  # more would be a way to tell what it has seen
    )
    return replace(
        result,
        case=Case(case.name, {}, case.at, points=case.points, hidden=True),
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
