"""Judgements for an audience: judged, diagnosed and redacted, in this order.

All callers (commands, batch, API, pytest, notebooks, Gradescope) get their judgements here. Hints
are optional: if an error occurs while they are sought, the judgement is returned without them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import assert_never

from grader.errors import NeedsMoreTime, SandboxError, describe_failure
from grader.judging.answer_key import AnswerKey
from grader.judging.diagnosis import diagnose
from grader.judging.judge import judge
from grader.judging.public_first import Kept
from grader.judging.redact import for_student, result_for_student
from grader.model.judgement import CaseResult, Judgement
from grader.model.problem import Submission
from grader.sandbox.host import Sandbox


class Audience(Enum):
    """Reader of a judgement."""

    STUDENT = "student"  # sees nothing that gives hidden cases or solutions away
    INSTRUCTOR = "instructor"  # sees everything


def judge_for(
    audience: Audience,
    key: AnswerKey,
    submission: Submission,
    sandbox: Sandbox,
    *,
    hints: bool = True,
    watch: Callable[[CaseResult], None] | None = None,
    kept: Kept | None = None,
) -> Judgement:
    """Return the judgement of a submission as an audience may see it.

    A submission cannot cause an exception here, unless the sandbox has a budget. If the sandbox or
    the grader fails, the verdict is JUDGE_ERROR.

    Args:
        hints: whether to look for misconceptions and observations, if answers are wrong
        watch: called after each case with its result; see `judge`
        kept: as for `AnswerKey.runs`

    Raises:
        NeedsMoreTime: if the submission exceeds the budget of the sandbox
    """

    def watch_redacted(result: CaseResult) -> None:
        if watch is not None:
            is_shown = audience is Audience.INSTRUCTOR
            watch(result if is_shown else result_for_student(result))

    watch_judged = watch_redacted if watch is not None else None
    judgement = judge(key, submission, sandbox, watch_judged, kept)
    return conclude_for(audience, judgement, key, sandbox, hints=hints)


def conclude_for(
    audience: Audience,
    judgement: Judgement,
    key: AnswerKey,
    sandbox: Sandbox | None = None,
    *,
    hints: bool = True,
) -> Judgement:
    """Return a judgement with hints, as an audience may see it.

    Args:
        judgement: the verdicts, of runs that were made elsewhere or earlier
        sandbox: where to run the submission again; without it, observations that need that are
            left out
        hints: whether to look for misconceptions and observations, if answers are wrong
    """
    if hints:
        try:
            judgement = diagnose(judgement, key, sandbox)
        except NeedsMoreTime:
            raise
        except SandboxError:
            pass  # a judgement without hints is better than none
        except Exception as error:
            _report(error)
    return _redact(judgement, audience)


def _redact(judgement: Judgement, audience: Audience) -> Judgement:
    match audience:
        case Audience.STUDENT:
            return for_student(judgement)
        case Audience.INSTRUCTOR:
            return judgement
        case _:
            assert_never(audience)


def _report(error: Exception) -> None:
    """Log where hints failed."""
    import logging

    logging.getLogger(__name__).warning(
        "a judgement has no hints because of an internal error: %s", describe_failure(error)
    )
