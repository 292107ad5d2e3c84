"""Judges a submission: runs to verdicts and points.

`judge` is the one verb of this program; whatever else it does, it does by applying it to some
source. `for_student` takes out of a judgement what a student must not see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from grader import __version__
from grader.errors import SandboxError
from grader.judging.answer_key import AnswerKey
from grader.model.judgement import (
    CaseResult,
    Judgement,
    Protection,
    Run,
    RunStatus,
    Verdict,
)
from grader.model.problem import Case, Submission
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
        mismatch = case.checker.compare(run.value, case.expected, case.tolerance)
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
