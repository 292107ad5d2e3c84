"""From wrong answers to the misconception behind them.

A misconception is suspected if it gives the student's answer in every case in which its own differs
from the right one. The more such cases, the surer. Where no single one accounts for every wrong
answer, two misconceptions at once are tried in the same way. Where nothing is suspected,
`observations` says what there is to see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.checkers import CHECKERS
from grader.errors import SandboxError
from grader.judging.answer_key import AnswerKey
from grader.model.judgement import Diagnosis, Judgement, Run, RunStatus, Verdict
from grader.sandbox.host import Sandbox

_MAX_PAIRS = 3  # of those that explain as much, the student can tell by their hints


def diagnose(judgement: Judgement, key: AnswerKey, sandbox: Sandbox | None = None) -> Judgement:
    """The judgement with its suspects, the surest first, or else with observations.

    As it is if nothing was answered wrong.

    Args:
        sandbox: where to run the submission again, for what can be observed only so; without one
            that is left out
    """
    if all(each.verdict is not Verdict.WRONG_ANSWER for each in judgement.results):
        return judgement
    try:
        misconceptions = _find_misconceptions(judgement, key)
    except SandboxError:  # a judgement without a hint is better than none
        return judgement
    if misconceptions:
        return replace(judgement, misconceptions=tuple(misconceptions))
    from grader.judging.observations import observe  # which only a few need

    return replace(judgement, observations=observe(judgement, sandbox))


def _find_misconceptions(judgement: Judgement, key: AnswerKey) -> list[Diagnosis]:
    runs = [each.run for each in judgement.results]
    hints = {known.slug: known.hint for known in key.problem.misconceptions}
    single = {slug: _explained(key, runs, key.wrong[slug]) for slug in hints}
    found: dict[tuple[str, ...], set[int]] = {
        (slug,): cases for slug, cases in single.items() if cases
    }
    wrong = {
        index
        for index, each in enumerate(judgement.results)
        if each.verdict is Verdict.WRONG_ANSWER
    }
    if not any(wrong <= cases for cases in found.values()):
        found |= _pairs(key, runs, more_than=max(map(len, found.values()), default=0))
    misconceptions = [
        Diagnosis(slugs, tuple(hints[slug] for slug in slugs), len(cases), len(cases))
        for slugs, cases in found.items()
    ]
    return sorted(misconceptions, key=lambda diagnosis: -diagnosis.of)


def _pairs(key: AnswerKey, runs: Sequence[Run], more_than: int) -> dict[tuple[str, ...], set[int]]:
    """The surest pairs of misconceptions, and the cases they explain; more than a single one does.

    A pair that answers as one misconception does, its own parts among them, is no news.
    """
    found: dict[tuple[str, ...], set[int]] = {}
    for slugs, pair in key.pairs.items():
        cases = _explained(key, runs, pair)
        if len(cases) > more_than and all(_differ(key, pair, one) for one in key.wrong.values()):
            found[slugs] = cases
    best = sorted(found, key=lambda slugs: -len(found[slugs]))[:_MAX_PAIRS]
    return {slugs: found[slugs] for slugs in best}


def _explained(key: AnswerKey, runs: Sequence[Run], wrong: Sequence[Run]) -> set[int]:
    """The cases a wrong solution answers as the student did, and not as is right.

    None at all if it answers another one neither as the student did nor as is right. Where it does
    not answer it tells nothing.
    """
    cases = set()
    for index, (case, run, known) in enumerate(zip(key.problem.cases, runs, wrong, strict=True)):
        agree = CHECKERS[case.checker]
        if known.status is not RunStatus.RETURNED:
            continue
        if agree(known.value, case.expected, case.tolerance) is None:
            continue
        if run.status is not RunStatus.RETURNED:
            return set()
        if agree(run.value, known.value, case.tolerance) is not None:
            return set()
        cases.add(index)
    return cases


def _differ(key: AnswerKey, runs: Sequence[Run], others: Sequence[Run]) -> bool:
    """Whether in some case the runs have an answer that the others have not."""
    return any(
        run.status is RunStatus.RETURNED
        and (
            other.status is not RunStatus.RETURNED
            or CHECKERS[case.checker](run.value, other.value, case.tolerance) is not None
        )
        for case, run, other in zip(key.problem.cases, runs, others, strict=True)
    )
