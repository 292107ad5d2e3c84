"""Judge stored runs by another answer key: nobody's program runs again if only answers changed.

In two cases the runs do not suffice, because how often a program is run depends on its verdict: a
draw is repeated only if it is rejected, and a case is run again with right answers of given
functions only if it fails. A program that earned its points before would lose them without these
runs, so it is run again.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for
from grader.judging.carried import MAY_BE_BETTER
from grader.judging.judge import judgement_of
from grader.judging.repeats import is_drawn
from grader.model.judgement import CaseResult, Judgement, Protection, Run, RunStatus, Verdict
from grader.model.problem import Submission


def judge_stored_runs(
    key: AnswerKey,
    submission: Submission,
    runs: Sequence[Run],
    protection: Protection,
    notes: Sequence[str] = (),
) -> Judgement | None:
    """Return the judgement of a submission by a key whose inputs are those of stored runs.

    It is whole, as instructors see it. None if the program has to be run again.
    """
    judgement = judgement_of(key, submission, runs, protection, notes)
    if judgement.verdict is Verdict.JUDGE_ERROR:
        return None
    if any(_lacks_a_run(key, each) for each in judgement.results):
        return None
    return conclude_for(Audience.INSTRUCTOR, judgement, key)


def _lacks_a_run(key: AnswerKey, result: CaseResult) -> bool:
    """Return whether a case would be run more often by this key than it was."""
    case, run = result.case, result.run
    if result.verdict is Verdict.ACCEPTED:
        return False
    if is_drawn(case) and run.status is RunStatus.RETURNED:
        return True
    is_carried = case.name in key.given_calls and result.verdict in MAY_BE_BETTER
    return is_carried and run.given is None
