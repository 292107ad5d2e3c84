"""Diagnose wrong answers: find the misconceptions that explain them.

A misconception explains the answers if, in every case where it returns a wrong answer, the student
returned the same one. The more such cases, the likelier it is. If no single misconception explains
all wrong answers, pairs of misconceptions are tried in the same way. If nothing is found,
`observations` describes the wrong answers.

To save time, the search begins with a single case: of those answered wrongly, the one with the
largest arguments, where misconceptions differ most. Only misconceptions that this case does not
rule out are compared in the other cases.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from grader.judging.answer_key import AnswerKey, KnownAnswers
from grader.model.judgement import Diagnosis, Judgement, Run, RunStatus, Verdict
from grader.model.problem import Case
from grader.sandbox.host import Sandbox

_MAX_PAIRS = 3  # shown to the student, who can tell from the hints which one applies


def diagnose(judgement: Judgement, key: AnswerKey, sandbox: Sandbox | None = None) -> Judgement:
    """Return the judgement with misconceptions, likeliest first, or else with observations.

    A judgement without wrong answers is returned unchanged.

    Args:
        sandbox: runs the submission again for some observations; without it, those are left out

    Raises:
        SandboxError: if the sandbox fails
    """
    if all(each.verdict is not Verdict.WRONG_ANSWER for each in judgement.results):
        return judgement
    misconceptions = _find_misconceptions(judgement, key)
    if misconceptions:
        return replace(judgement, misconceptions=tuple(misconceptions))
    from grader.judging.observations import observe  # few submissions need it

    return replace(judgement, observations=observe(judgement, sandbox))


def _find_misconceptions(judgement: Judgement, key: AnswerKey) -> list[Diagnosis]:
    runs = [each.run for each in judgement.results]
    wrong = [
        index
        for index, each in enumerate(judgement.results)
        if each.verdict is Verdict.WRONG_ANSWER
    ]
    found = _explanations(key, key.singles, runs, wrong)
    if not any(_accounts_for(wrong, found[slugs], key.singles, slugs) for slugs in found):
        found |= _pairs(key, runs, wrong, more_than=max(map(len, found.values()), default=0))
    hints = {known.slug: known.hint for known in key.problem.misconceptions}
    misconceptions = [
        Diagnosis(slugs, tuple(hints[slug] for slug in slugs), len(cases), len(cases))
        for slugs, cases in found.items()
    ]
    return sorted(misconceptions, key=lambda diagnosis: -diagnosis.of)


def _accounts_for(
    wrong: Collection[int], cases: set[int], known: KnownAnswers, slugs: tuple[str, ...]
) -> bool:
    """Return whether a misconception explains the wrong answers in all cases where it returns.

    In a minority of the cases it may raise an exception that the student prevented.
    """
    (runs,) = known.of([slugs]).values()
    others = [index for index in wrong if index not in cases]
    return len(others) < len(cases) and all(
        runs[index].status is not RunStatus.RETURNED for index in others
    )


def _pairs(
    key: AnswerKey, runs: Sequence[Run], wrong: Sequence[int], more_than: int
) -> dict[tuple[str, ...], set[int]]:
    """Return the likeliest pairs of misconceptions, with the cases that they explain.

    A pair with the same answers as a single misconception is left out.

    Args:
        more_than: a pair must explain more cases than this
    """
    found = {
        slugs: cases
        for slugs, cases in _explanations(key, key.pairs, runs, wrong).items()
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
    key: AnswerKey, known: KnownAnswers, runs: Sequence[Run], wrong: Sequence[int]
) -> dict[tuple[str, ...], set[int]]:
    """Return the wrong solutions that explain some of the answers, with the cases they explain.

    Args:
        wrong: indices of the cases that the student answered wrongly
    """
    case = max(wrong, key=key.size_of_case)
    possible = []
    for slugs, run in known.in_case(case).items():
        is_explained = _is_explained(key.problem.cases[case], runs[case], run)
        # One that gives the correct answer, or none, may still explain another case.
        if is_explained or (is_explained is None and len(wrong) > 1):
            possible.append(slugs)
    rows = known.of(possible).items()
    return {slugs: cases for slugs, row in rows if (cases := _explained(key, runs, row))}


def _explained(key: AnswerKey, runs: Sequence[Run], wrong: Sequence[Run]) -> set[int]:
    """Return the cases in which a wrong solution gives the student's wrong answer.

    If any of its wrong answers is not the student's, the set is empty. Cases in which it gives the
    expected answer or none are ignored.
    """
    cases = set()
    for index, (case, run, known) in enumerate(zip(key.problem.cases, runs, wrong, strict=True)):
        match _is_explained(case, run, known):
            case True:
                cases.add(index)
            case False:
                return set()
            case None:
                pass
    return cases


def _is_explained(case: Case, run: Run, known: Run) -> bool | None:
    """Return whether a wrong solution gives the student's answer to a case.

    Return None if the wrong solution gives the expected answer or none.
    """
    compare = case.checker.compare
    if known.status is not RunStatus.RETURNED:
        return None
    if compare(known.value, case.expected, case.tolerance) is None:
        return None
    if run.status is not RunStatus.RETURNED:
        return False
    return compare(run.value, known.value, case.tolerance) is None


def _differ(key: AnswerKey, runs: Sequence[Run], others: Sequence[Run]) -> bool:
    """Return whether, in some case, the runs have an answer and the others another or none."""
    return any(
        run.status is RunStatus.RETURNED
        and (
            other.status is not RunStatus.RETURNED
            or case.checker.compare(run.value, other.value, case.tolerance) is not None
        )
        for case, run, other in zip(key.problem.cases, runs, others, strict=True)
    )
