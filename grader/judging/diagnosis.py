"""From wrong answers to the misconception behind them.

A misconception is suspected if it gives the student's answer in every case in which its own differs
from the right one. The more such cases, the surer. Where no single one accounts for the wrong
answers, two misconceptions at once are tried in the same way. Where nothing is suspected,
`observations` says what there is to see.

Both ways begin with one case, the wrong one with the largest arguments: there misconceptions differ
most. They look at the others only for what gives the student's answer there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from grader.judging.answer_key import AnswerKey, KnownAnswers
from grader.model.judgement import Diagnosis, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.sandbox.host import Sandbox

_MAX_PAIRS = 3  # of those that explain as much, the student can tell by their hints


def diagnose(judgement: Judgement, key: AnswerKey, sandbox: Sandbox | None = None) -> Judgement:
    """The judgement with its suspects, the surest first, or else with observations.

    As it is if nothing was answered wrong.

    Args:
        sandbox: where to run the submission again, for what can be observed only so; without one
            that is left out

    Raises:
        SandboxError: if the machinery fails
    """
    if all(each.verdict is not Verdict.WRONG_ANSWER for each in judgement.results):
        return judgement
    misconceptions = _find_misconceptions(judgement, key)
    if misconceptions:
        return replace(judgement, misconceptions=tuple(misconceptions))
    from grader.judging.observations import observe  # which only a few need

    return replace(judgement, observations=observe(judgement, sandbox))


def _find_misconceptions(judgement: Judgement, key: AnswerKey) -> list[Diagnosis]:
    runs = [each.run for each in judgement.results]
    wrong = [
        index
        for index, each in enumerate(judgement.results)
        if each.verdict is Verdict.WRONG_ANSWER
    ]
    largest = max(wrong, key=key.size_of_case)
    found = _explanations(key, key.singles, runs, largest)
    if not any(_accounts_for(wrong, found[slugs], key.singles, slugs) for slugs in found):
        found |= _pairs(key, runs, largest, more_than=max(map(len, found.values()), default=0))
    hints = {known.slug: known.hint for known in key.problem.misconceptions}
    misconceptions = [
        Diagnosis(slugs, tuple(hints[slug] for slug in slugs), len(cases), len(cases))
        for slugs, cases in found.items()
    ]
    return sorted(misconceptions, key=lambda diagnosis: -diagnosis.of)


def _accounts_for(
    wrong: Collection[int], cases: set[int], known: KnownAnswers, slugs: tuple[str, ...]
) -> bool:
    """Return whether a misconception explains every wrong answer, but for few where it has none.

    Where it raises an exception a student may well have seen to it that theirs does not.
    """
    (runs,) = known.of([slugs]).values()
    others = [index for index in wrong if index not in cases]
    return len(others) < len(cases) and all(
        runs[index].status is not RunStatus.RETURNED for index in others
    )


def _pairs(
    key: AnswerKey, runs: Sequence[Run], case: int, more_than: int
) -> dict[tuple[str, ...], set[int]]:
    """The surest pairs of misconceptions, and the cases they explain; more than a single one does.

    A pair that answers as one misconception does, its own parts among them, is no news.
    """
    found = {
        slugs: cases
        for slugs, cases in _explanations(key, key.pairs, runs, case).items()
        if len(cases) > more_than
    }
    if found:
        answers = key.pairs.of(found)
        singles = key.singles.all().values()
        found = {
            slugs: cases
            for slugs, cases in found.items()
            if all(_differ(key, answers[slugs], single) for single in singles)
        }
    best = sorted(found, key=lambda slugs: -len(found[slugs]))[:_MAX_PAIRS]
    return {slugs: found[slugs] for slugs in best}


def _explanations(
    key: AnswerKey, known: KnownAnswers, runs: Sequence[Run], case: int
) -> dict[tuple[str, ...], set[int]]:
    """The wrong solutions that explain some case of the student's, and the cases they explain.

    Args:
        case: the number of one that was answered wrong, to begin with
    """
    possible = [
        slugs
        for slugs, run in known.in_case(case).items()
        if _is_explained(key.problem.cases[case], runs[case], run) is not False
    ]
    rows = known.of(possible).items()
    return {slugs: cases for slugs, row in rows if (cases := _explained(key, runs, row))}


def _explained(key: AnswerKey, runs: Sequence[Run], wrong: Sequence[Run]) -> set[int]:
    """The cases a wrong solution answers as the student did, and not as is right.

    None at all if it answers another one neither as the student did nor as is right. Where it does
    not answer it tells nothing.
    """
    cases = set()
    for index, (case, run, known) in enumerate(zip(key.problem.cases, runs, wrong, strict=True)):
        match _is_explained(case, run, known):
            case True:
                cases.add(index)
            case False:
                return set()
    return cases


def _is_explained(case: Case, run: Run, known: Run) -> bool | None:
    """Whether a wrong solution answers a case as the student did; None if it answers as is right,
    or not at all."""
    compare = case.checker.compare
    if known.status is not RunStatus.RETURNED:
        return None
    if compare(known.value, case.expected, case.tolerance) is None:
        return None
    if run.status is not RunStatus.RETURNED:
        return False
    return compare(run.value, known.value, case.tolerance) is None


def _differ(key: AnswerKey, runs: Sequence[Run], others: Sequence[Run]) -> bool:
    """Whether in some case the runs have an answer that the others have not."""
    return any(
        run.status is RunStatus.RETURNED
        and (
            other.status is not RunStatus.RETURNED
            or case.checker.compare(run.value, other.value, case.tolerance) is not None
        )
        for case, run, other in zip(key.problem.cases, runs, others, strict=True)
    )
