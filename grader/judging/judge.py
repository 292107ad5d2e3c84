"""Judge a submission: run it, then derive verdicts and points from its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from grader import __version__
from grader.errors import GraderError, SandboxError, describe_failure
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
    results = tuple(map(result, key.problem.cases, runs))
    return Judgement(
        problem=key.problem,
        submission=submission,
        results=results,
        verdict=overall_verdict(results),
        protection=protection,
        key_digest=key.digest,
        versions={"grader": __version__},
        notes=tuple(dict.fromkeys(notes)),
    )


def result(case: Case, run: Run) -> CaseResult:
    """Return the result of a run, compared with the expected answer, which the case must have.

    If the comparison fails, the verdict is JUDGE_ERROR, as for a call that was not made.
    """
    verdict, mismatch = verdict_of(run), None
    if verdict is Verdict.ACCEPTED:
        try:
            mismatch = case.checker.compare(run.value, case.expected, case.tolerance)
        except Exception as error:
            why = f"the answer cannot be compared: {describe_failure(error)}"
            run = replace(run, status=RunStatus.NOT_RUN, value=None, error=why)
            verdict = Verdict.JUDGE_ERROR
        if mismatch is not None:
            verdict = Verdict.WRONG_ANSWER
    points = case.points if verdict is Verdict.ACCEPTED else Fraction(0)
    return CaseResult(case, run, verdict, points, mismatch)


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
