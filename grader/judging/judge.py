"""Judge a submission: run it, then derive verdicts and points from its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader import __version__
from grader.errors import GraderError, SandboxError, describe_failure
from grader.judging.answer_key import AnswerKey
from grader.judging.credit import with_group_credit
from grader.judging.public_first import Kept
from grader.judging.results import result, results
from grader.model.judgement import (
    CaseResult,
    Judgement,
    Protection,
    Run,
    RunStatus,
    Verdict,
)
from grader.model.problem import Submission
from grader.sandbox.host import Sandbox

UNPROTECTED = Protection("none", ())  # until the sandbox is known


def judge(
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    watch: Callable[[CaseResult], None] | None = None,
    kept: Kept | None = None,
) -> Judgement:
    """Return the judgement of a submission for the key's problem.

    A submission cannot cause an exception here, unless the sandbox has a budget. If the sandbox or
    the grader fails, the verdict is JUDGE_ERROR.

    Args:
        watch: called after each case with its result. A draw that is rejected then may still be
            repeated and accepted
        kept: as for `AnswerKey.runs`

    Raises:
        NeedsMoreTime: if the submission exceeds the budget of the sandbox
    """
    problem = key.problem
    own = (*submission.notes, *problem.notes_on(submission))
    notes = own
    versions, protection = {"grader": __version__}, UNPROTECTED

    def so_far(runs: Sequence[Run]) -> None:
        if watch is not None:
            watch(result(problem.cases[len(runs) - 1], runs[-1], key.referee))

    def note(found: tuple[str, ...]) -> None:
        nonlocal notes
        notes = (*own, *found)

    try:
        protection = sandbox.protection
        if submission.flaw:
            flawed = Run(RunStatus.NOT_LOADED, error=submission.flaw)
            runs = [flawed] * len(problem.cases)
        else:
            runs = key.runs(submission, sandbox, so_far, note, kept)
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
    judged = results(key.problem.cases, runs, key.referee)
    return judgement_with(key, submission, judged, protection, notes)


def judgement_with(
    key: AnswerKey,
    submission: Submission,
    judged: Sequence[CaseResult],
    protection: Protection = UNPROTECTED,
    notes: Sequence[str] = (),
) -> Judgement:
    """Build the judgement of a submission from its results, of all cases or the first few."""
    return Judgement(
        problem=key.problem,
        submission=submission,
        results=with_group_credit(key.problem, judged),
        verdict=overall_verdict(judged),
        protection=protection,
        key_digest=key.digest,
        versions={"grader": __version__},
        notes=tuple(dict.fromkeys(notes)),
    )


def overall_verdict(results: Sequence[CaseResult]) -> Verdict:
    """Return the verdict on a submission.

    It is JUDGE_ERROR if any case has that verdict, else the verdict of the first case that is not
    accepted, and ACCEPTED if all are.
    """
    verdicts = [result.verdict for result in results if result.verdict is not Verdict.ACCEPTED]
    if Verdict.JUDGE_ERROR in verdicts:
        return Verdict.JUDGE_ERROR
    return verdicts[0] if verdicts else Verdict.ACCEPTED
