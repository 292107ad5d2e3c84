"""Judge a submission: run it, then derive verdicts and points from its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from grader import __version__
from grader.errors import GraderError, SandboxError, describe_failure
from grader.judging.answer_key import AnswerKey
from grader.judging.referee import Fault, Opinion, Referee, Ruling, question
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
    """Return the judgement of a submission for the key's problem.

    A submission cannot cause an exception here. If the sandbox or the grader fails, the verdict is
    JUDGE_ERROR.

    Args:
        watch: called after each case with the judgement so far
    """
    problem = key.problem
    notes = submission.notes
    versions, protection = {"grader": __version__}, Protection("none", ())

    def so_far(runs: Sequence[Run]) -> None:
        if watch is not None:
            watch(judgement_of(key, submission, runs, protection, notes))

    def note(found: tuple[str, ...]) -> None:
        nonlocal notes
        notes = (*submission.notes, *found)

    try:
        protection = sandbox.protection
        if submission.flaw:
            flawed = Run(RunStatus.NOT_LOADED, error=submission.flaw)
            runs = [flawed] * len(problem.cases)
        else:
            runs = key.runs(submission, sandbox, so_far, note)
        versions |= sandbox.versions()
    except SandboxError as error:
        runs = [Run(RunStatus.NOT_RUN, error=str(error))] * len(problem.cases)
    except GraderError:  # to be corrected by the author or the instructor
        raise
    except Exception as error:  # whatever it is, it must not end the judging of others
        why = f"the submission cannot be judged: {describe_failure(error)}"
        runs = [Run(RunStatus.NOT_RUN, error=why)] * len(problem.cases)
    judgement = judgement_of(key, submission, runs, protection, notes)
    return replace(judgement, versions=versions)


def judgement_of(
    key: AnswerKey,
    submission: Submission,
    runs: Sequence[Run],
    protection: Protection,
    notes: Sequence[str] = (),
) -> Judgement:
    """Build the judgement of a submission from its runs (new or stored), one per case."""
    judged = tuple(results(key.problem.cases, runs, key.referee))
    return Judgement(
        problem=key.problem,
        submission=submission,
        results=judged,
        verdict=overall_verdict(judged),
        protection=protection,
        key_digest=key.digest,
        versions={"grader": __version__},
        notes=tuple(dict.fromkeys(notes)),
    )


def results(cases: Sequence[Case], runs: Sequence[Run], referee: Referee) -> list[CaseResult]:
    """Return the results of runs, of as many as there are, each compared with its case.

    If the comparison fails, the verdict is JUDGE_ERROR, as for a call that was not made.
    """
    pairs = list(zip(cases, runs, strict=False))
    answered = [pair for pair in pairs if verdict_of(pair[1]) is Verdict.ACCEPTED]
    rulings = iter(referee.opinions([question(case, run.value) for case, run in answered]))
    return [
        _ruled(case, run, next(rulings))
        if verdict_of(run) is Verdict.ACCEPTED
        else CaseResult(case, run, verdict_of(run), Fraction(0))
        for case, run in pairs
    ]


def result(case: Case, run: Run, referee: Referee) -> CaseResult:
    """Return the result of one run; see `results`."""
    return results([case], [run], referee)[0]


def _ruled(case: Case, run: Run, ruling: Ruling) -> CaseResult:
    match ruling:
        case Opinion(None):
            return CaseResult(case, run, Verdict.ACCEPTED, case.points)
        case Opinion(mismatch, share):
            points = share * case.points
            return CaseResult(case, run, Verdict.WRONG_ANSWER, points, mismatch)
        case Fault():
            run = replace(run, status=RunStatus.NOT_RUN, value=None, error=ruling.text)
            return CaseResult(case, run, Verdict.JUDGE_ERROR, Fraction(0))
        case _:
            assert_never(ruling)


def verdict_of(run: Run) -> Verdict:
    """Return the verdict that follows from the status alone: ACCEPTED if the call returned."""
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
        case _:
            assert_never(run.status)


def overall_verdict(results: tuple[CaseResult, ...]) -> Verdict:
    """Return the verdict on a submission.

    It is JUDGE_ERROR if any case has that verdict, else the verdict of the first case that is not
    accepted, and ACCEPTED if all are.
    """
    verdicts = [result.verdict for result in results if result.verdict is not Verdict.ACCEPTED]
    if Verdict.JUDGE_ERROR in verdicts:
        return Verdict.JUDGE_ERROR
    return verdicts[0] if verdicts else Verdict.ACCEPTED
