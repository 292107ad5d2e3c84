"""From wrong answers to the misconception behind them.

A misconception is suspected if it gives the student's answer in every case in which its own differs
from the right one. The more such cases, the surer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.answers import AnswerKey
from grader.checkers import CHECKERS
from grader.errors import SandboxError
from grader.judge import result
from grader.model import Judgement, Run, RunStatus, Suspect, Verdict


def diagnose(judgement: Judgement, key: AnswerKey) -> Judgement:
    """The judgement with its suspects, the surest first; as it is if nothing was answered wrong."""
    if all(each.verdict is not Verdict.WRONG_ANSWER for each in judgement.results):
        return judgement
    runs = [each.run for each in judgement.results]
    suspects = []
    try:
        for known in key.problem.misconceptions:
            agrees, of = _agreement(key, runs, key.wrong[known.slug])
            if agrees == of > 0:
                suspects.append(Suspect(known.slug, known.hint, agrees, of))
    except SandboxError:  # a judgement without a hint is better than none
        return judgement
    suspects.sort(key=lambda suspect: -suspect.of)
    return replace(judgement, suspects=tuple(suspects))


def _agreement(key: AnswerKey, runs: Sequence[Run], wrong: Sequence[Run]) -> tuple[int, int]:
    """In how many cases a misconception answers as the student did, and of how many telling ones.

    A case tells if the misconception answers it, and not as is right.
    """
    agrees = of = 0
    for case, run, known in zip(key.problem.cases, runs, wrong, strict=True):
        if known.status is not RunStatus.RETURNED or result(case, known).mismatch is None:
            continue
        of += 1
        same = CHECKERS[case.checker](run.value, known.value, case.tolerance) is None
        agrees += same and run.status is RunStatus.RETURNED
    return agrees, of
